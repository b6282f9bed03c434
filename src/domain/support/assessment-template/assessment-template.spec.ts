import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, ORGANIZATION, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import type { RegisterEntry } from '../../../kernel/entity.js';
import type { Question } from '../questionnaire.js';
import {
  AdoptAssessmentTemplate,
  DraftAssessmentTemplate,
  PublishAssessmentTemplate,
  RetireAssessmentTemplate,
  ReviseAssessmentTemplate,
} from './assessment-template-commands.js';
import {
  AssessmentTemplate,
  AssessmentTemplateDrafted,
  AssessmentTemplatePublished,
  AssessmentTemplateRetired,
  AssessmentTemplateRevised,
} from './assessment-template.js';

const options = [{ value: 'no', label: 'No', weight: 0 }, { value: 'yes', label: 'Yes', weight: 3 }];
const cooks = (change: Partial<Question> = {}): Question =>
  ({ code: 'cooks', section: 'Home', text: 'Cooks.', questionType: 'choice', mandatory: true, options, ...change });
const facts = { templateName: 'Skills', assessmentType: 'review' } as const;
const drafted = happened(AssessmentTemplateDrafted, { ...facts, questions: [cooks()], builtIn: false });
const revised = (code: string): Happened => happened(AssessmentTemplateRevised, { questions: [cooks({ code })] });
const publishedAs = (version: number): Happened => happened(AssessmentTemplatePublished, { version, maxScore: 3 });
const inUse = (key: string): RegisterEntry => ({ register: 'assessment_templates', owner: ORGANIZATION, kind: 'review', key });

describe('a template of questions', () => {
  it('is drafted, revised, published, and taken out of use', async () => {
    await given(AssessmentTemplate).when(DraftAssessmentTemplate, { ...facts, questions: [cooks()] }).records([AssessmentTemplateDrafted, { builtIn: false }]);
    await given(AssessmentTemplate, drafted).when(ReviseAssessmentTemplate, { questions: [cooks({ code: 'bakes' })] }).records(AssessmentTemplateRevised);
    await given(AssessmentTemplate, drafted).when(PublishAssessmentTemplate).records([AssessmentTemplatePublished, { version: 1, maxScore: 3 }]);
    await given(AssessmentTemplate, drafted, publishedAs(1)).when(PublishAssessmentTemplate).refused('STATE');
    await given(AssessmentTemplate, drafted, publishedAs(1), revised('bakes')).when(PublishAssessmentTemplate).records([AssessmentTemplatePublished, { version: 2 }]);
    await given(AssessmentTemplate, drafted, publishedAs(1)).when(RetireAssessmentTemplate).records(AssessmentTemplateRetired);
    await given(AssessmentTemplate, drafted, happened(AssessmentTemplateRetired)).when(ReviseAssessmentTemplate, { templateName: 'x' }).refused('STATE');
  });

  it.each([
    ['no question', []],
    ['a code twice', [cooks(), cooks()]],
    ['a choice of one', [cooks({ options: options.slice(1) })]],
    ['a choice of nothing', [cooks({ options: undefined })]],
    ['an option twice', [cooks({ options: [options[0]!, options[0]!] })]],
    ['options of a text', [cooks({ questionType: 'text' })]],
    ['a weight of a yes that is none', [cooks({ yesWeight: 2 })]],
  ])('AST-1: does not have %s', async (_, questions) => {
    await given(AssessmentTemplate).when(DraftAssessmentTemplate, { ...facts, questions }).refused('AST-1', 'questions');
    await given(AssessmentTemplate, drafted).when(ReviseAssessmentTemplate, { questions }).refused('AST-1', 'questions');
  });

  it('comes with the product, one for each type that has none in use', async () => {
    const review = given(AssessmentTemplate);
    await review.when(AdoptAssessmentTemplate, { assessmentType: 'review' }).records([AssessmentTemplateDrafted, { builtIn: true }], [AssessmentTemplatePublished, { version: 1, maxScore: 40 }]);
    const another = review.holding('assessment_templates', ORGANIZATION, [inUse(someId('other'))]);
    await another.when(AdoptAssessmentTemplate, { assessmentType: 'review' }).refused('DUPLICATE', 'assessmentType');
    await another.as('system').when(AdoptAssessmentTemplate, { assessmentType: 'review' }).recordsNothing();
    await another.when(AdoptAssessmentTemplate, { assessmentType: 'intake' }).records(AssessmentTemplateDrafted, AssessmentTemplatePublished);
  });

  it('is in use while it is published', () => {
    expect(stateOf(AssessmentTemplate, [drafted]).holds()).toEqual([]);
    const template = stateOf(AssessmentTemplate, [drafted, publishedAs(1)]);
    expect(template.holds()).toEqual([inUse(template.id)]);
    expect(stateOf(AssessmentTemplate, [drafted, publishedAs(1), revised('bakes')]).holds()).toHaveLength(1);
    expect(stateOf(AssessmentTemplate, [drafted, publishedAs(1), happened(AssessmentTemplateRetired)]).holds()).toEqual([]);
  });

  it('AST-2: keeps every published version as it was, whatever comes after', () => {
    const steps = fc.array(fc.constantFrom('revise', 'rename', 'publish'), { maxLength: 12 });
    fc.assert(
      fc.property(steps, (taken) => {
        const history = [drafted];
        const kept = new Map<number, unknown>();
        for (const [index, step] of taken.entries()) {
          const { version, hasDraft } = stateOf(AssessmentTemplate, history);
          if (step === 'rename') history.push(happened(AssessmentTemplateRevised, { templateName: `Skills ${index}` }));
          else if (step === 'revise') history.push(revised(`q${index}`));
          else if (hasDraft) history.push(publishedAs(version + 1));
          const after = stateOf(AssessmentTemplate, history);
          for (const [earlier, questions] of kept) expect(after.questionsOf(earlier)).toEqual(questions);
          if (after.version > 0) kept.set(after.version, after.questionsOf(after.version));
        }
      }),
    );
  });
});
