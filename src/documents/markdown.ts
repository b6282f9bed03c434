/** A page that is generated says so at its top. */
export const GENERATED = 'Generated from the code by `npm run docs`: do not edit.';

/** Text in a cell of a table: a pipe or a line break would end it. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');

/** Lines of a table. @param rows cells, already marked down where they are code. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)];
}

/** A page of its lines. */
export const page = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

export const code = (text: string): string => `\`${text}\``;

/** A first letter in upper case. */
export const capital = (text: string): string => `${text[0]!.toUpperCase()}${text.slice(1)}`;
