import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { ProjectionEngine } from '../../projections/engine/engine.js';
import { handWritten, views } from '../../projections/index.js';
import { AccessLog } from '../../src/access/access-log.js';
import type { History, HistoryItem } from '../../src/audit/history.js';
import { AuditTrail, BadCursor, type TrailFilter, type TrailItem } from '../../src/audit/trail.js';
import { entities } from '../../src/domain/index.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { Catalogue } from '../../src/kernel/catalogue.js';
import { instantText, uuidOf } from '../../src/kernel/values.js';
import { KeysUnavailable, SealBroken, UnreadableEvent, type Codec } from '../../src/privacy/codec.js';
import { testDatabases, type TestDatabases } from '../support/databases.js';
import { actor, ORGANIZATION } from './lives.js';

const ELSEWHERE = uuidOf('audit', 'another organization');
const START = Date.parse('2026-09-02T08:00:00.000Z');
const catalogue = new Catalogue(entities);

let databases: TestDatabases;
let admin: pg.Pool;
let pool: pg.Pool;
let trail: AuditTrail;
/** Entities whose events were folded for a page. */
const folded: string[] = [];
/** Entities that cannot be folded. */
const broken = new Map<string, Error>();

beforeAll(async () => {
  databases = await testDatabases();
  admin = new pg.Pool({ connectionString: databases.adminUrl, max: 2 });
  pool = new pg.Pool({ connectionString: databases.urls.app, max: 2 });
  const engine = new ProjectionEngine({
    catalogue, store: {} as EventStore, codec: {} as Codec, handWritten: handWritten(catalogue), views, connectionString: databases.urls.projector,
  });
  await engine.prepare();
  await engine.stop();
  const history = {
    some: (_: unknown, id: string, __: unknown, revisions: ReadonlySet<number>) => {
      folded.push(id);
      if (broken.has(id)) return Promise.reject(broken.get(id)!);
      return Promise.resolve([...revisions].map((revision) => ({ revision, position: Number(id.slice(-4)) * 10 + revision }) as unknown as HistoryItem));
    },
  } as unknown as History;
  const clock = { now: () => Promise.resolve(instantText(START)) };
  trail = new AuditTrail({ pool, catalogue, history, names: (ids) => Promise.resolve(new Map(ids.map((id) => [id, `Name of ${id}`]))), access: new AccessLog(pool, clock).entries });
});
afterAll(async () => {
  await Promise.all([admin.end(), pool.end()]);
  await databases.drop();
});
beforeEach(() => clear());

async function clear(): Promise<void> {
  folded.length = 0;
  broken.clear();
  await admin.query('truncate read.audit_trail__1, app.access_log');
}

/** An entity whose id ends in a number. */
const numbered = (n: number): string => `6a1f7c2e-0d5b-5a34-9c1e-2b7f8d3e${String(n).padStart(4, '0')}`;

interface Recorded {
  readonly position: number;
  /** Milliseconds after the start. */
  readonly at: number;
  readonly entity?: number;
  readonly organizationId?: string;
  readonly type?: string;
  readonly fields?: readonly string[];
}
async function record({ position, at, entity = position, organizationId = ORGANIZATION, type = 'ResidentRegistered', fields = [] }: Recorded): Promise<void> {
  await admin.query(
    `insert into read.audit_trail__1 (id, organization_id, user_id, actor_role, action, event_type, entity_type, entity_id, revision,
       log_position, timestamp, effective_date, correlation_id, fields, old_values, new_values)
     values ($1, $2, 'anna', 'manager', 'DoIt', $3, 'residents', $4, 0, $5, $6, '2026-09-02', 'c', $7, '{}', '{}')`,
    [uuidOf('trail', position), organizationId, type, numbered(entity), position, instantText(START + at), fields],
  );
}
async function enter(id: number, at: number, outcome: 'refused' | 'read' = 'refused', organizationId = ORGANIZATION): Promise<void> {
  await admin.query(
    `insert into app.access_log (id, organization_id, at, actor_id, actor_role, outcome, code, entity)
     overriding system value values ($1, $2, $3, 'anna', 'manager', $4, $5, 'residents')`,
    [id, organizationId, instantText(START + at), outcome, outcome === 'refused' ? `R-${id}` : null],
  );
}

/** What an item is, in a word: `event 7`, `R-3`, `read`. */
const wordOf = ({ outcome, entityId, code }: TrailItem): string =>
  outcome === 'accepted' ? `event ${Number(entityId!.slice(-4))}` : (code ?? outcome);

async function pages(filter: TrailFilter, limit: number, between: () => Promise<void> = () => Promise.resolve()): Promise<string[]> {
  const words: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await trail.page(actor, filter, limit, cursor);
    expect(page.items.length).toBeLessThanOrEqual(limit);
    words.push(...page.items.map(wordOf));
    cursor = page.nextCursor ?? undefined;
    await between();
  } while (cursor !== undefined);
  return words;
}

