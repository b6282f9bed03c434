import type { ImportKindName } from '../domain/money/import-batch/file-names.js';
import { rule } from '../kernel/rules.js';
import { Unreadable } from './formats/row.js';
import { reading } from './reading.js';

/** How many rows a file has. @param content gives its text anew each time. @throws Refusal IMP-2; Unreadable */
export async function rowsIn(kind: ImportKindName, content: () => AsyncIterable<string>): Promise<number> {
  rule('IMP-2', 'The file is empty: there is nothing in it to import.', await hasText(content()));
  let rows = 0;
  for await (const _ of reading[kind](content())) rows += 1;
  return rows;
}

/** What reading a file gives. @throws Refusal IMP-3 where it is another than it is said to be. */
export async function readable<T>(read: () => Promise<T>): Promise<T> {
  try {
    const found = await read();
    rule('IMP-3', 'The file can be read.', true);
    return found;
  } catch (error) {
    if (error instanceof Unreadable) rule('IMP-3', `The file cannot be read: ${error.message}`, false);
    throw error;
  }
}

async function hasText(text: AsyncIterable<string>): Promise<boolean> {
  for await (const piece of text) if (piece.trim() !== '') return true;
  return false;
}
