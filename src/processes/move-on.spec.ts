import { describe, expect, it } from '@jest/globals';
import { happened, someId, stateOf, type Happened } from '../../test/support/given.js';
import { CalendarEvent } from '../domain/engagement/calendar-event/calendar-event.js';
import { CalendarEventScheduled } from '../domain/engagement/calendar-event/calendar-events.js';
import { ReferralMade } from '../domain/people/referral/referral.js';
import { ResidentMoveOnAgreed, ResidentMoveOnPlanned, ResidentMoveOnReferralOverdue, ResidentMoveOnReferred } from '../domain/people/resident/move-on.js';
import { ConsentGiven, ConsentWithdrawn, KeyWorkerAssigned, ResidentRegistered } from '../domain/people/resident/resident-events.js';
import { ResidentMovedIn, ResidentMovedOut } from '../domain/people/resident/resident-moves.js';
import { Resident } from '../domain/people/resident/resident.js';
import { AssessmentApproved } from '../domain/support/assessment-form/assessment-form.js';
import { MovePlanned } from '../domain/tenancy/placement/hand-over.js';
import { declaredEvents } from '../kernel/event.js';
import { Refusal } from '../kernel/rules.js';
import type { DecodedEvent } from '../privacy/codec.js';
import type { ProcessCommand, ProcessContext } from './engine/process.js';
import { moveOn, planningOf, preparedReferralOf } from './move-on.js';

