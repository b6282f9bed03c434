import type { ProjectionEngine } from './engine.js';
import type { Progress } from './filling.js';

/** Where a command line writes. */
export interface Terminal {
  line(text: string): void;
  /** Replaces the line that was written last by `progress`; a plain line where there is no terminal. */
  progress(text: string): void;
}

export const PROJECTIONS_USAGE = `Usage: projections <command>
  list                              the read tables, their versions and where they are
  status                            how far the read tables are behind the log, what is being built, parked or was left out
  rebuild [table …|all]             builds read tables anew beside the live ones and swaps them in
          [--allow-fewer]           also where the new ones have fewer rows
  rollback [table …|all]            swaps back in what was live before; it takes in first what has happened since, which
                                    takes as long as rebuilding from so many events
  verify [table …|all]              folds every stream again and compares every row
  retry <table> <stream>            takes a parked stream in again
  skip <table> <stream> <who>       leaves out the event that parked it; who decides so is recorded`;

/** What each command takes: how many words, and which options. */
const COMMANDS: Readonly<Record<string, { readonly words: readonly [number, number]; readonly options: readonly string[] }>> = {
  list: { words: [0, 0], options: [] },
  status: { words: [0, 0], options: [] },
  rebuild: { words: [0, Infinity], options: ['--allow-fewer'] },
  rollback: { words: [0, Infinity], options: [] },
  verify: { words: [0, Infinity], options: [] },
  retry: { words: [2, 2], options: [] },
  skip: { words: [3, 3], options: [] },
};

/**
 * `projections list | status | rebuild | rollback | verify | retry | skip`.
 * @param engine prepared; it need not be the process that projects.
 * @returns the exit code: 0 done, 1 not so (rows differ, still parked, refused), 2 not understood.
 */
export async function projectionsCommand(argv: readonly string[], engine: ProjectionEngine, terminal: Terminal): Promise<number> {
  const [command = '', ...given] = argv;
  if (['help', '--help', '-h'].includes(command)) {
    terminal.line(PROJECTIONS_USAGE);
    return 0;
  }
  const options = given.filter((one) => one.startsWith('--'));
  const words = given.filter((one) => !one.startsWith('--'));
  const mistake = mistakeIn(command, words, options);
  if (mistake !== undefined) {
    terminal.line(`${mistake}\n\n${PROJECTIONS_USAGE}`);
    return 2;
  }
  try {
    return await run(command, words, options, engine, terminal);
  } catch (error) {
    terminal.line(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

function mistakeIn(command: string, words: readonly string[], options: readonly string[]): string | undefined {
  if (command === '') return 'Say what to do.';
  const known = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (!known) return `There is no projections ${command}.`;
  const unknown = options.find((option) => !known.options.includes(option));
  if (unknown) return `${command} has no option ${unknown}.`;
  const [least, most] = known.words;
  if (words.length < least || words.length > most || words.some((word) => word.trim() === '')) return `${command} takes ${most === 0 ? 'nothing more' : `${least} words`}.`;
  return undefined;
}

async function run(command: string, words: readonly string[], options: readonly string[], engine: ProjectionEngine, terminal: Terminal): Promise<number> {
  const wanted = words.length === 0 || words.includes('all') ? ('all' as const) : words;
  const onProgress = (progress: Progress): void => terminal.progress(sentenceOf(progress));
  const [table = '', stream = '', who = ''] = words;
  switch (command) {
    case 'list':
      return list(engine, terminal);
    case 'status':
      return status(engine, terminal);
    case 'rebuild':
      await engine.rebuild(wanted, { onProgress, allowFewer: options.includes('--allow-fewer') });
      terminal.line('Rebuilt and swapped in.');
      return 0;
    case 'rollback':
      terminal.line(`Back to the tables before: ${(await engine.rollback(wanted, { onProgress })).join(', ')}.`);
      return 0;
    case 'verify':
      return verify(engine, wanted, onProgress, terminal);
    case 'retry':
      return answer(terminal, await engine.parked.retry(engine.projectionOf(table), stream));
    default:
      return answer(terminal, await engine.parked.skip(engine.projectionOf(table), stream, who));
  }
}

const answer = (terminal: Terminal, done: boolean): number => {
  terminal.line(done ? 'The stream goes on.' : 'The stream is not parked there, or it stopped again: see status.');
  return done ? 0 : 1;
};

function sentenceOf({ position, target, events, eventsPerSecond, secondsLeft }: Progress): string {
  const share = Number.isFinite(target) && target > 0 ? Math.min(100, Math.floor((position / target) * 100)) : 100;
  const bar = '█'.repeat(Math.floor(share / 5)).padEnd(20, '░');
  return `${bar} ${share} %  ${events} events, ${eventsPerSecond} a second, about ${secondsLeft} s left`;
}

async function list(engine: ProjectionEngine, terminal: Terminal): Promise<number> {
  for (const { projection, version, state, position, tables, outdated, parked, retiredAt } of await engine.status()) {
    const remarks = [
      ...(outdated && state === 'live' ? ['to be rebuilt'] : []),
      ...(outdated && state === 'old' ? ['of another definition'] : []),
      ...(state === 'old' && retiredAt ? [`kept since ${retiredAt}`] : []),
      ...(parked > 0 ? [`${parked} parked`] : []),
    ];
    terminal.line([`${projection} ${version}`, state, `at ${position}`, tables.join(', '), ...remarks].join(' · '));
  }
  return 0;
}

async function status(engine: ProjectionEngine, terminal: Terminal): Promise<number> {
  const { position, head, behind, seconds, still, moves, parked, building } = await engine.lag();
  const late = behind > 0 ? ` and ${Math.round(seconds)} s behind, ${moves ? 'moving' : `not moved for ${Math.round(still)} s: is a projector running?`}` : ' behind';
  terminal.line(`The read tables are at ${position}, the log at ${head}: ${behind} events${late}; ${parked} parked.`);
  for (const one of building) {
    const left = one.secondsLeft === undefined ? '' : `, about ${one.secondsLeft} s left`;
    terminal.line(`building · ${one.projection} ${one.version} · ${one.percent} %, at ${one.position} of ${one.target}${one.running ? `, ${one.eventsPerSecond} a second${left}` : ', cut off: rebuild goes on with it'}`);
  }
  for (const one of await engine.parked.list()) {
    terminal.line(`parked · ${one.projection} · ${one.stream} · at revision ${one.revision} (${one.eventType}) since ${one.parkedAt} · ${one.reason}`);
  }
  for (const one of await engine.parked.skipped()) {
    terminal.line(`left out · ${one.projection} · ${one.stream} · event ${one.eventId} by ${one.skippedBy} on ${one.skippedAt} · ${one.reason}`);
  }
  return 0;
}

async function verify(engine: ProjectionEngine, names: readonly string[] | 'all', onProgress: (progress: Progress) => void, terminal: Terminal): Promise<number> {
  const differing = await engine.verify(names, { onProgress });
  for (const sentence of differing) terminal.line(sentence);
  terminal.line(differing.length === 0 ? 'Every row is what its events say.' : 'The rows above are not what their events say: rebuild their tables.');
  return differing.length === 0 ? 0 : 1;
}
