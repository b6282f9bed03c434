import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { ProjectionEngine } from '../../projections/engine/engine.js';
import { readableTables, readSchemas } from '../../src/api/reads/readable-tables.js';
import { RowReader } from '../../src/api/reads/row-reader.js';
import type { ListParameters, Row } from '../../src/api/parts.js';
import type { Actor } from '../../src/kernel/command.js';
import { maySeeWith } from '../../src/kernel/permissions.js';
import { catalogue, ELSEWHERE, FriendMade, GuestArrived, GuestVisited, ORGANISATION, projectionWorld, type ProjectionWorld } from './projection-world.js';

const EVERYTHING = ['*:*', 'sensitive:read', 'personal:*', 'special:*'];
const somebody = (permissions: readonly string[], change: Partial<Actor> = {}): Actor =>
  ({ id: 'reader', role: 'manager', organizationId: ORGANISATION, permissions: new Set(permissions), ...change });
const manager = somebody(EVERYTHING);
const finance = somebody(['*:read']);

let world: ProjectionWorld;
let engine: ProjectionEngine;
let reader: RowReader;
const readings: { table: string; id?: string }[] = [];
let logFails = false;

beforeAll(async () => {
  world = await projectionWorld();
  engine = world.engine();
  await engine.start();
  reader = new RowReader({
    connectionString: world.databases.urls.app,
    tables: readableTables(catalogue, engine.shown),
    codec: world.codec,
    maySee: (actor, privacy) => maySeeWith(actor.permissions, privacy),
    specialRead: (_actor, table, id) => {
      if (logFails) return Promise.reject(new Error('The access log is away.'));
      readings.push({ table, ...(id ? { id } : {}) });
      return Promise.resolve();
    },
    blindIndex: (organization, field, value) => world.keyring.blindIndex(organization, field, value),
    connections: 4,
  });
});
afterAll(async () => {
  await reader.close();
  await world.remove();
});
beforeEach(() => {
  readings.length = 0;
  logFails = false;
});

async function arrived(values: Partial<GuestArrived> = {}, organizationId = ORGANISATION): Promise<string> {
  const id = randomUUID();
  await world.append(`guest-${id}`, GuestArrived.of({ name: 'Sam', ...values }), organizationId);
  return id;
}
const idsOf = (rows: readonly Row[]) => rows.map(({ id }) => id);
const listed = async (parameters: ListParameters, actor = manager) => (await reader.list('guests', { limit: '500', ...parameters }, actor)).items;
async function exported(parameters: ListParameters, actor = manager): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of reader.stream('guests', parameters, actor)) rows.push(row);
  return rows;
}

describe('one row', () => {
  it('has JSON names, pence, dates and instants as texts, and what its view adds', async () => {
    const id = await arrived({ dateOfBirth: '2006-02-01', calledAt: '2026-07-01T23:30:00.000Z', tags: ['a'], address: { line1: '1 Mare Street' }, mood: 'calm', floor: 2 });
    await world.append(`visit-${randomUUID()}`, GuestVisited.of({ guestId: id, note: 'tea' }));
    await world.reached();
    const row = await reader.get('guests', id, manager);
    expect(row).toMatchObject({
      id, organizationId: ORGANISATION, name: 'Sam', dateOfBirth: '2006-02-01', calledAt: '2026-07-01T23:30:00.000Z', tags: ['a'],
      address: { line1: '1 Mare Street' }, mood: 'calm', floor: 2, status: 'home', streamRevision: 0, balancePence: null, visits: 1, staleReason: null,
    });
    expect(Object.keys(row!).filter((name) => /^_|index$|^balance$/i.test(name))).toEqual([]);
  });

  it('is found by nobody else, and not by what is no id', async () => {
    const id = await arrived();
    await world.reached();
    for (const [actor, wanted] of [[somebody(EVERYTHING, { organizationId: ELSEWHERE }), id], [manager, randomUUID()], [manager, 'x'], [somebody(EVERYTHING, { organizationId: 'x' }), id]] as const) {
      expect(await reader.get('guests', wanted, actor)).toBeUndefined();
    }
    await expect(reader.get('secrets', id, manager)).rejects.toMatchObject({ status: 404 });
  });

  it('hides what a role does not see, and says so', async () => {
    const id = await arrived({ mood: 'upset', nhsNumber: '9434765919', dateOfBirth: '2006-02-01' });
    await world.reached();
    const row = await reader.get('guests', id, finance);
    expect(row).toMatchObject({ name: null, dateOfBirth: null, mood: null, nhsNumber: null, status: 'home' });
    expect(row!['_masked']).toEqual(['name', 'dateOfBirth', 'nhsNumber', 'address', 'mood']);
    expect(await reader.get('guests', id, manager)).not.toHaveProperty('_masked');
    expect(readings).toEqual([{ table: 'guests', id }]);
  });

  it('shows special data after it was recorded that somebody reads it, and not at all where that fails', async () => {
    const id = await arrived({ nhsNumber: '9434765919' });
    const plain = await arrived();
    await world.reached();
    expect(await reader.get('guests', plain, manager)).toMatchObject({ nhsNumber: null });
    expect(readings).toEqual([]);
    expect(await reader.get('guests', id, manager)).toMatchObject({ nhsNumber: '9434765919' });
    expect(readings).toEqual([{ table: 'guests', id }]);
    logFails = true;
    await expect(reader.get('guests', id, manager)).rejects.toThrow('The access log is away.');
    expect(await reader.get('guests', plain, manager)).toMatchObject({ nhsNumber: null });
  });
});

