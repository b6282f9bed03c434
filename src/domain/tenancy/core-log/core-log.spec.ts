import { describe, expect, it } from '@jest/globals';
import { coreRow } from '../../../../test/support/core-rows.js';
import { given, happened, ORGANIZATION, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { Tombstone } from '../../../kernel/sealed.js';
import { Organization, OrganizationRegistered, OrganizationSettingsChanged } from '../../organisation/organization/organization.js';
import { ResidentEqualityRecorded, ResidentRegistered } from '../../people/resident/resident-events.js';
import { Resident } from '../../people/resident/resident.js';
import { Property, PropertyCoreSchemeMapped, PropertyRegistered } from '../../property/property/property.js';
import { Room, RoomAdded, RoomAllocated, RoomReturnedToService, RoomTakenOutOfService, RoomVacated } from '../../property/room/room.js';
import { Agreement, AgreementDrafted } from '../agreement/agreement.js';
import { Placement, PlacementEnded, PlacementStarted, PlacementTransferred } from '../placement/placement.js';
import { hardChecks } from './hard-checks.js';
import {
  AcceptCoreLog,
  AnswerCoreLog,
  ConfirmCoreLogWarning,
  PrepareCoreLog,
  RecordCoreLogExport,
  RefreshCoreLog,
  RejectCoreLog,
  ReportCoreLogOverdue,
  ValidateCoreLog,
} from './core-log-commands.js';
import {
  CoreLog,
  CoreLogAccepted,
  CoreLogAnswered,
  CoreLogExported,
  CoreLogOverdue,
  CoreLogPrepared,
  CoreLogRejected,
  CoreLogValidated,
  CoreLogYearChanged,
  SoftWarningConfirmed,
} from './core-log.js';

const [placementId, before, residentId, propertyId, roomId, agreementId] =
  ['placement', 'stay before', 'resident', 'property', 'room 4', 'agreement'].map(someId) as [string, string, string, string, string, string];
const weeklyCharges = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };
const address = { line1: '1 Mare Street', town: 'London', postcode: 'E8 1AA', laCode: 'E09000012' };

const resident = (dateOfBirth: string, ...more: Happened[]): Resident =>
  Object.assign(stateOf(Resident, [happened(ResidentRegistered, { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth }), ...more], residentId), { reference: 'RES-000001' });
const room = (...more: Happened[]): Room =>
  stateOf(Room, [happened(RoomAdded, { propertyId, roomNumber: 'R04', roomType: 'single', capacity: 1, availableFrom: '2026-07-01' }), ...more], roomId);
const stay = (on: string): Placement =>
  stateOf(Placement, [happened(PlacementStarted, { moveId: someId('move'), residentId, propertyId, roomId, agreementId, on, weeklyCharges })], placementId);
const stayBefore = (terminationType: 'death' | 'planned_move_on'): Placement => stateOf(Placement, [
  happened(PlacementStarted, { moveId: someId('m1'), residentId: someId('other'), propertyId, roomId, agreementId, on: '2026-08-01', weeklyCharges }),
  happened(PlacementEnded, { moveId: someId('m2'), residentId: someId('other'), propertyId, roomId, agreementId, on: '2026-08-18', terminationType }),
], before);
const left = [
  happened(RoomAllocated, { allocationId: someId('a'), placementId: before, residentId: someId('other'), from: '2026-08-01' }),
  happened(RoomVacated, { allocationId: someId('a'), placementId: before, on: '2026-08-18' }),
];
const night = (party: string, from: string, to?: string) => ({ register: 'property', owner: propertyId, kind: 'placement', key: roomId, party, from, ...(to ? { to } : {}) });
const nights = [night(someId('third'), '2026-07-01', '2026-08-01'), night(someId('other'), '2026-08-01', '2026-08-18'), night(residentId, '2026-09-02')];
const organization = stateOf(Organization, [
  happened(OrganizationRegistered, { name: 'Hackney Young Futures', organizationType: 'charity', tier: 'enterprise' }),
  happened(OrganizationSettingsChanged, { coreOrganisationId: 'ORG1', coreRentPeriods: ['1'] }),
], ORGANIZATION);

