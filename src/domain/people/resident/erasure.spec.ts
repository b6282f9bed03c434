import { describe, expect, it } from '@jest/globals';
import { given, happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { Tombstone } from '../../../kernel/sealed.js';
import { AddEmergencyContact } from './contact-commands.js';
import { ContactFacts } from './emergency-contact.js';
import {
  EraseResident,
  LegalHoldPlaced,
  LegalHoldReleased,
  PlaceLegalHold,
  RecordPersonalDataErased,
  ReleaseLegalHold,
  ResidentErasureDecided,
  ResidentPersonalDataErased,
} from './erasure.js';
import { CorrectResidentDetails, GiveConsent, MarkAtRisk } from './resident-commands.js';
import { KeyWorkerAssigned, ResidentLegalStatusRecorded, ResidentRegistered } from './resident-events.js';
import { ResidentMovedIn, ResidentMovedOut } from './resident-moves.js';
import { Resident, SCOPES } from './resident.js';
import { keptUntil } from './retention.js';

const registered = happened(ResidentRegistered, { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' });
const movedIn = happened(ResidentMovedIn, { placementId: someId('placement'), propertyId: someId('property'), roomId: someId('room'), on: '2026-09-02' });
const movedOut = happened(ResidentMovedOut, { placementId: someId('placement'), on: '2027-01-14', terminationType: 'planned_move_on' });
const hold = happened(LegalHoldPlaced, { holdId: someId('hold'), on: '2026-09-01', reason: 'a claim' });
const gone: Happened[] = [registered, movedIn, movedOut];
const id = someId('Resident');
const at = (date: string, ...history: Happened[]) => given(Resident, ...history).now(`${date}T08:00:00.000Z`).as('dpo', 'dee');

describe('an erasure', () => {
  it('RES-11: is of everything where somebody was never placed', () =>
    at('2026-09-02', registered).when(EraseResident).records([ResidentErasureDecided, { scopes: SCOPES, retained: [], basis: 'request' }]));

  it('RES-11: is refused while the resident lives here, and under a legal hold', async () => {
    await at('2026-09-03', registered, movedIn).when(EraseResident).refused('RES-11');
    await at('2026-09-03', registered, hold).when(EraseResident).refused('RES-11');
    await at('2026-09-03', registered, hold, happened(LegalHoldReleased, { holdId: someId('hold'), on: '2026-09-02' })).when(EraseResident).records(ResidentErasureDecided);
  });

  it('RES-11: is partial, and says what is kept and why', async () => {
    const [decided] = (await at('2027-01-20', ...gone).fact('erasure-blockers', id, ['finance:arrears of 139.21']).when(EraseResident).events()) as ResidentErasureDecided[];
    expect(decided!.scopes).toEqual(['consentBased', 'statutoryCase']);
    expect(decided!.retained).toEqual([
      'identity:R-TEN until 2033-01-14', 'contact:R-TEN until 2033-01-14', 'location:R-TEN until 2033-01-14', 'health:R-SUP until 2034-01-14',
      'safeguarding:R-SG25 until 2052-01-14', 'finance:R-FIN until 2033-03-31', 'finance:arrears of 139.21',
    ]);
  });

  it('comes to each scope the day after it was kept for the last time', async () => {
    const partly: Happened[] = [...gone,
      happened(ResidentErasureDecided, { scopes: ['consentBased', 'statutoryCase'], retained: ['identity:R-TEN'], on: '2027-01-20' }),
      happened(ResidentPersonalDataErased, { scopes: ['consentBased', 'statutoryCase'], keyFingerprints: [] })];
    await at('2033-01-14', ...partly).when(EraseResident).refused('RES-11');
    await at('2033-01-15', ...partly).when(EraseResident).records([ResidentErasureDecided, { scopes: ['identity', 'contact', 'location'] }]);
    await at('2033-04-01', ...partly).when(EraseResident).records([ResidentErasureDecided, { scopes: ['identity', 'contact', 'location', 'finance'] }]);
    await at('2033-04-01', ...partly).fact('erasure-blockers', id, ['all:an open complaint']).when(EraseResident).refused('RES-11');
    await at('2052-01-15', ...partly).when(EraseResident).records([ResidentErasureDecided, { retained: [] }]);
  });

  it('waits for 75 years from birth where somebody was looked after', () => {
    const inCare = happened(ResidentLegalStatusRecorded, { legalStatus: 'section_20' });
    const resident = stateOf(Resident, [registered, inCare, movedIn, movedOut]);
    expect(SCOPES.map((scope) => keptUntil(resident, scope)?.until)).toEqual([...Array<string>(6).fill('2081-05-02'), undefined, '2081-05-02']);
    Object.assign(resident, { dateOfBirth: new Tombstone('date', 'identity', '2006') });
    expect(keptUntil(resident, 'health')).toEqual({ code: 'R-CH75', until: '2081-12-31' });
    Object.assign(resident, { dateOfBirth: '2004-02-29' });
    expect(keptUntil(resident, 'health')?.until).toBe('2079-02-28');
  });

  it('SOD: is not carried out by the key worker', () =>
    at('2026-09-02', registered, happened(KeyWorkerAssigned, { userId: someId('dee'), from: '2026-09-01' })).when(EraseResident).refused('SOD'));

  it('leaves a stream that takes no command and no hold', async () => {
    const decided = happened(ResidentErasureDecided, { scopes: [...SCOPES], retained: [], on: '2026-09-02' });
    const erased = happened(ResidentPersonalDataErased, { scopes: [...SCOPES], keyFingerprints: ['ab'] });
    const contact = Object.assign(new ContactFacts(), { contactType: 'family', name: 'Dana', relationship: 'mother', phone: '+447700900123' } as const);
    for (const history of [[registered, decided], [registered, decided, erased]]) {
      await at('2026-09-03', ...history).when(CorrectResidentDetails, { firstName: 'Sam' }).refused('ERASED');
      await at('2026-09-03', ...history).when(AddEmergencyContact, { ...contact }).refused('ERASED');
      await at('2026-09-03', ...history).when(GiveConsent, { purpose: 'contact' }).refused('ERASED');
      await at('2026-09-03', ...history).when(MarkAtRisk, { reason: 'r' }).refused('ERASED');
      await at('2026-09-03', ...history).when(PlaceLegalHold, { reason: 'r' }).refused('ERASED');
      await at('2026-09-03', ...history).when(ReleaseLegalHold).refused('ERASED');
      await at('2026-09-03', ...history).when(EraseResident).refused('ERASED');
    }
    expect(stateOf(Resident, [registered, decided, erased])).toMatchObject({ status: 'erased', erasing: [], erasedScopes: SCOPES });
    expect(stateOf(Resident, [registered, decided]).holds()).toEqual([{ register: 'resident', owner: id, kind: 'erasure', key: id, from: '2026-09-02' }]);
  });

  it('is recorded once, of what was decided', async () => {
    const decided = happened(ResidentErasureDecided, { scopes: ['consentBased'], retained: ['identity:R-TEN'], on: '2026-09-02' });
    const body = { scopes: ['consentBased', 'identity'], keyFingerprints: ['ab', 'cd'] };
    await given(Resident, ...gone, decided).as('system').when(RecordPersonalDataErased, body).records([ResidentPersonalDataErased, { scopes: ['consentBased'], keyFingerprints: ['ab', 'cd'] }]);
    const done = happened(ResidentPersonalDataErased, { scopes: ['consentBased'], keyFingerprints: [] });
    await given(Resident, ...gone, decided, done).as('system').when(RecordPersonalDataErased, body).recordsNothing();
    expect(stateOf(Resident, [...gone, decided, done])).toMatchObject({ status: 'moved_out', retainedScopes: ['identity:R-TEN'] });
  });
});

describe('legal holds', () => {
  it('end when the last one is released', async () => {
    const other = happened(LegalHoldPlaced, { holdId: someId('other'), on: '2026-09-02', reason: 'an inquest' });
    await given(Resident, registered).when(PlaceLegalHold, { reason: 'a claim' }).records([LegalHoldPlaced, { reason: 'a claim', on: '2026-09-02' }]);
    await given(Resident, registered, hold, other).when(ReleaseLegalHold, { holdId: someId('hold') }).records([LegalHoldReleased, { holdId: someId('hold') }]);
    await given(Resident, registered, hold, other).when(ReleaseLegalHold).records(LegalHoldReleased, LegalHoldReleased);
    await given(Resident, registered).when(ReleaseLegalHold, { holdId: someId('hold') }).refused('GEN-1', 'holdId');
    await given(Resident, registered).when(ReleaseLegalHold).recordsNothing();
    const first = happened(LegalHoldReleased, { holdId: someId('hold'), on: '2026-09-03' });
    expect(stateOf(Resident, [registered, hold, other, first])).toMatchObject({ legalHold: true, legalHolds: [{ releasedOn: '2026-09-03' }, {}] });
  });
});
