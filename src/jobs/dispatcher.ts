import { idIn } from '../kernel/entity.js';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventStore, Position, RecordedEvent } from '../event-store/event-store.js';
import { ownMetadataOf } from '../event-store/metadata.js';
import { isUuid, uuidOf } from '../kernel/values.js';
import { failpoint } from '../platform/failpoint.js';
import { Signal } from '../processes/engine/signal.js';
import { type EventJob, idOf, type JobKinds } from './job.js';
import type { Intent, Outbox } from './outbox.js';
import type { QueuedJob, Queues, Schedule } from './queues.js';

/** What the dispatcher works with. */
export interface DispatcherParts {
  readonly store: Pick<EventStore, 'subscribeAll'>;
  readonly outbox: Outbox;
  readonly queues: Queues;
  readonly kinds: JobKinds;
  readonly report: (sentence: string, error: unknown) => void;
  /** How often the queues are compared with the outbox, in milliseconds of real time. */
  readonly compareMs?: number;
}

/** Queues that have lost everything have it again after at most this, and a little. */
const COMPARE_MS = 15_000;
/** Intents that are written down at once while the log is caught up with; and read at once when queues are filled. */
const AT_ONCE = 500;
/** Dead jobs that are looked at, those that died last first: those before them have been seen. */
const MOST_DEAD = 1_000;
/** Pause before the queues are asked again that could not be reached. */
const RETRY_MS = 1_000;
/** Events that may pass without wanting anything before it is stored that they did. */
const STRETCH = 5_000;

/**
 * Asks events what they want done, writes that down, and puts it into the queues. Runs on the worker that leads: it goes
 * on from its own checkpoint, each event is asked once. What is due is put into the queues again from time to time, where
 * it is left alone if it is there: so queues that have lost it have it again.
 */
export class Dispatcher {
  private readonly wanted: ReadonlyMap<string, readonly EventJob[]>;
  private readonly byName: ReadonlyMap<string, EventJob>;
  private readonly schedules: readonly Schedule[];
  private readonly changed = new Signal();
  private fresh: Intent[] = [];
  /** Real time of the last comparison, in milliseconds; undefined where the queues may lack something that is due. */
  private compared: number | undefined;

  constructor(private readonly parts: DispatcherParts) {
    const { events, scheduled } = parts.kinds;
    const types = [...new Set(events.flatMap(({ on }) => on))];
    this.wanted = new Map(types.map((type) => [type, events.filter(({ on }) => on.includes(type))]));
    this.byName = new Map(events.map((kind) => [kind.name, kind]));
    this.schedules = scheduled.map(({ name, queue, everyMs, attempts, backoffMs }) => ({ kind: name, queue, everyMs, attempts, backoffMs }));
    parts.queues.onReturn(() => this.compareSoon());
  }

  /** Writes down and puts in until the signal is aborted. @throws FencedOff when somebody else has taken over. */
  async run(leading: AbortSignal): Promise<void> {
    const { position, fence } = await this.parts.outbox.takeOver();
    this.compareSoon();
    const ended = new AbortController();
    const signal = AbortSignal.any([leading, ended.signal]);
    const parts = [this.follow(position, fence, signal), this.fill(signal)];
    await Promise.all(parts.map((part) => part.finally(() => ended.abort())));
  }

  /** Compares the queues with the outbox now, not in its turn. */
  compareSoon(): void {
    this.compared = undefined;
    this.changed.raise();
  }

  private async follow(from: Position, fence: number, signal: AbortSignal): Promise<void> {
    let stored = from;
    let position = from;
    let caughtUp = false;
    let intents: Intent[] = [];
    const store = async (): Promise<void> => {
      if (position === stored) return;
      failpoint('jobs.beforeIntents');
      await this.parts.outbox.record(intents, position, fence);
      failpoint('jobs.afterIntents');
      stored = position;
      this.fresh.push(...intents);
      if (intents.length > 0) this.changed.raise();
      intents = [];
    };
    for await (const item of this.parts.store.subscribeAll(from, signal)) {
      position = item.position;
      if (item.kind === 'event') intents.push(...this.intentsOf(item));
      else caughtUp ||= item.caughtUp;
      const ripe = intents.length > 0 ? caughtUp || intents.length >= AT_ONCE : position - stored >= STRETCH;
      if (ripe) await store();
    }
    // Where another one leads already, it reads this stretch itself.
    await store().catch(() => undefined);
  }

  private intentsOf(event: RecordedEvent): Intent[] {
    const kinds = this.wanted.get(event.type);
    const metadata = kinds && ownMetadataOf(event);
    const entityId = idIn(event.stream);
    if (!metadata || ![event.id, entityId, metadata.organizationId].every(isUuid)) return [];
    return kinds.map(({ name }) => ({
      intentId: idOf(uuidOf(event.id, 'job', name)),
      kind: name,
      eventId: idOf(event.id),
      entityId: idOf(entityId),
      organizationId: idOf(metadata.organizationId),
      position: event.position,
    }));
  }

  private async fill(signal: AbortSignal): Promise<void> {
    const everyMs = this.parts.compareMs ?? COMPARE_MS;
    for (let failed = false; !signal.aborted; ) {
      const seen = this.changed.seen;
      try {
        await this.putFresh();
        if (this.compared === undefined || performance.now() - this.compared >= everyMs) await this.compare();
        failed = false;
        await this.changed.after(seen, Math.max(1, everyMs - (performance.now() - (this.compared ?? 0))), signal);
      } catch (error) {
        this.compared = undefined;
        if (!failed) this.parts.report('What is to be done cannot be put into the queues yet.', error);
        failed = true;
        await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private async putFresh(): Promise<void> {
    const fresh = this.fresh;
    this.fresh = [];
    if (fresh.length > 0) await this.parts.queues.put(this.jobsOf(fresh));
  }

  /** What is dead there is dead here; what is due here is there; and so are the schedules. */
  private async compare(): Promise<void> {
    const { outbox, queues } = this.parts;
    this.compared = performance.now();
    await queues.keepSchedules(this.schedules);
    const dead = await queues.dead(MOST_DEAD);
    if (dead.length > 0) await outbox.died(dead);
    for (let page = await outbox.due(AT_ONCE); page.length > 0; page = await outbox.due(AT_ONCE, page.at(-1))) await queues.put(this.jobsOf(page));
  }

  /** What a later release wanted, and this one does not know, waits for it. */
  private jobsOf(intents: readonly Intent[]): QueuedJob[] {
    return intents.flatMap(({ intentId, kind }) => {
      const known = this.byName.get(kind);
      return known ? [{ id: intentId, kind, queue: known.queue, attempts: known.attempts, backoffMs: known.backoffMs }] : [];
    });
  }
}

