import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { declaredCommands } from '../../../kernel/command.js';
import type { DomainEvent } from '../../../kernel/event.js';
import { fieldsOf } from '../../../kernel/fields.js';
import { Refusal } from '../../../kernel/rules.js';
import { isNationalInsuranceNumber, isNhsNumber } from '../identifiers.js';
import { RecordIdentifier, RecordNationalInsuranceNumber, RecordNhsNumber } from './identifier-commands.js';
import {
  AssignKeyWorker,
  ClearAtRisk,
  CorrectResidentDetails,
  GiveConsent,
  MarkAtRisk,
  RecordEquality,
  RecordLegalStatus,
  RegisterApplicant,
  RegisterResident,
  WithdrawConsent,
} from './resident-commands.js';
import {
  ConsentGiven,
  ConsentWithdrawn,
  KeyWorkerAssigned,
  KeyWorkerUnassigned,
  ResidentAtRiskCleared,
  ResidentDetailsCorrected,
  ResidentEqualityRecorded,
  ResidentIdentifierRecorded,
  ResidentLegalStatusRecorded,
  ResidentMarkedAtRisk,
  ResidentNationalInsuranceNumberRecorded,
  ResidentNhsNumberRecorded,
  ResidentRegistered,
} from './resident-events.js';
import { CorrectMoveDate, MoveResidentIn, MoveResidentOut, ResidentMovedIn, ResidentMovedOut, ResidentMoveDateCorrected, ResidentTransferred, TransferResident } from './resident-moves.js';
import { Resident } from './resident.js';

