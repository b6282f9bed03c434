import type { EventStore, Position, RecordedEvent } from '../../event-store/event-store.js';
import { metadataOf } from '../../event-store/metadata.js';
import { Lanes } from './lanes.js';
import { untilDecided, type Parking, type Report } from './outcome.js';
import { Overdue } from './overdue.js';
import type { Process } from './process.js';
import { timerId, type ParkedRequest, type ParkedStream, type ProcessTables, type Progress, type StoredTimer, type TimerChange } from './process-tables.js';
import type { Reactor } from './reactor.js';
import { Signal } from './signal.js';

/** What a line needs of whoever leads it. */
export interface LineParts {
  readonly store: EventStore;
  readonly tables: ProcessTables;
  readonly reactor: Reactor;
  readonly report: Report;
  /** Nothing new is begun once it is aborted. */
  readonly signal: AbortSignal;
  /** There is something to store; a position alone can wait a moment. */
  readonly changed: (urgent: boolean) => void;
  readonly failed: (error: unknown) => void;
}

/** Streams of one process that are worked on side by side: their appends go to the log as one. */
const SIDE_BY_SIDE = 16;

interface Effects {
  timers: TimerChange[];
  parked: ParkedStream[];
  queued: { process: string; stream: string; position: Position }[];
  resolved: { id: string; status: 'retried' | 'dropped' }[];
  /** Called when all of it is stored. */
  stored: (() => void)[];
}
const nothing = (): Effects => ({ timers: [], parked: [], queued: [], resolved: [], stored: [] });

/** An event that was handed over; `before` is how far everything was when it came. */
interface Handed {
  readonly before: Position;
  effects: Effects | undefined;
}

/** A parked stream's events that are known to wait: from the first one, if any, to the last. */
interface Blocked {
  readonly first: Position | undefined;
  readonly last: Position;
}

/** Something that waits behind a parked stream's refusal. */
type Waiting = { readonly timer: StoredTimer } | { readonly event: RecordedEvent };

/**
 * One process at work: events of one stream in order, streams side by side. What is stored is the first stretch without a
 * gap, with the timers that it set; a crash repeats the rest, and the ids of the commands make that the same.
 */
export class ProcessLine {
  readonly name: string;
  private readonly types: ReadonlySet<string>;
  private readonly lanes = new Lanes(SIDE_BY_SIDE);
  private readonly handed: Handed[] = [];
  private ready = nothing();
  private storing = nothing();
  private delivered: Position;
  private storedPosition: Position;
  private readonly advanced = new Signal();
  private readonly blocked = new Map<string, Blocked>();
  private readonly overdue: Overdue;

  constructor(
    private readonly process: Process,
    private readonly start: { readonly position: Position; readonly fence: number },
    parkedStreams: readonly string[],
    private readonly parts: LineParts,
  ) {
    this.name = process.name;
    this.types = new Set(process.on);
    this.overdue = new Overdue(process.name, parts.tables);
    this.delivered = start.position;
    this.storedPosition = start.position;
    for (const stream of parkedStreams) this.blocked.set(stream, { first: undefined, last: start.position });
  }

  get position(): Position {
    return this.storedPosition;
  }
  /** Events that are not finished. */
  get backlog(): number {
    return this.handed.length;
  }

  /** The next event of the log. */
  offer(event: RecordedEvent): void {
    if (event.position <= this.delivered) return;
    const handed: Handed = { before: this.delivered, effects: undefined };
    this.delivered = event.position;
    if (!this.types.has(event.type)) return;
    this.handed.push(handed);
    this.inLane(this.process.lane?.(event) ?? event.stream, async () => {
      handed.effects = await this.workOn(event);
      this.collect();
    });
  }

  /** Everything up to here has been offered. */
  passOver(position: Position): void {
    if (position > this.delivered) this.delivered = position;
    this.parts.changed(false);
  }

