import { moneyNotices } from './money-notices.js';
import type { Notice } from './notice.js';

/** A deadline for a key worker waits for a calendar (RES-7). */
const calendarEnds: Omit<Notice, 'on' | 'rule'> = {
  when: ({ keyWorkerDueFrom }) => Boolean(keyWorkerDueFrom), to: ['role:manager'],
  notificationType: 'reminder', priority: 'medium', category: 'compliance', actionRequired: true,
  title: 'The calendar of bank holidays ends too soon', message: 'Take over a newer one: by when the resident has a key worker waits for it (RES-7).',
};

/**
 * Of which events people are told: one row each, and nothing else to write. To add one, give the type of the event (it may
 * come later: types that nobody has declared are passed over), a code of the matter, who is told, and what. Titles and
 * messages are sentences of the product in which nobody is named; the reference of the entity is added to the message.
 * Whatever ends in `Overdue` and is not listed is told to the key worker, or else to the manager of the property and the
 * managers.
 */
export const notices: readonly Notice[] = [
  ...moneyNotices,
  {
    on: 'IncidentLogged', rule: 'incident-critical', when: ({ severity }) => severity === 'critical', to: ['key_worker', 'property_manager', 'role:manager'],
    notificationType: 'emergency', priority: 'urgent', category: 'resident', actionRequired: true,
    title: 'A critical incident was logged', message: 'Take notice of it now: it goes up a level while nobody does.',
  },
  {
    on: 'IncidentLogged', rule: 'incident-high', when: ({ severity }) => severity === 'high', to: ['key_worker', 'property_manager'], else: ['role:manager'],
    notificationType: 'alert', priority: 'urgent', category: 'resident', actionRequired: true,
    title: 'An incident of high severity was logged', message: 'Take notice of it within two hours.',
  },
  {
    on: 'IncidentReclassified', rule: 'incident-raised', when: ({ severity }) => severity === 'high' || severity === 'critical', part: 'severity',
    to: ['key_worker', 'property_manager'], else: ['role:manager'], notificationType: 'alert', priority: 'urgent', category: 'resident', actionRequired: true,
    title: 'An incident is now of high or critical severity', message: 'Take notice of it within two hours.',
  },
  {
    on: 'IncidentEscalated', rule: 'incident-escalated', part: 'level', to: ['field:to', 'role:manager'],
    notificationType: 'alert', priority: 'urgent', category: 'resident', actionRequired: true,
    title: 'An incident was escalated', message: 'Nobody has settled it at the level before.',
  },
  {
    on: 'KeyWorkerAssigned', rule: 'key-worker', day: 'from', to: ['field:userId'],
    notificationType: 'message', priority: 'medium', category: 'resident',
    title: 'You are the key worker of a resident', message: 'See what is due for them.',
  },
  {
    on: 'SupportPlanKeyWorkerReassigned', rule: 'plan-key-worker', to: ['key_worker'],
    notificationType: 'message', priority: 'medium', category: 'resident',
    title: 'A support plan was given to you', message: 'See its goals and when it is reviewed.',
  },
  {
    on: 'SupportPlanReviewReminded', rule: 'plan-review', day: 'reviewDate', part: 'daysBefore', to: ['key_worker'],
    notificationType: 'reminder', priority: 'medium', category: 'resident', actionRequired: true,
    title: 'A support plan is to be reviewed soon', message: 'Agree on a day with the resident.',
  },
  {
    on: 'SupportPlanReviewEscalated', rule: 'plan-review-escalated', day: 'dueOn', to: ['property_manager', 'role:manager'],
    notificationType: 'alert', priority: 'high', category: 'resident', actionRequired: true,
    title: 'The review of a support plan is a week late', message: 'The key worker was told when it was missed.',
  },
  {
    on: 'RiskAssessmentCompleted', rule: 'risk-critical', when: ({ overallLevel }) => overallLevel === 'critical', to: ['key_worker', 'property_manager', 'role:manager'],
    notificationType: 'emergency', priority: 'urgent', category: 'resident', actionRequired: true,
    title: 'The risk of a resident is critical', message: 'Read the assessment now, and see what keeps them and others safe.',
  },
  {
    on: 'RiskAssessmentCompleted', rule: 'risk-high', when: ({ overallLevel }) => overallLevel === 'high', to: ['key_worker', 'property_manager'], else: ['role:manager'],
    notificationType: 'alert', priority: 'high', category: 'resident', actionRequired: true,
    title: 'The risk of a resident is high', message: 'Read the assessment; the review of the support plan may come sooner.',
  },
  {
    on: 'AssessmentSubmitted', rule: 'assessment-submitted', to: ['property_manager'], else: ['role:manager'],
    notificationType: 'message', priority: 'medium', category: 'resident', actionRequired: true,
    title: 'An assessment waits for approval', message: 'Somebody else than who made it approves it, or gives it back.',
  },
  {
    on: 'AssessmentReturned', rule: 'assessment-returned', to: ['field:assessorId'],
    notificationType: 'message', priority: 'medium', category: 'resident', actionRequired: true,
    title: 'An assessment was given back to you', message: 'It says what is missing.',
  },
  {
    on: 'AssessmentApproved', rule: 'ready-to-move-on', when: ({ assessmentType }) => assessmentType === 'move_on', to: ['key_worker', 'property_manager'], else: ['role:manager'],
    notificationType: 'message', priority: 'medium', category: 'resident', actionRequired: true,
    title: 'A resident was assessed for moving on', message: 'Agree on a plan, and refer them where they want to go.',
  },
  {
    on: 'SupportPlanReviewBroughtForward', rule: 'plan-review-sooner', day: 'reviewDate', to: ['key_worker'],
    notificationType: 'alert', priority: 'high', category: 'resident', actionRequired: true,
    title: 'A support plan is to be reviewed sooner', message: 'The risk of the resident is high or critical.',
  },
  {
    on: 'GoalAchieved', rule: 'goal-achieved', day: 'on', part: 'goalId', to: ['key_worker'],
    notificationType: 'message', priority: 'low', category: 'resident',
    title: 'A goal was achieved', message: 'Say in an outcome what it came to.',
  },
  {
    on: 'RiskEscalated', rule: 'risk-escalated', to: ['field:to', 'property_manager'], else: ['role:manager'],
    notificationType: 'alert', priority: 'urgent', category: 'resident', actionRequired: true,
    title: 'A risk was escalated', message: 'Read the assessment and say that you have.',
  },
  {
    on: 'RoomReservationReleased', rule: 'reservation-expired', when: ({ reason }) => reason === 'expired', part: 'reservationId', to: ['property_manager'], else: ['role:manager'],
    notificationType: 'alert', priority: 'medium', category: 'compliance',
    title: 'A reservation of a room has expired', message: 'The bed is free again.',
  },
  {
    on: 'PlanUsageReached', rule: 'plan-usage', part: ['limited', 'percent', 'limit'], to: ['role:owner', 'role:admin'],
    notificationType: 'alert', priority: 'medium', category: 'system', actionRequired: true,
    title: 'Your plan is nearly used up, or wholly', message: 'Beyond its limits nobody moves in and no property is taken on.',
  },
  {
    on: 'ReferralReceived', rule: 'referral', to: ['role:manager'],
    notificationType: 'message', priority: 'medium', category: 'resident', actionRequired: true,
    title: 'A referral has come', message: 'Answer it in time.',
  },
  {
    on: 'ReferralMade', rule: 'referral-prepared', when: ({ preparedFrom }) => Boolean(preparedFrom), to: ['key_worker'], else: ['role:manager'],
    notificationType: 'message', priority: 'medium', category: 'resident', actionRequired: true,
    title: 'A referral for a home is prepared', message: 'Send it, and say what came of it; or make another one with more in it: this one is then taken back.',
  },
  {
    on: 'ResidentMoveOnAgreed', rule: 'move-on-consent', when: ({ referralAwaits }) => referralAwaits === 'consent', to: ['key_worker'], else: ['role:manager'],
    notificationType: 'reminder', priority: 'medium', category: 'resident', actionRequired: true,
    title: 'A consent is missing for moving on', message: 'Without it nobody is referred for a home (REF-1): ask for it, and refer them then.',
  },
  {
    on: 'ReferralAccepted', rule: 'referral-accepted', day: 'on', to: ['key_worker'], else: ['role:manager'],
    notificationType: 'message', priority: 'medium', category: 'resident', actionRequired: true,
    title: 'A referral was accepted', message: 'Look for a room where it was to us; else see when it begins.',
  },
  {
    on: 'ReferralDeclined', rule: 'referral-declined', day: 'on', to: ['key_worker'],
    notificationType: 'message', priority: 'medium', category: 'resident', actionRequired: true,
    title: 'A referral was declined', message: 'See why, and what else there is for the resident.',
  },
  {
    on: 'ReferralCompleted', rule: 'referral-outcome', day: 'on', when: ({ outcome }) => Boolean(outcome), to: ['key_worker'],
    notificationType: 'message', priority: 'low', category: 'resident', actionRequired: true,
    title: 'A referral has come to its end', message: 'Say in an outcome what it has changed for the resident.',
  },
  { on: 'ResidentMovedIn', rule: 'calendar-of-move-in', ...calendarEnds },
  { on: 'KeyWorkerUnassigned', rule: 'calendar-of-key-worker', ...calendarEnds },
  {
    on: 'ResidentTurnedEighteen', rule: 'turned-eighteen', to: ['key_worker', 'property_manager'], else: ['role:manager'],
    notificationType: 'alert', priority: 'high', category: 'resident', actionRequired: true,
    title: 'A resident has turned 18', message: 'Look anew at legal status, agreement and benefits; the rules for adults hold.',
  },
  {
    on: 'AgreementHolderOfAge', rule: 'holder-of-age', day: 'on', to: ['key_worker'], else: ['property_manager', 'role:manager'],
    notificationType: 'reminder', priority: 'high', category: 'resident', actionRequired: true,
    title: 'An agreement was made with somebody who was under 18', message: 'They are of age now: agree on one of their own, and renew this one with it.',
  },
  {
    on: 'ResidentSharesAcrossAges', rule: 'ages-mixed', part: 'roomId', to: ['key_worker', 'property_manager', 'role:manager'],
    notificationType: 'alert', priority: 'urgent', category: 'resident', actionRequired: true,
    title: 'Somebody under 18 and an adult share a room', message: 'Move one of them to another room.',
  },
  {
    on: 'ResidentOutgrewAgeBand', rule: 'outgrew-age-band', to: ['key_worker', 'property_manager'], else: ['role:manager'],
    notificationType: 'alert', priority: 'high', category: 'resident', actionRequired: true,
    title: 'A resident is older than the property is for', message: 'Plan with them where they live next.',
  },
  {
    on: 'ResidentDeathRecorded', rule: 'death', to: ['key_worker', 'property_manager', 'role:manager'],
    notificationType: 'emergency', priority: 'urgent', category: 'resident', actionRequired: true,
    title: 'The death of a resident was recorded', message: 'The incident is logged: take it on, tell whom the law has told, and end the stay.',
  },
  {
    on: 'PersonAlertAdded', rule: 'person-alert', part: 'alertId', to: ['key_worker', 'property_manager'], else: ['role:manager'],
    notificationType: 'alert', priority: 'high', category: 'resident',
    title: 'There is a new alert on a resident', message: 'Read it before you meet them.',
  },
  {
    on: 'CoreLogRejected', rule: 'core-rejected', to: ['property_manager'], else: ['role:manager'],
    notificationType: 'alert', priority: 'medium', category: 'compliance', actionRequired: true,
    title: 'The lettings return did not take a log', message: 'Correct it and send it again.',
  },
  {
    on: 'IncidentActionAdded', rule: 'incident-action', part: 'actionId', to: ['field:assigneeId'],
    notificationType: 'message', priority: 'medium', category: 'resident', actionRequired: true,
    title: 'An action of an incident was given to you', message: 'See what is to be done, and by when.',
  },
  {
    on: 'SupportPlanCompletionPrompted', rule: 'plan-completion', day: 'movedOutOn', to: ['key_worker'],
    notificationType: 'reminder', priority: 'medium', category: 'resident', actionRequired: true,
    title: 'A support plan is to be completed', message: 'The resident has moved out.',
  },
  {
    on: 'ReminderSent', rule: 'event', day: 'occurrenceDate', part: 'startTime', to: ['field:to'],
    notificationType: 'reminder', priority: 'medium', category: 'resident', title: 'An event is about to begin', message: 'See where and when.',
  },
  {
    on: 'NonAttendanceRepeated', rule: 'not-attended', part: 'count', to: ['key_worker'], else: ['property_manager', 'role:manager'],
    notificationType: 'alert', priority: 'medium', category: 'resident', actionRequired: true,
    title: 'A resident has not come several times', message: 'Find out what keeps them from it.',
  },
  {
    on: 'ResidentReviewPrompted', rule: 'review-held', day: 'heldOn', part: 'calendarEventId', to: ['key_worker'], else: ['property_manager', 'role:manager'],
    notificationType: 'reminder', priority: 'medium', category: 'resident', actionRequired: true,
    title: 'What a review came to is to be recorded', message: 'In the support plan, and in a risk assessment where the risk was looked at.',
  },
  {
    on: 'AgreementRenewalDue', rule: 'renewal', day: 'endsOn', part: 'daysLeft', to: ['key_worker'], else: ['property_manager', 'role:manager'],
    notificationType: 'reminder', priority: 'medium', category: 'resident', actionRequired: true,
    title: 'An agreement ends soon', message: 'Renew it, or plan the move with the resident.',
  },
  {
    on: 'ComplianceCertificateExpiring', rule: 'certificate-expiring', day: 'expiresOn', part: ['kind', 'daysLeft'], to: ['property_manager'], else: ['role:manager'],
    notificationType: 'reminder', priority: 'high', category: 'compliance', actionRequired: true,
    title: 'A certificate of a property runs out', message: 'Have the property inspected, so that it can be let on.',
  },
  {
    on: 'ComplianceCertificateExpired', rule: 'certificate-expired', day: 'expiredOn', part: 'kind', to: ['property_manager', 'role:manager'],
    notificationType: 'alert', priority: 'urgent', category: 'compliance', actionRequired: true,
    title: 'A certificate of a property has run out', message: 'Nobody moves in until there is another one.',
  },
  {
    on: 'PlacementTransferred', rule: 'emergency-move', day: 'on', part: 'moveId', when: ({ emergency }) => emergency === true, to: ['property_manager', 'role:manager'],
    notificationType: 'alert', priority: 'urgent', category: 'resident', actionRequired: true,
    title: 'A resident was moved in an emergency', message: 'See what made the move necessary, and whether the room they left is safe.',
  },
  {
    on: 'VoidInspectionOverdue', rule: 'missed-void-inspection', day: 'dueOn', to: ['property_manager'], else: ['role:manager'],
    notificationType: 'alert', priority: 'medium', category: 'maintenance', actionRequired: true,
    title: 'An empty room was not inspected in time', message: 'Look at it, and record it on the room.',
  },
  {
    on: 'RoomCleaningOverdue', rule: 'missed-room-cleaning', day: 'dueOn', to: ['property_manager'], else: ['role:manager'],
    notificationType: 'alert', priority: 'medium', category: 'maintenance', actionRequired: true,
    title: 'An empty room was not cleaned in time', message: 'Have it cleaned, and record it on the room.',
  },
  {
    on: 'RoomLongVoidReported', rule: 'long-void', day: 'voidSince', to: ['property_manager', 'role:manager'],
    notificationType: 'alert', priority: 'high', category: 'maintenance', actionRequired: true,
    title: 'A room has stood empty for long', message: 'See what keeps it from being let.',
  },
  {
    on: 'MembershipRoleChanged', rule: 'role-changed', to: ['field:userId'],
    notificationType: 'system', priority: 'low', category: 'system', title: 'Your role has changed', message: 'What you can see and do is another now.',
  },
];

/** Fields with the day that a missed deadline is about. */
const DAYS = ['dueAt', 'dueOn', 'on'];

/** What is told of a missed deadline that has no row of its own. @param fields names of the event's fields. */
export function overdueNotice(type: string, fields: readonly string[]): Notice {
  const words = type.replace(/Overdue$/, '').replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  const day = DAYS.find((name) => fields.includes(name));
  return {
    on: type, rule: `missed-${words.replaceAll(' ', '-')}`, ...(day ? { day } : {}), part: 'key', to: ['key_worker'], else: ['property_manager', 'role:manager'],
    notificationType: 'alert', priority: 'high', category: 'compliance', actionRequired: true,
    title: `Missed: ${words}`, message: 'It was to be done by a day that is over.',
  };
}
