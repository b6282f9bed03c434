import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, ORGANIZATION, someId, stateOf, type Given, type Happened } from '../../../../test/support/given.js';
import type { RegisterEntry, State } from '../../../kernel/entity.js';
import { declaredCommands } from '../../../kernel/command.js';
import { AssessmentTemplate, AssessmentTemplateDrafted, AssessmentTemplatePublished, AssessmentTemplateRevised } from '../assessment-template/assessment-template.js';
import { builtInTemplates } from '../assessment-template/built-in-templates.js';
import type { Answer, AssessmentTypeName } from '../questionnaire.js';
import {
  ApproveAssessment,
  ReportAssessmentReviewOverdue,
  ReturnAssessment,
  SaveResponses,
  StartAssessment,
  SubmitAssessment,
  SupersedeAssessment,
} from './assessment-form-commands.js';
import {
  Assessment,
  AssessmentApproved,
  AssessmentResponsesSaved,
  AssessmentReturned,
  AssessmentReviewOverdue,
  AssessmentStarted,
  AssessmentSubmitted,
  AssessmentSuperseded,
} from './assessment-form.js';

const RESIDENT = someId('jordan');
const [ANNA, PRIYA] = [someId('anna'), someId('priya')];
const NOW = '2026-08-12T14:30:00.000Z';
const there = (id: string, more: object = {}): State => ({ id, organizationId: ORGANIZATION, ...more }) as unknown as State;
const template = (type: AssessmentTypeName, ...more: Happened[]): AssessmentTemplate => {
  const { questions, templateName } = builtInTemplates[type];
  const drafted = happened(AssessmentTemplateDrafted, { templateName, assessmentType: type, questions, builtIn: true });
  return stateOf(AssessmentTemplate, [drafted, happened(AssessmentTemplatePublished, { version: 1, maxScore: 40 }), ...more], someId(`template ${type}`));
};
const inUse = (type: AssessmentTypeName, key = someId(`template ${type}`)): RegisterEntry => ({ register: 'assessment_templates', owner: ORGANIZATION, kind: type, key });

const world = (...history: Happened[]): Given<Assessment> => {
  const templates = (['intake', 'review', 'risk'] as const).map((type) => template(type));
  const people = given(Assessment, ...history).now(NOW)
    .where('residents', RESIDENT, there(RESIDENT, { status: 'applicant', checkOpen: () => undefined }))
    .where('users', ANNA, there(ANNA)).where('users', PRIYA, there(PRIYA));
  return templates.reduce((all, one) => all.where('assessment_templates', one.id, one), people)
    .holding('assessment_templates', ORGANIZATION, [inUse('intake'), inUse('risk')]);
};
const started = (assessmentType: AssessmentTypeName = 'intake', templateVersion = 1): Happened =>
  happened(AssessmentStarted, { residentId: RESIDENT, assessmentType, assessorId: ANNA, templateId: someId(`template ${assessmentType}`), templateVersion });
/** Answers to every mandatory question: the choices with this option, or one after the other. */
const answers = (type: AssessmentTypeName, ...options: string[]): Answer[] =>
  builtInTemplates[type].questions.filter(({ mandatory }) => mandatory).map(({ code: question, questionType }, index) =>
    (questionType === 'choice' ? { question, choice: options[index % options.length]! } : { question, yes: true }));
const saved = (responses: Answer[]): Happened => happened(AssessmentResponsesSaved, { responses });
const submitted = (change: object = {}): Happened => happened(AssessmentSubmitted, { score: 12, maxScore: 40, ...change }, { by: 'anna', at: NOW });
const approved = (change: object = {}): Happened => happened(AssessmentApproved, { residentId: RESIDENT, ...change }, { by: 'priya', at: '2026-08-12T23:30:00.000Z' });

