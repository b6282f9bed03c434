import { EventEmitter } from 'node:events';

/** A record of the log as the server keeps it. */
export interface Stored {
  readonly id: string;
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
  readonly created: Date;
  /** A link whose event has been removed. */
  readonly dangling?: boolean;
  /** A record of an election: counted by subscriptions, and shown to nobody who reads everything. */
  readonly unlisted?: boolean;
}

export type Proposal = Pick<Stored, 'id' | 'type' | 'contentType' | 'data' | 'metadata'>;
export type Expected = bigint | 'no-stream' | 'any' | 'exists';

/** What the server says to an append. */
export type Outcome =
  | { readonly kind: 'success'; readonly revision: bigint; readonly position: bigint | undefined }
  | { readonly kind: 'wrong'; readonly current: bigint | undefined }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'too-large' };

interface Stream {
  readonly events: Stored[];
  before: bigint;
  maxCount?: number | undefined;
  maxAgeMs?: number | undefined;
  softDeleted: boolean;
  tombstoned: boolean;
}

export const MAX_APPEND = 1_048_576;
const TOMBSTONE = 2n ** 63n - 1n;
const bytesOf = (event: Proposal): number => event.data.length + event.metadata.length + event.type.length * 2;

/** The log of the stand-in: the table of appends, deletion, limits of streams and removal for good, in memory. */
export class MemoryLog extends EventEmitter<{ stored: [Stored] }> {
  readonly all: Stored[] = [];
  private readonly streams = new Map<string, Stream>();
  private readonly recent = new Map<string, Stored>();
  private readonly boundaries = new Set<bigint>();
  private nextPosition = 0n;

  constructor() {
    super();
    this.setMaxListeners(0);
    // A fresh server has written about itself already.
    for (const type of ['$UserCreated', '$metadata', '$UserCreated']) {
      this.append('$users', 'any', [proposal(type)]);
    }
  }

  /** A node has become the leader, and writes down since when. */
  elect(): void {
    this.record('$epoch-information', proposal('$epoch-information'), undefined, { unlisted: true });
  }

  append(name: string, expected: Expected, events: readonly Proposal[]): Outcome {
    const stream = this.streams.get(name);
    const last = lastOf(stream);
    if (stream?.tombstoned) {
      return { kind: 'deleted' };
    }
    if (events.reduce((sum, event) => sum + bytesOf(event), 0) > MAX_APPEND) {
      return { kind: 'too-large' };
    }
    if (events.length === 0) {
      return { kind: 'success', revision: last ?? 0n, position: undefined };
    }
    if (this.isCurrent(expected, stream, events)) {
      return this.store(name, events);
    }
    const repeated = this.repeated(name, expected, events);
    return repeated
      ? { kind: 'success', revision: repeated.revision, position: repeated.position }
      : { kind: 'wrong', current: last };
  }

  /** What a reader of the stream sees; undefined where there is no such stream, or not any more. */
  visible(name: string): readonly Stored[] | 'deleted' | undefined {
    const stream = this.streams.get(name);
    if (stream === undefined) {
      return undefined;
    }
    if (stream.tombstoned) {
      return 'deleted';
    }
    const kept = stream.events.filter((event) => isKept(stream, event));
    return kept.length === 0 && stream.softDeleted ? undefined : kept;
  }

  softDelete(name: string): void {
    const stream = this.streamOf(name);
    stream.softDeleted = true;
    stream.before = (lastOf(stream) ?? -1n) + 1n;
    this.record(`$$${name}`, proposal('$metadata', { $tb: Number(stream.before) }));
  }

  tombstone(name: string): void {
    const stream = this.streamOf(name);
    stream.tombstoned = true;
    this.record(name, proposal('$streamDeleted'), TOMBSTONE);
  }

  /** A link in the log whose event is gone. */
  appendDangling(name: string): Stored {
    return this.record(name, proposal('Linked'), undefined, { dangling: true });
  }

  /** Removes for good what readers of streams do not see any more, and whatever else is named. */
  scavenge(also: (event: Stored) => boolean = () => false): void {
    const kept = this.all.filter((event) => {
      const stream = this.streams.get(event.stream);
      return !also(event) && (stream === undefined || event.revision === TOMBSTONE || (!stream.tombstoned && isKept(stream, event)));
    });
    this.all.splice(0, this.all.length, ...kept);
  }

