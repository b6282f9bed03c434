import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Caller, Json } from '../support/caller.js';
import { payee, propertyFor, rowsOf, send, through, type Payee } from '../support/payment-files.js';
import { installation, organisation, type Installation, type Organisation, type RunningProduct } from '../support/product.js';
import { auditJoins, rebuiltEqualsLive, unknownElsewhere } from './closing.js';

const LONG = 300_000;
const fixture = (name: string): string => readFileSync(join(import.meta.dirname, '../fixtures/imports', name), 'utf8');
const HEAD = 'date,reference,amount,method,transaction\n';

/** Files of payments over HTTP, as in J2d and beyond it. */
describe('files of payments', () => {
  let at: Installation;
  let product: RunningProduct;
  let ours: Organisation;
  let femi: Caller;
  let priya: Caller;
  let jordan: Payee;
  let sam: Payee;
  let days = 0;
  /** A name that no file had before. */
  const named = (kind: 'CashFile' | 'HousingBenefitFile'): string => `${kind}${new Date(Date.UTC(2020, 0, 1 + days++)).toISOString().slice(0, 10).replaceAll('-', '')}.dat`;
  const receipts = (accountId: string): Promise<Json[]> => femi.rows(`/rent-receipts?rentAccountId=${accountId}&limit=500&sort=receivedOn`);

  beforeAll(async () => {
    at = await installation();
    product = await at.start({ CLOCK_START: '2026-10-27T09:00:00Z' });
    ours = await organisation(at, product.baseUrl);
    ({ caller: priya } = await ours.member('manager'));
    ({ caller: femi } = await ours.member('finance'));
    const propertyId = await propertyFor(priya);
    jordan = await payee({ manager: priya, finance: femi, propertyId }, 'R12345678A');
    sam = await payee({ manager: priya, finance: femi, propertyId }, 'R22222222B', 'Sam');
  }, LONG);
  afterAll(() => at.remove());

  it('J2d: a Housing Benefit file is posted once, and its unknown money waits for two people', async () => {
    const file = { kind: 'housing_benefit', fileName: 'HousingBenefitFile20261026.dat' };
    const taken = await send(femi, file, fixture(file.fileName));
    expect([taken.status, taken.headers.get('preference-applied'), taken.headers.get('location')]).toEqual([201, 'wait', `/api/v1/import-batches/${taken.body.id}`]);
    expect(await femi.row(`/import-batches/${taken.body.id}`)).toMatchObject({
      status: 'completed', kind: 'housing_benefit', fileName: file.fileName, fileDate: '2026-10-26', rows: 2, processedRows: 2,
      postedRows: 1, postedPence: 98_700, suspendedRows: 1, suspendedPence: 4_500, rejectedRows: 0, encoding: 'utf_8',
    });
    expect(await receipts(jordan.accountId)).toMatchObject([{ amountPence: 98_700, receivedOn: '2026-10-26', method: 'housing_benefit', payer: 'hb', externalRef: 'P-1026 2026-09-28' }]);
    expect(await rowsOf(femi, taken.body.id)).toMatchObject([
      { row: 1, line: 2, outcome: 'posted', rentAccountId: jordan.accountId, amountPence: 98_700 },
      { row: 2, line: 3, outcome: 'suspended', code: 'unknown_reference', message: 'No account has this reference.' },
    ]);

    const twice = await send(femi, file, fixture(file.fileName));
    expect([twice.status, twice.body['code']]).toEqual([409, 'INT-5']);
    expect(twice.text).toContain('duplicate');
    expect(await through(femi, twice.headers.get('location')!.slice('/api/v1/import-batches/'.length))).toMatchObject({ status: 'rejected', rejection: 'duplicate', processedRows: 0 });

    const [item] = await femi.rows(`/suspense-items?importBatchId=${taken.body.id}`);
    expect(item).toMatchObject({
      status: 'open', amountPence: 4_500, receivedOn: '2026-10-26', ageDays: 1, source: 'housing_benefit_file', line: 3, paymentReference: 'HB-UNKNOWN', payerName: 'Nobody N', reference: 'SUS-000001',
    });
    await femi.did(`/suspense-items/${item!.id}/propose-resolution`, { rentAccountId: sam.accountId, reason: 'The council rang.' });
    const alone = await femi.post(`/suspense-items/${item!.id}/approve-resolution`);
    expect([alone.status, alone.body['code']]).toEqual([403, 'SOD']);
    expect(await receipts(sam.accountId)).toEqual([]);
    // A week goes by: the money keeps the day on which it came.
    expect((await priya.call('PUT', '/api/v1/clock', { now: '2026-11-03T09:00:00Z' })).status).toBe(200);
    expect(await femi.row(`/suspense-items/${item!.id}`)).toMatchObject({ status: 'proposed', ageDays: 8 });
    await priya.did(`/suspense-items/${item!.id}/approve-resolution`);
    expect(await receipts(sam.accountId)).toMatchObject([{ amountPence: 4_500, receivedOn: '2026-10-26', method: 'housing_benefit', payer: 'hb', externalRef: 'P-1026 2026-09-28' }]);
    expect(await femi.row(`/suspense-items/${item!.id}`)).toMatchObject({ status: 'resolved', ageDays: null, settledOn: '2026-11-03', rentAccountId: sam.accountId });
    const again = await priya.post(`/suspense-items/${item!.id}/approve-resolution`);
    expect([again.status, again.body['code']]).toEqual([409, 'STATE']);
  }, LONG);

  it('are reported row by row: what is good is posted, what is bad has its line', async () => {
    const before = (await receipts(jordan.accountId)).length;
    const rows = [`2026-10-26,${jordan.reference},15.36,cash,T-1`, `2026-10-26,${jordan.reference},fifteen,cash,T-2`, `2026-11-04,${jordan.reference},1.00,cash,T-3`, `26/10/2026,r1234 5678a,20.00,card,T-4`, ',,,,'];
    const { body, status } = await send(femi, { kind: 'cash', fileName: named('CashFile') }, HEAD + rows.join('\r\n'));
    expect(status).toBe(201);
    expect(await femi.row(`/import-batches/${body.id}`)).toMatchObject({ status: 'partial', rows: 5, postedRows: 2, postedPence: 3_536, rejectedRows: 3 });
    expect((await rowsOf(femi, body.id, '&outcome=rejected')).map((one) => [one['line'], one['code']])).toEqual([[3, 'amount'], [4, 'date_future'], [6, 'date']]);
    expect(await receipts(jordan.accountId)).toHaveLength(before + 2);
  });

  it('of Housing Benefit name accounts by the council’s reference of the claim, too', async () => {
    await femi.did(`/rent-accounts/${sam.accountId}/record-hb-claim`, { on: '2026-09-01', from: '2026-09-01', weeklyPence: 10_000, claimReference: 'hb/77 001' });
    const { body } = await send(femi, { kind: 'housing_benefit', fileName: named('HousingBenefitFile') }, 'date,claim,amount,payment\n2026-10-26,HB/77001,12.34,P-77\n');
    expect(await rowsOf(femi, body.id)).toMatchObject([{ outcome: 'posted', rentAccountId: sam.accountId, amountPence: 1_234 }]);
  });

  it('post a payment once, in however many files it comes', async () => {
    const rows = [`2026-10-20,${sam.reference},7.77,bank_transfer,BANK-7`, '2026-10-20,NOBODY-1,8.88,bank_transfer,BANK-8'];
    await send(femi, { kind: 'cash', fileName: named('CashFile') }, HEAD + rows.join('\n'));
    const again = await send(femi, { kind: 'cash', fileName: named('CashFile') }, `${HEAD}${rows.join('\n')}\n2026-10-20,${sam.reference},9.99,bank_transfer,BANK-9\n`);
    expect(await femi.row(`/import-batches/${again.body.id}`)).toMatchObject({ status: 'completed', postedRows: 1, postedPence: 999, repeatedRows: 2, suspendedRows: 0 });
    expect((await receipts(sam.accountId)).filter((one) => one['amountPence'] === 777)).toHaveLength(1);
    expect(await femi.rows('/suspense-items?amountPence=888')).toHaveLength(1);
  });

  it('of banks are read as camt.053 and MT940', async () => {
    const swift = await send(femi, { kind: 'mt940', fileName: 'statement.sta' }, fixture('statement.sta'));
    expect(await femi.row(`/import-batches/${swift.body.id}`)).toMatchObject({ status: 'partial', rows: 5, postedRows: 2, postedPence: 2_650, suspendedRows: 1, suspendedPence: 10_000, skippedRows: 1, rejectedRows: 1 });
    const xml = await send(femi, { kind: 'camt053', fileName: 'statement.xml', headers: { 'content-type': 'application/xml' } }, fixture('statement.xml'));
    expect(await femi.row(`/import-batches/${xml.body.id}`)).toMatchObject({ status: 'partial', rows: 8, postedRows: 2, postedPence: 4_150, suspendedRows: 1, suspendedPence: 4_000, skippedRows: 2, rejectedRows: 3 });
    expect((await receipts(jordan.accountId)).filter((one) => one['amountPence'] === 2_150).map((one) => one['externalRef']).sort()).toEqual(['A-1', 'B26102600001']);
  });

  it('come within JSON too, and as mutations', async () => {
    const content = `${HEAD}2026-10-21,${sam.reference},1.01,cash,J-1\n`;
    const body = { kind: 'cash', fileName: named('CashFile'), content };
    const done = await femi.did('/import-batches', body);
    expect(await femi.row(`/import-batches/${done.id}`)).toMatchObject({ status: 'completed', postedPence: 101 });
    const { data, errors } = await femi.graphql<{ startImport: { id: string } }>('mutation ($input: StartImportInput!) { startImport(input: $input) { id } }', { input: { ...body, fileName: named('CashFile'), content: content.replace('J-1', 'J-2') } });
    expect(errors).toBeUndefined();
    expect(await through(femi, data.startImport.id)).toMatchObject({ postedPence: 101 });
  });

  it('are described with the types of body that they may have', async () => {
    const { body } = await femi.call<{ paths: Record<string, { post: { parameters: { name?: string }[]; requestBody: { content: object } } }> }>('GET', '/api/openapi.json');
    const { parameters, requestBody } = body.paths['/api/v1/import-batches']!.post;
    expect(parameters.flatMap(({ name }) => name ?? [])).toEqual(['kind', 'fileName']);
    expect(Object.keys(requestBody.content)).toEqual(expect.arrayContaining(['application/json', 'application/octet-stream', 'text/csv', 'application/xml']));
  });

  it('are taken in once under one key, and as one of many that are sent at once', async () => {
    const file = { kind: 'cash', fileName: named('CashFile'), headers: { 'idempotency-key': randomUUID() } };
    const content = `${HEAD}2026-10-22,${sam.reference},2.02,cash,K-1\n`;
    const first = await send(femi, file, content);
    const second = await send(femi, file, content);
    expect([first.status, second.status, second.body.id, second.headers.get('idempotency-replayed')]).toEqual([201, 201, first.body.id, 'true']);
    const other = await send(femi, file, content.replace('2.02', '2.03'));
    expect([other.status, other.body['code']]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);

    const names = Array.from({ length: 6 }, () => named('CashFile'));
    const racing = await Promise.all(names.map((fileName) => send(femi, { kind: 'cash', fileName }, `${HEAD}2026-10-23,${sam.reference},3.03,cash,L-1\n`)));
    expect(racing.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    expect((await receipts(sam.accountId)).filter((one) => one['amountPence'] === 303)).toHaveLength(1);
    const same = named('CashFile');
    const byName = await Promise.all(Array.from({ length: 6 }, (_, index) => send(femi, { kind: 'cash', fileName: same }, `${HEAD}2026-10-23,${sam.reference},4.04,cash,M-${index}\n`)));
    expect(byName.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
  }, LONG);

  it('are refused whole where they are not what they are said to be, and nothing of them is kept', async () => {
    const refused = async (sending: { kind: string; fileName: string }, content: string | Uint8Array): Promise<unknown[]> => {
      const { status, body, headers } = await send(femi, sending, content);
      const location = headers.get('location');
      return [status, body['code'], location && (await through(femi, location.slice('/api/v1/import-batches/'.length)))['rejection']];
    };
    expect(await refused({ kind: 'cash', fileName: 'cash.txt' }, HEAD)).toEqual([422, 'IMP-1', 'bad_name']);
    expect(await refused({ kind: 'cash', fileName: named('CashFile') }, '')).toEqual([422, 'IMP-2', 'empty']);
    expect(await refused({ kind: 'cash', fileName: named('CashFile') }, '\ufeff \r\n')).toEqual([422, 'IMP-2', 'empty']);
    expect(await refused({ kind: 'cash', fileName: named('CashFile') }, HEAD)).toEqual([422, 'IMP-2', 'empty']);
    expect(await refused({ kind: 'cash', fileName: named('CashFile') }, 'a,b\n1,2\n')).toEqual([422, 'IMP-3', 'unreadable']);
    expect(await refused({ kind: 'cash', fileName: named('CashFile') }, Buffer.from(HEAD, 'utf16le'))).toEqual([422, 'IMP-3', 'unreadable']);
    expect(await refused({ kind: 'camt053', fileName: 'other.xml' }, '<!DOCTYPE a><a/>')).toEqual([422, 'IMP-3', 'unreadable']);
    expect(await refused({ kind: 'mt940', fileName: 'other.sta' }, 'hello')).toEqual([422, 'IMP-3', 'unreadable']);
    expect((await send(femi, { kind: 'letters', fileName: 'x' }, 'x')).status).toBe(400);
    expect((await femi.call('POST', '/api/v1/import-batches?kind=cash', HEAD, { 'content-type': 'text/csv' })).status).toBe(400);
    expect((await femi.call('POST', '/api/v1/residents', HEAD, { 'content-type': 'text/csv' })).status).toBe(415);
  });

  it('may have a byte order mark, the ends of lines of any system, and the letters of Windows', async () => {
    const line = (transaction: string, name: string): string => `date,reference,amount,transaction,payer\r\n2026-10-19,NOBODY-2,5.05,${transaction},${name}\r\n`;
    const utf8 = await send(femi, { kind: 'cash', fileName: named('CashFile') }, `\ufeff${line('W-1', 'Zoë Łuczak')}`);
    const windows = await send(femi, { kind: 'cash', fileName: named('CashFile') }, Buffer.from(line('W-2', 'Zo\xeb O\x92Neil'), 'latin1'));
    expect([await femi.row(`/import-batches/${utf8.body.id}`), await femi.row(`/import-batches/${windows.body.id}`)]).toMatchObject([{ encoding: 'utf_8', suspendedRows: 1 }, { encoding: 'windows_1252', suspendedRows: 1 }]);
    expect((await femi.rows('/suspense-items?amountPence=505&sort=createdAt')).map((one) => one['payerName']).sort()).toEqual(['Zoë O’Neil', 'Zoë Łuczak']);
  });

  it('are of no use to who may not import, and seen by nobody else’s organisation', async () => {
    const { caller: keyWorker } = await ours.member('key_worker');
    const refused = await send(keyWorker, { kind: 'cash', fileName: named('CashFile') }, HEAD);
    expect([refused.status, refused.body['code']]).toEqual([403, 'FORBIDDEN']);
    const anyone = await fetch(`${product.baseUrl}/api/v1/import-batches?kind=cash&fileName=x`, { method: 'POST', headers: { 'content-type': 'text/csv' }, body: HEAD });
    expect(anyone.status).toBe(401);
  });

  it('by the command line are posted by the product that runs', async () => {
    const path = join(at.dataDir, 'HousingBenefitFile20261102.dat');
    writeFileSync(path, `date,claim,amount,payment\n2026-11-02,${sam.reference},11.11,P-1102\n`);
    // In a shell that knows nothing of the clock of the product: it is that clock's time all the same.
    const printed = await at.command(['import', '--organization', ours.id, '--kind', 'housing_benefit', '--json', path], { CLOCK_CONTROL: 'off' });
    const batch = JSON.parse(printed.output.trim().split('\n').at(-1)!) as Json;
    expect(batch).toMatchObject({ status: 'completed', rows: 1, postedRows: 1, postedPence: 1_111 });
    const { now } = (await femi.row('/clock')) as unknown as { now: string };
    expect(await femi.row(`/import-batches/${batch.id}`)).toMatchObject({ createdAt: now });
    const twice = await at.command(['import', '--organization', ours.id, '--kind', 'housing_benefit', path]);
    expect([twice.code, twice.output]).toEqual([1, expect.stringContaining('INT-5')]);
    const wrong = await at.command(['import', '--organization', ours.id, '--kind', 'letters', path]);
    expect([wrong.code, wrong.output]).toEqual([2, expect.stringContaining('--kind is one of')]);
    const nobody = await at.command(['import', '--organization', randomUUID(), '--kind', 'housing_benefit', path]);
    expect([nobody.code, nobody.output]).toEqual([1, expect.stringContaining('no such organisation')]);
  }, LONG);

  it('leave nothing of their content behind, and can be told anew from the log', async () => {
    const admin = new pg.Client({ connectionString: at.databases.adminUrl });
    await admin.connect();
    try {
      expect((await admin.query('select from app.import_parts')).rowCount).toBe(0);
    } finally {
      await admin.end();
    }
    await auditJoins(at, ours);
    await unknownElsewhere(ours, (await organisation(at, product.baseUrl, 'Elsewhere')).owner);
    await rebuiltEqualsLive(at);
  }, LONG);
});
