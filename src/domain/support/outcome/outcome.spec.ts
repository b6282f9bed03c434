import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { Resident } from '../../people/resident/resident.js';
import { AchieveOutcome, DefineOutcome, MarkNotAchieved, RecordMeasurement, RevokeVerification, VerifyOutcome } from './outcome-commands.js';
import {
  Outcome,
  OutcomeAchieved,
  OutcomeDefined,
  OutcomeMeasured,
  OutcomeNotAchieved,
  OutcomeVerificationRevoked,
  OutcomeVerified,
} from './outcome.js';
import { progressOf, reaches, typeOf } from './progress.js';

const residentId = someId('jordan');
const facts = {
  residentId,
  category: 'employment',
  description: 'Jordan wants to work two days a week.',
  measure: 'paid hours per week',
  unit: 'hours',
  baseline: 0,
  target: 16,
} as const;
const now = '2026-12-11T10:00:00.000Z';
const defined = (values: Partial<OutcomeDefined> = {}) => happened(OutcomeDefined, { ...facts, direction: 'up', ...values }, { by: 'kofi' });
const measured = (value: number, on: string, by = 'kofi') => happened(OutcomeMeasured, { value, on, measurementId: someId(`${value} on ${on}`) }, { by });
const achieved = happened(OutcomeAchieved, { on: '2026-12-10' });
const verified = happened(OutcomeVerified, { method: 'payslips seen', by: someId('priya'), on: '2026-12-11' });
const resident = stateOf(Resident, []);
const outcome = (...history: Happened[]) => given(Outcome, ...history).now(now).where('residents', residentId, resident).as('key_worker', 'kofi');