describe('the audit trail', () => {
  it('has the same items in pages of any size, whatever raced, and however many share an instant', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('event', 'entry'), fc.integer({ min: 0, max: 4 }), fc.boolean()), { maxLength: 12 }),
        fc.integer({ min: 1, max: 4 }),
        async (happened, limit) => {
          await clear();
          const ours: string[] = [];
          for (const [index, [kind, at, isOurs]] of happened.entries()) {
            const number = index + 1;
            const organizationId = isOurs ? ORGANIZATION : ELSEWHERE;
            if (kind === 'event') await record({ position: number, at, organizationId });
            else await enter(number, at, 'refused', organizationId);
            if (isOurs) ours.push(kind === 'event' ? `event ${number}` : `R-${number}`);
          }
          const whole = await pages({}, 500);
          expect([...whole].sort()).toEqual([...ours].sort());
          expect(await pages({}, limit)).toEqual(whole);
          const events = whole.filter((word) => word.startsWith('event'));
          expect(await pages({ outcome: 'accepted' }, limit)).toEqual(events);
          expect(await pages({ outcome: 'refused' }, limit)).toEqual(whole.filter((word) => !word.startsWith('event')));
          expect(events).toEqual([...events].sort((a, b) => Number(b.slice(6)) - Number(a.slice(6))));
        },
      ),
      { numRuns: 25 },
    ));

  it('loses no entry where ids of one instant grow by a digit', async () => {
    for (const id of [8, 9, 10, 11, 99, 100]) await enter(id, 5);
    const newest = ['R-100', 'R-99', 'R-11', 'R-10', 'R-9', 'R-8'];
    for (const limit of [1, 2, 500]) expect(await pages({ outcome: 'refused' }, limit)).toEqual(newest);
  });
  it('names who was refused and who read', async () => {
    await enter(1, 0);
    await enter(2, 1, 'read');
    const { items } = await trail.page(actor, {}, 10);
    expect(items.map((item) => item.actor)).toEqual([1, 2].map(() => ({ id: 'anna', name: 'Name of anna', role: 'manager' })));
  });

  it('is newest first over both sources', async () => {
    for (const n of [1, 2, 3]) await record({ position: n, at: n * 10 });
    await enter(1, 15);
    await enter(2, 25, 'read');
    expect(await pages({}, 2)).toEqual(['event 3', 'read', 'event 2', 'R-1', 'event 1']);
  });

  it('lets nothing that comes in meanwhile push its way into later pages', async () => {
    for (const n of [1, 2, 3]) await record({ position: n, at: 5 });
    for (const n of [1, 2, 3]) await enter(n, 5);
    const whole = await pages({}, 500);
    let more = 10;
    const meanwhile = async (): Promise<void> => {
      await record({ position: ++more, at: 5 });
      await enter(more, 5, 'read');
    };
    expect(await pages({}, 1, meanwhile)).toEqual(whole);
    expect(await pages({}, 500)).toHaveLength(whole.length + 2 * (more - 10));
  });

  it('is filtered by entity, type, field, actor and time', async () => {
    await record({ position: 1, at: 0, type: 'ResidentRegistered', fields: ['firstName', 'emergencyContacts.name'] });
    await record({ position: 2, at: 1000, type: 'KeyWorkerAssigned', fields: ['keyWorkerId'] });
    await enter(3, 2000);
    const instant = (ms: number): string => instantText(START + ms);
    const asked: readonly (readonly [TrailFilter, readonly string[]])[] = [
      [{ type: 'KeyWorkerAssigned' }, ['event 2']],
      [{ type: 'R-3' }, ['R-3']],
      [{ field: 'emergencyContacts.name' }, ['event 1']],
      [{ entityId: numbered(2) }, ['event 2']],
      [{ entity: 'residents' }, ['R-3', 'event 2', 'event 1']],
      [{ entity: 'incidents' }, []],
      [{ actorId: 'anna', from: instant(1000) }, ['R-3', 'event 2']],
      [{ from: instant(1000), to: instant(1000) }, ['event 2']],
      [{ actorId: 'ben' }, []],
    ];
    for (const [filter, words] of asked) expect([filter, await pages(filter, 1)]).toEqual([filter, words]);
  });

  it('folds each entity of a page once', async () => {
    for (const n of [1, 2, 3, 4]) await record({ position: n, at: n, entity: n % 2 });
    await trail.page(actor, {}, 10);
    expect(folded.sort()).toEqual([numbered(0), numbered(1)]);
  });

  it('is not kept back by what is damaged, and says that it is; any other failure is one', async () => {
    for (const n of [1, 2, 3]) await record({ position: n, at: n });
    broken.set(numbered(1), new UnreadableEvent('Its bytes are no JSON.')).set(numbered(2), new SealBroken('Altered.', 'e'));
    const { items } = await trail.page(actor, {}, 10);
    expect(items.map(wordOf)).toEqual(['event 3', 'event 2', 'event 1']);
    for (const item of items.slice(1)) expect(item).toMatchObject({ type: 'ResidentRegistered', revision: 0, sentence: expect.stringMatching(/damaged/), changes: [] });
    broken.set(numbered(3), new KeysUnavailable('The keyring does not answer.'));
    await expect(trail.page(actor, {}, 10)).rejects.toBeInstanceOf(KeysUnavailable);
  });

  it('refuses a cursor that is none of its own', async () => {
    const coded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const access = { at: instantText(START), id: '1' };
    for (const cursor of ['', 'x', coded(null), coded({}), coded({ position: '1' }), coded({ position: "1'", access }), coded({ position: 1, access }),
      coded({ position: '1', access: { ...access, at: 'now' } })]) {
      await expect(trail.page(actor, {}, 10, cursor)).rejects.toBeInstanceOf(BadCursor);
    }
  });
});
