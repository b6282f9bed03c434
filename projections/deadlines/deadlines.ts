import type { Catalogue } from '../../src/kernel/catalogue.js';
import { closedBy, concernsDeadlines, correctedBy, openedBy, type Closed, type Corrected, type Deadline } from '../../src/kernel/deadline.js';
import { idIn, type State } from '../../src/kernel/entity.js';
import { entityOf } from '../../src/kernel/entity.js';
import { daysBetween, londonDate, startOfLondonDay, uuidOf } from '../../src/kernel/values.js';
import type { DecodedEvent } from '../../src/privacy/codec.js';
import { columnsWith, type BatchContext, type Column, type ColumnValue, type HandWrittenProjection, type PublicView, type RowChange } from '../engine/projection.js';
import { idOf } from '../engine/made-id.js';

const TABLE = 'deadlines';
const column = columnsWith({ nullable: false, privacy: 1 });
type Values = Record<string, ColumnValue>;

const columns: readonly Column[] = [
  column('rule_code', 'text', 'Code of the rule that asks for it'),
  column('entity_type', 'text', 'Read table of what it is about'),
  column('entity_id', 'uuid', 'Its id there'),
  column('key', 'text', 'Which one, where several of a code run side by side on one entity'),
  column('resident_id', 'uuid', 'The resident whom it concerns', true),
  column('basis', 'text', 'hours, calendar or working'),
  column('rule_basis', 'text', 'statutory or policy'),
  column('starts_at', 'timestamptz', 'From when it counts'),
  column('due_at', 'timestamptz', 'It is missed from this instant on; absent while it waits for a calendar of bank holidays', true),
  column('due_date', 'date', 'The last day on which it is met; absent where it is reckoned by the clock', true),
  column('calendar_version', 'text', 'The calendar of bank holidays that it was reckoned with', true),
  column('outcome', 'text', 'met, late or waived; absent while nothing has come of it', true),
  column('met_at', 'timestamptz', 'When it was met; the beginning of the day where only the day is known', true),
  column('variance_minutes', 'bigint', 'Minutes from when it was due until it was met; negative is early', true),
  column('variance_days', 'integer', 'Days from the last day until it was met; negative is early', true),
  column('source_event_id', 'uuid', 'Event that opened it, or moved it last', true),
  column('settled_event_id', 'uuid', 'Event that met or waived it', true),
];

/** Every deadline there is, of whatever entity: opened, moved and settled by the events that carry them. */
export const deadlinesProjection = (catalogue: Catalogue): HandWrittenProjection => ({
  name: 'deadlines',
  version: 1,
  tables: [{ name: TABLE, columns, found: [['entity_id']], indexes: [['entity_id'], ['resident_id'], ['due_at']] }],
  on: catalogue.events.filter(concernsDeadlines).map(({ type }) => type),
  asks: (event) => [
    ...[...closedBy(event.declaration, event.event), ...openedBy(event.declaration, event.event)].map(({ code, key = '' }) => openOf(event, code, key)),
    ...correctedBy(event.declaration, event.event).map(({ code, key }) => allOf(event, code, key)),
  ].map((where) => ({ table: TABLE, where })),
  apply: settled,
});

/** What every row of a code has, and an open one. */
const allOf = ({ stored: { stream } }: DecodedEvent, code: string, key: string): Values => ({ entity_id: idIn(stream), rule_code: code, key });
const openOf = (event: DecodedEvent, code: string, key: string): Values => ({ ...allOf(event, code, key), outcome: null });

async function settled(event: DecodedEvent, context: BatchContext): Promise<readonly RowChange[]> {
  const closed = closedBy(event.declaration, event.event);
  const opened = openedBy(event.declaration, event.event);
  const entityId = idIn(event.stored.stream);
  const standing = new Map<string, Values | undefined>();
  for (const { code, key = '' } of [...closed, ...opened]) {
    if (!standing.has(`${code}|${key}`)) standing.set(`${code}|${key}`, await openRow(event, code, key, context));
  }
  const changes: RowChange[] = [];
  for (const one of correctedBy(event.declaration, event.event)) {
    const row = await metRow(event, one, context);
    if (row) changes.push(change(event, String(row['id']), closing(one, row, event)));
  }
  for (const one of closed) {
    const name = `${one.code}|${one.key}`;
    const row = standing.get(name);
    if (row) changes.push(change(event, String(row['id']), closing(one, row, event)));
    standing.delete(name);
  }
  const state = opened.length > 0 ? await context.state<State & { residentId?: string }>(event) : undefined;
  for (const one of opened) {
    const row = standing.get(`${one.code}|${one.key ?? ''}`);
    const id = row ? String(row['id']) : uuidOf(event.stored.id, 'deadline', one.code, one.key ?? '');
    changes.push(change(event, id, opening(one, entityId, state!, event)));
  }
  return changes;
}

