import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, ORGANIZATION, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { LICENCE } from '../../../../test/support/rent-world.js';
import { daysBetween, plusDays } from '../../../kernel/values.js';
import { OrganizationPolicySet } from '../../organisation/organization/organization-policies.js';
import { Organization } from '../../organisation/organization/organization.js';
import { Agreement, AgreementDrafted } from '../../tenancy/agreement/agreement.js';
import '../index.js';
import { ArrearsPaused } from './arrears-events.js';
import { ChargeLateFee, lateFee, LateFeeCharged } from './late-fee.js';
import { RentAccount, RentAccountOpened, RentAdjusted, RentCharged, RentPaymentReceived } from './rent-account.js';

const [chargeId, agreementId] = [someId('week'), someId('agreement')];
const opened = happened(RentAccountOpened, { residentId: someId('jordan'), propertyId: someId('house'), agreementId, paymentReference: 'R123' });
const charged = happened(RentCharged, { chargeId, from: '2026-08-31', to: '2026-09-07', nights: 7, components: LICENCE, totalPence: 26_825 });
const paid = (amountPence: number): Happened =>
  happened(RentPaymentReceived, { receiptId: someId(`paid ${amountPence}`), payer: 'resident', amountPence, on: '2026-09-01', method: 'card' });
const agreement = (clause: object) => stateOf(Agreement, [happened(AgreementDrafted, {
  residentId: someId('jordan'), propertyId: someId('house'), agreementType: 'license', startDate: '2026-08-01', weeklyCharges: LICENCE, ...clause,
})], agreementId);
const account = (clause: object, ...history: Happened[]) => given(RentAccount, opened, charged, ...history).where('tenancy_agreements', agreementId, agreement(clause));
const on = (day: string) => `${day}T08:00:00.000Z`;
const CLAUSE = { lateFeeBasisPoints: 300 };

