import { declareField, type ClassOf } from '../../../kernel/fields.js';
import { longest } from './answer-form.js';
import { coreFields } from './core-fields.js';
import { nameOf, type CoreValues } from './core-row.js';

/** The answers of a letting: `field1` to `field147`, each as the bulk-upload file has it, each of its own class of privacy. */
abstract class Answers {}

for (const { number, question, form, privacy } of coreFields) {
  declareField(Answers, { name: nameOf(number), kind: 'text', privacy, optional: true, min: 0, max: longest(form), doc: question });
}

/** The same as a class whose values can be named. */
export const CoreAnswers = Answers as unknown as ClassOf<{ [K in keyof CoreValues]?: string }>;

/** Names of the answers that are personal: a decision that is about them reads them. */
export const personalAnswers: readonly string[] = coreFields.filter(({ privacy }) => privacy.class >= 2).map(({ number }) => nameOf(number));
