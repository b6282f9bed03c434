import { describe, expect, it } from '@jest/globals';
import { given, happened, ORGANIZATION, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { closedBy } from '../../../kernel/deadline.js';
import { declaredEvents } from '../../../kernel/event.js';
import { calendarIdOf, publishedDates } from '../../bank-holidays.js';
import { BankHolidayCalendar, BankHolidaysImported } from '../../organisation/bank-holiday-calendar/bank-holiday-calendar.js';
import { Organization, OrganizationSettingsChanged } from '../../organisation/organization/organization.js';
import { Property, PropertyBuildingFactsRecorded, PropertyRegistered } from '../../property/property/property.js';
import { ResidentOffered } from './application-events.js';
import { ResidentDeathRecorded } from './death.js';
import { MarkAge, ReportAdultReviewOverdue, ResidentAdultReviewOverdue, ResidentOutgrewAgeBand, ResidentTurnedEighteen } from './coming-of-age.js';
import {
  NoteBenefitClaim,
  ReportBenefitHelpMissing,
  ReportKeyWorkerOverdue,
  ReportSupportPlanMissing,
  ResidentBenefitClaimNoted,
  ResidentBenefitHelpOverdue,
  ResidentKeyWorkerDueSet,
  ResidentKeyWorkerOverdue,
  ResidentSupportPlanOverdue,
  SetKeyWorkerDue,
} from './duties.js';
import { UnassignKeyWorker } from './resident-commands.js';
import { KeyWorkerAssigned, KeyWorkerUnassigned, ResidentDetailsCorrected, ResidentLegalStatusRecorded, ResidentRegistered } from './resident-events.js';
import { CorrectMoveDate, MoveResidentIn, ResidentMovedIn, ResidentMovedOut, ResidentMoveDateCorrected } from './resident-moves.js';
import { ResidentSupportPlanLinked } from './resident-support.js';
import { Resident } from './resident.js';

const id = someId('Resident');
const [placementId, propertyId, roomId, agreementId] = ['placement', 'property', 'room', 'agreement'].map(someId) as [string, string, string, string];
const registered = happened(ResidentRegistered, { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' });
const where = { placementId, propertyId, roomId, agreementId };
const house = (...more: Happened[]) => stateOf(Property, [happened(PropertyRegistered, {
  name: 'House', propertyType: 'shared_housing', address: { line1: '1', town: 'London', postcode: 'E8 3RH' }, totalUnits: 12,
}), ...more], propertyId);
const world = (...history: Happened[]) =>
  [['placements', placementId], ['property_rooms', roomId], ['tenancy_agreements', agreementId]].reduce(
    (all, [table, of]) => all.where(table!, of!, stateOf(Resident, [], of)), given(Resident, registered, ...history).as('system').where('properties', propertyId, house()));
const due = (code: string) => ({ code, basis: 'calendar', ruleBasis: 'policy', startsAt: '2026-09-01T23:00:00.000Z', dueAt: '2026-09-03T23:00:00.000Z' }) as const;
const movedIn = happened(ResidentMovedIn, { ...where, on: '2026-09-02', keyWorkerDue: due('RES-7'), supportPlanDue: due('SUP-2'), benefitHelpDue: due('HB-HELP') });
/** A calendar that goes on for a year. */
const newer = stateOf(BankHolidayCalendar, [happened(BankHolidaysImported, { division: 'england_and_wales', dates: [...publishedDates, '2029-01-01', '2029-12-25'], sourceSha256: 'x', version: 'newer' })], calendarIdOf(ORGANIZATION));
const kofi = happened(KeyWorkerAssigned, { userId: someId('kofi'), from: '2026-09-01' });

describe('who has moved in', () => {
  it('RES-7: has a key worker within one working day, a support plan within 28 days, and help with benefits the next day', async () => {
    await world().when(MoveResidentIn, { ...where, on: '2026-09-02' }).records([ResidentMovedIn, {
      keyWorkerDue: { code: 'RES-7', dueOn: '2026-09-03' }, supportPlanDue: { code: 'SUP-2', dueOn: '2026-09-30' }, benefitHelpDue: { code: 'HB-HELP', dueOn: '2026-09-03' },
    }]);
    // Before a bank holiday on a Monday.
    await world().when(MoveResidentIn, { ...where, on: '2026-08-28' }).records([ResidentMovedIn, { keyWorkerDue: { dueOn: '2026-09-01', basis: 'working' } }]);
    const [event] = await world(kofi).when(MoveResidentIn, { ...where, on: '2026-09-02' }).events();
    expect(event).not.toHaveProperty('keyWorkerDue');
    // Whose plan was opened before they came has one.
    const planned = world().holding('resident', id, [{ register: 'resident', owner: id, kind: 'support_plan', key: someId('plan') }]);
    const [withPlan] = await planned.when(MoveResidentIn, { ...where, on: '2026-09-02' }).events();
    expect({ ...withPlan }).toMatchObject({ supportPlanDue: undefined });
    expect(withPlan).toHaveProperty('benefitHelpDue');
    const left = [movedIn, happened(ResidentMovedOut, { placementId: someId('before'), on: '2026-09-01', terminationType: 'return_home' })];
    await world(...left).holding('resident', id, [{ register: 'resident', owner: id, kind: 'support_plan', key: someId('plan') }])
      .when(MoveResidentIn, { ...where, on: '2026-09-02' }).records([ResidentMovedIn, { supportPlanDue: { code: 'SUP-2' } }]);
  });

  it('RES-7: has one in time only from the day on which somebody is it', () => {
    const declaration = declaredEvents().find(({ type }) => type === 'KeyWorkerAssigned')!;
    expect(closedBy(declaration, kofi.event)).toEqual([{ code: 'RES-7', key: '', how: 'met', at: '2026-09-01' }]);
  });

  it('RES-7: waits for a calendar of bank holidays that reaches so far, and moves in all the same', async () => {
    const [event] = await world().when(MoveResidentIn, { ...where, on: '2028-12-29' }).events();
    expect(event).toMatchObject({ keyWorkerDueFrom: '2028-12-29', supportPlanDue: { dueOn: '2029-01-26' } });
    expect(event).not.toHaveProperty('keyWorkerDue');
    await world().when(MoveResidentIn, { ...where, on: '2028-12-28' }).records([ResidentMovedIn, { keyWorkerDue: { dueOn: '2028-12-29' } }]);
    const waits = happened(ResidentMovedIn, { ...where, on: '2028-12-29', keyWorkerDueFrom: '2028-12-29' });
    const missed = { code: 'RES-7', dueAt: '2029-01-03T00:00:00.000Z' };
    await world(waits).when(ReportKeyWorkerOverdue, missed).recordsNothing();
    await world(waits).when(SetKeyWorkerDue).recordsNothing();
    const set = (...more: Happened[]) => world(waits, ...more).where('bank_holiday_calendars', calendarIdOf(ORGANIZATION), newer).when(SetKeyWorkerDue);
    await set().records([ResidentKeyWorkerDueSet, { keyWorkerDue: { code: 'RES-7', dueOn: '2029-01-02', basis: 'working', calendarVersion: newer.calendar().version } }]);
    const known = happened(ResidentKeyWorkerDueSet, { keyWorkerDue: due('RES-7') });
    await set(known).recordsNothing();
    await world(waits, known).when(ReportKeyWorkerOverdue, missed).records(ResidentKeyWorkerOverdue);
    for (const over of [kofi, happened(ResidentMovedOut, { placementId, on: '2028-12-30', terminationType: 'eviction' })]) await set(over).recordsNothing();
    expect(stateOf(Resident, [registered, waits, happened(ResidentDeathRecorded, { on: '2028-12-30' })]).keyWorkerDueFrom).toBeUndefined();
  });

  it('RES-7: waits from the corrected first night on, and from the day on which the last key worker went', async () => {
    const waits = happened(ResidentMovedIn, { ...where, on: '2028-12-29', keyWorkerDueFrom: '2028-12-29' });
    const corrected = (history: Happened, on: string) => world(history).when(CorrectMoveDate, { placementId, which: 'start', on });
    await corrected(waits, '2028-12-30').records([ResidentMoveDateCorrected, { keyWorkerDueFrom: '2028-12-30' }]);
    await corrected(waits, '2028-12-27').records([ResidentMoveDateCorrected, { keyWorkerDue: { dueOn: '2028-12-28' } }]);
    await corrected(movedIn, '2029-01-05').records([ResidentMoveDateCorrected, { keyWorkerDueFrom: '2029-01-05' }]);
    const corrections = { placementId, which: 'start' as const };
    expect(stateOf(Resident, [registered, waits, happened(ResidentMoveDateCorrected, { ...corrections, on: '2028-12-27', keyWorkerDue: due('RES-7') })]).keyWorkerDueFrom).toBeUndefined();
    // What waits is missed by nobody, whatever was due before.
    const beyond = happened(ResidentMoveDateCorrected, { ...corrections, on: '2029-01-05', keyWorkerDueFrom: '2029-01-05' });
    await world(movedIn, beyond).when(ReportKeyWorkerOverdue, { code: 'RES-7', dueAt: '2026-09-03T23:00:00.000Z' }).recordsNothing();
    await world(movedIn, kofi).now('2028-12-29T10:00:00.000Z').when(UnassignKeyWorker).records([KeyWorkerUnassigned, { keyWorkerDueFrom: '2028-12-29' }]);
    const gone = happened(KeyWorkerUnassigned, { keyWorkerDueFrom: '2028-12-29' });
    expect(stateOf(Resident, [registered, movedIn, kofi, gone]).keyWorkerDueFrom).toBe('2028-12-29');
    expect(stateOf(Resident, [registered, movedIn, kofi, gone, kofi]).keyWorkerDueFrom).toBeUndefined();
  });

  it('has no other room kept for them than the one that they moved into', async () => {
    const [other, reservationId] = [someId('other room'), someId('reservation')];
    const offered = (room: string) => happened(ResidentOffered, { roomId: room, reservationId });
    await world(offered(other)).when(MoveResidentIn, { ...where, on: '2026-09-02' }).records([ResidentMovedIn, { otherRoomId: other, otherReservationId: reservationId }]);
    const [event] = await world(offered(roomId)).when(MoveResidentIn, { ...where, on: '2026-09-02' }).events();
    expect(event).not.toHaveProperty('otherRoomId');
  });

  it('RES-7: is missed once, and not by who was seen to', async () => {
    const missed = (code: string) => ({ code, dueAt: '2026-09-03T23:00:00.000Z' });
    await world(movedIn).when(ReportKeyWorkerOverdue, missed('RES-7')).records(ResidentKeyWorkerOverdue);
    await world(movedIn, kofi).when(ReportKeyWorkerOverdue, missed('RES-7')).recordsNothing();
    await world(movedIn, happened(ResidentKeyWorkerOverdue, { dueAt: 'x' })).when(ReportKeyWorkerOverdue, missed('RES-7')).recordsNothing();
    await world(movedIn).when(ReportSupportPlanMissing, missed('SUP-2')).records(ResidentSupportPlanOverdue);
    await world(movedIn, happened(ResidentSupportPlanLinked, { supportPlanId: someId('plan') })).when(ReportSupportPlanMissing, missed('SUP-2')).recordsNothing();
    await world(movedIn).when(ReportBenefitHelpMissing, missed('HB-HELP')).records(ResidentBenefitHelpOverdue);
    await world(movedIn).when(NoteBenefitClaim, { on: '2026-09-03' }).records([ResidentBenefitClaimNoted, { on: '2026-09-03' }]);
    const claimed = happened(ResidentBenefitClaimNoted, { on: '2026-09-03' });
    await world(movedIn, claimed).when(NoteBenefitClaim, { on: '2026-09-04' }).recordsNothing();
    await world(movedIn, claimed).when(ReportBenefitHelpMissing, missed('HB-HELP')).recordsNothing();
    await world().when(NoteBenefitClaim, { on: '2026-09-03' }).recordsNothing();
    const left = happened(ResidentMovedOut, { placementId, on: '2026-09-03', terminationType: 'eviction' });
    await world(movedIn, left).when(ReportSupportPlanMissing, missed('SUP-2')).recordsNothing();
  });

  it('RES-7: has a key worker, a plan and help by the first night as it is corrected, what is done already aside', async () => {
    const start = (on: string) => ({ placementId, which: 'start' as const, on });
    await world(movedIn).when(CorrectMoveDate, start('2026-08-27')).records([ResidentMoveDateCorrected, {
      on: '2026-08-27', keyWorkerDue: { code: 'RES-7', dueOn: '2026-08-28' }, supportPlanDue: { code: 'SUP-2', dueOn: '2026-09-24' }, benefitHelpDue: { code: 'HB-HELP', dueOn: '2026-08-28' },
    }]);
    const plan = happened(ResidentSupportPlanLinked, { supportPlanId: someId('plan') });
    const claimed = happened(ResidentBenefitClaimNoted, { on: '2026-09-03' });
    const [event] = await world(movedIn, kofi, plan).when(CorrectMoveDate, start('2026-09-01')).events();
    expect(event).toMatchObject({ supportPlanDue: undefined, benefitHelpDue: { dueOn: '2026-09-02' } });
    expect(event).not.toHaveProperty('keyWorkerDue');
    expect((await world(movedIn, kofi, plan, claimed).when(CorrectMoveDate, start('2026-09-01')).events())[0]).toMatchObject({ benefitHelpDue: undefined });
    // Another key worker is due from the day on which the last one went, and who has left is due nothing.
    const [later] = await world(movedIn, kofi, happened(KeyWorkerUnassigned, { keyWorkerDue: due('RES-7') })).when(CorrectMoveDate, start('2026-09-01')).events();
    expect(later).not.toHaveProperty('keyWorkerDue');
    const left = happened(ResidentMovedOut, { placementId, on: '2026-09-03', terminationType: 'eviction' });
    expect((await world(movedIn, left).when(CorrectMoveDate, start('2026-09-01')).events())[0]).toMatchObject({ supportPlanDue: undefined, benefitHelpDue: undefined });
  });

  it('RES-7: is told of what they miss by the corrected day, and of nothing twice that stays missed', async () => {
    const told = happened(ResidentKeyWorkerOverdue, { dueAt: 'x' });
    const missed = { code: 'RES-7', dueAt: '2026-09-03T23:00:00.000Z' };
    for (const [at, then] of [['2026-09-02T12:00:00.000Z', ResidentKeyWorkerOverdue], ['2026-09-04T12:00:00.000Z', undefined]] as const) {
      const corrected = happened(ResidentMoveDateCorrected, { placementId, which: 'start', on: '2026-09-01', keyWorkerDue: due('RES-7') }, { at });
      await world(movedIn, told, corrected).when(ReportKeyWorkerOverdue, missed).records(...(then ? [then] : []));
    }
  });

  it('RES-7: has another key worker within one working day of the last one', async () => {
    await world(movedIn, kofi).when(UnassignKeyWorker).records([KeyWorkerUnassigned, { keyWorkerDue: { code: 'RES-7', dueOn: '2026-09-03' } }]);
    const [event] = await world(kofi).when(UnassignKeyWorker).events();
    expect(event).not.toHaveProperty('keyWorkerDue');
    await world().when(UnassignKeyWorker).recordsNothing();
  });
});

describe('the age of who lives here', () => {
  const stay = (on: string) => happened(ResidentMovedIn, { ...where, on });
  const mark = (born: string, now: string, ...history: Happened[]) =>
    world(...history).now(`${now}T08:00:00.000Z`).fact('date-of-birth', id, [born]).when(MarkAge);

  it('is told on the eighteenth birthday, born on 29 February on 1 March, of who moved in before', async () => {
    await mark('2008-09-03', '2026-09-02', stay('2026-09-01')).recordsNothing();
    await mark('2008-09-02', '2026-09-02', stay('2026-09-01')).records([ResidentTurnedEighteen, { adultReviewDue: { code: 'RES-ADULT', dueOn: '2026-09-30' } }]);
    await mark('2008-02-29', '2026-02-28', stay('2026-01-10')).recordsNothing();
    await mark('2008-02-29', '2026-03-01', stay('2026-01-10')).records(ResidentTurnedEighteen);
    await mark('2008-09-02', '2026-09-05', stay('2026-09-02')).recordsNothing();
    await mark('2008-09-02', '2026-09-02', stay('2026-09-01'), happened(ResidentTurnedEighteen, { adultReviewDue: due('RES-ADULT') })).recordsNothing();
    await mark('2008-09-02', '2026-09-02').recordsNothing();
    await world(stay('2026-09-01')).fact('date-of-birth', id, []).when(MarkAge).recordsNothing();
    // Nobody is told of the birthday of who has died, although their stay is not ended yet.
    await mark('2009-09-02', '2027-09-02', stay('2026-09-01'), happened(ResidentDeathRecorded, { on: '2027-08-30' })).recordsNothing();
  });

  it('is told anew where the date of birth was another', async () => {
    const told = [stay('2026-08-01'), happened(ResidentTurnedEighteen, { adultReviewDue: due('RES-ADULT') })];
    const corrected = happened(ResidentDetailsCorrected, { dateOfBirth: '2008-10-01' });
    await mark('2008-10-01', '2026-10-01', ...told, corrected).records(ResidentTurnedEighteen);
    expect(stateOf(Resident, [registered, ...told, happened(ResidentDetailsCorrected, { lastName: 'Eliot' })]).turnedEighteenOn).toBe('2026-09-02');
  });

  it('is told when somebody is older than the property, or the organisation, is for', async () => {
    await mark('2000-09-03', '2026-09-02', stay('2026-01-10')).recordsNothing();
    await mark('2000-09-02', '2026-09-02', stay('2026-01-10')).records([ResidentOutgrewAgeBand, { maximumAge: 25 }]);
    const at = world(stay('2026-01-10')).now('2026-09-02T08:00:00.000Z').fact('date-of-birth', id, ['2000-09-02']);
    const older = stateOf(Organization, [happened(OrganizationSettingsChanged, { maximumAge: 30 })], ORGANIZATION);
    await at.where('organizations', ORGANIZATION, older).when(MarkAge).recordsNothing();
    const young = house(happened(PropertyBuildingFactsRecorded, { ageBands: ['under_18', 'from_18_to_21'] }));
    await world(stay('2026-01-10')).fact('date-of-birth', id, ['2004-09-02']).where('properties', propertyId, young).when(MarkAge).records([ResidentOutgrewAgeBand, { maximumAge: 21 }]);
    await mark('2000-09-02', '2026-09-02', stay('2026-01-10'), happened(ResidentOutgrewAgeBand, { maximumAge: 25 })).recordsNothing();
  });

  it('at 18 leads to a look at everything anew, which is missed once', async () => {
    const told = [stay('2026-08-01'), happened(ResidentTurnedEighteen, { adultReviewDue: due('RES-ADULT') })];
    const missed = { code: 'RES-ADULT', dueAt: '2026-09-30T23:00:00.000Z' };
    await world(...told).when(ReportAdultReviewOverdue, missed).records(ResidentAdultReviewOverdue);
    await world(...told, happened(ResidentLegalStatusRecorded, { legalStatus: 'care_leaver' })).when(ReportAdultReviewOverdue, missed).recordsNothing();
    await world(...told, happened(ResidentAdultReviewOverdue, { dueAt: missed.dueAt })).when(ReportAdultReviewOverdue, missed).recordsNothing();
  });
});
