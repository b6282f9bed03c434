import { uuidOf } from '../../kernel/values.js';
import type { Catalogue } from '../../kernel/catalogue.js';
import type { Actor } from '../../kernel/command.js';
import type { State } from '../../kernel/entity.js';
import type { Acknowledgement, CommandRequest } from '../../commands/request.js';
import type { Streams } from '../../commands/streams.js';
import type { EventStore, RecordedEvent } from '../../event-store/event-store.js';
import type { Clock } from '../../platform/clock.js';
import { failpoint } from '../../platform/failpoint.js';
import type { Codec } from '../../privacy/codec.js';
import type { Process, ProcessCommand, ProcessContext } from './process.js';
import type { StoredTimer, TimerChange } from './process-tables.js';

/** What processes work with. */
export interface ReactorParts {
  readonly catalogue: Catalogue;
  readonly store: EventStore;
  readonly codec: Codec;
  readonly pipeline: { execute(request: CommandRequest): Promise<Acknowledgement> };
  readonly clock: Clock;
}

/** What is reacted to. */
interface Cause {
  readonly id: string;
  readonly organizationId: string;
  readonly correlationId: string;
  readonly stream: string;
}

/** Id of a timer's firing: of this timer at this instant, so that what it causes happens once. */
export const firingId = ({ process, organizationId, key, dueAt }: StoredTimer): string =>
  uuidOf(process, organizationId, key, dueAt);

/** Lets one process react, once, and answers what it wants of its timers. Its commands are recorded when that is known. */
export class Reactor {
  constructor(
    private readonly parts: ReactorParts,
    private readonly process: Process,
    private readonly streams: Streams,
  ) {}

  /** @throws whatever the process and its commands throw; UnreadableEvent. */
  async react(stored: RecordedEvent): Promise<TimerChange[]> {
    const event = this.parts.codec.decode(stored);
    if (!event) return [];
    const { organizationId, correlationId } = event.metadata;
    const cause = { id: stored.id, organizationId, correlationId, stream: stored.stream };
    return this.within(cause, (context) => this.process.react(event, context));
  }

  /** As `react`; the timer that fired is among what is taken away. */
  async fire(timer: StoredTimer): Promise<TimerChange[]> {
    const { process, organizationId, key, dueAt } = timer;
    const changes = await this.within({ ...timer, id: firingId(timer) }, async (context) => this.process.fire?.(timer, context));
    if (changes.some((change) => change.kind === 'set' && change.timer.key === key && change.timer.dueAt === dueAt)) {
      throw new Error(`The process ${process} set its timer ${key} again for the instant at which it fired.`);
    }
    return [{ kind: 'gone', process, organizationId, key, dueAt }, ...changes];
  }

  private async within(cause: Cause, work: (context: ProcessContext) => Promise<void>): Promise<TimerChange[]> {
    const { organizationId, stream, correlationId } = cause;
    const process = this.process.name;
    const changes: TimerChange[] = [];
    await work({
      organizationId,
      now: await this.parts.clock.now(),
      cause: cause.id,
      find: <S extends State>(table: string, id: string) => this.find<S>(table, id, organizationId),
      send: (command) => this.send(command, cause),
      schedule: (timer) =>
        changes.push({ kind: 'set', timer: { ...timer, dueAt: new Date(timer.dueAt).toISOString(), process, organizationId, stream: timer.stream ?? stream, correlationId } }),
      cancel: (key) => changes.push({ kind: 'gone', process, organizationId, key }),
    });
    return changes;
  }

  private async find<S extends State>(table: string, id: string, organizationId: string): Promise<S | undefined> {
    const entity = this.parts.catalogue.entity(table);
    if (!entity) throw new Error(`There is no table ${table}: the process ${this.process.name} looks for it.`);
    return (await this.streams.load(entity, id, organizationId)).state as S | undefined;
  }

  private async send({ step, command, id, body }: ProcessCommand, cause: Cause): Promise<void> {
    const declaration = this.parts.catalogue.command(command);
    if (!declaration) throw new Error(`There is no command ${command}: the process ${this.process.name} sends it.`);
    const process = this.process.name;
    await this.parts.pipeline.execute({
      declaration,
      id,
      command: Object.assign(new declaration.command(), body),
      // The step is what tells it from others: after a crash the body may come out differently, and it was done all the same.
      body: { process, step },
      actor: systemActor(process, cause.organizationId),
      source: 'process',
      correlationId: cause.correlationId,
      causationId: cause.id,
      route: `process/${process}`,
      commandId: uuidOf(process, cause.id, step),
    });
    failpoint('processes.afterCommand');
  }
}

/** Who acts where a process does. */
export const systemActor = (process: string, organizationId: string): Actor => ({
  id: uuidOf('process', process),
  role: 'system',
  organizationId,
  permissions: new Set(),
});
