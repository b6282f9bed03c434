import type { ProjectionEngine } from './engine.js';
import type { Progress } from './rebuild.js';

/** Where a command line writes. */
export interface Terminal {
  line(text: string): void;
  /** Replaces the line that was written last by `progress`; a plain line where there is no terminal. */
  progress(text: string): void;
}

export const PROJECTIONS_USAGE = `Usage: projections <command>
  list                              the read tables, their versions and where they are
  status                            how far the read tables are behind the log, what is parked and what was left out
  rebuild [table …|all]             builds read tables anew beside the live ones and swaps them in
          [--allow-fewer]           also where the new ones have fewer rows
  verify [table …|all]              folds every stream again and compares every row
  retry <table> <stream>            takes a parked stream in again
  skip <table> <stream> <who>       leaves out the event that parked it; who decides so is recorded`;

/**
 * `projections list | status | rebuild | verify | retry | skip`.
 * @param engine prepared; it need not be the process that projects.
 * @returns the exit code: 0 done, 1 not so (rows differ, still parked, refused), 2 not understood.
 */
export async function projectionsCommand(argv: readonly string[], engine: ProjectionEngine, terminal: Terminal): Promise<number> {
  const [command, ...given] = argv;
  const options = new Set(given.filter((one) => one.startsWith('--')));
  const names = given.filter((one) => !one.startsWith('--'));
  const unknown = [...options].find((option) => option !== '--allow-fewer' || command !== 'rebuild');
  const wanted = names.length === 0 || names.includes('all') ? ('all' as const) : names;
  const onProgress = (progress: Progress): void => terminal.progress(sentenceOf(progress));
  try {
    if (unknown) return misunderstood(terminal);
    if (command === 'list') return await list(engine, terminal);
    if (command === 'status') return await status(engine, terminal);
    if (command === 'rebuild') {
      await engine.rebuild(wanted, { onProgress, allowFewer: options.has('--allow-fewer') });
      terminal.line('Rebuilt and swapped in.');
      return 0;
    }
    if (command === 'verify') return await verify(engine, wanted, onProgress, terminal);
    if (command === 'retry' && names.length === 2) return answer(terminal, await engine.parked.retry(names[0]!, names[1]!));
    if (command === 'skip' && names.length === 3) return answer(terminal, await engine.parked.skip(names[0]!, names[1]!, names[2]!));
  } catch (error) {
    terminal.line(error instanceof Error ? error.message : String(error));
    return 1;
  }
  return misunderstood(terminal);
}

function misunderstood(terminal: Terminal): number {
  terminal.line(PROJECTIONS_USAGE);
  return 2;
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
  for (const { projection, version, state, position, tables, outdated, parked } of await engine.status()) {
    const remarks = [...(outdated && state === 'live' ? ['to be rebuilt'] : []), ...(parked > 0 ? [`${parked} parked`] : [])];
    terminal.line([`${projection} ${version}`, state, `at ${position}`, tables.join(', '), ...remarks].join(' · '));
  }
  return 0;
}

async function status(engine: ProjectionEngine, terminal: Terminal): Promise<number> {
  const { position, head, behind, seconds, parked } = await engine.lag();
  terminal.line(`The read tables are at ${position}, the log at ${head}: ${behind} behind${behind > 0 ? `, and have not moved for ${Math.round(seconds)} s` : ''}; ${parked} parked.`);
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
