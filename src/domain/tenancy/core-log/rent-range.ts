import type { About } from './core-check.js';
import { TEMPLATE_YEAR } from './core-fields.js';
import type { CoreRow } from './core-row.js';
import { GENERAL_RENTS_2026, POSSIBLE_RENTS_2026 } from './general-rents-2026.js';
import { SUPPORTED_RENTS_2026 } from './supported-rents-2026.js';

/** Bounds of the basic rent, in pence a week: outside the possible ones it is refused, outside the usual ones asked about. */
export interface RentRange {
  readonly usualFrom: number;
  readonly usualTo: number;
  readonly possibleFrom: number;
  readonly possibleTo: number;
}

const rangeOf = (text: string): RentRange => {
  const [usualFrom, usualTo, possibleFrom, possibleTo] = text.split(' ').map(Number) as [number, number, number, number];
  return { usualFrom, usualTo, possibleFrom, possibleTo };
};
const letteredRange = (text: string): RentRange => {
  const [usualFrom, usualTo] = text.slice(0, -1).split('-').map(Number) as [number, number];
  const [possibleFrom, possibleTo] = POSSIBLE_RENTS_2026[text.at(-1)!]!;
  return { usualFrom, usualTo, possibleFrom, possibleTo };
};
/** Entries of a table, by the code of the local authority. */
const byAuthority = (table: string): ReadonlyMap<string, readonly string[]> =>
  new Map(table.trim().split(/[;\n]/).map((one) => [one.slice(0, 9), one.slice(10).split('|')]));
const supported = byAuthority(SUPPORTED_RENTS_2026);
const general = byAuthority(GENERAL_RENTS_2026);

/** Whether this is the code of a local authority of England as it is in the year of the tables: rents are published for every one. */
export const isAuthorityOf2026 = (code: string): boolean => general.has(code);

/** Social, affordable and intermediate rent, by the code of field 11; specified accommodation has no bounds. */
const KINDS: Readonly<Record<string, number>> = { 1: 0, 2: 1, 3: 1, 4: 2, 5: 2, 6: 2 };
/** Bounds are published for up to so many bedrooms: those of more are the same. */
const MOST_BEDROOMS = 4;

/** Bedrooms of general needs housing: a bedsit counts as one. Undefined where they are not told. */
const bedroomsOf = (row: CoreRow): number | undefined => (row.is(26, 2) ? 1 : row.whole(28));
/** Whether there are more bedrooms than bounds are published for: of those even the highest usual rent is asked about only above it. */
export const isBeyondBounds = (row: CoreRow): boolean => !row.isSupported && (bedroomsOf(row) ?? 0) > MOST_BEDROOMS;

/** The bounds of the basic rent of a letting; undefined where none are published for it. */
export function rentRange(row: CoreRow, { provider, year }: About): RentRange | undefined {
  const kind = KINDS[row.text(11)];
  if (kind === undefined || year !== TEMPLATE_YEAR) return undefined;
  const place = kind * 2 + (provider === 'la' ? 1 : 0);
  if (row.isSupported) return optional(supported.get(row.text(25))?.[place], rangeOf);
  const bedrooms = row.is(4, 1) ? bedroomsOf(row) : undefined;
  if (!bedrooms) return undefined;
  return optional(general.get(row.text(25))?.[place]?.split(' ')[Math.min(bedrooms, MOST_BEDROOMS) - 1], letteredRange);
}

const optional = (text: string | undefined, read: (text: string) => RentRange): RentRange | undefined => (text === undefined ? undefined : read(text));
