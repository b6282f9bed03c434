import type { AssessmentTypeName, Question } from '../questionnaire.js';

/** A template that comes with the product. */
export interface BuiltInTemplate {
  readonly templateName: string;
  readonly questions: Question[];
}

type Options = NonNullable<Question['options']>;

/** What somebody can do, from nothing yet to everything. */
const INDEPENDENCE: Options = [
  { value: 'not_yet', label: 'Not yet', weight: 0 },
  { value: 'with_much_help', label: 'With a lot of help', weight: 1 },
  { value: 'with_some_help', label: 'With some help', weight: 2 },
  { value: 'with_prompting', label: 'With a reminder now and then', weight: 3 },
  { value: 'alone', label: 'On their own', weight: 4 },
];
/** How much there is to worry about. */
const CONCERN: Options = [
  { value: 'none', label: 'Nothing known', weight: 0 },
  { value: 'past', label: 'In the past, not now', weight: 1 },
  { value: 'some', label: 'Some signs now', weight: 2 },
  { value: 'serious', label: 'Serious signs now', weight: 3 },
];

const choice = (section: string, options: Options) => (code: string, text: string): Question => ({
  code, section, text, questionType: 'choice', mandatory: true, options: options.map((option) => ({ ...option })),
});
const words = (section: string, code: string, text: string): Question => ({ code, section, text, questionType: 'text', mandatory: false });
const yesNo = (section: string, code: string, text: string): Question => ({ code, section, text, questionType: 'yes_no', mandatory: true });
const number = (section: string, code: string, text: string): Question => ({ code, section, text, questionType: 'number', mandatory: false });

const home = choice('Living in a home', INDEPENDENCE);
const money = choice('Money', INDEPENDENCE);
const health = choice('Health', INDEPENDENCE);
const people = choice('People', INDEPENDENCE);
const future = choice('Work and learning', INDEPENDENCE);
const concern = choice('Signs of risk', CONCERN);

const skills = (): Question[] => [
  home('cooking', 'Plans meals, shops for food and cooks.'),
  home('cleaning', 'Keeps the room, the kitchen and clothes clean.'),
  home('safety_at_home', 'Knows what to do about fire, gas, water and keys.'),
  money('budgeting', 'Makes money last until more comes in.'),
  money('bills_and_rent', 'Pays rent and bills, and asks for what is due from benefits.'),
  health('own_health', 'Registers with a doctor and a dentist, keeps appointments, takes medicine as prescribed.'),
  health('wellbeing', 'Notices when things get too much and asks for help.'),
  people('relationships', 'Gets on with neighbours, friends and family, and keeps safe with others.'),
  people('appointments', 'Gets to places on time and speaks to officials.'),
  future('education_or_work', 'Attends school, training or work, or looks for it.'),
];

/** The template of each type that an organisation can adopt; afterwards it is the organisation's own to revise. */
export const builtInTemplates: Readonly<Record<AssessmentTypeName, BuiltInTemplate>> = {
  intake: {
    templateName: 'Intake assessment',
    questions: [
      ...skills(),
      yesNo('Before moving in', 'house_rules_understood', 'Has read the house rules and knows what is agreed.'),
      number('Before moving in', 'months_in_care', 'Months in care, if any.'),
      words('Before moving in', 'own_words', 'What the person wants from living here, in their own words.'),
    ],
  },
  review: {
    templateName: 'Support review',
    questions: [
      ...skills(),
      words('Since the last time', 'went_well', 'What has gone well.'),
      words('Since the last time', 'to_change', 'What should change.'),
    ],
  },
  move_on: {
    templateName: 'Readiness to move on',
    questions: [
      ...skills(),
      yesNo('Moving on', 'has_an_offer', 'There is a home to move to.'),
      yesNo('Moving on', 'knows_where_to_ask', 'Knows whom to ask when something goes wrong there.'),
      words('Moving on', 'support_after', 'Support that is needed afterwards.'),
    ],
  },
  risk: {
    templateName: 'Risk screening',
    questions: [
      concern('self_harm', 'Hurting themselves, or thoughts of it.'),
      concern('harm_to_others', 'Hurting or threatening others.'),
      concern('exploitation', 'Being used by others, sexually, for crime or for money.'),
      concern('substances', 'Alcohol or drugs.'),
      concern('going_missing', 'Staying away without anybody knowing where.'),
      concern('offending', 'Trouble with the police.'),
      words('Signs of risk', 'what_is_known', 'What is known, and from whom.'),
    ],
  },
};
