import { Misused, told, wordsOf } from '../platform/command-words.js';
import { QUEUES } from './job.js';
import type { DeadForPeople, JobDesk, JobFigures } from './job-desk.js';
import { QueuesAway } from './queues.js';

const usage = `jobs list            how many jobs wait, wait for their time, are being done and are dead, and what is due
jobs dead [--json]   the dead ones, with what they failed of
jobs replay <id>     lets a dead one begin anew
`;

const options = { json: { type: 'boolean', default: false } } as const;
const MOST = 200;

/**
 * `jobs list | dead | replay <id>`.
 * @param argv what follows the word `jobs`.
 * @param print takes text with its line breaks.
 * @returns the exit code: 0 done, 1 refused, 2 not understood.
 */
export function jobsCommand(argv: readonly string[], parts: { readonly desk: JobDesk; readonly print: (text: string) => void }): Promise<number> {
  return told(parts.print, usage, () => run(argv, parts.desk), sentenceOf);
}

/** There is nothing dead under an id. */
class NotDead extends Error {
  override readonly name = 'NotDead';
}

async function run([task = '', ...rest]: readonly string[], desk: JobDesk): Promise<string> {
  const { task: id, given } = wordsOf(rest, options);
  switch (task) {
    case 'list': {
      const figures = await desk.figures();
      return given.json ? `${JSON.stringify(figures)}\n` : shown(figures);
    }
    case 'dead': {
      const dead = await desk.dead(MOST);
      return given.json ? `${JSON.stringify(dead)}\n` : listed(dead);
    }
    case 'replay':
      if (id === undefined) throw new Misused('Say which job.');
      if (!(await desk.replay(id))) throw new NotDead(`There is no dead job ${id}.`);
      return 'It begins anew.\n';
    default:
      throw new Misused(task === '' ? 'Say what to do.' : `There is no jobs ${task}.`);
  }
}

function shown({ outbox, queues, place }: JobFigures): string {
  const row = (...cells: (string | number)[]): string => cells.map((cell, index) => (index === 0 ? String(cell).padEnd(14) : String(cell).padStart(9))).join('');
  const lines = queues ? QUEUES.map((name) => row(name, queues[name].waiting, queues[name].delayed, queues[name].active, queues[name].dead)) : [];
  const where = `The queues are in ${place === 'redis' ? 'Redis' : 'PostgreSQL'}${queues ? '' : ' and cannot be reached'}.`;
  const due = `Of the outbox ${outbox.due} are due${outbox.due > 0 ? `, the oldest for ${Math.round(outbox.oldestSeconds)} seconds` : ''}, and ${outbox.dead} are dead.`;
  return [where, ...(queues ? [row('queue', 'waiting', 'delayed', 'active', 'dead')] : []), ...lines, due, ''].join('\n');
}

const listed = (dead: readonly DeadForPeople[]): string =>
  dead.length === 0
    ? 'No job is dead.\n'
    : dead.map(({ id, kind, failure, diedAt, about }) => `${id}  ${diedAt}  ${kind}  ${failure}${about ? `  about ${about}` : ''}\n`).join('');

/** What a person reads of an error that is theirs to mend. */
function sentenceOf(error: unknown): string | undefined {
  if (error instanceof NotDead) return error.message;
  return error instanceof QueuesAway ? 'The queues cannot be reached now: ask again when they can.' : undefined;
}
