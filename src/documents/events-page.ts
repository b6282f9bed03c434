import { entityOf, type EntityDeclaration } from '../kernel/entity.js';
import { innerOf, propertiesOf, requiredOf, valuesOf, type EventCatalogue, type WrittenEvent } from '../kernel/event-catalogue.js';
import type { EventDeclaration } from '../kernel/event.js';
import type { ClassOf } from '../kernel/fields.js';
import type { JsonSchema } from '../kernel/json-schema.js';
import type { Catalogue } from '../kernel/catalogue.js';
import { capital, code, GENERATED, page, table } from './markdown.js';

/** Entities by the context that they belong to. */
export type Contexts = Readonly<Record<string, readonly ClassOf[]>>;

/** What can happen, for people: by context and entity, every version that was ever written. */
export function eventsPage(catalogue: Catalogue, written: EventCatalogue, contexts: Contexts): string {
  const sections = Object.entries(contexts).flatMap(([context, states]) => [
    `## ${capital(context)}`,
    '',
    ...states.flatMap((state) => entitySection(catalogue, written, entityOf(state))),
  ]);
  return page([
    '# Events',
    '',
    `${GENERATED} The same for programs, with a JSON schema of every version: [events.json](events.json).`,
    '',
    'A version that was written stays readable for ever: older ones are upcast when they are read. Values of class 2 and 3',
    'stand encrypted in the log, in one bundle for each person, scope and class, and are described here as they are when',
    'they are opened. A field that may be absent keeps what was there where it is absent, and clears it where it is null.',
    '',
    'Privacy: 0 open · 1 pseudonymous (`masked` where it says something delicate) · 2 personal · 3 special; then the scope,',
    'and whose it is where that is not the person or case of the stream.',
    '',
    ...sections,
  ]);
}

function entitySection(catalogue: Catalogue, written: EventCatalogue, entity: EntityDeclaration): string[] {
  const types = catalogue.events.filter((event) => event.entity === entity.state);
  const own = new Set(types.map(({ type }) => type));
  const past = written.events.filter((event) => event.entity === entity.table && !own.has(event.type));
  return [
    `### ${entity.name} — ${code(entity.table)}`,
    '',
    `${entity.doc} Streams: ${code(`${entity.options.category}-<id>`)}.`,
    '',
    ...types.flatMap((event) => versionsOf(written, event.type).flatMap((one) => eventSection(one, event, entity))),
    ...past.flatMap((one) => eventSection(one, undefined, entity)),
  ];
}

/** Of one type, the newest first. */
const versionsOf = ({ events }: EventCatalogue, type: string): WrittenEvent[] =>
  events.filter((event) => event.type === type).sort((a, b) => b.version - a.version);

function eventSection(event: WrittenEvent, declaration: EventDeclaration | undefined, entity: EntityDeclaration): string[] {
  const isCurrent = declaration?.version === event.version;
  const { to, toOneOf } = declaration?.options ?? {};
  const leads = isCurrent && (to ?? toOneOf) ? ` · leads to ${[to, ...(toOneOf ?? [])].flatMap((one) => (one ? [code(one)] : [])).join(' or ')}` : '';
  const rows = fieldRows(event.schema, '', entity.options.subject ?? 'id');
  return [
    `#### ${event.type}`,
    '',
    `Version ${event.version} · since ${event.since}${isCurrent ? '' : ' · no longer written'}${leads}. ${event.says}`,
    '',
    ...(rows.length > 0 ? [...table(['field', 'kind', 'there', 'privacy', 'meaning'], rows), ''] : ['No data of its own.', '']),
  ];
}

function fieldRows(schema: JsonSchema, path: string, subject: string): string[][] {
  const required = new Set(requiredOf(schema));
  return Object.entries(propertiesOf(schema)).flatMap(([name, field]) => {
    const inner = innerOf(field);
    const isList = field['items'] !== undefined;
    const own = [code(path + name), kindOf(field), required.has(name) ? 'always' : 'maybe', privacyOf(field, subject), meaningOf(field)];
    return [own, ...(inner ? fieldRows(inner, `${path}${name}${isList ? '[].' : '.'}`, subject) : [])];
  });
}

/** A reference without words of its own says no more than its kind. */
const meaningOf = ({ description, 'x-table': referred }: JsonSchema): string =>
  description === undefined || description === `Id of a row of ${String(referred)}` ? '' : String(description);

function kindOf(field: JsonSchema): string {
  const values = valuesOf(field);
  const kind = String(field['x-kind']);
  if (values) return `${kind === 'list' ? 'list of ' : ''}${values.map(code).join(', ')}`;
  return field['x-table'] ? `id in ${code(String(field['x-table']))}` : kind;
}

function privacyOf(field: JsonSchema, subject: string): string {
  const whose = field['x-subject'];
  return [
    String(field['x-class']),
    ...(field['x-sensitive'] ? ['masked'] : []),
    ...(field['x-scope'] ? [String(field['x-scope'])] : []),
    ...(field['x-keepsYear'] ? ['year in clear'] : []),
    ...(whose && whose !== subject ? [`of ${code(String(whose))}`] : []),
  ].join(' ');
}
