import './outcome/outcome-commands.js';
import { Outcome } from './outcome/outcome.js';

/** The entities of this context, with everything that can happen to them. */
export const supportEntities = [Outcome] as const;
