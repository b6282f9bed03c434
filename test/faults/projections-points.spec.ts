import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PHASES, type Phase } from './projector-phases.js';
import { ReadSide } from './read-side.js';

const LONG = 300_000;
const ENGINE = fileURLToPath(new URL('../../projections/engine/', import.meta.url));
/** So often a log is used before it has become long. */
const USES = 9;
/** In a long walk it is killed at each point, in every phase, and everything is looked at after each kill. */
const LONG_WALK = process.env['FAULTS'] !== undefined;
/** Else at every fourth, and some of the same phase follow on each other. */
const EACH = LONG_WALK ? 1 : 4;
const AT_ONCE = LONG_WALK ? 1 : 3;

/** Every point at which the read side can be killed, as the source has them. */
const points = readdirSync(ENGINE)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
  .flatMap((file) => [...readFileSync(`${ENGINE}${file}`, 'utf8').matchAll(/failpoint\('([\w.]+)'\)/g)].map(([, name]) => name!))
  .sort();

describe('the read side, killed', () => {
  /** The points that each phase comes by. */
  const passed = new Map<Phase, ReadonlySet<string>>();
  const sides = new Map<Phase, { side: ReadSide; uses: number }>();

  const fresh = async (phase: Phase): Promise<ReadSide> => {
    await sides.get(phase)?.side.remove();
    sides.delete(phase);
    const side = await ReadSide.make();
    sides.set(phase, { side, uses: 1 });
    return side;
  };
  /** A side for a phase: the same for several of its points. */
  const sideFor = async (phase: Phase): Promise<ReadSide> => {
    const known = sides.get(phase);
    if (!known || phase === 'prepare' || known.uses === USES) return fresh(phase);
    known.uses += 1;
    return known.side;
  };

  beforeAll(async () => {
    for (const phase of PHASES) {
      const side = await fresh(phase);
      await side.before(phase);
      passed.set(phase, new Set((await side.doing(phase, { failpoint: '?' })).points));
      await side.after(phase);
    }
  }, LONG);
  afterAll(async () => {
    for (const { side } of sides.values()) await side.remove();
  }, LONG);

  it('has points with names of their own, and comes by each of them', () => {
    expect(new Set(points).size).toBe(points.length);
    expect(points.filter((point) => ![...passed.values()].some((names) => names.has(point)))).toEqual([]);
  });

  /** Kills one after the other at each of these points; between two of the same phase nobody recovers. */
  async function killAt(chain: readonly (readonly [Phase, string])[]): Promise<void> {
    for (const [index, [phase, point]] of chain.entries()) {
      const side = await sideFor(phase);
      await side.before(phase);
      expect([point, (await side.doing(phase, { failpoint: point })).signal]).toEqual([point, 'SIGKILL']);
      if (phase === 'prepare' || phase !== chain[index + 1]?.[0]) await side.after(phase);
    }
  }
  const firstPhase = (point: string): Phase => PHASES.find((phase) => passed.get(phase)!.has(point))!;

  it.each(inChains(points.filter((_, index) => index % EACH === 0)))('at %s is gone on with by another, and nothing is lost or taken in twice', async (chain) => {
    await killAt(chain.split(', ').map((point) => [firstPhase(point), point]));
  }, LONG);

  if (LONG_WALK) {
    it('at each point of each phase is gone on with by another', async () => {
      for (const phase of PHASES) for (const point of passed.get(phase)!) if (firstPhase(point) !== phase) await killAt([[phase, point]]);
    }, 30 * LONG);
  }
});

/** A few names at a time, as one. */
function inChains(names: readonly string[]): string[] {
  return Array.from({ length: Math.ceil(names.length / AT_ONCE) }, (_, index) => names.slice(index * AT_ONCE, (index + 1) * AT_ONCE).join(', '));
}
