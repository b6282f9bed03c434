import { parse } from 'csv-parse/sync';
import { isCleanText } from '../../kernel/values.js';
import type { RowProblem } from '../../domain/money/import-batch/row-problems.js';
import { linesOf } from './lines.js';
import { Unreadable } from './row.js';

/** One row: its values by column, or what is wrong with it. */
export type DelimitedRow = { readonly line: number; readonly values: Readonly<Record<string, string>> } | { readonly line: number; readonly problem: RowProblem };

const DELIMITERS = [',', '|', ';', '\t'];

/**
 * Rows of a file whose first line names the columns; what stands between them is the character that the first line has.
 * A row is one line, so a quote that does not close spoils its own row alone.
 * @param needed columns without which it is another file. @throws Unreadable
 */
export async function* delimitedRows(text: AsyncIterable<string>, needed: readonly string[]): AsyncGenerator<DelimitedRow> {
  let columns: readonly string[] | undefined;
  let delimiter = ',';
  for await (const { number: line, text: content, overlong } of linesOf(text)) {
    if (content.trim() === '' && !overlong) continue;
    if (!columns) {
      delimiter = DELIMITERS.find((one) => content.includes(one)) ?? ',';
      columns = headOf(cellsOf(content, delimiter) ?? [], needed);
    } else if (overlong) yield { line, problem: 'too_long' };
    else yield rowOf(line, cellsOf(content, delimiter), columns);
  }
}

function headOf(cells: readonly string[], needed: readonly string[]): string[] {
  const columns = cells.map((cell) => cell.trim().toLowerCase().replaceAll(/[\s-]+/g, '_'));
  const missing = needed.find((one) => !columns.includes(one));
  if (missing) throw new Unreadable(`The first line names no column ${missing}: it needs ${needed.join(', ')}.`);
  const twice = columns.find((one, index) => needed.includes(one) && columns.indexOf(one) !== index);
  if (twice) throw new Unreadable(`The first line names the column ${twice} twice.`);
  return columns;
}

function rowOf(line: number, cells: readonly string[] | undefined, columns: readonly string[]): DelimitedRow {
  if (!cells || cells.length !== columns.length) return { line, problem: 'columns' };
  if (cells.some((cell) => !isCleanText(cell))) return { line, problem: 'characters' };
  return { line, values: Object.fromEntries(columns.map((column, index) => [column, cells[index]!.normalize('NFC').trim()])) };
}

/** The cells of one line; undefined where its quotes do not close. */
function cellsOf(content: string, delimiter: string): string[] | undefined {
  try {
    const rows = parse(content, { delimiter, relax_column_count: true });
    return rows.length === 1 ? rows[0] : undefined;
  } catch {
    return undefined;
  }
}