describe('a fee for late payment', () => {
  it('RNT-3: is charged from 14 days on, at the base rate and what the agreement adds, for each day', async () => {
    // 268.25 at 7 % for 14 days: 0.7202…
    await account(CLAUSE).now(on('2026-09-14')).when(ChargeLateFee, { chargeId }).records(
      [LateFeeCharged, { from: '2026-08-31', to: '2026-09-14', days: 14, principalPence: 26_825, baseBasisPoints: 400, overBasisPoints: 300, amountPence: 72 }],
      [RentAdjusted, { chargeId, delta: { corePence: 0, eligibleServicePence: 0, ineligibleServicePence: 72, supportPence: 0 }, cause: 'by_hand' }],
    );
    await account(CLAUSE).now(on('2026-09-13')).when(ChargeLateFee, { chargeId }).refused('RNT-3', 'chargeId');
    await account({ ...CLAUSE, lateFeeAfterDays: 21 }).now(on('2026-09-20')).when(ChargeLateFee, { chargeId }).refused('RNT-3', 'chargeId');
    await account({ ...CLAUSE, lateFeeAfterDays: 21 }).now(on('2026-09-21')).when(ChargeLateFee, { chargeId }).records([LateFeeCharged, { days: 21 }], RentAdjusted);
    await account({ lateFeeBasisPoints: 0 }).now(on('2026-09-14')).when(ChargeLateFee, { chargeId }).records([LateFeeCharged, { amountPence: 41 }], RentAdjusted);
    const base = stateOf(Organization, [happened(OrganizationPolicySet, { code: 'RNT-3.base', value: 525 })], ORGANIZATION);
    await account(CLAUSE).where('organizations', ORGANIZATION, base).now(on('2026-09-14')).when(ChargeLateFee, { chargeId }).records([LateFeeCharged, { baseBasisPoints: 525, amountPence: 85 }], RentAdjusted);
  });

  it('RNT-3: is charged where the agreement asks for one that the law allows, for what the resident owes, while nothing holds it up', async () => {
    const charge = (clause: object, ...history: Happened[]) => account(clause, ...history).now(on('2026-09-14')).when(ChargeLateFee, { chargeId });
    await charge({}).refused('RNT-3', 'chargeId');
    await charge({ ...CLAUSE, agreementType: 'secure' }).refused('RNT-3', 'chargeId');
    await charge({ lateFeeBasisPoints: 301 }).refused('RNT-3', 'chargeId');
    await charge({ ...CLAUSE, lateFeeAfterDays: 13 }).refused('RNT-3', 'chargeId');
    await charge({ ...CLAUSE, lateFeeAfterDays: 14 }).records([LateFeeCharged, { days: 14 }], RentAdjusted);
    await charge(CLAUSE, paid(26_825)).refused('RNT-3', 'chargeId');
    await charge(CLAUSE, paid(16_825)).records([LateFeeCharged, { principalPence: 10_000, amountPence: 27 }], RentAdjusted);
    await charge(CLAUSE, happened(ArrearsPaused, { until: '2026-09-14', reason: 'r' })).refused('RNT-3', 'chargeId');
    await charge(CLAUSE, happened(ArrearsPaused, { until: '2026-09-13', reason: 'r' })).records(LateFeeCharged, RentAdjusted);
    await account(CLAUSE).now(on('2026-09-14')).when(ChargeLateFee, { chargeId: someId('nothing') }).refused('GEN-1', 'chargeId');
    await given(RentAccount, opened, charged).now(on('2026-09-14')).when(ChargeLateFee, { chargeId }).refused('RNT-3', 'chargeId');
  });

  it('is a line of the ledger, is the resident\'s to pay, and is charged for no day twice, and on no fee', async () => {
    const fee = [
      happened(LateFeeCharged, { chargeId, from: '2026-08-31', to: '2026-09-14', days: 14, amountPence: 72 }, { at: on('2026-09-14') }),
      happened(RentAdjusted, { chargeId, delta: { ...LICENCE, corePence: 0, eligibleServicePence: 0, ineligibleServicePence: 72, supportPence: 0 }, cause: 'by_hand', reason: 'Fee' }, { at: on('2026-09-14') }),
    ];
    const state = stateOf(RentAccount, [opened, charged, ...fee]);
    expect(state).toMatchObject({ balancePence: 26_897, collectablePence: 26_897 });
    expect(state.payments[0]).toMatchObject({ amountPence: 26_897, latePaymentFeePence: 72, lateFeeTo: '2026-09-14', residentDuePence: 26_897 });
    expect(state.ledger.at(-1)).toMatchObject({ lineType: 'adjustment', chargeId, amountPence: 72, ineligibleServicePence: 72, entryDate: '2026-09-14' });
    await account(CLAUSE, ...fee).now(on('2026-09-14')).when(ChargeLateFee, { chargeId }).refused('RNT-3', 'chargeId');
    await account(CLAUSE, ...fee).now(on('2026-10-01')).when(ChargeLateFee, { chargeId }).records([LateFeeCharged, { from: '2026-09-14', days: 17, principalPence: 26_825 }], RentAdjusted);
  });

  it('comes to no more than the law allows, however it is divided', () =>
    fc.assert(fc.property(
      fc.integer({ min: 1, max: 200_000 }), fc.integer({ min: 0, max: 1_500 }), fc.date({ min: new Date('2026-01-01'), max: new Date('2033-12-31'), noInvalidDate: true }), fc.array(fc.integer({ min: 14, max: 120 }), { minLength: 1, maxLength: 5 }),
      (principal, rate, start, lengths) => {
        const from = start.toISOString().slice(0, 10);
        const ends = lengths.map((_, at) => plusDays(from, lengths.slice(0, at + 1).reduce((a, b) => a + b)));
        const days = ends.map((end, at) => daysBetween(ends[at - 1] ?? from, end));
        const parts = days.reduce((sum, one) => sum + lateFee(principal, rate, one), 0);
        const whole = (principal * rate * days.reduce((a, b) => a + b, 0)) / 3_650_000;
        expect(Math.abs(parts - whole)).toBeLessThanOrEqual(0.5 * days.length + 1e-6);
      },
    )));
});
