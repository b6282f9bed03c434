import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { EventStore } from '../../src/event-store/event-store.js';
import { jsonBytes } from '../../src/event-store/metadata.js';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres-event-store.js';
import { Dispatcher } from '../../src/jobs/dispatcher.js';
import type { Cause, EventJob, JobKinds, ScheduledJob } from '../../src/jobs/job.js';
import { JobDesk } from '../../src/jobs/job-desk.js';
import { JobWorkers } from '../../src/jobs/job-workers.js';
import { Outbox, type OutboxFigures } from '../../src/jobs/outbox.js';
import type { Queues } from '../../src/jobs/queues.js';

export const organizationId = randomUUID();

/** What happens in the specs: somebody is greeted, or something passes that nobody wants anything of. */
export type Happening = 'GuestArrived' | 'GuestPassed';

/** The log, the outbox and everything that works on them, with a job that writes down whom it has greeted. */
export class JobsHouse {
  private readonly leading: AbortController[] = [];
  private readonly running: Promise<unknown>[] = [];
  private readonly workers: JobWorkers[] = [];
  private start = 0;

  private constructor(
    readonly store: EventStore,
    readonly pool: pg.Pool,
    readonly outbox: Outbox,
  ) {}

  static async open(connectionString: string): Promise<JobsHouse> {
    const store = await PostgresEventStore.open({ connectionString });
    const pool = new pg.Pool({ connectionString, max: 6, keepAlive: true });
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
    return new JobsHouse(store, pool, new Outbox(pool));
  }

  /** Jobs that greet: each intent's effect is one row of `app.deliveries`. @param greet done before that. */
  kinds(greet: (cause: Cause, signal: AbortSignal) => Promise<void> = () => Promise.resolve(), change: Partial<EventJob> = {}, scheduled: readonly ScheduledJob[] = []): JobKinds {
    const greeting: EventJob = {
      name: 'greeting', doc: 'Greets.', queue: 'messages', on: ['GuestArrived'], attempts: 5, backoffMs: 20,
      run: async (cause, signal) => {
        await greet(cause, signal);
        await this.pool.query(
          "insert into app.deliveries (delivery_id, kind, organization_id, subject_id) values ($1, 'greeting', $2, $3) on conflict do nothing",
          [cause.intentId, cause.organizationId, cause.entityId],
        );
      },
      ...change,
    };
    return { events: [greeting], scheduled };
  }

  /** Something happens to so many guests. @returns their ids, in order. */
  async happen(count: number, type: Happening = 'GuestArrived'): Promise<string[]> {
    const guests = Array.from({ length: count }, () => randomUUID());
    for (const guest of guests) {
      const metadata = { organizationId, recordedAt: '2026-09-02T08:00:00.000Z', correlationId: randomUUID() };
      await this.store.append(`guest-${guest}`, 'no-stream', [
        { id: randomUUID(), type, data: jsonBytes({ name: 'Jo Ellis of 12 Mare Street' }), metadata: jsonBytes(metadata) },
      ]);
    }
    return guests;
  }

  /** Dispatches until `leave`. @param failed told of what made it end. */
  dispatch(queues: Queues, kinds: JobKinds, compareMs = 200, failed: (error: unknown) => void = () => undefined): Dispatcher {
    const leading = new AbortController();
    this.leading.push(leading);
    const dispatcher = new Dispatcher({ store: this.store, outbox: this.outbox, queues, kinds, compareMs, report: () => undefined });
    const again = async (): Promise<void> => {
      while (!leading.signal.aborted) {
        await dispatcher.run(leading.signal).catch((error: unknown) => {
          failed(error);
          if (error instanceof Error && error.name === 'FencedOff') leading.abort();
        });
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    this.running.push(again());
    return dispatcher;
  }

  work(queues: Queues, kinds: JobKinds): JobWorkers {
    const workers = new JobWorkers({ queues, outbox: this.outbox, kinds, report: () => undefined });
    workers.start();
    this.workers.push(workers);
    return workers;
  }

  desk = (queues: Queues, kinds: JobKinds): JobDesk => new JobDesk(queues, this.outbox, kinds);

  /** Nobody dispatches or works any more. */
  async leave(): Promise<void> {
    for (const one of this.leading.splice(0)) one.abort();
    await Promise.all([...this.running.splice(0), ...this.workers.splice(0).map((workers) => workers.stop())]);
  }

  async close(): Promise<void> {
    await this.leave();
    await this.store.close();
    await this.pool.end();
  }

  /** Whom jobs have greeted, in the order in which it was done. */
  async greeted(): Promise<string[]> {
    return (await this.pool.query<{ id: string }>('select subject_id as id from app.deliveries order by at')).rows.map(({ id }) => id);
  }

  /** Everything that was written down, in the order of the log. */
  async intents(): Promise<Record<string, unknown>[]> {
    return (await this.pool.query<Record<string, unknown>>('select * from app.job_intents order by position')).rows;
  }

  figures = (): Promise<OutboxFigures> => this.outbox.figures();

  /** What has happened so far is no longer looked at. */
  async skipPast(): Promise<void> {
    await this.outbox.takeOver();
    await this.pool.query("update app.process_checkpoints set position = $1 where process = 'jobs'", [await this.store.head()]);
    this.start = await this.store.head();
  }

  /** As a restore of an older copy of what is beside the log would. */
  async forgetPosition(): Promise<void> {
    await this.pool.query("update app.process_checkpoints set position = $1 where process = 'jobs'", [this.start]);
  }
}
