import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { rowPool } from '../../projections/engine/connection.js';
import { inTransaction } from '../../src/platform/transactions.js';
import { ReadPosition } from '../../projections/engine/read-position.js';
import { ELSEWHERE, FriendLost, FriendMade, GuestChanged, GuestDataErased, guest, idOf, ORGANISATION, projectionWorld, WORKER, type ProjectionWorld } from './projection-world.js';

let world: ProjectionWorld;
beforeEach(async () => {
  world = await projectionWorld();
});
afterEach(() => world.remove());

describe('read tables', () => {
  it('hold the folded state, children and what crosses streams, as soon as the log has it', async () => {
    await world.engine().start();
    const [sam, kim] = [guest(), randomUUID()];
    await world.arrive(sam, { tags: ['early', 'quiet'], address: { line1: '1 Mare Street' }, calledAt: '2026-09-02T08:00:00.120Z' });
    await world.append(sam, FriendMade.of({ friendId: kim, name: 'Kim Canary', worry: 'debts' }));
    await world.pay(sam, 26_825);
    await world.visit(idOf(sam), 'came for tea');
    await world.visit(idOf(sam), 'came again');
    await world.reached();
    expect(await world.row('guests', idOf(sam))).toMatchObject({
      organization_id: ORGANISATION, name: 'Sam Canary', tags: ['early', 'quiet'], address: { line1: '1 Mare Street' },
      balance_pence: '-26825', balance: '-268.25', stream_revision: 2, created_by: WORKER, status: 'home', visits: 2, stale_reason: null,
    });
    expect(await world.rows('friends')).toMatchObject([{ id: kim, guest_id: idOf(sam), ordinal: 0, name: 'Kim Canary' }]);
    expect(await world.row('guest_visits', idOf(sam))).toMatchObject({ visits: 2, last_note: 'came again' });
    await world.append(sam, FriendLost.of({ friendId: kim }));
    await world.append(sam, GuestChanged.of({ dateOfBirth: null, address: null, floor: 3 } as never));
    await world.reached();
    expect(await world.rows('friends')).toEqual([]);
    expect(await world.row('guests', idOf(sam))).toMatchObject({ date_of_birth: null, address: null, floor: '3', name: 'Sam Canary', stream_revision: 4 });
  });

  it('never hold special data in the clear', async () => {
    await world.engine().start();
    const sam = guest();
    await world.arrive(sam);
    await world.append(sam, FriendMade.of({ friendId: randomUUID(), name: 'Kim', worry: 'worry-canary' }));
    await world.reached();
    const everything = JSON.stringify([await world.rows('guests__1'), await world.rows('friends__1')]);
    expect(everything).not.toMatch(/9434765919|worry-canary/);
    expect((await world.row('guests', idOf(sam)))?.['nhs_number']).toMatchObject({ field: 'nhsNumber', bundle: { l: 3, s: idOf(sam) } });
    expect((await world.row('guests', idOf(sam)))?.['nhs_number_index']).toBe(world.keyring.blindIndex(ORGANISATION, 'nhsNumber', '943 476 5919'));
  });

  it('are the same whatever came in one batch and what came alone', async () => {
    const engine = world.engine();
    await engine.start();
    const step = fc.record({ who: fc.nat(2), what: fc.constantFrom('change', 'friend', 'lose', 'pay', 'visit', 'unknown'), n: fc.nat(50) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const guests = [guest(), guest(), guest()];
        const friends = guests.map(() => [] as string[]);
        for (const stream of guests) await world.arrive(stream);
        for (const { who, what, n } of steps) {
          const stream = guests[who]!;
          if (what === 'change') await world.append(stream, GuestChanged.of({ floor: n, ...(n % 3 ? { name: `N${n}` } : { address: null }) } as never));
          if (what === 'friend') await world.append(stream, FriendMade.of({ friendId: (friends[who]!.push(randomUUID()), friends[who]!.at(-1)!), name: `F${n}` }));
          if (what === 'lose' && friends[who]!.length > 0) await world.append(stream, FriendLost.of({ friendId: friends[who]!.splice(n % friends[who]!.length, 1)[0]! }));
          if (what === 'pay') await world.pay(stream, n + 14);
          if (what === 'visit') await world.visit(idOf(stream), `note ${n}`);
          if (what === 'unknown') await world.appendRaw(stream, 'SomethingOfLater', { n });
        }
        await world.reached();
        const stored = await world.rows('friends');
        for (const [who, stream] of guests.entries()) {
          const mine = stored.filter((one) => one['guest_id'] === idOf(stream)).sort((a, b) => Number(a['ordinal']) - Number(b['ordinal']));
          expect(mine.map(({ id }) => id)).toEqual(friends[who]);
          expect(mine.map(({ ordinal }) => ordinal)).toEqual(friends[who]!.map((_, index) => index));
        }
      }),
      { numRuns: 8 },
    );
    expect(await engine.verify()).toEqual([]);
  });

  it('pass over events that the product does not know, and keep their revision', async () => {
    await world.engine().start();
    const sam = guest();
    await world.arrive(sam);
    const later = await world.appendRaw(sam, 'SomethingOfLater', {});
    const elsewhere = await world.appendRaw(`register-${randomUUID()}`, 'RegisterClaimed', {});
    await world.reached(elsewhere.position);
    expect((await world.row('guests', idOf(sam)))?.['stream_revision']).toBe(later.revision);
    await world.pay(sam, 100);
    await world.reached();
    expect(await world.row('guests', idOf(sam))).toMatchObject({ stream_revision: 2, balance_pence: '-100' });
  });

  it('have no row of a stream that only says what it will not do, and begin where it really begins', async () => {
    await world.engine().start();
    const sam = guest();
    await world.appendRaw(sam, 'CommandAbandoned', { commandId: randomUUID() });
    await world.reached();
    expect(await world.row('guests', idOf(sam))).toBeUndefined();
    await world.arrive(sam);
    await world.reached();
    expect(await world.row('guests', idOf(sam))).toMatchObject({ stream_revision: 1 });
  });

  it('ignore what another organisation has put into a stream', async () => {
    await world.engine().start();
    const sam = guest();
    await world.arrive(sam);
    await world.append(sam, GuestChanged.of({ floor: 9 } as never), ELSEWHERE);
    await world.reached();
    expect((await world.rows('guests')).filter(({ id }) => id === idOf(sam))).toMatchObject([{ organization_id: ORGANISATION, floor: null }]);
  });
});

