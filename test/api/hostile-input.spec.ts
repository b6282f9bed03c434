import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import type { CommandDeclaration } from '../../src/kernel/command.js';
import type { Field } from '../../src/kernel/fields.js';
import { normaliseText } from '../../src/kernel/values.js';
import { Canaries } from '../privacy/canaries.js';
import { lists } from '../privacy/shown.js';
import { Caller } from '../support/caller.js';
import { installation, organisation, type Installation, type RunningProduct } from '../support/product.js';
import { bodyFields, pathFor, routedCommands, Speaker, tableOf } from '../support/speaker.js';
import { applicant, house, tenant, type Cast } from '../support/story.js';
import { hostileValues, IDS, plausible, STRANGE, type Hostile } from './hostile-values.js';
import { askAll, refusedByGraphql, refusedFor, withoutDefect, type Asked, type Heard } from './in-flight.js';

const LONG = 300_000;
const SEED = Number(process.env['HOSTILE_SEED'] ?? Date.now() % 2 ** 31);
/** Wrong passwords that one may send before being told to wait. */
const BELOW_LOCK_OUT = 3;
const UNKNOWN = '6ba7b810-9dad-41d1-80b4-00c04fd430c8';
/** Whose body may be a file as well: what is no JSON is a file there, and its address does not say of what. */
const takesFiles = ({ name }: CommandDeclaration): boolean => pathFor(name) === '/import-batches';
/** What ends a life: asked last, so that there is somebody to ask everything else of. */
const ENDING = /close|retire|terminate|end|remove|deactivate|erase|suspend|lock|withdraw/i;

