import { existsSync, readFileSync } from 'node:fs';

/** Hashes of the code that decides what stands in read tables: other code, other rows. */
export interface FoldCode {
  /** How a state becomes a row. */
  readonly rows: string;
  /** By an event's type: what applying it runs, with all that this calls. */
  readonly events: Readonly<Record<string, string>>;
  /** By the name of a projection written by hand: what makes its rows. */
  readonly projections: Readonly<Record<string, string>>;
}

/** Of code that was never built, as in specs: it keeps no tables for another release. */
const UNBUILT: FoldCode = { rows: '', events: {}, projections: {} };

/**
 * What the build has found in its own code (`scripts/fold-code.mjs`).
 * @throws Error of a build without: it could not tell tables that other code has made.
 */
export function builtFoldCode(): FoldCode {
  if (import.meta.url.endsWith('.ts')) return UNBUILT;
  const file = new URL('fold-code.json', import.meta.url);
  if (!existsSync(file)) throw new Error('This build does not say which code its read tables are made by: make it with `npm run build`.');
  return JSON.parse(readFileSync(file, 'utf8')) as FoldCode;
}
