import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { Choice, CivilDate, Flag, Pence, Text } from '../../../kernel/fields.js';
import { personal, pseudonymous, open } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { daysBetween } from '../../../kernel/values.js';
import { pastDay } from '../../past-day.js';
import { policy } from '../../policies.js';
import { monthlyEquivalent, weeklyTotal } from '../../weekly-charges.js';
import { priceOn } from './arrears.js';
import {
  BenefitTaskRaised, BenefitTaskSettled, DirectPaymentRequested, HousingBenefitAwarded, HousingBenefitChanged, HousingBenefitClaimed, HousingBenefitClawback,
  HousingBenefitEnded, HousingBenefitSilent, HousingBenefitSuspended,
} from './benefit-events.js';
import { benefitTaskOf } from './benefit-task.js';
import { eligibleWeekly, HbPayee, shortfallOf } from './housing-benefit.js';
import { RentAccount, whateverStatus } from './rent-account.js';
import type { Of } from './rent-account-children.js';
import { BenefitPaidBy, HbFrequency } from './standing-columns.js';

const eligibleOn = (account: RentAccount, night: string): number => eligibleWeekly(account.periods(), night);
const pounds = (pence: number): string => (pence / 100).toFixed(2);

@CommandOf(RentAccount, {
  permission: 'rent_accounts:record-hb-claim',
  doc: 'Records that Housing Benefit was claimed: until it is decided, what is claimed is not collected from the resident.',
  from: whateverStatus,
  effective: 'on',
})
export class RecordHbClaim extends DomainCommand<RentAccount> {
  @CivilDate(pseudonymous, { optional: true, doc: 'When it was claimed; today where it is left out' }) on?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The first night that it is claimed for; the first that is charged where it is left out' })
  from?: string;
  @Pence(pseudonymous, { optional: true, min: 1, doc: 'What is claimed a week; the eligible charges where it is left out' }) weeklyPence?: number;
  @Flag(pseudonymous, { optional: true, doc: 'Whether the council has the evidence that it needs; yes where it is left out' })
  evidenceSupplied?: boolean;
  @Text(personal('finance'), { optional: true, max: 100, doc: 'Reference of the council' }) claimReference?: string;
  decide(account: RentAccount, context: Context) {
    const on = pastDay(this.on, context.today);
    const from = this.from ?? account.periods()[0]?.from ?? on;
    const weeklyPence = this.weeklyPence ?? eligibleOn(account, from);
    rule('LED-4', 'There is nothing on this account that Housing Benefit may pay: say what is claimed.', weeklyPence > 0, 'weeklyPence');
    const shortfallPence = shortfallOf(eligibleOn(account, from), weeklyPence);
    return HousingBenefitClaimed.of({ on, from, weeklyPence, shortfallPence, evidenceSupplied: this.evidenceSupplied ?? true, claimReference: this.claimReference ?? undefined });
  }
}

@CommandOf(RentAccount, {
  permission: 'rent_accounts:record-hb-award',
  doc: 'Records that the council awards Housing Benefit for the nights from a first one on, also earlier ones.',
  from: whateverStatus,
  effective: 'from',
})
export class RecordHbAward extends DomainCommand<RentAccount> {
  @Pence(pseudonymous, { min: 1, doc: 'What is paid a week' }) weeklyPence!: number;
  @CivilDate(pseudonymous, { doc: 'The first night that it is paid for' }) from!: string;
  @Choice(open, 'HbFrequency', HbFrequency, { optional: true, doc: 'How often it is paid, in arrears; every four weeks where it is left out' })
  frequency?: Of<typeof HbFrequency>;
  @Choice(pseudonymous, 'HbPayee', HbPayee, { optional: true, doc: 'The landlord, where it is left out' }) payee?: Of<typeof HbPayee>;
  @Text(personal('finance'), { optional: true, max: 100, doc: 'Reference of the council' }) claimReference?: string;
  decide(account: RentAccount) {
    const { from, weeklyPence, frequency, payee, claimReference } = this;
    const shortfallPence = shortfallOf(eligibleOn(account, from), weeklyPence);
    return HousingBenefitAwarded.of({
      weeklyPence, from, frequency: frequency ?? 'four_weekly', payee: payee ?? 'landlord', shortfallPence, claimReference: claimReference ?? undefined,
    });
  }
}