const jordan = { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' };
const registered = happened(ResidentRegistered, jordan);
const [placementId, propertyId, roomId, agreementId] = ['placement', 'property', 'room', 'agreement'].map(someId) as [string, string, string, string];
const whereabouts = { placementId, propertyId, roomId, agreementId, on: '2026-09-02' };
const movedIn = happened(ResidentMovedIn, whereabouts);
const movedOut = happened(ResidentMovedOut, { placementId, on: '2026-09-02', terminationType: 'planned_move_on' });

describe('a resident', () => {
  it('RES-1: has names of 2 to 100 characters, as people count them', async () => {
    await given(Resident).when(RegisterResident, jordan).records([ResidentRegistered, jordan]);
    await given(Resident).when(RegisterApplicant, { ...jordan, firstName: '👩‍👧'.repeat(100) }).records(ResidentRegistered);
    await given(Resident).when(RegisterApplicant, { ...jordan, firstName: 'J' }).refused('RES-1', 'firstName');
    await given(Resident).when(RegisterResident, { ...jordan, lastName: 'x'.repeat(101) }).refused('RES-1', 'lastName');
    await given(Resident, registered).when(CorrectResidentDetails, { lastName: null }).refused('RES-1', 'lastName');
    await given(Resident, registered).when(CorrectResidentDetails, { lastName: "O'Brien", reason: 'deed poll' }).records([ResidentDetailsCorrected, { lastName: "O'Brien" }]);
    expect(stateOf(Resident, [registered])).toMatchObject({ status: 'applicant', riskLevel: 'low', independenceLevel: 1, legalHold: false });
  });

  it('RES-2: is born in the past', async () => {
    await given(Resident).when(RegisterResident, { ...jordan, dateOfBirth: '2026-09-02' }).refused('RES-2', 'dateOfBirth');
    await given(Resident).when(RegisterResident, { ...jordan, dateOfBirth: '2026-09-01' }).records(ResidentRegistered);
    await given(Resident, registered).when(CorrectResidentDetails, { dateOfBirth: null }).refused('RES-2', 'dateOfBirth');
  });

  it('RES-8: has an NHS number whose last digit checks it', async () => {
    await given(Resident, registered).when(RecordNhsNumber, { nhsNumber: '4010232137' }).records([ResidentNhsNumberRecorded, { nhsNumber: '4010232137' }]);
    await given(Resident, registered).when(RecordNhsNumber, { nhsNumber: null }).records([ResidentNhsNumberRecorded, { nhsNumber: null }]);
    await given(Resident, registered).when(RecordNhsNumber, { nhsNumber: '9111111111' }).refused('RES-8', 'nhsNumber');
    await given(Resident, registered).when(RecordNationalInsuranceNumber, { nationalInsuranceNumber: 'AB123456C' }).records(ResidentNationalInsuranceNumberRecorded);
    await given(Resident, registered).when(RecordNationalInsuranceNumber, { nationalInsuranceNumber: 'BG123456C' }).refused('RES-8', 'nationalInsuranceNumber');
  });

  it('RES-8: is known to others by what they call them', async () => {
    const record = (kind: RecordIdentifier['kind'], value?: string | null) => given(Resident, registered).when(RecordIdentifier, { kind, ...(value === undefined ? {} : { value }) });
    await record('nhs', '401 023 2137').records([ResidentNhsNumberRecorded, { nhsNumber: '4010232137' }]);
    await record('nhs', '4010232138').refused('RES-8', 'value');
    await record('nino', 'ab 12 34 56 c').records([ResidentNationalInsuranceNumberRecorded, { nationalInsuranceNumber: 'AB123456C' }]);
    await record('nino', 'BG123456C').refused('RES-8', 'value');
    for (const upn of ['A123456789012', 'h80120000102b']) await record('upn', upn).records([ResidentIdentifierRecorded, { pupilNumber: upn.toUpperCase() }]);
    for (const upn of ['I123456789012', 'A12345678901', 'A1234567890123', '1234567890123', 'A12345678901S']) await record('upn', upn).refused('RES-8', 'value');
    await record('la_case', 'Mosaic 44/7').records([ResidentIdentifierRecorded, { laCaseReference: 'Mosaic 44/7' }]);
    await record('home_office', 'A1234567').records([ResidentIdentifierRecorded, { homeOfficeReference: 'A1234567' }]);
    await record('uc', 'UC-99').records([ResidentIdentifierRecorded, { universalCreditReference: 'UC-99' }]);
    await record('upn', null).records([ResidentIdentifierRecorded, { pupilNumber: null }]);
    await record('uc').refused('VALIDATION', 'value');
    const known = happened(ResidentIdentifierRecorded, { laCaseReference: 'Mosaic 44/7' });
    expect(stateOf(Resident, [registered, known, happened(ResidentIdentifierRecorded, { homeOfficeReference: 'A1' })])).toMatchObject({ laCaseReference: 'Mosaic 44/7', homeOfficeReference: 'A1' });
  });

  it('RES-9: nobody sets a risk level by hand', () => {
    const commands = declaredCommands().filter(({ entity }) => entity === Resident);
    expect(commands.length).toBeGreaterThan(15);
    expect(commands.flatMap(({ fields }) => fields.map(({ name }) => name))).not.toContain('riskLevel');
  });

  it('is at risk only while living here', async () => {
    await given(Resident, registered).when(MarkAtRisk, { reason: 'county lines' }).refused('STATE');
    await given(Resident, registered, movedIn).when(MarkAtRisk, { reason: 'county lines' }).records([ResidentMarkedAtRisk, { reason: 'county lines' }]);
    const atRisk = happened(ResidentMarkedAtRisk, { reason: 'county lines' });
    await given(Resident, registered, movedIn, atRisk).when(ClearAtRisk).records(ResidentAtRiskCleared);
    await given(Resident, registered, movedIn).when(ClearAtRisk).refused('STATE');
    expect(stateOf(Resident, [registered, movedIn, atRisk, happened(ResidentAtRiskCleared)])).toMatchObject({ status: 'active', atRiskReason: undefined });
  });

  it('says as much of themselves as they like', async () => {
    await given(Resident, registered).when(RecordEquality, { religion: 'none', language: null }).records([ResidentEqualityRecorded, { religion: 'none', language: null }]);
    await given(Resident, registered).when(RecordLegalStatus, { legalStatus: 'care_leaver', responsibleLa: 'LB Hackney', from: '2024-05-02' }).records(ResidentLegalStatusRecorded);
    const inCare = happened(ResidentLegalStatusRecorded, { legalStatus: 'section_20', responsibleLa: 'LB Hackney' });
    const leftCare = happened(ResidentLegalStatusRecorded, { legalStatus: 'care_leaver' });
    expect(stateOf(Resident, [registered, inCare, leftCare])).toMatchObject({ legalStatus: 'care_leaver', everLookedAfter: true, responsibleLa: undefined });
  });

  it('has a key worker who is a member, or none', async () => {
    const kofi = someId('kofi');
    const world = given(Resident, registered).where('users', kofi, stateOf(Resident, [], kofi));
    await world.when(AssignKeyWorker, { userId: kofi }).records([KeyWorkerAssigned, { userId: kofi, from: '2026-09-02' }]);
    await given(Resident, registered).when(AssignKeyWorker, { userId: kofi }).refused('GEN-1', 'userId');
    await given(Resident, registered).when(AssignKeyWorker).refused('VALIDATION', 'userId');
    const assigned = happened(KeyWorkerAssigned, { userId: kofi, from: '2026-09-01' });
    await given(Resident, registered, assigned).where('users', kofi, stateOf(Resident, [], kofi)).when(AssignKeyWorker, { userId: kofi }).recordsNothing();
    await given(Resident, registered, assigned).when(AssignKeyWorker, { userId: null }).records(KeyWorkerUnassigned);
    await given(Resident, registered).when(AssignKeyWorker, { userId: null }).recordsNothing();
    await world.when(AssignKeyWorker, { userId: kofi, from: '2026-08-31' }).records([KeyWorkerAssigned, { from: '2026-08-31' }]);
    await world.when(AssignKeyWorker, { userId: kofi, from: '2026-09-03' }).records([KeyWorkerAssigned, { from: '2026-09-03' }]);
  });

  it('consents for a purpose once, anew, and not any more', async () => {
    const consent = (id: string, at: string) => happened(ConsentGiven, { consentId: id, purpose: 'photography', channel: 'sms' }, { at });
    await given(Resident, registered).when(GiveConsent, { purpose: 'photography', channel: 'sms' }).records([ConsentGiven, { purpose: 'photography' }]);
    await given(Resident, registered).when(WithdrawConsent, { purpose: 'photography' }).recordsNothing();
    const twice: Happened[] = [registered, consent('a', '2026-09-01T08:00:00.000Z'), consent('b', '2026-09-02T08:00:00.000Z')];
    await given(Resident, ...twice).when(WithdrawConsent, { purpose: 'photography' }).records([ConsentWithdrawn, { purpose: 'photography' }]);
    await given(Resident, ...twice).when(WithdrawConsent, { purpose: 'marketing' }).recordsNothing();
    const { consents } = stateOf(Resident, [...twice, happened(ConsentWithdrawn, { purpose: 'photography' }, { at: '2026-09-03T08:00:00.000Z' })]);
    expect(consents).toMatchObject([{ id: 'a', replacedOn: '2026-09-02' }, { id: 'b', givenOn: '2026-09-02', withdrawnOn: '2026-09-03' }]);
  });
});

describe('the moves of a resident', () => {
  const [other, elsewhere] = [someId('other placement'), someId('other room')];
  it('follow the placement, and may be told twice', async () => {
    const world = (...more: Happened[]) =>
      [['placements', placementId], ['placements', other], ['properties', propertyId], ['property_rooms', roomId], ['property_rooms', elsewhere], ['tenancy_agreements', agreementId]]
        .reduce((all, [table, id]) => all.where(table!, id!, stateOf(Resident, [], id)), given(Resident, registered, ...more).as('system'));
    await world().when(MoveResidentIn, whereabouts).records([ResidentMovedIn, whereabouts]);
    await world(movedIn).when(MoveResidentIn, whereabouts).recordsNothing();
    await world(movedIn).when(MoveResidentIn, { ...whereabouts, placementId: other }).refused('STATE');
    const move = { placementId, propertyId, roomId: elsewhere, on: '2026-10-01', emergency: true };
    await world(movedIn).when(TransferResident, move).records([ResidentTransferred, move]);
    const out = { placementId, on: '2026-11-01', terminationType: 'eviction' };
    await world(movedIn).when(MoveResidentOut, out).records([ResidentMovedOut, out]);
    await world(movedIn).when(MoveResidentOut, { ...out, placementId: other }).recordsNothing();
    await world(movedIn, movedOut).when(MoveResidentOut, out).recordsNothing();
    await world(movedIn).when(CorrectMoveDate, { placementId, which: 'start', on: '2026-09-01' }).records([ResidentMoveDateCorrected, { on: '2026-09-01' }]);
    await world(movedIn).when(CorrectMoveDate, { placementId, which: 'end', on: '2026-09-01' }).refused('STATE');
    await world(movedIn).when(CorrectMoveDate, { placementId: other, which: 'start', on: '2026-09-01' }).recordsNothing();
  });

  it('RES-4: do not end before they began', async () => {
    const world = given(Resident, registered, movedIn).as('system').where('placements', placementId, stateOf(Resident, [], placementId));
    await world.when(MoveResidentOut, { placementId, on: '2026-09-01', terminationType: 'eviction' }).refused('RES-4');
  });

  it('RES-3: leave a date of moving out exactly when somebody has moved out, after any sequence of commands', async () => {
    const stays = [placementId, other];
    const asked = fc.record({
      what: fc.constantFrom('in', 'out', 'start', 'end', 'risk', 'clear', 'across'),
      stay: fc.constantFrom(...stays),
      on: fc.integer({ min: 1, max: 9 }).map((day) => `2026-09-0${day}`),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(asked, { maxLength: 20 }), async (sequence) => {
        const history: Happened[] = [registered];
        for (const { what, stay, on } of sequence) {
          const known = [['placements', stay], ['properties', propertyId], ['property_rooms', roomId], ['tenancy_agreements', agreementId]] as const;
          const world = known.reduce((all, [table, id]) => all.where(table, id, stateOf(Resident, [], id)), given(Resident, ...history).as('system'));
          const when = {
            in: () => world.when(MoveResidentIn, { ...whereabouts, placementId: stay, on }),
            out: () => world.when(MoveResidentOut, { placementId: stay, on, terminationType: 'eviction' }),
            start: () => world.when(CorrectMoveDate, { placementId: stay, which: 'start', on }),
            end: () => world.when(CorrectMoveDate, { placementId: stay, which: 'end', on }),
            risk: () => world.when(MarkAtRisk, { reason: 'r' }),
            clear: () => world.when(ClearAtRisk),
            across: () => world.when(TransferResident, { placementId: stay, propertyId, roomId, on, emergency: false }),
          }[what]!();
          const events = await when.events().catch((refused: unknown) => {
            if (refused instanceof Refusal) return [];
            throw refused;
          });
          history.push(...events.map((event) => ({ event: event as unknown as DomainEvent<never> })));
          const { status, moveOutDate } = stateOf(Resident, history);
          expect(status === 'moved_out').toBe(moveOutDate !== undefined);
        }
      }),
      { numRuns: 80 },
    );
  });
});

describe('identifiers', () => {
  it('NHS numbers: of ten check digits for nine digits at most one is right', () => {
    for (const good of ['4010232137', '9111231114']) expect(isNhsNumber(good)).toBe(true);
    for (const bad of ['9111111111', '401023213', '40102321377', '401023213a', '']) expect(isNhsNumber(bad)).toBe(false);
    fc.assert(
      fc.property(fc.stringMatching(/^\d{9}$/), (nine) => {
        const good = Array.from({ length: 10 }, (_, digit) => `${nine}${digit}`).filter(isNhsNumber);
        const sum = [...nine].reduce((total, digit, index) => total + Number(digit) * (10 - index), 0);
        expect(good).toHaveLength(sum % 11 === 1 ? 0 : 1);
        for (const one of good) expect((sum + Number(one[9])) % 11).toBe(0);
      }),
    );
  });
  it('NHS numbers: one digit changed is never one', () =>
    fc.assert(
      fc.property(fc.stringMatching(/^\d{10}$/).filter(isNhsNumber), fc.nat(9), fc.integer({ min: 1, max: 9 }), (number, at, by) => {
        const changed = `${number.slice(0, at)}${(Number(number[at]) + by) % 10}${number.slice(at + 1)}`;
        return !isNhsNumber(changed);
      }),
    ));
  it('National Insurance numbers: of the prefixes in use only', () => {
    for (const good of ['AB123456C', 'JG103759A', 'ZZ123456A'.replace('ZZ', 'ZY')]) expect(isNationalInsuranceNumber(good)).toBe(true);
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z]{2}\d{6}[A-Z]$/), (number) => {
        const prefix = number.slice(0, 2);
        const banned = ['BG', 'GB', 'NK', 'KN', 'TN', 'NT', 'ZZ'].includes(prefix) || /[DFIQUV]/.test(prefix) || prefix[1] === 'O';
        expect(isNationalInsuranceNumber(number)).toBe(!banned && 'ABCD'.includes(number[8]!));
      }),
    );
  });
});

describe('the classification of a resident', () => {
  it('encrypts whatever is personal, and what is special more strictly', () => {
    const level = new Map(fieldsOf(Resident).map(({ name, privacy }) => [name, privacy.class]));
    for (const name of ['firstName', 'lastName', 'preferredName', 'dateOfBirth', 'email', 'phone']) expect(level.get(name)).toBe(2);
    for (const name of ['religion', 'ethnicity', 'disability', 'nhsNumber', 'nationalInsuranceNumber', 'atRiskReason']) expect(level.get(name)).toBe(3);
  });
});
