import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { entityOf } from '../../src/kernel/entity.js';
import { foldAll } from '../../src/kernel/fold.js';
import { Sealed, Tombstone } from '../../src/kernel/sealed.js';
import { KeysUnavailable, SubjectErased } from '../../src/privacy/codec.js';
import type { Keyring } from '../../src/privacy/keyring.js';
import {
  altered,
  declarationOf,
  destination,
  ELSEWHERE,
  ORGANISATION,
  Person,
  PersonChanged,
  PersonMet,
  privacyWorld,
  readBack,
  written,
  type PrivacyWorld,
} from './privacy-world.js';

const met = PersonMet.of({
  name: 'Ann',
  secret: 'x',
  dateOfBirth: '2006-03-04',
  allergies: ['nuts'],
  rentPence: 7,
  friends: [{ id: randomUUID(), name: 'Bo' }],
});
const change = PersonChanged.of({ name: 'Anne' });
const erase = (keyring: Keyring, subject: string, scopes = ['identity', 'health'], organizationId = ORGANISATION) =>
  keyring.destroy({ erasureId: randomUUID(), organizationId, subject, scopes });

describe('erasing a person', () => {
  let world: PrivacyWorld;
  let warm: Awaited<ReturnType<PrivacyWorld['another']>>;
  let owner: pg.Client;
  beforeAll(async () => {
    world = await privacyWorld();
    warm = await world.another();
    owner = new pg.Client({ connectionString: world.databases.urls.keyringOwner });
    await owner.connect();
  });
  afterAll(async () => {
    await owner.end();
    await world.remove();
  });
  const liveKeys = async (subject: string): Promise<number> =>
    (await owner.query('select from keyring.dek where subject = $1 and wrapped is not null', [subject])).rowCount!;

  it('leaves tombstones of what was erased, for everyone and at once, and everything else as it was', async () => {
    const at = destination();
    const stored = await written(world.codec, met, at);
    expect(await readBack(warm.codec, stored)).toMatchObject({ name: 'Ann' });
    const fingerprints = await erase(world.keyring, at.entityId);
    expect(new Set(fingerprints).size).toBe(2);
    for (const { codec } of [world, warm, await world.another()]) {
      const read = await readBack(codec, stored);
      expect(read).toMatchObject({
        name: new Tombstone('text', 'identity'),
        secret: new Tombstone('text', 'identity'),
        dateOfBirth: new Tombstone('date', 'identity', '2006'),
        allergies: new Tombstone('list', 'health'),
        rentPence: 7,
        friends: [{ name: 'Bo' }],
      });
      expect(JSON.parse(JSON.stringify(read))).toMatchObject({ name: '[erased]', dateOfBirth: null, allergies: null });
    }
    expect(fingerprints).toContain((world.codec.decode(stored)!.event as unknown as { name: Sealed }).name.bundle.k);
  });

  it('lets a stream fold as it did, and show what is left of it', async () => {
    const at = destination();
    const later = destination({ entityId: at.entityId });
    const events = [await written(world.codec, met, at), await written(world.codec, change, later)];
    await erase(world.keyring, at.entityId);
    const state = foldAll(
      entityOf(Person),
      at.entityId,
      ORGANISATION,
      events.map((stored) => warm.codec.decode(stored)!),
    );
    const [shown] = await warm.codec.unseal([state as Person]);
    expect(shown).toBeInstanceOf(Person);
    expect(shown).toMatchObject({ id: at.entityId, rentPence: 7, name: new Tombstone('text', 'identity') });
  });

  it('refuses whatever would be written about them afterwards, wherever the key was still warm', async () => {
    const at = destination();
    await written(world.codec, change, at);
    await written(warm.codec, change, at);
    await erase(world.keyring, at.entityId);
    for (const { codec } of [world, warm]) await expect(written(codec, change, at)).rejects.toThrow(SubjectErased);
    expect(await written(warm.codec, PersonChanged.of({ rentPence: 1 }), at)).toBeDefined();
    expect(await written(warm.codec, PersonChanged.of({ income: 1 }), at)).toBeDefined();
    expect(await written(warm.codec, change, destination())).toBeDefined();
  });

  it('is noticed between encrypting and appending', async () => {
    const at = destination();
    const encoded = await warm.codec.encode(change as never, declarationOf(PersonChanged), at);
    const open = await warm.codec.encode(PersonChanged.of({ rentPence: 1 }) as never, declarationOf(PersonChanged), at);
    await warm.codec.checkFences(ORGANISATION, [encoded, open]);
    await erase(world.keyring, at.entityId);
    await expect(warm.codec.checkFences(ORGANISATION, [encoded])).rejects.toThrow(SubjectErased);
    await warm.codec.checkFences(ORGANISATION, [open]);
  });

  it('does not let erased values be recorded again by moving them', async () => {
    const at = destination();
    const { event } = world.codec.decode(await written(world.codec, met, at))!;
    await erase(world.keyring, at.entityId);
    const moved = PersonChanged.of({ name: (event as PersonMet).name });
    await expect(written(world.codec, moved, destination())).rejects.toThrow(SubjectErased);
  });

  it('holds for who never had a key, and for one organisation only', async () => {
    const at = destination();
    expect(await erase(world.keyring, at.entityId)).toEqual([]);
    await expect(written(world.codec, change, at)).rejects.toThrow(SubjectErased);
    const elsewhere = await written(world.codec, change, { ...at, organizationId: ELSEWHERE });
    expect(await readBack(world.codec, elsewhere)).toEqual({ name: 'Anne' });
  });

  it('answers a repeat as it answered the first time, and goes on record once', async () => {
    const at = destination();
    await written(world.codec, met, at);
    const first = await erase(world.keyring, at.entityId);
    expect(await erase(warm.keyring, at.entityId)).toEqual(first);
    expect((await erase(warm.keyring, at.entityId, ['identity'])).length).toBe(1);
    const { rows } = await owner.query(
      `select scope, fps from keyring.erasure_ledger where subject_binding = sha256(convert_to($1 || '|' || $2, 'UTF8')) order by scope`,
      [ORGANISATION, at.entityId],
    );
    expect(rows.map(({ scope }) => scope as string)).toEqual(['health', 'identity']);
    expect(rows.flatMap(({ fps }) => fps as string[]).sort()).toEqual([...first].sort());
  });

  it('never leaves a live key, whoever writes and erases at the same time', async () => {
    for (let round = 0; round < 25; round++) {
      const at = destination();
      const writers = [world, warm, world, warm].map(({ codec }) => codec);
      const eraser = [world, warm][round % 2]!;
      if (round % 3 === 0) await written(world.codec, change, at);
      const [erased, ...outcomes] = await Promise.allSettled([
        erase(eraser.keyring, at.entityId),
        ...writers.map((codec) => written(codec, change, { ...at, eventId: randomUUID() })),
        erase(warm.keyring, at.entityId),
      ]);
      expect(erased!.status).toBe('fulfilled');
      expect(await liveKeys(at.entityId)).toBe(0);
      for (const outcome of outcomes.slice(0, 4)) {
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(SubjectErased);
        else
          expect(await readBack(world.codec, outcome.value as never)).toEqual({
            name: new Tombstone('text', 'identity'),
          });
      }
    }
    expect(await world.keyring.ledgerBrokenAt()).toBeUndefined();
  });

  it.each(['the new key', 'the erasure'])('waits for who is at work on the same person: %s first', async (first) => {
    const subject = randomUUID();
    const [one, two] = [0, 1].map(() => new pg.Client({ connectionString: world.databases.urls.keyring })) as [
      pg.Client,
      pg.Client,
    ];
    await Promise.all([one.connect(), two.connect()]);
    await world.keyring.toSeal([{ organizationId: ORGANISATION, subject: randomUUID(), scope: 'identity' }]);
    const add = (client: pg.Client) =>
      client.query<{ fp: string | null }>('select fp from keyring.get_or_add($1, $2, $3, $4, $5, $6)', [
        [ORGANISATION],
        [subject],
        ['identity'],
        [1],
        [randomBytes(60)],
        [subject],
      ]);
    const destroy = (client: pg.Client) =>
      client.query('select keyring.fence_and_destroy($1, $2, $3, $4)', [
        randomUUID(),
        ORGANISATION,
        subject,
        ['identity'],
      ]);
    await one.query('begin');
    await (first === 'the new key' ? add(one) : destroy(one));
    let ended = false;
    const second = (first === 'the new key' ? destroy(two) : add(two)).finally(() => (ended = true));
    const waits = async (): Promise<boolean> =>
      (
        await owner.query(
          'select from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())',
        )
      ).rowCount! > 0;
    while (!ended && !(await waits())) continue;
    await one.query('commit');
    const { rows } = await second;
    if (first === 'the erasure') expect(rows).toEqual([{ fp: null }]);
    expect(await liveKeys(subject)).toBe(0);
    await Promise.all([one.end(), two.end()]);
  });

  it('is not what a lost or a foreign key is', async () => {
    const at = destination();
    const stored = await written(world.codec, change, at);
    const moved = altered(stored, { metadata: { organizationId: ELSEWHERE } });
    await expect(readBack(world.codec, moved)).rejects.toMatchObject({ name: 'SealBroken', eventId: at.eventId });
    await erase(world.keyring, at.entityId, ['identity'], ELSEWHERE);
    expect(await readBack(world.codec, stored)).toEqual({ name: 'Anne' });
    await owner.query('delete from keyring.dek where subject = $1', [at.entityId]);
    await expect(readBack((await world.another()).codec, stored)).rejects.toThrow(KeysUnavailable);
  });
});

