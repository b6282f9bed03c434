import { describe, expect, it } from '@jest/globals';
import { given, happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { EndAgreementWithStay } from './agreement-commands.js';
import { Agreement, AgreementActivated, AgreementDrafted, AgreementSigned, AgreementTerminated } from './agreement.js';
import { GivePrescribedInformation, ProtectDeposit, ReportDepositReturnMissed, ReportDepositUnprotected, ReturnDeposit, TakeDeposit } from './deposit-commands.js';
import { DepositProtected, DepositProtectionOverdue, DepositReturned, DepositReturnOverdue, DepositTaken, PrescribedInformationGiven } from './deposit.js';

const residentId = someId('Resident');
const weeklyCharges = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };
const agreement = (agreementType: 'assured_periodic' | 'license' | 'secure' | 'assured_shorthold' = 'assured_periodic', charges = weeklyCharges): Happened[] => [
  happened(AgreementDrafted, { residentId, propertyId: someId('Property'), agreementType, startDate: '2026-06-01', weeklyCharges: charges }),
  happened(AgreementSigned, { residentId, signedAt: '2026-05-30T10:00:00.000Z' }), happened(AgreementActivated, { on: '2026-06-01' }),
];
const world = (history: Happened[], now = '2026-06-01') => given(Agreement, ...history).now(`${now}T08:00:00.000Z`);
const deadline = (code: string) => ({ code, basis: 'calendar', ruleBasis: 'statutory', startsAt: '2026-05-31T23:00:00.000Z', dueOn: '2026-07-01', dueAt: '2026-07-01T23:00:00.000Z' } as const);
const taken = happened(DepositTaken, { amountPence: 100_000, on: '2026-06-01', protectionRequired: true, protectBy: deadline('UK-T7'), informBy: deadline('UK-T7.information') });
const inScheme = happened(DepositProtected, { scheme: 'dps', schemeReference: 'D 1', on: '2026-06-10' });
const told = happened(PrescribedInformationGiven, { on: '2026-06-10' });

