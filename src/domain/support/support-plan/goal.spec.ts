import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { Resident } from '../../people/resident/resident.js';
import { AbandonGoal, AchieveGoal, AddGoal, AddStandaloneGoal, ReachMilestone, RecordGoalProgress, ReviseGoal } from './goal-commands.js';
import { GoalAbandoned, GoalAchieved, GoalAdded, GoalProgressRecorded, GoalRevised, MilestoneReached } from './goal-events.js';
import { StandaloneGoalsOpened, SupportPlan, SupportPlanOpened } from './support-plan.js';

const residentId = someId('jordan');
const kofi = someId('kofi');
const opened = happened(SupportPlanOpened, { residentId, keyWorkerId: kofi, deputyId: someId('dele'), startDate: '2026-09-16', reviewDate: '2026-12-02' });
const [goalId, milestoneId] = [someId('goal'), someId('milestone')];
const facts = { goalType: 'education', goal: 'A level 2 certificate in maths.', targetDate: '2027-03-31' } as const;
const added = happened(GoalAdded, { ...facts, goalId, milestones: [{ id: milestoneId, title: 'Enrol at college', dueOn: '2026-10-15' }] });
const reading = (progress: number, on: string, notes?: string) => happened(GoalProgressRecorded, { goalId, readingId: someId(`${progress} ${on}`), progress, on, notes });
const reached = happened(MilestoneReached, { goalId, milestoneId, on: '2026-10-01' });
const achieved = happened(GoalAchieved, { goalId, on: '2026-11-24' });
const abandoned = happened(GoalAbandoned, { goalId, on: '2026-11-24', reason: 'another course' });

const resident = (values: Partial<Resident> = {}): Resident => Object.assign(stateOf(Resident, []), { status: 'active', keyWorkerId: kofi, ...values });
const plan = (...history: Happened[]) =>
  given(SupportPlan, opened, ...history).now('2026-11-24T10:00:00.000Z').where('residents', residentId, resident()).as('key_worker', 'kofi');

