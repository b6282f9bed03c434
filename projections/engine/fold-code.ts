import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Hashes of the code that decides what stands in read tables: other code, other rows. */
export interface FoldCode {
  /** How a state becomes a row. */
  readonly rows: string;
  /** By an event's type: what applying it runs, with all that this calls. */
  readonly events: Readonly<Record<string, string>>;
  /** By the name of a projection written by hand: what makes its rows; `rows` of those that are not there. */
  readonly projections: Readonly<Record<string, string>>;
}

/** Of code that was never built, as in specs: it keeps no tables for another release. */
const UNBUILT: FoldCode = { rows: '', events: {}, projections: {} };

/** Where code may stand that makes rows. */
const MAKES_ROWS = ['src/audit', 'src/domain', 'src/kernel', 'src/privacy', 'projections'];

/** What the build has found in its own code (`scripts/fold-code.mjs`). A build by other means does not say: any change of its code then asks for other rows. */
export function builtFoldCode(): FoldCode {
  if (import.meta.url.endsWith('.ts')) return UNBUILT;
  const file = new URL('fold-code.json', import.meta.url);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as FoldCode) : allCodeOf(fileURLToPath(new URL('../..', import.meta.url)));
}

/** Of a build that does not say what is reached: everything that may be. @param root of the compiled code. */
export function allCodeOf(root: string): FoldCode {
  const files = MAKES_ROWS.flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)));
  const hash = createHash('sha256');
  for (const file of files.filter((one) => one.endsWith('.js')).sort()) hash.update(file).update(readFileSync(join(root, file)));
  return { ...UNBUILT, rows: hash.digest('hex') };
}
