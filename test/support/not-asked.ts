import { describe, it } from '@jest/globals';

/** Leaves out specs, and says so and why. */
export function notAsked(what: string, why: string): void {
  process.stdout.write(`not run: ${what}: ${why}\n`);
  describe.skip(what, () => it(`not asked here: ${why}`, () => undefined));
}
