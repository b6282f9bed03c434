import { describe, expect, it } from '@jest/globals';
import { given, happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { Resident } from '../../people/resident/resident.js';
import { checkResident } from '../../people/resident-register.js';
import { Refusal } from '../../../kernel/rules.js';
import { GoalAchieved, GoalAdded } from './goal-events.js';
import {
  BringSupportPlanReviewForward,
  EscalateSupportPlanReview,
  PromptSupportPlanCompletion,
  RemindOfSupportPlanReview,
  ReportSupportPlanReviewOverdue,
} from './review-commands.js';
import {
  CompleteSupportPlan,
  OpenSupportPlan,
  PauseSupportPlan,
  ReassignKeyWorker,
  RecordResidentView,
  ResumeSupportPlan,
  ReviewSupportPlan,
} from './support-plan-commands.js';
import {
  StandaloneGoalsOpened,
  SupportPlan,
  SupportPlanAgreedByResident,
  SupportPlanAgreementDeclined,
  SupportPlanCompleted,
  SupportPlanCompletionPrompted,
  SupportPlanKeyWorkerReassigned,
  SupportPlanOpened,
  SupportPlanPaused,
  SupportPlanResumed,
  SupportPlanReviewBroughtForward,
  SupportPlanReviewed,
  SupportPlanReviewEscalated,
  SupportPlanReviewOverdue,
  SupportPlanReviewReminded,
} from './support-plan.js';

const residentId = someId('jordan');
const kofi = someId('kofi');
const facts = { residentId, goals: 'A flat of my own.', objectives: 'Cook, save, work.' } as const;
const due = { code: 'SUP-3', basis: 'calendar', ruleBasis: 'policy', startsAt: '2026-09-15T23:00:00.000Z', dueAt: '2026-12-03T00:00:00.000Z', dueOn: '2026-12-02' } as const;
const opened = (values: Partial<SupportPlanOpened> = {}) =>
  happened(SupportPlanOpened, { ...facts, keyWorkerId: kofi, startDate: '2026-09-16', reviewDate: '2026-12-02', reviewDue: due, ...values });
const reviewed = (on: string, nextReviewDate: string) => happened(SupportPlanReviewed, { on, summary: 'Going well.', nextReviewDate, reviewDue: due });
const overdue = happened(SupportPlanReviewOverdue, { dueOn: '2026-12-02' });
const paused = happened(SupportPlanPaused, { reason: 'in hospital' });
const goal = (name: string) => happened(GoalAdded, { goalId: someId(name), goalType: 'education', goal: 'A certificate.', milestones: [] });

const resident = (values: Partial<Resident> = {}): Resident => Object.assign(stateOf(Resident, []), { status: 'active', keyWorkerId: kofi, ...values });
const plan = (...history: Happened[]) =>
  given(SupportPlan, ...history).now('2026-09-16T09:00:00.000Z').where('residents', residentId, resident()).where('users', kofi, resident()).as('key_worker', 'kofi');
const on = (date: string, ...history: Happened[]) => plan(...history).now(`${date}T09:00:00.000Z`);
const who = (values: Partial<Resident>, ...history: Happened[]) => plan(...history).where('residents', residentId, resident(values));

describe('a support plan', () => {
  it('is opened with the key worker of the resident, or another one', async () => {
    await plan().when(OpenSupportPlan, { ...facts, reviewDate: '2026-12-02' }).records([
      SupportPlanOpened,
      { ...facts, keyWorkerId: kofi, startDate: '2026-09-16', reviewDate: '2026-12-02', reviewDue: { code: 'SUP-3', dueOn: '2026-12-02', dueAt: '2026-12-03T00:00:00.000Z' } },
    ]);
    await who({ keyWorkerId: undefined }).when(OpenSupportPlan, { ...facts, reviewDate: '2026-12-02' }).refused('VALIDATION', 'keyWorkerId');
    await who({ keyWorkerId: someId('gone') }).when(OpenSupportPlan, { ...facts, reviewDate: '2026-12-02' }).refused('GEN-1', 'keyWorkerId');
    await who({ keyWorkerId: undefined }).when(OpenSupportPlan, { ...facts, keyWorkerId: kofi, reviewDate: '2026-12-02' }).records(SupportPlanOpened);
  });

  it('SUP-1: is the only one of its resident while it is active or paused', () => {
    const ask = (...plans: readonly (readonly [string, Happened[]])[]): string => {
      const entries = plans.flatMap(([id, history]) => stateOf(SupportPlan, history, someId(id)).holds());
      try {
        checkResident(entries, entries, { now: '2026-09-16T09:00:00.000Z', held: [], wanted: entries.slice(-1) });
        return 'held';
      } catch (refused) {
        if (refused instanceof Refusal) return refused.code;
        throw refused;
      }
    };
    const completed = happened(SupportPlanCompleted, { on: '2026-12-18', reason: 'moving on' });
    const standalone = [happened(StandaloneGoalsOpened, { residentId })];
    expect(ask(['one', [opened()]], ['two', [opened()]])).toBe('SUP-1');
    expect(ask(['one', [opened(), paused]], ['two', [opened()]])).toBe('SUP-1');
    expect(ask(['one', [opened(), completed]], ['two', [opened()]])).toBe('held');
    expect(ask(['one', [opened()]], ['one', [opened()]])).toBe('held');
    expect(ask(['one', [opened()]], ['two', standalone])).toBe('held');
    expect(ask(['one', standalone], ['two', standalone])).toBe('DUPLICATE');
  });

  it('SUP-3: is reviewed within 90 days, within 30 where the risk is high, and never at once', async () => {
    const open = (reviewDate: string) => plan().when(OpenSupportPlan, { ...facts, reviewDate });
    await open('2026-12-15').records(SupportPlanOpened);
    await open('2026-12-16').refused('SUP-3', 'reviewDate');
    await open('2026-09-16').refused('SUP-3', 'reviewDate');
    await open('2026-09-17').records(SupportPlanOpened);
    const later = (startDate: string, reviewDate: string) => plan().when(OpenSupportPlan, { ...facts, startDate, reviewDate });
    await later('2026-10-01', '2026-12-30').records([SupportPlanOpened, { startDate: '2026-10-01' }]);
    await later('2026-10-01', '2026-12-31').refused('SUP-3', 'reviewDate');
    await later('2026-10-01', '2026-10-01').refused('SUP-3', 'reviewDate');
    await later('2026-08-01', '2026-10-31').refused('SUP-3', 'reviewDate');
    const grave = (reviewDate: string) => who({ riskLevel: 'high' }).when(OpenSupportPlan, { ...facts, reviewDate });
    await grave('2026-10-16').records(SupportPlanOpened);
    await grave('2026-10-17').refused('SUP-3', 'reviewDate');
    const review = (nextReviewDate: string) => on('2026-12-04', opened()).when(ReviewSupportPlan, { summary: 'Going well.', nextReviewDate });
    await review('2027-03-04').records([SupportPlanReviewed, { on: '2026-12-04', nextReviewDate: '2027-03-04', reviewDue: { dueOn: '2027-03-04' } }]);
    await review('2027-03-05').refused('SUP-3', 'nextReviewDate');
    await review('2026-12-04').refused('SUP-3', 'nextReviewDate');
    // A leap day counts: 90 days from 1 December 2027 are over on 29 February 2028.
    await on('2027-12-01', opened()).when(ReviewSupportPlan, { summary: 'x', nextReviewDate: '2028-02-29' }).records(SupportPlanReviewed);
    await on('2027-12-01', opened()).when(ReviewSupportPlan, { summary: 'x', nextReviewDate: '2028-03-01' }).refused('SUP-3', 'nextReviewDate');
  });

  it('is reviewed on a day that has come, and not before it began or was reviewed last', async () => {
    const review = (day: string, ...history: Happened[]) => on('2026-12-20', ...history).when(ReviewSupportPlan, { on: day, summary: 'x', nextReviewDate: '2027-01-30' });
    await review('2026-12-21', opened()).refused('GEN-3', 'on');
    await review('2026-09-15', opened()).refused('GEN-3', 'on');
    await review('2026-12-03', opened(), reviewed('2026-12-04', '2027-03-04')).refused('GEN-3', 'on');
    await review('2026-12-04', opened(), reviewed('2026-12-04', '2027-03-04')).records(SupportPlanReviewed);
  });

  it('SUP-5: is completed when every goal is achieved or abandoned', async () => {
    const complete = { reason: 'moving on' };
    await plan(opened(), goal('a')).when(CompleteSupportPlan, complete).refused('SUP-5');
    await plan(opened(), goal('a'), happened(GoalAchieved, { goalId: someId('a'), on: '2026-09-16' })).when(CompleteSupportPlan, complete).records([SupportPlanCompleted, { on: '2026-09-16', ...complete }]);
    await plan(opened(), paused).when(CompleteSupportPlan, complete).records(SupportPlanCompleted);
    await plan(opened()).when(CompleteSupportPlan, { ...complete, on: '2026-09-17' }).refused('GEN-3', 'on');
    await plan(opened()).when(CompleteSupportPlan, { ...complete, on: '2026-09-15' }).refused('GEN-3', 'on');
  });

  it('SUP-6: is paused and completed with a reason', async () => {
    await plan(opened()).when(PauseSupportPlan).refused('SUP-6', 'reason');
    await plan(opened()).when(PauseSupportPlan, { reason: ' ' }).refused('SUP-6', 'reason');
    await plan(opened()).when(PauseSupportPlan, { reason: 'in hospital' }).records([SupportPlanPaused, { reason: 'in hospital' }]);
    await plan(opened()).when(CompleteSupportPlan, { outcome: 'Jordan moves on.' }).refused('SUP-6', 'reason');
    await plan(opened()).when(CompleteSupportPlan, { outcome: 'Jordan moves on.', reason: 'goals met' }).records([SupportPlanCompleted, { outcome: 'Jordan moves on.' }]);
  });

  it('SUP-8: is not gone on with after moving out, but completed within 28 days', async () => {
    const left = (today: string) => on(today, opened()).where('residents', residentId, resident({ status: 'moved_out', moveOutDate: '2027-01-14' }));
    await left('2027-01-15').when(OpenSupportPlan, { ...facts, reviewDate: '2027-02-02' }).refused('SUP-8', 'residentId');
    await left('2027-01-15').when(ReviewSupportPlan, { summary: 'x', nextReviewDate: '2027-02-02' }).refused('SUP-8');
    await left('2027-01-15').when(PauseSupportPlan, { reason: 'gone' }).refused('SUP-8');
    await left('2027-01-15').when(RecordResidentView, { agrees: true }).refused('SUP-8');
    await left('2027-02-11').when(CompleteSupportPlan, { reason: 'moved on' }).records(SupportPlanCompleted);
    await left('2027-02-12').when(CompleteSupportPlan, { reason: 'moved on' }).refused('SUP-8');
  });

  it('is agreed to by the resident, or not', async () => {
    await plan(opened()).when(RecordResidentView, { agrees: true }).records([SupportPlanAgreedByResident, { signedOn: '2026-09-16' }]);
    await plan(opened()).when(RecordResidentView, { agrees: true, signedOn: '2026-09-17' }).refused('GEN-3', 'signedOn');
    await plan(opened()).when(RecordResidentView, { agrees: false }).refused('VALIDATION', 'reason');
    await plan(opened()).when(RecordResidentView, { agrees: false, reason: 'too much at once' }).records(SupportPlanAgreementDeclined);
    const declined = happened(SupportPlanAgreementDeclined, { reason: 'too much' });
    expect(stateOf(SupportPlan, [opened(), declined, happened(SupportPlanAgreedByResident, { signedOn: '2026-09-20' })])).toMatchObject({ agreedOn: '2026-09-20', declinedReason: undefined });
  });

  it('changes hands', async () => {
    const anna = someId('anna');
    const changing = plan(opened()).where('users', anna, resident());
    await changing.when(ReassignKeyWorker, { keyWorkerId: anna, deputyId: kofi }).records([SupportPlanKeyWorkerReassigned, { keyWorkerId: anna, deputyId: kofi }]);
    await changing.when(ReassignKeyWorker, { keyWorkerId: kofi }).recordsNothing();
  });

  it('rests, and goes on with the review that stood, or the latest possible one', async () => {
    await plan(opened(), paused).when(ReviewSupportPlan, { summary: 'x', nextReviewDate: '2026-10-01' }).refused('STATE');
    await on('2026-11-01', opened(), paused).when(ResumeSupportPlan).records([SupportPlanResumed, { reviewDate: '2026-12-02' }]);
    await on('2026-12-02', opened(), paused).when(ResumeSupportPlan).records([SupportPlanResumed, { reviewDate: '2027-03-02' }]);
    await on('2026-11-01', opened(), paused).when(ResumeSupportPlan, { reviewDate: '2027-02-01' }).refused('SUP-3', 'reviewDate');
    expect(stateOf(SupportPlan, [opened(), overdue, paused, happened(SupportPlanResumed, { reviewDate: '2027-01-04', reviewDue: due })])).toMatchObject({ status: 'active', reviewOverdue: false, pauseReason: undefined });
  });

  it('keeps goals without a plan apart from what belongs to one', async () => {
    const standalone = plan(happened(StandaloneGoalsOpened, { residentId }));
    await standalone.when(ReviewSupportPlan, { summary: 'x', nextReviewDate: '2026-10-01' }).refused('STATE');
    await standalone.when(CompleteSupportPlan, { reason: 'x' }).refused('STATE');
  });

  describe('by the clock', () => {
    const dueAt = '2026-12-03T00:00:00.000Z';
    const late = on('2026-12-03', opened()).as('system');

    it('is reported overdue once for a review, and not where it was held, moved or not needed any more', async () => {
      await late.when(ReportSupportPlanReviewOverdue, { code: 'SUP-3', dueAt }).records([SupportPlanReviewOverdue, { dueOn: '2026-12-02' }]);
      for (const history of [[overdue], [reviewed('2026-12-02', '2027-03-01')], [paused], [happened(SupportPlanReviewBroughtForward, { reviewDate: '2026-11-01', reviewDue: due })]]) {
        await on('2026-12-03', opened(), ...history).as('system').when(ReportSupportPlanReviewOverdue, { code: 'SUP-3', dueAt }).recordsNothing();
      }
    });

    it('is reminded of once at each time, and goes to a manager once', async () => {
      const remind = { reviewDate: '2026-12-02', daysBefore: 7 };
      const reminded = happened(SupportPlanReviewReminded, remind);
      await late.when(RemindOfSupportPlanReview, remind).records([SupportPlanReviewReminded, remind]);
      await plan(opened(), reminded).when(RemindOfSupportPlanReview, remind).recordsNothing();
      await plan(opened(), reminded).when(RemindOfSupportPlanReview, { ...remind, daysBefore: 1 }).records(SupportPlanReviewReminded);
      await plan(opened()).when(RemindOfSupportPlanReview, { ...remind, reviewDate: '2026-12-01' }).recordsNothing();
      const reviewDate = '2026-12-02';
      await plan(opened()).when(EscalateSupportPlanReview, { reviewDate }).recordsNothing();
      await plan(opened(), overdue).when(EscalateSupportPlanReview, { reviewDate }).records([SupportPlanReviewEscalated, { dueOn: reviewDate }]);
      await plan(opened(), overdue, happened(SupportPlanReviewEscalated, { dueOn: reviewDate })).when(EscalateSupportPlanReview, { reviewDate }).recordsNothing();
    });

    it('is reviewed sooner once the risk is high, and not later once it is low again', async () => {
      await who({ riskLevel: 'high' }, opened()).when(BringSupportPlanReviewForward).records([SupportPlanReviewBroughtForward, { reviewDate: '2026-10-16' }]);
      await who({ riskLevel: 'low' }, opened()).when(BringSupportPlanReviewForward).recordsNothing();
      await who({ riskLevel: 'high' }, opened({ reviewDate: '2026-10-01' })).when(BringSupportPlanReviewForward).recordsNothing();
      await who({ riskLevel: 'high' }, opened(), paused).when(BringSupportPlanReviewForward).recordsNothing();
    });

    it('asks to be completed once the resident has moved out', async () => {
      const movedOutOn = '2027-01-14';
      const prompted = happened(SupportPlanCompletionPrompted, { movedOutOn, completionDue: { ...due, code: 'SUP-8', dueOn: '2027-02-11' } });
      await plan(opened()).when(PromptSupportPlanCompletion, { movedOutOn }).records([SupportPlanCompletionPrompted, { completionDue: { code: 'SUP-8', dueOn: '2027-02-11', dueAt: '2027-02-12T00:00:00.000Z' } }]);
      await plan(opened(), prompted).when(PromptSupportPlanCompletion, { movedOutOn }).recordsNothing();
      expect(stateOf(SupportPlan, [opened(), overdue, prompted])).toMatchObject({ completeBy: '2027-02-11', reviewOverdue: false, awaitsReview: false });
    });
  });
});
