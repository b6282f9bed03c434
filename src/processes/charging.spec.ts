import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plusDays } from '../kernel/values.js';
import { chargesDue, type ChargeComponents, type ChargedSegment } from './charging.js';

const charges: ChargeComponents = { corePence: 18240, eligibleServicePence: 6435, ineligibleServicePence: 2150, supportPence: 0 };
const keys = Object.keys(charges) as (keyof ChargeComponents)[];

function bring(standing: Map<string, ChargeComponents>, segments: ChargedSegment[], through: string): void {
  for (const { monday, components } of chargesDue(segments, standing, through)) {
    const now = standing.get(monday);
    const sum = Object.fromEntries(keys.map((key) => [key, (now?.[key] ?? 0) + components[key]]));
    standing.set(monday, sum as unknown as ChargeComponents);
  }
}
const nonZero = (of: Map<string, ChargeComponents>) =>
  [...of].filter(([, c]) => keys.some((key) => c[key] !== 0)).sort(([a], [b]) => (a < b ? -1 : 1));

describe('charging', () => {
  it('charges a first part week by its nights, rounded per component', () => {
    expect(chargesDue([{ from: '2026-09-02', charges }], new Map(), '2026-09-02')).toEqual([
      {
        kind: 'RaiseCharge',
        monday: '2026-08-31',
        components: { corePence: 13029, eligibleServicePence: 4596, ineligibleServicePence: 1536, supportPence: 0 },
      },
    ]);
  });
  it('charges 53 Mondays in a year that has them', () => {
    expect(chargesDue([{ from: '2029-01-01', charges }], new Map(), '2029-12-31')).toHaveLength(53);
  });
  it('ends in the same standing charges after any sequence of back-dated changes', () => {
    const change = fc.record({ start: fc.nat(60), nights: fc.nat(60) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
        const through = '2026-10-26';
        const stays = changes.map(({ start, nights }) => {
          const from = plusDays('2026-08-31', start);
          return [{ from, to: plusDays(from, nights), charges }];
        });
        const walked = new Map<string, ChargeComponents>();
        for (const stay of stays) bring(walked, stay, through);
        const direct = new Map<string, ChargeComponents>();
        bring(direct, stays.at(-1)!, through);
        expect(nonZero(walked)).toEqual(nonZero(direct));
      }),
    );
  });
});
