import { Sessions } from '../access/sessions.js';
import { agreementsOfAge } from '../processes/agreements-of-age.js';
import { assessmentTemplatesBegin } from '../processes/assessment-templates-begin.js';
import { assessmentConsequences } from '../processes/assessments.js';
import { admission } from '../processes/admission.js';
import { bankHolidaysBegin } from '../processes/bank-holidays-begin.js';
import { comingOfAge } from '../processes/coming-of-age.js';
import { coreLogs } from '../processes/core-logs.js';
import { calendarConsequences } from '../processes/calendar-consequences.js';
import { calendarReminders } from '../processes/calendar-reminders.js';
import { decants } from '../processes/decants.js';
import { houseClosures } from '../processes/house-closures.js';
import { deaths } from '../processes/deaths.js';
import { deadlineBook } from '../processes/deadline-book.js';
import type { Process } from '../processes/engine/process.js';
import { planUsage } from '../processes/plan-usage.js';
import { arrears } from '../processes/arrears.js';
import { benefits } from '../processes/benefits.js';
import { budgets } from '../processes/budgets.js';
import { erasureProcess } from '../processes/erasure.js';
import { incidentEscalation } from '../processes/incident-escalation.js';
import { invitationExpiry } from '../processes/invitation-expiry.js';
import { membershipConsequences } from '../processes/membership-consequences.js';
import { notify } from '../processes/notify/notify.js';
import { unreadNotifications } from '../processes/notify/unread.js';
import { paymentPlans } from '../processes/payment-plans.js';
import { keyWorkerDue } from '../processes/key-worker-due.js';
import { moveOn } from '../processes/move-on.js';
import { moveOut } from '../processes/move-out.js';
import { placementMoves } from '../processes/placement-moves.js';
import { suspensePosting } from '../processes/suspense-posting.js';
import { rentCharging } from '../processes/rent-charging.js';
import { rentVariations } from '../processes/rent-variations.js';
import { reservationExpiry } from '../processes/reservation-expiry.js';
import { supportPlanCalendar } from '../processes/support-plan-calendar.js';
import { supportPlanLinks } from '../processes/support-plan-links.js';
import { supportPlanReviews } from '../processes/support-plan-reviews.js';
import type { Core } from './core.js';
import { importsOf, type ImportsParts } from './imports.js';
import { budgetUse } from './budget-use.js';
import { owingAccounts, waitingResidents } from './found-by-tables.js';
import { roleHolders } from './role-holders.js';

/** Every process manager of the product. */
export const processesOf = (core: Pick<Core, 'keyring' | 'readPosition'> & ImportsParts): readonly Process[] => [
  placementMoves,
  admission(core.catalogue),
  comingOfAge,
  agreementsOfAge,
  moveOn,
  moveOut,
  decants,
  houseClosures,
  rentCharging,
  coreLogs,
  benefits,
  paymentPlans,
  arrears(owingAccounts(core.pool, (position, milliseconds) => core.readPosition.waitFor(position, milliseconds))),
  budgets(budgetUse(core.pool, (position, milliseconds) => core.readPosition.waitFor(position, milliseconds))),
  keyWorkerDue(waitingResidents(core.pool, (position, milliseconds) => core.readPosition.waitFor(position, milliseconds))),
  rentVariations,
  incidentEscalation,
  assessmentConsequences,
  reservationExpiry,
  planUsage,
  invitationExpiry,
  membershipConsequences(new Sessions(core.pool, Date.now)),
  bankHolidaysBegin,
  assessmentTemplatesBegin,
  deadlineBook(core.catalogue),
  notify(core.catalogue, roleHolders(core.pool, (position, milliseconds) => core.readPosition.waitFor(position, milliseconds))),
  unreadNotifications,
  erasureProcess(core.keyring),
  suspensePosting(core.codec),
  importsOf(core).posting,
  supportPlanLinks,
  supportPlanCalendar,
  supportPlanReviews,
  calendarReminders,
  calendarConsequences,
  deaths,
];
