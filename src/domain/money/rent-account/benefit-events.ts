import { DomainEvent, EventOf, type Recorded } from '../../../kernel/event.js';
import { Choice, CivilDate, Flag, Pence, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { londonDate } from '../../../kernel/values.js';
import { BenefitTask, type BenefitTaskName } from './benefit-task.js';
import { bookBenefit, bookClawback } from './bookkeeping.js';
import { cutAt, decidedFrom, HbPayee } from './housing-benefit.js';
import { RentAccount } from './rent-account.js';
import type { Of } from './rent-account-children.js';
import { BenefitPaidBy, HbFrequency } from './standing-columns.js';

/** Housing Benefit was claimed: until it is decided, what is claimed is not collected from the resident (LED-4). */
@EventOf(RentAccount, 'HousingBenefitClaimed', 1)
export class HousingBenefitClaimed extends DomainEvent<RentAccount> {
  @CivilDate(pseudonymous, { doc: 'When it was claimed' }) on!: string;
  @CivilDate(pseudonymous, { doc: 'The first night that it is claimed for' }) from!: string;
  @Pence(pseudonymous, { doc: 'What is claimed a week' }) weeklyPence!: number;
  @Pence(pseudonymous, { doc: 'What a week of the eligible charges comes to beyond that' }) shortfallPence!: number;
  @Flag(pseudonymous, { doc: 'Whether the council has the evidence that it needs' }) evidenceSupplied!: boolean;
  @Text(personal('finance'), { optional: true, max: 100, doc: 'Reference of the council' }) claimReference?: string;
  apply(account: RentAccount): void {
    const { on, from, weeklyPence, shortfallPence, evidenceSupplied, claimReference } = this;
    account.hbClaim = { from, weeklyPence, shortfallPence, payee: 'landlord' };
    Object.assign(account, { hbStatus: 'pending', hbClaimedOn: on, hbEvidenceSupplied: evidenceSupplied, hbShortfallPence: shortfallPence });
    if (claimReference) account.hbReference = claimReference;
    bookBenefit(account);
  }
}

/** The council decided: Housing Benefit is paid for the nights from a first one on. */
@EventOf(RentAccount, 'HousingBenefitAwarded', 1)
export class HousingBenefitAwarded extends DomainEvent<RentAccount> {
  @Pence(pseudonymous, { doc: 'What is paid a week' }) weeklyPence!: number;
  @CivilDate(pseudonymous, { doc: 'The first night that it is paid for' }) from!: string;
  @Choice(open, 'HbFrequency', HbFrequency, { doc: 'How often it is paid, in arrears' }) frequency!: Of<typeof HbFrequency>;
  @Choice(pseudonymous, 'HbPayee', HbPayee) payee!: Of<typeof HbPayee>;
  @Pence(pseudonymous, { doc: 'What a week of the eligible charges comes to beyond it' }) shortfallPence!: number;
  @Text(personal('finance'), { optional: true, max: 100, doc: 'Reference of the council' }) claimReference?: string;
  apply(account: RentAccount, recorded: Recorded): void {
    decided(account, this, recorded);
    const { frequency, from, claimReference } = this;
    Object.assign(account, { hbFrom: from, hbFrequency: frequency, hbEndsOn: undefined });
    if (claimReference) account.hbReference = claimReference;
    bookBenefit(account);
  }
}

/** The council pays another amount from a night on. */
@EventOf(RentAccount, 'HousingBenefitChanged', 1)
export class HousingBenefitChanged extends DomainEvent<RentAccount> {
  @Pence(pseudonymous) weeklyPence!: number;
  @CivilDate(pseudonymous, { doc: 'The first night at this amount' }) from!: string;
  @Choice(pseudonymous, 'HbPayee', HbPayee) payee!: Of<typeof HbPayee>;
  @Pence(pseudonymous, { doc: 'What a week of the eligible charges comes to beyond it' }) shortfallPence!: number;
  @Text(personal('finance'), { optional: true, max: 1000 }) reason?: string;
  apply(account: RentAccount, recorded: Recorded): void {
    decided(account, this, recorded);
    bookBenefit(account);
  }
}

type Decision = Pick<HousingBenefitAwarded, 'from' | 'weeklyPence' | 'shortfallPence' | 'payee'>;
function decided(account: RentAccount, { from, weeklyPence, shortfallPence, payee }: Decision, { recordedAt }: Recorded): void {
  account.hbAwards = decidedFrom(account.hbAwards, { from, weeklyPence, shortfallPence, payee });
  Object.assign(account, {
    hbStatus: 'awarded', hbWeeklyPence: weeklyPence, hbShortfallPence: shortfallPence, hbPayee: payee, hbClaim: undefined, hbSilentSince: undefined, hbDecidedOn: londonDate(recordedAt),
  });
}

/** The council holds back what it pays for the nights from a first one on, until it decides anew. */
@EventOf(RentAccount, 'HousingBenefitSuspended', 1)
export class HousingBenefitSuspended extends DomainEvent<RentAccount> {
  @CivilDate(pseudonymous, { doc: 'The first night that is not paid for' }) from!: string;
  @Text(personal('finance'), { optional: true, max: 1000 }) reason?: string;
  apply(account: RentAccount): void {
    account.hbAwards = cutAt(account.hbAwards, this.from);
    account.hbStatus = 'suspended';
    bookBenefit(account);
  }
}

/** Nothing is paid for the nights from this day on; a claim that was pending is decided with it. */
@EventOf(RentAccount, 'HousingBenefitEnded', 1)
export class HousingBenefitEnded extends DomainEvent<RentAccount> {
  @CivilDate(pseudonymous, { doc: 'The first night that is not paid for' }) on!: string;
  @Text(personal('finance'), { optional: true, max: 1000 }) reason?: string;
  apply(account: RentAccount): void {
    Object.assign(account, { hbStatus: 'ended', hbEndsOn: this.on, hbClaim: undefined });
    bookBenefit(account);
  }
}

/** Housing Benefit was overpaid, and the council takes it back from the landlord. */
@EventOf(RentAccount, 'HousingBenefitClawback', 1)
export class HousingBenefitClawback extends DomainEvent<RentAccount> {
  @Pence(pseudonymous, { min: 1 }) amountPence!: number;
  @CivilDate(pseudonymous, { doc: 'When it was taken back' }) on!: string;
  @Text(personal('finance'), { optional: true, max: 1000 }) reason?: string;
  apply(account: RentAccount): void {
    bookClawback(account, this);
  }
}

/** The council has paid nothing for long, although Housing Benefit is awarded: somebody is to ask it. */
@EventOf(RentAccount, 'HousingBenefitSilent', 1)
export class HousingBenefitSilent extends DomainEvent<RentAccount> {
  @CivilDate(pseudonymous, { doc: 'Since when' }) since!: string;
  @Pence(pseudonymous, { doc: 'What it is still to pay' }) anticipatedPence!: number;
  apply(account: RentAccount): void {
    account.hbSilentSince = this.since;
  }
}

/** The benefit office was asked to pay the landlord directly: Housing Benefit at eight weeks' arrears, Universal Credit at two months'. */
@EventOf(RentAccount, 'DirectPaymentRequested', 1)
export class DirectPaymentRequested extends DomainEvent<RentAccount> {
  @Choice(pseudonymous, 'BenefitPaidBy', BenefitPaidBy) from!: Of<typeof BenefitPaidBy>;
  @Pence(pseudonymous, { doc: 'What the resident owed then' }) arrearsPence!: number;
  @Pence(pseudonymous, { doc: 'From which arrears on it may be asked for' }) thresholdPence!: number;
  apply(account: RentAccount, { recordedAt }: Recorded): void {
    Object.assign(account, { directPaymentFrom: this.from, directPaymentRequestedOn: londonDate(recordedAt) });
  }
}

/** Universal Credit was claimed: until that is decided nobody asks the resident for what it may pay (UK-T8). */
@EventOf(RentAccount, 'UniversalCreditClaimed', 1)
export class UniversalCreditClaimed extends DomainEvent<RentAccount> {
  @CivilDate(pseudonymous, { doc: 'When it was claimed' }) on!: string;
  @Flag(pseudonymous, { doc: 'Whether the evidence that it needs is supplied' }) evidenceSupplied!: boolean;
  apply(account: RentAccount): void {
    Object.assign(account, { ucClaimedOn: this.on, ucEvidenceSupplied: this.evidenceSupplied });
  }
}
/** The claim for Universal Credit is decided, or withdrawn. */
@EventOf(RentAccount, 'UniversalCreditDecided', 1)
export class UniversalCreditDecided extends DomainEvent<RentAccount> {
  @CivilDate(pseudonymous, { doc: 'When it was decided' }) on!: string;
  @Flag(pseudonymous, { doc: 'Whether it pays for the rent' }) awarded!: boolean;
  apply(account: RentAccount): void {
    Object.assign(account, { ucClaimedOn: undefined, ucEvidenceSupplied: undefined, ucAwardedOn: this.awarded ? this.on : undefined });
  }
}

/** Somebody is to ask something of a benefit office: the wrong benefit is claimed, it is silent, or it may be asked to pay the landlord (UK-T9, UK-T11, UK-T12). */
@EventOf(RentAccount, 'BenefitTaskRaised', 1)
export class BenefitTaskRaised extends DomainEvent<RentAccount> {
  @Choice(pseudonymous, 'BenefitTask', BenefitTask) task!: BenefitTaskName;
  @CivilDate(pseudonymous) on!: string;
  @Pence(pseudonymous, { doc: 'What the resident owed' }) collectablePence!: number;
  apply(account: RentAccount): void {
    account.benefitTask = this.task;
  }
}
/** There is nothing of the kind to ask any more. */
@EventOf(RentAccount, 'BenefitTaskSettled', 1)
export class BenefitTaskSettled extends DomainEvent<RentAccount> {
  @Choice(pseudonymous, 'BenefitTask', BenefitTask) task!: BenefitTaskName;
  @CivilDate(pseudonymous) on!: string;
  apply(account: RentAccount): void {
    account.benefitTask = undefined;
  }
}
