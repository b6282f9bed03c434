import { ERASED_TEXT } from '../../src/kernel/privacy.js';
import { Sealed, Tombstone } from '../../src/kernel/sealed.js';
import type { FieldKind } from '../../src/kernel/fields.js';
import { sealedColumn, sealedFromColumn, type SealedColumn } from '../../src/privacy/sealed-column.js';
import type { Column, ColumnValue } from './projection.js';

/** A personal value that a row holds in the clear, with the key that it was sealed under. Opaque to `apply`, as sealed ones are. */
export class Opened {
  constructor(
    readonly value: ColumnValue,
    readonly key: string,
  ) {}
  toJSON(): string {
    return '[sealed]';
  }
}

/** What a row's `_keys` holds: by fingerprint of the key, its columns and what is left of each when the key is destroyed. */
export type Keys = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Cells of a row as the database takes them. */
export type Cells = Record<string, ColumnValue>;

/** How sealed values get into rows: opened ones of class 2, and the keys that are known to be destroyed. */
export interface Openings {
  value(sealed: Sealed): unknown;
  isErased(fingerprint: string): boolean;
}

/** A column, and the kind of value in it: what is left of it after erasure depends on that. */
export type Cell = Column & { readonly kind?: FieldKind };

/** In the place of special data whose key was destroyed. */
const ERASED_ENVELOPE = { erased: true } as const;

/** What is left of a value of this column: texts say so, special data too, everything else is absent. */
function remains(column: Cell): ColumnValue {
  if (column.privacy === 3) return ERASED_ENVELOPE;
  const kind = column.kind ?? (column.type === 'text' ? 'text' : 'choice');
  return kind === 'text' && column.type === 'text' ? ERASED_TEXT : null;
}

/** Whether it has to be opened before it can be written. */
export const wantsOpening = (column: Cell, value: unknown): value is Sealed =>
  column.privacy === 2 && value instanceof Sealed;

/**
 * Puts a value into its cell and notes its key.
 * @throws Error where special data is about to be written in the clear, or a sealed value where no sealed one belongs.
 */
export function writeCell(cells: Cells, keys: Record<string, Record<string, unknown>>, column: Cell, value: unknown, openings: Openings): void {
  if (value === undefined || value === null) cells[column.name] = null;
  else if (value instanceof Tombstone) cells[column.name] = remains(column);
  else if (value instanceof Opened) {
    noteKey(keys, value.key, column);
    cells[column.name] = openings.isErased(value.key) ? remains(column) : value.value;
  } else if (value instanceof Sealed) {
    if (column.privacy < 2) throw new Error(`Column ${column.name} is of class ${column.privacy} and was given a sealed value.`);
    if (column.privacy === 2 && value.bundle.l === 3) throw new Error(`Column ${column.name} is of class 2 and was given special data.`);
    noteKey(keys, value.bundle.k, column);
    const gone = openings.isErased(value.bundle.k);
    if (column.privacy === 3) cells[column.name] = gone ? ERASED_ENVELOPE : sealedColumn(value);
    else cells[column.name] = gone ? remains(column) : clear(openings.value(value), column);
  } else if (column.privacy === 3) throw new Error(`Column ${column.name} holds special data and was given it in the clear.`);
  else cells[column.name] = value as ColumnValue;
}

function noteKey(keys: Record<string, Record<string, unknown>>, key: string, column: Cell): void {
  (keys[key] ??= {})[column.name] = remains(column);
}

const clear = (value: unknown, column: Cell): ColumnValue =>
  value instanceof Tombstone ? remains(column) : ((value ?? null) as ColumnValue);

/** The values of a row as a fold may move them: personal ones wrapped with their key, special ones sealed. */
export function readCell(column: Cell, stored: unknown, keyOf: ReadonlyMap<string, string>): unknown {
  if (stored === null || stored === undefined) return undefined;
  const key = column.privacy >= 2 ? keyOf.get(column.name) : undefined;
  if (column.privacy === 3) {
    const envelope = stored as SealedColumn | typeof ERASED_ENVELOPE;
    if (!('erased' in envelope)) return sealedFromColumn(envelope);
    // Not purged yet: purging finds the row by its key.
    return key === undefined ? new Tombstone(column.kind ?? 'text', 'identity') : new Opened(envelope, key);
  }
  return key === undefined ? stored : new Opened(stored as ColumnValue, key);
}

/** Which key each column of a row was sealed under. */
export function keysByColumn(keys: Keys | null | undefined): Map<string, string> {
  const byColumn = new Map<string, string>();
  for (const [key, columns] of Object.entries(keys ?? {})) for (const name of Object.keys(columns)) byColumn.set(name, key);
  return byColumn;
}