describe('the erasure ledger', () => {
  it('shows which entry was altered, removed or forged', async () => {
    const world = await privacyWorld();
    const admin = new pg.Client({ connectionString: world.databases.adminUrl.replace(/(\/test_\w+)$/, '$1_keyring') });
    await admin.connect();
    for (let n = 0; n < 3; n++) await erase(world.keyring, randomUUID(), ['identity']);
    const broken = async (statement: string): Promise<number | undefined> => {
      await admin.query('alter table keyring.erasure_ledger disable trigger all');
      const saved = (
        await admin.query<{ all: string }>('select json_agg(l)::text as all from keyring.erasure_ledger l')
      ).rows[0]!.all;
      await admin.query(statement);
      const at = await world.keyring.ledgerBrokenAt();
      await admin.query('delete from keyring.erasure_ledger');
      await admin.query(
        'insert into keyring.erasure_ledger select * from json_populate_recordset(null::keyring.erasure_ledger, $1)',
        [saved],
      );
      expect(await world.keyring.ledgerBrokenAt()).toBeUndefined();
      await admin.query('alter table keyring.erasure_ledger enable trigger all');
      return at;
    };
    expect(await broken(`update keyring.erasure_ledger set scope = 'health' where seq = 2`)).toBe(2);
    expect(await broken('delete from keyring.erasure_ledger where seq = 1')).toBe(1);
    expect(await broken(`update keyring.erasure_ledger set hash = sha256('x') where seq = 2`)).toBe(2);
    expect(await broken('delete from keyring.erasure_ledger where seq = 3')).toBe(3);
    await expect(admin.query('delete from keyring.erasure_ledger')).rejects.toThrow(/stays on record/);
    await expect(admin.query('delete from keyring.fence')).rejects.toThrow(/stays on record/);
    await admin.end();
    await world.remove();
  });
});
