import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { HistoryItem, HistoryPage } from '../../src/audit/history.js';
import { entities } from '../../src/domain/index.js';
import { Catalogue } from '../../src/kernel/catalogue.js';
import { entityOf, PLATFORM, type EntityDeclaration } from '../../src/kernel/entity.js';
import { metadataOf } from '../../src/event-store/metadata.js';
import { fieldsOf, type Field } from '../../src/kernel/fields.js';
import { SCOPES } from '../../src/kernel/permissions.js';
import type { Privacy } from '../../src/kernel/privacy.js';
import { instantText } from '../../src/kernel/values.js';
import { markOf } from '../support/event-values.js';
import { actor, live, livesOf, type Life } from './lives.js';

const catalogue = new Catalogue(entities);
const all = entities.map((entity) => entityOf(entity));
const RUNS = { numRuns: 15 };
const FOR_EVER = '2199-12-31T00:00:00.000Z';

type Row = Record<string, unknown>;
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null)) as unknown;

/** What the `after`s of all changes come to: values by field, children by their ids. */
function folded(items: readonly HistoryItem[]): Map<string, unknown> {
  return new Map(items.flatMap(({ changes }) => changes.map(({ field, after }): [string, unknown] => [field, plain(after)])));
}

/** A row as the names of its fields, in the way of changes. */
function flattened({ fields }: EntityDeclaration, row: Row): Map<string, unknown> {
  const flat = new Map<string, unknown>([['reference', row['reference'] ?? null]]);
  for (const field of fields.filter(({ kind }) => kind !== 'hidden')) {
    if (field.kind !== 'children') flat.set(field.name, plain(row[field.name]));
    else for (const child of row[field.name] as Row[]) for (const [name, value] of childValues(field, child)) flat.set(name, value);
  }
  return flat;
}
const childValues = ({ name, of }: Field, child: Row): [string, unknown][] =>
  fieldsOf(of!()).filter(({ kind }) => kind !== 'hidden').map((field) => [`${name}.${String(child['id'])}.${field.name}`, plain(child[field.name])]);

/** What a change's field, `people.<id>.role`, is to privacy. */
function privacyOf({ fields }: EntityDeclaration, changed: string): Privacy {
  const [name, , inner] = changed.split('.');
  const field = fields.find((one) => one.name === name);
  const declared = inner === undefined ? field : fieldsOf(field!.of!()).find((one) => one.name === inner);
  return declared?.privacy ?? { class: 0 };
}

/** Some visibility: classes and scopes that an actor sees. */
const visibility = fc.record({ sensitive: fc.boolean(), personal: fc.subarray([...SCOPES]), special: fc.subarray([...SCOPES]) }).map(
  ({ sensitive, personal, special }) =>
    ({ class: level, scope, sensitive: delicate }: Privacy): boolean => {
      if (level < 2) return !delicate || sensitive;
      return (level === 2 ? personal : special).includes(scope!);
    },
);
/** Marks of what may not be seen. */
const hiddenMarks = (maySee: (privacy: Privacy) => boolean): string[] =>
  SCOPES.flatMap((scope) => ([2, 3] as const).map((level): Privacy => ({ class: level, scope }))).filter((one) => !maySee(one)).map(markOf);

