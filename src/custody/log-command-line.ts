import pg from 'pg';
import { LogDamaged, LogUnavailable, OutcomeUncertain } from '../event-store/errors.js';
import { Misused, needed, told, wordsOf } from '../platform/command-words.js';
import type { Terminal } from '../../projections/engine/command-line.js';
import { copyLog, type Copied, type CopyProgress } from './log-copy.js';
import { LogDiffers } from './log-differences.js';
import { LOG_NAMES, openLogEnd, type LogEnd, type LogOpening } from './log-ends.js';
import { isLogInUse, knownLog, noteLog } from './log-in-use.js';
import { CopyPositions } from './moved-positions.js';
import { progressLine } from './progress-line.js';

const usage = `log copy --from <log> --to <log>
log prepare [--shared]

A log is named ${LOG_NAMES}.
What is in the other log already must be the beginning of this one; so it may be run again and again, also while the product
works. For the move itself stop the product, run it once more, and start the product with the other log.
`;

const options = { from: { type: 'string' }, to: { type: 'string' } } as const;

/** What the command needs. */
export interface LogCommandParts {
  readonly opening: LogOpening;
  /** Connection string of the main database's owner. */
  readonly owner: string;
  readonly terminal: Terminal;
}

/**
 * `log copy`.
 * @param argv what follows the word `log`.
 * @returns the exit code: 0 done, 1 refused, 2 not understood.
 */
export function logCommand(argv: readonly string[], parts: LogCommandParts): Promise<number> {
  return told((text) => parts.terminal.line(text.trimEnd()), usage, () => run(argv, parts), sentenceOf);
}

async function run(argv: readonly string[], parts: LogCommandParts): Promise<string> {
  const { task, given } = wordsOf(argv, options);
  if (task !== 'copy') throw new Misused(task === undefined ? 'Say what to do.' : `There is no log ${task}.`);
  const [fromWord, toWord] = [needed(given, 'from'), needed(given, 'to')];
  if (fromWord === toWord) throw new Misused('A log is copied to another one.');
  const from = await openLogEnd(fromWord, parts.opening);
  try {
    const to = await openLogEnd(toWord, parts.opening, true);
    try {
      return await copy(from, to, parts);
    } finally {
      await to.store.close();
    }
  } finally {
    await from.store.close();
  }
}

async function copy(from: LogEnd, to: LogEnd, { owner, terminal }: LogCommandParts): Promise<string> {
  const client = new pg.Client({ connectionString: owner });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const inUse = await isLogInUse(client, from.store);
    const positions = inUse ? new CopyPositions(client) : undefined;
    if (inUse && !(await knownLog(client))) await noteLog(client, from.store);
    await positions?.begin();
    const copied = await copyLog(from.store, to, {
      end: await from.store.head(),
      onProgress: progressTold(terminal),
      ...(positions ? { onPair: positions.add } : {}),
    });
    await positions?.confirm(copied.through);
    return said(from, to, copied, inUse);
  } finally {
    await client.end();
  }
}

/** Progress as lines; each part of the work has its own rate. */
export function progressTold(terminal: Terminal): (progress: CopyProgress) => void {
  let doing: string | undefined;
  let since = 0;
  return (progress) => {
    if (doing !== progress.doing) [doing, since] = [progress.doing, performance.now()];
    const whole = progress.end - progress.from;
    const share = whole > 0 ? (progress.position - progress.from) / whole : 1;
    terminal.progress(progressLine(progress.doing, { share, events: progress.events, since }));
  };
}

function said(from: LogEnd, to: LogEnd, { events, appended }: Copied, inUse: boolean): string {
  const next = inUse
    ? 'The product may go on there: stop it, run this once more, and start it with that log. Read tables and processes follow by themselves.'
    : 'The database of this installation is not of the log that was copied: its read tables do not follow.';
  return `${events} events are in both, each compared byte by byte; ${appended} were appended now.\n  from ${from.shown}\n  to   ${to.shown}\n${next}\n`;
}

/** What a person reads of an error that is theirs to mend. */
function sentenceOf(error: unknown): string | undefined {
  const known = [LogDiffers, LogDamaged, LogUnavailable, OutcomeUncertain].some((one) => error instanceof one);
  return known ? (error as Error).message : undefined;
}