describe('erasure', () => {
  it('leaves nothing of the person in any table, and a rebuild finds the same, with commands going on', async () => {
    const engine = world.engine();
    await engine.start();
    const [sam, other, kim] = [guest(), guest(), randomUUID()];
    await world.arrive(sam, { name: 'Canary Erased', address: { line1: 'Canary Street' }, mood: 'calm', tags: ['kept'] });
    await world.append(sam, FriendMade.of({ friendId: kim, name: 'Canary Friend', worry: 'w' }));
    await world.arrive(other, { name: 'Somebody Else' });
    await world.visit(idOf(sam), 'Canary note');
    await world.visit(idOf(other), 'Kept note');
    await world.reached();
    await engine.rebuild('all');
    const destroy = (subject: string, scopes: string[]) => world.keyring.destroy({ erasureId: randomUUID(), organizationId: ORGANISATION, subject, scopes });
    const fingerprints = [...(await destroy(idOf(sam), ['identity', 'contact', 'health'])), ...(await destroy(kim, ['contact', 'safeguarding']))];
    await world.append(sam, GuestDataErased.of({ scopes: ['identity'], keyFingerprints: fingerprints }));
    await world.pay(sam, 100);
    const busy = (async () => {
      for (let n = 0; n < 40; n++) await world.pay(other, 20 + n);
    })();
    await engine.rebuild(['guests']);
    await busy;
    await world.reached();
    const tables = (await engine.status()).flatMap((one) => one.tables);
    expect(tables.length).toBeGreaterThan(6);
    for (const table of tables) expect(JSON.stringify(await world.rows(table))).not.toMatch(/Canary|2006-02-01.*Erased/);
    expect(await world.row('guests', idOf(sam))).toMatchObject({
      name: '[erased]', date_of_birth: null, nhs_number: { erased: true }, nhs_number_index: null, address: null, mood: 'calm', tags: ['kept'], balance_pence: '-100',
    });
    expect((await world.row('guests', idOf(sam)))?.['erased_at']).not.toBeNull();
    expect((await world.rows('friends'))[0]).toMatchObject({ name: '[erased]', worry: { erased: true } });
    expect((await world.rows('visits')).map(({ note }) => note).sort()).toEqual(['Kept note', '[erased]']);
    expect(await world.row('guest_visits', idOf(sam))).toMatchObject({ last_note: '[erased]' });
    expect(await world.row('guests', idOf(other))).toMatchObject({ name: 'Somebody Else', erased_at: null });
    expect(await engine.verify()).toEqual([]);
  });

  it('is done although the stream that says so is parked', async () => {
    const engine = world.engine();
    await engine.start();
    const sam = guest();
    await world.arrive(sam, { name: 'Canary Parked' });
    await world.pay(sam, 13);
    const fingerprints = await world.keyring.destroy({ erasureId: randomUUID(), organizationId: ORGANISATION, subject: idOf(sam), scopes: ['identity', 'health'] });
    await world.append(sam, GuestDataErased.of({ scopes: ['identity'], keyFingerprints: [...fingerprints] }));
    await world.reached();
    expect(await world.row('guests', idOf(sam))).toMatchObject({ name: '[erased]', nhs_number: { erased: true }, stale_reason: expect.any(String) });
    expect(await engine.verify()).toEqual([]);
    expect(await engine.parked.skip('guests', sam, 'operator')).toBe(true);
    expect(await engine.verify()).toEqual([]);
  });
});