const world = (...history: Happened[]) =>
  given(CoreLog, ...history)
    .where('placements', placementId, stay('2026-09-02'))
    .where('placements', before, stayBefore('planned_move_on'))
    .where('residents', residentId, resident('2006-05-02', happened(ResidentEqualityRecorded, { sexAtBirth: 'male', nationality: 'British' })))
    .where('property_rooms', roomId, room(...left))
    .where('properties', propertyId, stateOf(Property, [happened(PropertyRegistered, { name: 'Mare Street House', propertyType: 'shared_housing', address, totalUnits: 12 })], propertyId))
    .where('tenancy_agreements', agreementId, stateOf(Agreement, [happened(AgreementDrafted, { residentId, propertyId, roomId, agreementType: 'license', startDate: '2026-09-01', weeklyCharges })], agreementId))
    .where('organizations', ORGANIZATION, organization)
    .holding('property', propertyId, nights)
    .as('system');
const prepare = { placementId };

const deadline = { code: 'UK-R1', basis: 'calendar', ruleBasis: 'statutory', startsAt: '2026-09-01T23:00:00.000Z', dueAt: '2027-06-04T23:00:00.000Z', dueOn: '2027-06-04' } as const;
const prepared = (changes: Readonly<Record<number, string>> = {}): Happened =>
  happened(CoreLogPrepared, { placementId, residentId, propertyId, roomId, year: 2026, provider: 'prp', rentPeriods: ['1'], deadline, ...coreRow(changes) });
const found = (hardErrors: { code: string; field: string }[], softWarnings: { code: string; field: string }[] = []): Happened => happened(CoreLogValidated, { hardErrors, softWarnings });
const valid = found([]);
const sha = 'a'.repeat(64);
const sent = happened(CoreLogExported, { fileSha: sha, line: 9 });

