import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, ORGANIZATION, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { LICENCE, weekly } from '../../../../test/support/rent-world.js';
import { Catalogue } from '../../../kernel/catalogue.js';
import type { RegisterEntry, State } from '../../../kernel/entity.js';
import { plusDays } from '../../../kernel/values.js';
import { BOOKS_REGISTER } from '../books-register.js';
import { ChargeDueWeeks, RaiseCharge, SetRentSchedule } from './charging-commands.js';
import { paymentReferenceOf } from './payment-reference.js';
import {
  chargeIdOf, RentAccount, rentAccountOf, RentAccountOpened, RentAdjusted, RentCharged, RentPaymentReceived, RentPaymentReversed, RentScheduleEnded, RentScheduleSet,
} from './rent-account.js';
import { AdjustCharge, OpenRentAccount, RecordPayment, ReversePayment } from './rent-account-commands.js';
import { periodsOf, type Schedule } from './rent-schedule.js';

const accountId = someId('RentAccount');
const residentId = someId('jordan');
const agreementId = someId('agreement');
const placementId = someId('placement');
const roomId = someId('room');
const propertyId = someId('property');
const opened = happened(RentAccountOpened, { residentId, agreementId, propertyId, roomId, placementId, paymentReference: 'R123' });
const set = (from: string, weeklyCharges = LICENCE): Happened =>
  happened(RentScheduleSet, { from, weeklyCharges, chargeDay: 'monday', origin: 'placement', stretch: 0, roomId, propertyId, agreementId });
const chargeId = chargeIdOf(accountId, '2026-08-31');
const charged = happened(RentCharged, { chargeId, from: '2026-08-31', to: '2026-09-07', nights: 7, components: LICENCE, totalPence: 26_825 });
const paid = happened(RentPaymentReceived, { receiptId: someId('receipt'), amountPence: 2_150, method: 'cash', on: '2026-09-01', externalRef: 'BANK 17', payer: 'resident' });
const reversed = happened(RentPaymentReversed, { receiptId: someId('receipt'), reason: 'It bounced.' });
const other = (values: object): State => values as State;

describe('opening an account', () => {
  const world = given(RentAccount)
    .where('residents', residentId, other({}))
    .where('tenancy_agreements', agreementId, other({ residentId, propertyId, roomId }))
    .where('placements', placementId, other({ residentId }))
    .where('placements', someId('elsewhere'), other({ residentId: someId('sam') }));

  it('takes the place from the agreement, and a reference that payers can quote', async () => {
    await world.when(OpenRentAccount, { residentId, agreementId }).records([RentAccountOpened, { propertyId, roomId, paymentReference: paymentReferenceOf(accountId) }]);
    await world.when(OpenRentAccount, { residentId, agreementId, paymentReference: 'HYF-17' }).records([RentAccountOpened, { paymentReference: 'HYF-17' }]);
  });
  it('is for the resident of the agreement and of the placement', async () => {
    await world.where('residents', someId('sam'), other({})).when(OpenRentAccount, { residentId: someId('sam'), agreementId }).refused('GEN-1', 'agreementId');
    await world.when(OpenRentAccount, { residentId, agreementId, placementId: someId('elsewhere') }).refused('GEN-1', 'placementId');
  });
  it('is about the property of the agreement, and a room in it', async () => {
    const [room9, otherHouse] = [someId('room 9'), someId('other house')];
    const next = (of: string) => world.where('property_rooms', room9, other({ propertyId: of })).where('properties', otherHouse, other({})).where('properties', propertyId, other({}));
    await next(otherHouse).when(OpenRentAccount, { residentId, agreementId, roomId: room9 }).refused('GEN-1', 'roomId');
    await next(propertyId).when(OpenRentAccount, { residentId, agreementId, roomId: room9 }).records([RentAccountOpened, { propertyId, roomId: room9 }]);
    await next(otherHouse).when(OpenRentAccount, { residentId, agreementId, propertyId: otherHouse, roomId: room9 }).refused('GEN-1', 'propertyId');
  });
  it('is done by the placement itself, and not a second time', async () => {
    await world.when(OpenRentAccount, { residentId, agreementId, placementId }).refused('DUPLICATE', 'placementId');
    expect(rentAccountOf(placementId)).toBe(rentAccountOf(placementId));
  });
});

