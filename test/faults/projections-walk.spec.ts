import { describe, expect, it } from '@jest/globals';
import { randomInt } from 'node:crypto';
import { Chance } from './load.js';
import { PHASES, type Phase } from './projector-phases.js';
import { ReadSide } from './read-side.js';

const LONG = 300_000;
/** How often whoever works on the read side is killed; and where, which comes again with the seed. */
const KILLS = Number(process.env['FAULTS'] ?? 8);
const SEED = Number(process.env['FAULTS_SEED'] ?? randomInt(2 ** 31));
const MOMENTS = ['before', 'sent', 'answered'] as const;
/** So often a log is used before it has become long. */
const USES = 8;

describe(`the read side, killed ${KILLS} times at any statement (FAULTS_SEED=${SEED})`, () => {
  it('is gone on with by another, and nothing is lost or taken in twice', async () => {
    process.stdout.write(`FAULTS=${KILLS} FAULTS_SEED=${SEED} projections\n`);
    const chance = new Chance(SEED);
    const statements = new Map<Phase, number>();
    let [died, side, uses] = [0, await ReadSide.make(), 0];
    try {
      for (let tries = 0; died < KILLS && tries < 4 * KILLS + PHASES.length; tries++) {
        const phase = chance.of(PHASES)!;
        if (phase === 'prepare' || ++uses > USES) {
          await side.remove();
          [side, uses] = [await ReadSide.make(), 0];
        }
        await side.before(phase);
        // How many statements there are is found out by the first of each phase, and by whoever had done before the nth.
        const known = statements.get(phase);
        const statement = known ? ([1 + chance.below(known), chance.of(MOMENTS)!] as const) : ([0, 'before'] as const);
        const ended = await side.doing(phase, { statement });
        if (ended.signal === 'SIGKILL') died += 1;
        else statements.set(phase, ended.statements);
        try {
          await side.after(phase);
        } catch (error) {
          throw new Error(`Killed at ${phase} ${statement.join(' ')}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
        }
      }
      process.stdout.write(`statements of each phase: ${JSON.stringify(Object.fromEntries(statements))}\n`);
      expect(died).toBe(KILLS);
    } finally {
      await side.remove();
    }
  }, LONG + KILLS * 20_000);
});
