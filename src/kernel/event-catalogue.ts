import type { Catalogue } from './catalogue.js';
import { entityOf } from './entity.js';
import type { EventDeclaration } from './event.js';
import { fieldsOf, type Field } from './fields.js';
import { nullable, valueSchema, type JsonSchema } from './json-schema.js';

/** One version of an event, as it may stand in a log. Once written it is never taken back: streams are read for ever. */
export interface WrittenEvent {
  readonly type: string;
  readonly version: number;
  /** Read table of the entity that it happens to. */
  readonly entity: string;
  /** Release of the product that wrote it first. */
  readonly since: string;
  /** What has happened, in a sentence. */
  readonly says: string;
  /**
   * JSON schema of its data with the sealed values opened. Each property says what it is to the product: `x-kind`,
   * `x-class`, `x-scope` and `x-subject` (the field with the data subject's id; `id` is the stream's own), `x-sensitive`,
   * `x-table` of a reference. Bounds are left out: they are rules of commands at their time and may become stricter.
   */
  readonly schema: JsonSchema;
}

/** Every version of every event, ordered by type and version. */
export interface EventCatalogue {
  readonly events: readonly WrittenEvent[];
}

/** What an event says for people: its own sentence, or its type in words ("Incident action completed."). */
export function eventSentence({ type, options }: Pick<EventDeclaration, 'type' | 'options'>): string {
  if (options.doc) return options.doc;
  const words = type.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return `${words[0]!.toUpperCase()}${words.slice(1)}.`;
}

/** The versions that the product writes now. @param since its release. */
export function eventCatalogue(catalogue: Catalogue, since: string): EventCatalogue {
  return sorted(catalogue.events.map((event) => written(event, since)));
}

/**
 * What a new catalogue says: every version that was ever written, and the current ones as they are now. A version keeps
 * the release that it was first written by.
 */
export function mergedCatalogue(frozen: EventCatalogue, current: EventCatalogue): EventCatalogue {
  const all = new Map(frozen.events.map((event) => [nameOf(event), event]));
  for (const event of current.events) all.set(nameOf(event), { ...event, since: all.get(nameOf(event))?.since ?? event.since });
  return sorted([...all.values()]);
}

/**
 * What of the current declarations would misread events that are stored already: each a sentence with the event, its
 * version and the field. New optional fields and new values of an enum are fine.
 */
export function incompatibilities(frozen: EventCatalogue, current: EventCatalogue): string[] {
  const now = new Map(current.events.map((event) => [event.type, event]));
  return frozen.events.flatMap((was) => {
    const is = now.get(was.type);
    const name = `${was.type} version ${was.version}`;
    if (!is) return [`${name} was written and is declared no more: keep its class, because stored streams are read for ever.`];
    if (is.version < was.version) return [`${name} was written, and ${was.type} is now version ${is.version}: versions do not go back.`];
    if (is.entity !== was.entity) return [`${name} happened to ${was.entity}, and is now declared of ${is.entity}: declare an event of another type.`];
    return is.version > was.version ? [] : differences(name, '', was.schema, is.schema);
  });
}

const nameOf = ({ type, version }: WrittenEvent): string => `${type} ${version}`;

const sorted = (events: readonly WrittenEvent[]): EventCatalogue => ({
  events: [...events].sort((a, b) => (a.type < b.type ? -1 : a.type > b.type ? 1 : a.version - b.version)),
});

function written(event: EventDeclaration, since: string): WrittenEvent {
  const { table, options } = entityOf(event.entity);
  const schema = objectSchema(event.fields, options.subject ?? 'id');
  const reference = { type: 'string', description: 'Reference that people use, in the first event', 'x-kind': 'text', 'x-class': 1 };
  const properties = options.reference ? { ...propertiesOf(schema), reference } : propertiesOf(schema);
  return { type: event.type, version: event.version, entity: table, since, says: eventSentence(event), schema: { ...schema, properties } };
}

/** @param subject field with the id of whom personal values are about, where a field does not say another. */
function objectSchema(fields: readonly Field[], subject: string): JsonSchema {
  const shown = fields.filter(({ kind }) => kind !== 'hidden');
  const required = shown.filter(({ optional }) => !optional).map(({ name }) => name);
  const properties = shown.flatMap((field): [string, JsonSchema][] => {
    const own: [string, JsonSchema] = [field.name, fieldSchema(field, subject)];
    return field.blind ? [own, [`${field.name}Index`, indexSchema(field, subject)]] : [own];
  });
  return {
    type: 'object',
    additionalProperties: false,
    ...(required.length > 0 ? { required } : {}),
    properties: Object.fromEntries(properties),
  };
}

function fieldSchema(field: Field, subject: string): JsonSchema {
  const { kind, optional, mandatory, table } = field;
  const schema = withoutBounds(valueSchema(field, { refer: () => innerSchema(field, subject) }));
  return {
    ...(optional && !mandatory ? nullable(schema) : schema),
    'x-kind': kind,
    ...privacyOf(field, subject),
    ...(kind === 'ref' ? { 'x-table': table } : {}),
  };
}

