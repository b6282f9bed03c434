import './agreement/agreement-commands.js';
import './placement/placement-commands.js';
import { Agreement } from './agreement/agreement.js';
import { Placement } from './placement/placement.js';

/** The entities of this context, with everything that can happen to them. */
export const tenancyEntities = [Agreement, Placement] as const;