describe('a list', () => {
  it('leaves special data out unless it is asked for, and exports never have it', async () => {
    const id = await arrived({ nhsNumber: '9434765919' });
    await world.reached();
    expect(await listed({ id })).toMatchObject([{ nhsNumber: null }]);
    expect(await exported({ id })).toMatchObject([{ nhsNumber: null }]);
    expect(readings).toEqual([]);
    expect(await listed({ id, include: 'special' })).toMatchObject([{ nhsNumber: '9434765919' }]);
    expect(readings).toEqual([{ table: 'guests', id }]);
    await expect(exported({ id, include: 'special' })).rejects.toMatchObject({ name: 'BadRequest' });
  });

  it('finds an exact sealed value by its blind index', async () => {
    const id = await arrived({ nhsNumber: '4010232137' });
    await world.reached();
    expect(idsOf(await listed({ nhsNumber: '401 023 2137' }))).toEqual([id]);
    expect(idsOf(await listed({ id, 'nhsNumber[null]': 'false' }))).toEqual([id]);
    await expect(listed({ 'nhsNumber[gte]': '4' })).rejects.toMatchObject({ name: 'BadRequest' });
    await expect(listed({ nhsNumber: '4010232137' }, finance)).rejects.toMatchObject({ status: 403 });
  });

  it('searches every word in any of its fields, whatever the case, and takes patterns for texts', async () => {
    const zoe = await arrived({ name: 'Zoë O’Connor-Quinn' });
    const percent = await arrived({ name: '100% \\ _underscore' });
    await world.reached();
    expect(idsOf(await listed({ q: 'QUINN zoë' }))).toEqual([zoe]);
    expect(idsOf(await listed({ q: '0% \\' }))).toEqual([percent]);
    expect(idsOf(await listed({ q: '_under' }))).toEqual([percent]);
    expect(await listed({ q: 'zo_' })).toEqual([]);
    await expect(listed({ q: 'zoë' }, finance)).rejects.toMatchObject({ status: 403 });
    await expect(reader.list('visits', { q: 'x' }, manager)).rejects.toMatchObject({ name: 'BadRequest' });
  });

  it('takes a date for the whole of a London day', async () => {
    const [before, first, last, after] = await Promise.all(
      ['2026-06-30T22:59:59.999Z', '2026-06-30T23:00:00.000Z', '2026-07-01T22:59:59.999Z', '2026-07-01T23:00:00.000Z'].map((calledAt) => arrived({ calledAt, floor: 77 })),
    );
    await world.reached();
    const found = async (parameters: ListParameters) => new Set(idsOf(await listed({ floor: '77', ...parameters })));
    expect(await found({ calledAt: '2026-07-01' })).toEqual(new Set([first, last]));
    expect(await found({ 'calledAt[gte]': '2026-07-01' })).toEqual(new Set([first, last, after]));
    expect(await found({ 'calledAt[lte]': '2026-07-01' })).toEqual(new Set([before, first, last]));
    expect(await found({ 'calledAt[gt]': '2026-07-01' })).toEqual(new Set([after]));
    expect(await found({ 'calledAt[lt]': '2026-07-01' })).toEqual(new Set([before]));
    expect(await found({ 'calledAt[ne]': '2026-07-01' })).toEqual(new Set([before, after]));
    expect(await found({ calledAt: ['2026-07-01', '2026-07-01T23:00:00Z'] })).toEqual(new Set([first, last, after]));
  });

  it.each<[string, ListParameters, RegExp]>([
    ['an unknown filter', { colour: 'red' }, /no such filter\. Known are: id, .*floor.*limit/],
    ['an operator that is none', { 'floor[like]': '1' }, /floor can be filtered by/],
    ['a range on what has no order', { 'tags[gte]': 'a' }, /tags can be filtered by/],
    ['a filter by a group', { address: 'x' }, /no such filter/],
    ['a column of the database', { organization_id: ORGANISATION }, /no such filter/],
    ['the fold’s own column', { _state: 'x' }, /no such filter/],
    ['no number', { floor: '1; drop table' }, /floor is a whole number/],
    ['no id', { id: 'x' }, /id is an id/],
    ['no date', { dateOfBirth: '2026-02-30' }, /dateOfBirth is a date/],
    ['no instant', { calledAt: 'yesterday' }, /calledAt is an instant/],
    ['no truth', { 'floor[null]': 'maybe' }, /true or false/],
    ['two values of a range', { 'floor[gt]': ['1', '2'] }, /takes one value/],
    ['a text that no database takes', { status: 'a\u0000b' }, /status is a text/],
    ['an unknown order', { sort: 'colour' }, /no such order\. Known are: id, .*floor/],
    ['an order by a list', { sort: '-tags' }, /no such order/],
    ['two orders', { sort: ['floor', 'name'] }, /sort is one text/],
    ['no limit', { limit: '0' }, /limit is/],
    ['too much', { limit: '501' }, /limit is/],
    ['no cursor', { cursor: 'abc' }, /cursor is/],
    ['a made-up cursor', { cursor: Buffer.from('["guests:createdAt,id",["2026-99-99T00:00:00Z","x"]]').toString('base64url') }, /cursor is/],
    ['another include', { include: 'everything' }, /include is/],
  ])('refuses %s with a sentence', async (_what, parameters, sentence) => {
    await expect(reader.list('guests', parameters, manager)).rejects.toMatchObject({ name: 'BadRequest', message: expect.stringMatching(sentence) });
  });

  it('cannot be filtered or ordered by what is masked', async () => {
    for (const parameters of [{ name: 'Sam' }, { 'mood[ne]': 'calm' }, { sort: 'dateOfBirth' }, { sort: '-mood' }] as unknown as ListParameters[]) {
      await expect(listed(parameters, finance)).rejects.toMatchObject({ status: 403 });
    }
  });

  it('binds a cursor to its order', async () => {
    await Promise.all([arrived({ floor: 66 }), arrived({ floor: 66 }), arrived({ floor: 66 })]);
    await world.reached();
    const { nextCursor } = await reader.list('guests', { floor: '66', limit: '2', sort: 'name' }, manager);
    await expect(reader.list('guests', { floor: '66', limit: '2', sort: '-name', cursor: nextCursor! }, manager)).rejects.toMatchObject({ name: 'BadRequest' });
    expect((await reader.list('guests', { floor: '66', limit: '2', sort: 'name', cursor: nextCursor! }, manager)).nextCursor).toBeNull();
  });

  it('shows a young person what is theirs, and nothing else', async () => {
    const me = await arrived();
    await world.reached();
    const resident = somebody(EVERYTHING, { role: 'resident', residentId: me });
    expect(await listed({}, resident)).toEqual([]);
    expect(await reader.get('guests', me, resident)).toBeUndefined();
    expect(await listed({}, somebody(EVERYTHING, { role: 'resident' }))).toEqual([]);
    const own = new RowReader({ ...reader['parts'], tables: readableTables(catalogue, engine.shown).map((table) => ({ ...table, resident: table.table === 'guests' ? 'id' : 'guest_id' })) });
    try {
      expect(idsOf((await own.list('guests', {}, resident)).items)).toEqual([me]);
      expect(await own.get('guests', await arrived(), resident)).toBeUndefined();
    } finally {
      await own.close();
    }
  });

  it('gives children by their parent, and each of them once through all pages', async () => {
    const [sam, kim] = [await arrived(), await arrived()];
    const shared = randomUUID();
    for (const parent of [sam, kim]) for (const friendId of [shared, randomUUID()]) await world.append(`guest-${parent}`, FriendMade.of({ friendId, name: 'F' }));
    await world.reached();
    const seen: Row[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await reader.list('friends', { guestId: [sam, kim], sort: 'ordinal', limit: '1', ...(cursor ? { cursor } : {}) }, manager);
      seen.push(...page.items);
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(seen.map(({ ordinal }) => ordinal)).toEqual([0, 0, 1, 1]);
    expect(new Set(seen.map(({ guestId, id }) => `${String(guestId)}${String(id)}`)).size).toBe(4);
  });
});

describe('what can be read', () => {
  it('is described with names, types and what can be done with each', () => {
    const schemas = readSchemas(readableTables(catalogue, engine.shown));
    expect(schemas.map(({ table }) => table).sort()).toEqual(['friends', 'guest_visits', 'guests', 'visits']);
    const guests = schemas.find(({ table }) => table === 'guests')!;
    expect(guests).toMatchObject({ doc: 'Somebody who stays.', searchable: true });
    const column = (name: string) => guests.columns.find((one) => one.name === name);
    expect(column('nhsNumber')).toMatchObject({ privacy: 3, filterable: true, sortable: false });
    expect(column('balancePence')).toMatchObject({ type: 'bigint', filterable: true, sortable: true });
    expect(column('visits')).toMatchObject({ doc: 'How many visits' });
    expect(column('address')).toMatchObject({ type: 'jsonb', filterable: false });
    expect(column('balance')).toBeUndefined();
  });
});