  /** Whether a record begins, or once began, at a position, or it is behind them all. */
  isBoundary(position: bigint): boolean {
    return position > this.all.at(-1)!.position || this.boundaries.has(position);
  }

  /** Index of the first record at or behind a position. */
  indexFrom(position: bigint): number {
    let [low, high] = [0, this.all.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.all[middle]!.position < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private isCurrent(expected: Expected, stream: Stream | undefined, events: readonly Proposal[]): boolean {
    const last = lastOf(stream);
    switch (expected) {
      case 'no-stream':
        return last === undefined || (stream!.softDeleted && this.allHidden(stream!));
      case 'any':
        return this.recent.get(events[0]!.id)?.stream !== stream?.events[0]?.stream || stream === undefined;
      case 'exists':
        return last !== undefined;
      default:
        return expected === last;
    }
  }

  /** The last of these events if all of them stand where this append would have put them. */
  private repeated(name: string, expected: Expected, events: readonly Proposal[]): Stored | undefined {
    const stored = this.streams.get(name)?.events;
    if (stored === undefined) {
      return undefined;
    }
    const first = expected === 'any' ? this.recent.get(events[0]!.id)!.revision : expected === 'no-stream' ? 0n : BigInt(expected === 'exists' ? 0 : expected) + 1n;
    const there = events.map((event, index) => stored.find(({ revision, id }) => revision === first + BigInt(index) && id === event.id));
    return there.every((one) => one !== undefined) ? there.at(-1) : undefined;
  }

  private allHidden(stream: Stream): boolean {
    return !stream.events.some((event) => isKept(stream, event));
  }

  private store(name: string, events: readonly Proposal[]): Outcome {
    const stored = events.map((event) => this.record(name, event));
    const last = stored.at(-1)!;
    return { kind: 'success', revision: last.revision, position: last.position };
  }

  private record(name: string, event: Proposal, revision?: bigint, kind: Pick<Stored, 'dangling' | 'unlisted'> = {}): Stored {
    const stream = this.streamOf(name);
    const stored: Stored = {
      ...event,
      id: event.id.toLowerCase(),
      stream: name,
      revision: revision ?? (lastOf(stream) ?? -1n) + 1n,
      position: this.nextPosition,
      created: new Date(),
      ...kind,
    };
    this.boundaries.add(this.nextPosition);
    // Positions grow by bytes.
    this.nextPosition += BigInt(bytesOf(event) + name.length + 97);
    stream.events.push(stored);
    this.all.push(stored);
    this.recent.set(stored.id, stored);
    if (name.startsWith('$$')) {
      this.obey(this.streamOf(name.slice(2)), stored);
    }
    this.emit('stored', stored);
    return stored;
  }

  private obey(stream: Stream, { data }: Stored): void {
    const rules = JSON.parse(Buffer.from(data).toString()) as { $maxCount?: number; $maxAge?: number; $tb?: number };
    stream.maxCount = rules.$maxCount;
    stream.maxAgeMs = rules.$maxAge === undefined ? undefined : rules.$maxAge * 1000;
    stream.before = rules.$tb === undefined ? stream.before : BigInt(rules.$tb);
  }

  private streamOf(name: string): Stream {
    let stream = this.streams.get(name);
    if (stream === undefined) {
      stream = { events: [], before: 0n, softDeleted: false, tombstoned: false };
      this.streams.set(name, stream);
    }
    return stream;
  }
}

function proposal(type: string, data: object = {}): Proposal {
  return {
    id: crypto.randomUUID(),
    type,
    contentType: 'application/json',
    data: new TextEncoder().encode(JSON.stringify(data)),
    metadata: new Uint8Array(),
  };
}

const lastOf = (stream: Stream | undefined): bigint | undefined =>
  stream?.events.findLast(({ revision }) => revision !== TOMBSTONE)?.revision;

function isKept(stream: Stream, event: Stored): boolean {
  const last = lastOf(stream) ?? -1n;
  return (
    event.revision >= stream.before &&
    (stream.maxCount === undefined || event.revision > last - BigInt(stream.maxCount)) &&
    (stream.maxAgeMs === undefined || event.created.getTime() > Date.now() - stream.maxAgeMs)
  );
}
