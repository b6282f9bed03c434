import { performance } from 'node:perf_hooks';

/** One line of the benchmark's table. A ratio of 2 says that ours is twice as good. */
export interface Figure {
  readonly ours: number;
  readonly yardstick: number;
  readonly ratio: number;
  readonly unit: string;
}
export type Figures = Record<string, Figure>;

/** Rate and latencies (ms) of one run. */
export interface Run {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** Runs `work` so many times with so many at once. */
export async function load(times: number, concurrent: number, work: (n: number) => Promise<unknown>): Promise<Run> {
  const latencies = new Float64Array(times);
  let next = 0;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: concurrent }, async () => {
      for (let n = next++; n < times; n = next++) {
        const began = performance.now();
        await work(n);
        latencies[n] = performance.now() - began;
      }
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  latencies.sort();
  return { perSecond: times / seconds, p50: latencies[Math.floor(times * 0.5)]!, p99: latencies[Math.floor(times * 0.99)]! };
}

/** What that part of the values does not exceed. */
export const percentile = (values: readonly number[], part: number): number => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))]!;

export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Everyone in turns, beginning with another one each round, so that a busy machine slows all; medians of the rounds. */
export async function inRotation<Name extends string>(rounds: number, runners: Record<Name, () => Promise<Run>>): Promise<Record<Name, Run>> {
  const names = Object.keys(runners) as Name[];
  const runs = Object.fromEntries(names.map((name) => [name, [] as Run[]])) as Record<Name, Run[]>;
  for (let round = 0; round < rounds; round++) {
    const first = round % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) runs[name].push(await runners[name]());
  }
  const middle = (of: Run[]): Run => ({
    perSecond: median(of.map((run) => run.perSecond)),
    p50: median(of.map((run) => run.p50)),
    p99: median(of.map((run) => run.p99)),
  });
  return Object.fromEntries(names.map((name) => [name, middle(runs[name])])) as Record<Name, Run>;
}

/** Ours and the yardstick in turns. */
export const inTurns = (rounds: number, ours: () => Promise<Run>, yardstick: () => Promise<Run>): Promise<{ ours: Run; yardstick: Run }> =>
  inRotation(rounds, { ours, yardstick });

/** A rate: more is better. */
export const rate = (ours: number, yardstick: number, unit: string): Figure => ({ ours, yardstick, ratio: ours / yardstick, unit });
/** A time: less is better. */
export const time = (ours: number, yardstick: number, unit: string): Figure => ({ ours, yardstick, ratio: yardstick / ours, unit });
