import type { DeclaredRule } from '../kernel/rules.js';
import { code, GENERATED, page, table } from './markdown.js';

/** The rules of the product: the code that a refusal carries, and the sentence that people read. */
export function rulesPage(rules: readonly DeclaredRule[]): string {
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
  ]);
}

/** What holds for everything comes first. */
const order = (about: string): string => (about === 'everything' ? '' : about);

const row = ({ code: name, sentence, later, identity }: DeclaredRule): string[] => [
  code(name),
  sentence,
  later ? 'later' : identity ? 'always holds' : '',
];
