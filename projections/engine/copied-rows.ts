import type pg from 'pg';
import { from } from 'pg-copy-streams';
import type { Cells } from './cells.js';
import { textOf } from './cell-text.js';
import type { Column } from './projection.js';

const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const SPECIAL = /[\\\t\n\r]/;
const EVERY_SPECIAL = /[\\\t\n\r]/g;

/** Rows in the text form of COPY: a line each, its columns between tabs. */
export function copyText(columns: readonly Column[], rows: readonly Cells[]): string {
  const writers = columns.map(({ name, type }) => ({ name, write: textOf(type) }));
  let text = '';
  for (const row of rows) {
    let before = '';
    for (const { name, write } of writers) {
      const value = row[name];
      text += before + (value === null || value === undefined ? '\\N' : escaped(write(value)));
      before = '\t';
    }
    text += '\n';
  }
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