describe('waiting', () => {
  it('ends when the tables have it, in any process, and says so when they have not', async () => {
    const engine = world.engine();
    await engine.prepare();
    const other = await new ReadPosition(world.databases.urls.app).open();
    try {
      const { position } = await world.arrive(guest());
      expect(await other.waitFor(position, 50)).toBe(false);
      const waiting = other.waitFor(position, 90_000);
      await engine.start();
      expect(await waiting).toBe(true);
      expect(await world.rows('guests')).toHaveLength(1);
      expect(await other.waitFor(position, 0)).toBe(true);
    } finally {
      await other.close();
    }
  });

  it('hears again after its connection was cut', async () => {
    await world.engine().start();
    await world.admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen yuthub_read%' and datname = current_database()`);
    await world.arrive(guest());
    await world.reached();
    expect(await world.rows('guests')).toHaveLength(1);
  });
});

describe('row-level security', () => {
  it('is forced on every table that has an organisation, and the app can only read its own rows', async () => {
    await world.engine().start();
    await world.arrive(guest());
    await world.arrive(guest(), {}, ELSEWHERE);
    await world.reached();
    const { rows: tables } = await world.admin.query<{ name: string; forced: boolean; led: boolean; policies: string }>(
      `select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced,
              (select bool_and(a.attname = 'organization_id') from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
                where i.indrelid = c.oid and c.relname ~ '__') is not false as led,
              (select count(*) from pg_policies p where p.schemaname = 'read' and p.tablename = c.relname) as policies
         from pg_class c where c.relnamespace = 'read'::regnamespace and c.relkind = 'r'
          and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id')`,
    );
    expect(tables.length).toBeGreaterThanOrEqual(6);
    // Reports see read tables, and not what the projector notes beside them; what was left out can be put back from a backup.
    for (const table of tables) expect(table).toMatchObject({ forced: true, led: true, policies: /__|^skipped_events$/.test(table.name) ? '4' : '3' });
    const app = rowPool(world.databases.urls.app, 1);
    try {
      const seen = (organization: string) => inTransaction(app, async (client) => {
        await client.query(`select set_config('yuthub.organization', $1, true)`, [organization]);
        return (await client.query<{ organization_id: string }>('select organization_id from read.guests')).rows.map((one) => one.organization_id);
      });
      expect(await seen(ORGANISATION)).toEqual([ORGANISATION]);
      expect(await seen(ELSEWHERE)).toEqual([ELSEWHERE]);
      expect(await seen('')).toEqual([]);
      expect((await app.query('select from read.guests')).rowCount).toBe(0);
      for (const statement of ['update read.guests__1 set floor = 1', 'delete from read.guests__1', 'insert into read.guests__1 (id) values (null)', 'truncate read.guests__1']) {
        await expect(app.query(statement)).rejects.toMatchObject({ code: '42501' });
      }
      for (const call of [`select read.drop_tables('{guests__1}')`, `select read.create_view('x', 'select 1')`]) {
        await expect(app.query(call)).rejects.toMatchObject({ code: '42501' });
      }
    } finally {
      await app.end();
    }
  });
});
