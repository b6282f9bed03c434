import './resident/contact-commands.js';
import './resident/erasure.js';
import './resident/resident-commands.js';
import './resident/resident-levels.js';
import './resident/resident-moves.js';
import './resident/resident-support.js';
import { Resident } from './resident/resident.js';

export { peopleRegisters } from './resident-register.js';
/** The entities of this context, with everything that can happen to them. */
export const peopleEntities = [Resident] as const;
