import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rowsIn } from '../support/databases.js';
import { StandIn } from '../support/eventstoredb/stand-in.js';
import { installation, type Installation } from '../support/product.js';
import { CLOCK_START, house, place } from './house.js';

const LONG = 300_000;

/** The database is gone, the log has stayed and gone on meanwhile: what nobody needs to lose is not lost. */
describe('a backup of what was lost, beside a log that was not', () => {
  let node: StandIn;
  let at: Installation;
  const folders = mkdtempSync(join(tmpdir(), 'yuthub-beside-'));
  const folder = join(folders, 'backup');
  const people = async (): Promise<string[]> =>
    (await rowsIn<{ first_name: string }>(at.databases.adminUrl, 'select first_name from read.residents order by 1')).map((one) => one.first_name);

  beforeAll(async () => {
    node = await StandIn.start();
    at = await installation({ CLOCK_START, EVENTSTORE_URL: node.connectionString });
    const product = await at.start();
    const home = await house(at, product.baseUrl);
    await home.lodgers(2);
    await at.cli('backup', '--to', folder);
    await home.lodgers(1);
    const [lodger] = await home.lodgers(1);
    await home.manager.did('/placements', place(lodger!, await home.room()));
    await product.stop();
    const elsewhere = Object.assign(new URL(at.databases.adminUrl), { pathname: '/postgres' }).href;
    await rowsIn(elsewhere, `drop database "${new URL(at.databases.adminUrl).pathname.slice(1)}" with (force)`);
  }, LONG);
  afterAll(async () => {
    await at.remove();
    node.stop();
    rmSync(folders, { recursive: true, force: true });
  }, LONG);

  it('says that the log has more, and takes it when it is told to', async () => {
    const unasked = await at.command(['restore', '--from', folder, '--keep-keyring']);
    expect([unasked.code, unasked.output]).toEqual([1, expect.stringContaining('that the other one of the two logs does not have')]);
    const kept = await at.command(['restore', '--from', folder, '--keep-keyring', '--keep-log']);
    expect([kept.code, kept.output]).toEqual([0, expect.stringContaining('The product may be started.')]);
    expect(await people()).toEqual(['Lodger 1', 'Lodger 2', 'Lodger 3', 'Lodger 4']);
    const product = await at.start();
    await house(at, product.baseUrl);
    const accounts = await rowsIn<{ count: string }>(at.databases.adminUrl, 'select count(*) from read.rent_accounts');
    expect(accounts).toEqual([{ count: '1' }]);
    await product.stop();
    expect((await at.command(['projections', 'verify'])).code).toBe(0);
  }, LONG);
});
