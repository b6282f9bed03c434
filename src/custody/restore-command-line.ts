import { resolve } from 'node:path';
import { LogDamaged, LogUnavailable, OutcomeUncertain } from '../event-store/errors.js';
import { Misused, needed, told, wordsOf } from '../platform/command-words.js';
import type { Terminal } from '../../projections/engine/command-line.js';
import { progressTold } from './log-command-line.js';
import { LogDiffers } from './log-differences.js';
import { BackupRefused } from './manifest.js';
import { restoreBackup, type KeyringSource, type RestoreParts } from './restore.js';
import { StartRefused } from './start-refused.js';

const usage = `restore --from <folder> [--keyring <folder of a newer backup> | --keep-keyring] [--keep-log]

Into databases, and a log, with nothing in them.
  --keyring       the newest there is: one older than an erasure would open what was erased
  --keep-keyring  its database is there, and is newer than the backup
  --keep-log      the log is there, with what the backup has and what came after
Cut off, it goes on when it is run again.
`;

const options = { from: { type: 'string' }, keyring: { type: 'string' }, 'keep-keyring': { type: 'boolean', default: false }, 'keep-log': { type: 'boolean', default: false } } as const;

/** What comes of making the read tables from the log that was put back. */
export interface Rebuilt {
  /** Sentences about rows that are not what their events say; none where all is well. */
  readonly differing: readonly string[];
  /** Keys of people that are not destroyed, and how many of them the master key opens. */
  readonly keys: number;
  readonly opened: number;
  /** First entry of the erasure ledger that is missing or altered. */
  readonly ledgerBrokenAt: number | undefined;
}

/** What a restore works on, and how the read tables are made after it. */
export interface RestoreCommandParts extends Omit<RestoreParts, 'onProgress' | 'target'> {
  readonly openTarget: () => Promise<RestoreParts['target']>;
  readonly rebuild: (terminal: Terminal) => Promise<Rebuilt>;
  readonly terminal: Terminal;
}

/** `restore --from …`. @param argv what follows the word `restore`. @returns the exit code: 0 done, 1 refused or not as it was, 2 not understood. */
export async function restoreCommand(argv: readonly string[], parts: RestoreCommandParts): Promise<number> {
  let sound = false;
  const code = await told((text) => parts.terminal.line(text.trimEnd()), usage, async () => {
    const [sentence, isSound] = await run(argv, parts);
    sound = isSound;
    return sentence;
  }, sentenceOf);
  return code === 0 && !sound ? 1 : code;
}

async function run(argv: readonly string[], { openTarget, rebuild, terminal, ...parts }: RestoreCommandParts): Promise<[sentence: string, sound: boolean]> {
  const { given } = wordsOf(argv, options);
  const folder = resolve(needed(given, 'from'));
  if (given.keyring && given['keep-keyring']) throw new Misused('The keyring comes from a folder, or is kept: not both.');
  const keyring: KeyringSource = given['keep-keyring'] ? { from: 'here' } : given.keyring ? { from: 'folder', folder: resolve(given.keyring) } : { from: 'backup' };
  const target = await openTarget();
  try {
    const { manifest, rows } = await restoreBackup(folder, { keyring, keepLog: given['keep-log'] }, { ...parts, target, onProgress: progressTold(terminal) });
    const events = given['keep-log'] ? 'are in the log' : 'are back';
    terminal.line(`${manifest.log.events} events ${events}, each compared with the backup and its stream’s chain followed; ${rows} rows of tables, and the keyring.`);
  } finally {
    await target.store.close();
  }
  return said(await rebuild(terminal));
}

function said({ differing, keys, opened, ledgerBrokenAt }: Rebuilt): [sentence: string, sound: boolean] {
  const problems = [
    ...differing,
    ...(opened < keys ? [`Of ${keys} keys of people ${keys - opened} cannot be opened.`] : []),
    ...(ledgerBrokenAt === undefined ? [] : [`The ledger of erasures is broken at entry ${ledgerBrokenAt}.`]),
  ];
  if (problems.length > 0) return [`${problems.join('\n')}\n`, false];
  return [`Every row is what its events say, and all ${keys} keys of people open. The product may be started.\n`, true];
}

/** What a person reads of an error that is theirs to mend. */
function sentenceOf(error: unknown): string | undefined {
  const known = [BackupRefused, LogDiffers, LogDamaged, LogUnavailable, OutcomeUncertain, StartRefused].some((one) => error instanceof one);
  return known ? (error as Error).message : undefined;
}