  /** A timer is due. @param released called when it is settled, one way or another: look again. */
  fire(timer: StoredTimer, released: () => void): void {
    this.inLane(timer.stream, async () => {
      const touched = this.unstored().find((effects) =>
        effects.timers.some((change) => timerId(change.kind === 'set' ? change.timer : change) === timerId(timer)),
      );
      // Set anew or cancelled meanwhile: its row will tell.
      if (touched) return void touched.stored.push(released);
      if (this.blocked.has(timer.stream)) return released();
      const outcome = await this.decided(async () => ((await this.parts.tables.isSet(timer)) ? this.fired(timer) : []));
      if (!outcome) return;
      const effects = 'done' in outcome ? { ...nothing(), timers: outcome.done } : this.park({ timer }, [], outcome.parking);
      this.add({ ...effects, stored: [released] });
    });
  }

  /** Somebody wants a parked stream to go on. */
  answer(request: ParkedRequest, released: () => void): void {
    this.inLane(request.stream, async () => {
      this.overdue.forget();
      const waiting = await this.decided(() => this.waitingBehind(request));
      if (!waiting) return;
      const queue = 'done' in waiting ? waiting.done : [];
      const effects = await this.workThrough(queue, request);
      if (effects) this.add({ ...effects, stored: [released] });
    });
  }

  /**
   * What is to be stored. Until `stored` says that it was, the next take has it too: a position must never be stored
   * without the timers on the way to it. To store something twice is the same as once.
   */
  take(): Progress | undefined {
    const position = this.handed[0]?.before ?? this.delivered;
    this.storing = together(this.storing, this.ready);
    this.ready = nothing();
    const { timers, parked, queued, resolved, stored } = this.storing;
    const idle = timers.length + parked.length + queued.length + resolved.length + stored.length === 0;
    if (idle && position === this.storedPosition) return undefined;
    return { process: this.name, fence: this.start.fence, position, timers, parked, queued, resolved };
  }

  stored(progress: Progress): void {
    const { stored } = this.storing;
    this.storing = nothing();
    this.storedPosition = progress.position;
    for (const told of stored) told();
    this.advanced.raise();
  }

  /** Resolves when everything up to a position is stored, or on abort. */
  async reached(position: Position): Promise<void> {
    while (this.storedPosition < position && !this.parts.signal.aborted) {
      const { seen } = this.advanced;
      if (this.storedPosition < position) await this.advanced.after(seen, 1_000, this.parts.signal);
    }
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.lanes.idle();
  }

  private inLane(stream: string, work: () => Promise<void>): void {
    const unlessOver = async (): Promise<void> => (this.parts.signal.aborted ? undefined : work());
    this.lanes.run(stream, unlessOver).catch(this.parts.failed);
  }

  private decided<T>(work: () => Promise<T>): Promise<{ done: T } | { parking: Parking } | undefined> {
    return untilDecided(work, this.parts.signal, this.parts.report);
  }

  private async workOn(event: RecordedEvent): Promise<Effects | undefined> {
    const { stream, position } = event;
    const blocked = this.blocked.get(stream);
    if (blocked) {
      this.blocked.set(stream, { first: blocked.first ?? position, last: position });
      return { ...nothing(), queued: [{ process: this.name, stream, position }] };
    }
    const outcome = await this.inTime({ event }, []);
    if (!outcome) return undefined;
    return 'done' in outcome ? { ...nothing(), timers: outcome.done } : this.park(outcome.at, outcome.at === outcome.of ? [] : [outcome.of], outcome.parking);
  }

