import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RecordPayment } from '../domain/money/rent-account/rent-account-commands.js';
import { SetRentSchedule } from '../domain/money/rent-account/charging-commands.js';
import type { RentScheduleSet } from '../domain/money/rent-account/rent-account.js';
import type { WeeklyCharges } from '../domain/weekly-charges.js';
import { Refusal } from '../kernel/rules.js';
import { daysBetween, londonDate, mondayOf, plusDays } from '../kernel/values.js';
import { Crash, LICENCE, morning, RentWorld, weekly } from '../../test/support/rent-world.js';

const balances = (world: RentWorld, ...dates: string[]): number[] => dates.map((date) =>
  world.account.ledger.filter(({ entryDate }) => entryDate <= date).reduce((sum, { amountPence }) => sum + amountPence, 0));
const demands = (world: RentWorld): Record<string, number> =>
  Object.fromEntries(world.account.payments.map(({ periodFrom, amountPence }) => [mondayOf(periodFrom), amountPence] as const).sort());

/** Jordan's stay with all that was paid (journeys J1, J2 and J11). */
async function jordan(): Promise<RentWorld> {
  const world = new RentWorld(morning('2026-09-02'));
  world.start('2026-09-02');
  const paid: [string, number, 'bank_transfer' | 'housing_benefit'][] = [
    ['2026-09-04', 1_536, 'bank_transfer'], ['2026-09-11', 2_150, 'bank_transfer'], ['2026-09-18', 2_150, 'bank_transfer'],
    ['2026-09-25', 2_150, 'bank_transfer'], ['2026-09-28', 91_650, 'housing_benefit'], ['2026-10-26', 98_700, 'housing_benefit'],
    ['2026-11-23', 98_700, 'housing_benefit'],
    ...Array.from({ length: 4 }, (_, week): [string, number, 'bank_transfer'] => [plusDays('2026-11-27', 7 * week), 2_750, 'bank_transfer']),
    ['2026-12-21', 98_700, 'housing_benefit'],
    ...Array.from({ length: 3 }, (_, week): [string, number, 'bank_transfer'] => [plusDays('2026-12-25', 7 * week), 2_750, 'bank_transfer']),
  ];
  for (const [date, amountPence, method] of paid) {
    await world.walkTo(date);
    await world.ask(RecordPayment, { amountPence, method });
  }
  await world.walkTo('2027-01-14');
  return world;
}

