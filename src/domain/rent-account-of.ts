import { uuidOf } from '../kernel/values.js';

/** Id of the rent account that a placement has. */
export const rentAccountOf = (placementId: string): string => uuidOf(placementId, 'rent-account');
