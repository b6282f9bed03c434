import { failpoint } from '../platform/failpoint.js';
import { type EventJob, JobRefused, type JobKinds, QUEUES, type QueueName, type ScheduledJob } from './job.js';
import type { Outbox } from './outbox.js';
import type { Queues, TakenJob, Working } from './queues.js';

/** What the workers work with. */
export interface JobWorkersParts {
  readonly queues: Queues;
  readonly outbox: Outbox;
  readonly kinds: JobKinds;
  readonly report: (sentence: string, error: unknown) => void;
}

/** How many jobs of a queue one process does at a time. */
const AT_ONCE: Readonly<Record<QueueName, number>> = { messages: 4, housekeeping: 1 };
/** A process ends within 25 seconds; something is left for closing what the jobs were done with. */
const STOP_WITHIN_MS = 20_000;

/** Does the jobs. Every process with the role of a worker takes some of them. */
export class JobWorkers {
  private readonly events: ReadonlyMap<string, EventJob>;
  private readonly scheduled: ReadonlyMap<string, ScheduledJob>;
  private working: Working[] = [];

  constructor(private readonly parts: JobWorkersParts) {
    const { events, scheduled } = parts.kinds;
    this.events = new Map(events.map((kind) => [kind.name, kind]));
    this.scheduled = new Map(scheduled.map((kind) => [kind.name, kind]));
    if (this.events.size + this.scheduled.size !== events.length + scheduled.length || events.some(({ name }) => this.scheduled.has(name))) {
      throw new Error('Two kinds of jobs have one name: rename one of them.');
    }
  }

  start(): void {
    const { queues, outbox, report } = this.parts;
    this.working = QUEUES.map((queue) =>
      queues.work(queue, {
        concurrency: AT_ONCE[queue],
        run: (job) => this.run(job),
        died: (id, failure) => void outbox.died([{ id, failure }]).catch((error: unknown) => report('A dead job could not be written down yet.', error)),
      }),
    );
  }

  /** Takes no more jobs, and waits for those in hand, at most 20 seconds. */
  async stop(): Promise<void> {
    await Promise.all(this.working.splice(0).map((one) => one.stop(STOP_WITHIN_MS)));
  }

  private async run(job: TakenJob): Promise<void> {
    try {
      const scheduled = this.scheduled.get(job.kind);
      await (scheduled ? scheduled.run(job.signal) : this.ofEvent(job));
    } catch (error) {
      this.parts.report(`The job ${job.id} (${job.kind}) failed in its attempt ${job.attempt}.`, error);
      throw error;
    }
  }

  /** The queue is believed nothing but the id: what is to be done stands in the outbox, or nobody wanted it. */
  private async ofEvent(job: TakenJob): Promise<void> {
    const intent = await this.parts.outbox.find(job.id);
    if (!intent) throw new JobRefused('NOT_WANTED');
    if (intent.state === 'done') return;
    const kind = this.events.get(intent.kind);
    if (!kind) throw new Error('This release does not know such jobs.');
    await kind.run(intent, job.signal);
    failpoint('jobs.afterEffect');
    await this.parts.outbox.done(intent.intentId);
    failpoint('jobs.afterDone');
  }
}