const change = (event: DecodedEvent, id: string, values: Values): RowChange =>
  ({ table: TABLE, organizationId: event.metadata.organizationId, id, values });

async function openRow(event: DecodedEvent, code: string, key: string, context: BatchContext): Promise<Values | undefined> {
  const [row] = await context.rows(TABLE, event.metadata.organizationId, openOf(event, code, key));
  return row;
}

/** The row of a deadline that was met: on the day that the event names, else the last one. */
async function metRow(event: DecodedEvent, { code, key, was }: Corrected, context: BatchContext): Promise<Values | undefined> {
  const rows = await context.rows(TABLE, event.metadata.organizationId, allOf(event, code, key));
  const metOn = (row: Values): string => londonDate(instantIn(row['met_at']));
  const met = rows.filter((row) => ['met', 'late'].includes(String(row['outcome'])) && (was === undefined || metOn(row) === was));
  return met.sort((a, b) => metOn(a).localeCompare(metOn(b))).at(-1);
}

function opening(one: Deadline, entityId: string, state: State & { residentId?: string }, { stored, declaration }: DecodedEvent): Values {
  const { table } = entityOf(declaration.entity);
  const { code, key = '', basis, ruleBasis, startsAt, dueAt, dueOn, calendarVersion } = one;
  return {
    rule_code: code, entity_type: table, entity_id: entityId, key,
    resident_id: table === 'residents' ? entityId : (state.residentId ?? null),
    basis, rule_basis: ruleBasis, starts_at: startsAt, due_at: dueAt, due_date: dueOn ?? null,
    calendar_version: calendarVersion ?? null, outcome: null, source_event_id: stored.id,
    met_at: null, variance_minutes: null, variance_days: null, settled_event_id: null,
  };
}

function closing({ how, at }: Closed, row: Values, { stored, metadata }: DecodedEvent): Values {
  if (how === 'waived') return { outcome: 'waived', settled_event_id: stored.id };
  const met = at ?? metadata.recordedAt;
  const onlyDay = met.length === 10;
  const [metAt, metOn] = onlyDay ? [startOfLondonDay(met), met] : [met, londonDate(met)];
  const dueAt = instantIn(row['due_at']);
  const dueDate = row['due_date'] === null ? undefined : String(row['due_date']).slice(0, 10);
  // A day is met until it ends; where only the day is known and hours count, it counts as its beginning.
  const late = onlyDay && dueDate !== undefined ? metOn > dueDate : Date.parse(metAt) >= Date.parse(dueAt);
  return {
    outcome: late ? 'late' : 'met',
    met_at: metAt,
    variance_minutes: Math.trunc((Date.parse(metAt) - Date.parse(dueAt)) / 60_000),
    variance_days: dueDate === undefined ? null : daysBetween(dueDate, metOn),
    settled_event_id: stored.id,
  };
}

const instantIn = (value: ColumnValue | undefined): string => (value instanceof Date ? value.toISOString() : String(value));

/** What is said of a deadline that waits, by column. */
const WAITS: Readonly<Record<string, string>> = {
  rule_code: "'RES-7'", entity_type: "'residents'", entity_id: 'r.id', key: "''", resident_id: 'r.id', basis: "'working'", rule_basis: "'policy'",
  starts_at: "r.key_worker_due_from::timestamp at time zone 'Europe/London'",
};
const waiting = columns.map(({ name, type }) => `${WAITS[name] ?? `null::${type}`} as ${name}`).join(', ');

/**
 * Deadlines as of now: one that nothing has come of is missed from the instant on at which it falls due. One that the calendar of bank
 * holidays does not reach has no such instant, and waits for a calendar that does.
 */
export const deadlinesView: PublicView = {
  name: TABLE,
  columns: [{ name: 'status', type: 'text', nullable: false, doc: 'open, waiting (for a calendar of bank holidays), met, late, missed or waived, as of now', privacy: 1 }],
  select: `
select t.*, coalesce(t.outcome, case when t.due_at <= read.product_now() then 'missed' else 'open' end) as status
from {deadlines} t
union all
select ${idOf("'key-worker-due'", 'r.id::text')} as id, r.organization_id, ${waiting}, 'waiting' as status
from {residents} r where r.key_worker_due_from is not null`,
};
