import { Entity, factsOf, type RegisterEntry, stateWith } from '../../../kernel/entity.js';
import { DomainEvent, EventOf, eventWith } from '../../../kernel/event.js';
import { Children, Choice, CivilDate, Flag, Group, Instant, Int, Items, List, Pence, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { Deadline } from '../../deadline.js';
import { ITEMISED, ServiceCharge, WRONGLY_ELIGIBLE } from '../../service-items.js';
import { chargesIn, columnsOf, monthlyEquivalent, WeeklyCharges, WeeklyColumns, weeklyTotal } from '../../weekly-charges.js';
import { DepositDeduction, DepositScheme, DepositStatus, Notice, PossessionStep, PossessionStage, RentVariation, Unprotected } from './agreement-children.js';

type Of<T> = T[keyof T];
export const AgreementType = {
  license: 'license',
  assured_shorthold: 'assured_shorthold',
  supported_living: 'supported_living',
  excluded_licence: 'excluded_licence',
  assured_periodic: 'assured_periodic',
  secure: 'secure',
  starter: 'starter',
} as const;
export const AgreementStatus = {
  pending: 'pending',
  active: 'active',
  expired: 'expired',
  terminated: 'terminated',
  voided: 'voided',
} as const;
export const RentFrequency = { weekly: 'weekly', fortnightly: 'fortnightly', four_weekly: 'four_weekly', monthly: 'monthly' } as const;

/** What an agreement is about, but for its price. */
export class AgreementParties {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Ref(open, 'properties') propertyId!: string;
  @Ref(open, 'property_rooms', { optional: true }) roomId?: string;
  @Choice(pseudonymous, 'AgreementType', AgreementType) agreementType!: Of<typeof AgreementType>;
  @CivilDate(pseudonymous) startDate!: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The first day on which it no longer holds' }) endDate?: string;
  @Choice(pseudonymous, 'RentFrequency', RentFrequency, { optional: true }) rentFrequency?: Of<typeof RentFrequency>;
  @Pence(pseudonymous, { optional: true, decimal: 'deposit' }) depositPence?: number;
  @Text(personal('location'), { optional: true, max: 20_000, subject: 'residentId' }) terms?: string;
  @Int(pseudonymous, { optional: true, max: 10_000, doc: 'What is asked for late rent over the base rate, in hundredths of a percent a year' }) lateFeeBasisPoints?: number;
  @Int(pseudonymous, { optional: true, max: 366, doc: 'From how many days on; 14 where it is left out' }) lateFeeAfterDays?: number;
  @Flag(pseudonymous, { optional: true, doc: 'A tenancy that is held on trust for somebody under 18' }) equitable?: boolean;
  @Text(personal('identity'), { optional: true, max: 100, subject: 'residentId', doc: 'Who is bound beside somebody under 18' }) guarantorName?: string;
  @Text(personal('contact'), { optional: true, max: 300, subject: 'residentId', doc: 'How the guarantor is reached' }) guarantorContact?: string;
  @Flag(pseudonymous, { optional: true, doc: 'The local authority that is responsible for the resident is bound beside them' }) localAuthorityParty?: boolean;
  @Items(pseudonymous, () => ServiceCharge, ITEMISED) serviceCharges?: ServiceCharge[];
}
/** What is told of a new agreement. */
export class AgreementFacts extends AgreementParties {
  @Group(pseudonymous, () => WeeklyCharges) weeklyCharges!: WeeklyCharges;
}
/** What the columns of the price add up to. */
class AgreementTotals {
  @Pence(pseudonymous, { decimal: 'weekly_total', doc: 'Sum of the components (AGR-9)' }) weeklyTotalPence!: number;
  @Pence(pseudonymous, { decimal: 'monthly_equivalent', doc: 'Weekly total × 52 / 12, half up' }) monthlyEquivalentPence!: number;
  @Pence(pseudonymous, { decimal: 'monthly_rent' }) monthlyRentPence!: number;
  @Pence(pseudonymous, { decimal: 'service_charge', doc: 'Service charges a week, eligible and not' }) serviceChargePence!: number;
}

@Entity('tenancy_agreements', 'What a resident and the organisation have agreed on: where, from when, at what price.', {
  category: 'agreement',
  reference: { prefix: 'AGR', digits: 6 },
  subject: 'residentId',
})
export class Agreement extends stateWith(AgreementParties, WeeklyColumns, AgreementTotals) {
  @Choice(pseudonymous, 'AgreementStatus', AgreementStatus) status!: Of<typeof AgreementStatus>;
  @Flag(pseudonymous, { optional: true, doc: 'A deposit that must be in a scheme; that of a licence need not' })
  depositProtectionRequired?: boolean;
  @Flag(pseudonymous, { optional: true, doc: 'The resident is under 18 on its first day' }) withMinor?: boolean;
  @CivilDate(pseudonymous, { optional: true, doc: 'When a resident who was under 18 turned 18' }) holderOfAgeOn?: string;
  @Instant(pseudonymous, { optional: true }) signedDate?: string;
  @Text(personal('identity'), { optional: true, max: 100, subject: 'residentId' }) signedBy?: string;
  @Ref(open, 'users', { optional: true }) witnessedBy?: string;
  @Text(pseudonymous, { optional: true, max: 36 }) documentId?: string;
  @Pence(pseudonymous, { optional: true, doc: 'What was taken of it' }) depositTakenPence?: number;
  @Choice(pseudonymous, 'DepositStatus', DepositStatus, { optional: true }) depositStatus?: Of<typeof DepositStatus>;
  @Choice(pseudonymous, 'DepositUnprotected', Unprotected, { optional: true, doc: 'Why the law asks for no scheme' }) depositUnprotectedBecause?: Of<typeof Unprotected>;
  @CivilDate(pseudonymous, { optional: true }) depositTakenOn?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The last day on which it can be protected, and the resident told of it' }) depositProtectBy?: string;
  @Flag(pseudonymous, { optional: true, doc: 'That day went by' }) depositProtectionOverdue?: boolean;
  @Choice(pseudonymous, 'DepositScheme', DepositScheme, { optional: true }) depositScheme?: Of<typeof DepositScheme>;
  @Text(pseudonymous, { optional: true, max: 60 }) depositReference?: string;
  @CivilDate(pseudonymous, { optional: true }) depositProtectedOn?: string;
  @CivilDate(pseudonymous, { optional: true }) prescribedInformationOn?: string;
  @Pence(pseudonymous, { optional: true }) depositReturnedPence?: number;
  @CivilDate(pseudonymous, { optional: true }) depositReturnedOn?: string;
  @Flag(pseudonymous, { optional: true, doc: 'It was not settled in time after the end' }) depositReturnOverdue?: boolean;
  @Items(personal('finance'), () => DepositDeduction, { optional: true, subject: 'residentId' }) depositDeductions?: DepositDeduction[];
  @CivilDate(pseudonymous, { optional: true, doc: 'Of the notice that stands' }) noticeServedOn?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The last day of the notice that stands' }) noticeExpiresOn?: string;
  @Choice(pseudonymous, 'PossessionStage', PossessionStage, { optional: true }) possessionStage?: Of<typeof PossessionStage>;
  @Ref(pseudonymous, 'tenancy_agreements', { optional: true, doc: 'The agreement that follows this one' }) renewedById?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The first day of the agreement that follows' }) renewedFrom?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The first day after its term' }) expiredOn?: string;
  @CivilDate(pseudonymous, { optional: true }) activatedOn?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The first day on which it no longer holds' }) terminatedOn?: string;
  @Flag(pseudonymous, { optional: true, doc: 'It ended because the stay under it did' }) endedWithStay?: boolean;
  @List(pseudonymous, WRONGLY_ELIGIBLE) wronglyEligible?: string[];
  @Text(personal('location'), { optional: true, max: 1000, subject: 'residentId' }) terminationReason?: string;
  @Text(personal('location'), { optional: true, max: 1000, subject: 'residentId', doc: 'Why it was given up before it was in force' })
  voidReason?: string;
  @Children('rent_variations', () => RentVariation, { parent: 'agreementId' }) variations: RentVariation[] = [];
  @Children('agreement_notices', () => Notice, { parent: 'agreementId' }) notices: Notice[] = [];
  @Children('possession_steps', () => PossessionStep, { parent: 'agreementId' }) possessionSteps: PossessionStep[] = [];

  /** While it is active, its days count as the resident's (AGR-2); days that are over still do. A draft is known to be one. */
  holds(): RegisterEntry[] {
    const own = { register: 'resident', owner: this.residentId, key: this.id };
    if (this.status === 'pending') return [{ ...own, kind: 'draft_agreement', ...(this.roomId ? { party: this.roomId } : {}) }];
    if (!this.activatedOn) return [];
    const to = this.lastsUntil();
    if (to && to <= this.startDate) return [];
    return [{ ...own, kind: 'agreement', from: this.startDate, ...(to ? { to } : {}) }];
  }

  /** What a week costs under it: as it was agreed, or as it was changed to for a day. */
  weeklyCharges(on?: string): WeeklyCharges {
    const changed = this.variations.findLast(({ effectiveFrom }) => on !== undefined && effectiveFrom <= on);
    return chargesIn(changed ?? this);
  }

  /** The notice that stands: the last one, unless it was withdrawn. */
  standingNotice(): Notice | undefined {
    return this.notices.findLast(({ withdrawnOn }) => !withdrawnOn);
  }

  /** Why nobody can live under it on a date, as a sentence; undefined where it is signed and covers the date. */
  problemOn(date: string): string | undefined {
    if (this.status === 'voided') return 'The agreement was given up before it was in force.';
    if (!this.signedDate) return 'The agreement is not signed.';
    // A stay may begin and end under one that was signed and never put into force.
    if (this.status === 'terminated' && !this.activatedOn && !this.endedWithStay) return 'The agreement was ended before it was active.';
    const until = this.lastsUntil();
    const covers = this.startDate <= date && (!until || date < until);
    return covers ? undefined : 'The agreement does not cover this date.';
  }

  /** The first day on which it no longer holds; undefined where none is known. */
  lastsUntil(): string | undefined {
    const ends = [this.endDate, this.renewedFrom, this.terminatedOn].filter((end) => end !== undefined && end !== null).sort();
    return ends[0];
  }
}