/** @throws Refusal STATE, LED-3 */
function checkAwarded({ hbAwards, hbFrom }: RentAccount, from: string, field: string): void {
  if (hbAwards.length === 0) {
    throw new Refusal('STATE', 'No Housing Benefit is awarded on this account: record the award first.', { status: 409, field });
  }
  rule('LED-3', `Housing Benefit is awarded from ${hbFrom} on: this is before.`, !hbFrom || from >= hbFrom, field);
}

@CommandOf(RentAccount, {
  permission: 'rent_accounts:change-hb-award',
  doc: 'Records that the council pays another amount, or to somebody else, from a night on; also after it was suspended.',
  from: whateverStatus,
  effective: 'from',
})
export class ChangeHbAward extends DomainCommand<RentAccount> {
  @Pence(pseudonymous, { min: 1 }) weeklyPence!: number;
  @CivilDate(pseudonymous, { doc: 'The first night at this amount' }) from!: string;
  @Choice(pseudonymous, 'HbPayee', HbPayee, { optional: true, doc: 'As before, where it is left out' }) payee?: Of<typeof HbPayee>;
  @Text(personal('finance'), { optional: true, max: 1000 }) reason?: string;
  decide(account: RentAccount) {
    const { from, weeklyPence } = this;
    checkAwarded(account, from, 'from');
    const ended = account.hbEndsOn !== undefined && from >= account.hbEndsOn;
    if (ended) throw new Refusal('STATE', 'Housing Benefit has ended by this night: record a new award.', { status: 409, field: 'from' });
    const shortfallPence = shortfallOf(eligibleOn(account, from), weeklyPence);
    const payee = this.payee ?? account.hbPayee ?? 'landlord';
    return HousingBenefitChanged.of({ weeklyPence, from, payee, shortfallPence, reason: this.reason ?? undefined });
  }
}

@CommandOf(RentAccount, {
  permission: 'rent_accounts:suspend-hb',
  doc: 'Records that the council holds Housing Benefit back for the nights from a first one on. It goes on with a change of the award.',
  from: whateverStatus,
  effective: 'from',
})
export class SuspendHb extends DomainCommand<RentAccount> {
  @CivilDate(pseudonymous, { doc: 'The first night that is not paid for' }) from!: string;
  @Text(personal('finance'), { optional: true, max: 1000 }) reason?: string;
  decide(account: RentAccount) {
    checkAwarded(account, this.from, 'from');
    if (account.hbStatus !== 'awarded') {
      throw new Refusal('STATE', 'Housing Benefit is not paid at present: there is nothing to suspend.', { status: 409 });
    }
    return HousingBenefitSuspended.of({ from: this.from, reason: this.reason ?? undefined });
  }
}

@CommandOf(RentAccount, {
  permission: 'rent_accounts:end-hb',
  doc: 'Records that Housing Benefit ends, or that a claim is refused or withdrawn. A later record of another day corrects the day.',
  from: whateverStatus,
  effective: 'on',
})
export class EndHb extends DomainCommand<RentAccount> {
  @CivilDate(pseudonymous, { optional: true, doc: 'The first night that is not paid for; today where it is left out' }) on?: string;
  @Text(personal('finance'), { optional: true, max: 1000 }) reason?: string;
  decide(account: RentAccount, { today, actor }: Context) {
    const on = this.on ?? today;
    if (account.hbEndsOn === on && !account.hbClaim) return [];
    if (!account.hbClaim && account.hbAwards.length === 0) {
      // The end of a stay says so of every account; most of them have no Housing Benefit.
      if (actor.role === 'system') return [];
      throw new Refusal('STATE', 'There is no Housing Benefit on this account, and no claim.', { status: 409 });
    }
    if (account.hbAwards.length > 0) checkAwarded(account, on, 'on');
    return HousingBenefitEnded.of({ on, reason: this.reason ?? undefined });
  }
}

