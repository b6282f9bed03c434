import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { CommandPipeline } from '../../src/commands/pipeline.js';
import { References } from '../../src/commands/references.js';
import { Registers } from '../../src/commands/registers.js';
import type { Acknowledgement, CommandRequest } from '../../src/commands/request.js';
import { Streams } from '../../src/commands/streams.js';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres-event-store.js';
import type { RecordedEvent } from '../../src/event-store/event-store.js';
import { metadataOf } from '../../src/event-store/metadata.js';
import type { DomainCommand } from '../../src/kernel/command.js';
import { uuidOf } from '../../src/kernel/values.js';
import type { Clock } from '../../src/platform/clock.js';
import { ConsequenceTracker } from '../../src/processes/engine/consequence-tracker.js';
import { ParkedStreams } from '../../src/processes/engine/parked-streams.js';
import type { Process } from '../../src/processes/engine/process.js';
import { ProcessRunner, type ProcessRunnerParts } from '../../src/processes/engine/process-runner.js';
import { ProcessWatch } from '../../src/processes/engine/process-watch.js';
import { ClearCodec } from './clear-codec.js';
import { catalogue, Come, organizationId, PROCESSES } from './lodging.js';

export * from './lodging.js';

const actor = { id: uuidOf('warden'), role: 'manager', organizationId, permissions: new Set(['*:*']) };

/** Everything of one process of the installation. */
export class House {
  readonly codec = new ClearCodec(catalogue);
  readonly streams: Streams;
  readonly pipeline: CommandPipeline;
  private readonly opened: { close(): Promise<void> }[] = [];

  private constructor(
    readonly connectionString: string,
    readonly store: PostgresEventStore,
    readonly clock: Clock,
    private readonly pool: pg.Pool,
  ) {
    this.streams = new Streams(store, this.codec);
    const references = new References(pool);
    this.pipeline = new CommandPipeline({
      catalogue,
      store,
      codec: this.codec,
      registers: new Registers(store, {}),
      clock,
      serverKey: Buffer.alloc(32, 1),
      facts: () => Promise.resolve([]),
      reference: (entity, organization, now) => references.next(entity, organization, now),
    });
  }

  static async open(connectionString: string, clock: Clock): Promise<House> {
    const store = await PostgresEventStore.open({ connectionString });
    const pool = new pg.Pool({ connectionString, max: 2 });
    pool.on('error', () => undefined);
    return new House(connectionString, store, clock, pool);
  }

  async close(): Promise<void> {
    for (const one of this.opened.reverse()) await one.close();
    await this.store.close();
    await this.pool.end();
  }

  do(Command: new () => DomainCommand<never>, body: object, id?: string, change: Partial<CommandRequest> = {}): Promise<Acknowledgement> {
    return this.pipeline.execute({
      declaration: catalogue.command(Command.name)!,
      command: Object.assign(new Command(), body),
      body,
      actor,
      source: 'api',
      correlationId: randomUUID(),
      route: Command.name,
      ...(id ? { id } : {}),
      ...change,
    });
  }

  /** So many lodgers come. */
  async come(count: number, body: object = {}): Promise<string[]> {
    return (await Promise.all(Array.from({ length: count }, () => this.do(Come, body)))).map(({ id }) => id);
  }

  runner(change: Partial<ProcessRunnerParts> = {}): ProcessRunner {
    const { store, codec, pipeline, clock, connectionString } = this;
    return new ProcessRunner({
      catalogue,
      store,
      codec,
      pipeline,
      clock,
      connectionString,
      processes: PROCESSES,
      lease: { retryMs: 25, graceMs: 2_000 },
      ...change,
    });
  }

  watch(processes: readonly Process[] = PROCESSES): ProcessWatch {
    const watch = new ProcessWatch(this.connectionString, processes.map(({ name }) => name));
    watch.start();
    this.opened.push(watch);
    return watch;
  }

  async tracker(watch: ProcessWatch): Promise<ConsequenceTracker> {
    const { store, clock, connectionString } = this;
    const tracker = new ConsequenceTracker({ store, processes: PROCESSES, watch, connectionString, clock });
    await tracker.start();
    this.opened.push(tracker);
    return tracker;
  }

  parked(watch: ProcessWatch): ParkedStreams {
    const parked = new ParkedStreams(this.connectionString, PROCESSES, watch);
    this.opened.push(parked);
    return parked;
  }

  /** Whether everything is passed, and the consequences, and theirs. */
  async allDone(watch: ProcessWatch): Promise<boolean> {
    for (let level = 0; level < 3; level++) if (!(await watch.passed(await this.store.head(), 90_000))) return false;
    return true;
  }

  /** The whole log so far, or some types of it. */
  async log(...types: string[]): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    const enough = new AbortController();
    for await (const item of this.store.subscribeAll(0, enough.signal)) {
      if (item.kind === 'event' && (types.length === 0 || types.includes(item.type))) events.push(item);
      if (item.kind === 'mark' && item.caughtUp) enough.abort();
    }
    return events;
  }

  /** Command ids of everything in the log that processes did: each must stand there once. */
  async done(): Promise<string[]> {
    return (await this.log()).map(metadataOf).filter(({ source }) => source === 'process').map(({ commandId }) => commandId);
  }
}