const protectedTypes: readonly string[] = ['assured_shorthold', 'assured_periodic'];

@EventOf(Agreement, 'AgreementDrafted', 1, { to: 'pending' })
export class AgreementDrafted extends eventWith(Agreement, AgreementFacts) {
  @Flag(pseudonymous, { optional: true }) withMinor?: boolean;
  @List(pseudonymous, WRONGLY_ELIGIBLE) wronglyEligible?: string[];
  override apply(agreement: Agreement): void {
    const { weeklyCharges, agreementType, depositPence, wronglyEligible } = this;
    Object.assign(agreement, factsOf(this, AgreementParties), columnsOf(weeklyCharges), {
      weeklyTotalPence: weeklyTotal(weeklyCharges),
      monthlyEquivalentPence: monthlyEquivalent(weeklyCharges),
      monthlyRentPence: monthlyEquivalent(weeklyCharges),
      serviceChargePence: weeklyCharges.eligibleServicePence + weeklyCharges.ineligibleServicePence,
      wronglyEligible,
      ...(this.withMinor ? { withMinor: true } : {}),
      ...(depositPence ? { depositProtectionRequired: protectedTypes.includes(agreementType) } : {}),
    });
  }
}
@EventOf(Agreement, 'AgreementSigned', 1)
export class AgreementSigned extends DomainEvent<Agreement> {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Instant(pseudonymous) signedAt!: string;
  @Text(personal('identity'), { optional: true, max: 100, subject: 'residentId' }) by?: string;
  @Ref(open, 'users', { optional: true }) witnessedBy?: string;
  @Text(pseudonymous, { optional: true, max: 36 }) documentId?: string;
  @Text(personal('identity'), { optional: true, max: 100, subject: 'residentId' }) guarantorName?: string;
  @Flag(pseudonymous, { optional: true }) localAuthorityParty?: boolean;
  apply(agreement: Agreement): void {
    const { signedAt: signedDate, by: signedBy, witnessedBy, documentId, guarantorName, localAuthorityParty } = this;
    Object.assign(agreement, { signedDate, signedBy, witnessedBy, documentId });
    if (guarantorName) agreement.guarantorName = guarantorName;
    if (localAuthorityParty) agreement.localAuthorityParty = true;
  }
}
/** The deadlines of a term: 90, 60 and 30 days before its end it is settled what follows, and then it is over. */
export const TERM = ['AGR-term', 'AGR-renewal-90', 'AGR-renewal-60', 'AGR-renewal-30'] as const;

