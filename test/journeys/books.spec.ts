import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Caller, Json } from '../support/caller.js';
import { propertyFor } from '../support/payment-files.js';
import { installation, organisation, type Installation, type Organisation, type RunningProduct } from '../support/product.js';
import { auditJoins, rebuiltEqualsLive, unknownElsewhere } from './closing.js';

const LICENCE = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };
const OTHER = { corePence: 20_001, eligibleServicePence: 7_007, ineligibleServicePence: 3_333, supportPence: 99 };
const LONG = 300_000;

/** The books over HTTP, with the clock: what people enter, and what the rent accounts tell (FIN-6). */
describe('the books', () => {
  let at: Installation;
  let product: RunningProduct;
  let ours: Organisation;
  let priya: Caller;
  let femi: Caller;
  let propertyId: string;
  let rooms = 0;
  let jordan: { placementId: string; accountId: string };
  let sam: { placementId: string; accountId: string };

  beforeAll(async () => {
    at = await installation();
    product = await at.start({ CLOCK_START: '2026-09-02T08:00:00Z' });
    ours = await organisation(at, product.baseUrl);
    ({ caller: priya } = await ours.member('manager'));
    ({ caller: femi } = await ours.member('finance'));
    propertyId = await propertyFor(priya);
  }, LONG);
  afterAll(() => at.remove());

  const today = async (date: string): Promise<void> => expect((await priya.call('PUT', '/api/v1/clock', { now: `${date}T12:00:00Z` })).status).toBe(200);
  /** Somebody who moves in. */
  async function movesIn(firstName: string, startDate: string, weeklyCharges: typeof LICENCE) {
    const { id: residentId } = await priya.did('/residents', { firstName, lastName: 'Ellis', dateOfBirth: '2005-05-02' });
    const { id: roomId } = await priya.did('/property-rooms', { propertyId, roomNumber: `R${++rooms}`, roomType: 'single', capacity: 1, weeklyCharges, availableFrom: '2026-08-01' });
    const { id: agreementId } = await priya.did('/tenancy-agreements', { residentId, propertyId, agreementType: 'license', startDate, rentFrequency: 'weekly', weeklyCharges });
    await priya.did(`/tenancy-agreements/${agreementId}/sign`, { by: firstName });
    const { id: placementId } = await priya.did('/placements', { residentId, agreementId, roomId, startDate, directAdmissionReason: 'Referred by the leaving-care team, no time to lose.' });
    const [account] = await femi.rows(`/rent-accounts?placementId=${placementId}`);
    return { placementId, accountId: account!.id };
  }
  const records = (more: string): Promise<Json[]> => femi.rows(`/financial-records?limit=500&${more}`);
  const sum = (rows: readonly Json[], name: string): number => rows.reduce((total, row) => total + Number(row[name]), 0);

  /** What reports add up: the decimal column beside the pence. */
  async function inPounds(accountId: string): Promise<string> {
    const admin = new pg.Client({ connectionString: at.databases.adminUrl });
    await admin.connect();
    try {
      await admin.query("select set_config('yuthub.organization', $1, false)", [ours.id]);
      const { rows } = await admin.query<{ total: string }>("select sum(net_signed_amount) as total from read.financial_records where record_type = 'rent' and source_id = $1", [accountId]);
      return rows[0]!.total;
    } finally {
      await admin.end();
    }
  }

  it('J1: have one row of rent for the first part of a week', async () => {
    jordan = await movesIn('Jordan', '2026-09-02', LICENCE);
    const rows = await records('recordType=rent');
    expect(rows).toMatchObject([{
      recordType: 'rent', category: 'rent_charge', amountPence: 19_161, date: '2026-09-02', dueDate: '2026-09-02', status: 'pending', paidDate: null, propertyId,
      sourceType: 'rent_account', sourceId: jordan.accountId, financialYear: '2026/27', period: '2026-09', netSignedAmountPence: 19_161, effectiveDate: '2026-09-02',
    }]);
    expect(rows[0]!['sourceEventId']).toBe(rows[0]!.id);
    expect(await femi.row(`/financial-records/${rows[0]!.id}`)).toMatchObject({ amountPence: 19_161 });
  }, LONG);

  it('say of rent whether it is paid, and when', async () => {
    await femi.did(`/rent-accounts/${jordan.accountId}/record-payment`, { amountPence: 10_000, method: 'bank_transfer', on: '2026-09-02' });
    expect((await records(`sourceId=${jordan.accountId}`))[0]).toMatchObject({ status: 'pending', paidDate: null });
    await today('2026-09-04');
    expect((await records(`sourceId=${jordan.accountId}`))[0]).toMatchObject({ status: 'overdue' });
    await femi.did(`/rent-accounts/${jordan.accountId}/record-payment`, { amountPence: 9_161, method: 'bank_transfer', on: '2026-09-04' });
    expect((await records(`sourceId=${jordan.accountId}`))[0]).toMatchObject({ status: 'paid', paidDate: '2026-09-04' });
  }, LONG);

  it('FIN-1 to FIN-5: take what people enter, with two people for what is large', async () => {
    const { id } = await femi.did('/financial-records', { recordType: 'expense', category: 'Petty Cash', amountPence: 60_001, date: '2026-09-03', dueDate: '2026-09-10', description: 'Beds for R1', propertyId });
    expect(await femi.row(`/financial-records/${id}`)).toMatchObject({ category: 'petty_cash', status: 'pending', netSignedAmountPence: -60_001, sourceType: 'financial_record', sourceId: id, reference: 'FIN-000001' });
    const refused = async (caller: Caller, path: string, body: object = {}): Promise<unknown[]> => {
      const answer = await caller.post(path, body);
      return [answer.status, answer.body['code']];
    };
    expect(await refused(femi, `/financial-records/${id}/mark-paid`)).toEqual([422, 'FIN-4']);
    expect(await refused(femi, `/financial-records/${id}/approve`)).toEqual([403, 'FIN-4']);
    expect(await refused(femi, '/financial-records', { recordType: 'income', category: 'grant', amountPence: 0, date: '2026-09-03' })).toEqual([422, 'FIN-1']);
    expect(await refused(femi, '/financial-records', { recordType: 'rent', category: 'rent', amountPence: 1, date: '2026-09-03' })).toEqual([400, 'VALIDATION']);
    await priya.did(`/financial-records/${id}/approve`);
    await today('2026-09-11');
    expect(await femi.row(`/financial-records/${id}`)).toMatchObject({ status: 'overdue' });
    expect(await priya.rows(`/deadlines?entityId=${id}`)).toMatchObject([{ ruleCode: 'FIN-DUE', status: 'missed', dueDate: '2026-09-10' }]);
    expect(await refused(femi, `/financial-records/${id}/mark-paid`, { paidDate: '2026-09-12' })).toEqual([422, 'FIN-5']);
    await femi.did(`/financial-records/${id}/mark-paid`, { reference: 'BACS 7' });
    expect(await femi.row(`/financial-records/${id}`)).toMatchObject({ status: 'paid', paidDate: '2026-09-11', paymentReference: 'BACS 7' });
    await femi.did(`/financial-records/${id}/reverse`, { reason: 'Never delivered.' });
    const original = await femi.row(`/financial-records/${id}`);
    expect(original).toMatchObject({ status: 'reversed', amountPence: 60_001 });
    expect(await femi.row(`/financial-records/${String(original['reversedBy'])}`)).toMatchObject({ recordType: 'expense', category: 'petty_cash', netSignedAmountPence: 60_001, date: '2026-09-11', status: 'paid', sourceType: 'financial_record', sourceId: id });
    await femi.did('/financial-records/set-budget', { year: '2026/27', category: 'repairs', amountPence: 1_000_000 });
    expect(await refused(femi, '/financial-records/set-budget', { year: '2026/27', category: 'repairs', amountPence: 1 })).toEqual([409, 'FIN-2']);
    expect(await records('recordType=budget')).toMatchObject([{ netSignedAmountPence: 0, amountPence: 1_000_000, financialYear: '2026/27', date: '2026-04-01' }]);
  }, LONG);

  it('tell of a budget at 80 and at 100 percent, once each, whatever is taken back meanwhile', async () => {
    const { id } = await femi.did('/financial-records/set-budget', { year: '2026/27', category: 'garden', amountPence: 99_999, propertyId });
    const spends = async (amountPence: number, more: object = {}): Promise<string> =>
      (await femi.did('/financial-records', { recordType: 'expense', category: 'Garden', amountPence, date: '2026-09-11', propertyId, ...more })).id;
    const told = async (): Promise<unknown[]> => (await femi.rows(`/notifications?entityId=${id}`)).map(({ title }) => String(title)).sort().reverse();
    await spends(79_999);
    // Neither of another house, nor of another year, nor an income.
    for (const other of [{ propertyId: undefined }, { date: '2026-03-31' }, { recordType: 'income' }]) await spends(50_000, other);
    expect(await told()).toEqual([]);
    const last = await spends(1);
    expect(await told()).toEqual(['Four fifths of a budget are used']);
    await femi.did(`/financial-records/${last}/reverse`, { reason: 'It was the other house.' });
    await spends(1);
    await spends(19_998);
    expect(await told()).toHaveLength(1);
    const beyond = await spends(1);
    const both = ['Four fifths of a budget are used', 'A budget is used up'];
    expect(await told()).toEqual(both);
    await femi.did(`/financial-records/${beyond}/reverse`, { reason: 'It was the other house.' });
    await spends(40_000);
    expect(await told()).toEqual(both);
    expect(await femi.row(`/financial-records/${id}`)).toMatchObject({ budgetToldPercent: 100 });
  }, LONG);

  it('FIN-3: are closed a month at a time, and what comes late of it stands in an open one', async () => {
    await today('2026-10-05');
    // What is told of a month before it is closed stands in it, be it at the same moment.
    const early = await movesIn('Alex', '2026-09-26', OTHER);
    await femi.did('/financial-periods', { period: '2026-09' });
    expect((await records(`sourceId=${early.accountId}&sort=effectiveDate`)).map(({ date }) => date)).toEqual(['2026-09-26', '2026-09-28', '2026-10-05']);
    const again = await femi.post('/financial-periods', { period: '2026-09' });
    expect([again.status, again.body['code']]).toEqual([409, 'FIN-3']);
    const late = await femi.post('/financial-records', { recordType: 'income', category: 'grant', amountPence: 1, date: '2026-09-30' });
    expect([late.status, late.body['code']]).toEqual([422, 'FIN-3']);
    // Somebody whose stay turns out to have begun in the month that is closed.
    sam = await movesIn('Sam', '2026-09-23', OTHER);
    expect(await records(`sourceId=${sam.accountId}&sort=effectiveDate`)).toMatchObject([
      { effectiveDate: '2026-09-23', date: '2026-10-05', period: '2026-10' },
      { effectiveDate: '2026-09-28', date: '2026-10-05', period: '2026-10' },
      { effectiveDate: '2026-10-05', date: '2026-10-05', period: '2026-10' },
    ]);
  }, LONG);

  it('FIN-3: have no rent set anew by a person in a month that is closed; the way on is said, and can be gone', async () => {
    const dearer = { ...LICENCE, corePence: 18_947 };
    const set = (from: string) => femi.post<Json>(`/rent-accounts/${jordan.accountId}/set-rent-schedule`, { from, weeklyCharges: dearer });
    const late = await set('2026-09-14');
    expect([late.status, late.body['code']]).toEqual([422, 'FIN-3']);
    expect(late.text).toContain('from 2026-10-01 on');
    // Seven pounds and seven pence more a week from 1 October, four sevenths of it in that week; taken back again.
    await femi.did(`/rent-accounts/${jordan.accountId}/set-rent-schedule`, { from: '2026-10-01', weeklyCharges: dearer });
    const [first] = await femi.rows(`/rent-payments?rentAccountId=${jordan.accountId}&dueDate=2026-09-28`);
    expect(first).toMatchObject({ amountPence: 26_825 + 404 });
    await femi.did(`/rent-accounts/${jordan.accountId}/set-rent-schedule`, { from: '2026-10-01', weeklyCharges: LICENCE });
  }, LONG);

  it('FIN-6, J2: have the rent of a stay to the penny, as the ledger has it', async () => {
    await today('2027-01-14');
    await priya.did(`/placements/${jordan.placementId}/end`, { on: '2027-01-14', terminationType: 'planned_move_on' });
    const rent = await records(`recordType=rent&sourceId=${jordan.accountId}`);
    const charged = rent.filter((row) => row['category'] === 'rent_charge');
    expect([sum(charged, 'netSignedAmountPence'), sum(rent, 'netSignedAmountPence') - sum(charged, 'netSignedAmountPence'), sum(rent, 'netSignedAmountPence')]).toEqual([528_836, -15_329, 513_507]);
    expect(await inPounds(jordan.accountId)).toBe('5135.07');
    for (const { accountId } of [jordan, sam]) {
      const rows = await records(`recordType=rent&sourceId=${accountId}`);
      const ledger = (await femi.rows(`/rent-ledger?rentAccountId=${accountId}&limit=500`)).filter((line) => ['charge', 'adjustment'].includes(String(line['lineType'])));
      const byMonth = (some: readonly Json[], date: string, amount: string): Record<string, number> => {
        const months = Map.groupBy(some, (one) => String(one[date]).slice(0, 7));
        return Object.fromEntries([...months].map(([month, of]) => [month, sum(of, amount)] as const).sort(([a], [b]) => (a < b ? -1 : 1)));
      };
      expect(byMonth(rows, 'effectiveDate', 'netSignedAmountPence')).toEqual(byMonth(ledger, 'entryDate', 'amountPence'));
    }
  }, LONG);

  it('have what is written off as an expense, and what goes back to whom it came from as nothing more', async () => {
    const ask = (verb: string, body: object, who = femi) => who.did(`/rent-accounts/${sam.accountId}/${verb}`, body);
    const before = sum(await records(`sourceId=${sam.accountId}`), 'netSignedAmountPence');
    // Four fifths of 154.31 are a penny more than the first of two.
    const budget = async (year: string) => (await femi.did('/financial-records/set-budget', { year, category: 'rent_write_off', amountPence: 15_431, propertyId })).id;
    const [lastYear, thisYear] = [await budget('2025/26'), await budget('2026/27')];
    const told = async (id: string): Promise<unknown> => (await femi.row(`/financial-records/${id}`))['budgetToldPercent'];
    for (const amountPence of [12_344, 1]) {
      expect([await told(lastYear), await told(thisYear)]).toEqual([null, null]);
      await ask('request-write-off', { amountPence, reason: 'Cannot be traced.' });
      await ask('approve-write-off', {}, priya);
    }
    expect([await told(lastYear), await told(thisYear)]).toEqual([null, 80]);
    await ask('record-payment', { amountPence: 40_000, method: 'housing_benefit', on: '2026-11-02' });
    await ask('record-hb-overpayment', { amountPence: 7_001, on: '2026-12-24', reason: 'Away for too long.' });
    const { balancePence } = await femi.row(`/rent-accounts/${sam.accountId}`);
    await ask('record-payment', { amountPence: Number(balancePence) + 999, method: 'card' });
    await ask('refund-credit', { amountPence: 999, on: '2027-01-14' });
    const rows = await records(`sourceId=${sam.accountId}`);
    const of = (category: string): Json => rows.find((row) => row['category'] === category)!;
    expect(sum(rows.filter((row) => row['category'] === 'rent_write_off'), 'amountPence')).toBe(12_345);
    expect(of('rent_write_off')).toMatchObject({ recordType: 'expense', date: '2027-01-14', status: 'paid', paidDate: '2027-01-14', dueDate: null, sourceType: 'rent_account', propertyId });
    expect(of('hb_clawback')).toMatchObject({ recordType: 'rent', amountPence: 7_001, netSignedAmountPence: 0, date: '2026-12-24', period: '2026-12' });
    expect(of('rent_refund')).toMatchObject({ recordType: 'rent', amountPence: 999, netSignedAmountPence: 0, date: '2027-01-14' });
    // What the rows of the account add is what was received and kept; nothing is owed any more.
    const kept = 40_000 - 7_001 + Number(balancePence);
    expect([sum(rows, 'netSignedAmountPence'), before - 12_345]).toEqual([kept, kept]);
  }, LONG);

  it('hold deposits until they are returned, and have what is kept of them as income', async () => {
    const { agreementId } = await femi.row(`/rent-accounts/${sam.accountId}`);
    const path = `/tenancy-agreements/${String(agreementId)}`;
    await femi.did(`${path}/take-deposit`, { amountPence: 20_003, on: '2026-12-31' });
    const of = async (): Promise<unknown[]> =>
      (await records(`sourceId=${String(agreementId)}`)).map(({ recordType, category, netSignedAmountPence, date }) => [recordType, category, netSignedAmountPence, date].join(' ')).sort();
    expect(await of()).toEqual(['deposit deposit_taken 20003 2026-12-31']);
    await femi.did(`${path}/return-deposit`, { amountPence: 15_000, deductions: [{ reason: 'A door.', amountPence: 5_003 }] });
    expect(await of()).toEqual([
      'deposit deposit_kept -5003 2027-01-14', 'deposit deposit_returned -15000 2027-01-14', 'deposit deposit_taken 20003 2026-12-31', 'income deposit_kept 5003 2027-01-14',
    ]);
  }, LONG);

  it('can be told anew from the log, join in the trail, and are nobody else’s', async () => {
    await auditJoins(at, ours);
    await unknownElsewhere(ours, (await organisation(at, product.baseUrl, 'Elsewhere')).owner);
    await rebuiltEqualsLive(at);
  }, LONG);
});