describe('references that payers quote', () => {
  it('are read back only as they were written', () => {
    fc.assert(fc.property(fc.uuid(), fc.nat(7), fc.nat(30), (id, place, shift) => {
      const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
      const values = [...paymentReferenceOf(id).slice(1)].map((letter) => alphabet.indexOf(letter));
      const check = (of: number[]) => of.slice(0, 8).reduce((sum, value, index) => sum + value * (2 * index + 1), 0) % 32 === of[8];
      expect(check(values)).toBe(true);
      values[place] = (values[place]! + 1 + shift) % 32;
      expect(check(values)).toBe(false);
    }));
  });
});

describe('a weekly charge', () => {
  const account = given(RentAccount, opened, set('2026-08-31'));

  it('LED-1: is made once for its week', async () => {
    await account.when(RaiseCharge, { from: '2026-08-31' }).records([RentCharged, { chargeId, to: '2026-09-07', nights: 7, components: LICENCE, totalPence: 26_825 }]);
    await given(RentAccount, opened, set('2026-08-31'), charged).when(RaiseCharge, { from: '2026-09-02' }).refused('LED-1', 'from');
    await given(RentAccount, opened, set('2026-08-31'), charged).when(ChargeDueWeeks).recordsNothing();
    await account.when(ChargeDueWeeks).records([RentCharged, { chargeId, totalPence: 26_825 }]);
  });
  it('LED-1: is for nights of one week that costs something, and not far ahead', async () => {
    await account.when(RaiseCharge, { from: '2026-09-02', to: '2026-09-05' }).records([RentCharged, { nights: 3, totalPence: 7_817 + 2_758 + 921 }]);
    await account.when(RaiseCharge, { from: '2026-09-02', to: '2026-09-08' }).refused('LED-1', 'to');
    await account.when(RaiseCharge, { from: '2026-09-02', to: '2026-09-02' }).refused('LED-1', 'to');
    await account.when(RaiseCharge, { from: '2026-09-28' }).records(RentCharged);
    await account.when(RaiseCharge, { from: '2026-10-05' }).refused('LED-1', 'from');
    await given(RentAccount, opened).when(RaiseCharge, { from: '2026-08-31' }).refused('LED-1', 'components');
  });
  it('may be said by hand, and follows the schedule when that changes', async () => {
    const components = weekly(25_000, 0, 0);
    await given(RentAccount, opened).when(RaiseCharge, { from: '2026-08-31', components }).records([RentCharged, { components, totalPence: 25_000 }]);
    const byHand = happened(RentCharged, { chargeId, from: '2026-08-31', to: '2026-09-07', nights: 7, components, totalPence: 25_000 });
    await given(RentAccount, opened, byHand).when(SetRentSchedule, { from: '2026-08-31', weeklyCharges: LICENCE })
      .records(RentScheduleSet, [RentAdjusted, { delta: weekly(-6_760, 6_435, 2_150), cause: 'schedule' }]);
    await given(RentAccount, opened, byHand).when(SetRentSchedule, { from: '2026-09-07', weeklyCharges: LICENCE }).records(RentScheduleSet);
  });
});

describe('adjusting a charge', () => {
  const account = given(RentAccount, opened, set('2026-08-31'), charged);

  it('adds a line and alters no old one', async () => {
    await account.when(AdjustCharge, { chargeId, delta: { corePence: -1_000 }, reason: 'No heating.' }).records([RentAdjusted, { delta: weekly(-1_000, 0, 0), cause: 'by_hand' }]);
    await account.when(AdjustCharge, { chargeId, delta: {}, reason: 'Nothing.' }).recordsNothing();
  });
  it('takes off no more than was charged', async () => {
    await account.when(AdjustCharge, { chargeId, delta: { corePence: -18_241 }, reason: 'x' }).refused('GEN-10', 'delta/corePence');
    await account.when(AdjustCharge, { chargeId: someId('none'), delta: { corePence: 1 }, reason: 'x' }).refused('GEN-1', 'chargeId');
  });
  it('by hand lasts when the schedule changes, and never makes a charge negative', async () => {
    const goodwill = happened(RentAdjusted, { chargeId, delta: weekly(-10_000, 0, 0), cause: 'by_hand', reason: 'No heating.' });
    const adjusted = given(RentAccount, opened, set('2026-08-31'), charged, goodwill);
    await adjusted.when(SetRentSchedule, { from: '2026-08-31', weeklyCharges: weekly(20_000, 6_435, 2_150) }).records(RentScheduleSet, [RentAdjusted, { delta: weekly(1_760, 0, 0) }]);
    await adjusted.when(SetRentSchedule, { from: '2026-08-31', weeklyCharges: weekly(1_000, 6_435, 2_150) }).records(RentScheduleSet, [RentAdjusted, { delta: weekly(-8_240, 0, 0) }]);
    const state = stateOf(RentAccount, [opened, set('2026-08-31'), charged, goodwill]);
    expect(state.payments[0]).toMatchObject({ amountPence: 16_825, notes: 'No heating.' });
  });
});

