import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { weekly } from '../../../../test/support/rent-world.js';
import { daysBetween, mondayOf, plusDays } from '../../../kernel/values.js';
import { HousingBenefitAwarded } from './benefit-events.js';
import { standingOn } from './housing-benefit.js';
import { RentAccount, RentAccountOpened, RentCharged, RentPaymentReceived, RentScheduleSet } from './rent-account.js';

/** Somebody's rent, what the council awards and when it says so, and who pays what. */
const life = fc.record({
  // A leap day, days on which the clocks change, the end of a rent year, and its year of 53 weeks.
  start: fc.constantFrom('2026-09-02', '2028-02-29', '2027-03-28', '2028-10-29', '2030-03-29', '2031-03-31'),
  core: fc.integer({ min: 1, max: 30_000 }), service: fc.nat(9_000), own: fc.nat(5_000),
  awardedAfter: fc.nat(20), decidedAfter: fc.nat(200), share: fc.double({ min: 0.3, max: 1.2, noNaN: true }),
  paysLate: fc.nat(6), owns: fc.array(fc.record({ day: fc.nat(250), pence: fc.integer({ min: 1, max: 9_000 }) }), { maxLength: 6 }),
});
type Life = typeof life extends fc.Arbitrary<infer One> ? One : never;
const DAYS = 260;

/** Half up: an amount of a week for some of its nights. */
const part = (pence: number, nights: number, of = 7): number => Math.floor((2 * pence * nights + of) / (2 * of));
/** The weeks of a stay: first night, the day after the last one, and core, service and own part. */
function weeksOf({ start, core, service, own }: Life) {
  const weeks = [];
  for (let monday = mondayOf(start); daysBetween(start, monday) < DAYS; monday = plusDays(monday, 7)) {
    const from = monday < start ? start : monday;
    const nights = daysBetween(from, plusDays(monday, 7));
    weeks.push({ from, to: plusDays(monday, 7), nights, core: part(core, nights), service: part(service, nights), own: part(own, nights) });
  }
  return weeks;
}
const awardOf = ({ start, core, service, awardedAfter, share }: Life) => ({ from: plusDays(start, awardedAfter), weeklyPence: Math.max(1, Math.round(share * (core + service))) });

/** What the council is to pay of a week: the eligible parts of the awarded nights, less what the award is short of them. */
function awarded(one: Life, { from, to, nights, core, service }: ReturnType<typeof weeksOf>[number]): number {
  const award = awardOf(one);
  const covered = daysBetween(award.from > from ? award.from : from, to);
  if (covered <= 0) return 0;
  const short = Math.max(0, one.core + one.service - award.weeklyPence);
  return Math.max(0, part(core, covered, nights) + part(service, covered, nights) - part(short, covered));
}

/** The council pays every four weeks, in arrears, for the weeks that are over. */
function paidByCouncil(one: Life): { on: string; pence: number }[] {
  const weeks = weeksOf(one);
  const payments = [];
  let before = 0;
  for (let on = plusDays(mondayOf(one.start), 28 + one.paysLate); daysBetween(one.start, on) < DAYS; on = plusDays(on, 28)) {
    const owed = weeks.filter(({ to }) => to <= on).reduce((sum, week) => sum + awarded(one, week), 0);
    if (owed > before) payments.push({ on, pence: owed - before });
    before = owed;
  }
  return payments;
}

/** What happened, in the order of the days on which it was recorded; of one day in the order given. */
function lived(one: Life): Happened[] {
  const award = awardOf(one);
  const shortfallPence = Math.max(0, one.core + one.service - award.weeklyPence);
  const paid = (name: string, payer: 'hb' | 'resident', amountPence: number, on: string) => ({ on, event: happened(RentPaymentReceived, { receiptId: someId(name), payer, amountPence, on, method: 'bank_transfer' }) });
  const all = [
    ...weeksOf(one).map(({ from, to, nights, core, service, own }) => ({ on: from, event: happened(RentCharged, { chargeId: someId(from), from, to, nights, components: weekly(core, service, own), totalPence: core + service + own }) })),
    ...paidByCouncil(one).map(({ on, pence }) => paid(`council ${on}`, 'hb', pence, on)),
    ...one.owns.map(({ day, pence }, at) => paid(`own ${at}`, 'resident', pence, plusDays(one.start, day))),
    { on: plusDays(one.start, one.decidedAfter), event: happened(HousingBenefitAwarded, { ...award, shortfallPence, frequency: 'four_weekly', payee: 'landlord' }) },
  ];
  return all.toSorted((a, b) => (a.on < b.on ? -1 : Number(a.on > b.on))).map(({ event }) => event);
}

describe('the standing of an account', () => {
  it('is on every day what the rules of Housing Benefit say (LED-2, LED-3), whenever the award was recorded', () =>
    fc.assert(fc.property(life, fc.array(fc.nat(DAYS - 1), { minLength: 1, maxLength: 8 }), (one, days) => {
      const account = stateOf(RentAccount, [
        happened(RentAccountOpened, { residentId: someId('jordan'), propertyId: someId('house'), agreementId: someId('agreement'), paymentReference: 'R123' }),
        happened(RentScheduleSet, { from: one.start, weeklyCharges: weekly(one.core, one.service, one.own), chargeDay: 'monday', origin: 'person', stretch: 0 }),
        ...lived(one),
      ]);
      for (const at of [...days, DAYS - 1]) {
        const day = plusDays(one.start, at);
        const weeks = weeksOf(one).filter(({ from }) => from <= day);
        const council = paidByCouncil(one).filter(({ on }) => on <= day).reduce((sum, { pence }) => sum + pence, 0);
        const own = one.owns.filter((paid) => paid.day <= at).reduce((sum, { pence }) => sum + pence, 0);
        const balance = weeks.reduce((sum, { core, service, own: rest }) => sum + core + service + rest, 0) - council - own;
        const anticipated = Math.max(0, weeks.reduce((sum, week) => sum + awarded(one, week), 0) - council);
        expect([day, standingOn(account, day)]).toEqual([day, { balancePence: balance, anticipatedHbPence: anticipated, collectablePence: Math.max(0, balance - anticipated) }]);
      }
      const { balancePence, anticipatedHbPence, collectablePence } = standingOn(account, plusDays(one.start, DAYS));
      expect(account).toMatchObject({ balancePence, anticipatedHbPence, collectablePence });
    }), { numRuns: 100 }));
});
