import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { instantText } from '../../../kernel/values.js';
import { ReferralService, ReferralServiceChanged, ReferralServiceRegistered, ChangeReferralService, RegisterReferralService } from '../referral-service/referral-service.js';
import { ResidentErasureDecided } from '../resident/erasure.js';
import { ConsentGiven, ConsentWithdrawn, ResidentRegistered } from '../resident/resident-events.js';
import { Resident } from '../resident/resident.js';
import {
  AcceptReferral,
  CancelReferral,
  CloseReferralOfApplicant,
  CompleteReferralOfStay,
  DeclineReferral,
  MakeReferral,
  ReceiveReferral,
  RecordReferralOutcome,
  ReportReferralFollowUpOverdue,
  ReportReferralResponseOverdue,
  RequestInformation,
  ScheduleFollowUp,
} from './referral-commands.js';
import {
  Referral,
  ReferralAccepted,
  ReferralCancelled,
  ReferralCompleted,
  ReferralDeclined,
  ReferralFollowUpOverdue,
  ReferralFollowUpScheduled,
  ReferralInformationRequested,
  ReferralMade,
  ReferralReceived,
  ReferralResponseOverdue,
} from './referral.js';

const [residentId, consentId, serviceId] = ['resident', 'consent', 'service'].map(someId) as [string, string, string];
const jordan = { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' };
const registered = happened(ResidentRegistered, jordan);
const consents = (purpose: 'health_information' | 'information_sharing' | 'photography', more: object = {}): Happened =>
  happened(ConsentGiven, { consentId, purpose, ...more });
const resident = (...history: Happened[]) => stateOf(Resident, [registered, ...history], residentId);
const service = (facts: object = {}) =>
  stateOf(ReferralService, [happened(ReferralServiceRegistered, { name: 'CAMHS', status: 'active', hsdsServiceId: 'hsds-7', ...facts })], serviceId);

/** Monday 3 August 2026, 10:05 in London. */
const RECEIVED = '2026-08-03T09:05:00.000Z';
const inbound = { source: 'LB Hackney leaving-care team', applicant: jordan, reason: 'leaves care' };
const outbound = { residentId, referralType: 'health', serviceProvider: 'CAMHS', reason: 'low mood' } as const;
const due = (dueAt: string, dueOn?: string) => ({ code: 'REF-3', basis: 'working', ruleBasis: 'policy', startsAt: RECEIVED, dueAt, ...(dueOn ? { dueOn } : {}) }) as const;
const common = { residentId, urgency: 'routine', referralDate: '2026-08-03', reason: 'leaves care', responseDue: due('2026-08-17T23:00:00.000Z', '2026-08-17') } as const;
const received = happened(ReferralReceived, { ...common, source: 'LB Hackney' }, { at: RECEIVED });
const made = happened(ReferralMade, { ...common, referralType: 'health', serviceProvider: 'CAMHS' }, { at: RECEIVED });
const accepted = happened(ReferralAccepted, { residentId, on: '2026-08-14', respondedAt: '2026-08-14T09:00:00.000Z', responseDays: 9 });
const world = (...history: Happened[]) => given(Referral, ...history).now('2026-08-14T09:00:00.000Z').where('residents', residentId, resident());

describe('a referral to us', () => {
  const receive = (body: object, at = RECEIVED) => given(Referral).now(at).where('residents', residentId, resident()).when(ReceiveReferral, { ...inbound, ...body });

  it('carries who is referred, under an id of their own', async () => {
    await receive({ requestedBy: 'R. Webb', neededFrom: '2026-09-01' }).records([ReferralReceived, { applicant: jordan, urgency: 'routine', referralDate: '2026-08-03' }]);
    const [event] = (await receive({}).events()) as unknown as ReferralReceived[];
    expect(event!.residentId).toMatch(/^[0-9a-f-]{36}$/);
    expect(event!.residentId).not.toBe(residentId);
    expect(stateOf(Referral, [received])).toMatchObject({ status: 'pending', direction: 'inbound', referralType: 'housing', responseOverdue: false, followUpRequired: false });
  });
  it('is of an applicant or of somebody who is known, whose names and numbers are right', async () => {
    await receive({ applicant: undefined, residentId }).records([ReferralReceived, { residentId }]);
    await receive({ residentId }).refused('VALIDATION', 'applicant');
    await receive({ applicant: undefined }).refused('VALIDATION', 'applicant');
    await receive({ applicant: { ...jordan, firstName: '👩‍👧' } }).refused('RES-1', 'applicant/firstName');
    await receive({ applicant: { ...jordan, dateOfBirth: '2026-08-03' } }).refused('RES-2', 'applicant/dateOfBirth');
    await receive({ applicant: { ...jordan, nhsNumber: '9111111111' } }).refused('RES-8', 'applicant/nhsNumber');
    await receive({ applicant: { ...jordan, nhsNumber: '4010232137' } }).records(ReferralReceived);
    await receive({ referralDate: '2026-08-04' }).refused('GEN-3', 'referralDate');
    const erased = stateOf(Resident, [registered, happened(ResidentErasureDecided, { scopes: ['identity'], retained: [], on: '2026-08-01' })], residentId);
    await given(Referral).now(RECEIVED).where('residents', residentId, erased).when(ReceiveReferral, { ...inbound, applicant: undefined, residentId }).refused('ERASED');
  });
  it('REF-3: is due after 10 working days, 2 where it is urgent, and 24 hours in an emergency', async () => {
    await receive({}).records([ReferralReceived, { responseDue: { dueOn: '2026-08-17', dueAt: '2026-08-17T23:00:00.000Z', basis: 'working' } }]);
    await receive({ urgency: 'urgent' }).records([ReferralReceived, { responseDue: { dueOn: '2026-08-05' } }]);
    await receive({ urgency: 'emergency' }).records([ReferralReceived, { responseDue: { dueAt: '2026-08-04T09:05:00.000Z', basis: 'hours' } }]);
    await receive({ urgency: 'emergency', referralDate: '2026-08-02' }).records([ReferralReceived, { responseDue: { dueAt: '2026-08-02T23:00:00.000Z' } }]);
    // A Friday before the late summer holiday, and a clock that goes back at night.
    await receive({ urgency: 'urgent' }, '2026-08-28T10:00:00.000Z').records([ReferralReceived, { responseDue: { dueOn: '2026-09-02' } }]);
    await receive({ urgency: 'emergency' }, '2026-10-24T22:30:00.000Z').records([ReferralReceived, { responseDue: { dueAt: '2026-10-25T22:30:00.000Z' } }]);
    await receive({}, '2031-12-31T10:00:00.000Z').refused('BHC-1');
  });
});

describe('a referral to another service', () => {
  const make = (body: object, ...history: Happened[]) =>
    given(Referral).where('residents', residentId, resident(...history)).where('referral_services', serviceId, service())
      .fact('date-of-birth', residentId, ['2006-05-02']).when(MakeReferral, { ...outbound, ...body });

  it('REF-1: rests on a live consent for it, or a reason of safeguarding', async () => {
    await make({}, consents('health_information')).records([ReferralMade, { consentId, referralType: 'health', urgency: 'routine' }]);
    await make({}).refused('REF-1', 'consentId');
    await make({}, consents('photography')).refused('REF-1', 'consentId');
    await make({ referralType: 'legal' }, consents('health_information')).refused('REF-1', 'consentId');
    await make({ referralType: 'legal' }, consents('information_sharing')).records([ReferralMade, { consentId }]);
    await make({}, consents('health_information', { expiresOn: '2026-09-02' })).refused('REF-1', 'consentId');
    await make({}, consents('health_information', { expiresOn: '2026-09-03' })).records(ReferralMade);
    const parents = consents('health_information', { givenBy: 'parent' });
    for (const [born, outcome] of [['2010-09-03', 'made'], ['2010-09-02', 'refused']] as const) {
      const asked = given(Referral).where('residents', residentId, resident(parents)).fact('date-of-birth', residentId, [born]).when(MakeReferral, { residentId, referralType: 'health', serviceProvider: 'The surgery', reason: 'Cannot sleep.' });
      await (outcome === 'made' ? asked.records(ReferralMade) : asked.refused('REF-1', 'consentId'));
    }
    await make({}, consents('health_information'), happened(ConsentWithdrawn, { purpose: 'health_information' })).refused('REF-1', 'consentId');
    await make({ consentId: someId('another') }, consents('health_information')).refused('REF-1', 'consentId');
    await make({ safeguardingBasis: 'a risk to life' }).records([ReferralMade, { safeguardingBasis: 'a risk to life' }]);
    await make({ consentId, safeguardingBasis: 'a risk to life' }).refused('REF-1', 'consentId');
  });
  it('REF-2: expects an answer on the day or later', async () => {
    await make({ expectedDate: '2026-09-01' }, consents('health_information')).refused('REF-2', 'expectedDate');
    await make({ expectedDate: '2026-09-01', referralDate: '2026-09-01' }, consents('health_information')).records(ReferralMade);
  });
  it('REF-5: goes to a service that is active and for people of their age', async () => {
    const to = (facts: object, born = '2006-05-02') => given(Referral).where('residents', residentId, resident(consents('health_information')))
      .where('referral_services', serviceId, service(facts)).fact('date-of-birth', residentId, [born]).when(MakeReferral, { ...outbound, serviceId });
    await to({ minimumAge: 20, maximumAge: 20 }).records([ReferralMade, { serviceId, hsdsServiceId: 'hsds-7' }]);
    await to({ status: 'temporarily_closed' }).refused('REF-5', 'serviceId');
    await to({ maximumAge: 19 }).refused('REF-5', 'serviceId');
    await to({ minimumAge: 21 }).refused('REF-5', 'serviceId');
    await to({ minimumAge: 20 }, '2006-09-03').refused('REF-5', 'serviceId');
  });
});

describe('a service of the directory', () => {
  it('REF-5: is for ages that are in order', async () => {
    const facts = { name: 'CAMHS', status: 'active', minimumAge: 16, maximumAge: 25 } as const;
    await given(ReferralService).when(RegisterReferralService, facts).records([ReferralServiceRegistered, facts]);
    await given(ReferralService).when(RegisterReferralService, { ...facts, maximumAge: 15 }).refused('REF-5', 'maximumAge');
    const known = given(ReferralService, happened(ReferralServiceRegistered, facts));
    await known.when(ChangeReferralService, { status: 'defunct' }).records([ReferralServiceChanged, { status: 'defunct' }]);
    await known.when(ChangeReferralService, { minimumAge: 26 }).refused('REF-5', 'maximumAge');
    await known.when(ChangeReferralService, { minimumAge: 26, maximumAge: null }).records(ReferralServiceChanged);
  });
});

describe('the answer to a referral', () => {
  it('tells how many working days it took: nine from 3 to 14 August 2026', async () => {
    await world(received).when(AcceptReferral).records([ReferralAccepted, { on: '2026-08-14', responseDays: 9, respondedAt: '2026-08-14T09:00:00.000Z' }]);
    await world(received).when(AcceptReferral, { on: '2026-08-10' }).records([ReferralAccepted, { responseDays: 5, respondedAt: '2026-08-09T23:00:00.000Z' }]);
    await world(received).when(AcceptReferral, { on: '2026-08-15' }).refused('GEN-3', 'on');
    await world(received).when(AcceptReferral, { on: '2026-08-02' }).refused('REF-2', 'on');
    await world(received, accepted).when(AcceptReferral).refused('STATE');
    expect(stateOf(Referral, [received, accepted])).toMatchObject({ status: 'accepted', responseDays: 9, responseOverdue: false, acceptedOn: '2026-08-14' });
    const late = happened(ReferralAccepted, { residentId, on: '2026-08-18', respondedAt: '2026-08-17T23:00:00.000Z', responseDays: 11 });
    expect(stateOf(Referral, [received, late])).toMatchObject({ responseOverdue: true });
  });
  it('REF-4: says why it is no', async () => {
    await world(received).when(DeclineReferral, { reasonCode: 'no_vacancy' }).records([ReferralDeclined, { reasonCode: 'no_vacancy', responseDays: 9 }]);
    await world(received).when(DeclineReferral).refused('REF-4', 'reasonCode');
    await world(received).when(DeclineReferral, { reasonCode: 'other' }).refused('REF-4', 'text');
    await world(received).when(DeclineReferral, { reasonCode: 'other', text: 'moved abroad' }).records([ReferralDeclined, { text: 'moved abroad' }]);
    await world(received, accepted).when(DeclineReferral, { reasonCode: 'no_vacancy' }).refused('STATE');
  });
  it('is asked for again, followed up, taken back and brought to an end', async () => {
    await world(received).when(RequestInformation, { information: 'risk history' }).records([ReferralInformationRequested, { information: 'risk history' }]);
    await world(received).when(ScheduleFollowUp, { followUpDate: '2026-08-20' }).records([ReferralFollowUpScheduled, { followUpDue: { code: 'REF-FOLLOW-UP', dueOn: '2026-08-20' } }]);
    await world(received).when(ScheduleFollowUp, { followUpDate: '2026-08-13' }).refused('REF-2', 'followUpDate');
    await world(received).when(CancelReferral, { reason: 'found a place' }).records([ReferralCancelled, { reason: 'found a place' }]);
    await world(received, accepted).when(CancelReferral, { reason: 'found a place' }).records(ReferralCancelled);
    await world(made, accepted).when(RecordReferralOutcome, { outcome: 'seen weekly' }).records([ReferralCompleted, { outcome: 'seen weekly', on: '2026-08-14' }]);
    await world(made, accepted).when(RecordReferralOutcome, { outcome: 'seen', on: '2026-08-13' }).refused('REF-2', 'on');
    await world(made).when(RecordReferralOutcome, { outcome: 'seen weekly' }).refused('STATE');
  });
  it('is overdue once, and only while there is none', async () => {
    const missed = { code: 'REF-3', dueAt: '2026-08-17T23:00:00.000Z' };
    const reported = (...history: Happened[]) => world(...history).as('system').when(ReportReferralResponseOverdue, missed);
    await reported(received).records([ReferralResponseOverdue, { dueAt: missed.dueAt }]);
    await reported(received, happened(ReferralResponseOverdue, { residentId, dueAt: missed.dueAt })).recordsNothing();
    await reported(received, accepted).recordsNothing();
  });
  it('is told of once where nobody followed it up on the day that was agreed', async () => {
    const followUp = (followUpDate: string) =>
      happened(ReferralFollowUpScheduled, { residentId, followUpDate, followUpDue: { code: 'REF-FOLLOW-UP', basis: 'calendar', ruleBasis: 'policy', startsAt: 'x', dueAt: 'y' } });
    // On the day after, which begins an hour earlier in summer.
    const missed = { code: 'REF-FOLLOW-UP', dueAt: '2026-10-24T23:00:00.000Z' };
    const told = (...history: Happened[]) => world(received, ...history).now('2026-10-25T09:00:00.000Z').as('system').when(ReportReferralFollowUpOverdue, missed);
    await told(followUp('2026-10-24')).records([ReferralFollowUpOverdue, { residentId, dueOn: '2026-10-24' }]);
    await told(accepted, followUp('2026-10-24')).records(ReferralFollowUpOverdue);
    await told(followUp('2026-10-24'), happened(ReferralFollowUpOverdue, { residentId, dueOn: '2026-10-24' })).recordsNothing();
    await told(followUp('2026-10-24'), followUp('2026-11-02')).recordsNothing();
    await told(followUp('2026-10-24'), happened(ReferralCancelled, { residentId, on: '2026-10-20', reason: 'x' })).recordsNothing();
  });
  it('follows what becomes of the application and the stay', async () => {
    const close = (body: object, ...history: Happened[]) => world(...history).as('system').when(CloseReferralOfApplicant, body);
    await close({ reasonCode: 'no_vacancy' }, received).records([ReferralDeclined, { reasonCode: 'no_vacancy' }]);
    await close({ reasonCode: 'no_vacancy' }, received, accepted).records(ReferralCancelled);
    await close({ reason: 'found a place' }, received).records([ReferralCancelled, { reason: 'found a place' }]);
    await close({ reason: 'x' }, received, happened(ReferralCancelled, { residentId, on: '2026-08-14', reason: 'x' })).recordsNothing();
    await world(received, accepted).as('system').when(CompleteReferralOfStay, { on: '2026-08-14' }).records(ReferralCompleted);
    await world(received).as('system').when(CompleteReferralOfStay, { on: '2026-08-14' }).recordsNothing();
    await world(made, accepted).as('system').when(CompleteReferralOfStay, { on: '2026-08-14' }).recordsNothing();
  });
  it('holds its place in the register while it is live, and lets somebody move in once accepted', () => {
    const kinds = (...history: Happened[]) => stateOf(Referral, history).holds().map(({ kind, key, from }) => `${kind} ${kind === 'referral' ? key : from}`);
    expect(kinds(received)).toEqual(['referral inbound|housing']);
    expect(kinds(received, accepted)).toEqual(['referral inbound|housing', 'accepted_referral 2026-08-14']);
    expect(kinds(made, accepted)).toEqual(['referral outbound|health']);
    expect(kinds(received, accepted, happened(ReferralCompleted, { residentId, on: '2026-09-01' }))).toEqual([]);
  });
  it('is in target or overdue, whatever comes in whichever order: pending, then one answer, then one end', () =>
    fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom('accept', 'decline', 'complete', 'cancel', 'miss', 'stay'), fc.nat(40)), { maxLength: 12 }), async (steps) => {
      const history: Happened[] = [received];
      let hours = 0;
      for (const [what, wait] of steps) {
        hours += wait;
        const now = instantText(Date.parse(RECEIVED) + hours * 3_600_000);
        const at = given(Referral, ...history).now(now).as('system');
        const when = {
          accept: () => at.when(AcceptReferral),
          decline: () => at.when(DeclineReferral, { reasonCode: 'no_vacancy' }),
          complete: () => at.when(RecordReferralOutcome, { outcome: 'o' }),
          cancel: () => at.when(CancelReferral, { reason: 'r' }),
          miss: () => at.when(ReportReferralResponseOverdue, { code: 'REF-3', dueAt: '2026-08-17T23:00:00.000Z' }),
          stay: () => at.when(CompleteReferralOfStay, { on: now.slice(0, 10) }),
        }[what]!();
        const before = stateOf(Referral, history).status;
        const events = await when.events().catch(() => []);
        history.push(...events.map((event) => ({ event: event as never, at: now })));
        const { status } = stateOf(Referral, history);
        const leads: Record<string, readonly string[]> = { pending: ['accepted', 'declined', 'cancelled'], accepted: ['completed', 'cancelled'], declined: [], completed: [], cancelled: [] };
        expect(status === before || leads[before]!.includes(status)).toBe(true);
      }
    })));
});
