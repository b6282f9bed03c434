import fc from 'fast-check';
import type { Catalogue } from '../../src/kernel/catalogue.js';
import type { EntityDeclaration } from '../../src/kernel/entity.js';
import type { DomainEvent, EventDeclaration, Recorded } from '../../src/kernel/event.js';
import { fieldsOf, type Field } from '../../src/kernel/fields.js';
import type { Privacy } from '../../src/kernel/privacy.js';
import { evolve, unborn } from '../../src/kernel/fold.js';
import { plusDays, UUID, uuidOf } from '../../src/kernel/values.js';

type Values = Record<string, unknown>;

/** What generated values are drawn from. */
export interface ValueSource {
  /** Ids of children and of other entities: few, so that events meet each other. */
  readonly ids: readonly string[];
  /** Personal texts begin with `markOf` their privacy, so that a value which is seen where it should not be tells itself. */
  readonly marked: boolean;
}

/** How a marked text begins. */
export const markOf = ({ class: level, scope }: Privacy): string => `class${level}-${scope}:`;

/** Data of an event, from its declaration alone: absent and, where it clears, null values included. */
export function dataOf(declaration: EventDeclaration, source: ValueSource): fc.Arbitrary<Values> {
  return objectOf(declaration.fields, new Set(declaration.changes), source);
}

function objectOf(fields: readonly Field[], clears: ReadonlySet<string>, source: ValueSource): fc.Arbitrary<Values> {
  const shape = fields.filter(({ kind }) => kind !== 'hidden').map((field): [string, fc.Arbitrary<unknown>] => {
    const value = valueOf(field, source);
    if (!field.optional) return [field.name, value];
    const mayClear = clears.has(field.name) && !field.mandatory;
    return [field.name, fc.oneof({ arbitrary: value, weight: 3 }, fc.constantFrom(...(mayClear ? [undefined, null] : [undefined])))];
  });
  return fc.record(Object.fromEntries(shape)).map((values) =>
    Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)));
}

const word = fc.constantFrom('Ash', 'Birch', 'Cedar', 'Dogwood', 'Elm');
const day = fc.integer({ min: 0, max: 120 }).map((days) => plusDays('2026-06-01', days));

function valueOf(field: Field, source: ValueSource): fc.Arbitrary<unknown> {
  const { kind, values, min = 0, max = Number.MAX_SAFE_INTEGER, privacy } = field;
  switch (kind) {
    case 'text':
      return textOf(field, source);
    case 'choice':
      return fc.constantFrom(...values!);
    case 'ref':
      return fc.constantFrom(...source.ids);
    case 'instant':
      return fc.tuple(day, fc.integer({ min: 0, max: 23 })).map(([date, hour]) => `${date}T${String(hour).padStart(2, '0')}:15:00.000Z`);
    case 'date':
      return day;
    case 'pence':
      return fc.integer({ min: Math.max(min, -50_000), max: 50_000 });
    case 'int':
      return fc.integer({ min, max: Math.min(max, min + 3) });
    case 'decimal':
      return fc.integer({ min: 100 * Math.max(min, -500), max: 100 * Math.min(max, 500) }).map((hundredths) => hundredths / 100);
    case 'flag':
      return fc.boolean();
    case 'list':
      if (field.of) return fc.array(objectOf(fieldsOf(field.of()), new Set(), source), { maxLength: 2 });
      // Dates that a list asks for are days, and one at the least: what is to cover years covers one.
      if (field.pattern?.test('2026-06-01')) return fc.uniqueArray(day, { minLength: 1, maxLength: 3 });
      return fc.uniqueArray(values ? fc.constantFrom(...values) : source.marked && privacy.class >= 2 ? marked(privacy) : word, { maxLength: 3 });
    case 'group':
      return objectOf(fieldsOf(field.of!()), new Set(), source);
    case 'children':
      return fc.uniqueArray(childOf(field, source), { maxLength: 2, selector: (child) => child['id'] });
    case 'hidden':
      return fc.constant(undefined);
  }
}

const childOf = (field: Field, source: ValueSource): fc.Arbitrary<Values> =>
  fc.tuple(fc.constantFrom(...source.ids), objectOf(fieldsOf(field.of!()), new Set(), source)).map(([id, values]) => ({ ...values, id }));

const marked = (privacy: Privacy): fc.Arbitrary<string> => fc.tuple(word, fc.nat(9999)).map(([text, n]) => `${markOf(privacy)}${text}-${n}`);

function textOf({ name, pattern, min = 0, max = 200, privacy }: Field, source: ValueSource): fc.Arbitrary<string> {
  if (privacy.class < 2 && (/Id$/.test(name) || pattern?.source === UUID.source)) return fc.constantFrom(...source.ids);
  if (source.marked && privacy.class >= 2) return marked(privacy);
  if (pattern) return fc.stringMatching(pattern, { maxLength: Math.min(max, 40) });
  return fc.array(word, { minLength: 1 + Math.ceil(min / 4), maxLength: 3 + Math.ceil(min / 4) }).map((words) => words.join(' ').slice(0, max));
}

/** The event that an entity begins with: the one that, by itself, leaves the fewest required fields of the state without a value. */
export function firstEventOf(catalogue: Catalogue, entity: EntityDeclaration): EventDeclaration {
  const open = ({ fields }: EntityDeclaration, declaration: EventDeclaration): number => {
    const [values] = fc.sample(dataOf(declaration, { ids: [uuidOf('first')], marked: false }), { seed: 1, numRuns: 1 });
    const event = Object.assign(new declaration.event(), values) as DomainEvent<object>;
    try {
      const state = evolve(unborn(entity, uuidOf('first'), uuidOf('first')), { declaration, event, recorded: RECORDED });
      return fields.filter(({ name, optional }) => !optional && (state as unknown as Values)[name] === undefined).length;
    } catch {
      return Infinity; // It needs what came before it.
    }
  };
  const events = catalogue.events.filter((event) => event.entity === entity.state);
  return events.reduce((best, event) => (open(entity, event) < open(entity, best) ? event : best));
}

const RECORDED: Recorded = {
  recordedAt: '2026-09-02T08:00:00.000Z',
  effectiveDate: '2026-09-02',
  organizationId: uuidOf('first'),
  actorId: uuidOf('first'),
  actorRole: 'manager',
  revision: 0,
  eventId: uuidOf('first'),
  commandId: uuidOf('first'),
};
