import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import pg from 'pg';
import type { Caller, Json } from '../support/caller.js';
import { payee, propertyFor, rowsOf, send, through, type Payee } from '../support/payment-files.js';
import { installation, organisation, type Installation, type RunningProduct } from '../support/product.js';
import { each } from './house.js';

const LONG = 600_000;
/** Ten thousand in the long walk. */
const ROWS = process.env['FAULTS'] === undefined ? 4_000 : 10_000;
const MIDDLE = ROWS / 2 + 3;
const LAST = ROWS + 1;
const PAYEES = 50;
/** Lines with mistakes, in the first stretch of rows, in the middle and at the end. */
const BAD = new Map([[7, ',R1,1.00,,'], [MIDDLE, '2026-10-26,R1,one pound,,'], [LAST, '2026-13-01,R1,1.00,,']]);

const killed = async ({ process: child }: RunningProduct): Promise<NodeJS.Signals | null> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.signalCode;
};

/** A file of thousands of rows whose worker dies again and again: at every kind of place on the way. */
describe('a long file', () => {
  let at: Installation;
  let api: RunningProduct;
  let finance: Caller;
  let payees: Payee[];
  let admin: pg.Client;

  beforeAll(async () => {
    at = await installation();
    api = await at.start({ CLOCK_START: '2026-10-27T09:00:00Z', ROLES: 'api,projector' });
    const worker = await at.start({ ROLES: 'worker' });
    const ours = await organisation(at, api.baseUrl);
    const [{ caller: manager }, { caller }] = [await ours.member('manager'), await ours.member('finance')];
    finance = caller;
    const propertyId = await propertyFor(manager);
    payees = await each(Array.from({ length: PAYEES }), (_, index) => payee({ manager, finance, propertyId }, `PAYEE-${String(index).padStart(4, '0')}`, `Payee ${index}`));
    await worker.stop();
    admin = new pg.Client({ connectionString: at.databases.adminUrl });
    await admin.connect();
  }, LONG);
  afterAll(async () => {
    await admin?.end();
    await at.remove();
  });

  /** Row by row: every hundredth is for somebody unknown. */
  const pence = (index: number): number => 100 + (index % 977);
  const isUnknown = (index: number): boolean => index % 100 === 50;
  const lineOf = (index: number): string =>
    `2026-10-${String(1 + (index % 26)).padStart(2, '0')},${isUnknown(index) ? `NOBODY-${index}` : payees[index % PAYEES]!.reference},${(pence(index) / 100).toFixed(2)},T-${index},bank_transfer`;
  const good = (index: number): boolean => !BAD.has(index + 2);
  const recorded = async (type: string): Promise<number> => Number((await admin.query<{ count: string }>('select count(*) from log.events where type = $1', [type])).rows[0]!.count);

  it('is posted once, row by row, with three bad rows reported, though its worker dies six times', async () => {
    const lines = Array.from({ length: ROWS }, (_, index) => BAD.get(index + 2) ?? lineOf(index));
    const sent = await send(finance, { kind: 'cash', fileName: 'CashFile20261026.dat', headers: { prefer: 'wait=0' } }, `date,reference,amount,transaction,method\n${lines.join('\n')}\n`);
    expect(sent.status).toBe(201);
    for (const failpoint of ['imports.afterRead:1', 'processes.afterCommand:57', 'imports.beforePosted:2', 'processes.afterCommand:1111', 'imports.afterRead:3', 'imports.beforePosted:5']) {
      expect(await killed(await at.start({ ROLES: 'worker', FAILPOINT: failpoint }))).toBe('SIGKILL');
    }
    // The content is still there, and nothing of it in clear.
    const { rows: parts } = await admin.query<{ sealed: Buffer }>('select sealed from app.import_parts');
    expect(parts.length).toBeGreaterThan(0);
    expect(parts.some(({ sealed }) => sealed.includes('NOBODY') || sealed.includes('PAYEE'))).toBe(false);
    const worker = await at.start({ ROLES: 'worker' });
    const batch = await through(finance, sent.body.id);
    const indexes = Array.from({ length: ROWS }, (_, index) => index).filter(good);
    const [unknown, known] = [indexes.filter(isUnknown), indexes.filter((index) => !isUnknown(index))];
    const sum = (some: readonly number[]): number => some.reduce((total, index) => total + pence(index), 0);
    expect(batch).toMatchObject({
      status: 'partial', rows: ROWS, processedRows: ROWS, rejectedRows: 3, repeatedRows: 0, skippedRows: 0,
      postedRows: known.length, postedPence: sum(known), suspendedRows: unknown.length, suspendedPence: sum(unknown),
    });
    expect((await rowsOf(finance, sent.body.id, '&outcome=rejected')).map((row) => [row['line'], row['code']])).toEqual([[7, 'date'], [MIDDLE, 'amount'], [LAST, 'date']]);
    expect([await recorded('RentPaymentReceived'), await recorded('SuspenseItemCreated'), await recorded('ImportRowsRead')]).toEqual([known.length, unknown.length, ROWS / 200]);
    await each(payees, async ({ accountId }, index) => {
      const own = known.filter((one) => one % PAYEES === index);
      const receipts = await finance.rows(`/rent-receipts?rentAccountId=${accountId}&limit=500`);
      expect(receipts.map((one) => [one['externalRef'], one['amountPence']]).sort()).toEqual(own.map((one) => [`T-${one}`, pence(one)]).sort());
      expect((await finance.row(`/rent-accounts/${accountId}`))['balancePence']).toBe(-sum(own));
    });
    expect((await admin.query('select from app.import_files')).rowCount).toBe(0);
    await worker.stop();
  }, LONG);

  it('whose content is lost is given up, and may be sent again', async () => {
    const content = `date,reference,amount,transaction\n2026-10-26,${payees[0]!.reference},1.23,LOST-1\n`;
    const file = { kind: 'cash', fileName: 'CashFile20261027.dat', headers: { prefer: 'wait=0' } };
    const first = await send(finance, file, content);
    await admin.query('delete from app.import_files');
    const worker = await at.start({ ROLES: 'worker' });
    expect(await through(finance, first.body.id)).toMatchObject({ status: 'rejected', rejection: 'content_lost', postedRows: 0 });
    const again = await send(finance, file, content);
    expect(again.status).toBe(201);
    expect(await through(finance, again.body.id)).toMatchObject({ status: 'completed', postedRows: 1 });
    await worker.stop();
  }, LONG);

  it('with a process that dies before it answered is there whole or not at all, and is sent again', async () => {
    const content = `date,reference,amount,transaction\n2026-10-26,${payees[0]!.reference},1.24,AGAIN-1\n`;
    const worker = await at.start({ ROLES: 'worker', CLAIM_GRACE_MS: '300' });
    const outcomes: Json[] = [];
    for (const failpoint of ['commands.afterClaim:1', 'commands.afterAppend:1']) {
      const doomed = await at.start({ ROLES: 'api', FAILPOINT: failpoint, CLAIM_GRACE_MS: '300' });
      const file = { kind: 'cash', fileName: `CashFile2026102${outcomes.length}.dat`, headers: { 'idempotency-key': failpoint } };
      const own = content.replace('AGAIN-1', `AGAIN-${failpoint}`);
      await expect(send(finance.at(doomed.baseUrl), file, own)).rejects.toThrow();
      expect(await killed(doomed)).toBe('SIGKILL');
      const repeated = await send(finance, file, own);
      expect(repeated.status).toBe(201);
      outcomes.push(await through(finance, repeated.body.id));
    }
    expect(outcomes).toMatchObject([{ status: 'completed', postedRows: 1 }, { status: 'completed', postedRows: 1 }]);
    expect((await finance.rows(`/rent-receipts?rentAccountId=${payees[0]!.accountId}&limit=500`)).filter((one) => one['amountPence'] === 124 && String(one['externalRef']).startsWith('AGAIN'))).toHaveLength(2);
    await worker.stop();
  }, LONG);

  it('leaves rows that the log tells anew', async () => {
    expect(await at.cli('projections', 'verify')).toContain('Every row is what its events say.');
  }, LONG);
});
