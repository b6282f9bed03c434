import type { About } from './core-check.js';
import type { CoreRow } from './core-row.js';
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
const byAuthority: ReadonlyMap<string, readonly RentRange[]> = new Map(
  SUPPORTED_RENTS_2026.trim().split(/[;\n]/).map((one) => [one.slice(0, 9), one.slice(10).split('|').map(rangeOf)]),
);

/** Social, affordable and intermediate rent, by the code of field 11; specified accommodation has no bounds. */
const KINDS: Readonly<Record<string, number>> = { 1: 0, 2: 1, 3: 1, 4: 2, 5: 2, 6: 2 };

/** The bounds of the basic rent of a letting; undefined where none are published for it, as for general needs here. */
export function rentRange(row: CoreRow, { provider, year }: About): RentRange | undefined {
  const kind = KINDS[row.text(11)];
  if (!row.isSupported || kind === undefined || year !== 2026) return undefined;
  return byAuthority.get(row.text(25))?.[kind * 2 + (provider === 'la' ? 1 : 0)];
}