describe.each(all.map((entity) => [entity.table, entity] as const))('the history of %s', (_, entity) => {
  const lives = livesOf(catalogue, entity);
  const each = (holds: (life: Life) => Promise<void>): Promise<void> =>
    fc.assert(fc.asyncProperty(lives, async (steps) => holds(await live(catalogue, entity, steps))), RUNS);

  it('has each change begin where the one before it ended', () =>
    each(async (life) => {
      const last = new Map<string, unknown>();
      for (const { changes } of await life.page()) {
        for (const { field, before, after } of changes) {
          expect([field, plain(before)]).toEqual([field, last.get(field) ?? null]);
          last.set(field, plain(after));
        }
      }
    }));

  it('comes to what the entity is now', () =>
    each(async (life) => {
      const state = flattened(entity, (await life.at(FOR_EVER))!);
      const history = folded(await life.page());
      for (const [field, value] of state) expect([field, history.get(field) ?? null]).toEqual([field, value]);
      // What is no longer there, such as a child that was taken away, ended as nothing.
      for (const [field, value] of history) if (!state.has(field)) expect([field, value]).toEqual([field, null]);
    }));

  it('shows an entity at an instant as its first events up to then make it', () =>
    each(async (life) => {
      const items = await life.page();
      for (const { recordedAt } of items) {
        const until = items.filter((item) => item.recordedAt <= recordedAt);
        const then = (await life.at(recordedAt))!;
        expect(then['revision']).toBe(until.at(-1)!.revision);
        expect(then['updatedAt']).toBe(recordedAt);
        const state = flattened(entity, then);
        const history = folded(until);
        for (const [field, value] of state) expect([field, history.get(field) ?? null]).toEqual([field, value]);
      }
      expect(await life.at(instantText(Date.parse(items[0]!.recordedAt) - 1))).toBeUndefined();
    }));

  it('gives the same items in pages of any size', () =>
    fc.assert(
      fc.asyncProperty(lives, fc.integer({ min: 1, max: 5 }), async (steps, limit) => {
        const life = await live(catalogue, entity, steps);
        const items: HistoryItem[] = [];
        for (let cursor: string | null = '0'; cursor !== null; ) {
          const page: HistoryPage = (await life.history.of(entity, life.id, actor, { from: Number(cursor), limit }))!;
          expect(page.items.length).toBeLessThanOrEqual(limit);
          items.push(...page.items);
          cursor = page.nextCursor;
        }
        expect(plain(items)).toEqual(plain(await life.page()));
        expect(items.map(({ revision }) => revision)).toEqual(life.stream.map(({ revision }) => revision));
      }),
      RUNS,
    ));

  it('hides what a role may not see, and shows the rest as it is', () =>
    fc.assert(
      fc.asyncProperty(lives, visibility, async (steps, maySee) => {
        const shown = await live(catalogue, entity, steps);
        const masked = await live(catalogue, entity, steps, { maySee: (__, privacy) => maySee(privacy) });
        const [whole, some] = [await shown.page(), await masked.page()];
        whole.forEach(({ changes }, index) => changes.forEach((change, at) => {
          const seen = some[index]!.changes[at]!;
          expect([change.field, seen.masked ?? false]).toEqual([change.field, !maySee(privacyOf(entity, change.field))]);
          if (seen.masked) expect(seen).toEqual({ field: change.field, before: null, after: null, masked: true });
          else expect(plain(seen)).toEqual(plain(change));
        }));
        const said = JSON.stringify([some, await masked.at(FOR_EVER)]);
        for (const mark of hiddenMarks(maySee)) expect(said).not.toContain(mark);
      }),
      RUNS,
    ));

  it('says that special data is read before it is opened, and only then', () =>
    fc.assert(
      fc.asyncProperty(lives, async (steps) => {
        const life = await live(catalogue, entity, steps);
        for (const answer of [() => life.page(), () => life.at(FOR_EVER)]) {
          life.told.length = 0;
          const isSpecial = JSON.stringify(await answer()).includes('class3-');
          const announced = life.told.filter((one) => one !== 'opened');
          expect(announced.length > 0 || !isSpecial).toBe(true);
          for (const one of announced) expect(one).toBe(`read ${entity.table} ${life.id}`);
          if (announced.length > 0) expect(life.told[0]).toMatch(/^read/);
        }
        const blind = await live(catalogue, entity, steps, { maySee: (__, { class: level }) => level < 3 });
        await blind.page();
        await blind.at(FOR_EVER);
        expect(blind.told.filter((one) => one !== 'opened')).toEqual([]);
      }),
      RUNS,
    ));

  it('keeps the answer back, unopened, when it cannot be said', () =>
    fc.assert(
      fc.asyncProperty(lives, async (steps) => {
        const refuse = (): Promise<void> => Promise.reject(new Error('The access log is full.'));
        const free = await live(catalogue, entity, steps);
        const life = await live(catalogue, entity, steps, { specialRead: refuse });
        for (const [answer, same] of [[() => life.page(), () => free.page()], [() => life.at(FOR_EVER), () => free.at(FOR_EVER)]] as const) {
          life.told.length = free.told.length = 0;
          await same();
          if (!free.told.some((one) => one.startsWith('read'))) await answer();
          else {
            await expect(answer()).rejects.toThrow('The access log is full.');
            expect(life.told).not.toContain('opened');
          }
        }
      }),
      RUNS,
    ));

  it('goes on when the personal data was erased, and shows none of it', () =>
    fc.assert(
      fc.asyncProperty(lives, async (steps) => {
        const life = await live(catalogue, entity, steps);
        const before = await life.page();
        for (const subject of subjectsOf(life)) life.keyring.destroy(subject);
        const after = await life.page();
        expect(after.map(({ changes }) => changes.map(({ field }) => field))).toEqual(before.map(({ changes }) => changes.map(({ field }) => field)));
        expect(JSON.stringify([after, await life.at(FOR_EVER)])).not.toMatch(/class[23]-/);
      }),
      RUNS,
    ));

  it('is the organisation’s own', async () => {
    const [steps] = fc.sample(lives, { numRuns: 1, seed: 7 });
    const life = await live(catalogue, entity, steps!);
    const stranger = { ...actor, organizationId: '6a1f7c2e-0d5b-5a34-9c1e-2b7f8d3e4a59' };
    // Users are of the platform: whose member somebody is, their row knows, and the API asks it before.
    const isShared = metadataOf(life.stream[0]!).organizationId === PLATFORM;
    expect(isShared).toBe(entity.options.home === 'platform');
    const seen = [
      await life.history.of(entity, life.id, stranger, { from: 0, limit: 10 }),
      await life.history.at(entity, life.id, stranger, FOR_EVER),
    ];
    expect(seen.map((one) => one !== undefined)).toEqual([isShared, isShared]);
  });
});

/** Whoever values of the stream are sealed for. */
function subjectsOf({ stream }: Life): Set<string> {
  const bundles = stream.flatMap(({ data }) => (JSON.parse(Buffer.from(data).toString()) as { $p?: { s: string }[] }).$p ?? []);
  return new Set(bundles.map(({ s }) => s));
}

describe('the lives that are tried', () => {
  it('leave out little, and meet every event of every entity', async () => {
    for (const entity of all) {
      const seen = new Set<string>();
      const count = { steps: 0, events: 0 };
      const events = catalogue.events.filter((event) => event.entity === entity.state).map(({ type }) => type);
      // An entity of many events has to live often before each of them has happened.
      for (const steps of fc.sample(livesOf(catalogue, entity), { numRuns: 60 + 4 * events.length, seed: 11 })) {
        const { stream } = await live(catalogue, entity, steps);
        for (const { type } of stream) seen.add(type);
        count.steps += steps.length;
        count.events += stream.length;
      }
      expect(count.events).toBeGreaterThan(count.steps / 2);
      expect([...seen].sort()).toEqual(events.sort());
    }
  });
});