describe('a payment', () => {
  const account = given(RentAccount, opened, charged);

  it('is taken from its day on, from whom its method says', async () => {
    await account.when(RecordPayment, { amountPence: 24_675, method: 'housing_benefit' }).records([RentPaymentReceived, { payer: 'hb', on: '2026-09-02', receiptId: expect.any(String) }]);
    await account.holding('cash', '2026', [{ register: 'cash', owner: '2026', kind: 'number', key: '1' }]).when(RecordPayment, { amountPence: 100, method: 'cash' }).records([RentPaymentReceived, { cashYear: 2026, cashNumber: 2 }]);
    await account.when(RecordPayment, { amountPence: 1, method: 'universal_credit' }).records([RentPaymentReceived, { payer: 'uc' }]);
    await account.when(RecordPayment, { amountPence: 1, method: 'card', payer: 'third_party', on: '2026-08-30' }).records([RentPaymentReceived, { payer: 'third_party', on: '2026-08-30' }]);
    await account.when(RecordPayment, { amountPence: 1, method: 'cash', on: '2026-09-03' }).refused('GEN-3', 'on');
  });
  it('RNT-5: is recorded once for a reference, an amount and a date', async () => {
    const again = { amountPence: 2_150, method: 'cash', on: '2026-09-01', externalRef: 'BANK 17' } as const;
    const known = given(RentAccount, opened, charged, paid);
    await known.when(RecordPayment, again).refused('RNT-5', 'externalRef');
    await known.when(RecordPayment, { ...again, amountPence: 2_151 }).records(RentPaymentReceived);
    await known.when(RecordPayment, { ...again, on: '2026-09-02' }).records(RentPaymentReceived);
    await known.when(RecordPayment, { ...again, externalRef: 'BANK 18' }).records(RentPaymentReceived);
    await known.when(RecordPayment, { ...again, externalRef: undefined }).records(RentPaymentReceived);
    await given(RentAccount, opened, charged, paid, reversed).when(RecordPayment, again).records(RentPaymentReceived);
  });
  it('RNT-4: is reversed once, with a reason, and not deleted', async () => {
    const receiptId = someId('receipt');
    await given(RentAccount, opened, paid).when(ReversePayment, { receiptId, reason: 'It bounced.' }).records([RentPaymentReversed, { receiptId }]);
    await given(RentAccount, opened, paid, reversed).when(ReversePayment, { receiptId, reason: 'Again.' }).refused('RNT-4', 'receiptId');
    await account.when(ReversePayment, { receiptId, reason: 'x' }).refused('GEN-1', 'receiptId');
  });
  it('still comes in when the stay is over', async () => {
    const former = given(RentAccount, opened, set('2026-08-31'), charged, happened(RentScheduleEnded, { on: '2026-09-01' }));
    await former.when(RecordPayment, { amountPence: 1, method: 'cash' }).records(RentPaymentReceived);
    await former.when(SetRentSchedule, { from: '2026-09-01', weeklyCharges: LICENCE }).refused('STATE', 'from');
  });
});

