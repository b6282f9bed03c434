import { describe, expect, it } from '@jest/globals';
import type { Json } from '../support/caller.js';
import { COMPONENTS, dateOf, dayOf, mondayOfDay, reckoned, type WeeklyPence } from '../support/reckoning.js';
import { organisation } from '../support/product.js';
import { auditJoins, rebuiltEqualsLive, unknownElsewhere } from './closing.js';
import { LICENCE, rentHouse } from './rent-house.js';

/** Every component differs from the licence's, so that a week of both prices shows which nights were which. */
const DEARER = { corePence: 20_000, eligibleServicePence: 7_007, ineligibleServicePence: 3_333, supportPence: 101 };
const REASON = 'Referred by the leaving-care team, no time to lose.';
const LONG = 300_000;

const amount = (row: Json, name: string): number => Number(row[name] ?? 0);
const sum = (rows: readonly Json[], name: string): number => rows.reduce((total, row) => total + amount(row, name), 0);

/** The rent ledger over HTTP, with the clock moved from day to day. */
describe('the rent ledger', () => {
  const house = rentHouse();
  const { room } = house;
  const today = (date: string): Promise<void> => house.clock(`${date}T12:00:00Z`);

  /** Somebody with a signed agreement on a room of their own from a day on. */
  async function signed(firstName: string, startDate: string) {
    const [resident, roomId] = [await house.manager.did('/residents', { firstName, lastName: 'Ellis', dateOfBirth: '2005-05-02' }), await room(LICENCE)];
    const agreement = await house.manager.did('/tenancy-agreements', {
      residentId: resident.id, propertyId: house.propertyId, agreementType: 'license', startDate, rentFrequency: 'weekly', weeklyCharges: LICENCE,
    });
    await house.manager.did(`/tenancy-agreements/${agreement.id}/sign`, { by: firstName });
    return { residentId: resident.id, agreementId: agreement.id, roomId, directAdmissionReason: REASON };
  }
  const accountOf = async (placementId: string): Promise<Json> => (await house.finance.rows(`/rent-accounts?placementId=${placementId}`))[0]!;
  const rows = (table: string, accountId: string, more = ''): Promise<Json[]> => house.finance.rows(`/${table}?rentAccountId=${accountId}&limit=500${more}`);

  /** What stands for each week: Monday → pence by component; weeks of nothing are left out. */
  async function standing(placementId: string): Promise<Record<string, number[]>> {
    const account = await accountOf(placementId);
    const payments = await rows('rent-payments', account.id);
    const mondays = payments.map((one) => mondayOfDay(dayOf(String(one['periodFrom']))));
    expect(new Set(mondays).size).toBe(mondays.length);
    const weeks = payments.map((one, index): [string, number[]] => [mondays[index]!, COMPONENTS.map((name) => (one['components'] as WeeklyPence)[name])]);
    expect(amount(account, 'balancePence')).toBe(sum(payments, 'amountPence'));
    expect(sum(await rows('rent-ledger', account.id), 'amountPence')).toBe(amount(account, 'balancePence'));
    return Object.fromEntries(weeks.filter(([, pence]) => pence.some((one) => one !== 0)));
  }

  it('comes to 139.21 with the charges, the end and the receipts of the worked example', async () => {
    const who = await signed('Jordan', '2026-09-02');
    await house.manager.did(`/tenancy-agreements/${who.agreementId}/activate`, { on: '2026-09-02' });
    const placement = await house.manager.did('/placements', { ...who, startDate: '2026-09-02' });
    const account = await accountOf(placement.id);
    const fridays = Array.from({ length: 7 }, (_, week) => dateOf(dayOf('2026-11-27') + 7 * week));
    const receipts: [string, number, 'bank_transfer' | 'housing_benefit'][] = [
      ['2026-09-04', 1_536, 'bank_transfer'], ['2026-09-11', 2_150, 'bank_transfer'], ['2026-09-18', 2_150, 'bank_transfer'], ['2026-09-25', 2_150, 'bank_transfer'],
      ['2026-09-28', 91_650, 'housing_benefit'], ['2026-10-26', 98_700, 'housing_benefit'], ['2026-11-23', 98_700, 'housing_benefit'],
      ...fridays.map((friday): [string, number, 'bank_transfer'] => [friday, 2_750, 'bank_transfer']),
      ['2026-12-21', 98_700, 'housing_benefit'], ['2027-01-18', 84_600, 'housing_benefit'],
    ];
    expect(fridays.at(-1)).toBe('2027-01-08');
    for (const [on, amountPence, method] of receipts.sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (on > '2027-01-14' && (await house.manager.row(`/placements/${placement.id}`))['status'] === 'active') {
        await today('2027-01-14');
        await house.manager.did(`/placements/${placement.id}/end`, { on: '2027-01-14', terminationType: 'planned_move_on' });
      }
      await today(on);
      await house.finance.did(`/rent-accounts/${account.id}/record-payment`, { amountPence, method, on, externalRef: `BACS ${on}` });
    }

    const lines = await rows('rent-ledger', account.id);
    const charges = lines.filter((line) => line['lineType'] === 'charge');
    const components = (line: Json): number[] => COMPONENTS.slice(0, 3).map((name) => amount(line, name));
    expect(charges.map((line) => line['entryDate']).sort()).toEqual(['2026-09-02', ...Array.from({ length: 19 }, (_, week) => dateOf(dayOf('2026-09-07') + 7 * week))]);
    expect(components(charges.find((line) => line['entryDate'] === '2026-09-02')!)).toEqual([13_029, 4_596, 1_536]);
    for (const line of charges.filter(({ entryDate }) => entryDate !== '2026-09-02')) expect(components(line)).toEqual([18_240, 6_435, 2_150]);
    const adjustments = lines.filter((line) => line['lineType'] === 'adjustment');
    expect(adjustments.map((line) => [line['entryDate'], ...components(line)])).toEqual([['2027-01-14', -10_423, -3_677, -1_229]]);
    const [last] = await rows('rent-payments', account.id, '&periodFrom=2027-01-11');
    expect([last!['nights'], last!['components']]).toEqual([3, { corePence: 7_817, eligibleServicePence: 2_758, ineligibleServicePence: 921, supportPence: 0 }]);

    const billed = lines.filter((line) => line['lineType'] === 'charge' || line['lineType'] === 'adjustment');
    expect(COMPONENTS.map((name) => sum(billed, name))).toEqual([349_166, 123_184, 41_157, 0]);
    const paid = await rows('rent-receipts', account.id);
    expect(sum(paid.filter(({ payer }) => payer === 'hb'), 'amountPence')).toBe(472_350);
    expect(sum(paid.filter(({ payer }) => payer === 'resident'), 'amountPence')).toBe(27_236);
    expect(await accountOf(placement.id)).toMatchObject({ status: 'former', balancePence: 13_921, chargesEndOn: '2027-01-14' });
    expect(sum(lines, 'amountPence')).toBe(13_921);
  }, LONG);

  it('charges nothing more once the stay is over, however far the clock goes', async () => {
    await today('2027-03-01');
    const former = await house.finance.rows('/rent-accounts?status=former');
    expect(former.map(({ balancePence }) => balancePence)).toEqual([13_921]);
  }, LONG);

  it('shows the running balance on every line, and what was before and after in the history', async () => {
    const [account] = await house.finance.rows('/rent-accounts?status=former');
    const lines = (await rows('rent-ledger', account!.id)).sort((a, b) => amount(a, 'ordinal') - amount(b, 'ordinal'));
    let balance = 0;
    for (const line of lines) expect(line['balancePence']).toBe((balance += amount(line, 'amountPence')));
    const { items } = (await house.finance.row(`/rent-accounts/${account!.id}/history?limit=500`)) as unknown as { items: Json[] };
    const balances = items.flatMap((item) => (item['changes'] as { field: string; before: number; after: number }[]).filter(({ field }) => field === 'balancePence'));
    expect(balances.at(-1)!.after).toBe(13_921);
    balances.slice(1).forEach(({ before }, index) => expect(before).toBe(balances[index]!.after));
  });

  it('brings every week to what it should be when weeks of moves are recorded late, in whatever order', async () => {
    await today('2027-03-08');
    const [live, late] = [await signed('Kim', '2027-03-01'), await signed('Lee', '2027-03-01')];
    const dear = [await room(DEARER), await room(DEARER)] as const;
    const story = { start: '2027-03-10', move: '2027-03-26', end: '2027-04-15' };
    const expected = reckoned([
      { from: story.start, to: story.move, price: LICENCE }, { from: story.move, to: story.end, price: DEARER },
    ]);
    // One as it happened, week by week …
    await today(story.start);
    const first = await house.manager.did('/placements', { ...live, startDate: story.start });
    await today(story.move);
    await house.manager.did(`/placements/${first.id}/transfer`, { roomId: dear[0], on: story.move, weeklyCharges: DEARER });
    await today(story.end);
    await house.manager.did(`/placements/${first.id}/end`, { on: story.end, terminationType: 'return_home' });
    expect(await standing(first.id)).toEqual(expected);
    // … and one recorded weeks afterwards, each with another date at first.
    await today('2027-05-10');
    const second = await house.manager.did('/placements', { ...late, startDate: '2027-03-03' });
    expect(await standing(second.id)).toEqual(reckoned([{ from: '2027-03-03', to: '2027-05-17', price: LICENCE }]));
    await house.manager.did(`/placements/${second.id}/transfer`, { roomId: dear[1], on: story.move, weeklyCharges: DEARER });
    expect(await standing(second.id)).toEqual(reckoned([
      { from: '2027-03-03', to: story.move, price: LICENCE }, { from: story.move, to: '2027-05-17', price: DEARER },
    ]));
    await house.manager.did(`/placements/${second.id}/end`, { on: '2027-04-28', terminationType: 'return_home' });
    await house.manager.did(`/placements/${second.id}/correct-date`, { which: 'start', date: story.start, reason: 'The move was a week later.' });
    await house.manager.did(`/placements/${second.id}/correct-date`, { which: 'end', date: story.end, reason: 'The keys came back earlier.' });
    expect(await standing(second.id)).toEqual(expected);
    // A correction that makes the stay longer again charges the weeks that it adds, and a later Monday changes nothing.
    await house.manager.did(`/placements/${second.id}/correct-date`, { which: 'end', date: '2027-05-06', reason: 'They came back later after all.' });
    const longer = reckoned([{ from: story.start, to: story.move, price: LICENCE }, { from: story.move, to: '2027-05-06', price: DEARER }]);
    expect(await standing(second.id)).toEqual(longer);
    await today('2027-06-07');
    expect(await standing(second.id)).toEqual(longer);
    expect(await standing(first.id)).toEqual(expected);
  }, LONG);

  it('charges each of 26 weeks once over which the clock jumps', async () => {
    const who = await signed('Max', '2027-06-07');
    await today('2027-06-07');
    const placement = await house.manager.did('/placements', { ...who, startDate: '2027-06-07' });
    await today('2027-12-06');
    const weeks = await standing(placement.id);
    expect(Object.keys(weeks)).toHaveLength(27);
    expect(weeks).toEqual(reckoned([{ from: '2027-06-07', to: '2027-12-13', price: LICENCE }]));
  }, LONG);

  it('comes to the same when it is replayed', () => rebuiltEqualsLive(house.at), LONG);
  it('joins in the audit trail, field by field', () => auditJoins(house.at, house.ours), LONG);
  it('is unknown to another organisation', async () => unknownElsewhere(house.ours, (await organisation(house.at, house.product.baseUrl, 'Other Homes')).owner), LONG);
});