describe('a lettings log that is prepared', () => {
  it('has what is known of the letting', async () => {
    const known = { 1: 'ORG1', 2: 'ORG1', 4: '2', 7: '2', 8: '2', 9: '9', 10: '26', 11: '7', 13: 'RES000001', 14: 'MSH-R04', 17: '9', 19: '1 Mare Street', 21: 'London', 23: 'E8', 24: '1AA', 25: 'E09000012', 29: '18', 30: '8', 31: '26', 35: '3', 36: '2', 37: '2', 38: '5', 41: '20', 42: 'M', 46: 'GBR', 140: '0', 141: '1', 142: '182.40', 143: '64.35', 144: '21.50', 145: '0.00' };
    const [event] = (await world().when(PrepareCoreLog, prepare).events()) as CoreLogPrepared[];
    expect(event).toEqual({ placementId, residentId, propertyId, roomId, year: 2026, provider: 'prp', rentPeriods: ['1'], deadline: { ...deadline, startsAt: '2026-09-01T23:00:00.000Z' }, ...Object.fromEntries(Object.entries(known).map(([field, text]) => [`field${field}`, text])) });
  });

  it('knows the scheme and the location that the property is mapped to', async () => {
    const mapped = stateOf(Property, [
      happened(PropertyRegistered, { name: 'Mare Street House', propertyType: 'shared_housing', address, totalUnits: 12 }),
      happened(PropertyCoreSchemeMapped, { schemeCode: 'S12', locationCode: '3' }),
    ], propertyId);
    await world().where('properties', propertyId, mapped).when(PrepareCoreLog, prepare).records([CoreLogPrepared, { field5: 'S12', field6: '3' }]);
  });

  it('names the property by letters and figures, whatever stands around them', async () => {
    const named = (name: string) => stateOf(Property, [happened(PropertyRegistered, { name, propertyType: 'shared_housing', address, totalUnits: 12 })], propertyId);
    await world().where('properties', propertyId, named('The “Old” (Mill) & 7, Élan')).when(PrepareCoreLog, prepare).records([CoreLogPrepared, { field14: 'TOM7É-R04' }]);
  });

  it('knows why and since when the room was empty', async () => {
    await world().where('placements', before, stayBefore('death')).when(PrepareCoreLog, prepare).records([CoreLogPrepared, { field16: '5', field29: '18' }]);
    const firstLet = world().holding('property', propertyId, nights.slice(2)).when(PrepareCoreLog, prepare);
    await firstLet.records([CoreLogPrepared, { field29: '1', field30: '7', field31: '26' }]);
    const [first] = await firstLet.events();
    expect(first).not.toHaveProperty('field17');
    const moved = stateOf(Placement, [happened(PlacementStarted, { moveId: someId('m1'), residentId: someId('other'), propertyId, roomId, agreementId, on: '2026-08-01', weeklyCharges })], before);
    await world().where('placements', before, moved).when(PrepareCoreLog, prepare).records([CoreLogPrepared, { field16: '13' }]);
    const repaired = [
      happened(RoomTakenOutOfService, { from: '2026-08-18', reason: 'new floor', majorRepairs: true }),
      happened(RoomReturnedToService, { on: '2026-08-25' }),
    ];
    await world().where('property_rooms', roomId, room(...left, ...repaired)).when(PrepareCoreLog, prepare).records([CoreLogPrepared, { field32: '25', field33: '8', field34: '26' }]);
  });

  it('is of the year that begins on 1 April, also around a leap day and a year of 53 weeks', async () => {
    const on = (date: string) => world().where('placements', placementId, stay(date)).now(`${date}T09:00:00.000Z`).when(PrepareCoreLog, prepare);
    await on('2027-03-31').records([CoreLogPrepared, { year: 2026, field10: '27', deadline: expect.objectContaining({ dueOn: '2027-06-04' }) }]);
    await on('2027-04-01').records([CoreLogPrepared, { year: 2027, field41: '20', deadline: expect.objectContaining({ dueOn: '2028-06-02' }) }]);
    await on('2028-02-29').records([CoreLogPrepared, { year: 2027, field8: '29', field9: '2', field10: '28', field141: '1' }]);
    await on('2030-03-31').records([CoreLogPrepared, { year: 2029, field141: '1' }]);
    await on('2030-04-01').records([CoreLogPrepared, { year: 2030, field141: '10' }]);
    await on('2031-04-06').records([CoreLogPrepared, { year: 2031, field141: '10' }]);
    await on('2031-04-07').records([CoreLogPrepared, { year: 2031, field141: '1' }]);
  });

  it('is one more where a move between rooms is a letting: from its own day, of its own room', async () => {
    const [roomBefore, elsewhere, moveId] = ['room 1', 'property before', 'transfer'].map(someId) as [string, string, string];
    const moved = stateOf(Placement, [
      happened(PlacementStarted, { moveId: someId('move'), residentId, propertyId: elsewhere, roomId: roomBefore, agreementId: someId('old'), on: '2026-03-20', weeklyCharges: { ...weeklyCharges, corePence: 1 } }),
      happened(PlacementTransferred, { moveId, residentId, fromPropertyId: elsewhere, fromRoomId: roomBefore, propertyId, roomId, agreementId, on: '2026-09-02', weeklyCharges, emergency: false }),
    ], placementId);
    const transfer = world().where('placements', placementId, moved);
    const known = { placementId, propertyId, roomId, year: 2026, moveId, field8: '2', field9: '9', field10: '26', field29: '18', field30: '8', field41: '20', field115: '6', field142: '182.40' };
    await transfer.when(PrepareCoreLog, { placementId, moveId }).records([CoreLogPrepared, known]);
    const [event] = await transfer.when(PrepareCoreLog, { placementId, moveId }).events();
    expect(event).not.toHaveProperty('field131');
    const council = stateOf(Organization, [happened(OrganizationRegistered, { name: 'A council', organizationType: 'local_authority', tier: 'enterprise' })], ORGANIZATION);
    await transfer.where('organizations', ORGANIZATION, council).when(PrepareCoreLog, { placementId, moveId }).records([CoreLogPrepared, { provider: 'la', field115: '6', field131: '2' }]);
    expect(stateOf(CoreLog, [happened(CoreLogPrepared, { placementId, residentId, propertyId, roomId, year: 2026, provider: 'prp', moveId, deadline })]).moveId).toBe(moveId);
  });

  it('leaves out what was erased', async () => {
    const erased = Object.assign(resident('2006-05-02'), { dateOfBirth: new Tombstone('date', 'identity', '2006'), nationality: new Tombstone('text', 'identity') });
    const [event] = await world().where('residents', residentId, erased).when(PrepareCoreLog, prepare).events();
    expect(event).not.toHaveProperty('field41');
    expect(event).not.toHaveProperty('field46');
  });

  it('follows a first day that is corrected', async () => {
    await world(prepared()).where('placements', placementId, stay('2026-08-31')).when(RefreshCoreLog, {})
      .records([CoreLogAnswered, { field8: '31', field9: '8', field10: '26', field29: '18', field30: '8', field31: '26', field41: '20' }]);
    await world(prepared()).where('placements', placementId, stay('2027-04-02')).when(RefreshCoreLog, {})
      .records([CoreLogAnswered, { field8: '2', field9: '4', field10: '27' }], [CoreLogYearChanged, { year: 2027 }]);
    expect(stateOf(CoreLog, [prepared(), happened(CoreLogYearChanged, { year: 2027, deadline })]).year).toBe(2027);
  });
});

