import type pg from 'pg';
import { from } from 'pg-copy-streams';
import type { Cells } from './cells.js';
import { textOf } from './cell-text.js';
import type { Column } from './projection.js';

const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const SPECIAL = /[\\\t\n\r]/;
const EVERY_SPECIAL = /[\\\t\n\r]/g;

/** How values are written in the text form of COPY: a line, its columns between tabs, behind those that stand there already. */
export function lineOf(columns: readonly Column[]): (values: Cells, behind?: string) => string {
  const writers = columns.map(({ name, type }) => ({ name, write: textOf(type) }));
  return (values, behind) => {
    let line = behind ?? '';
    let between = behind === undefined ? '' : '\t';
    for (const { name, write } of writers) {
      const value = values[name];
      line += between;
      line += value === null || value === undefined ? '\\N' : typeof value === 'number' ? String(value) : escaped(write(value));
      between = '\t';
    }
    return `${line}\n`;
  };
}

/** Rows in the text form of COPY. */
export function copyText(columns: readonly Column[], rows: readonly Cells[]): string {
  const line = lineOf(columns);
  let text = '';
  for (const row of rows) text += line(row);
  return text;
}

const escaped = (text: string): string => (SPECIAL.test(text) ? text.replace(EVERY_SPECIAL, (one) => ESCAPED[one]!) : text);

/** Copies rows into a table: the database takes them in a third of the time of an insert. @throws what it says to them. */
export function copyIn(client: pg.ClientBase, statement: string, text: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stream = client.query(from(statement));
  stream.once('error', reject).once('finish', resolve);
  stream.end(text);
  return promise;
}
