import type { ReferralMade } from '../domain/people/referral/referral.js';
import { REFERRAL, type ResidentMoveOnAgreed } from '../domain/people/resident/move-on.js';
import type { Resident } from '../domain/people/resident/resident.js';
import type { AssessmentApproved } from '../domain/support/assessment-form/assessment-form.js';
import type { MovePlanned } from '../domain/tenancy/placement/hand-over.js';
import { jsonOf } from '../event-store/metadata.js';
import { idIn } from '../kernel/entity.js';
import { londonInstant } from '../kernel/days.js';
import { Refusal } from '../kernel/rules.js';
import { uuidOf } from '../kernel/values.js';
import type { DecodedEvent } from '../privacy/codec.js';
import { putIntoCalendar, takeOutOfCalendar } from './calendar-entries.js';
import type { Process, ProcessContext } from './engine/process.js';

/** When the move is planned, on the last day for it; people put it where it suits them. */
const [FROM, TO] = ['10:00', '11:00'];
/** Refusals that leave the referral to people: no consent, one of theirs, nobody to be referred any more, a calendar that ends before. */
const LEFT_TO_PEOPLE: readonly string[] = ['REF-1', 'DUPLICATE', 'STATE', 'ERASED', 'BHC-1'];

/** The referral that is prepared from an assessment for moving on: one. */
export const preparedReferralOf = (assessmentId: string): string => uuidOf('move-on-referral', assessmentId);
/** The calendar event at which somebody's move is planned. */
export const planningOf = (residentId: string, assessmentId: string): string => uuidOf('move-on-plan', residentId, assessmentId);

const idOf = ({ stored: { stream } }: DecodedEvent): string => idIn(stream);
type Reaction = (event: DecodedEvent, context: ProcessContext) => Promise<void>;

/** Prepares the referral of somebody who lives here, where they consented to it and nobody has made one. */
async function prepare(residentId: string, assessmentId: string, context: ProcessContext): Promise<void> {
  try {
    await context.send({ step: 'refer', command: 'PrepareMoveOnReferral', id: preparedReferralOf(assessmentId), body: { residentId, assessmentId } });
  } catch (error) {
    if (!(error instanceof Refusal) || !LEFT_TO_PEOPLE.includes(error.code)) throw error;
  }
}

/** Somebody was found ready: what is to be done falls due, and the referral is prepared where they consented to it. */
async function approved(event: DecodedEvent, context: ProcessContext): Promise<void> {
  const { residentId, assessmentType } = event.event as unknown as AssessmentApproved;
  if (assessmentType !== 'move_on') return;
  const assessmentId = idOf(event);
  await context.send({ step: 'agreed', command: 'AgreeMoveOn', id: residentId, body: { assessmentId } });
  const resident = await context.find<Resident>('residents', residentId);
  if (!resident?.livesHere || resident.erasureDecidedOn) return;
  await prepare(residentId, assessmentId, context);
}

/** Somebody consents who was found ready before, and whom nobody has referred since. */
async function consented(event: DecodedEvent, context: ProcessContext): Promise<void> {
  const residentId = idOf(event);
  const resident = await context.find<Resident>('residents', residentId);
  if (!resident?.livesHere || resident.erasureDecidedOn || !resident.moveOnAssessmentId) return;
  if (resident.unsettled.includes(REFERRAL)) await prepare(residentId, resident.moveOnAssessmentId, context);
}

/** Nobody is told of somebody who does not consent any more: what was prepared and not sent is taken back. */
async function unconsented(event: DecodedEvent, context: ProcessContext): Promise<void> {
  const referralId = (await context.find<Resident>('residents', idOf(event)))?.moveOnReferralId;
  if (referralId) await context.send({ step: 'withdraw', command: 'WithdrawUnconsentedReferral', id: referralId, body: {} });
}

/** A referral for a home is there; where people made it, it takes the place of the prepared one. */
async function referred(event: DecodedEvent, context: ProcessContext): Promise<void> {
  const { residentId, referralType, referralDate: on } = event.event as unknown as ReferralMade;
  if (referralType !== 'housing') return;
  const referralId = idOf(event);
  await context.send({ step: 'referred', command: 'NoteMoveOnReferral', id: residentId, body: { on, referralId } });
  const prepared = (await context.find<Resident>('residents', residentId))?.moveOnReferralId;
  if (prepared && prepared !== referralId) await context.send({ step: 'replace', command: 'WithdrawPreparedReferral', id: prepared, body: {} });
}

async function planned(event: DecodedEvent, context: ProcessContext): Promise<void> {
  const { residentId: id, moveType, plannedDate } = event.event as unknown as MovePlanned;
  if (moveType === 'move_out') await context.send({ step: 'planned', command: 'NoteMoveOnPlan', id, body: { plannedDate } });
}

/** Planning the move is put into the calendar of the key worker, unless it is planned by then. */
async function agreed(event: DecodedEvent, context: ProcessContext): Promise<void> {
  const residentId = idOf(event);
  const { assessmentId, planDue } = event.event as unknown as ResidentMoveOnAgreed;
  const resident = await context.find<Resident>('residents', residentId);
  if (!resident?.livesHere || resident.erasureDecidedOn || !resident.keyWorkerId || !planDue.dueOn) return;
  if (!resident.duties.includes(planDue.code)) return;
  const times = { startTime: londonInstant(planDue.dueOn, FROM), endTime: londonInstant(planDue.dueOn, TO) };
  await putIntoCalendar(planningOf(residentId, assessmentId), resident.keyWorkerId, { title: 'Plan the move to a home of their own', eventType: 'meeting', residentId, ...times }, context);
}

/** The day is planned, or there is nothing to plan any more. */
async function settled(event: DecodedEvent, context: ProcessContext): Promise<void> {
  const residentId = idOf(event);
  const assessmentId = (await context.find<Resident>('residents', residentId))?.moveOnAssessmentId;
  if (assessmentId) await takeOutOfCalendar(planningOf(residentId, assessmentId), 'planned', 'The move is planned, or nobody is there to move.', context);
}

const reactions: Readonly<Record<string, Reaction>> = {
  AssessmentApproved: approved,
  ConsentGiven: consented,
  ConsentWithdrawn: unconsented,
  ReferralMade: referred,
  MovePlanned: planned,
  ResidentMoveOnAgreed: agreed,
  ResidentMoveOnPlanned: settled,
  ResidentMovedOut: settled,
  ResidentDeathRecorded: settled,
};

/** Sees to it that who is ready to move on is referred for a home of their own, and that the day is planned. */
export const moveOn: Process = {
  name: 'move-on',
  doc: 'Where somebody was assessed as ready to move on: prepares the referral that they consented to, puts the planning into the calendar, and watches that both are done.',
  on: Object.keys(reactions),
  // What is asked for comes before it is done, whichever stream says so.
  lane: ({ data, stream }) => String(jsonOf(data)['residentId'] ?? idIn(stream)),
  async react(event, context) {
    await reactions[event.declaration.type]?.(event, context);
  },
};