describe('the rent of a stay', () => {
  it('is what the ledger vector of the domain says, to the penny', async () => {
    const world = await jordan();
    expect(balances(world, '2026-09-02', '2026-09-06', '2026-09-27', '2026-09-28', '2026-10-05', '2026-10-12', '2026-10-25', '2026-10-26', '2026-11-22', '2026-11-23'))
      .toEqual([19_161, 17_625, 91_650, 26_825, 53_650, 80_475, 107_300, 35_425, 115_900, 44_025]);
    expect(balances(world, '2027-01-10', '2027-01-11')).toEqual([87_025, 113_850]);
    world.end('2027-01-14');
    await world.settle();
    expect(world.account.balancePence).toBe(98_521);
    await world.walkTo('2027-01-18');
    await world.ask(RecordPayment, { amountPence: 84_600, method: 'housing_benefit' });
    const { balancePence, collectablePence, payments, receipts, status, ledger, chargesEndOn } = world.account;
    const billed = (one: 'corePence' | 'eligibleServicePence' | 'ineligibleServicePence') => payments.reduce((sum, { components }) => sum + components[one], 0);
    const received = (payer: string) => receipts.filter((one) => one.payer === payer).reduce((sum, { amountPence }) => sum + amountPence, 0);
    expect({ balancePence, collectablePence, status, chargesEndOn }).toEqual({ balancePence: 13_921, collectablePence: 13_921, status: 'former', chargesEndOn: '2027-01-14' });
    expect([billed('corePence'), billed('eligibleServicePence'), billed('ineligibleServicePence')]).toEqual([349_166, 123_184, 41_157]);
    expect([received('hb'), received('resident')]).toEqual([472_350, 27_236]);
    const byType = (type: string) => ledger.filter(({ lineType }) => lineType === type).reduce((sum, { amountPence }) => sum + amountPence, 0);
    expect([byType('charge'), byType('adjustment')]).toEqual([528_836, -15_329]);
    expect(payments).toHaveLength(20);
    // Housing Benefit is exactly what is eligible; what is left is the resident's own.
    expect(receipts.filter(({ unallocatedPence }) => unallocatedPence !== 0)).toEqual([]);
    expect(payments.reduce((sum, { hbReceivedPence }) => sum + hbReceivedPence, 0)).toBe(472_350);
  });

  it('is priced again when the day of leaving was another', async () => {
    const world = await jordan();
    world.end('2027-01-14');
    await world.walkTo('2027-01-20');
    await world.ask(RecordPayment, { amountPence: 84_600, method: 'housing_benefit', on: '2027-01-18' });
    world.correct('end', '2027-01-13');
    await world.settle();
    const { balancePence, ledger, payments } = world.account;
    expect({ balancePence, adjusted: ledger.at(-1)!.amountPence }).toEqual({ balancePence: 10_089, adjusted: -3_832 });
    expect(payments.at(-1)).toMatchObject({ amountPence: 7_664, nights: 2 });
    expect(world.timers.size).toBe(0);
  });

  it('begins with an account, a schedule and the charge of the part week', async () => {
    const world = new RentWorld(morning('2026-09-02'));
    world.start('2026-09-02');
    await world.settle();
    expect(world.log.map(({ declaration }) => declaration.type)).toEqual(['PlacementStarted', 'RentAccountOpened', 'RentScheduleSet', 'RentCharged']);
    expect(world.account.payments[0]).toMatchObject({ amountPence: 19_161, dueDate: '2026-09-02', nights: 5, paymentStatus: 'pending', rentYear: '2026/27', rentWeek: 22 });
    expect(world.account).toMatchObject({ balancePence: 19_161, chargedThrough: '2026-09-06', weeklyCorePence: 18_240, openedOn: '2026-09-02' });
    expect(world.account.paymentReference).toMatch(/^R[0-9A-Z]{9}$/);
    expect([...world.timers.values()].map(({ dueAt }) => dueAt)).toEqual(['2026-09-06T23:00:00.000Z']);
  });

  it('takes both rooms into the week of a move, as one adjustment', async () => {
    const world = new RentWorld(morning('2026-11-02'));
    world.start('2026-11-02');
    await world.walkTo('2026-12-10');
    const before = world.account.balancePence;
    world.transfer('2026-12-10', weekly(19_500, 6_435, 2_150));
    await world.settle();
    expect(world.account.balancePence - before).toBe(720);
    expect(world.account.ledger.at(-1)).toMatchObject({ lineType: 'adjustment', amountPence: 720, entryDate: '2026-12-10' });
    await world.walkTo('2026-12-14');
    expect(world.account.payments.at(-1)).toMatchObject({ amountPence: 28_085, roomId: world.placement.roomId });
  });

  it('is charged for the weeks that passed before anybody said so', async () => {
    const world = new RentWorld(morning('2026-09-23'));
    world.start('2026-09-02');
    await world.settle();
    expect(demands(world)).toEqual({ '2026-08-31': 19_161, '2026-09-07': 26_825, '2026-09-14': 26_825, '2026-09-21': 26_825 });
    world.correct('start', '2026-08-26');
    await world.settle();
    expect(demands(world)).toEqual({ '2026-08-24': 19_161, '2026-08-31': 26_825, '2026-09-07': 26_825, '2026-09-14': 26_825, '2026-09-21': 26_825 });
  });

  it('says of each demand the nights that it is for, also after the first and the last of them turned out to be others', async () => {
    const world = new RentWorld(morning('2028-03-06'));
    world.start('2028-02-10');
    await world.settle();
    const spans = () => world.account.payments
      .filter(({ amountPence }) => amountPence > 0)
      .map(({ periodFrom, periodTo, nights, dueDate }) => [periodFrom, periodTo, nights, dueDate])
      .sort();
    world.correct('start', '2028-02-01');
    await world.settle();
    expect(spans().slice(0, 2)).toEqual([['2028-02-01', '2028-02-07', 6, '2028-02-01'], ['2028-02-07', '2028-02-14', 7, '2028-02-07']]);
    world.correct('start', '2028-02-29');
    await world.settle();
    expect(spans()).toEqual([['2028-02-29', '2028-03-06', 6, '2028-02-29'], ['2028-03-06', '2028-03-13', 7, '2028-03-06']]);
    world.end('2028-03-02');
    await world.settle();
    expect(spans()).toEqual([['2028-02-29', '2028-03-02', 2, '2028-02-29']]);
    for (const { periodFrom, periodTo, nights } of world.account.payments.filter(({ nights: some }) => some > 0)) {
      expect(daysBetween(periodFrom, periodTo)).toBe(nights);
    }
  });

  it('is charged for each of 26 weeks once after the clock has leapt over them', async () => {
    const world = new RentWorld(morning('2026-09-02'));
    world.start('2026-09-02');
    await world.settle();
    world.jumpTo(plusDays('2026-09-02', 26 * 7));
    await world.settle();
    expect(Object.values(demands(world))).toEqual([19_161, ...Array<number>(26).fill(26_825)]);
    expect(world.account.ledger).toHaveLength(27);
  });

  it('is charged for years of weeks that are put in late, in several commands', async () => {
    const world = new RentWorld(morning('2026-09-02'));
    world.start('2016-09-05');
    await world.settle();
    expect(Object.values(demands(world))).toEqual(Array<number>(522).fill(26_825));
  });

  it('of an account without a placement is what people set, week after week', async () => {
    const world = new RentWorld(morning('2026-09-02'));
    world.open();
    await world.settle();
    expect(world.timers.size).toBe(0);
    await world.ask(SetRentSchedule, { from: '2026-08-26', weeklyCharges: LICENCE });
    await world.walkTo('2026-09-14');
    await world.ask(SetRentSchedule, { from: '2026-09-21', weeklyCharges: weekly(0, 0, 0) });
    await world.walkTo('2026-10-05');
    expect(demands(world)).toEqual({ '2026-08-24': 19_161, '2026-08-31': 26_825, '2026-09-07': 26_825, '2026-09-14': 26_825 });
  });

  it('rises from the day that a person sets, whether it is to come or is charged already', async () => {
    const world = new RentWorld(morning('2026-09-02'));
    world.start('2026-09-02');
    await world.walkTo('2026-09-16');
    await world.ask(SetRentSchedule, { from: '2026-09-14', weeklyCharges: weekly(20_000, 6_435, 2_150) });
    await world.ask(SetRentSchedule, { from: '2026-09-21', weeklyCharges: weekly(21_000, 6_435, 2_150) });
    await world.walkTo('2026-09-21');
    expect(demands(world)).toEqual({ '2026-08-31': 19_161, '2026-09-07': 26_825, '2026-09-14': 28_585, '2026-09-21': 29_585 });
    expect(world.account).toMatchObject({ weeklyCorePence: 20_000 });
    expect(world.account.schedules.map(({ fromDate, toDate }) => [fromDate, toDate])).toEqual([['2026-09-02', '2026-09-14'], ['2026-09-14', '2026-09-21'], ['2026-09-21', undefined]]);
    // Another room has its own price: what was set for the old one ends with it.
    world.transfer('2026-09-21', LICENCE);
    await world.walkTo('2026-09-28');
    expect(demands(world)).toMatchObject({ '2026-09-21': 26_825, '2026-09-28': 26_825 });
  });
});

