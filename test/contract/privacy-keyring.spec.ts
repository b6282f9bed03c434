import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { PLATFORM } from '../../src/kernel/entity.js';
import { KeysUnavailable } from '../../src/privacy/codec.js';
import { Keyring, type DataKey } from '../../src/privacy/keyring.js';
import { TEST_MASTER_KEY } from '../support/databases.js';
import {
  catalogue,
  destination,
  ELSEWHERE,
  ORGANISATION,
  PersonChanged,
  PersonMet,
  privacyWorld,
  readBack,
  written,
  type PrivacyWorld,
} from './privacy-world.js';
import { EventCodec } from '../../src/privacy/event-codec.js';
import type { RecordedEvent } from '../../src/event-store/event-store.js';

const change = PersonChanged.of({ name: 'Ann', secret: 'x' });
const named = (subject: string) => ({ organizationId: ORGANISATION, subject, scope: 'identity' as const });

describe('the keyring', () => {
  let world: PrivacyWorld;
  let app: pg.Client;
  let owner: pg.Client;
  beforeAll(async () => {
    world = await privacyWorld();
    app = new pg.Client({ connectionString: world.databases.urls.keyring });
    owner = new pg.Client({ connectionString: world.databases.urls.keyringOwner });
    await Promise.all([app.connect(), owner.connect()]);
  });
  afterAll(async () => {
    await Promise.all([app.end(), owner.end()]);
    await world.remove();
  });

  it('lets the application’s role call its functions and touch no table', async () => {
    const { rows: tables } = await owner.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'keyring'::regnamespace and relkind = 'r'`,
    );
    expect(tables.map(({ name }) => name).sort()).toEqual([
      'dek',
      'erasure_ledger',
      'fence',
      'kek_epoch',
      'ledger_head',
    ]);
    for (const { name } of tables) {
      await expect(app.query(`select * from keyring.${name}`)).rejects.toThrow(/permission denied/);
      await expect(app.query(`delete from keyring.${name}`)).rejects.toThrow(/permission denied/);
    }
    const { rows } = await app.query<{ name: string; may: boolean; definer: boolean; path: string | null }>(
      `select proname as name, has_function_privilege(oid, 'execute') as may, prosecdef as definer, array_to_string(proconfig, ',') as path
         from pg_proc where pronamespace = 'keyring'::regnamespace order by 1`,
    );
    expect(rows.filter(({ may }) => may).map(({ name }) => name)).toEqual([
      'add_kek',
      'fence_and_destroy',
      'get_deks',
      'get_keks',
      'get_or_add',
      'known_erasures',
      'ledger_broken_at',
    ]);
    for (const { name, may, definer, path } of rows)
      expect([name, path, definer]).toEqual([name, 'search_path=pg_catalog, pg_temp', may]);
    await expect(app.query('select keyring.subject_lock($1, $1)', [randomUUID()])).rejects.toThrow(/permission denied/);
  });

  it('gives one key for each person, scope and organisation, whoever asks first', async () => {
    const [subject, other] = [randomUUID(), randomUUID()];
    const askers = [world.keyring, (await world.another()).keyring, (await world.another()).keyring];
    const wanted = [
      named(subject),
      { ...named(subject), scope: 'health' as const },
      named(other),
      { ...named(subject), organizationId: ELSEWHERE },
    ];
    const answers = await Promise.all(
      askers.flatMap((keyring) => [keyring.toSeal(wanted), keyring.toSeal([...wanted].reverse())]),
    );
    const first = answers[0]!.map(({ fingerprint }) => fingerprint);
    expect(new Set(first).size).toBe(4);
    answers.forEach((keys, index) => {
      const ordered = index % 2 ? [...keys].reverse() : keys;
      expect(ordered.map(({ fingerprint }) => fingerprint)).toEqual(first);
      expect(ordered.map(({ key }) => key.export().toString('hex'))).toEqual(
        answers[0]!.map(({ key }) => key.export().toString('hex')),
      );
    });
  });

  it('gives thousands at once as it gives one, and knows of each when it is destroyed', async () => {
    const subjects = Array.from({ length: 1_100 }, () => randomUUID());
    const made = await world.keyring.toSeal(subjects.map(named));
    const fingerprints = made.map(({ fingerprint }) => fingerprint);
    const { keyring } = await world.another();
    const opened = async () => [...(await keyring.toOpen(fingerprints)).values()];
    expect((await opened()).map(({ key }) => key.export().toString('hex'))).toEqual(made.map(({ key }) => key.export().toString('hex')));
    await world.keyring.destroy({ erasureId: randomUUID(), organizationId: ORGANISATION, subject: subjects[7]!, scopes: ['identity'] });
    expect((await opened()).map(({ destroyed }) => destroyed)).toEqual(subjects.map((_, index) => index === 7));
  });

  it('opens nothing without the master key that it was made with', async () => {
    const at = destination();
    await written(world.codec, change, at);
    const connectionString = world.databases.urls.keyring;
    await expect(Keyring.open({ connectionString, masterKey: randomBytes(32) })).rejects.toThrow(/another master key/);
    await expect(Keyring.open({ connectionString, masterKey: randomBytes(16) })).rejects.toThrow(KeysUnavailable);
    const [{ key }] = (await world.keyring.toSeal([named(at.entityId)])) as [DataKey];
    const everything = await owner.query<{ row: string }>(
      'select d::text || k::text as row from keyring.dek d, keyring.kek_epoch k',
    );
    expect(everything.rows.length).toBeGreaterThan(0);
    for (const { row } of everything.rows)
      for (const secret of [key.export(), TEST_MASTER_KEY]) expect(row).not.toContain(secret.toString('hex'));
  });

  it('opens no key that was moved to another person in its own tables', async () => {
    const [mine, yours] = [randomUUID(), randomUUID()];
    const stored = await written(world.codec, change, destination({ entityId: mine }));
    await world.keyring.toSeal([named(yours)]);
    await owner.query(
      'update keyring.dek set wrapped = (select wrapped from keyring.dek where subject = $2 and scope = $3) where subject = $1 and scope = $3',
      [mine, yours, 'identity'],
    );
    await expect(readBack((await world.another()).codec, stored)).rejects.toThrow(KeysUnavailable);
  });

  it('asks again for what it no longer keeps in memory', async () => {
    let now = 0;
    const { codec, keyring } = await world.another({ cached: 3, cachedMs: 1_000, now: () => now });
    const events = await Promise.all(Array.from({ length: 8 }, () => written(codec, change, destination())));
    const shown = await Promise.all(events.map((stored) => readBack(codec, stored)));
    expect(shown).toEqual(events.map(() => ({ name: 'Ann', secret: 'x' })));
    const together = await codec.unseal(events.map((stored) => codec.decode(stored)!.event));
    expect(together.map((event) => ({ ...event }))).toEqual(shown);
    now = 5_000;
    expect(await readBack(codec, events[7]!)).toEqual({ name: 'Ann', secret: 'x' });
    await keyring.close();
    await expect(readBack(codec, events[7]!)).rejects.toThrow(KeysUnavailable);
  });

  it('never writes in clear while its database is away, and comes back with it', async () => {
    const { codec } = await world.another();
    const at = destination();
    const stored = await written(codec, change, at);
    await owner.query('revoke execute on all functions in schema keyring from yuthub_keyring_app');
    await expect(written(codec, change, at)).rejects.toThrow(KeysUnavailable);
    await expect(readBack(codec, stored)).rejects.toThrow(KeysUnavailable);
    expect(codec.decode(stored)!.event).toBeInstanceOf(PersonChanged);
    expect(await written(codec, PersonChanged.of({ rentPence: 1 }), at)).toBeDefined();
    await owner.query(
      `grant execute on function keyring.get_keks(uuid[]), keyring.add_kek(uuid, bytea), keyring.get_deks(bigint, text[]),
         keyring.get_or_add(uuid[], uuid[], text[], integer[], bytea[], text[]), keyring.fence_and_destroy(uuid, uuid, uuid, text[]),
         keyring.ledger_broken_at() to yuthub_keyring_app`,
    );
    expect(await readBack(codec, stored)).toEqual({ name: 'Ann', secret: 'x' });
  });

  it('does not notice that all its connections were cut', async () => {
    const { codec } = await world.another();
    const stored = await written(codec, change, destination());
    await Promise.all(Array.from({ length: 3 }, () => world.another()));
    await app.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where usename = current_user and datname = current_database() and pid <> pg_backend_pid()',
    );
    expect(await readBack(codec, stored)).toEqual({ name: 'Ann', secret: 'x' });
    expect(await written(codec, change, destination())).toBeDefined();
  });

  it('finds an exact value blindly: in one organisation, by one field, however it is typed', () => {
    const { keyring } = world;
    const index = keyring.blindIndex(ORGANISATION, 'nhsNumber', '4010232137');
    expect(index).toMatch(/^[0-9a-f]{32}$/);
    for (const typed of ['401 023 2137', ' 401-023-2137 ', '４０１０２３２１３７'])
      expect(keyring.blindIndex(ORGANISATION, 'nhsNumber', typed)).toBe(index);
    const others = [
      keyring.blindIndex(ELSEWHERE, 'nhsNumber', '4010232137'),
      keyring.blindIndex(ORGANISATION, 'other', '4010232137'),
      keyring.blindIndex(ORGANISATION, 'nhsNumber', '4010232138'),
      keyring.hmac(ORGANISATION, 'nhsNumber', '4010232137').slice(0, 32),
      keyring.hmac(PLATFORM, 'nhsNumber', '4010232137').slice(0, 32),
    ];
    expect(new Set([index, ...others]).size).toBe(6);
    expect(keyring.derive('server')).toEqual(keyring.derive('server'));
    expect(keyring.derive('server')).not.toEqual(keyring.derive('other'));
  });
});

/** Written once and never again: what the first installation stored must be read by every later version. */
const GOLDEN = {
  kek: 'G23+Evzp+OYjj8L8cR+3sCW/OTwJNMXaMZqeEQovqCnfJCuwzzHs1+Cxa/RIVluMGSDYK3v6Pzwr6D+1',
  dek: 'IgeQL/uJ881XAUQXAmWyqOL2zsvgtpe0xq+yaWjVJyweDytwFDeKJ0sdbVXHy8zzqvr/TehHwBKcd95+',
  fp: 'ezmBQcfa-G2jK2DMcZsyww',
  subject: '0d6c1f9a-3f0e-4b52-8f61-5f0f6d0c7a11',
  eventId: '5b1d8f70-1c2a-4f3b-9d4e-6a7b8c9d0e1f',
  data: '{"rentPence":7,"friends":[],"mood":null,"$kept":{"dateOfBirth":"2006"},"$p":[{"v":1,"k":"ezmBQcfa-G2jK2DMcZsyww","s":"0d6c1f9a-3f0e-4b52-8f61-5f0f6d0c7a11","c":"identity","l":2,"r":1,"f":["name","dateOfBirth"],"iv":"ElBIfKz4ey8ESCKV","ct":"iVeJrC80lDDiyoJP//ZSnTRqjgA0/AiV8bApE1DoYCltoL38r5EDl4NwDT3ACoh5FVXnjJxfRpvSgLFm2Dv/7/jnSmD3J4jNctcd4Cu3PTM="},{"v":1,"k":"ezmBQcfa-G2jK2DMcZsyww","s":"0d6c1f9a-3f0e-4b52-8f61-5f0f6d0c7a11","c":"identity","l":3,"r":1,"f":["secret"],"iv":"WvFn6JcgB+wSHtoT","ct":"FDXlvhzsy5A8+WxNHaIw6hsG6rkLsg2gp6GV96HQRR5fqhU7esR4wfzgKUqdi8YWuGrv5yy4i8APoojZbFtmN4OPgMTVQUln2NhELC6Yg0Y="}]}',
  metadata:
    '{"schemaVersion":1,"organizationId":"6a1f7c2e-0d5b-5a34-9c1e-2b7f8d3e4a51","recordedAt":"2026-09-02T08:00:00.000Z","effectiveDate":"2026-09-02","actorId":"0d6c1f9a-3f0e-4b52-8f61-5f0f6d0c7a11","actorRole":"manager","commandId":"5b1d8f70-1c2a-4f3b-9d4e-6a7b8c9d0e1f"}',
};

describe('an event of the first installation', () => {
  it('is read today', async () => {
    const world = await privacyWorld();
    const owner = new pg.Client({ connectionString: world.databases.urls.keyringOwner });
    await owner.connect();
    const { kek, dek, fp, subject, eventId, data, metadata } = GOLDEN;
    await owner.query('insert into keyring.kek_epoch (org, epoch, wrapped) values ($1, 1, $2)', [
      ORGANISATION,
      Buffer.from(kek, 'base64'),
    ]);
    await owner.query(
      `insert into keyring.dek (org, subject, scope, rev, epoch, wrapped, fp) values ($1, $2, 'identity', 1, 1, $3, $4)`,
      [ORGANISATION, subject, Buffer.from(dek, 'base64'), fp],
    );
    await owner.end();
    const stored: RecordedEvent = {
      kind: 'event',
      id: eventId,
      type: 'PersonMet',
      data: Buffer.from(data),
      metadata: Buffer.from(metadata),
      stream: `person-${subject}`,
      revision: 0,
      position: 1,
    };
    const codec = new EventCodec(catalogue, world.keyring);
    expect(await readBack(codec, stored)).toEqual({
      name: 'Zoë Ng',
      dateOfBirth: '2006-03-04',
      secret: 'x',
      rentPence: 7,
      friends: [],
      mood: null,
    });
    const { event } = codec.decode(stored)!;
    expect(event).toBeInstanceOf(PersonMet);
    expect((await world.keyring.toSeal([named(subject)]))[0]!.fingerprint).toBe(fp);
    expect(world.keyring.blindIndex(ORGANISATION, 'nhsNumber', '4010232137')).toBe('74d9a2dd6d88d2fd79a6b19673ca5d61');
    await world.remove();
  });
});