  /**
   * Works on something that waits; on an event after the timers of its stream that fell due before it was recorded. Where one of
   * them is refused the others are fired again later, which is the same as once.
   * @param before what was done before it, and is not on its way to the tables.
   */
  private async inTime(of: Waiting, before: readonly TimerChange[]): Promise<{ done: TimerChange[] } | { at: Waiting; of: Waiting; parking: Parking } | undefined> {
    let at = of;
    const outcome = await this.decided(async () => {
      if ('timer' in of) return this.fired(of.timer);
      const pending = (): TimerChange[] => [...this.unstored().flatMap(({ timers }) => timers), ...before];
      const overdue = await this.overdue.fire(of.event.stream, metadataOf(of.event).recordedAt, pending, (timer) => {
        at = { timer };
        return this.fired(timer);
      });
      at = of;
      const changes = await this.parts.reactor.react(of.event);
      this.overdue.note(changes);
      return [...overdue, ...changes];
    });
    return outcome && 'parking' in outcome ? { at, of, parking: outcome.parking } : outcome;
  }

  private async fired(timer: StoredTimer): Promise<TimerChange[]> {
    const changes = await this.parts.reactor.fire(timer);
    this.overdue.note(changes);
    return changes;
  }

  /** What is on its way to the tables, in its order. */
  private unstored(): Effects[] {
    return [this.storing, this.ready, ...this.handed.flatMap(({ effects }) => effects ?? [])];
  }

  private async waitingBehind({ process, organizationId, stream, position, timerKey }: ParkedRequest): Promise<Waiting[]> {
    const waiting: Waiting[] = [];
    const timer = timerKey === null ? undefined : await this.parts.tables.timer(process, organizationId, timerKey);
    if (timer) waiting.push({ timer });
    const blocked = this.blocked.get(stream);
    const first = position ?? blocked?.first;
    if (first === undefined) return waiting;
    const last = Math.max(this.start.position, blocked?.last ?? 0);
    for await (const event of this.parts.store.readStream(stream)) {
      if (event.position >= first && event.position <= last && this.types.has(event.type)) waiting.push({ event });
    }
    return waiting;
  }

  private async workThrough(queue: readonly Waiting[], { id, requested, stream }: ParkedRequest): Promise<Effects | undefined> {
    const effects = nothing();
    const [first, ...others] = queue;
    if (requested === 'drop') {
      effects.resolved.push({ id, status: 'dropped' });
      if (first && 'timer' in first) effects.timers.push({ ...first.timer, kind: 'gone' });
    }
    const left = requested === 'drop' ? others : [...queue];
    for (let next = left.shift(); next; next = left.shift()) {
      const outcome = await this.inTime(next, effects.timers);
      if (!outcome) return undefined;
      if ('parking' in outcome) return { ...effects, parked: this.park(outcome.at, outcome.at === next ? left : [next, ...left], outcome.parking).parked };
      effects.timers.push(...outcome.done);
    }
    this.blocked.delete(stream);
    if (requested === 'retry') effects.resolved.push({ id, status: 'retried' });
    return effects;
  }

  /** Stops a stream at something, with what waits behind it. */
  private park(at: Waiting, behind: readonly Waiting[], { code, sentence }: Parking): Effects {
    const [first] = 'event' in at ? [at.event] : behind.flatMap((one) => ('event' in one ? [one.event] : []));
    const { stream, organizationId, correlationId } = 'timer' in at ? at.timer : { stream: at.event.stream, ...metadataOf(at.event) };
    if (!this.blocked.has(stream)) this.blocked.set(stream, { first: first?.position, last: first?.position ?? this.start.position });
    const timerKey = 'timer' in at ? at.timer.key : null;
    const row = { process: this.name, stream, organizationId, correlationId, position: first?.position ?? null, timerKey, code, sentence };
    return { ...nothing(), parked: [row] };
  }

  private collect(): void {
    while (this.handed[0]?.effects) this.ready = together(this.ready, this.handed.shift()!.effects!);
    this.parts.changed(true);
  }

  private add(effects: Effects): void {
    this.ready = together(this.ready, effects);
    this.parts.changed(true);
  }
}

/** Effects one after the other. */
const together = (first: Effects, then: Effects): Effects => ({
  timers: [...first.timers, ...then.timers],
  parked: [...first.parked, ...then.parked],
  queued: [...first.queued, ...then.queued],
  resolved: [...first.resolved, ...then.resolved],
  stored: [...first.stored, ...then.stored],
});