describe('an assessment', () => {
  it('begins with the version of its template that is published', async () => {
    await world().when(StartAssessment, { residentId: RESIDENT, assessmentType: 'intake', assessorId: ANNA })
      .records([AssessmentStarted, { assessorId: ANNA, templateId: someId('template intake'), templateVersion: 1 }]);
    await world().when(StartAssessment, { residentId: RESIDENT, assessmentType: 'review' }).refused('STATE', 'templateId');
    await world().when(StartAssessment, { residentId: RESIDENT, assessmentType: 'review', templateId: someId('template review') }).records([AssessmentStarted, { assessorId: someId('somebody') }]);
    await world().when(StartAssessment, { residentId: RESIDENT, assessmentType: 'intake', templateId: someId('template review') }).refused('STATE', 'templateId');
    await world().holding('assessment_templates', ORGANIZATION, [inUse('intake'), inUse('intake', someId('second'))])
      .when(StartAssessment, { residentId: RESIDENT, assessmentType: 'intake' }).refused('STATE', 'templateId');
  });

  it('takes answers to the questions of its own version, a few at a time', async () => {
    const [first, second] = [{ question: 'cooking', choice: 'alone' }, { question: 'own_words', text: 'A quiet room.' }];
    await world(started()).when(SaveResponses, { responses: [first] }).records([AssessmentResponsesSaved, { responses: [first] }]);
    await world(started(), saved([first])).when(SaveResponses, { responses: [second] }).records([AssessmentResponsesSaved, { responses: [first, second] }]);
    await world(started(), saved([first])).when(SaveResponses, { responses: [{ question: 'cooking', choice: 'not_yet' }] }).records([AssessmentResponsesSaved, { responses: [{ choice: 'not_yet' }] }]);
    await world(started()).when(SaveResponses, { responses: [first, { question: 'cooking', choice: 'well' }] }).refused('VALIDATION', 'responses/1/question');
    await world(started()).when(SaveResponses, { responses: [first, { question: 'singing', choice: 'well' }] }).refused('VALIDATION', 'responses/1/question');
    const revised = template('intake', happened(AssessmentTemplateRevised, { questions: [] }), happened(AssessmentTemplatePublished, { version: 2, maxScore: 0 }));
    await world(started()).where('assessment_templates', revised.id, revised).when(SaveResponses, { responses: [first] }).records(AssessmentResponsesSaved);
    await world(started('intake', 2)).where('assessment_templates', revised.id, revised).when(SaveResponses, { responses: [first] }).refused('VALIDATION', 'responses/0/question');
  });

  it('ASM-1: is submitted when every mandatory question is answered', async () => {
    const all = answers('intake', 'with_much_help');
    await world(started(), saved(all.slice(1))).when(SubmitAssessment).refused('ASM-1');
    await world(started()).when(SubmitAssessment).refused('ASM-1');
    await world(started(), saved(all)).when(SubmitAssessment).records([AssessmentSubmitted, { score: 10, maxScore: 40, previousScore: undefined }]);
  });

  it('ASM-2: has the score that the product works out, and none that is sent', () => {
    const submit = declaredCommands().find(({ name }) => name === 'SubmitAssessment')!;
    expect(submit.fields.map(({ name }) => name)).toEqual(['recommendations', 'nextReviewDate']);
  });

  it('says what the score was before, and by how much it has changed where the two can be compared', async () => {
    const before = stateOf(Assessment, [started(), submitted(), approved()], someId('before'));
    const held: RegisterEntry = { register: 'resident', owner: RESIDENT, kind: 'intake_assessment', key: before.id, from: '2026-08-01' };
    const again = world(started(), saved(answers('intake', 'alone'))).where('assessment_forms', before.id, before).holding('resident', RESIDENT, [held]);
    await again.when(SubmitAssessment).records([AssessmentSubmitted, { score: 40, previousScore: 12, scoreChange: 28 }]);
    const other = stateOf(Assessment, [started(), submitted({ maxScore: 50 }), approved()], before.id);
    await again.where('assessment_forms', before.id, other).when(SubmitAssessment).records([AssessmentSubmitted, { previousScore: 12, scoreChange: undefined }]);
  });

  it('ASM-5: is reviewed after the day on which it is submitted', async () => {
    const ready = world(started(), saved(answers('intake', 'alone')));
    await ready.when(SubmitAssessment, { nextReviewDate: '2026-08-12' }).refused('ASM-5', 'nextReviewDate');
    await ready.when(SubmitAssessment, { nextReviewDate: '2026-08-13' }).records([AssessmentSubmitted, { nextReviewDate: '2026-08-13' }]);
  });

  it('ASM-3: is approved by somebody else than who made it, or given back', async () => {
    const waiting = world(started(), submitted({ nextReviewDate: '2026-11-10' }));
    await waiting.as('manager', 'anna').when(ApproveAssessment).refused('SOD');
    // Nor by who handed it in under the name of somebody else.
    const inHerName = happened(AssessmentSubmitted, { score: 12, maxScore: 40 }, { by: 'priya' });
    await world(started(), inHerName).as('manager', 'priya').when(ApproveAssessment).refused('SOD');
    await waiting.as('key_worker', 'anna', ['assessment_forms:approve']).when(ApproveAssessment).refused('SOD');
    await waiting.as('key_worker', 'kofi', ['assessment_forms:approve']).when(ApproveAssessment).refused('ASM-3');
    await waiting.as('manager', 'priya').when(ApproveAssessment).records([AssessmentApproved, {
      residentId: RESIDENT, independenceLevel: 2, replaces: undefined, review: { code: 'ASM-5', dueOn: '2026-11-10', dueAt: '2026-11-11T00:00:00.000Z' },
    }]);
    await waiting.as('manager', 'priya').when(ReturnAssessment, { reason: 'Ask about money again.' }).records(AssessmentReturned);
    const returned = [started(), submitted(), happened(AssessmentReturned, { reason: 'Ask again.' })];
    expect(stateOf(Assessment, returned)).toMatchObject({ status: 'draft', returnReason: 'Ask again.' });
    expect(stateOf(Assessment, [...returned, submitted()])).toMatchObject({ status: 'completed', returnReason: undefined });
    await world(...returned).when(ApproveAssessment).refused('STATE');
    await world(started()).when(ReturnAssessment, { reason: 'x' }).refused('STATE');
  });

  it.each([[0, 1], [7, 1], [8, 2], [15, 2], [16, 3], [24, 4], [31, 4], [32, 5], [40, 5]])('a score of %i of 40 is independence %i', async (score, level) => {
    await world(started(), submitted({ score })).as('manager', 'priya').when(ApproveAssessment).records([AssessmentApproved, { independenceLevel: level }]);
  });

  it('says of independence what the organisation has set, of an intake alone, and nothing where nothing weighs', async () => {
    const policies = [{ id: 'x', code: 'ASM.level_2', value: 35 }];
    const strict = world(started(), submitted()).where('organizations', ORGANIZATION, there(ORGANIZATION, { policies })).as('manager', 'priya');
    await strict.when(ApproveAssessment).records([AssessmentApproved, { independenceLevel: 1 }]);
    await world(started('review'), submitted()).as('manager', 'priya').when(ApproveAssessment).records([AssessmentApproved, { independenceLevel: undefined }]);
    await world(started(), submitted({ score: 0, maxScore: 0 })).as('manager', 'priya').when(ApproveAssessment).records([AssessmentApproved, { independenceLevel: undefined }]);
  });

  it('ASM-4: is not changed once it is approved', async () => {
    for (const end of [[], [happened(AssessmentSuperseded, { by: someId('next'), at: NOW })]]) {
      const done = world(started(), submitted(), approved(), ...end).as('manager', 'priya');
      await done.when(SaveResponses, { responses: [] }).refused('ASM-4');
      await done.when(SubmitAssessment).refused('ASM-4');
      await done.when(ApproveAssessment).refused('ASM-4');
      await done.when(ReturnAssessment, { reason: 'x' }).refused('ASM-4');
    }
    await world(started(), submitted()).when(SaveResponses, { responses: [] }).refused('STATE');
  });

  it('ASM-6: holds its place in the register of the resident from the day of its approval in London', () => {
    expect(stateOf(Assessment, [started(), submitted()]).holds()).toEqual([]);
    const one = stateOf(Assessment, [started(), submitted(), approved({ replaces: someId('before') })]);
    expect(one.holds()).toEqual([{ register: 'resident', owner: RESIDENT, kind: 'intake_assessment', key: one.id, from: '2026-08-13', party: someId('before') }]);
    expect(stateOf(Assessment, [started('risk'), submitted(), approved()]).holds()).toMatchObject([{ kind: 'risk_form' }]);
    expect(stateOf(Assessment, [started(), submitted(), approved(), happened(AssessmentSuperseded, { by: someId('next'), at: NOW })]).holds()).toEqual([]);
  });

  it('is superseded once, and says once that its review is overdue while the resident is there', async () => {
    const done = [started(), submitted({ nextReviewDate: '2026-11-10' }), approved()];
    const by = { by: someId('next'), at: NOW };
    const next = (...more: Happened[]) => world(...done, ...more).where('assessment_forms', by.by, there(by.by));
    const missed = { code: 'ASM-5', dueAt: '2026-11-11T00:00:00.000Z' };
    await next().when(SupersedeAssessment, by).records([AssessmentSuperseded, by]);
    await next(happened(AssessmentSuperseded, by)).when(SupersedeAssessment, by).recordsNothing();
    await next().when(ReportAssessmentReviewOverdue, missed).records([AssessmentReviewOverdue, { nextReviewDate: '2026-11-10' }]);
    await next(happened(AssessmentReviewOverdue, { nextReviewDate: '2026-11-10' })).when(ReportAssessmentReviewOverdue, missed).recordsNothing();
    await next(happened(AssessmentSuperseded, by)).when(ReportAssessmentReviewOverdue, missed).recordsNothing();
    await next().where('residents', RESIDENT, there(RESIDENT, { status: 'moved_out' })).when(ReportAssessmentReviewOverdue, missed).recordsNothing();
  });

  it('goes its way in any order of steps: draft, completed, approved, and nothing but superseded after it', async () => {
    const steps = { save: SaveResponses, submit: SubmitAssessment, approve: ApproveAssessment, give_back: ReturnAssessment } as const;
    const allowed: Readonly<Record<string, readonly string[]>> = { draft: ['save', 'submit'], completed: ['approve', 'give_back'], approved: [] };
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...(Object.keys(steps) as (keyof typeof steps)[])), { maxLength: 10 }), async (taken) => {
        const history = [started(), saved(answers('intake', 'alone'))];
        for (const step of taken) {
          const { status } = stateOf(Assessment, history);
          const body = step === 'save' ? { responses: [{ question: 'own_words', text: 'More.' }] } : step === 'give_back' ? { reason: 'Again.' } : {};
          const asked = world(...history).as('manager', 'priya').when(steps[step] as new () => SaveResponses, body as never);
          if (!allowed[status]!.includes(step)) {
            await asked.refused(status === 'approved' ? 'ASM-4' : 'STATE');
            continue;
          }
          for (const event of await asked.events()) history.push({ event: event as never, by: step === 'submit' ? 'anna' : 'priya' });
        }
      }),
      { numRuns: 60 },
    );
  });
});
