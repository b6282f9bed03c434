import { Entity, type RegisterEntry, stateWith } from '../../../kernel/entity.js';
import { changeWith, DomainEvent, EventOf, eventWith, type Recorded } from '../../../kernel/event.js';
import { Children, Choice, Flag, Instant, Int, Items, Text } from '../../../kernel/fields.js';
import { open } from '../../../kernel/privacy.js';
import { uuidOf } from '../../../kernel/values.js';
import { AssessmentType, type AssessmentTypeName, maxScoreOf, Question } from '../questionnaire.js';
import '../support.rules.js';

type Of<T> = T[keyof T];
export const AssessmentTemplateStatus = { draft: 'draft', published: 'published', retired: 'retired' } as const;

/** What a template is called and what it is for. */
export class TemplateFacts {
  @Text(open, { max: 100 }) templateName!: string;
  @Choice(open, 'AssessmentType', AssessmentType) assessmentType!: AssessmentTypeName;
}
/** What may be said anew of the version that is not published yet. */
export class TemplateRevision {
  @Text(open, { max: 100 }) templateName!: string;
  @Items(open, () => Question, { max: 200 }) questions!: Question[];
}

/** A question in one version of its template. */
export class VersionedQuestion extends Question {
  id!: string;
  @Int(open, { min: 1 }) version!: number;
}

@Entity('assessment_templates', 'Questions that an assessment asks, in versions that are never changed once they are published.', {
  category: 'assessmentTemplate',
  search: ['templateName'],
})
export class AssessmentTemplate extends stateWith(TemplateFacts) {
  @Choice(open, 'AssessmentTemplateStatus', AssessmentTemplateStatus) status!: Of<typeof AssessmentTemplateStatus>;
  @Int(open, { doc: 'The latest version that is published; 0 before the first one' }) version = 0;
  @Flag(open, { doc: 'There is a version after it that is not published yet' }) hasDraft = false;
  @Int(open, { optional: true, doc: 'The highest score in the latest version that is published' }) maxScore?: number;
  @Instant(open, { optional: true }) publishedAt?: string;
  @Flag(open, { doc: 'Came with the product' }) builtIn = false;
  @Children('assessment_questions', () => VersionedQuestion, { parent: 'assessmentTemplateId' }) questions: VersionedQuestion[] = [];

  /** Questions of a version, in their order. */
  questionsOf(version: number): VersionedQuestion[] {
    return this.questions.filter((question) => question.version === version);
  }
  /** While it is published assessments of its type may use it. */
  holds(): RegisterEntry[] {
    if (this.status !== 'published') return [];
    return [{ register: 'assessment_templates', owner: this.organizationId, kind: this.assessmentType, key: this.id }];
  }
}

/** Puts questions in the place of those of the version that is not published yet. */
function draft(template: AssessmentTemplate, questions: readonly Question[]): void {
  const version = template.version + 1;
  const drafted = questions.map((question) =>
    Object.assign(new VersionedQuestion(), question, { id: uuidOf(template.id, version, question.code), version }));
  template.questions = [...template.questions.filter((one) => one.version < version), ...drafted];
  template.hasDraft = true;
}

@EventOf(AssessmentTemplate, 'AssessmentTemplateDrafted', 1, { to: 'draft' })
export class AssessmentTemplateDrafted extends eventWith(AssessmentTemplate, TemplateFacts) {
  @Items(open, () => Question, { max: 200 }) questions!: Question[];
  @Flag(open, { doc: 'Came with the product' }) builtIn!: boolean;
  override apply(template: AssessmentTemplate): void {
    const { templateName, assessmentType, builtIn, questions } = this;
    Object.assign(template, { templateName, assessmentType, builtIn });
    draft(template, questions);
  }
}
@EventOf(AssessmentTemplate, 'AssessmentTemplateRevised', 1)
export class AssessmentTemplateRevised extends changeWith(AssessmentTemplate, TemplateRevision) {
  override apply(template: AssessmentTemplate): void {
    if (this.templateName) template.templateName = this.templateName;
    if (this.questions) draft(template, this.questions);
  }
}
@EventOf(AssessmentTemplate, 'AssessmentTemplatePublished', 1, { to: 'published' })
export class AssessmentTemplatePublished extends DomainEvent<AssessmentTemplate> {
  @Int(open, { min: 1 }) version!: number;
  @Int(open) maxScore!: number;
  apply(template: AssessmentTemplate, { recordedAt: publishedAt }: Recorded): void {
    Object.assign(template, { version: this.version, maxScore: this.maxScore, publishedAt, hasDraft: false });
  }
}
/** No assessment begins with it any more; those that have begun go on. */
@EventOf(AssessmentTemplate, 'AssessmentTemplateRetired', 1, { to: 'retired' })
export class AssessmentTemplateRetired extends DomainEvent<AssessmentTemplate> {
  apply(): void {}
}

/** The event by which a template's next version is published. */
export const published = (template: Pick<AssessmentTemplate, 'version'>, questions: readonly Question[]): AssessmentTemplatePublished =>
  AssessmentTemplatePublished.of({ version: template.version + 1, maxScore: maxScoreOf(questions) });