describe('answers', () => {
  it('CORE-1: are one of the codes of the field, or of its form, as the file has them', async () => {
    await world(prepared()).when(AnswerCoreLog, { field47: '4', field42: ' f ', field13: ' RES7 ' }).records([CoreLogAnswered, { field47: '4', field42: 'F', field13: 'RES7' }]);
    await world(prepared()).when(AnswerCoreLog, { field39: null, field20: '' }).records([CoreLogAnswered, { field39: null, field20: null }]);
    await world(prepared()).when(AnswerCoreLog, { field141: '11' }).records(CoreLogAnswered);
    await world(prepared()).when(AnswerCoreLog, { field47: '9' }).refused('CORE-1', 'field47');
    await world(prepared()).when(AnswerCoreLog, { field41: '15' }).refused('CORE-1', 'field41');
    await world(prepared()).when(AnswerCoreLog, { field142: '-1' }).refused('CORE-1', 'field142');
    await world(prepared(), valid, sent, happened(CoreLogAccepted, { on: '2026-09-02' })).when(AnswerCoreLog, { field47: '4' }).refused('STATE');
  });

  it('make a checked log one that is to be checked, and a confirmation that is about them one to be given again', () => {
    const warned = found([], [{ code: 'CORE-S2', field: 'field29' }, { code: 'CORE-S14', field: 'field100' }]);
    const confirmed = ['CORE-S2', 'CORE-S14'].map((code) => happened(SoftWarningConfirmed, { code, by: someId('priya') }));
    expect(stateOf(CoreLog, [prepared(), warned, ...confirmed])).toMatchObject({ status: 'ready', confirmedWarnings: ['CORE-S2', 'CORE-S14'] });
    const answered = happened(CoreLogAnswered, { field29: '17' });
    expect(stateOf(CoreLog, [prepared(), warned, ...confirmed, answered])).toMatchObject({ status: 'prepared', confirmedWarnings: ['CORE-S14'], field29: '17' });
  });
});

