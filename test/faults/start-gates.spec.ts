import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Caller } from '../support/caller.js';
import { MemoryLog } from '../support/eventstoredb/memory-log.js';
import { rowsIn } from '../support/databases.js';
import { StandIn } from '../support/eventstoredb/stand-in.js';
import { installation, organisation, type Installation, type RunningProduct } from '../support/product.js';

const LONG = 300_000;

/** One life with an erasure in it, backed up before and after; what may be put together of that, and what may not. */
describe.each(['PostgreSQL', 'EventStoreDB'])('a keyring and a log in %s that are not of one moment', (log) => {
  const folders = mkdtempSync(join(tmpdir(), 'yuthub-gates-'));
  const [unborn, before, after] = ['unborn', 'before', 'after'].map((name) => join(folders, name)) as [string, string, string];
  let residentId: string;
  const close: (() => Promise<void>)[] = [];
  const empty = async (): Promise<Installation> => {
    const node = log === 'EventStoreDB' ? await StandIn.start() : undefined;
    const made = await installation(node ? { EVENTSTORE_URL: node.connectionString } : {});
    close.push(async () => {
      await made.remove();
      node?.stop();
    });
    return made;
  };
  /** What is shown of the one who was erased. */
  const shown = async ({ databases }: Installation): Promise<unknown> =>
    (await rowsIn<{ first_name: string }>(databases.adminUrl, `select first_name from read.residents where id = '${residentId}'`))[0]?.first_name;
  /** Keys of theirs that open something. */
  const keysOf = async ({ databases }: Installation): Promise<number> =>
    (await rowsIn(databases.urls.keyringOwner, `select from keyring.dek where subject = '${residentId}' and wrapped is not null`)).length;

  beforeAll(async () => {
    const at = await empty();
    const product: RunningProduct = await at.start();
    const ours = await organisation(at, product.baseUrl);
    const [{ caller: manager }, { caller: dpo }] = await Promise.all([ours.member('manager'), ours.member('dpo')]);
    await at.cli('backup', '--to', unborn);
    residentId = (await (manager as Caller).did('/residents', { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' })).id;
    await at.cli('backup', '--to', before);
    await dpo.did(`/residents/${residentId}/erase`);
    expect(await shown(at)).toBe('[erased]');
    // At rest: the erasure is recorded, and every table has it.
    await product.stop();
    const again = await at.start();
    await again.stop();
    await at.cli('backup', '--to', after);
  }, LONG);
  afterAll(async () => {
    for (const one of close.reverse()) await one();
    rmSync(folders, { recursive: true, force: true });
  }, LONG);

  it.each([['the erasure', before, 1], ['the person was known', unborn, 0]] as const)('are refused where the keyring is from before %s, until it has been erased again', async (_, older, keys) => {
    const at = await empty();
    const restored = await at.command(['restore', '--from', after, '--keyring', older]);
    expect([restored.code, restored.output]).toEqual([1, expect.stringContaining('The keyring is older than the log')]);
    expect(await keysOf(at)).toBe(keys);
    await expect(at.start()).rejects.toThrow(/does not know of the erasure that event \d+ of the stream resident-.* records.*keyring -- repeat-erasures/);

    expect(await at.cli('keyring', 'repeat-erasures')).toContain('Carried out again: 1');
    expect(await keysOf(at)).toBe(0);
    expect(await at.cli('keyring', 'repeat-erasures')).toContain('knows of every erasure');
    const product = await at.start();
    // Of a key that was never there nobody knows that it was destroyed: then there is no row at all, but nothing else is said.
    if (older === before) while ((await shown(at)) === undefined) await delay(50);
    expect([undefined, '[erased]']).toContain(await shown(at));
    await product.stop();
  }, LONG);

  it('are taken where the keyring is the newer one: what was erased since stays erased', async () => {
    const at = await empty();
    const restored = await at.command(['restore', '--from', before, '--keyring', after]);
    expect([restored.code, restored.output]).toEqual([0, expect.stringContaining('The product may be started.')]);
    const product = await at.start();
    expect(await shown(at)).toBe('[erased]');
    expect(await keysOf(at)).toBe(0);
    await product.stop();
  }, LONG);

  // What the log lies in makes no difference to the next two.
  const itOnce = log === 'PostgreSQL' ? it : undefined;
  itOnce?.('are refused also where the read tables have long passed the erasure', async () => {
    const at = await empty();
    await at.cli('restore', '--from', after);
    // As a keyring of before has it: the key is there.
    const changed = await rowsIn(at.databases.urls.keyringOwner, `update keyring.dek set wrapped = '\\x00', destroyed_at = null where subject = '${residentId}' returning fp`);
    expect(changed).toHaveLength(1);
    await expect(at.start()).rejects.toThrow(/The keyring is older than the log/);
  }, LONG);

  itOnce?.('are taken where the keyring had stayed where it was, and the rest is put back beside it', async () => {
    const at = await empty();
    await at.cli('restore', '--from', after);
    const { adminUrl } = at.databases;
    const elsewhere = Object.assign(new URL(adminUrl), { pathname: '/postgres' }).href;
    await rowsIn(elsewhere, `drop database "${new URL(adminUrl).pathname.slice(1)}" with (force)`);
    const unasked = await at.command(['restore', '--from', after]);
    expect([unasked.code, unasked.output]).toEqual([1, expect.stringContaining('There is a keyring here already. Keep it with --keep-keyring')]);
    const kept = await at.command(['restore', '--from', after, '--keep-keyring']);
    expect([kept.code, kept.output]).toEqual([0, expect.stringContaining('The product may be started.')]);
    expect(await shown(at)).toBe('[erased]');
  }, LONG);
});

describe('tables that are further than the log', () => {
  let at: Installation;
  let node: StandIn;
  beforeAll(async () => {
    node = await StandIn.start();
    at = await installation({ EVENTSTORE_URL: node.connectionString });
    const product = await at.start();
    await organisation(at, product.baseUrl);
    await product.stop();
    const again = await at.start();
    await again.stop();
  }, LONG);
  afterAll(async () => {
    await at.remove();
    node.stop();
  });

  it.each(['an empty one', 'an older state of it'])('are not worked on: a log that is %s', async (which) => {
    const log = new MemoryLog();
    // The same bytes at the same places, as a server has them whose files were put back from before.
    if (which !== 'an empty one') for (const event of node.log.all.slice(log.all.length, -1)) log.append(event.stream, 'any', [event]);
    const older = await StandIn.start(log);
    try {
      await expect(at.start({ EVENTSTORE_URL: older.connectionString })).rejects.toThrow(/This log lacks event \d+ of the stream .*restore log, tables and keyring together/);
    } finally {
      older.stop();
    }
  }, LONG);

  it('are where they were, and the right log goes on', async () => {
    const product = await at.start();
    await organisation(at, product.baseUrl, 'Newcomers');
    await product.stop();
  }, LONG);
});

describe('databases of a later release', () => {
  let at: Installation;
  beforeAll(async () => {
    at = await installation();
  });
  afterAll(() => at.remove());

  it.each(['owner', 'keyringOwner'] as const)('are left alone, and it is said which release is wanted (%s)', async (whose) => {
    const url = at.databases.urls[whose];
    await rowsIn(url, `insert into migrations.kysely_migration (name, timestamp) values ('9999-of-tomorrow', '2030-01-01')`);
    await expect(at.start()).rejects.toThrow(/The database was made by a later release than this one: it knows 9999-of-tomorrow\. Start that release/);
    const { code, output } = await at.command(['projections', 'status']);
    expect([code, output]).toEqual([1, expect.stringContaining('made by a later release')]);
    await rowsIn(url, `delete from migrations.kysely_migration where name = '9999-of-tomorrow'`);
  }, LONG);

  it('start when nothing of it is left', async () => {
    const product = await at.start();
    expect((await fetch(`${product.baseUrl}/health/ready`)).status).toBe(200);
    await product.stop();
  }, LONG);
});

describe('another master key than that of the keyring', () => {
  let at: Installation;
  beforeAll(async () => {
    at = await installation();
    await (await at.start()).stop();
  }, LONG);
  afterAll(() => at.remove());

  it('is refused, and nobody who works with the right one loses a password by it', async () => {
    await expect(at.start({ MASTER_KEY: Buffer.alloc(32, 8).toString('base64') })).rejects.toThrow(/MASTER_KEY is not the one that this keyring was made with/);
    for (const url of [at.databases.urls.app, at.databases.urls.keyring]) expect(await rowsIn(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  }, LONG);
});
