import pg from 'pg';
import { survivingLosses } from '../../src/platform/lossy-connections.js';

type Parse = (text: string) => unknown;

/** `2026-09-02 08:00:00.12+00` → `2026-09-02T08:00:00.120Z`; what is finer than milliseconds is kept. */
export function instantOf(text: string): string {
  const [, day, time, fraction = ''] = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(?:\.(\d+))?\+00$/.exec(text) ?? [];
  return day && time ? `${day}T${time}.${fraction.padEnd(3, '0')}Z` : text;
}

const parsers: Readonly<Record<number, Parse>> = {
  20: Number,
  1082: String,
  1184: instantOf,
  1700: Number,
};

/** Dates and instants as texts, whole numbers as numbers: as events and answers have them. */
export const rowTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary'): Parse =>
    parsers[oid] ?? (pg.types.getTypeParser(oid, format as 'text') as Parse)) as pg.CustomTypesConfig['getTypeParser'],
};

/** A pool whose rows look as the rest of the product expects them. */
export function rowPool(connectionString: string, size: number, options = ''): pg.Pool {
  return survivingLosses(new pg.Pool({ connectionString, max: size, types: rowTypes, keepAlive: true, options: `-c timezone=UTC ${options}`.trim() }));
}

/** What the database says to a row that it does not take: a value out of range, a constraint, a limit. */
const OF_THE_ROW = /^(22|23|54)/;

/**
 * Whether the circumstances are to blame, and not an event: the connection was lost, another transaction was in the way,
 * the keyring is away, the tables are not what the code expects. Nothing is parked for that; the work is repeated.
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (['KeysUnavailable', 'LogUnavailable'].includes(error.name)) return true;
  const code = 'code' in error ? String(error.code) : '';
  if ('severity' in error) return !OF_THE_ROW.test(code);
  return /^E[A-Z]+$/.test(code) || /^Connection terminated|timeout exceeded|Client has encountered a connection error/i.test(error.message);
}