interface Step {
  readonly kind: 'transfer' | 'end' | 'start' | 'leave' | 'pass' | 'set';
  readonly days: number;
  readonly core: number;
}
const within = (from: string, to: string, days: number): string => {
  const date = plusDays(from, days);
  return date > to ? to : date;
};

/** Does what of a step is possible on that day. A price is set by people: on a day up to twenty days back or ten ahead. */
async function act(world: RentWorld, { kind, days, core }: Step): Promise<void> {
  const today = londonDate(world.now);
  const { segments, status } = world.placement;
  const last = segments.at(-1)!;
  if (kind === 'pass') world.jumpTo(plusDays(today, days));
  if (kind === 'transfer' && status === 'active') world.transfer(within(last.from, today, days), weekly(core, 6_435, 2_150, core % 100), `R${days}`);
  if (kind === 'end' && status === 'active') world.end(within(last.from, today, days));
  if (kind === 'start') world.correct('start', within(plusDays(segments[0]!.from, -10), segments[0]!.to ?? today, days % 20));
  if (kind === 'leave' && status === 'ended') world.correct('end', within(last.from, today, days));
  if (kind === 'set') {
    await world.settle();
    await world.ask(SetRentSchedule, { from: plusDays(today, days - 20), weeklyCharges: weekly(core, 6_435, 2_150) }).catch(refused);
  }
}
const refused = (error: unknown): void => {
  if (!(error instanceof Refusal)) throw error;
};

const step = fc.record<Step>({
  kind: fc.constantFrom('transfer', 'end', 'start', 'leave', 'set', 'set', 'pass', 'pass', 'pass'),
  days: fc.nat(30),
  core: fc.oneof(fc.integer({ min: 0, max: 40_000 }), fc.constantFrom(3_333, 18_240)),
});
/** First days before which or after which something is odd: the clocks change, a leap day, the first and last week of a rent year of 53. */
const firstDay = fc.constantFrom('2026-08-26', '2026-10-21', '2027-12-29', '2028-02-29', '2029-03-22', '2030-03-25', '2030-04-01', '2031-03-24');
/** What the machine does between two steps: it hands over some event, maybe an old one again, and maybe is cut off. */
const turn = fc.record({ which: fc.nat(50), crashAfter: fc.constantFrom(undefined, undefined, 1, 2), fires: fc.boolean() });

