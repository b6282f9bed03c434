import { changing, CommandOf, commandWith, type Context, DomainCommand } from '../../../kernel/command.js';
import { factsOf } from '../../../kernel/entity.js';
import { Choice, Items } from '../../../kernel/fields.js';
import { open } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { AssessmentType, type AssessmentTypeName, Question } from '../questionnaire.js';
import {
  AssessmentTemplate,
  AssessmentTemplateDrafted,
  AssessmentTemplateRetired,
  AssessmentTemplateRevised,
  published,
  TemplateFacts,
  TemplateRevision,
} from './assessment-template.js';
import { builtInTemplates } from './built-in-templates.js';

const twice = (names: readonly string[]): string | undefined => names.find((name, index) => names.indexOf(name) !== index);

/** @throws Refusal AST-1 */
function checkQuestions(questions: readonly Question[]): void {
  rule('AST-1', 'A template has a question.', questions.length > 0, 'questions');
  const code = twice(questions.map((question) => question.code));
  rule('AST-1', `Two questions have the code ${code}.`, code === undefined, 'questions');
  for (const { code: of, questionType, options = [], yesWeight } of questions) {
    if (questionType === 'choice') {
      const value = twice(options.map((option) => option.value));
      rule('AST-1', `The question ${of} offers ${value} twice.`, value === undefined, 'questions');
      rule('AST-1', `The question ${of} is a choice: it has two options or more.`, options.length >= 2, 'questions');
    } else rule('AST-1', `The question ${of} is no choice: it has no options.`, options.length === 0, 'questions');
    rule('AST-1', `The question ${of} is not answered with yes: a yes has no weight.`, questionType === 'yes_no' || yesWeight === undefined, 'questions');
  }
}

@CommandOf(AssessmentTemplate, { permission: 'assessment_templates:draft', doc: 'Drafts a template of questions.', creates: true, plain: true })
export class DraftAssessmentTemplate extends commandWith(AssessmentTemplate, TemplateFacts) {
  @Items(open, () => Question, { max: 200 }) questions!: Question[];
  decide() {
    checkQuestions(this.questions);
    return AssessmentTemplateDrafted.of({ ...factsOf(this, TemplateFacts), questions: this.questions, builtIn: false });
  }
}

@CommandOf(AssessmentTemplate, {
  permission: 'assessment_templates:adopt',
  doc: 'Takes over the template of a type that comes with the product, and publishes it.',
  creates: true,
})
export class AdoptAssessmentTemplate extends DomainCommand<AssessmentTemplate> {
  @Choice(open, 'AssessmentType', AssessmentType) assessmentType!: AssessmentTypeName;
  decide(template: AssessmentTemplate, context: Context) {
    const { assessmentType } = this;
    const there = context.held('assessment_templates', context.actor.organizationId).some(({ kind }) => kind === assessmentType);
    // A new organisation is given it, unless somebody was faster.
    if (there && context.actor.role === 'system') return [];
    if (there) {
      throw new Refusal('DUPLICATE', 'There is a published template of this type: revise it, or draft another one.', { status: 409, field: 'assessmentType' });
    }
    const { templateName, questions } = builtInTemplates[assessmentType];
    return [AssessmentTemplateDrafted.of({ templateName, assessmentType, questions, builtIn: true }), published(template, questions)];
  }
}

@CommandOf(AssessmentTemplate, {
  permission: 'assessment_templates:revise',
  doc: 'Says anew what the next version asks; versions that are published stay as they are.',
  from: ['draft', 'published'],
})
export class ReviseAssessmentTemplate extends changing(AssessmentTemplate, TemplateRevision) {
  decide() {
    if (this.questions) checkQuestions(this.questions);
    const { templateName, questions } = this;
    return AssessmentTemplateRevised.of({ ...(templateName ? { templateName } : {}), ...(questions ? { questions } : {}) });
  }
}

@CommandOf(AssessmentTemplate, {
  permission: 'assessment_templates:publish',
  doc: 'Publishes the version that was drafted: new assessments use it, and nobody changes it any more.',
  from: ['draft', 'published'],
})
export class PublishAssessmentTemplate extends DomainCommand<AssessmentTemplate> {
  decide(template: AssessmentTemplate) {
    if (!template.hasDraft) throw new Refusal('STATE', 'There is no version that is not published.', { status: 409 });
    return published(template, template.questionsOf(template.version + 1));
  }
}

@CommandOf(AssessmentTemplate, { permission: 'assessment_templates:retire', doc: 'Takes a template out of use.', from: ['draft', 'published'] })
export class RetireAssessmentTemplate extends DomainCommand<AssessmentTemplate> {
  decide() {
    return AssessmentTemplateRetired.of({});
  }
}
