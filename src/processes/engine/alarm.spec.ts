import { describe, expect, it } from '@jest/globals';
import type { EventStore } from '../../event-store/event-store.js';
import { Alarm } from './alarm.js';
import type { ProcessLine } from './process-line.js';
import type { ProcessTables, StoredTimer } from './process-tables.js';

const [X, Y] = ['2026-08-10T00:00:00.000Z', '2026-08-17T00:00:00.000Z'];
const timer = (key: string, dueAt: string): StoredTimer => ({ process: 'p', organizationId: 'o', key, dueAt, payload: {}, stream: key, correlationId: 'c' });

/** An alarm over a clock that is set by hand, a table in memory and a log whose end is told when the spec says so. */
function alarmOver(timers: StoredTimer[]) {
  const world = { now: X, heads: [] as { resolve(position: number): void; reject(error: Error): void }[], asked: () => {}, fired: () => {}, keys: [] as string[] };
  const reports: string[] = [];
  const line = {
    name: 'p',
    reached: () => Promise.resolve(),
    fire: ({ key }: StoredTimer, released: () => void) => {
      world.keys.push(key);
      timers.splice(timers.findIndex((one) => one.key === key), 1);
      released();
      world.fired();
    },
  } as unknown as ProcessLine;
  const tables = {
    due: (_: readonly string[], now: string) => Promise.resolve(timers.filter(({ dueAt }) => dueAt <= now)),
    nextDue: (_: readonly string[], now: string) => Promise.resolve(timers.map(({ dueAt }) => dueAt).filter((dueAt) => dueAt > now).sort()[0]),
  } as unknown as ProcessTables;
  const head = () =>
    new Promise<number>((resolve, reject) => {
      world.heads.push({ resolve, reject });
      world.asked();
    });
  const clock = { now: () => Promise.resolve(world.now) };
  const alarm = new Alarm({ lines: [line], tables, store: { head } as unknown as EventStore, clock, report: (sentence) => void reports.push(sentence) });
  const once = (event: 'asked' | 'fired') => new Promise<void>((resolve) => (world[event] = resolve));
  return { alarm, world, once, reports };
}

describe('the alarm', () => {
  it('fires what became due while it was still looking at what was due before', async () => {
    const timers = [timer('first', X), timer('second', Y)];
    const { alarm, world, once } = alarmOver(timers);
    const stop = new AbortController();
    const asked = once('asked');
    const running = alarm.run(stop.signal);
    await asked;
    // What it saw is cancelled; the clock moves on, and the alarm looks, before the log has told where it ends.
    timers.shift();
    world.now = Y;
    alarm.wake();
    await new Promise((resolve) => setImmediate(resolve));
    expect(world.heads).toHaveLength(1);
    const again = once('asked');
    world.heads[0]!.resolve(1);
    await again;
    const fired = once('fired');
    world.heads[1]!.resolve(1);
    await fired;
    expect(world.keys).toEqual(['second']);
    stop.abort();
    await running;
  });

  it('looks again soon when the log could not be asked', async () => {
    const { alarm, world, once, reports } = alarmOver([timer('first', X)]);
    const stop = new AbortController();
    const asked = once('asked');
    const running = alarm.run(stop.signal);
    await asked;
    const again = once('asked');
    world.heads[0]!.reject(new Error('away'));
    await again;
    expect(reports).toEqual(['Timers cannot be read.']);
    const fired = once('fired');
    world.heads[1]!.resolve(1);
    await fired;
    expect(world.keys).toEqual(['first']);
    stop.abort();
    await running;
  });
});
