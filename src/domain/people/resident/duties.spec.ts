import { describe, expect, it } from '@jest/globals';
import { given, happened, ORGANIZATION, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { closedBy } from '../../../kernel/deadline.js';
import { declaredEvents } from '../../../kernel/event.js';
import { Organization, OrganizationSettingsChanged } from '../../organisation/organization/organization.js';
import { Property, PropertyBuildingFactsRecorded, PropertyRegistered } from '../../property/property/property.js';
import { ResidentOffered } from './application-events.js';
import { MarkAge, ReportAdultReviewOverdue, ResidentAdultReviewOverdue, ResidentOutgrewAgeBand, ResidentTurnedEighteen } from './coming-of-age.js';
import { ResidentDeathRecorded } from './death.js';
import {
  NoteBenefitClaim,
  ReportBenefitHelpMissing,
  ReportKeyWorkerOverdue,
  ReportSupportPlanMissing,
  ResidentBenefitClaimNoted,
  ResidentBenefitHelpOverdue,
  ResidentKeyWorkerOverdue,
  ResidentSupportPlanOverdue,
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
const kofi = happened(KeyWorkerAssigned, { userId: someId('kofi'), from: '2026-09-01' });

describe('who has moved in', () => {
  it('RES-7: has a key worker within one working day, a support plan within 28 days, and help with benefits the next day', async () => {
    await world().when(MoveResidentIn, { ...where, on: '2026-09-02' }).records([ResidentMovedIn, {
      keyWorkerDue: { code: 'RES-7', dueOn: '2026-09-03' }, supportPlanDue: { code: 'SUP-2', dueOn: '2026-09-30' }, benefitHelpDue: { code: 'HB-HELP', dueOn: '2026-09-03' },
    }]);
    // Before a bank holiday on a Monday; and where the calendar ends, days are counted as they come.
    await world().when(MoveResidentIn, { ...where, on: '2026-08-28' }).records([ResidentMovedIn, { keyWorkerDue: { dueOn: '2026-09-01', basis: 'working' } }]);
    await world().when(MoveResidentIn, { ...where, on: '2030-04-05' }).records([ResidentMovedIn, { keyWorkerDue: { dueOn: '2030-04-06', basis: 'calendar' } }]);
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
