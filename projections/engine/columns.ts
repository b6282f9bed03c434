import type { Field, FieldKind } from '../../src/kernel/fields.js';
import type { Column } from './projection.js';

/** The column of a field: `weeklyCorePence` → `weekly_core_pence`. */
export const columnName = (field: string): string => field.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
/** The JSON name of a column: `weekly_core_pence` → `weeklyCorePence`. */
export const jsonName = (column: string): string => column.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

const types: Readonly<Record<FieldKind, string>> = {
  text: 'text',
  choice: 'text',
  ref: 'uuid',
  instant: 'timestamptz',
  date: 'date',
  pence: 'bigint',
  int: 'bigint',
  decimal: 'numeric',
  flag: 'boolean',
  list: 'text[]',
  group: 'jsonb',
  children: 'jsonb',
  hidden: 'jsonb',
};

/** A column that keeps a field of the fold: what a row is written from, and read back into a state. */
export interface FieldColumn extends Column {
  readonly field: Field;
}

/** PostgreSQL type of a field's column; special data is a sealed envelope whatever it is. */
export function typeOf(field: Field): string {
  if (field.privacy.class === 3 || (field.kind === 'list' && field.of)) return 'jsonb';
  return field.kind === 'decimal' ? `numeric(${field.digits},${field.scale})` : types[field.kind];
}

const sentence = (name: string): string => {
  const words = columnName(name).replaceAll('_', ' ');
  return `${words[0]!.toUpperCase()}${words.slice(1)}`;
};

/** The columns of some fields, generated decimals after their pence. Nothing but ids is required: erasure leaves nulls. */
export function columnsOf(fields: readonly Field[]): (FieldColumn | Column)[] {
  return fields.flatMap((field) => {
    if (field.kind === 'hidden' || field.kind === 'children') return [];
    const name = columnName(field.name);
    const { privacy } = field;
    const doc = field.doc ?? sentence(field.name);
    const own: FieldColumn = { name, type: typeOf(field), nullable: true, doc, privacy: privacy.class, field };
    if (!field.decimal || field.decimal === name || privacy.class > 1) return [own];
    const generated = `round("${name}"::numeric / 100, 2)`;
    return [own, { name: field.decimal, type: 'numeric(14,2)', nullable: true, doc: `${doc}, in pounds`, privacy: privacy.class, generated }];
  });
}

export const isFieldColumn = (column: Column): column is FieldColumn => 'field' in column;

const technical = (name: string, type: string, doc: string): Column => ({ name, type, nullable: true, doc, privacy: 1 });

/** What every row of an entity says about its stream. */
export const streamColumns: readonly Column[] = [
  technical('stream_revision', 'integer', 'Revision of the last event of the entity: its ETag'),
  technical('created_at', 'timestamptz', 'When its first event was recorded, UTC'),
  technical('created_by', 'text', 'Who recorded the first event: a user, or a process of the product'),
  technical('updated_at', 'timestamptz', 'When its last event was recorded, UTC'),
  technical('updated_by', 'text', 'Who recorded the last event'),
  technical('last_event_id', 'uuid', 'Id of its last event'),
  technical('last_position', 'bigint', 'Place of its last event in the whole log'),
  technical('erased_at', 'timestamptz', 'When personal data in it was erased, UTC'),
  technical('stale_reason', 'text', 'Why the row does not follow its events any more, if so'),
];

/** Columns that no view and no answer shows. */
export const STATE_COLUMN: Column = technical('_state', 'jsonb', 'What the fold needs and no column shows');
export const KEYS_COLUMN: Column = technical('_keys', 'jsonb', 'Which keys its personal values were sealed under, and what erasure leaves of them');
export const isShown = (column: Column): boolean => !column.name.startsWith('_');