describe('a deposit', () => {
  it('of an assured tenancy, received on 1 June, is in a scheme and explained by 1 July', async () => {
    await world(agreement()).when(TakeDeposit, { amountPence: 134_125 }).records([DepositTaken, {
      amountPence: 134_125, on: '2026-06-01', protectionRequired: true, protectBy: deadline('UK-T7'), informBy: deadline('UK-T7.information'),
    }]);
    expect(stateOf(Agreement, [...agreement(), taken])).toMatchObject({ depositStatus: 'taken', depositProtectBy: '2026-07-01', depositProtectionRequired: true });
  });

  it('of a licence or a social tenancy needs no scheme, and it is said why', async () => {
    await world(agreement('license')).when(TakeDeposit, { amountPence: 134_125 }).records([DepositTaken, { protectionRequired: false, unprotectedBecause: 'licence' }]);
    await world(agreement('secure')).when(TakeDeposit, { amountPence: 900_000 }).records([DepositTaken, { protectionRequired: false, unprotectedBecause: 'social_tenancy' }]);
  });

  it('AGR-4: is five weeks\' rent at most, six where the rent is 50,000.00 a year or more', async () => {
    await world(agreement()).when(TakeDeposit, { amountPence: 134_126 }).refused('AGR-4', 'amountPence');
    const high = agreement('assured_periodic', { ...weeklyCharges, corePence: 96_154 - 8_585 });
    await world(high).when(TakeDeposit, { amountPence: 6 * 96_154 }).records(DepositTaken);
    await world(high).when(TakeDeposit, { amountPence: 6 * 96_154 + 1 }).refused('AGR-4', 'amountPence');
    await world([...agreement(), taken]).when(TakeDeposit, { amountPence: 1 }).refused('STATE');
    await world(agreement()).when(TakeDeposit, { amountPence: 1, on: '2026-06-02' }).refused('GEN-3', 'on');
  });

  it('is protected once, and the resident told once, after it was received', async () => {
    const later = world([...agreement(), taken], '2026-06-10');
    const scheme = { scheme: 'mydeposits', schemeReference: 'M 17' } as const;
    await later.when(ProtectDeposit, scheme).records([DepositProtected, { ...scheme, on: '2026-06-10' }]);
    await later.when(ProtectDeposit, { ...scheme, on: '2026-05-31' }).refused('AGR-4', 'on');
    await later.when(GivePrescribedInformation).records([PrescribedInformationGiven, { on: '2026-06-10' }]);
    await world([...agreement(), taken, inScheme, told], '2026-06-10').when(ProtectDeposit, scheme).refused('STATE');
    await world([...agreement(), taken, inScheme, told], '2026-06-10').when(GivePrescribedInformation).refused('STATE');
    await world(agreement()).when(ProtectDeposit, scheme).refused('STATE');
    expect(stateOf(Agreement, [...agreement(), taken, inScheme, told])).toMatchObject({
      depositStatus: 'protected', depositScheme: 'dps', depositReference: 'D 1', depositProtectedOn: '2026-06-10', prescribedInformationOn: '2026-06-10',
    });
  });

  it('is told of once, when the days have gone by', async () => {
    const missed = { code: 'UK-T7', dueAt: '2026-07-01T23:00:00.000Z' };
    const after = (...more: Happened[]) => world([...agreement(), taken, ...more], '2026-07-02').when(ReportDepositUnprotected, missed);
    await after().records([DepositProtectionOverdue, { dueOn: '2026-07-01', unprotected: true, uninformed: true }]);
    await after(inScheme).records([DepositProtectionOverdue, { unprotected: false, uninformed: true }]);
    await after(inScheme, told).recordsNothing();
    await after(happened(DepositProtectionOverdue, { dueOn: '2026-07-01', unprotected: true, uninformed: true })).recordsNothing();
  });

  it('AGR-4: is paid back less what is kept, to the penny, when the agreement is over', async () => {
    const deductions = [{ reason: 'A broken window', amountPence: 12_500 }];
    const back = (amountPence: number, list?: typeof deductions) => world([...agreement(), taken, inScheme]).now('2026-07-20T08:00:00.000Z').when(ReturnDeposit, { amountPence, deductions: list });
    await back(87_500, deductions).records([DepositReturned, { amountPence: 87_500, deductions, on: '2026-07-20' }]);
    await back(100_000).records(DepositReturned);
    await back(87_501, deductions).refused('AGR-4', 'amountPence');
    await back(99_999).refused('AGR-4', 'amountPence');
    const returned = happened(DepositReturned, { residentId, amountPence: 87_500, deductions, on: '2026-07-20' });
    await world([...agreement(), taken, returned], '2026-07-21').when(ReturnDeposit, { amountPence: 100_000 }).refused('STATE');
    await world([...agreement(), taken], '2026-07-14').when(EndAgreementWithStay, { on: '2026-07-14' }).records([AgreementTerminated, { depositDue: { code: 'MOV-deposit', dueOn: '2026-07-24' } }]);
    const [nothingHeld] = await world(agreement(), '2026-07-14').when(EndAgreementWithStay, { on: '2026-07-14' }).events();
    expect(nothingHeld).not.toHaveProperty('depositDue');
  });

  it('that is not settled in time after the end is told of once', async () => {
    const over = happened(AgreementTerminated, { residentId, on: '2026-07-14', reason: 'Left' });
    const told = { residentId, dueOn: '2026-07-24' };
    const after = (...more: Happened[]) => world([...agreement(), taken, ...more], '2026-07-25').when(ReportDepositReturnMissed, { code: 'MOV-deposit', dueAt: '2026-07-24T23:00:00.000Z' });
    await after(over).records([DepositReturnOverdue, told]);
    await after(over, happened(DepositReturnOverdue, told)).recordsNothing();
    await after(over, happened(DepositReturned, { residentId, amountPence: 100_000, on: '2026-07-20' })).recordsNothing();
    await after().recordsNothing();
  });
});
