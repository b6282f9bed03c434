import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { appendFileSync, cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { OwnEvents } from '../../src/custody/own-events.js';
import { PortableLog } from '../../src/custody/portable-log.js';
import type { RecordedEvent } from '../../src/event-store/event-store.js';
import { jsonOf } from '../../src/event-store/metadata.js';
import { restoreBackup } from '../../src/custody/restore.js';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres-event-store.js';
import { Keyring, opensOrganizationKey } from '../../src/privacy/keyring.js';
import { rowsIn, TEST_MASTER_KEY } from '../support/databases.js';
import { StandIn } from '../support/eventstoredb/stand-in.js';
import type { Caller } from '../support/caller.js';
import { installation, type Installation, type RunningProduct } from '../support/product.js';
import { CLOCK_START, FIRST_DAY, house, type House, type Lodger } from './house.js';
import { Chance, Load } from './load.js';
import type { Answered } from './oracle.js';
import { Oracle } from './oracle.js';

const LONG = 300_000;
const folders = mkdtempSync(join(tmpdir(), 'yuthub-backup-'));
afterAll(() => rmSync(folders, { recursive: true, force: true }));

async function eventsIn(folder: string): Promise<RecordedEvent[]> {
  const reader = new OwnEvents(new PortableLog(join(folder, 'log.ndjson.gz')), 0);
  const found: RecordedEvent[] = [];
  for (let event; (event = await reader.next()); ) found.push(event);
  return found;
}

const LOGS = ['PostgreSQL', 'EventStoreDB'] as const;

describe.each(LOGS)('a backup of an installation at work, its log in %s', (log) => {
  const folder = join(folders, `of-${log}`);
  let node: StandIn | undefined;
  let at: Installation;
  let product: RunningProduct;
  let home: House;
  let load: Load;
  let dpo: Caller;
  let erased: string;
  /** What people had been told of before the backup was asked for. */
  let answered: Answered[];
  const others: (() => Promise<void>)[] = [];

  /** Somebody whose data may go at once: they never moved in. */
  const erase = async ({ residentId }: Pick<Lodger, 'residentId'>): Promise<void> => {
    const key = { 'idempotency-key': randomUUID() };
    let answer = await dpo.post(`/residents/${residentId}/erase`, {}, key);
    // It asks the read tables, which are behind the log while others are at work.
    while (answer.body['code'] === 'NOT_YET') answer = await dpo.post(`/residents/${residentId}/erase`, {}, key);
    if (answer.status >= 300) throw new Error(`The erasure was answered ${answer.status}: ${answer.text}`);
  };
  const applicants = async (count: number): Promise<Pick<Lodger, 'residentId'>[]> =>
    Promise.all(Array.from({ length: count }, async (_, n) => {
      const made = await home.manager.did('/residents', { firstName: `Gone ${n}`, lastName: 'Erskine', dateOfBirth: '2006-05-02' });
      return { residentId: made.id };
    }));

  beforeAll(async () => {
    if (log === 'EventStoreDB') node = await StandIn.start();
    at = await installation({ CLOCK_START, ...(node ? { EVENTSTORE_URL: node.connectionString } : {}) });
    product = await at.start();
    home = await house(at, product.baseUrl);
    dpo = (await home.organisation.member('dpo')).caller;
    const rooms = await Promise.all(Array.from({ length: 6 }, () => home.room()));
    load = new Load(home, await home.lodgers(12), rooms, new Chance(4711), FIRST_DAY);
    erased = (await applicants(1))[0]!.residentId;
    await dpo.did(`/residents/${erased}/erase`);
    const going = await applicants(8);
    load.start([product.baseUrl], 4);
    // Something of every kind is there before the backup begins.
    while (load.done.length < 40) await delay(20);
    answered = [...load.answered];
    const erasing = (async () => {
      for (const one of going) await erase(one);
    })();
    await at.cli('backup', '--to', folder);
    await erasing;
    const before = load.done.length;
    while (load.done.length < before + 10) await delay(20);
    await load.pause();
    await load.settle([product.baseUrl]);
  }, LONG);
  afterAll(async () => {
    for (const close of others.reverse()) await close();
    await at.remove();
    node?.stop();
  }, LONG);

  it('keeps nobody from working', () => expect(load.broken).toEqual([]));

  it('has everything that anybody had been told of', async () => {
    const inBackup = new Map((await eventsIn(folder)).map(({ stream, revision, type }) => [`${stream} ${revision}`, type]));
    const lacking = (those: readonly Answered[]): Answered[] => those.filter(({ stream, revision, type }) => inBackup.get(`${stream} ${revision}`) !== type);
    expect(lacking(answered)).toEqual([]);
    // And it is of one moment: people went on.
    expect(lacking(load.answered).length).toBeGreaterThan(0);
  });

  it('does not hold the master key, nor anything that it opens', () => {
    for (const name of readdirSync(folder)) {
      const bytes = readFileSync(join(folder, name));
      for (const form of ['base64', 'hex', 'latin1'] as const) expect(bytes.includes(TEST_MASTER_KEY.toString(form), 0, 'latin1')).toBe(false);
    }
  });

  // A log that moves the other way is copied: the specs of moving house do that.
  it.each(log === 'PostgreSQL' ? LOGS : (['EventStoreDB'] as const))('is restored with its log in %s: every row is what its events say, and the product goes on', async (target) => {
    const other = target === 'EventStoreDB' ? await StandIn.start() : undefined;
    const env = other ? { EVENTSTORE_URL: other.connectionString } : { EVENTSTORE_URL: '' };
    const there = await installation({ CLOCK_START, CLAIM_GRACE_MS: '300', ...env });
    others.push(async () => {
      await there.remove();
      other?.stop();
    });
    const restored = await there.command(['restore', '--from', folder]);
    expect([restored.code, restored.output]).toEqual([0, expect.stringContaining('Every row is what its events say')]);

    const running = await there.start();
    // Whoever was signed in signs in again; passwords, tokens and rights are those of before.
    const owner = home.owner.at(running.baseUrl);
    expect((await owner.get('/users')).status).toBe(401);
    // What waited for the processes is done, once; where the log is in PostgreSQL it is told from outside.
    if (!other) {
      const oracle = await Oracle.open(there.databases);
      try {
        await oracle.claimsSettled();
        await oracle.quiesce();
        expect(await oracle.violations()).toEqual([]);
        const events = await oracle.events();
        const decided = events.filter(({ type }) => type === 'ResidentErasureDecided').map(({ stream }) => stream);
        const done = events.filter(({ type }) => type === 'ResidentPersonalDataErased').map(({ stream }) => stream);
        expect(done.sort()).toEqual(decided.sort());
        expect(decided).toContain(`resident-${erased}`);
      } finally {
        await oracle.close();
      }
    }
    const gone = await rowsIn<{ first_name: string | null }>(there.databases.adminUrl, `select first_name from read.residents where id = '${erased}'`);
    expect(gone).toEqual([{ first_name: '[erased]' }]);
    await house(there, running.baseUrl);
    expect((await there.command(['projections', 'verify'])).code).toBe(0);
    await running.stop();
  }, LONG);
});

describe('a backup', () => {
  const folder = join(folders, 'small');
  let at: Installation;
  let residentId: string;
  const opened: Installation[] = [];
  const empty = async (): Promise<Installation> => {
    const made = await installation({ CLOCK_START });
    opened.push(made);
    return made;
  };
  /** The same backup, with something done to it. */
  const spoilt = (name: string, spoil: (folder: string) => void): string => {
    const copy = join(folders, name);
    cpSync(folder, copy, { recursive: true });
    spoil(copy);
    return copy;
  };

  beforeAll(async () => {
    at = await empty();
    const product = await at.start();
    const home = await house(at, product.baseUrl);
    const resident = await home.manager.did('/residents', { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' });
    residentId = resident.id;
    await at.cli('backup', '--to', folder);
    await product.stop();
  }, LONG);
  afterAll(async () => {
    for (const one of opened) await one.remove();
  }, LONG);

  it('goes into an empty folder only', async () => {
    const { code, output } = await at.command(['backup', '--to', folder]);
    expect([code, output]).toEqual([1, expect.stringContaining('is not empty')]);
  }, LONG);

  it('says how much it holds, and that the master key is not in it', async () => {
    const output = await at.cli('backup', '--to', join(folders, 'told'));
    expect(output).toMatch(/\d+ events, \d+ rows and \d+ rows of the keyring/);
    expect(output).toContain('The master key is not.');
  }, LONG);

  const files = ['log.ndjson.gz', 'tables.ndjson.gz', 'keyring.ndjson.gz', 'manifest.json'] as const;
  it.each(files)('with one other byte in its %s is refused, and nothing is put back', async (file) => {
    const damaged = spoilt(`damaged-${file}`, (copy) => {
      const bytes = readFileSync(join(copy, file));
      bytes[bytes.length >> 1]! ^= 1;
      writeFileSync(join(copy, file), bytes);
    });
    const there = await empty();
    const { code, output } = await there.command(['restore', '--from', damaged]);
    expect([code, output]).toEqual([1, expect.stringContaining('the backup is damaged')]);
    expect(await rowsIn(there.databases.adminUrl, 'select from app.restoring')).toEqual([]);
  }, LONG);

  it('that was not finished is refused, and so is one with a file less', async () => {
    const there = await empty();
    const unfinished = spoilt('unfinished', (copy) => rmSync(join(copy, 'manifest.json')));
    expect((await there.command(['restore', '--from', unfinished])).output).toContain('was not finished');
    const less = spoilt('less', (copy) => rmSync(join(copy, 'keyring.ndjson.gz')));
    expect((await there.command(['restore', '--from', less])).output).toContain('lacks its file keyring.ndjson.gz');
    const longer = spoilt('longer', (copy) => appendFileSync(join(copy, 'log.ndjson.gz'), 'x'));
    expect((await there.command(['restore', '--from', longer])).output).toContain('the backup is damaged');
  }, LONG);

  it('is not restored with another master key', async () => {
    // Not by the command line: it would give this server's roles passwords of that key, under everybody else.
    const { databases } = await empty();
    const store = await PostgresEventStore.open({ connectionString: databases.urls.app });
    const { owner, keyringOwner } = databases.urls;
    const opens = (organizationId: string, wrapped: Uint8Array): boolean => opensOrganizationKey(Buffer.alloc(32, 9), organizationId, wrapped);
    const restoring = restoreBackup(folder, { keyring: { from: 'backup' }, keepLog: false }, { owner, keyringOwner, target: { store, keepsOrder: true }, opens });
    await expect(restoring).rejects.toThrow(/MASTER_KEY does not open this keyring/);
    await store.close();
    expect(await rowsIn(keyringOwner, 'select from keyring.dek')).toEqual([]);
  }, LONG);

  it('is restored beside a keyring that somebody has opened, and that holds nothing', async () => {
    const there = await empty();
    const keyring = await Keyring.open({ connectionString: there.databases.urls.keyring, masterKey: TEST_MASTER_KEY });
    await keyring.close();
    expect((await there.command(['restore', '--from', folder, '--keep-keyring'])).output).toContain('it holds nothing');
    expect((await there.command(['restore', '--from', folder])).code).toBe(0);
  }, LONG);

  it('is not restored into databases that are in use', async () => {
    const { code, output } = await at.command(['restore', '--from', folder]);
    expect([code, output]).toEqual([1, expect.stringContaining('in use already')]);
  }, LONG);

  it.each(['restore.keyring:1', 'restore.tables:1', 'copy.appended:1'])('that is cut off at %s is not started on, and goes on when it is restored again', async (point) => {
    const there = await empty();
    expect((await there.command(['restore', '--from', folder], { FAILPOINT: point })).code).toBeNull();
    await expect(there.start()).rejects.toThrow(/A restore into these databases was cut off/);
    const { code, output } = await there.command(['restore', '--from', folder]);
    expect([code, output]).toEqual([0, expect.stringContaining('The product may be started.')]);
    const running = await there.start();
    const [row] = await rowsIn<{ first_name: string }>(there.databases.adminUrl, `select first_name from read.residents where id = '${residentId}'`);
    expect(row).toEqual({ first_name: 'Jordan' });
    await running.stop();
  }, LONG);

  it('holds the ciphertext of what is personal, and none of it in the clear', async () => {
    expect(existsSync(join(folder, 'manifest.json'))).toBe(true);
    const registered = (await eventsIn(folder)).filter(({ type }) => type === 'ResidentRegistered');
    expect(registered.length).toBeGreaterThan(0);
    expect(registered.filter(({ data }) => JSON.stringify(jsonOf(data)).includes('Jordan'))).toEqual([]);
  });
});
