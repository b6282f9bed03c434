import { LogUnavailable } from '../event-store/errors.js';
import { Misused, told, wordsOf } from '../platform/command-words.js';
import { KeysUnavailable } from '../privacy/codec.js';

const usage = `keyring repeat-erasures

Destroys again the keys that the log says were destroyed, in a keyring that is older: where no newer one is left.
`;

/** What the command does, and where it says so. */
export interface KeyringCommandParts {
  /** @returns how many erasures were carried out again. */
  readonly repeatErasures: () => Promise<number>;
  readonly print: (text: string) => void;
}

/** `keyring repeat-erasures`. @param argv what follows the word `keyring`. @returns the exit code: 0 done, 1 refused, 2 not understood. */
export function keyringCommand(argv: readonly string[], { repeatErasures, print }: KeyringCommandParts): Promise<number> {
  return told(print, usage, async () => {
    const { task } = wordsOf(argv, {});
    if (task !== 'repeat-erasures') throw new Misused(task === undefined ? 'Say what to do.' : `There is no keyring ${task}.`);
    const count = await repeatErasures();
    return count === 0 ? 'The keyring knows of every erasure.\n' : `Carried out again: ${count} erasures. What they erased cannot be opened any more.\n`;
  }, (error) => (error instanceof KeysUnavailable || error instanceof LogUnavailable ? error.message : undefined));
}
