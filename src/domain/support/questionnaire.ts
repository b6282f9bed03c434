import { Choice, Flag, Int, Items, Text } from '../../kernel/fields.js';
import { open, special } from '../../kernel/privacy.js';

type Of<T> = T[keyof T];
/** What somebody is assessed for. */
export const AssessmentType = { intake: 'intake', review: 'review', move_on: 'move_on', risk: 'risk' } as const;
export type AssessmentTypeName = Of<typeof AssessmentType>;
/** How a question is answered: by one of its options, by yes or no, with a number, or in words. */
export const QuestionType = { choice: 'choice', yes_no: 'yes_no', number: 'number', text: 'text' } as const;
const CODE = /^[a-z][a-z0-9_]*$/;
const weight = { max: 1000 } as const;

/** An answer that a question offers. */
export class QuestionOption {
  @Text(open, { max: 60, pattern: CODE, doc: 'Short and stable, such as with_help' }) value!: string;
  @Text(open, { max: 200, doc: 'What people read' }) label!: string;
  @Int(open, { ...weight, doc: 'What choosing it adds to the score' }) weight!: number;
}
/** A question of a template. */
export class Question {
  @Text(open, { max: 60, pattern: CODE, doc: 'Short and stable; unique in its template' }) code!: string;
  @Text(open, { max: 100 }) section!: string;
  @Text(open, { max: 500, doc: 'What is asked' }) text!: string;
  @Choice(open, 'QuestionType', QuestionType) questionType!: Of<typeof QuestionType>;
  @Flag(open, { doc: 'An assessment is not submitted without an answer' }) mandatory!: boolean;
  @Items(open, () => QuestionOption, { optional: true, max: 20, doc: 'Of a choice' }) options?: QuestionOption[];
  @Int(open, { ...weight, optional: true, doc: 'What a yes adds to the score; nothing where it is left out' }) yesWeight?: number;
}

const told = special('health');
/** What was answered to one question: the field that the question asks for, or none to take the answer back. */
export class Answer {
  @Text(open, { max: 60, doc: 'Code of the question' }) question!: string;
  @Text(told, { optional: true, max: 60, doc: 'Value of the option' }) choice?: string;
  @Flag(told, { optional: true }) yes?: boolean;
  @Int(told, { optional: true, min: -1_000_000_000, max: 1_000_000_000 }) number?: number;
  @Text(told, { optional: true, max: 10_000 }) text?: string;
}

type Questions = readonly Question[];
type Answers = readonly Answer[];
const FIELDS = { choice: 'choice', yes_no: 'yes', number: 'number', text: 'text' } as const;
const fields = Object.values(FIELDS);

/** Whether a field of an answer says anything: words of which nothing is left but space do not. */
const says = (value: Answer[(typeof fields)[number]] | null): boolean => value !== undefined && value !== null && (typeof value !== 'string' || value.trim() !== '');
/** Whether an answer says anything. */
export const isAnswered = (answer: Answer): boolean => fields.some((field) => says(answer[field]));

/** What is wrong with an answer, for the person who gave it; undefined where nothing is. */
export function problemOf(answer: Answer, questions: Questions): string | undefined {
  const question = questions.find(({ code }) => code === answer.question);
  if (!question) return `There is no question ${answer.question} in this version of the template.`;
  const field = FIELDS[question.questionType];
  const other = fields.find((one) => one !== field && says(answer[one]));
  if (other) return `The question ${question.code} is answered with \`${field}\`, and not with \`${other}\`.`;
  if (field !== 'choice' || !answer.choice || question.options?.some(({ value }) => value === answer.choice)) return undefined;
  return `The question ${question.code} is answered with one of ${question.options?.map(({ value }) => value).join(', ')}.`;
}

/** The mandatory questions that have no answer (ASM-1). */
export function unanswered(questions: Questions, answers: Answers): Question[] {
  const answered = new Set(answers.filter(isAnswered).map(({ question }) => question));
  return questions.filter(({ mandatory, code }) => mandatory && !answered.has(code));
}

/** Σ of the weights of what was answered (ASM-2). Numbers and texts weigh nothing. */
export function scoreOf(questions: Questions, answers: Answers): number {
  const given = new Map(answers.map((answer) => [answer.question, answer]));
  return questions.reduce((score, { code, questionType, options = [], yesWeight = 0 }) => {
    const answer = given.get(code);
    if (questionType === 'choice') return score + (options.find(({ value }) => value === answer?.choice)?.weight ?? 0);
    return questionType === 'yes_no' && answer?.yes ? score + yesWeight : score;
  }, 0);
}

/** The score of whoever answers every question with what weighs most. */
export const maxScoreOf = (questions: Questions): number =>
  questions.reduce((sum, { questionType, options = [], yesWeight = 0 }) => {
    if (questionType === 'choice') return sum + Math.max(0, ...options.map((option) => option.weight));
    return questionType === 'yes_no' ? sum + yesWeight : sum;
  }, 0);

/** Answers with others in place of those to the same questions; what is taken back is left out. */
export function withAnswers(answers: Answers, others: Answers): Answer[] {
  const merged = new Map([...answers, ...others].map((answer) => [answer.question, answer]));
  return [...merged.values()].filter(isAnswered);
}
