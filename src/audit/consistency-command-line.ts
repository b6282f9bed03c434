import { needed, told, wordsOf } from '../platform/command-words.js';
import { consistencyChecks, type Consistency } from './consistency.js';

export const CONSISTENCY_USAGE = `consistency --organization <id> [--json]

Compares the records of an organisation with each other: beds, balances, who lives here and what they must have.
Run it every night. It ends with 1 where something does not agree, and says what.
`;

const options = { organization: { type: 'string' }, json: { type: 'boolean', default: false } } as const;

/**
 * `consistency`.
 * @param argv what follows the word.
 * @param print takes text with its line breaks.
 * @returns the exit code: 0 all agrees, 1 something does not, 2 not understood.
 */
export async function consistencyCommand(argv: readonly string[], { consistency, print }: { readonly consistency: Consistency; readonly print: (text: string) => void }): Promise<number> {
  let wrong = 0;
  const code = await told(print, CONSISTENCY_USAGE, async () => {
    const { given } = wordsOf(['check', ...argv], options);
    const found = await consistency.of(needed(given, 'organization'));
    wrong = found.length;
    if (given.json) return `${JSON.stringify(found)}\n`;
    const lines = consistencyChecks.map(({ check, sentence }) => {
      const some = found.filter((one) => one.check === check);
      return `${some.length === 0 ? 'agrees' : `${some.length} wrong`} · ${sentence}\n${some.map(({ table, id, what }) => `  ${table} ${id}: ${what}\n`).join('')}`;
    });
    return lines.join('');
  }, () => undefined);
  return code === 0 && wrong > 0 ? 1 : code;
}
