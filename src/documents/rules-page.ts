import type { DeclaredDeadline } from '../kernel/deadline.js';
import type { DeclaredPolicy } from '../kernel/policies.js';
import type { DeclaredRule } from '../kernel/rules.js';
import { code, GENERATED, page, table } from './markdown.js';

/** The rules of the product, its deadlines and its policy figures: codes, and the sentences that people read. */
export function rulesPage(rules: readonly DeclaredRule[], deadlines: readonly DeclaredDeadline[], policies: readonly DeclaredPolicy[]): string {
  const about = [...Map.groupBy(rules, (rule) => rule.about)].sort(([a], [b]) => order(a).localeCompare(order(b)));
  return page([
    '# Rules',
    '',
    `${GENERATED} A refusal carries the code and says what is wrong in the case at hand; the same list is at \`GET /api/v1/rules\`.`,
    '',
    'A rule that *always holds* is one that no command can break, and is shown by property tests; one *of later* is declared and',
    'not asked yet.',
    '',
    ...about.flatMap(([words, some]) => [`## ${words.replaceAll('_', ' ')}`, '', ...table(['code', 'rule', ''], some.map(row)), '']),
    '# Deadlines',
    '',
    'A deadline is worked out once, when a command is decided, and stored in its event with the calendar of bank holidays that it was',
    'reckoned with. `GET /api/v1/deadlines` shows all of them: open, waiting (for a calendar), met, late, missed or waived. One in days or months is met up to the',
    'end of its last day in London; one in hours up to its instant, weekends and holidays counted.',
    '',
    ...table(['code', 'of', 'by then', 'basis', 'told'], deadlines.map(deadlineRow)),
    '',
    '# Policy figures',
    '',
    'What an organisation may set for itself: `POST /api/v1/organizations/{id}/set-policy` with `code` and `value`, and `reset-policy` to',
    'go back to the product’s figure. What was decided before keeps the figure of its time.',
    '',
    ...table(['code', 'what', 'figure', 'from', 'to'], policies.map(policyRow)),
  ]);
}

/** What holds for everything comes first. */
const order = (about: string): string => (about === 'everything' ? '' : about);

const row = ({ code: name, sentence, later, identity }: DeclaredRule): string[] => [
  code(name),
  sentence,
  later ? 'later' : identity ? 'always holds' : '',
];

const deadlineRow = ({ code: name, about, doc, ruleBasis, missed, reportedAt }: DeclaredDeadline): string[] => [
  code(name),
  about.replaceAll('_', ' '),
  doc,
  ruleBasis,
  missed ? `to it${reportedAt ? ` at ${reportedAt}` : ''}` : '',
];

const policyRow = ({ code: name, doc, default: figure, unit, min, max }: DeclaredPolicy): string[] => [code(name), doc, `${figure} ${unit}`, `${min}`, `${max}`];
