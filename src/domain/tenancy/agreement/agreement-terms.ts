import { DomainEvent, EventOf, type Recorded } from '../../../kernel/event.js';
import { CivilDate, Group, Int, Items, List, Ref } from '../../../kernel/fields.js';
import { open, pseudonymous } from '../../../kernel/privacy.js';
import { Deadline } from '../../deadline.js';
import { ITEMISED, ServiceCharge, WRONGLY_ELIGIBLE } from '../../service-items.js';
import { columnsOf, WeeklyCharges } from '../../weekly-charges.js';
import { Agreement, TERM } from './agreement.js';
import { RentVariation } from './agreement-children.js';

/** A week costs something else from a day on; what was signed stays as it was (AGR-8). */
@EventOf(Agreement, 'RentVaried', 1)
export class RentVaried extends DomainEvent<Agreement> {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @CivilDate(open) effectiveFrom!: string;
  @Group(pseudonymous, () => WeeklyCharges) weeklyCharges!: WeeklyCharges;
  @CivilDate(open) noticeServedOn!: string;
  @Items(pseudonymous, () => ServiceCharge, ITEMISED) serviceCharges?: ServiceCharge[];
  @List(pseudonymous, WRONGLY_ELIGIBLE) wronglyEligible?: string[];
  apply(agreement: Agreement, { eventId: id }: Recorded): void {
    const { effectiveFrom, noticeServedOn, weeklyCharges, serviceCharges, wronglyEligible } = this;
    const others = agreement.variations.filter((one) => one.effectiveFrom !== effectiveFrom);
    agreement.variations = [...others, Object.assign(new RentVariation(), { id, effectiveFrom, noticeServedOn, ...columnsOf(weeklyCharges) })];
    if (serviceCharges) Object.assign(agreement, { serviceCharges, wronglyEligible });
  }
}

/** Another agreement follows from a day on. */
@EventOf(Agreement, 'AgreementRenewed', 1, { deadlines: { met: [...TERM.filter((code) => code !== 'AGR-term'), 'AGR-3.adult'] } })
export class AgreementRenewed extends DomainEvent<Agreement> {
  @Ref(pseudonymous, 'tenancy_agreements') newAgreementId!: string;
  @CivilDate(pseudonymous, { doc: 'The first day of the one that follows' }) on!: string;
  @Group(pseudonymous, () => Deadline, { optional: true, doc: 'Its last day, the one before' }) term?: Deadline;
  apply(agreement: Agreement): void {
    agreement.renewedById = this.newAgreementId;
    agreement.renewedFrom = this.on;
  }
}

/** So many days are left, and nothing follows yet. */
@EventOf(Agreement, 'AgreementRenewalDue', 1)
export class AgreementRenewalDue extends DomainEvent<Agreement> {
  @Int(open) daysLeft!: number;
  @CivilDate(pseudonymous, { doc: 'The first day on which it no longer holds' }) endsOn!: string;
  apply(): void {}
}

/** Its term is over. */
@EventOf(Agreement, 'AgreementExpired', 1, { to: 'expired', deadlines: { waived: ['AGR-5', 'AGR-3.adult'] } })
export class AgreementExpired extends DomainEvent<Agreement> {
  @CivilDate(pseudonymous, { doc: 'The first day on which it no longer holds' }) on!: string;
  apply(agreement: Agreement): void {
    agreement.expiredOn = this.on;
  }
}

/** It ended on another day than was recorded. */
@EventOf(Agreement, 'AgreementEndCorrected', 1)
export class AgreementEndCorrected extends DomainEvent<Agreement> {
  @CivilDate(pseudonymous, { doc: 'As it should have been' }) on!: string;
  apply(agreement: Agreement): void {
    agreement.terminatedOn = this.on;
  }
}