describe('a schedule', () => {
  it('that changes nothing is not recorded', () =>
    given(RentAccount, opened, set('2026-08-31'), charged).when(SetRentSchedule, { from: '2026-09-07', weeklyCharges: LICENCE }).recordsNothing());

  it('of an account without a placement begins where it is set', () =>
    given(RentAccount, opened).when(SetRentSchedule, { from: '2026-08-26', weeklyCharges: LICENCE })
      .records(RentScheduleSet, [RentCharged, { from: '2026-08-26', nights: 5 }], [RentCharged, { from: '2026-08-31' }]));

  it('FIN-3: is not set by a person in a month whose books are closed, and the way on is said', async () => {
    const closed = (...months: string[]) => months.map((key): RegisterEntry => ({ register: BOOKS_REGISTER, owner: ORGANIZATION, kind: 'closed', key }));
    const dearer = weekly(20_000, 6_435, 2_150);
    const world = (...months: string[]) => given(RentAccount, opened, set('2026-07-27')).now('2026-10-06T08:00:00.000Z').holding(BOOKS_REGISTER, ORGANIZATION, closed(...months));
    const setting = (from: string, ...months: string[]) => world(...months).when(SetRentSchedule, { from, weeklyCharges: dearer });
    for (const from of ['2026-09-30', '2026-08-31', '2026-07-28']) await setting(from, '2026-09').refused('FIN-3', 'from');
    await expect(setting('2026-09-30', '2026-08', '2026-09').events()).rejects.toThrow('set this price from 2026-10-01 on, and adjust the charges of before');
    const records = async (from: string, ...months: string[]) => expect((await setting(from, ...months).events())[0]).toBeInstanceOf(RentScheduleSet);
    await records('2026-10-01', '2026-08', '2026-09');
    await records('2026-09-01', '2026-08');
    await records('2026-09-30');
    // Another price begins before the closed month: its nights stay as they are.
    const varied = happened(RentScheduleSet, { from: '2026-09-01', weeklyCharges: weekly(1, 2, 3), chargeDay: 'monday', origin: 'person', stretch: 0 });
    const bounded = given(RentAccount, opened, set('2026-07-27'), varied).now('2026-10-06T08:00:00.000Z').holding(BOOKS_REGISTER, ORGANIZATION, closed('2026-09'));
    expect((await bounded.when(SetRentSchedule, { from: '2026-08-03', weeklyCharges: dearer }).events())[0]).toBeInstanceOf(RentScheduleSet);
    await bounded.when(SetRentSchedule, { from: '2026-09-01', weeklyCharges: dearer }).refused('FIN-3', 'from');
    // What an agreement says is followed, and stands in the books on the day of recording.
    expect((await world('2026-09').as('system').when(SetRentSchedule, { from: '2026-09-30', weeklyCharges: dearer }).events())[0]).toBeInstanceOf(RentScheduleSet);
  });

  it('is one price for each night, in order, whatever was set when', () => {
    const price = fc.integer({ min: 1, max: 3 }).map((core) => weekly(core, 0, 0));
    const day = fc.nat(40).map((days) => plusDays('2026-09-01', days));
    const schedule = fc.record<Schedule>({
      stretches: fc.array(fc.record({ from: day, charges: price, roomId: fc.constant(''), propertyId: fc.constant(''), agreementId: fc.constant('') }), { maxLength: 3 })
        .map((all) => all.sort((a, b) => (a.from < b.from ? -1 : 1))),
      variations: fc.array(fc.record({ stretch: fc.nat(3), from: day, charges: price }), { maxLength: 5 }),
      endsOn: fc.option(day, { nil: undefined }),
    });
    fc.assert(fc.property(schedule, (one) => {
      const periods = periodsOf(one);
      periods.forEach(({ from, to }, index) => {
        expect(to === undefined ? index : periods.length).toBe(to === undefined ? periods.length - 1 : periods.length);
        if (to !== undefined) expect(from < to && (periods[index + 1]?.from ?? to) >= to).toBe(true);
        if (one.endsOn) expect((to ?? '9') <= one.endsOn).toBe(true);
      });
    }));
  });
});

it('is declared so that the product boots with it', () => {
  const catalogue = new Catalogue([RentAccount]);
  expect(catalogue.childTables.map(({ table }) => table)).toEqual(['rent_schedules', 'rent_payments', 'rent_receipts', 'rent_allocations', 'rent_ledger', 'arrears_actions', 'rent_write_offs']);
  expect(stateOf(RentAccount, [opened]).organizationId).toBe(ORGANIZATION);
});
