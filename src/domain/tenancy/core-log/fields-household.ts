import { personal, special } from '../../../kernel/privacy.js';
import { codes, letters, tick, whole, words } from './answer-form.js';
import { NATIONALITIES } from './core-countries.js';
import { section, when, type CoreField } from './core-field.js';
import { PERSONS } from './core-row.js';

const people = section('Household characteristics');
const needs = section('Household needs');

const identity = personal('identity');
const health = special('health');
const sex = letters('F', 'M', 'R');
const nationality = { kind: 'codes', codes: NATIONALITIES, values: '3 digit ISO country code, or 0' } as const;
const CHILD = 16;

/** The six questions about one more person, of whom any may be there. */
function person(number: number, first: number): CoreField[] {
  const told = when(`anything is told of person ${number} (fields ${first} - ${first + 5})`, (row) => row.hasPerson(first));
  const grown = when(`person ${number} is 16 or older (field ${first})`, (row) => row.hasPerson(first) && (row.whole(first) ?? CHILD) >= CHILD);
  return [
    people(first, `What is person ${number}'s age?`, whole(1, 120, 'R'), identity, { required: told }),
    people(first + 1, `Is person ${number} the partner of the lead tenant?`, codes('1-3'), identity, { required: grown }),
    people(first + 2, `What is person ${number}'s sex?`, sex, identity, { required: told }),
    people(first + 3, `Is the gender the person ${number} identifies with the same as their sex registered at birth?`, codes('1-3'), health, { required: told }),
    people(first + 4, `If 'No', enter person ${number}'s gender identity`, words(100), health, {
      asked: when(`it is not the same (field ${first + 3} is 2)`, (row) => row.is(first + 3, 2)),
    }),
    people(first + 5, `Which of these best describes person ${number}'s working situation?`, codes('0-10'), identity, { required: grown }),
  ];
}

const condition = (number: number, what: string): CoreField =>
  needs(number, `Does this person's condition affect ${what}?`, tick, health, { required: false });
const access = (number: number, what: string): CoreField => needs(number, `Disabled access needs: ${what}`, tick, health, { required: false });

/** Questions 41 to 110: who moves in, and what they need. */
export const householdFields: readonly CoreField[] = [
  people(41, 'What is the lead tenant’s age?', whole(16, 120, 'R'), identity, { duplicate: 'Yes' }),
  people(42, 'What is the lead tenant\'s sex?', sex, identity, { duplicate: 'Yes' }),
  people(43, 'Is the gender the lead tenant identifies with the same as their sex registered at birth?', codes('1-3'), health),
  people(44, 'If \'No\', enter lead tenant\'s gender identity', words(100), health, { asked: when('it is not the same (field 43 is 2)', (row) => row.is(43, 2)) }),
  people(45, 'Which of these best describes the lead tenant\'s ethnic background?', codes('1-20'), health),
  people(46, 'What is the lead tenant\'s nationality?', nationality, identity),
  people(47, 'Which of these best describes the lead tenant’s working situation?', codes('0-8 10'), identity, { duplicate: 'Yes' }),
  ...PERSONS.flatMap((first, index) => person(index + 2, first)),
  needs(90, 'Does anybody in the household have links to the UK armed forces?', codes('1-6'), identity),
  needs(91, 'Is this person still serving in the UK armed forces?', codes('3-6'), identity, { asked: when('somebody is a current or former regular (field 90 is 1)', (row) => row.is(90, 1)) }),
  needs(92, 'Was this person seriously injured or ill as a result of serving in the UK armed forces?', codes('1-3'), health, { asked: when('somebody is a current or former regular or reserve (field 90 is 1 or 4)', (row) => row.is(90, 1, 4)) }),
  needs(93, 'Is anybody in the household pregnant?', codes('1-3'), health),
  access(94, 'a) Fully wheelchair-accessible housing'),
  access(95, 'b) Wheelchair access to essential rooms'),
  access(96, 'c) Level access housing'),
  access(97, 'f) Other disabled access needs'),
  access(98, 'g) No disabled access needs'),
  access(99, 'h) Don’t know'),
  needs(100, 'Does anybody in the household have a physical or mental health condition (or other illness) expected to last 12 months or more?', codes('1-3'), health),
  condition(101, 'their dexterity'),
  condition(102, 'their learning or understanding or concentrating'),
  condition(103, 'their hearing'),
  condition(104, 'their memory'),
  condition(105, 'their mental health'),
  condition(106, 'their mobility'),
  condition(107, 'them socially or behaviourally'),
  condition(108, 'their stamina or breathing or fatigue'),
  condition(109, 'their vision'),
  condition(110, 'them in another way'),
];