/** What a week costs, night by night: each night at the price of its room and day, nights in a row at one price rounded together. */
function reckoned(world: RentWorld, monday: string): number {
  const sets = world.log.filter(({ declaration }) => declaration.type === 'RentScheduleSet').map(({ event }) => event as unknown as RentScheduleSet).filter(({ origin }) => origin === 'person');
  const runs: { place: number; price: WeeklyCharges; nights: number }[] = [];
  for (let day = 0; day < 7; day += 1) {
    const night = plusDays(monday, day);
    const place = world.placement.segments.findLastIndex(({ from, to }) => from <= night && (to === undefined || night < to));
    if (place < 0) continue;
    const [set] = sets.filter((one) => one.stretch === place && one.from <= night).toSorted((a, b) => (a.from < b.from ? -1 : Number(a.from > b.from))).slice(-1);
    const price = set?.weeklyCharges ?? world.placement.segments[place]!.weeklyCharges;
    const run = runs.at(-1);
    if (run?.place === place && JSON.stringify(run.price) === JSON.stringify(price)) run.nights += 1;
    else runs.push({ place, price: { ...price }, nights: 1 });
  }
  return runs.reduce((sum, { price, nights }) => sum + Object.values(price).reduce((week: number, pence: number) => week + Math.floor((2 * pence * nights + 7) / 14), 0), 0);
}

describe('charging', () => {
  it('comes to the same weeks in whatever order, how often and however interrupted its work is done, each charged once', async () => {
    await fc.assert(
      fc.asyncProperty(firstDay, fc.array(fc.tuple(step, fc.array(turn, { maxLength: 4 })), { maxLength: 14 }), async (first, steps) => {
        const orderly = new RentWorld(morning(plusDays(first, 7)));
        const disorderly = new RentWorld(morning(plusDays(first, 7)));
        orderly.start(first);
        disorderly.start(first);
        for (const [one, turns] of steps) {
          await act(orderly, one);
          await orderly.settle();
          await act(disorderly, one);
          for (const { which, crashAfter, fires } of turns) await stumble(disorderly, which, crashAfter, fires);
        }
        await orderly.settle();
        for (const index of disorderly.undelivered.reverse()) await disorderly.deliver(index);
        await disorderly.settle();
        const today = londonDate(orderly.now);
        for (const world of [orderly, disorderly]) {
          const { payments, balancePence, ledger } = world.account;
          const charges = ledger.filter(({ lineType }) => lineType === 'charge').map(({ periodFrom }) => mondayOf(periodFrom!));
          expect(new Set(charges).size).toBe(charges.length);
          const charged = new Map(payments.map(({ periodFrom, amountPence }) => [mondayOf(periodFrom), amountPence]));
          expect(charged.size).toBe(payments.length);
          for (let monday = plusDays(mondayOf(first), -6 * 7); monday <= today; monday = plusDays(monday, 7)) {
            expect([monday, charged.get(monday) ?? 0]).toEqual([monday, reckoned(world, monday)]);
          }
          expect(ledger.reduce((sum, { amountPence }) => sum + amountPence, 0)).toBe(balancePence);
          expect(ledger.map(({ balancePence: after }) => after)).toEqual(ledger.map((_, index) => ledger.slice(0, index + 1).reduce((sum, { amountPence }) => sum + amountPence, 0)));
          expect(world.timers.size).toBe(world.placement.status === 'active' ? 1 : 0);
        }
        expect(disorderly.account.balancePence).toBe(orderly.account.balancePence);
      }),
      { numRuns: 200 },
    );
  });
});

async function stumble(world: RentWorld, which: number, crashAfter: number | undefined, fires: boolean): Promise<void> {
  const [timer] = world.timers.values();
  const handed = [...world.log.keys()].filter((index) => !world.log[index]!.declaration.type.startsWith('RentCharged'));
  const reactions = handed.filter((index) => /^Placement|^RentSchedule/.test(world.log[index]!.declaration.type));
  try {
    if (fires && timer && timer.dueAt <= world.now) await world.fire(timer, crashAfter);
    else await world.deliver(reactions[which % reactions.length]!, crashAfter);
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
  }
}
