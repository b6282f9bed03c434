import { readFile } from 'node:fs/promises';
import type { SystemCommands } from '../access/system-commands.js';
import { calendarIdOf, HolidayDivision } from '../domain/bank-holidays.js';
import { Refusal } from '../kernel/rules.js';
import { uuidOf } from '../kernel/values.js';
import { Misused, needed, told, wordsOf } from '../platform/command-words.js';
import { NoBankHolidays, publishedHolidays } from './published-bank-holidays.js';

export const BANK_HOLIDAYS_USAGE = `bank-holidays import --organization <id> --file <bank-holidays.json> [--division england_and_wales|scotland|northern_ireland]

Takes over a published file of bank holidays (https://www.gov.uk/bank-holidays.json). Deadlines that stand keep their dates.
`;

const options = {
  organization: { type: 'string' },
  file: { type: 'string' },
  division: { type: 'string', default: HolidayDivision.england_and_wales },
} as const;
const OPERATOR = uuidOf('process', 'operator');

/**
 * `bank-holidays import`.
 * @param argv what follows the word.
 * @param parts.system sends the command, as the operator.
 * @returns the exit code: 0 done, 1 refused, 2 not understood.
 */
export function bankHolidaysCommand(argv: readonly string[], { system, print }: { readonly system: SystemCommands; readonly print: (text: string) => void }): Promise<number> {
  return told(print, BANK_HOLIDAYS_USAGE, () => run(argv, system), sentenceOf);
}

async function run(argv: readonly string[], system: SystemCommands): Promise<string> {
  const { task, given } = wordsOf(argv, options);
  if (task !== 'import') throw new Misused(task === undefined ? 'Say what to do.' : `There is no bank-holidays ${task}.`);
  const organizationId = needed(given, 'organization');
  const { division } = given;
  if (!Object.hasOwn(HolidayDivision, division)) throw new Misused(`There is no division ${division}.`);
  const dates = publishedHolidays(await readFile(needed(given, 'file'), 'utf8'), division);
  const body = { division, dates };
  const { events } = await system.send({ name: 'ImportBankHolidays', id: calendarIdOf(organizationId), body, organizationId, actorId: OPERATOR });
  const years = `${dates[0]!.slice(0, 4)} to ${dates.at(-1)!.slice(0, 4)}`;
  return events.length === 0 ? `These dates are in force already: ${years}.\n` : `${dates.length} bank holidays, ${years}, are in force.\n`;
}

function sentenceOf(error: unknown): string | undefined {
  if (error instanceof Refusal) return error.sentence;
  if (error instanceof NoBankHolidays) return error.message;
  return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'There is no such file.' : undefined;
}
