import { duplicateKey } from '../domain/tenancy/core-log/check-up.js';
import { coreFields, TEMPLATE_YEAR } from '../domain/tenancy/core-log/core-fields.js';
import { nameOf, type CoreValues } from '../domain/tenancy/core-log/core-row.js';
import { ERASED_TEXT } from '../kernel/privacy.js';
import { rule } from '../kernel/rules.js';
import { coreFile, type CoreFile } from './core-lettings-file.js';

/** A log as it was read, with its answers opened. */
export interface CoreLogRow extends CoreValues {
  readonly [column: string]: unknown;
}

/** A file, and the logs that stand in it, line by line. */
export interface CoreReturn {
  readonly file: CoreFile;
  readonly logs: readonly { readonly id: string; readonly revision: number; readonly line: number }[];
}

const answersOf = (row: CoreLogRow): CoreValues => {
  const values: CoreValues = {};
  for (const { number } of coreFields) {
    const answer = row[nameOf(number)];
    if (typeof answer === 'string' && answer !== '') values[nameOf(number)] = answer;
  }
  return values;
};
/** Whether answers of it were erased: then it is no row any more. */
const isErased = (values: CoreValues): boolean => Object.values(values).includes(ERASED_TEXT);

/** @throws Refusal CORE-26 where two logs are one letting, naming them. */
function checkDuplicates(logs: readonly CoreLogRow[]): void {
  const known = new Map<string, string>();
  for (const log of logs) {
    const key = duplicateKey(answersOf(log));
    const other = known.get(key);
    rule('CORE-26', `${other} and ${String(log['reference'])} are the same letting: correct one of them before the file is written.`, other === undefined, undefined, 409);
    known.set(key, String(log['reference']));
  }
}

/**
 * The file of the logs of a year that are ready, in the order of their references.
 * @param toSend logs that are ready, or were sent and not yet taken. @param taken logs of the year that the service has.
 * @throws Refusal CORE-26; CORE-33 for a year whose template is not known.
 */
export function coreReturn(year: number, toSend: readonly CoreLogRow[], taken: readonly CoreLogRow[]): CoreReturn {
  rule('CORE-33', `The template of ${year} is not known: files are written for ${TEMPLATE_YEAR}.`, year === TEMPLATE_YEAR, 'year');
  const whole = toSend.filter((row) => !isErased(answersOf(row)));
  checkDuplicates([...taken.filter((row) => !isErased(answersOf(row))), ...whole]);
  const file = coreFile(whole.map(answersOf));
  return { file, logs: whole.map((row, index) => ({ id: String(row['id']), revision: Number(row['streamRevision']), line: file.lines[index]! })) };
}
