import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { OutcomeUncertain } from '../../../src/event-store/errors.js';
import type { EventStore, NewEvent, RecordedEvent } from '../../../src/event-store/event-store.js';
import { jsonBytes } from '../../../src/event-store/metadata.js';
import type { MemoryLog, Stored } from './memory-log.js';

const TYPE = 'Carried';

/** An append, and what its writer was told of it. */
interface Told {
  readonly stream: string;
  readonly events: readonly NewEvent[];
  /** Of its last event; undefined where it failed. */
  readonly revision?: number;
  readonly failure?: Error;
}

/**
 * Writers, each on a stream of its own, and one reader of everything, over whatever lies between them and the log; and the
 * account of what each of them was told. What was answered is appended once; what failed is followed by something else.
 */
export class Traffic {
  private readonly told: Told[] = [];
  private readonly sent = new Map<string, NewEvent>();
  private readonly delivered: string[] = [];
  private readonly wrong: string[] = [];
  private readonly over = new AbortController();
  private readonly writers: Promise<void>[];
  private readonly reader: Promise<void>;
  private acknowledged = 0;
  private changed = Promise.withResolvers<void>();
  private going = true;

  /** @param pauseMs how long each writer waits before its next append */
  constructor(
    private readonly store: EventStore,
    writers = 8,
    private readonly pauseMs = 0,
  ) {
    this.writers = Array.from({ length: writers }, () => this.write(`spec-${randomUUID()}`));
    this.reader = this.read();
  }

  /** Appends that were acknowledged so far. */
  get appends(): number {
    return this.acknowledged;
  }

  /** Resolves once so many more appends were acknowledged. */
  async more(appends: number): Promise<void> {
    for (const enough = this.acknowledged + appends; this.acknowledged < enough; ) await this.changed.promise;
  }

  /** Ends the writers, and the reader once it has everything; then says what is wrong, against the log as it lies there. */
  async violations(log: MemoryLog): Promise<string[]> {
    this.going = false;
    await Promise.all(this.writers);
    const stored = log.all.filter(({ type }) => type === TYPE);
    while (this.delivered.length < stored.length && this.wrong.length === 0) await this.changed.promise;
    this.over.abort();
    await this.reader;
    const places = Map.groupBy(stored, ({ id }) => id);
    return [
      ...this.wrong,
      ...this.told.flatMap((one) => violationsOf(one, places)),
      ...stored.filter(({ id }) => !this.sent.has(id)).map(({ id }) => `${id} was stored, and nobody has sent it`),
      ...(stored.every(({ id }, at) => this.delivered[at] === id) ? [] : ['the reader was given something else than what the log has, in its order']),
    ];
  }

  private async write(stream: string): Promise<void> {
    for (let expected: number | 'no-stream' = 'no-stream'; this.going; ) {
      const events = this.nextEvents();
      try {
        const { revision } = await this.store.append(stream, expected, events);
        this.told.push({ stream, events, revision });
        this.acknowledged += 1;
        this.tell();
        expected = revision;
      } catch (error) {
        this.told.push({ stream, events, failure: error as Error });
        expected = await this.endOf(stream);
      }
      if (this.pauseMs > 0) await delay(this.pauseMs);
    }
  }

  /** One event to three, of different sizes. */
  private nextEvents(): NewEvent[] {
    const n = this.told.length;
    return Array.from({ length: 1 + (n % 3) }, () => {
      const event = { id: randomUUID(), type: TYPE, data: jsonBytes({ n, text: 'words '.repeat(1 + (n % 200)) }), metadata: jsonBytes({ commandId: randomUUID() }) };
      this.sent.set(event.id, event);
      return event;
    });
  }

  private async endOf(stream: string): Promise<number | 'no-stream'> {
    while (this.going) {
      try {
        for await (const { revision } of this.store.readStream(stream, { direction: 'backwards', limit: 1 })) return revision;
        return 'no-stream';
      } catch {
        // The network still fails: asked again.
      }
    }
    return 'no-stream';
  }

  private async read(): Promise<void> {
    try {
      for await (const item of this.store.subscribeAll(0, this.over.signal)) {
        if (item.kind !== 'event' || item.type !== TYPE) continue;
        this.delivered.push(item.id);
        if (!isSame(item, this.sent.get(item.id))) this.wrong.push(`${item.id} was delivered with other bytes than were sent`);
        this.tell();
      }
    } catch (error) {
      this.wrong.push(`the reader has ended: ${String(error)}`);
      this.tell();
    }
  }

  private tell(): void {
    this.changed.resolve();
    this.changed = Promise.withResolvers();
  }
}

function violationsOf({ stream, events, revision, failure }: Told, places: ReadonlyMap<string, readonly Stored[]>): string[] {
  const wrong: string[] = [];
  const found = events.map(({ id }) => places.get(id) ?? []);
  for (const [at, event] of events.entries()) {
    const [one, ...more] = found[at]!;
    if (more.length > 0) wrong.push(`${event.id} stands in the log ${1 + more.length} times`);
    if (one && (one.stream !== stream || !isSame(one, event))) wrong.push(`${event.id} was stored as something else than was sent`);
    if (revision !== undefined && one?.revision !== BigInt(revision - (events.length - 1 - at))) wrong.push(`${event.id} was acknowledged, and does not stand at its revision`);
  }
  const stored = found.filter((one) => one.length > 0).length;
  if (failure && stored > 0 && (stored < events.length || !(failure instanceof OutcomeUncertain))) wrong.push(`an append that failed (${failure.name}) left ${stored} of its ${events.length} events`);
  return wrong;
}

const isSame = (one: Pick<RecordedEvent | Stored, 'type' | 'data' | 'metadata'>, sent: NewEvent | undefined): boolean =>
  sent !== undefined && one.type === sent.type && Buffer.compare(one.data, sent.data) === 0 && Buffer.compare(one.metadata, sent.metadata) === 0;