/** Everything that can be sent, in forms that nobody should send, to a product that runs. */
describe(`hostile input (HOSTILE_SEED=${SEED})`, () => {
  let at: Installation;
  let product: RunningProduct;
  let cast: Cast;
  let admin: pg.Client;
  let own: { caller: Caller; userId: string };
  let otherIds: Record<string, string>;
  /** Correlations of what was refused. */
  const refused: string[] = [];

  beforeAll(async () => {
    at = await installation();
    product = await at.start();
    const speaker = new Speaker(new Canaries().for);
    cast = await house(speaker, await organisation(at, product.baseUrl));
    await applicant(speaker, cast, 'applicant');
    await tenant(speaker, cast, 'tenant', true);
    own = await cast.organisation.member('finance');
    cast.ids['users'] = (await cast.organisation.member('maintenance')).userId;
    cast.ids['user_organizations'] = (await cast.organisation.owner.rows(`/user-organizations?userId=${cast.ids['users']}`))[0]!.id;
    const other = await house(new Speaker(new Canaries().for), await organisation(at, product.baseUrl, 'Other Homes'));
    otherIds = other.ids;
    admin = new pg.Client({ connectionString: at.databases.adminUrl });
    await admin.connect();
  }, LONG);
  afterAll(async () => {
    await admin.end();
    await at.remove();
  });

  const head = async (): Promise<number> => Number((await admin.query<{ position: string }>('select position from log.counter')).rows[0]!.position);
  const callerOf = ({ name, options }: CommandDeclaration): Caller => {
    if (options.anonymous) return new Caller(product.baseUrl);
    if (options.self) return own.caller;
    return name === 'EraseResident' ? cast.dpo : cast.organisation.owner;
  };
  const pathOf = (command: CommandDeclaration, id = command.options.self ? own.userId : cast.ids[tableOf(command.name)]): string => `/api/v1${pathFor(command.name, id ?? UNKNOWN)}`;

  /** A body whose other fields are as they should be. */
  function bodyWith(command: CommandDeclaration, field: Field, { json }: Hostile): string {
    const others = bodyFields(command).filter((one) => !one.optional && one.name !== field.name);
    const known = (one: Field): string => (one.kind === 'ref' && cast.ids[one.table!] ? JSON.stringify(cast.ids[one.table!]) : plausible(one));
    return `{${[...others.map((one) => `"${one.name}":${known(one)}`), `"${field.name}":${json}`].join(',')}}`;
  }
  const hostileOf = (command: CommandDeclaration): { field: Field; value: Hostile }[] =>
    bodyFields(command).flatMap((field) => hostileValues(field, `/${field.name}`, command.partial, Object.values(otherIds)).map((value) => ({ field, value })));
  const remember = (_asked: Asked, answer: Heard): void => {
    if (answer.status >= 400) refused.push(answer.correlationId);
  };

  /** Some of many, others in each run. */
  const some = <T>(of: readonly T[], most: number): T[] => (of.length <= most ? [...of] : fc.sample(fc.shuffledSubarray([...of], { minLength: most, maxLength: most }), { numRuns: 1, seed: SEED + of.length })[0]!);
  const nothingWrong = async (asked: readonly Asked[]): Promise<void> => {
    nothingWrongIn(await askAll(asked, remember));
  };

  it('is refused in every field of every command where it can never be right, with the field named, and leaves the log as it is', async () => {
    const before = await head();
    const all = routedCommands.flatMap((command): Asked[] => {
      const mayBe = command.options.platformActor !== true;
      const fields = Map.groupBy(hostileOf(command).filter(({ value }) => value.wrong), ({ field }) => field);
      return [...fields.values()].flatMap((values) => some(values, 8)).map(({ field, value }) => ({
        method: 'POST', path: pathOf(command), caller: callerOf(command), body: bodyWith(command, field, value),
        check: mayBe ? refusedFor(value.pointer) : ({ status }) => (status === 403 ? undefined : 'should have been forbidden'),
      }));
    });
    expect(all.length).toBeGreaterThan(2_000);
    await nothingWrong(all);
    expect(await head()).toBe(before);
  }, LONG);

  it('is refused as a whole where it is no body, and leaves the log as it is', async () => {
    const before = await head();
    const json = { 'content-type': 'application/json' };
    const status = (...expected: number[]) => (answer: Heard) => (expected.includes(answer.status) ? undefined : `should have been one of ${expected.join()}`);
    const deep = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    const bodies: [string | Uint8Array, Record<string, string>, ...number[]][] = [
      ['[]', json, 400], ['true', json, 400], ['"text"', json, 400], ['12', json, 400], ['{', json, 400], ['{"a":1,}', json, 400], ['{}{}', json, 400], ["{'a':1}", json, 400], ['/* */ {}', json, 400],
      ['{"reason":"one","reason":"two"}', json, 400], ['{"reason":"one","r\\u0065ason":"two"}', json, 400], ['{"__proto__":{"admin":true}}', json, 400], ['{"constructor":{"prototype":{}}}', json, 400],
      ['{"organizationId":"x","status":"active","id":"y","role":"owner"}', json, 400], [deep(33), json, 400], [deep(10_000), json, 400], ['['.repeat(100_000), json, 400], [`[${'0,'.repeat(300_000)}0]`, json, 400],
      [`{"reason":"${'a'.repeat(1_100_000)}"}`, json, 413], [Uint8Array.of(0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d), json, 400], [Uint8Array.of(0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00), json, 400], [Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), json, 400],
      ['reason=x', { 'content-type': 'application/x-www-form-urlencoded' }, 415], ['<a/>', { 'content-type': 'text/xml' }, 415], ['{}', { 'content-type': 'text/plain' }, 415], ['{}', { 'content-type': 'application/json; charset=utf-16' }, 415],
      ['--x\r\n\r\n--x--', { 'content-type': 'multipart/form-data; boundary=x' }, 415], ['{}', { 'content-type': 'application/json, text/html' }, 400, 415], [Uint8Array.of(0x1f, 0x8b, 8, 0), { ...json, 'content-encoding': 'gzip' }, 400, 415],
      ['{"unknown":1}', { ...json, 'idempotency-key': 'x'.repeat(256) }, 400], ['{"unknown":1}', { ...json, 'idempotency-key': 'é' }, 400], ['{"unknown":1}', { ...json, 'if-match': '*' }, 400], ['{"unknown":1}', { ...json, 'if-match': 'W/"1"' }, 400], ['{"unknown":1}', { ...json, 'if-match': '"99999999999"' }, 400],
    ];
    const asked = some(routedCommands, 12).filter(({ options }) => !options.platformActor).flatMap((command) => bodies.map(([body, headers, ...expected]): Asked =>
      ({ method: 'POST', path: pathOf(command), caller: callerOf(command), body, headers, check: status(...expected, ...(takesFiles(command) ? [400] : [])), note: JSON.stringify(headers).slice(0, 80) })));
    const signIn = bodies.map(([body, headers, ...expected]): Asked => ({ method: 'POST', path: '/api/v1/sign-in', caller: new Caller(product.baseUrl), body, headers, check: status(...expected) }));
    await nothingWrong([...asked, ...signIn.slice(0, 25)]);
    expect(await head()).toBe(before);
  }, LONG);

  it('is answered alike in every path: an id that is malformed, nil, unknown or of another organisation is not there', async () => {
    const before = await head();
    const other = (table: string): string => otherIds[table] ?? UNKNOWN;
    const ids = (table: string): string[] => [...IDS.filter((id) => id !== ''), '%00', '%ff', '..%2f..', 'a'.repeat(299), other(table)].map((id) => (id.startsWith('%') || id.includes('%2f') ? id : encodeURIComponent(id)));
    const absent = ({ status, body }: Heard): string | undefined => (status === 404 && body.code === 'NOT_FOUND' ? undefined : status === 400 && body.code === 'MALFORMED' ? undefined : 'should not be there');
    const asked = routedCommands.filter(({ options }) => !options.creates && !options.platformActor).flatMap((command) => some(ids(tableOf(command.name)), 10).map((id): Asked => {
      const body = `{${bodyFields(command).filter(({ optional }) => !optional).map((field) => `"${field.name}":${plausible(field)}`).join(',')}}`;
      const notOwn = command.options.self || command.options.anonymous || tableOf(command.name) === 'organizations';
      return { method: 'POST', path: pathOf(command, id), caller: callerOf(command), body, ...(notOwn ? {} : { check: absent }) };
    }));
    const reads = (await lists(cast.organisation.owner)).flatMap(({ path, history }) => ids(path.slice(1).replaceAll('-', '_')).flatMap((id) =>
      ['', '?at=2026-08-03T10:00:00Z', ...(history ? ['/history'] : [])].map((more): Asked => ({ method: 'GET', path: `/api/v1${path}/${id}${more}`, caller: cast.organisation.owner, check: absent }))));
    await nothingWrong([...asked, ...some(reads, 900)]);
    expect(await head()).toBe(before);
  }, LONG);

  it('in the address of a list is a 400 that names the parameter, or finds what it says', async () => {
    const { owner } = cast.organisation;
    const values = [...STRANGE.filter((value) => value.length < 3_000), '\u0000', 'a\u202eb', '2026-02-30', '00000000-0000-0000-0000-000000000000', '99999999999999999999', '-0', '+1', '0x10', '1e5', '1,2', 'true,false'].map(encodeURIComponent);
    const raw = ['%ED%A0%80', '%zz', '%', '%ff', '&&=', '%00'];
    const fine = ({ status, body }: Heard): string | undefined => (status === 200 || (status === 400 && body.code !== 'INTERNAL') || status === 414 || status === 431 ? undefined : 'is neither a list nor a 400');
    const asked: Asked[] = [];
    const get = (path: string, check = fine): void => void asked.push({ method: 'GET', path: `/api/v1${path}`, caller: owner, check });
    const names = (name: string) => (answer: Heard): string | undefined => fine(answer) ?? (answer.status === 400 && !answer.body.errors?.some(({ pointer }) => pointer.startsWith(name)) ? `does not name ${name}` : undefined);
    for (const { path, history } of await lists(owner)) {
      const known = (await owner.get(`${path}?nonsense=1`)).text.match(/Known are: ([^;]+);/)![1]!.split(', ');
      const filters = fc.sample(fc.tuple(fc.constantFrom(...known), fc.constantFrom('', '[gte]', '[gt]', '[lte]', '[lt]', '[ne]', '[null]'), fc.constantFrom(...values)), { numRuns: 60, seed: SEED });
      for (const [name, operator, value] of filters) get(`${path}?${name}${operator}=${value}`, names(name));
      for (const [name, value] of [['like]', 'x'], ['__proto__', 'x'], ['constructor', 'x'], ['a[b][c]', '1'], ['id[', '1'], ['', 'x'], [known[0]!, raw[0]!], [known[0]!, raw[1]!], ['q', '%25_%5c'], ['organizationId', UNKNOWN]]) get(`${path}?${name}=${value}`);
      const [one, other, third] = some(values, 3);
      for (const more of [`sort=${one}`, 'sort=-', 'sort=id,id,id,id,id,id', 'sort=id&sort=id', `limit=${other}`, 'limit=0', 'limit=501', 'limit=-1', 'limit=1e2', 'limit=1&limit=2', `cursor=${third}`, 'cursor=e30', 'cursor=W10', 'include=everything', `q=${one}`, ...raw.map((text) => `cursor=${text}`)]) get(`${path}?${more}`);
      get(`${path}?${Array.from({ length: 101 }, () => `${known[0]}=x`).join('&')}`);
      if (!history) continue;
      const id = cast.ids[path.slice(1).replaceAll('-', '_')] ?? UNKNOWN;
      const there = ({ status }: Heard): string | undefined => ([200, 400, 404].includes(status) ? undefined : 'is neither there nor absent');
      for (const value of some(values, 8)) for (const name of [`/${id}?at=`, `/${id}/history?cursor=`, `/${id}/history?limit=`, `/${id}?after=x`]) get(`${path}${name}${value}`, there);
    }
    for (const name of ['entity', 'entityId', 'actorId', 'type', 'field', 'from', 'to', 'outcome', 'limit', 'cursor', 'nonsense']) for (const value of [...some(values, 8), ...raw.slice(0, 3)]) get(`/audit-trail?${name}=${value}`);
    for (const value of some(values, 10)) get(`/changes?after=${value}`);
    await nothingWrong(asked);
  }, LONG);

  it('in a cursor that was made up finds nothing and breaks nothing', async () => {
    const { owner } = cast.organisation;
    const forged: Asked[] = [];
    for (const sort of ['createdAt', '-firstName', 'dateOfBirth', 'isMinor', 'independenceLevel', 'rentBalancePence']) {
      const { nextCursor } = (await owner.row(`/residents?limit=1&sort=${sort}`)) as unknown as { nextCursor: string };
      const [signed, values] = JSON.parse(Buffer.from(nextCursor, 'base64url').toString()) as [string, unknown[]];
      for (const value of [null, true, '', 'x', '\u0000', '\ud800', 1.5, -1, 2 ** 53, 1e300, '9999-99-99', '2026-02-30', '0000-00-00T00:00:00Z', '2026-02-30T99:99:99Z', '2026-02-30T01:00:00Z', '2026-08-03T08:00:00.1234567890Z', '294277-01-01', UNKNOWN, [], {}, [null], "' or 1=1 --", 'infinity', '-infinity', 'now']) {
        for (let at = 0; at < values.length; at++) {
          const cursor = Buffer.from(JSON.stringify([signed, values.map((one, index) => (index === at ? value : one))])).toString('base64url');
          forged.push({ method: 'GET', path: `/api/v1/residents?limit=1&sort=${sort}&cursor=${cursor}`, caller: owner, note: `${sort} ${JSON.stringify(value)}` });
        }
      }
    }
    await nothingWrong(forged);
  }, LONG);

  it('through GraphQL is an error with a code, and the field is named', async () => {
    const before = await head();
    const asked = routedCommands.filter(({ options }) => !options.handWritten && !options.platformActor && !options.anonymous).flatMap((command) => {
      const name = command.name[0]!.toLowerCase() + command.name.slice(1);
      const [target, given] = command.options.creates ? ['', ''] : [`, $id: ID!`, 'id: $id, '];
      const query = `mutation ($input: ${command.name}Input!${target}) { ${name}(${given}input: $input) { id } }`;
      // GraphQL takes one text for a list of one.
      const isWrong = ({ field, value }: { field: Field; value: Hostile }): boolean => value.wrong && !(field.kind === 'list' && !field.of && value.json.startsWith('"'));
      return some(hostileOf(command).filter(isWrong), 6).map(({ field, value }): Asked => ({
        method: 'POST', path: '/graphql', caller: callerOf(command),
        body: `{"query":${JSON.stringify(query)},"variables":{"id":${JSON.stringify(pathOf(command).split('/')[4] ?? UNKNOWN)},"input":${bodyWith(command, field, value)}}}`,
        check: refusedByGraphql(value.pointer),
        note: `${command.name}.${field.name} ${value.json.slice(0, 80)}`,
      }));
    });
    const filters = fc.sample(fc.tuple(fc.constantFrom('firstName', 'id', 'status', 'dateOfBirth_gte', 'age', 'createdAt_lt', 'q', '__proto__'), fc.constantFrom(...STRANGE.filter((one) => one.length < 3_000))), { numRuns: 100, seed: SEED })
      .map(([name, value]): Asked => ({ method: 'POST', path: '/graphql', caller: cast.organisation.owner, check: withoutDefect, body: JSON.stringify({ query: 'query ($filter: ResidentFilter) { residents(filter: $filter) { nodes { id } } }', variables: { filter: { [name]: name === 'q' ? value : [value] } } }) }));
    nothingWrongIn(await askAll([...asked, ...filters], () => undefined));
    expect(await head()).toBe(before);
  }, LONG);

  it('that may be right is taken as it was written, or refused by a rule that leaves no trace in any record', async () => {
    const ordered = [...routedCommands].filter(({ options }) => !options.platformActor).sort((one, two) => Number(ENDING.test(one.name)) - Number(ENDING.test(two.name)));
    const accepted: { table: string; id: string; field: Field; value: Hostile }[] = [];
    for (const command of ordered) {
      const asked = some(hostileOf(command).filter(({ value }) => !value.wrong), command.options.handWritten ? BELOW_LOCK_OUT : 40).map(({ field, value }): Asked & { field: Field; value: Hostile } => ({
        method: 'POST', path: pathOf(command), caller: callerOf(command), body: bodyWith(command, field, value), field, value,
        check: ({ status, body }) => (status === 400 && !body.errors?.length ? 'names no field' : undefined),
      }));
      nothingWrongIn(await askAll(asked, (one, answer) => {
        const { field, value } = one as (typeof asked)[number];
        remember(one, answer);
        if (answer.status === 201) accepted.push({ table: tableOf(command.name), id: String(answer.body.id), field, value });
        // Passwords are weighed a few at a time: more would be told to wait (429).
      }, command.options.handWritten ? 2 : undefined));
    }
    expect(accepted.length).toBeGreaterThan(100);
    const leftBehind = await admin.query<{ stream: string }>(
      `select stream from log.events where convert_from(metadata, 'UTF8')::jsonb->>'correlationId' = any ($1) and stream not like 'register-%' and type <> 'CommandAbandoned'`, [refused]);
    expect(leftBehind.rows).toEqual([]);
    const after = (await cast.organisation.owner.did(`/organizations/${cast.organisation.id}/change-details`, { displayName: 'After the storm' }))['position'];
    for (const { table, id, field, value } of accepted.filter(({ field: { kind, normalise } }) => kind === 'text' && !normalise)) {
      const row = await cast.organisation.owner.row(`/${table.replaceAll('_', '-')}/${id}?after=${String(after)}`);
      if (!(field.name in row)) continue;
      const given = JSON.parse(value.json) as string | null;
      // On a create null is what absent is.
      const written = given === null ? '' : normaliseText(given);
      expect({ field: field.name, is: row[field.name] ?? '' }).toEqual({ field: field.name, is: written });
    }
  }, LONG);

  it('has stopped nobody: no stream is parked, and every row is what its events say', async () => {
    const { rows } = await admin.query('select projection as by, stream, reason from read.parked_streams union all select process, stream, sentence from app.process_parked');
    expect(rows).toEqual([]);
    expect(await at.cli('projections', 'verify')).toContain('Every row is what its events say.');
    expect((await new Caller(product.baseUrl).call('GET', '/health/ready')).status).toBe(200);
  }, LONG);
});

const nothingWrongIn = (wrong: readonly string[]): void => expect({ wrong: wrong.length, examples: wrong.slice(0, 20) }).toEqual({ wrong: 0, examples: [] });
