import './referral/move-on-referral.js';
import './referral/referral-commands.js';
import './resident/application.js';
import './resident/attendance.js';
import './resident/care.js';
import './resident/coming-of-age.js';
import './resident/contact-commands.js';
import './resident/contact-verification.js';
import './resident/death.js';
import './resident/duties.js';
import './resident/erasure.js';
import './resident/identifier-commands.js';
import './resident/merging.js';
import './resident/move-on.js';
import './resident/person-alert.js';
import './resident/possessions.js';
import './resident/resident-commands.js';
import './resident/resident-levels.js';
import './resident/resident-moves.js';
import './resident/resident-support.js';
import './resident/siblings.js';
import { ReferralService } from './referral-service/referral-service.js';
import { Referral } from './referral/referral.js';
import { Resident } from './resident/resident.js';

export { peopleRegisters } from './resident-register.js';
/** The entities of this context, with everything that can happen to them. */
export const peopleEntities = [Resident, Referral, ReferralService] as const;