describe('a goal', () => {
  it('SUP-7: has steps that are due when it is, or before', async () => {
    const add = (dueOn: string, more: object = {}) => plan().when(AddGoal, { ...facts, milestones: [{ title: 'Enrol', dueOn }], ...more });
    await add('2027-03-31').records([GoalAdded, { ...facts, milestones: [{ title: 'Enrol', dueOn: '2027-03-31' }] }]);
    await add('2027-04-01').refused('SUP-7', 'milestones');
    await add('2030-01-01', { targetDate: undefined }).records(GoalAdded);
    await plan(added).when(ReviseGoal, { goalId, targetDate: '2026-10-14' }).refused('SUP-7', 'targetDate');
    await plan(added, reached).when(ReviseGoal, { goalId, targetDate: '2026-10-14' }).records([GoalRevised, { targetDate: '2026-10-14' }]);
    await plan(added).when(ReviseGoal, { goalId, milestones: [{ title: 'Exam', dueOn: '2027-04-01' }] }).refused('SUP-7', 'milestones');
    await plan(added).when(ReviseGoal, { goalId, milestones: [{ title: 'Exam', dueOn: '2027-03-01' }] }).records([GoalRevised, { milestones: [{ title: 'Exam' }] }]);
  });

  it('SUP-4: is at 0 to 100, and goes down with a note alone', async () => {
    const record = (progress: number, more: object = {}, ...history: Happened[]) => plan(added, ...history).when(RecordGoalProgress, { goalId, progress, ...more });
    await record(0).records([GoalProgressRecorded, { progress: 0, on: '2026-11-24' }]);
    await record(100).records([GoalProgressRecorded, { progress: 100 }]);
    await record(101).refused('SUP-4', 'progress');
    await record(-1).refused('SUP-4', 'progress');
    await record(20, {}, reading(60, '2026-11-01')).refused('SUP-4', 'notes');
    await record(20, { notes: ' ' }, reading(60, '2026-11-01')).refused('SUP-4', 'notes');
    await record(20, { notes: 'The course was cancelled.' }, reading(60, '2026-11-01')).records(GoalProgressRecorded);
    // What was so on an earlier day is told late, and takes nothing back.
    await record(20, { on: '2026-10-20' }, reading(60, '2026-11-01')).records(GoalProgressRecorded);
    expect(stateOf(SupportPlan, [opened, added, reading(100, '2026-11-01')]).goalOf(goalId)).toMatchObject({ status: 'open', currentProgress: 100 });
  });

  it('PRG-2: is worked on by the key worker, the deputy or a manager', async () => {
    const record = (role: string, name: string) => plan(added).as(role, name).when(RecordGoalProgress, { goalId, progress: 40 });
    await record('key_worker', 'kofi').records(GoalProgressRecorded);
    await record('key_worker', 'dele').records(GoalProgressRecorded);
    await record('manager', 'priya').records(GoalProgressRecorded);
    await record('key_worker', 'anna').refused('PRG-2');
    await plan(added).as('key_worker', 'anna').when(AchieveGoal, { goalId }).refused('PRG-2');
    await plan().as('key_worker', 'anna').when(AddGoal, facts).refused('PRG-2');
  });

  it('is achieved or abandoned once, and not opened again', async () => {
    await plan(added).when(AchieveGoal, { goalId }).records([GoalAchieved, { goalId, on: '2026-11-24' }]);
    await plan(added).when(AbandonGoal, { goalId, reason: 'another course' }).records([GoalAbandoned, { reason: 'another course' }]);
    await plan(added, achieved).when(AchieveGoal, { goalId }).recordsNothing();
    await plan(added, abandoned).when(AbandonGoal, { goalId, reason: 'x' }).recordsNothing();
    await plan(added, achieved).when(AbandonGoal, { goalId, reason: 'x' }).refused('STATE', 'goalId');
    await plan(added, achieved).when(RecordGoalProgress, { goalId, progress: 100 }).refused('STATE', 'goalId');
    await plan(added, abandoned).when(ReviseGoal, { goalId, goalType: 'health' }).refused('STATE', 'goalId');
    await plan(added).when(AchieveGoal, { goalId: someId('another') }).refused('GEN-1', 'goalId');
    await plan(added).when(AchieveGoal, { goalId, on: '2026-11-25' }).refused('GEN-3', 'on');
  });

  it('has steps that are reached once', async () => {
    await plan(added).when(ReachMilestone, { milestoneId }).records([MilestoneReached, { goalId, milestoneId, on: '2026-11-24' }]);
    await plan(added, reached).when(ReachMilestone, { milestoneId }).recordsNothing();
    await plan(added, abandoned).when(ReachMilestone, { milestoneId }).refused('STATE', 'milestoneId');
    await plan(added).when(ReachMilestone, { milestoneId: someId('another') }).refused('GEN-1', 'milestoneId');
    expect(stateOf(SupportPlan, [opened, added, reached]).milestones).toMatchObject([{ id: milestoneId, goalId, reachedOn: '2026-10-01' }]);
  });

  it('SUP-8: after moving out it is brought to an end within 28 days, and nothing else', async () => {
    const left = (today: string) => plan(added).now(`${today}T10:00:00.000Z`).where('residents', residentId, resident({ status: 'moved_out', moveOutDate: '2027-01-14' }));
    await left('2027-01-20').when(AddGoal, facts).refused('SUP-8');
    await left('2027-01-20').when(RecordGoalProgress, { goalId, progress: 40 }).refused('SUP-8');
    await left('2027-01-20').when(ReachMilestone, { milestoneId }).refused('SUP-8');
    await left('2027-02-11').when(AchieveGoal, { goalId }).records(GoalAchieved);
    await left('2027-02-11').when(AbandonGoal, { goalId, reason: 'moved on' }).records(GoalAbandoned);
    await left('2027-02-12').when(AchieveGoal, { goalId }).refused('SUP-8');
  });

  it('is there without a plan too', async () => {
    const first = given(SupportPlan).where('residents', residentId, resident()).as('key_worker', 'kofi').when(AddStandaloneGoal, { ...facts, residentId });
    await first.records([StandaloneGoalsOpened, { residentId }], [GoalAdded, facts]);
  });

  it('PRG-1: stands at the reading with the latest day, whatever the order in which they come', () => {
    const readings = fc.array(fc.record({ progress: fc.nat(100), day: fc.integer({ min: 10, max: 28 }) }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(readings, (some) => {
        const state = stateOf(SupportPlan, [opened, added, ...some.map(({ progress, day }) => reading(progress, `2026-10-${day}`))]);
        const last = Math.max(...some.map(({ day }) => day));
        expect(state.goalOf(goalId)!.currentProgress).toBe(some.findLast(({ day }) => day === last)!.progress);
        expect(state.readings).toHaveLength(some.length);
        expect(stateOf(SupportPlan, [opened, added, ...some.map(({ progress, day }) => reading(progress, `2026-10-${day}`)), achieved]).goalOf(goalId)).toMatchObject({ currentProgress: 100, status: 'achieved' });
      }),
    );
  });
});