describe('an outcome', () => {
  it('OUT-1: has a target that is another value than the baseline, in its direction', async () => {
    const define = (more: object) => outcome().when(DefineOutcome, { ...facts, ...more });
    await define({}).records([OutcomeDefined, { ...facts, direction: 'up' }]);
    await define({ baseline: 20, target: 5 }).records([OutcomeDefined, { direction: 'down' }]);
    await define({ target: 0 }).refused('OUT-1', 'target');
    await define({ direction: 'down' }).refused('OUT-1', 'direction');
    await define({ direction: 'up', baseline: 3, target: -1 }).refused('OUT-1', 'direction');
  });

  it('OUT-2: is achieved once the target is reached, in either direction', async () => {
    await outcome(defined()).when(RecordMeasurement, { value: 10, on: '2026-11-01' }).records([OutcomeMeasured, { value: 10, on: '2026-11-01' }]);
    await outcome(defined()).when(RecordMeasurement, { value: 16, on: '2026-12-10' }).records(OutcomeMeasured, [OutcomeAchieved, { on: '2026-12-10' }]);
    const down = defined({ baseline: 20, target: 5, direction: 'down' });
    await outcome(down).when(RecordMeasurement, { value: 5.01 }).records(OutcomeMeasured);
    await outcome(down).when(RecordMeasurement, { value: 4 }).records(OutcomeMeasured, OutcomeAchieved);
    // A reading of an earlier day does not count where a later one is known.
    await outcome(defined(), measured(10, '2026-12-01')).when(RecordMeasurement, { value: 18, on: '2026-11-20' }).records(OutcomeMeasured);
  });

  it('OUT-2: is achieved before that by a manager alone, with a reason', async () => {
    const history = [defined(), measured(10, '2026-11-01')];
    const overrideReason = 'Jordan starts a full-time apprenticeship.';
    await outcome(...history).when(AchieveOutcome).refused('OUT-2', 'overrideReason');
    await outcome(...history).when(AchieveOutcome, { overrideReason }).refused('OUT-2', 'overrideReason');
    await outcome(...history).as('manager', 'priya').when(AchieveOutcome, { overrideReason: ' ' }).refused('OUT-2', 'overrideReason');
    await outcome(...history).as('manager', 'priya').when(AchieveOutcome, { overrideReason }).records([OutcomeAchieved, { on: '2026-12-11', overrideReason }]);
    await outcome(...history, measured(16, '2026-12-10')).when(AchieveOutcome, { on: '2026-12-10' }).records([OutcomeAchieved, { on: '2026-12-10' }]);
    await outcome(...history, achieved).when(AchieveOutcome).recordsNothing();
  });

  it('OUT-3: is verified by somebody who neither defined nor measured it', async () => {
    const history = [defined(), measured(10, '2026-11-01', 'anna'), measured(16, '2026-12-10'), achieved];
    const method = 'payslips seen';
    for (const name of ['kofi', 'anna']) await outcome(...history).as('manager', name).when(VerifyOutcome, { method }).refused('OUT-3');
    await outcome(...history).as('manager', 'priya').when(VerifyOutcome, { method, on: '2026-12-11' }).records([OutcomeVerified, { by: someId('priya'), on: '2026-12-11' }]);
    await outcome(defined()).as('manager', 'priya').when(VerifyOutcome, { method }).refused('STATE');
    await outcome(...history).as('manager', 'priya').when(VerifyOutcome, { method, on: '2026-12-09' }).refused('GEN-3', 'on');
  });

  it('is not measured, achieved or verified on a day to come', async () => {
    await outcome(defined()).when(RecordMeasurement, { value: 1, on: '2026-12-12' }).refused('GEN-3', 'on');
    await outcome(defined(), measured(16, '2026-12-10')).when(AchieveOutcome, { on: '2026-12-12' }).refused('GEN-3', 'on');
    await outcome(defined(), achieved).as('manager', 'priya').when(VerifyOutcome, { method: 'seen', on: '2026-12-12' }).refused('GEN-3', 'on');
  });

  it('is verified also where it was not achieved, and what was verified is taken back to what it was', async () => {
    const failed = happened(OutcomeNotAchieved, { reason: 'The shop closed.' });
    await outcome(defined()).when(MarkNotAchieved, { reason: 'The shop closed.' }).records(OutcomeNotAchieved);
    await outcome(defined(), failed).as('manager', 'priya').when(VerifyOutcome, { method: 'a letter' }).records(OutcomeVerified);
    await outcome(defined(), achieved, verified).when(RevokeVerification, { reason: 'the wrong payslips' }).records(OutcomeVerificationRevoked);
    const revoked = happened(OutcomeVerificationRevoked, { reason: 'x' });
    expect(stateOf(Outcome, [defined(), achieved, verified])).toMatchObject({ status: 'verified', isVerified: true, verifiedBy: someId('priya'), verificationDate: '2026-12-11' });
    expect(stateOf(Outcome, [defined(), achieved, verified, revoked])).toMatchObject({ status: 'achieved', isVerified: false, verifiedBy: undefined });
    expect(stateOf(Outcome, [defined(), failed, verified, revoked])).toMatchObject({ status: 'not_achieved', isVerified: false });
  });

  it('is of a resident about whom something may still be recorded', async () => {
    const erased = Object.assign(stateOf(Resident, []), { erasureDecidedOn: '2026-12-01' });
    await given(Outcome).where('residents', residentId, erased).when(DefineOutcome, facts).refused('ERASED');
  });

  it('OUT-5: has come 62.50 in a hundred of the way with 10 of 16 hours', () => {
    expect(stateOf(Outcome, [defined(), measured(10, '2026-11-01')])).toMatchObject({ currentValue: 10, progressPct: 62.5, progressRawPct: 62.5, outcomeType: 'positive' });
    expect(stateOf(Outcome, [defined()])).toMatchObject({ currentValue: 0, progressPct: 0, outcomeType: 'neutral' });
    expect(stateOf(Outcome, [defined(), measured(20, '2026-11-01')])).toMatchObject({ progressPct: 100, progressRawPct: 125 });
    expect(stateOf(Outcome, [defined(), measured(-1, '2026-11-01')])).toMatchObject({ progressPct: 0, progressRawPct: -6.25, outcomeType: 'negative' });
    expect(progressOf(0, 3, 1)).toEqual({ raw: 33.33, shown: 33.33 });
    expect(progressOf(0, 8000, 0.2)).toEqual({ raw: 0, shown: 0 });
    expect(progressOf(0, 8000, 0.4)).toEqual({ raw: 0.01, shown: 0.01 });
  });

  const value = fc.integer({ min: -10_000_000, max: 10_000_000 }).map((units) => units / 10_000);
  it('OUT-4, OUT-5: type and progress say the same of every reading, whichever way it shall go', () => {
    fc.assert(
      fc.property(value, value, value, (baseline, target, current) => {
        fc.pre(baseline !== target);
        const { raw, shown } = progressOf(baseline, target, current);
        const type = typeOf(baseline, target, current);
        expect(Math.abs(raw - (100 * (current - baseline)) / (target - baseline))).toBeLessThanOrEqual(0.005 + Math.abs(raw) * 1e-9);
        expect(progressOf(-baseline, -target, -current)).toEqual({ raw, shown });
        expect(shown).toBe(Math.min(100, Math.max(0, raw)));
        if (type === 'neutral') expect(raw).toBe(0);
        if (type === 'positive') expect(raw).toBeGreaterThanOrEqual(0);
        if (type === 'negative') expect(raw).toBeLessThanOrEqual(0);
        if (reaches(baseline, target, current)) expect(raw).toBeGreaterThanOrEqual(100);
      }),
    );
  });

  it('OUT-5: the reading with the latest day counts, in whatever order they come', () => {
    const readings = fc.uniqueArray(fc.record({ day: fc.integer({ min: 10, max: 28 }), value: fc.nat(30) }), { minLength: 1, maxLength: 6, selector: ({ day }) => day });
    fc.assert(
      fc.property(readings, (some) => {
        const state = stateOf(Outcome, [defined(), ...some.map(({ day, value: read }) => measured(read, `2026-11-${day}`))]);
        const latest = some.reduce((a, b) => (a.day > b.day ? a : b));
        expect([state.currentValue, state.progressRawPct]).toEqual([latest.value, progressOf(0, 16, latest.value).raw]);
      }),
    );
  });
});