describe('a check', () => {
  it('finds nothing in the letting of the journeys, and works out what follows', async () => {
    await world(prepared()).when(ValidateCoreLog, {}).records([CoreLogValidated, { hardErrors: [], softWarnings: [], totalChargePence: 26_825, weeklyChargePence: 26_825, vacantDays: 15, householdMembers: 1 }]);
    expect(stateOf(CoreLog, [prepared(), valid]).status).toBe('ready');
  });

  it('CORE-33: is made by the rules of the year of the letting, and not by those of another', async () => {
    await world(prepared()).when(ValidateCoreLog, {}).records(CoreLogValidated);
    for (const year of [2025, 2027]) {
      await world(prepared(), happened(CoreLogYearChanged, { year, deadline })).when(ValidateCoreLog, {}).refused('CORE-33');
      await world(prepared(), happened(CoreLogYearChanged, { year, deadline })).when(AnswerCoreLog, { field47: '3' }).records(CoreLogAnswered);
    }
  });

  it('names every rule that is broken, with its fields', async () => {
    const broken: Readonly<Record<string, Readonly<Record<number, string>>>> = {
      'CORE-1': { 16: '7' }, 'CORE-2': { 147: '' }, 'CORE-3': { 26: '1' }, 'CORE-4': { 9: '3' }, 'CORE-5': { 8: '17' }, 'CORE-6': { 29: '3', 30: '9' },
      'CORE-7': { 32: '1' }, 'CORE-8': { 19: '' }, 'CORE-9': { 36: '1' }, 'CORE-10': { 4: '1', 11: '1', 38: '4', 40: '1' }, 'CORE-11': { 41: '26' },
      'CORE-12': { 48: '3', 49: '2', 50: 'F', 51: '1', 53: '1' }, 'CORE-13': { 98: '' }, 'CORE-14': { 100: '1' }, 'CORE-15': { 121: '1' }, 'CORE-16': { 16: '14' },
      'CORE-17': { 134: '5' }, 'CORE-18': { 111: '1', 120: 'E09000012' }, 'CORE-19': { 47: '1' }, 'CORE-20': { 135: '1', 136: '1', 137: '1' }, 'CORE-21': { 142: '' },
      'CORE-22': { 142: '0', 143: '0', 144: '0' }, 'CORE-23': { 147: '0' }, 'CORE-24': { 141: '2' }, 'CORE-25': { 141: '11' }, 'CORE-27': { 16: '9', 115: '6' },
      'CORE-28': { 133: '3' }, 'CORE-29': { 4: '1', 26: '9', 28: '4' }, 'CORE-30': { 113: '20', 114: 'homeless' }, 'CORE-34': { 11: '1', 142: '20', 147: '1' }, 'CORE-35': { 25: 'E07000026' },
      'CORE-S1': { 135: '1', 136: '1', 137: '20' }, 'CORE-S2': { 31: '20' }, 'CORE-S3': { 31: '20', 32: '1', 33: '1', 34: '21' }, 'CORE-S4': { 143: '201' }, 'CORE-S5': { 144: '101' },
      'CORE-S6': { 145: '86' }, 'CORE-S7': { 47: '5' }, 'CORE-S8': { 41: '70' }, 'CORE-S9': { 48: '15', 49: '1', 50: 'F', 51: '1', 53: '9' },
      'CORE-S10': { 48: '20', 49: '1', 50: 'F', 51: '1', 53: '4', 54: '20', 55: '1', 56: 'F', 57: '1', 59: '4' }, 'CORE-S11': { 93: '1' },
      'CORE-S12': { 113: '20', 114: 'Decanted' }, 'CORE-S13': { 38: '3', 39: 'intro' }, 'CORE-S14': { 47: '8' }, 'CORE-S15': { 11: '1', 142: '70' },
    };
    for (const [code, changes] of Object.entries(broken)) {
      const [event] = (await world(prepared(changes)).when(ValidateCoreLog, {}).events()) as CoreLogValidated[];
      expect([code, [...event!.hardErrors, ...event!.softWarnings].map((one) => one.code)]).toEqual([code, expect.arrayContaining([code])]);
    }
    expect(hardChecks.filter(({ code }) => !(code in broken))).toEqual([]);
  });

  it('leaves what is unusual to be confirmed', async () => {
    const warned = found([], [{ code: 'CORE-S2', field: 'field29' }]);
    expect(stateOf(CoreLog, [prepared(), warned]).status).toBe('unconfirmed');
    await world(prepared(), warned).as('manager', 'priya').when(ConfirmCoreLogWarning, { code: 'CORE-S2' }).records([SoftWarningConfirmed, { code: 'CORE-S2', by: someId('priya') }]);
    await world(prepared(), warned).when(ConfirmCoreLogWarning, { code: 'CORE-S3' }).refused('CORE-32', 'code');
    const confirmed = happened(SoftWarningConfirmed, { code: 'CORE-S2', by: someId('priya') });
    await world(prepared(), warned, confirmed).when(ConfirmCoreLogWarning, { code: 'CORE-S2' }).recordsNothing();
    expect(stateOf(CoreLog, [prepared(), warned, confirmed]).status).toBe('ready');
    expect(stateOf(CoreLog, [prepared(), warned, confirmed, warned]).status).toBe('ready');
    expect(stateOf(CoreLog, [prepared(), warned, confirmed, valid])).toMatchObject({ status: 'ready', confirmedWarnings: [] });
    const wrong = found([{ code: 'CORE-9', field: 'field36' }], [{ code: 'CORE-S2', field: 'field29' }]);
    expect(stateOf(CoreLog, [prepared(), wrong, confirmed]).status).toBe('invalid');
  });
});

