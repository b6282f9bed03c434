import { plusDays, uuidOf } from '../kernel/values.js';
import type { Cast } from './members.js';
import { DEMO_ORGANIZATION } from './members.js';
import { madeBy, type Step } from './sending.js';

/** Whose care it is: their number in the demonstration, and their resident. */
export interface Subject {
  readonly n: number;
  readonly residentId: string;
}

const DOMAINS = [
  'self_harm', 'harm_to_others', 'exploitation', 'substance_misuse', 'missing_episodes',
  'mental_health', 'physical_health', 'criminal_activity', 'accommodation', 'financial',
] as const;
const SKILLS = [
  'cooking', 'cleaning', 'safety_at_home', 'budgeting', 'bills_and_rent', 'own_health', 'wellbeing', 'relationships', 'appointments', 'education_or_work',
];
const ABILITIES = ['with_much_help', 'with_some_help', 'with_some_help', 'with_prompting', 'alone'];
const GOALS = [
  ['employment', 'Finds part-time work and keeps it for three months.'],
  ['education', 'Takes up the college course again and attends it.'],
  ['independence', 'Plans a week of meals and shops for them with what is there.'],
  ['health', 'Registers with a surgery and keeps the appointments.'],
  ['social', 'Joins something once a week where they meet others.'],
] as const;

/** Weeks after moving in at which something of the plan happens. */
const OPENED = 1;
const REASSESSED = 4;
const REVIEWED_EARLY = 5;
const PROGRESS = 7;
const REVIEWED = 12;
const COMPLETED = 11;

/** Some are taken in at a high risk, which is looked at again four weeks later. */
const isHigh = (n: number): boolean => n % 9 === 4;
const planOf = (n: number): string => madeBy(`plan ${n}`, 'support_plans');
const riskOf = (n: number, time: string): string => madeBy(`risk ${time} ${n}`, 'risk_assessments');
const goalOf = (n: number, which: number): string => madeBy(`goal ${which} ${n}`, 'goal');

/** What is assessed before somebody moves in: what they can do, and what may happen to them. */
export function assessed({ n, residentId }: Subject, { manager, key_worker: keyWorker }: Cast): Step[] {
  const id = madeBy(`intake ${n}`, 'assessment_forms');
  const templateId = uuidOf(DEMO_ORGANIZATION, 'assessment_template', 'intake');
  const responses = [
    ...SKILLS.map((question, index) => ({ question, choice: ABILITIES[(n + 3 * index) % ABILITIES.length] })),
    { question: 'house_rules_understood', yes: true },
  ];
  return [
    { step: `intake ${n}`, command: 'StartAssessment', by: keyWorker, body: { residentId, assessmentType: 'intake', templateId } },
    { step: `intake answers ${n}`, command: 'SaveResponses', by: keyWorker, id, body: { responses } },
    { step: `intake submitted ${n}`, command: 'SubmitAssessment', by: keyWorker, id, body: {} },
    { step: `intake approved ${n}`, command: 'ApproveAssessment', by: manager, id, body: {} },
    ...risk({ n, residentId }, 'first', isHigh(n) ? 12 : 4, { manager, keyWorker }),
  ];
}

/** Ten domains, the worst of them with this score. */
function risk({ n, residentId }: Subject, time: string, worst: 4 | 8 | 12, { manager, keyWorker }: { manager: Cast['manager']; keyWorker: Cast['key_worker'] }): Step[] {
  const id = riskOf(n, time);
  const rated = DOMAINS.map((domain, index): Step => {
    const [likelihood, impact] = index === n % DOMAINS.length ? [worst / 4, 4] : [1 + ((n + index) % 2), 2];
    return { step: `risk ${time} ${n} ${domain}`, command: 'RateDomain', by: keyWorker, id, body: { domain, likelihood, impact, evidence: 'Talks with the young person and the social worker.', mitigation: 'Looked at together in key-work sessions.' } };
  });
  const completed: Step = { step: `risk ${time} ${n} done`, command: 'CompleteRiskAssessment', by: keyWorker, id, body: { recommendations: 'Go on as agreed in the support plan.', actionPlan: 'The key worker looks at it in each session.' } };
  const escalated: Step[] = worst < 10 ? [] : [
    { step: `risk ${time} ${n} escalated`, command: 'EscalateRisk', by: keyWorker, id, body: { to: manager.id } },
    { step: `risk ${time} ${n} noticed`, command: 'AcknowledgeEscalation', by: manager, id, body: {} },
  ];
  return [
    { step: `risk ${time} ${n}`, command: 'StartRiskAssessment', by: keyWorker, body: { residentId, assessmentType: time === 'first' ? 'initial' : 'review' } },
    ...rated, completed, ...escalated,
  ];
}

/** The plan of somebody who lives here, so many weeks after moving in, on a Tuesday. @param leaves in the twelfth week. */
export function supported({ n, residentId }: Subject, since: number, today: string, leaves: boolean, { manager, key_worker: keyWorker }: Cast): Step[] {
  const id = planOf(n);
  const by = keyWorker;
  const review = (weeks: number): Step => ({
    step: `plan reviewed ${n} ${since}`, command: 'ReviewSupportPlan', by, id,
    body: { summary: 'Went through the goals together; the young person says what helps.', nextReviewDate: plusDays(today, 7 * weeks) },
  });
  const goals = [GOALS[n % GOALS.length]!, GOALS[(n + 2) % GOALS.length]!];
  switch (since) {
    case OPENED:
      return [
        { step: `plan ${n}`, command: 'OpenSupportPlan', by, body: { residentId, goals: 'A home of their own within two years.', objectives: 'Skills for a home, work or college, people to turn to.', reviewDate: plusDays(today, 7 * (isHigh(n) ? 4 : 11)) } },
        ...goals.map(([goalType, goal], which): Step => ({ step: `goal ${which} ${n}`, command: 'AddGoal', by, id, body: { goalType, goal, targetDate: plusDays(today, 140) } })),
        { step: `plan agreed ${n}`, command: 'RecordResidentView', by, id, body: { agrees: true } },
      ];
    case REASSESSED:
      return isHigh(n) ? risk({ n, residentId }, 'second', 8, { manager, keyWorker }) : [];
    case REVIEWED_EARLY:
      return isHigh(n) ? [review(11)] : [];
    case PROGRESS:
      return goals.map((_, which): Step => ({ step: `progress ${which} ${n}`, command: 'RecordGoalProgress', by, id, body: { goalId: goalOf(n, which), progress: 20 + 10 * ((n + which) % 6), notes: 'A step further than the last time.' } }));
    case COMPLETED:
      return leaves
        ? [
            ...goals.map((_, which): Step => ({ step: `goal reached ${which} ${n}`, command: 'AchieveGoal', by, id, body: { goalId: goalOf(n, which) } })),
            { step: `plan completed ${n}`, command: 'CompleteSupportPlan', by, id, body: { reason: 'Moves on to a flat of their own.', outcome: 'Ready for it.' } },
          ]
        : [];
    case REVIEWED:
      return leaves ? [] : [review(12)];
    default:
      return [];
  }
}
