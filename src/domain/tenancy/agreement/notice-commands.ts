import { CommandOf, commandWith, type Context, DomainCommand } from '../../../kernel/command.js';
import { workingDaysAfter } from '../../../kernel/days.js';
import { factsOf } from '../../../kernel/entity.js';
import { Choice, CivilDate, Text } from '../../../kernel/fields.js';
import { personal, pseudonymous } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { later } from '../../../kernel/values.js';
import { bankHolidays, onDay } from '../../deadline.js';
import { pastDay } from '../../past-day.js';
import { policy } from '../../policies.js';
import '../tenancy.rules.js';
import { Agreement } from './agreement.js';
import { checkGround8AtHearing, checkGround8AtNotice } from './ground-8.js';
import { type Notice, NoticeFacts, PossessionStage } from './agreement-children.js';
import { NoticeServed, NoticeWithdrawn, PossessionStepRecorded } from './notice.js';
import { earliestExpiry, fits, toPeriodEnd } from './notice-period.js';

/** Working days after which what was sent so counts as served (Civil Procedure Rules 6.26); handed over, it does at once. */
const DEEMED: Readonly<Record<NoticeFacts['method'], number>> = { by_hand: 0, left_at_address: 1, first_class_post: 2, email: 1 };
const deemed = ({ servedOn, method }: NoticeFacts, context: Context): string =>
  DEEMED[method] === 0 ? servedOn : workingDaysAfter(servedOn, DEEMED[method], bankHolidays(context));

const STAGES = Object.values(PossessionStage);

@CommandOf(Agreement, {
  permission: 'tenancy_agreements:serve-notice',
  doc: 'Records a notice of the landlord or of the resident. Its last day is the earliest that its kind allows, or the one given.',
  from: ['active'],
  effective: 'servedOn',
})
export class ServeNotice extends commandWith(Agreement, NoticeFacts) {
  @CivilDate(pseudonymous, { optional: true, doc: 'Its last day; the earliest one that is valid where it is left out' }) expiresOn?: string;
  @Text(personal('location'), { optional: true, max: 1000, doc: 'Of an excluded licence: why no order of a court is needed' })
  noCourtOrderReason?: string;
  decide(agreement: Agreement, context: Context) {
    const facts = factsOf<NoticeFacts>(this, NoticeFacts);
    pastDay(this.servedOn, context.today, 'servedOn');
    if (agreement.standingNotice()) throw new Refusal('STATE', 'A notice stands already: withdraw it first.', { status: 409 });
    this.checkKind(agreement);
    checkGround8AtNotice(agreement, facts.grounds, facts.servedOn, context);
    const deemedServedOn = deemed(facts, context);
    const own = { excluded: policy(context, 'AGR-5.excluded'), resident: policy(context, 'AGR-5.resident') };
    const earliest = earliestExpiry(agreement, facts, deemedServedOn, own);
    const expiresOn = this.expiresOn ?? earliest;
    rule('AGR-5', `This notice counts as served on ${deemedServedOn} and ends on ${earliest} at the earliest.`, expiresOn >= earliest, 'expiresOn');
    const whole = facts.kind === 'landlord_s8' ? expiresOn : toPeriodEnd(agreement, expiresOn);
    rule('AGR-5', `This notice ends with a rent period: on ${whole}.`, whole === expiresOn, 'expiresOn');
    return NoticeServed.of({
      ...facts, noticeId: context.newId('notice'), residentId: agreement.residentId, deemedServedOn, expiresOn,
      noCourtOrderReason: this.noCourtOrderReason ?? undefined,
      leaveBy: onDay(context, 'AGR-5', later(expiresOn, context.today)),
    });
  }

  private checkKind({ agreementType, depositProtectionRequired, depositTakenOn, depositProtectedOn, prescribedInformationOn }: Agreement): void {
    rule('AGR-5', 'A notice of this kind does not end an agreement of this tenure.', fits(this.kind, agreementType), 'kind');
    const grounds = this.grounds?.length ?? 0;
    rule('AGR-5', 'A notice under section 8 names its grounds.', this.kind !== 'landlord_s8' || grounds > 0, 'grounds');
    const excluded = agreementType === 'excluded_licence' && this.kind !== 'resident';
    rule('AGR-5', 'Say why this licence is ended without an order of a court.', !excluded || Boolean(this.noCourtOrderReason), 'noCourtOrderReason');
    const open = Boolean(depositTakenOn && depositProtectionRequired) && !(depositProtectedOn && prescribedInformationOn);
    rule('AGR-4', 'No possession is asked for while the deposit is unprotected or the resident not told of it.', this.kind !== 'landlord_s8' || !open, 'kind');
  }
}

/** @throws Refusal STATE where no notice stands. */
function standing(agreement: Agreement): Notice {
  const notice = agreement.standingNotice();
  if (!notice) throw new Refusal('STATE', 'No notice stands.', { status: 409 });
  return notice;
}

@CommandOf(Agreement, { permission: 'tenancy_agreements:withdraw-notice', doc: 'Withdraws the notice that stands.', effective: 'on' })
export class WithdrawNotice extends DomainCommand<Agreement> {
  @CivilDate(pseudonymous, { optional: true }) on?: string;
  @Text(personal('location'), { max: 1000 }) reason!: string;
  decide(agreement: Agreement, { today }: Context) {
    const { id: noticeId, servedOn } = standing(agreement);
    const on = pastDay(this.on, today);
    rule('AGR-5', 'A notice is not withdrawn before it was served.', on >= servedOn, 'on');
    return NoticeWithdrawn.of({ noticeId, residentId: agreement.residentId, on, reason: this.reason });
  }
}

@CommandOf(Agreement, {
  permission: 'tenancy_agreements:record-possession-step',
  doc: 'Records a step towards possession: claim, hearing, order, warrant.',
  effective: 'on',
})
export class RecordPossessionStep extends DomainCommand<Agreement> {
  @Choice(pseudonymous, 'PossessionStage', PossessionStage) step!: keyof typeof PossessionStage;
  @CivilDate(pseudonymous, { optional: true }) on?: string;
  @Text(pseudonymous, { optional: true, max: 60, doc: 'Number of the case' }) courtReference?: string;
  decide(agreement: Agreement, context: Context) {
    const { kind, expiresOn, grounds } = standing(agreement);
    const on = pastDay(this.on, context.today);
    rule('AGR-5', 'Possession follows a notice of the landlord.', kind !== 'resident', 'step');
    rule('AGR-5', `The notice runs until ${expiresOn}.`, on > expiresOn, 'on');
    const before = agreement.possessionStage ? STAGES.indexOf(agreement.possessionStage) : -1;
    const wanted = STAGES[before + 1];
    rule('AGR-5', wanted ? `The next step is the ${wanted}.` : 'No step is left.', this.step === wanted, 'step');
    const last = agreement.possessionSteps.at(-1)?.on;
    rule('AGR-5', `The step before was on ${last}.`, last === undefined || before < 0 || on >= last, 'on');
    if (this.step === 'order') checkGround8AtHearing(agreement, grounds, context);
    return PossessionStepRecorded.of({ step: this.step, on, courtReference: this.courtReference ?? undefined });
  }
}