describe('sending', () => {
  it('CORE-31: takes a log that is right and confirmed, once for each file and line', async () => {
    const asked = { fileSha: sha, line: 9 };
    await world(prepared(), valid).when(RecordCoreLogExport, asked).records([CoreLogExported, asked]);
    await world(prepared(), valid, sent).when(RecordCoreLogExport, asked).recordsNothing();
    await world(prepared(), valid, sent).when(RecordCoreLogExport, { fileSha: 'b'.repeat(64), line: 9 }).records(CoreLogExported);
    await world(prepared(), valid).when(RecordCoreLogExport, { ...asked, fileSha: 'the file of May' }).refused('VALIDATION', 'fileSha');
    await world(prepared()).when(RecordCoreLogExport, asked).refused('CORE-31');
    await world(prepared(), found([{ code: 'CORE-9', field: 'field36' }])).when(RecordCoreLogExport, asked).refused('CORE-31');
    await world(prepared(), found([], [{ code: 'CORE-S2', field: 'field29' }])).when(RecordCoreLogExport, asked).refused('CORE-31');
  });

  it('ends with the service taking it, or with its reasons why not', async () => {
    await world(prepared(), valid, sent).when(AcceptCoreLog, {}).records([CoreLogAccepted, { on: '2026-09-02' }]);
    await world(prepared(), valid, sent).when(AcceptCoreLog, { on: '2026-09-03' }).refused('GEN-3', 'on');
    await world(prepared(), valid).when(AcceptCoreLog, {}).refused('STATE');
    await world(prepared(), valid, sent).when(RejectCoreLog, { errors: 'No such scheme.' }).records([CoreLogRejected, { errors: 'No such scheme.' }]);
    const rejected = happened(CoreLogRejected, { errors: 'No such scheme.' });
    expect(stateOf(CoreLog, [prepared(), valid, sent, rejected])).toMatchObject({ status: 'rejected', rejectionErrors: 'No such scheme.' });
    await world(prepared(), valid, sent, rejected).when(AnswerCoreLog, { field5: 'S13' }).records(CoreLogAnswered);
    expect(stateOf(CoreLog, [prepared(), valid, sent, rejected, valid, sent])).toMatchObject({ status: 'exported', rejectionErrors: undefined });
  });

  it('is late once the collection closes, unless the log was taken', async () => {
    const missed = { code: 'UK-R1', dueAt: deadline.dueAt };
    await world(prepared()).when(ReportCoreLogOverdue, missed).records([CoreLogOverdue, { dueAt: deadline.dueAt }]);
    await world(prepared(), happened(CoreLogOverdue, { dueAt: deadline.dueAt })).when(ReportCoreLogOverdue, missed).recordsNothing();
    await world(prepared(), valid, sent, happened(CoreLogAccepted, { on: '2027-06-01' })).when(ReportCoreLogOverdue, missed).recordsNothing();
  });
});
