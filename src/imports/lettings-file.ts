import { coreField, isWellFormed, normalised, TEMPLATE_YEAR } from '../domain/tenancy/core-log/core-fields.js';
import { CoreRow, nameOf, type CoreValues } from '../domain/tenancy/core-log/core-row.js';
import { parseCoreFile } from '../reports/core-lettings-file.js';
import { rejected, Unreadable, type FileRow, type Format } from './formats/row.js';

/** Characters that a file of lettings may have: some ten thousand lettings. It is read as a whole. */
const MOST_CHARACTERS = 8 * 1024 * 1024;

/**
 * The bulk-upload file of the lettings return, as this product and others write it: the answers to the questions of each
 * letting. A row that has an answer that is none is bad as a whole, and named by the first such question.
 */
export const lettingsFile: Format = async function* (text) {
  const { rows, lines, problem } = parseCoreFile(await whole(text));
  if (problem) throw new Unreadable(problem);
  for (const [index, values] of rows.entries()) yield rowOf(values, lines[index]!);
};

async function whole(text: AsyncIterable<string>): Promise<string> {
  let all = '';
  for await (const piece of text) {
    all += piece;
    if (all.length > MOST_CHARACTERS) throw new Unreadable('It is longer than a file of lettings can be.');
  }
  return all;
}

function rowOf(values: CoreValues, line: number): FileRow {
  const answers: Record<string, string> = {};
  for (const [name, text] of Object.entries(values)) {
    const number = Number(name.slice('field'.length));
    const answer = normalised(number, text ?? '');
    if (answer === undefined) continue;
    if (!isWellFormed(coreField(number), answer)) return rejected(line, `answer_${number}`);
    answers[nameOf(number)] = answer;
  }
  const row = new CoreRow(answers);
  const startOn = row.day(8);
  if (startOn === undefined) return rejected(line, 'letting_start');
  if (startOn < `${TEMPLATE_YEAR}-04-01` || startOn > `${TEMPLATE_YEAR + 1}-03-31`) return rejected(line, 'letting_year');
  return { line, tenantCode: row.text(13).toUpperCase(), startOn, answers };
}
