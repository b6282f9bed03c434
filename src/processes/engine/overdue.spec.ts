import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EventStore, RecordedEvent } from '../../event-store/event-store.js';
import { jsonBytes } from '../../event-store/metadata.js';
import { Refusal } from '../../kernel/rules.js';
import { ProcessLine } from './process-line.js';
import { lastOf, timerId, type ProcessTables, type StoredTimer, type TimerChange } from './process-tables.js';
import type { Reactor } from './reactor.js';

const organizationId = '7d0f0d9a-5d55-5e0e-9d67-0c2f1c1f7a01';
const at = (minute: number): string => new Date(Date.UTC(2026, 7, 10, 9, minute)).toISOString();
const minuteOf = (instant: string): number => (Date.parse(instant) - Date.parse(at(0))) / 60_000;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** At a minute it is said when a stream is to be told next; nothing where it is to be told no more. */
interface Said {
  readonly minute: number;
  readonly stream: string;
  readonly times: readonly number[];
}

/**
 * A process that tells at each of the minutes that were said last, one timer after the other, as reminders do: an event moves the
 * timer to the first of them after it. Its tables are in memory, its clock is set by hand.
 */
class World {
  readonly told: string[] = [];
  readonly timers = new Map<string, StoredTimer>();
  private readonly said = new Map<string, readonly number[]>();
  private offered = 0;
  refused = new Set<string>();
  parked: object[] = [];
  readonly line: ProcessLine;

  constructor() {
    const tables = {
      overdue: (_: string, stream: string, by: string) =>
        Promise.resolve({ timers: [...this.timers.values()].filter((one) => one.stream === stream && one.dueAt <= by), next: [...this.timers.values()].map(({ dueAt }) => dueAt).sort()[0] }),
      isSet: (timer: StoredTimer) => Promise.resolve(this.timers.get(timerId(timer))?.dueAt === timer.dueAt),
    } as unknown as ProcessTables;
    const reactor = {
      react: ({ stream, data, metadata }: RecordedEvent) => {
        this.said.set(stream, JSON.parse(Buffer.from(data).toString('utf8')) as number[]);
        return Promise.resolve(this.watch(stream, (JSON.parse(Buffer.from(metadata).toString('utf8')) as { recordedAt: string }).recordedAt));
      },
      fire: (timer: StoredTimer) => {
        if (this.refused.has(timer.stream)) return Promise.reject(new Refusal('NO-1', 'No.'));
        const told = `${timer.stream} at ${minuteOf(timer.dueAt)}`;
        // A firing that is repeated is answered from the log.
        if (!this.told.includes(told)) this.told.push(told);
        return Promise.resolve([{ kind: 'gone', ...timer } as TimerChange, ...this.watch(timer.stream, timer.dueAt)]);
      },
    } as unknown as Reactor;
    this.line = new ProcessLine({ name: 'p', doc: '', on: ['said'], react: () => Promise.resolve() }, { position: 0, fence: 1 }, [], {
      store: {} as EventStore, tables, reactor, report: () => undefined, signal: new AbortController().signal, changed: () => undefined,
      failed: (error) => {
        throw error;
      },
    });
  }

  private watch(stream: string, after: string): TimerChange[] {
    const next = (this.said.get(stream) ?? []).map(at).filter((instant) => instant > after).sort()[0];
    const name = { process: 'p', organizationId, key: stream };
    if (!next) return [{ kind: 'gone', ...name }];
    return [{ kind: 'set', timer: { ...name, dueAt: next, payload: {}, stream, correlationId: 'c' } }];
  }

  offer({ minute, stream, times }: Said): void {
    const position = ++this.offered;
    this.line.offer({ kind: 'event', position, stream, type: 'said', revision: 0, id: `e${position}`, data: jsonBytes(times), metadata: jsonBytes({ organizationId, correlationId: 'c', recordedAt: at(minute) }) });
  }

  async store(): Promise<void> {
    for (;;) {
      await this.line.idle();
      const progress = this.line.take();
      if (!progress) return;
      for (const [id, change] of lastOf(progress.timers)) {
        if (change.kind === 'set') this.timers.set(id, change.timer);
        else if (change.dueAt === undefined || this.timers.get(id)?.dueAt === change.dueAt) this.timers.delete(id);
      }
      this.parked.push(...progress.parked);
      this.line.stored(progress);
    }
  }

  /** The clock reaches a minute: what is due fires. */
  async reaches(minute: number): Promise<void> {
    for (;;) {
      await this.store();
      const [due] = [...this.timers.values()].filter(({ dueAt }) => dueAt <= at(minute)).sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1));
      if (!due) return;
      this.line.fire(due, () => undefined);
      await turn();
    }
  }
}

const life = fc
  .array(fc.record({ minute: fc.integer({ min: 0, max: 30 }), stream: fc.constantFrom('a', 'b'), times: fc.uniqueArray(fc.integer({ min: 0, max: 35 }), { maxLength: 5 }) }), { maxLength: 12 })
  .map((all) => all.toSorted((one, other) => one.minute - other.minute));

/** What is told where nobody is ever late. */
async function punctually(said: readonly Said[]): Promise<string[]> {
  const world = new World();
  for (const one of said) {
    await world.reaches(one.minute);
    world.offer(one);
    await world.store();
  }
  await world.reaches(60);
  return world.told.toSorted();
}

describe('timers that fell due while nobody worked', () => {
  it('fire all the same, whatever was recorded meanwhile: who was away tells what they would have told', async () => {
    await fc.assert(
      fc.asyncProperty(life, fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }), async (said, away) => {
        const world = new World();
        for (const [index, one] of said.entries()) {
          if (!away[index]) await world.reaches(one.minute);
          world.offer(one);
          if (!away[index]) await world.store();
        }
        await world.reaches(60);
        expect(world.told.toSorted()).toEqual(await punctually(said));
      }),
      { numRuns: 300 },
    );
  });

  it('fire before what was recorded after them, and not before what was recorded sooner', async () => {
    const world = new World();
    world.offer({ minute: 0, stream: 'a', times: [10, 20] });
    world.offer({ minute: 9, stream: 'a', times: [11, 20] });
    world.offer({ minute: 12, stream: 'a', times: [20] });
    await world.store();
    expect([world.told, [...world.timers.values()].map(({ dueAt }) => minuteOf(dueAt))]).toEqual([['a at 11'], [20]]);
  });

  it('are parked where they are refused, with the event behind them, and hold up no other stream', async () => {
    const world = new World();
    world.refused = new Set(['a']);
    for (const stream of ['a', 'b']) world.offer({ minute: 0, stream, times: [10] });
    for (const stream of ['a', 'b']) world.offer({ minute: 12, stream, times: [20] });
    await world.store();
    expect([world.told, world.parked]).toEqual([['b at 10'], [expect.objectContaining({ stream: 'a', position: 3, timerKey: 'a', code: 'NO-1' })]]);
  });
});
