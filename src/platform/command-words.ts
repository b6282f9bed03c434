import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

/** What is missing or unknown on the command line. */
export class Misused extends Error {
  override readonly name = 'Misused';
}

/** What a command line says: its first word, and its options. @throws Misused for an option that is not among these. */
export function wordsOf<O extends ParseArgsOptionsConfig>(argv: readonly string[], options: O) {
  try {
    const { positionals, values } = parseArgs({ args: [...argv], options, allowPositionals: true });
    return { task: positionals[0], given: values };
  } catch (error) {
    throw new Misused(error instanceof Error ? error.message : String(error));
  }
}

/** An option that a task cannot do without. @throws Misused */
export function needed(given: Readonly<Record<string, unknown>>, name: string): string {
  const value = given[name];
  if (typeof value !== 'string' || value === '') throw new Misused(`--${name} is missing.`);
  return value;
}

/**
 * Prints what a task says, or what is wrong with it. @param sentenceOf what a person reads of an error that is theirs to
 * mend, undefined for any other, which is thrown. @returns the exit code: 0 done, 1 refused, 2 not understood.
 */
export async function told(print: (text: string) => void, usage: string, task: () => Promise<string>, sentenceOf: (error: unknown) => string | undefined): Promise<number> {
  try {
    print(await task());
    return 0;
  } catch (error) {
    if (error instanceof Misused) {
      print(`${error.message}\n\n${usage}`);
      return 2;
    }
    const sentence = sentenceOf(error);
    if (sentence === undefined) throw error;
    print(`${sentence}\n`);
    return 1;
  }
}