const [residentId, streamId, kofi] = [someId('jordan'), someId('stream'), someId('kofi')];
const due = (code: string, dueOn: string) => ({ code, basis: 'calendar', ruleBasis: 'policy', startsAt: '2027-10-29T23:00:00.000Z', dueAt: `${dueOn}T23:00:00.000Z`, dueOn }) as const;
const registered = happened(ResidentRegistered, { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2008-02-29' });
const movedIn = happened(ResidentMovedIn, { placementId: someId('placement'), propertyId: someId('house'), roomId: someId('room'), agreementId: someId('agreement'), on: '2026-08-03' });
const agreed = happened(ResidentMoveOnAgreed, { assessmentId: streamId, referralDue: due('MOVE-ON.referral', '2028-02-29'), planDue: due('MOVE-ON.plan', '2027-10-31') });
const lives = [registered, happened(KeyWorkerAssigned, { userId: kofi, from: '2026-08-03' }), movedIn];

interface World {
  readonly resident?: readonly Happened[];
  readonly calendar?: CalendarEvent;
  readonly refuses?: string;
  readonly stream?: string;
}
/** The commands that follow from an event. */
async function after({ event }: Happened, { resident = lives, calendar, refuses, stream = streamId }: World = {}): Promise<[string, string, object][]> {
  const sent: [string, string, object][] = [];
  const context = {
    now: '2027-10-01T09:00:00.000Z',
    find: (table: string) => Promise.resolve(table === 'residents' ? stateOf(Resident, resident, residentId) : calendar),
    send: ({ command, id, body }: ProcessCommand) => {
      if (refuses && command === 'PrepareMoveOnReferral') return Promise.reject(new Refusal(refuses, 'No.'));
      return Promise.resolve(void sent.push([command, id, body]));
    },
  } as unknown as ProcessContext;
  const declaration = declaredEvents().find((one) => one.event === (event.constructor as never));
  await moveOn.react({ declaration, event, metadata: {}, stored: { stream: `any-${stream}` } } as unknown as DecodedEvent, context);
  return sent;
}

describe('moving on', () => {
  const approved = (assessmentType?: 'move_on' | 'intake' | 'review') => happened(AssessmentApproved, { residentId, assessmentType });
  const agree = ['AgreeMoveOn', residentId, { assessmentId: streamId }];

  it('begins with an assessment for it, and with no other one; the referral is prepared', async () => {
    expect(await after(approved('move_on'))).toEqual([agree, ['PrepareMoveOnReferral', preparedReferralOf(streamId), { residentId, assessmentId: streamId }]]);
    for (const type of ['intake', 'review', undefined] as const) expect(await after(approved(type))).toEqual([]);
    expect(await after(approved('move_on'), { resident: [registered] })).toEqual([agree]);
  });

  it('leaves the referral to people where it is not to be made, and hides no other failure', async () => {
    for (const refuses of ['REF-1', 'DUPLICATE', 'ERASED', 'BHC-1']) expect(await after(approved('move_on'), { refuses })).toEqual([agree]);
    await expect(after(approved('move_on'), { refuses: 'GEN-9' })).rejects.toMatchObject({ code: 'GEN-9' });
  });

  it('has the referral prepared when they consent later, once the time for it is over too, and not where they are referred, or have left', async () => {
    const consent = happened(ConsentGiven, { consentId: someId('consent'), purpose: 'information_sharing' });
    const prepare = ['PrepareMoveOnReferral', preparedReferralOf(streamId), { residentId, assessmentId: streamId }];
    const given = (...more: Happened[]) => after(consent, { stream: residentId, resident: [...lives, ...more] });
    expect(await given(agreed)).toEqual([prepare]);
    expect(await given(agreed, happened(ResidentMoveOnReferralOverdue))).toEqual([prepare]);
    expect(await given()).toEqual([]);
    expect(await given(agreed, happened(ResidentMoveOnReferred, { on: '2026-12-18', referralId: someId('theirs') }))).toEqual([]);
    expect(await given(agreed, happened(ResidentMovedOut))).toEqual([]);
    for (const refuses of ['REF-1', 'DUPLICATE']) expect(await after(consent, { stream: residentId, resident: [...lives, agreed], refuses })).toEqual([]);
  });

  it('has the prepared referral looked at when they withdraw a consent', async () => {
    const withdrawn = happened(ConsentWithdrawn, { purpose: 'information_sharing' });
    const referred = happened(ResidentMoveOnReferred, { on: '2026-12-18', referralId: someId('prepared') });
    expect(await after(withdrawn, { stream: residentId, resident: [...lives, agreed, referred] })).toEqual([['WithdrawUnconsentedReferral', someId('prepared'), {}]]);
    expect(await after(withdrawn, { stream: residentId, resident: [...lives, agreed] })).toEqual([]);
  });

  it('is seen to by a referral for a home, and by a day to move out on', async () => {
    const made = (referralType: 'housing' | 'health') => happened(ReferralMade, { residentId, referralType, referralDate: '2026-12-18' });
    const note = ['NoteMoveOnReferral', residentId, { on: '2026-12-18', referralId: streamId }];
    expect(await after(made('housing'))).toEqual([note]);
    expect(await after(made('health'))).toEqual([]);
    expect(await after(happened(MovePlanned, { residentId, moveType: 'move_out', plannedDate: '2027-01-14' }))).toEqual([['NoteMoveOnPlan', residentId, { plannedDate: '2027-01-14' }]]);
    expect(await after(happened(MovePlanned, { residentId, moveType: 'internal_transfer', plannedDate: '2027-01-14' }))).toEqual([]);
    const prepared = [...lives, agreed, happened(ResidentMoveOnReferred, { on: '2026-12-18', referralId: someId('prepared') })];
    expect(await after(made('housing'), { resident: prepared })).toEqual([note, ['WithdrawPreparedReferral', someId('prepared'), {}]]);
    expect(await after(made('housing'), { resident: [...lives, agreed, happened(ResidentMoveOnReferred, { on: '2026-12-18', referralId: streamId })] })).toEqual([note]);
  });

  it('is planned in the calendar of the key worker, at ten by the clocks of London also on the day when they change', async () => {
    const id = planningOf(residentId, streamId);
    const schedule = { title: 'Plan the move to a home of their own', eventType: 'meeting', residentId, organizer: kofi, attendees: [kofi] };
    expect(await after(agreed, { stream: residentId, resident: [...lives, agreed] })).toEqual([['ScheduleEvent', planningOf(residentId, streamId), { ...schedule, startTime: '2027-10-31T10:00:00.000Z', endTime: '2027-10-31T11:00:00.000Z' }]]);
    expect(await after(agreed, { stream: residentId, resident: [registered, movedIn, agreed] })).toEqual([]);
    expect(await after(agreed, { stream: residentId, resident: [...lives, agreed, happened(ResidentMoveOnPlanned, { plannedDate: '2027-10-20' })] })).toEqual([]);
    const calendar = stateOf(CalendarEvent, [happened(CalendarEventScheduled, { title: 'Plan', eventType: 'meeting', organizer: kofi, attendees: [], startTime: '2027-10-31T10:00:00.000Z', endTime: '2027-10-31T11:00:00.000Z' })], id);
    for (const over of [happened(ResidentMoveOnPlanned), happened(ResidentMovedOut)]) {
      expect(await after(over, { stream: residentId, resident: [...lives, agreed], calendar })).toMatchObject([['CancelEvent', id, {}]]);
      expect(await after(over, { stream: residentId, calendar })).toEqual([]);
    }
  });
});
