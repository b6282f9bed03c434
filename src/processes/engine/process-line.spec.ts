import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Refusal } from '../../kernel/rules.js';
import type { EventStore, RecordedEvent } from '../../event-store/event-store.js';
import { jsonBytes } from '../../event-store/metadata.js';
import { ProcessLine } from './process-line.js';
import type { ProcessTables, Progress } from './process-tables.js';
import type { Reactor } from './reactor.js';

const organizationId = '7d0f0d9a-5d55-5e0e-9d67-0c2f1c1f7a01';
const event = (position: number, stream: string, type: string): RecordedEvent => ({
  kind: 'event', position, stream, type, revision: position, id: `event-${position}`, data: jsonBytes({}), metadata: jsonBytes({ organizationId, correlationId: 'c', recordedAt: '2026-08-10T00:00:00.000Z' }),
});

describe('one process at work', () => {
  it('stores only stretches without a gap, whatever finishes first, and each timer with its own stretch, also where storing fails', async () => {
    const log = fc.array(fc.record({ stream: fc.constantFrom('a', 'b', 'c'), relevant: fc.boolean(), refused: fc.boolean() }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), log, fc.array(fc.boolean(), { maxLength: 20 }), async (scheduler, entries, failures) => {
        const finished = new Set<number>();
        const reacted: RecordedEvent[] = [];
        const reactor = {
          react: async (one: RecordedEvent) => {
            await scheduler.schedule(Promise.resolve());
            finished.add(one.position);
            if (entries[one.position - 1]!.refused) throw new Refusal('NO-1', 'No.');
            reacted.push(one);
            const timer = { process: 'p', organizationId, key: String(one.position), dueAt: '2026-08-10T00:00:00.001Z', payload: {}, stream: one.stream, correlationId: 'c' };
            return [{ kind: 'set', timer }];
          },
        } as unknown as Reactor;
        const line = new ProcessLine({ name: 'p', doc: '', on: ['wanted'], react: () => Promise.resolve() }, { position: 0, fence: 1 }, [], {
          reactor,
          store: {} as EventStore,
          tables: { overdue: () => Promise.resolve({ timers: [], next: undefined }) } as unknown as ProcessTables,
          report: () => undefined,
          signal: new AbortController().signal,
          changed: () => undefined,
          failed: (error) => {
            throw error;
          },
        });
        const stored: Progress[] = [];
        const store = (): void => {
          const progress = line.take();
          if (!progress) return;
          // A connection is lost on the way, and nothing of it was stored.
          if (failures.pop()) return;
          stored.push(progress);
          line.stored(progress);
        };
        entries.forEach(({ stream, relevant }, index) => line.offer(event(index + 1, stream, relevant ? 'wanted' : 'other')));
        const idle = line.idle();
        const turn = () => new Promise((resolve) => setImmediate(resolve));
        for (await turn(); scheduler.count() > 0; await turn()) {
          await scheduler.waitOne();
          store();
        }
        await idle;
        failures.length = 0;
        store();

        const firstRefused = new Map<string, number>();
        entries.forEach(({ stream, relevant, refused }, index) => {
          if (relevant && refused && !firstRefused.has(stream)) firstRefused.set(stream, index + 1);
        });
        const expected = entries.flatMap(({ stream, relevant }, index) =>
          relevant && index + 1 < (firstRefused.get(stream) ?? Infinity) ? [index + 1] : [],
        );
        expect(reacted.map(({ position }) => position).sort((a, b) => a - b)).toEqual(expected);
        expect(line.position).toBe(entries.length);
        expect(stored.map(({ position }) => position)).toEqual(stored.map(({ position }) => position).toSorted((a, b) => a - b));
        const timers = stored.flatMap((one) => one.timers.map((change) => ({ at: one.position, key: change.kind === 'set' ? Number(change.timer.key) : NaN })));
        expect(timers.map(({ key }) => key)).toEqual(expected);
        for (const { at, key } of timers) expect(key).toBeLessThanOrEqual(at);
        expect(Object.fromEntries(stored.flatMap(({ parked }) => parked.map(({ stream, position }) => [stream, position])))).toEqual(Object.fromEntries(firstRefused));
      }),
      { numRuns: 200 },
    );
  });
});
