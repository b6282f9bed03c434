import { afterAll, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Caller, Json } from '../support/caller.js';
import type { Installation } from '../support/product.js';

interface Told { readonly checks: { check: string }[]; readonly items: { check: string; id: string; what: string }[] }

/** That the records of the demo organisation agree with each other, and that it is noticed where they do not. */
export function consistencySpecs(at: () => Installation, signIn: () => Promise<Caller>): void {
  let auditor: Caller;
  let admin: pg.Client;
  const told = async (): Promise<Told> => (await auditor.row('/consistency')) as unknown as Told;
  /** Physical table of a read table that is in use. */
  const table = async (name: string): Promise<string> =>
    (await admin.query<{ name: string }>("select format('read.%I', max(table_name)) as name from information_schema.tables where table_schema = 'read' and table_name ~ ('^' || $1 || '__[0-9]+$')", [name])).rows[0]!.name;
  /** Checks that find something after a row was changed by hand; the row is as it was afterwards. */
  const afterTampering = async (name: string, change: (physical: string, id: string) => string, where = 'true'): Promise<string[]> => {
    const physical = await table(name);
    const { rows: [row] } = await admin.query<{ id: string; whole: object }>(`select id, to_jsonb(t) as whole from ${physical} t where ${where} order by id limit 1`);
    await admin.query(change(physical, row!.id));
    const found = [...new Set((await told()).items.map(({ check }) => check))];
    const { rows: columns } = await admin.query<{ column_name: string }>("select column_name from information_schema.columns where format('read.%I', table_name) = $1 and is_generated = 'NEVER'", [physical]);
    const names = columns.map(({ column_name: column }) => `"${column}"`).join(', ');
    await admin.query(`delete from ${physical} where id = $1`, [row!.id]);
    await admin.query(`insert into ${physical} (${names}) select ${names} from jsonb_populate_record(null::${physical}, $1)`, [row!.whole]);
    return found.sort();
  };

  const folder = mkdtempSync(join(tmpdir(), 'yuthub-holidays-'));

  const withAdmin = async (work: () => Promise<void>): Promise<void> => {
    admin = new pg.Client({ connectionString: at().databases.adminUrl });
    await admin.connect();
    await work().finally(() => admin.end());
  };
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has records that agree with each other, and the operator is told the same', async () => {
    auditor = await signIn();
    const { checks, items } = await told();
    expect(items).toEqual([]);
    expect(checks.length).toBeGreaterThanOrEqual(17);
    const [organization] = await auditor.rows('/organizations');
    expect(JSON.parse(await at().cli('consistency', '--organization', (organization as Json).id, '--json'))).toEqual([]);
  });

  it('takes a published file of bank holidays from the operator, whole years or not at all', async () => {
    const [{ id }] = (await auditor.rows('/organizations')) as [Json];
    const file = (name: string, dates: readonly string[]): string => {
      const path = join(folder, name);
      writeFileSync(path, JSON.stringify({ 'england-and-wales': { events: dates.map((date) => ({ date })) } }));
      return path;
    };
    const take = (path: string) => at().command(['bank-holidays', 'import', '--organization', id, '--file', path]);
    const before = await auditor.rows('/bank-holidays?limit=500');
    expect(before.map(({ date }) => date)).toEqual(expect.arrayContaining(['2026-12-28', '2028-12-26']));
    expect(await take(file('gap.json', ['2026-12-25', '2028-12-25']))).toMatchObject({ code: 1, output: expect.stringContaining('a year without a bank holiday') });
    expect(await take(join(folder, 'none.json'))).toMatchObject({ code: 1, output: expect.stringContaining('no such file') });
    expect(await take(file('more.json', [...before.map(({ date }) => String(date)), '2029-01-01']))).toMatchObject({ code: 0 });
    expect(await take(file('more.json', [...before.map(({ date }) => String(date)), '2029-01-01']))).toMatchObject({ code: 0, output: expect.stringContaining('already') });
  });

  it('is found out where a row was changed or deleted by hand', () => withAdmin(async () => {
    expect(await afterTampering('rent_ledger', (physical, id) => `delete from ${physical} where id = '${id}'`)).toContain('ledger');
    expect(await afterTampering('rent_payments', (physical, id) => `update ${physical} set outstanding_balance_pence = outstanding_balance_pence + 1 where id = '${id}'`)).toEqual(['demands']);
    expect(await afterTampering('room_occupancies', (physical, id) => `delete from ${physical} where id = '${id}'`, "from_date is distinct from to_date and placement_id in (select placement_id from read.room_occupancies group by 1 having count(*) = 1)")).toContain('stays');
    const lives = "status in ('active', 'at_risk')";
    expect(await afterTampering('residents', (physical, id) => `update ${physical} set key_worker_id = null where id = '${id}'`, lives)).toEqual(['key-worker']);
    expect(await afterTampering('residents', (physical, id) => `update ${physical} set status = 'moved_out' where id = '${id}'`, lives)).toContain('occupied-units');
    expect(await afterTampering('tenancy_agreements', (physical, id) => `update ${physical} set status = 'terminated' where id = '${id}'`, "status = 'active'")).toEqual(['agreement']);
    expect(await afterTampering('property_rooms', (physical, id) => `update ${physical} set capacity = 0 where id = '${id}'`, 'id in (select room_id from read.room_occupancies where to_date is null)')).toContain('beds');
    expect(await afterTampering('risk_assessments', (physical, id) => `update ${physical} set status = 'superseded' where id = '${id}'`, "status = 'active' and resident_id in (select id from read.residents where status in ('active', 'at_risk'))")).toEqual(['risk-assessment']);
    expect(await afterTampering('rent_accounts', (physical, id) => `update ${physical} set status = 'former' where id = '${id}'`, "status = 'active'")).toEqual(['rent-account']);
    const taken = 'to_date is null and from_date < current_date';
    expect(await afterTampering('room_occupancies', (physical, id) => `update ${physical} set resident_id = (select resident_id from ${physical} where ${taken} and id <> '${id}' limit 1) where id = '${id}'`, taken)).toContain('one-bed');
    expect(await afterTampering('rent_ledger', (physical, id) => `update ${physical} set balance_pence = balance_pence - 1 where id = '${id}'`)).toEqual(['running-balance']);
    expect(await afterTampering('financial_postings', (physical, id) => `delete from ${physical} where id = '${id}'`)).toEqual(['books']);
    expect(await afterTampering('core_logs', (physical, id) => `delete from ${physical} where id = '${id}'`)).toEqual(['core-log']);
    const lastOfRoom = 'id in (select last_event_id from read.property_rooms)';
    expect(await afterTampering('audit_trail', (physical, id) => `delete from ${physical} where id = '${id}'`, lastOfRoom)).toEqual(['trail']);
    const middle = "event_type = 'RentCharged' and id not in (select last_event_id from read.rent_accounts)";
    expect(await afterTampering('audit_trail', (physical, id) => `update ${physical} set old_values = old_values || '{"balancePence": 1}' where id = '${id}'`, middle)).toEqual(['joined-trail']);
    const notYetDue = "rule_code = 'UK-R1' and outcome is null";
    expect(await afterTampering('deadlines', (physical, id) => `update ${physical} set due_at = now() - interval '2 days' where id = '${id}'`, notYetDue)).toEqual(['statutory']);
    const [{ id: organization }] = (await auditor.rows('/organizations')) as [Json];
    const cash = join(folder, 'CashFile20261026.dat');
    writeFileSync(cash, 'date,reference,amount,transaction\n2026-10-26,NOBODY,1.00,T1\n');
    expect(await at().command(['import', '--organization', organization, '--kind', 'cash', '--wait', '100', cash])).toMatchObject({ code: 0, output: expect.stringContaining('completed') });
    expect(await afterTampering('import_batch_rows', (physical, id) => `delete from ${physical} where id = '${id}'`)).toEqual(['import-rows']);
    expect((await told()).items).toEqual([]);
  }), 180_000);
}
