import type { Position, RecordedEvent } from '../../event-store/event-store.js';
import { ownMetadataOf } from '../../event-store/metadata.js';
import type { Process } from './process.js';

/** What is known of the events of one correlation. */
export interface Correlation {
  /** Position of its last event. */
  readonly last: Position;
  /** For each process that reacts to some of its events, the last of those. */
  readonly concerned: ReadonlyMap<string, Position>;
  /** Streams of the events that processes react to. */
  readonly streams: ReadonlySet<string>;
}

/** For each remembered correlation, so many positions on average. */
const POSITIONS_EACH = 4;

/** Recent correlations, the oldest forgotten. */
export class Correlations {
  private readonly byId = new Map<string, Correlation>();
  private readonly byPosition = new Map<Position, string>();
  private readonly reactions = new Map<string, string[]>();
  private forgotten: Position;

  /** @param from where listening began. */
  constructor(
    processes: readonly Process[],
    from: Position,
    private readonly most: number,
  ) {
    this.forgotten = from;
    for (const { name, on } of processes) for (const type of on) this.reactions.set(type, [...(this.reactions.get(type) ?? []), name]);
  }

  note(event: RecordedEvent): void {
    const correlationId = ownMetadataOf(event)?.correlationId;
    if (correlationId === undefined) return;
    const before = this.byId.get(correlationId);
    const concerned = new Map(before?.concerned);
    const streams = new Set(before?.streams);
    for (const process of this.reactions.get(event.type) ?? []) {
      concerned.set(process, event.position);
      streams.add(event.stream);
    }
    // The one that was heard of last is forgotten last.
    this.byId.delete(correlationId);
    this.byId.set(correlationId, { last: event.position, concerned, streams });
    this.byPosition.set(event.position, correlationId);
    if (this.byId.size > this.most) this.forgetOldest();
    if (this.byPosition.size > this.most * POSITIONS_EACH) this.byPosition.delete(this.byPosition.keys().next().value!);
  }

  /** The correlation of the event at a position, while it is remembered. */
  at(position: Position): string | undefined {
    return this.byPosition.get(position);
  }

  of(correlationId: string): Correlation | undefined {
    return this.byId.get(correlationId);
  }

  /** Whether the correlation of the event at this position is known, with all that came after it. */
  remembers(position: Position): boolean {
    return position > this.forgotten;
  }

  private forgetOldest(): void {
    const [oldest] = this.byId;
    if (!oldest) return;
    this.byId.delete(oldest[0]);
    this.forgotten = Math.max(this.forgotten, oldest[1].last);
  }
}
