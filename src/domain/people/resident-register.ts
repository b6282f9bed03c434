import type { RegisterEntry, RegisterQuestion } from '../../kernel/entity.js';
import { Refusal, rule } from '../../kernel/rules.js';
import { currentOf, currentRiskAssessments } from '../assessments-in-force.js';

/**
 * The register `resident` of each resident (owner = their id): what one person can have only one of at a time.
 *
 * | kind | held by | key | nights |
 * |---|---|---|---|
 * | `placement` | placement | placement id | `[from, to)` |
 * | `agreement` | active agreement | agreement id | `[from, to)` |
 * | `support_plan` | support plan that is active or paused | plan id | |
 * | `standalone_goals` | goals without a plan | id of their place | |
 * | `draft_agreement` | agreement that is not in force yet; party = its room | agreement id | |
 * | `planned_placement` | placement that is planned; party = its room | placement id | |
 * | `referral` | referral that is pending or accepted; party = the referral | `direction\|type` | |
 * | `prepared_referral` | referral that the product prepared and nobody has answered; party = the referral | referral id | |
 * | `accepted_referral` | accepted referral to us; party = the referral | referral id | from the day of acceptance on |
 * | `merger` | resident that is a duplicate | resident id of the survivor | from the day of the merger on |
 * | `merged_here` | the duplicate, in the register of the survivor | resident id of the duplicate | |
 * | `erasure` | resident | resident id | from the day of the decision on |
 * | `death_incident` | incident of the resident's death; party = the incident | incident id | |
 * | `intake_assessment`, `review_assessment`, `move_on_assessment`, `risk_form` | approved assessment form of that type; party = the one that it takes the place of | assessment id | from the day of approval on |
 * | `risk_assessment` | active risk assessment; party = the one that it takes the place of | risk assessment id | from the day of completion on |
 *
 * Which of the last two kinds of evidence somebody has on a day is asked with `inForceOn(context.held(…), …)` and
 * `currentRiskAssessments` of `domain/assessments-in-force.ts`.
 */
export const RESIDENT_REGISTER = 'resident';

/** Kind of what the product has prepared; it keeps nobody from making one of their own. */
export const PREPARED_REFERRAL = 'prepared_referral';
export const preparedReferral = ({ kind }: RegisterEntry): boolean => kind === PREPARED_REFERRAL;
/** Whether it is a live referral of a kind. @param of `direction|type` */
export const liveReferral = ({ kind, key }: RegisterEntry, of: `${string}|${string}`): boolean => kind === 'referral' && key === of;

/** Kinds of approved assessment forms. */
const APPROVED_FORMS = ['intake_assessment', 'review_assessment', 'move_on_assessment', 'risk_form'];

type Entries = readonly RegisterEntry[];

/** Whether two entries have a night in common. */
export const shareANight = (a: RegisterEntry, b: RegisterEntry): boolean =>
  (b.to === undefined || (a.from ?? '') < b.to) && (a.to === undefined || (b.from ?? '') < a.to);

/** Whether two of these, of different keys, have a night in common. */
const overlap = (entries: Entries): boolean =>
  entries.some((one, index) => entries.slice(index + 1).some((other) => other.key !== one.key && shareANight(one, other)));

const keys = (entries: Entries): number => new Set(entries.map(({ key }) => key)).size;

/**
 * Decides SUP-1, RES-5, RES-10, AGR-2 and RSK-5 for one resident, that they have one live referral of a kind, and that
 * nobody moves in whose data is being erased.
 * @param possible what may be in force, what is asked for included. @throws Refusal
 */
export function checkResident(possible: Entries, _certain: Entries, { wanted }: RegisterQuestion): void {
  const of = (kind: string): Entries => possible.filter((entry) => entry.kind === kind);
  rule('RES-5', 'This resident is placed already on some of these nights.', !overlap(of('placement')), ['residentId', 'date']);
  rule('AGR-2', 'This resident has an active agreement already on some of these days: end it first.', !overlap(of('agreement')), ['residentId', 'on']);
  const one = currentRiskAssessments(possible).length <= 1;
  rule('RSK-5', 'Another risk assessment of this resident is just being completed: look at it, and complete this one again.', one, undefined, 409);
  rule('SUP-1', 'This resident has a support plan already: complete that one first.', keys(of('support_plan')) <= 1, 'residentId', 409);
  if (keys(of('standalone_goals')) > 1) {
    throw new Refusal('DUPLICATE', 'This resident has goals without a plan already: add the goal to those.', { status: 409, field: 'residentId' });
  }
  if (APPROVED_FORMS.some((kind) => currentOf(possible, kind).length > 1)) {
    throw new Refusal('STATE', 'Another assessment of this type is just being approved: look at it, and approve this one again.', { status: 409 });
  }
  if (keys(of('planned_placement')) > 1) {
    throw new Refusal('DUPLICATE', 'A stay of this resident is planned already: start that one, or give it up.', { status: 409, field: 'residentId' });
  }
  const rivals = of('referral').some((referral, index, all) => all.slice(index + 1).some(({ key, party }) => key === referral.key && party !== referral.party));
  if (rivals) throw new Refusal('DUPLICATE', 'There is a live referral of this kind for this resident: close it first.', { status: 409, field: 'residentId' });
  checkMergers(of);
  const stays = of('erasure').some((erasure) => of('placement').some((placement) => shareANight(erasure, placement)));
  if (!stays) return;
  if (wanted.some(({ kind }) => kind === 'erasure')) {
    throw new Refusal('RES-11', 'This resident is just being placed: what somebody who lives with you needs is not erased.');
  }
  throw new Refusal('ERASED', 'The personal data of this resident is being erased: nothing more can be recorded.', { status: 410 });
}

/** RES-10: a duplicate has no duplicates of its own, is merged once, and nobody is moving in under it. @throws Refusal */
function checkMergers(of: (kind: string) => Entries): void {
  const mergers = of('merger');
  if (mergers.length === 0) return;
  rule('RES-10', 'Another record is merged into this one: undo that first.', of('merged_here').length === 0, 'survivorId');
  rule('RES-10', 'This record is just being merged into another one.', new Set(mergers.map(({ key }) => key)).size === 1, 'survivorId');
  const moving = of('placement').some((placement) => mergers.some((merger) => shareANight(merger, placement)));
  rule('RES-10', 'This record is merged into another one: nobody moves in under it.', !moving, ['residentId', 'survivorId']);
}

/** The rules of this context's registers, by name. */
export const peopleRegisters = { [RESIDENT_REGISTER]: checkResident };
