import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { mayBeBlank } from '../domain/tenancy/core-log/core-field.js';
import { coreFields, TEMPLATE_YEAR } from '../domain/tenancy/core-log/core-fields.js';
import { nameOf, type CoreValues } from '../domain/tenancy/core-log/core-row.js';

/** A file of the lettings return, and what is recorded of it. */
export interface CoreFile {
  readonly text: string;
  /** SHA-256 of its bytes, in hexadecimal. */
  readonly sha: string;
  /** Line on which each of the given rows stands, the first line being 1. */
  readonly lines: readonly number[];
}

const BOM = '\ufeff';
const FIELD_NUMBER = 'Field number';
const NOTHING = '';

/** Text of a header cell on one line: a row of a letting is one line of the file, and so is a row of the header. */
const firstOfRun = (texts: readonly string[]): string[] => texts.map((text, index) => (text === texts[index - 1] ? NOTHING : text));

/** The header of eight rows, each with its label in the first column. */
export const coreHeader: readonly (readonly string[])[] = [
  ['Section', ...firstOfRun(coreFields.map(({ section }) => section))],
  ['Question', ...coreFields.map(({ question }) => question)],
  ['Additional info', ...coreFields.map(({ duplicate }) => (duplicate ? 'Used to find lettings that are entered twice' : NOTHING))],
  ['Values', ...coreFields.map(({ form }) => form.values)],
  ['Can be empty?', ...coreFields.map(mayBeBlank)],
  ['Type of letting the question applies to', ...coreFields.map(({ applies }) => applies ?? NOTHING)],
  ['Duplicate check field?', ...coreFields.map(({ duplicate }) => duplicate ?? NOTHING)],
  [FIELD_NUMBER, ...coreFields.map(({ number }) => String(number))],
];

/**
 * The bulk-upload file of some lettings: eight rows of header, one row a letting, 148 columns of which the first is the
 * labels', UTF-8 with a byte order mark, lines that end in CR and LF.
 */
export function coreFile(rows: readonly CoreValues[]): CoreFile {
  const body = rows.map((row) => [NOTHING, ...coreFields.map(({ number }) => row[nameOf(number)] ?? NOTHING)]);
  const text = BOM + stringify([...coreHeader, ...body], { record_delimiter: 'windows' });
  const sha = createHash('sha256').update(text, 'utf8').digest('hex');
  return { text, sha, lines: rows.map((_, index) => coreHeader.length + index + 1) };
}

/** Rows of a bulk-upload file that was read. */
export interface ParsedCoreFile {
  readonly rows: readonly CoreValues[];
  /** Line of the file on which each row begins, the first line being 1. */
  readonly lines: readonly number[];
  /** What is wrong with the file as a whole; nothing can be read of it then. */
  readonly problem?: string;
}

/**
 * Reads a bulk-upload file back. The row `Field number` says which column is which, so that columns may come in any order;
 * line ends and the byte order mark may be there or not.
 */
export function parseCoreFile(text: string): ParsedCoreFile {
  const records = recordsOf(text.replace(/^\ufeff/u, '').replaceAll('\r\n', '\n').replaceAll('\r', '\n'));
  if (!records) return { rows: [], lines: [], problem: 'The file is no CSV.' };
  const numbersAt = records.findIndex(({ cells: [label] }) => /field number/iu.test(label ?? ''));
  if (numbersAt < 0) return { rows: [], lines: [], problem: 'The header is missing: no row is called Field number.' };
  const columns = records[numbersAt]!.cells.map((cell) => (/^\d+$/u.test(cell) ? Number(cell) : undefined));
  const numbered = columns.filter((number) => number !== undefined);
  const complete = new Set(numbered).size === coreFields.length && numbered.length === coreFields.length;
  if (!complete || coreFields.some(({ number }) => !numbered.includes(number))) {
    return { rows: [], lines: [], problem: `The header has not the ${coreFields.length} fields of ${TEMPLATE_YEAR}.` };
  }
  const body = records.slice(numbersAt + 1).filter(({ cells }) => cells.some((cell, index) => columns[index] !== undefined && cell.trim() !== ''));
  return { rows: body.map(({ cells }) => valuesOf(cells, columns)), lines: body.map(({ line }) => line) };
}

/** Cells of a row, and the line on which it begins. */
interface CsvRow {
  readonly cells: readonly string[];
  readonly line: number;
}

function recordsOf(text: string): CsvRow[] | undefined {
  try {
    const records = parse(text, { record_delimiter: '\n', relax_column_count: true, skip_empty_lines: true, info: true }) as unknown as { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) => ({ cells: record, line: info.lines - record.join('').split('\n').length + 1 }));
  } catch {
    return undefined;
  }
}

function valuesOf(cells: readonly string[], columns: readonly (number | undefined)[]): CoreValues {
  const values: CoreValues = {};
  cells.forEach((cell, index) => {
    const number = columns[index];
    if (number !== undefined && cell !== NOTHING) values[nameOf(number)] = cell;
  });
  return values;
}