@EventOf(Agreement, 'AgreementActivated', 1, { to: 'active' })
export class AgreementActivated extends DomainEvent<Agreement> {
  @CivilDate(pseudonymous) on!: string;
  @Group(pseudonymous, () => Deadline, { optional: true, doc: 'Its last day' }) term?: Deadline;
  @Group(pseudonymous, () => Deadline, { optional: true }) renewal90?: Deadline;
  @Group(pseudonymous, () => Deadline, { optional: true }) renewal60?: Deadline;
  @Group(pseudonymous, () => Deadline, { optional: true }) renewal30?: Deadline;
  apply(agreement: Agreement): void {
    agreement.activatedOn = this.on;
  }
}
@EventOf(Agreement, 'AgreementTerminated', 1, { to: 'terminated', deadlines: { waived: [...TERM, 'AGR-5', 'AGR-3.adult'] } })
export class AgreementTerminated extends DomainEvent<Agreement> {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @CivilDate(pseudonymous) on!: string;
  @Text(personal('location'), { max: 1000, subject: 'residentId' }) reason!: string;
  @Group(pseudonymous, () => Deadline, { optional: true, doc: 'By when a deposit that is held is settled' }) depositDue?: Deadline;
  @Flag(pseudonymous, { optional: true, doc: 'Because the stay under it ended, on the same day' }) withStay?: boolean;
  apply(agreement: Agreement): void {
    agreement.terminatedOn = this.on;
    agreement.terminationReason = this.reason;
    if (this.withStay) agreement.endedWithStay = true;
  }
}
/** It was given up, drafted or signed, before it was in force. */
@EventOf(Agreement, 'AgreementVoided', 1, { to: 'voided' })
export class AgreementVoided extends DomainEvent<Agreement> {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Text(personal('location'), { max: 1000, subject: 'residentId' }) reason!: string;
  apply(agreement: Agreement): void {
    agreement.voidReason = this.reason;
  }
}
