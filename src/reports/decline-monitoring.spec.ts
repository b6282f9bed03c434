import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { declineMonitoring, type DeclineMonitoring } from './decline-monitoring.js';

type Row = Readonly<Record<string, unknown>>;
const referral = (id: number, status: string, declineReason: string | null = null): Row => ({ residentId: String(id), status, declineReason, referralDate: '2026-09-02' });
const people = (...some: readonly Row[]): Map<string, Row> => new Map(some.map((one, index) => [String(index), one]));
const of = (monitoring: DeclineMonitoring, name: string) => monitoring.characteristics[name];

describe('REF-4: whom declining meets', () => {
  it('is told of each group by what people say of themselves, and for which reasons', () => {
    const residents = people(...Array.from({ length: 12 }, (_, index) => ({ ethnicity: index < 6 ? 'Black British' : ' black british ', sexAtBirth: index < 5 ? 'female' : 'male', disability: index === 0 ? 'none' : index < 6 ? 'asthma' : null, dateOfBirth: '2006-05-02', everLookedAfter: index < 6 })));
    const answered = Array.from({ length: 12 }, (_, index) => (index % 3 === 0 ? referral(index, 'declined', index < 6 ? 'no_vacancy' : 'needs_too_high') : referral(index, index % 2 ? 'accepted' : 'completed')));
    const monitoring = declineMonitoring(answered, residents);
    expect(monitoring).toMatchObject({ answered: 12, declined: 4, reasons: [{ reasonCode: 'needs_too_high', declined: 2 }, { reasonCode: 'no_vacancy', declined: 2 }] });
    expect(of(monitoring, 'ethnicity')).toEqual([{ value: 'black british', answered: 12, declined: 4, declinedPct: 33.33 }]);
    expect(of(monitoring, 'sex')).toEqual([{ value: 'female', answered: 5, declined: 2, declinedPct: 40 }, { value: 'male', answered: 7, declined: 2, declinedPct: 28.57 }]);
    expect(of(monitoring, 'everLookedAfter')).toEqual([{ value: 'no', answered: 6, declined: 2, declinedPct: 33.33 }, { value: 'yes', answered: 6, declined: 2, declinedPct: 33.33 }]);
    // One who has none could be told from what is missing: so the smallest of the others goes with them.
    expect(of(monitoring, 'disability')).toEqual([{ value: 'not_known', answered: 6, declined: 2, declinedPct: 33.33 }, { value: 'small_groups', answered: 6, declined: 2, declinedPct: 33.33 }]);
  });

  it('counts the age on the day of the referral', () => {
    const born = ['2010-09-03', '2010-09-02', '2008-09-02', '2005-09-02', '2000-09-02', '2000-09-03'];
    const residents = people(...born.flatMap((dateOfBirth) => Array.from({ length: 5 }, () => ({ dateOfBirth }))));
    const bands = of(declineMonitoring(Array.from({ length: 30 }, (_, index) => referral(index, 'accepted')), residents), 'ageBand');
    expect(Object.fromEntries(bands!.map(({ value, answered }) => [value, answered]))).toEqual({ under_16: 5, '16_17': 5, '18_20': 5, '21_25': 10, over_25: 5 });
  });

  it('says nothing of groups so small that somebody could be known again, nor of who was erased', () => {
    const residents = people({ religion: 'Jedi' }, { religion: '[erased]' }, { religion: null });
    const monitoring = declineMonitoring([referral(0, 'declined', 'other'), referral(1, 'accepted'), referral(2, 'accepted'), referral(7, 'accepted')], residents);
    expect(of(monitoring, 'religion')).toEqual([{ value: 'small_groups', answered: null, declined: null, declinedPct: null }]);
    expect(declineMonitoring([], new Map())).toMatchObject({ answered: 0, declined: 0, reasons: [], characteristics: { ageBand: [] } });
  });

  it('takes somebody who was referred again and again for one person', () => {
    const again = [1, 2, 3, 4, 5].map(() => referral(0, 'declined', 'other'));
    const others = [1, 2, 3, 4, 5, 6].map((id) => referral(id, 'accepted'));
    const residents = people({ religion: 'Jedi' }, ...others.map(() => ({ religion: 'none' })));
    const monitoring = declineMonitoring([...again, ...others], residents);
    expect(of(monitoring, 'religion')).toEqual([{ value: 'small_groups', answered: 11, declined: 5, declinedPct: 45.45 }]);
    expect(of(declineMonitoring(again, residents), 'religion')).toEqual([{ value: 'small_groups', answered: null, declined: null, declinedPct: null }]);
  });

  it('adds up, and never tells of fewer than five', () => {
    const status = fc.constantFrom('accepted', 'completed', 'declined');
    fc.assert(
      fc.property(fc.array(fc.tuple(status, fc.constantFrom('a', 'b', 'c', 'd', null)), { maxLength: 60 }), (some) => {
        const residents = people(...some.map(([, ethnicity]) => ({ ethnicity })));
        const rows = of(declineMonitoring(some.map(([one], index) => referral(index, one, one === 'declined' ? 'other' : null)), residents), 'ethnicity')!;
        for (const { answered } of rows) expect(answered === null || answered >= 5).toBe(true);
        if (some.length >= 5) {
          expect(rows.reduce((sum, { answered }) => sum + answered!, 0)).toBe(some.length);
          expect(rows.reduce((sum, { declined }) => sum + declined!, 0)).toBe(some.filter(([one]) => one === 'declined').length);
        }
      }),
    );
  });
});