@CommandOf(RentAccount, {
  permission: 'rent_accounts:record-hb-overpayment',
  doc: 'Records that the council takes back Housing Benefit that it has paid to the landlord.',
  from: whateverStatus,
  effective: 'on',
})
export class RecordHbOverpayment extends DomainCommand<RentAccount> {
  @Pence(pseudonymous, { min: 1 }) amountPence!: number;
  @CivilDate(pseudonymous, { optional: true, doc: 'When it was taken back; today where it is left out' }) on?: string;
  @Text(personal('finance'), { optional: true, max: 1000 }) reason?: string;
  decide(account: RentAccount, context: Context) {
    const on = pastDay(this.on, context.today);
    const paid = account.receipts.reduce((sum, one) => sum + (one.payer === 'hb' && !one.reversedOn ? one.amountPence : 0), 0) - account.clawedBackPence;
    rule('LED-3', `Housing Benefit has paid ${pounds(paid)} on this account: no more than that is taken back.`, this.amountPence <= paid, 'amountPence');
    return HousingBenefitClawback.of({ amountPence: this.amountPence, on, reason: this.reason ?? undefined });
  }
}

@CommandOf(RentAccount, {
  permission: 'rent_accounts:request-direct-payment',
  doc: 'Records that a benefit is asked to pay the landlord directly: Housing Benefit at 8 weeks\' arrears, Universal Credit at 2 months\' (a managed payment).',
  from: ['active'],
})
export class RequestDirectPayment extends DomainCommand<RentAccount> {
  @Choice(pseudonymous, 'BenefitPaidBy', BenefitPaidBy, { doc: 'Which benefit the resident has' }) from!: Of<typeof BenefitPaidBy>;
  @Flag(pseudonymous, { optional: true, doc: 'Of Universal Credit: the resident pays too little again and again, and owes a month' })
  persistentUnderpayment?: boolean;
  decide(account: RentAccount, context: Context) {
    const { from } = this;
    if (account.hbStatus === 'awarded' && (from === 'universal_credit' || account.hbPayee === 'landlord')) {
      throw new Refusal('STATE', 'Housing Benefit is paid on this account: see to whom before you ask for another payment.', { status: 409, field: 'from' });
    }
    const arrearsPence = account.collectablePence;
    const thresholdPence = from === 'housing_benefit' ? this.eightWeeks(account, context) : this.twoMonths(account, context);
    const enough = thresholdPence > 0 && arrearsPence >= thresholdPence;
    const sentence = `The resident owes ${pounds(arrearsPence)}: this is asked for from ${pounds(thresholdPence)} on.`;
    if (from === 'housing_benefit') rule('UK-T11', sentence, enough, 'from');
    else rule('UK-T9', sentence, enough, 'from');
    return DirectPaymentRequested.of({ from, arrearsPence, thresholdPence });
  }
  private eightWeeks(account: RentAccount, context: Context): number {
    return policy(context, 'UK-T11.weeks') * weeklyTotal(priceOn(account, context.today));
  }
  private twoMonths(account: RentAccount, context: Context): number {
    const months = policy(context, this.persistentUnderpayment ? 'UK-T9.persistent' : 'UK-T9.months');
    return months * monthlyEquivalent(priceOn(account, context.today));
  }
}

@CommandOf(RentAccount, { internal: true, doc: 'The council has paid nothing for long: says so once, unless it has paid meanwhile.', from: whateverStatus })
export class ReportHbSilence extends DomainCommand<RentAccount> {
  decide(account: RentAccount, context: Context) {
    const since = account.silentSince();
    if (!since || account.hbSilentSince === since) return [];
    const silent = daysBetween(since, context.today) > 7 * policy(context, 'LED-3.silence');
    return silent ? HousingBenefitSilent.of({ since, anticipatedPence: account.anticipatedHbPence }) : [];
  }
}

@CommandOf(RentAccount, { internal: true, doc: 'Looks whether there is something to ask of a benefit office, and says so once.', from: whateverStatus })
export class ReviewBenefitTask extends DomainCommand<RentAccount> {
  @Text(open, { optional: true, max: 30, doc: 'Category of the property, where it is known' }) specifiedAccommodation?: string;
  decide(account: RentAccount, context: Context) {
    const { today: on } = context;
    const { benefitTask, collectablePence } = account;
    const figures = { directWeeks: policy(context, 'UK-T11.weeks'), managedMonths: policy(context, 'UK-T9.months') };
    const task = benefitTaskOf(account, { ...figures, today: on, specifiedAccommodation: this.specifiedAccommodation ?? undefined });
    if (task === benefitTask) return [];
    return [
      ...(benefitTask ? [BenefitTaskSettled.of({ task: benefitTask, on })] : []),
      ...(task ? [BenefitTaskRaised.of({ task, on, collectablePence })] : []),
    ];
  }
}
