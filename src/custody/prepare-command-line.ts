import { LogUnavailable } from '../event-store/errors.js';
import { Misused, told, wordsOf } from '../platform/command-words.js';

const usage = `log prepare [--shared]

Run once for a new EventStoreDB, with EVENTSTORE_ADMIN_URL (an administrator's) beside EVENTSTORE_URL. Makes the user that
EVENTSTORE_URL names, lets it read the whole log, and closes streams to everybody else.
  --shared   others keep streams on that server: what may be done to streams in general is left as it is
`;

/** What the command needs. */
export interface PrepareCommandParts {
  readonly adminUrl: string | undefined;
  readonly appUrl: string | undefined;
  readonly prepare: (urls: { readonly adminUrl: string; readonly appUrl: string; readonly shared: boolean }) => Promise<readonly string[]>;
  readonly print: (text: string) => void;
}

/** `log prepare`. @param argv what follows these words. @returns the exit code: 0 done, 1 refused, 2 not understood. */
export function prepareCommand(argv: readonly string[], { adminUrl, appUrl, prepare, print }: PrepareCommandParts): Promise<number> {
  return told(print, usage, async () => {
    const { task, given } = wordsOf(argv, { shared: { type: 'boolean', default: false } });
    if (task !== undefined) throw new Misused(`prepare does not take ${task}.`);
    if (!appUrl) throw new Misused('EVENTSTORE_URL names no log.');
    if (!adminUrl) throw new Misused('EVENTSTORE_ADMIN_URL names no administrator.');
    return (await prepare({ adminUrl, appUrl, shared: given.shared })).map((sentence) => `${sentence}\n`).join('');
  }, sentenceOf);
}

/** What a person reads of an error that is theirs to mend. The adapter that throws the first is loaded where it is used. */
const sentenceOf = (error: unknown): string | undefined =>
  error instanceof LogUnavailable || (error instanceof Error && error.name === 'PreparationRefused') ? error.message : undefined;
