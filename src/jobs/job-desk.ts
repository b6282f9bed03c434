import { setTimeout as delay } from 'node:timers/promises';
import type { JobKinds, QueueName } from './job.js';
import type { Outbox, OutboxFigures } from './outbox.js';
import { type Counts, type DeadJob, type Queues, QueuesAway } from './queues.js';

/** How things stand: of the outbox always, of the queues where they can be reached. */
export interface JobFigures {
  readonly outbox: OutboxFigures;
  readonly place: Queues['place'];
  /** Undefined while they are away. */
  readonly queues: Readonly<Record<QueueName, Counts>> | undefined;
}

/** A dead job for a person who decides about it. */
export interface DeadForPeople extends DeadJob {
  /** The record that it is about; undefined for a turn of a schedule. */
  readonly about: string | undefined;
}

/** What people see of jobs, and what they can do about dead ones. */
export class JobDesk {
  constructor(
    private readonly queues: Queues,
    private readonly outbox: Outbox,
    private readonly kinds: JobKinds,
  ) {}

  async figures(): Promise<JobFigures> {
    const [outbox, queues] = await Promise.all([this.outbox.figures(), here(this.queues.counts())]);
    return { outbox, queues, place: this.queues.place };
  }

  /** The dead, those that died last first: those of the outbox, also while the queues are away, and turns of schedules. */
  async dead(limit: number): Promise<readonly DeadForPeople[]> {
    const [kept, queued] = await Promise.all([this.outbox.dead(limit), here(this.queues.dead(limit))]);
    const intents = kept.map(({ intentId, kind, failure, diedAt, entityId }) => {
      const known = this.kinds.events.find(({ name }) => name === kind);
      return { id: intentId, kind, queue: known?.queue ?? 'messages', failure, attempts: known?.attempts ?? 0, diedAt, about: entityId };
    });
    const others = (queued ?? []).filter(({ id }) => !intents.some((intent) => intent.id === id)).map((job) => ({ ...job, about: undefined }));
    return [...intents, ...others].sort((one, other) => (one.diedAt < other.diedAt ? 1 : -1)).slice(0, limit);
  }

  /** Lets a dead job begin anew. @returns whether there was one under this id. @throws QueuesAway: ask again. */
  async replay(id: string): Promise<boolean> {
    const queued = await this.queues.replay(id);
    const revived = await this.outbox.revive(id);
    if (queued || !revived) return queued;
    // Queues that were lost do not know of their dead.
    const kind = this.kinds.events.find(({ name }) => name === revived.kind);
    if (kind) await this.queues.put([{ id: revived.intentId, kind: kind.name, queue: kind.queue, attempts: kind.attempts, backoffMs: kind.backoffMs }]);
    return true;
  }
}

/** Whoever asks how things stand has less patience than a worker. */
const HERE_WITHIN_MS = 1_500;

/** What the queues answer, or undefined while they are away. */
async function here<T>(answer: Promise<T>): Promise<T | undefined> {
  const enough = new AbortController();
  try {
    return await Promise.race([answer, delay(HERE_WITHIN_MS, undefined, { signal: enough.signal })]);
  } catch (error) {
    if (error instanceof QueuesAway) return undefined;
    throw error;
  } finally {
    enough.abort();
    answer.catch(() => undefined);
  }
}