/** A child has an id of its own that nobody declares. */
function innerSchema(field: Field, subject: string): JsonSchema {
  const schema = objectSchema(fieldsOf(field.of!()), subject);
  if (field.kind !== 'children') return schema;
  return { ...schema, properties: { id: { type: 'string', 'x-kind': 'text', 'x-class': 1 }, ...propertiesOf(schema) } };
}

/** What a blind index adds: by it an exact value is found without being told. */
const indexSchema = (field: Field, subject: string): JsonSchema => ({
  type: ['string', 'null'],
  description: `Blind index of ${field.name}`,
  'x-kind': 'text',
  ...privacyOf({ ...field, privacy: { ...field.privacy, class: 2 } }, subject),
});

function privacyOf({ privacy, subject: own, keepYear }: Field, subject: string): JsonSchema {
  const { class: level, scope, sensitive } = privacy;
  return {
    'x-class': level,
    ...(sensitive ? { 'x-sensitive': true } : {}),
    ...(level >= 2 ? { 'x-scope': scope, 'x-subject': own ?? subject } : {}),
    ...(keepYear ? { 'x-keepsYear': true } : {}),
  };
}

const BOUNDS = new Set(['minLength', 'maxLength', 'pattern', 'minimum', 'maximum', 'maxItems']);
function withoutBounds(schema: JsonSchema): JsonSchema {
  const kept = Object.entries(schema).filter(([keyword]) => !BOUNDS.has(keyword));
  return Object.fromEntries(kept.map(([keyword, value]) => [keyword, keyword === 'items' ? withoutBounds(value as JsonSchema) : value]));
}

/** Properties of an object's schema, by name. */
export const propertiesOf = (schema: JsonSchema): Readonly<Record<string, JsonSchema>> =>
  (schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
/** Names of the properties that an object must have. */
export const requiredOf = (schema: JsonSchema): readonly string[] => (schema['required'] ?? []) as readonly string[];
/** Schema of the objects that a property holds, one or a list; undefined for every other value. */
export function innerOf(schema: JsonSchema): JsonSchema | undefined {
  if (schema['properties']) return schema;
  const items = schema['items'] as JsonSchema | undefined;
  return items?.['properties'] ? items : undefined;
}

const REMEDY = 'add a version and an upcaster';

function differences(name: string, path: string, was: JsonSchema, is: JsonSchema): string[] {
  const [before, after] = [propertiesOf(was), propertiesOf(is)];
  const [needed, needs] = [new Set(requiredOf(was)), new Set(requiredOf(is))];
  const kept = Object.keys(before).flatMap((field) => {
    const where = `field ${path}${field}`;
    const now = after[field];
    if (!now) return [`${name} has lost its ${where}, which stored events have: ${REMEDY}.`];
    const became = needs.has(field) && !needed.has(field);
    return [
      ...(became ? [`${name} now requires its ${where}, which stored events may lack: ${REMEDY}.`] : []),
      ...fieldDifferences(name, `${path}${field}`, before[field]!, now),
    ];
  });
  const added = [...needs].filter((field) => !(field in before));
  return [...kept, ...added.map((field) => `${name} requires a new field ${path}${field}, which stored events lack: ${REMEDY}.`)];
}

/** What may not change of a field, and how it is called. */
const FIXED: readonly (readonly [keyword: string, words: string])[] = [
  ['x-kind', 'kind'],
  ['x-class', 'privacy class'],
  ['x-scope', 'scope'],
  ['x-subject', 'data subject'],
  ['x-sensitive', 'sensitivity'],
  ['x-keepsYear', 'year in clear'],
  ['x-table', 'table that it refers to'],
];

function fieldDifferences(name: string, field: string, was: JsonSchema, is: JsonSchema): string[] {
  const changed = FIXED.filter(([keyword]) => was[keyword] !== is[keyword]);
  if (changed.length > 0) {
    return changed.map(([keyword, words]) =>
      `${name}: the ${words} of field ${field} was ${said(was[keyword])} and is now ${said(is[keyword])}: ${REMEDY}.`);
  }
  const [inner, innerNow] = [innerOf(was), innerOf(is)];
  if (!inner !== !innerNow) return [`${name}: the kind of field ${field} is another: ${REMEDY}.`];
  if (inner && innerNow) return differences(name, `${field}.`, inner, innerNow);
  return enumDifferences(name, field, valuesOf(was), valuesOf(is));
}

const said = (value: unknown): string => (value === undefined ? 'none' : String(value));

function enumDifferences(name: string, field: string, was: readonly string[] | undefined, is: readonly string[] | undefined): string[] {
  if (!is) return [];
  if (!was) return [`${name}: field ${field} is now one of a closed set, and stored events may have other values: ${REMEDY}.`];
  return was.filter((value) => !is.includes(value)).map((value) =>
    `${name}: field ${field} can no longer be ${value}, which stored events may have: ${REMEDY}.`);
}

/** The closed set that a value, or the items of a list, are of. */
export function valuesOf(schema: JsonSchema): readonly string[] | undefined {
  const own = schema['enum'] ?? (schema['items'] as JsonSchema | undefined)?.['enum'];
  return Array.isArray(own) ? (own as (string | null)[]).filter((value) => value !== null) : undefined;
}
