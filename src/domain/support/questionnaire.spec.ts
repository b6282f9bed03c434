import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { builtInTemplates } from './assessment-template/built-in-templates.js';
import { AssessmentType, isAnswered, maxScoreOf, problemOf, scoreOf, unanswered, withAnswers, type Answer, type Question } from './questionnaire.js';

const question = (code: string, change: Partial<Question> = {}): Question =>
  ({ code, section: 'Home', text: 'Can cook.', questionType: 'text', mandatory: false, ...change });
const choice = (code: string, ...weights: number[]): Question =>
  question(code, { questionType: 'choice', options: weights.map((weight, index) => ({ value: `o${index}`, label: `Option ${index}`, weight })) });

/** Any question with a code, and any answer that it allows, or none. */
const asked = (code: string): fc.Arbitrary<[Question, Answer | undefined]> =>
  fc.oneof(
    fc.array(fc.nat(50), { minLength: 2, maxLength: 6 }).chain((weights) =>
      fc.option(fc.nat(weights.length - 1), { nil: undefined }).map((pick): [Question, Answer | undefined] =>
        [choice(code, ...weights), pick === undefined ? undefined : { question: code, choice: `o${pick}` }])),
    fc.tuple(fc.nat(50), fc.option(fc.boolean(), { nil: undefined })).map(([yesWeight, yes]): [Question, Answer | undefined] =>
      [question(code, { questionType: 'yes_no', yesWeight }), yes === undefined ? undefined : { question: code, yes }]),
    fc.integer().map((number): [Question, Answer | undefined] => [question(code, { questionType: 'number' }), { question: code, number }]),
    fc.constant<[Question, Answer | undefined]>([question(code), { question: code, text: 'Likes to bake.' }]),
  );
const form = fc.integer({ min: 1, max: 12 }).chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => asked(`q${index}`))));

describe('what is asked and answered', () => {
  it('ASM-2: has the sum of the weights of its answers as score, whatever their order, and never more than the highest', () => {
    fc.assert(
      fc.property(form, (pairs) => {
        const questions = pairs.map(([one]) => one);
        const answers = pairs.flatMap(([, answer]) => answer ?? []);
        const weightOf = ([{ options, yesWeight = 0 }, answer]: [Question, Answer | undefined]): number =>
          options?.find(({ value }) => value === answer?.choice)?.weight ?? (answer?.yes ? yesWeight : 0);
        const score = scoreOf(questions, answers);
        expect(score).toBe(pairs.reduce((sum, pair) => sum + weightOf(pair), 0));
        expect(scoreOf(questions, [...answers].reverse())).toBe(score);
        expect(score).toBeLessThanOrEqual(maxScoreOf(questions));
        expect(answers.flatMap((answer) => problemOf(answer, questions) ?? [])).toEqual([]);
      }),
    );
  });

  it('says what is wrong with an answer', () => {
    const questions = [choice('cook', 0, 4), question('age', { questionType: 'number' }), question('happy', { questionType: 'yes_no' })];
    const problem = (answer: Answer) => problemOf(answer, questions);
    expect(problem({ question: 'sing', text: 'la' })).toContain('no question sing');
    expect(problem({ question: 'cook', choice: 'o7' })).toContain('one of o0, o1');
    expect(problem({ question: 'cook', text: 'well' })).toContain('`choice`');
    expect(problem({ question: 'age', yes: true })).toContain('`number`');
    expect(problem({ question: 'happy', yes: false })).toBeUndefined();
    expect(problem({ question: 'age', number: 0 })).toBeUndefined();
    expect(problem({ question: 'cook' })).toBeUndefined();
  });

  it('counts no and zero as answers, and nothing as none', () => {
    expect([{ question: 'a', yes: false }, { question: 'a', number: 0 }, { question: 'a' }].map(isAnswered)).toEqual([true, true, false]);
    const questions = [question('a', { mandatory: true }), question('b', { mandatory: true, questionType: 'number' }), question('c')];
    expect(unanswered(questions, [{ question: 'b', number: 0 }, { question: 'a' }]).map(({ code }) => code)).toEqual(['a']);
    // Nobody gets past a question with an empty line, or an option that is none.
    expect([{ question: 'a', text: '' }, { question: 'a', text: ' \n' }, { question: 'a', choice: '' }].map(isAnswered)).toEqual([false, false, false]);
    expect(unanswered(questions, [{ question: 'b', number: 0 }, { question: 'a', text: ' ' }]).map(({ code }) => code)).toEqual(['a']);
    expect(withAnswers([{ question: 'a', text: 'x' }], [{ question: 'a', text: '' }])).toEqual([]);
  });

  it('keeps the other answers where some are given anew, and leaves out what is taken back', () => {
    const before: Answer[] = [{ question: 'a', text: 'x' }, { question: 'b', number: 1 }];
    expect(withAnswers(before, [{ question: 'b', number: 2 }, { question: 'c', yes: true }])).toEqual([before[0], { question: 'b', number: 2 }, { question: 'c', yes: true }]);
    expect(withAnswers(before, [{ question: 'a' }])).toEqual([before[1]]);
  });

  it.each(Object.values(AssessmentType))('has a template of its own for %s, whose questions differ and weigh something', (type) => {
    const { questions } = builtInTemplates[type];
    expect(new Set(questions.map(({ code }) => code)).size).toBe(questions.length);
    expect(maxScoreOf(questions)).toBeGreaterThan(0);
    expect(questions.some(({ mandatory }) => mandatory)).toBe(true);
  });
});
