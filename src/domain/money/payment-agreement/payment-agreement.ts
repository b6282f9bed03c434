import { Entity, factsOf, type RegisterEntry, stateWith } from '../../../kernel/entity.js';
import { DomainEvent, EventOf, eventWith, type Recorded } from '../../../kernel/event.js';
import { Children, Choice, CivilDate, Hidden, Int, Items, Pence, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { londonDate, uuidOf } from '../../../kernel/values.js';
import '../money.rules.js';
import { PLAN_REGISTER } from '../payment-plan-register.js';
import { PlanFrequency, remainingOf, type Paid } from './plan-schedule.js';

type Of<T> = T[keyof T];
export const PlanStatus = { live: 'live', breached: 'breached', completed: 'completed', cancelled: 'cancelled' } as const;
export const InstalmentStatus = { due: 'due', kept: 'kept', missed: 'missed' } as const;
/** More instalments than that are no plan: ten years of weeks. */
export const MOST_INSTALMENTS = 520;

/** What is agreed. */
export class PlanFacts {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Ref(pseudonymous, 'rent_accounts') rentAccountId!: string;
  @Pence(pseudonymous, { min: 1, decimal: 'arrears', doc: 'What it pays off' }) arrearsPence!: number;
  @Pence(pseudonymous, { min: 1, decimal: 'instalment' }) instalmentPence!: number;
  @Pence(pseudonymous, { decimal: 'current_amount', doc: 'What is paid with each instalment for the time until the next one' }) currentPence!: number;
  @Choice(open, 'PlanFrequency', PlanFrequency) frequency!: Of<typeof PlanFrequency>;
  @CivilDate(pseudonymous, { doc: 'The day of the first instalment' }) startOn!: string;
}
/** One instalment as it is agreed. */
export class AgreedInstalment {
  @CivilDate(pseudonymous) dueOn!: string;
  @Pence(pseudonymous) amountPence!: number;
}
/** An instalment, and whether it was paid. */
export class PlanInstalment {
  id!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Int(pseudonymous, { doc: 'From 1' }) number!: number;
  @CivilDate(pseudonymous) dueOn!: string;
  @Pence(pseudonymous, { decimal: 'amount' }) amountPence!: number;
  @Pence(pseudonymous, { decimal: 'expected_balance', doc: 'What is left of the arrears when it is paid' }) expectedPence!: number;
  @Pence(pseudonymous, { optional: true, decimal: 'actual_balance', doc: 'What was left of them when it was looked at' }) actualPence?: number;
  @Choice(pseudonymous, 'InstalmentStatus', InstalmentStatus) status!: Of<typeof InstalmentStatus>;
}

@Entity('payment_agreements', 'A plan by which a resident pays arrears off beside the rent.', {
  category: 'paymentAgreement',
  reference: { prefix: 'PLN', digits: 6 },
  subject: 'residentId',
})
export class PaymentAgreement extends stateWith(PlanFacts) {
  @Choice(pseudonymous, 'PlanStatus', PlanStatus) status!: Of<typeof PlanStatus>;
  @CivilDate(pseudonymous) agreedOn!: string;
  @CivilDate(pseudonymous, { doc: 'The day of the last instalment' }) endOn!: string;
  @Int(pseudonymous, { doc: 'Instalments that were paid in time' }) keptInstalments = 0;
  @Pence(pseudonymous, { decimal: 'remaining', doc: 'What was left of the arrears when they were last looked at' }) remainingPence!: number;
  @CivilDate(pseudonymous, { optional: true }) breachedOn?: string;
  @CivilDate(pseudonymous, { optional: true }) completedOn?: string;
  @CivilDate(pseudonymous, { optional: true }) cancelledOn?: string;
  @Text(personal('finance'), { optional: true, max: 1000 }) cancellationReason?: string;
  @Children('payment_plan_instalments', () => PlanInstalment, { parent: 'paymentAgreementId' }) instalments: PlanInstalment[] = [];
  @Hidden(pseudonymous) receiptsBefore = 0;

  /** One live plan for an account (PLN-1). */
  holds(): RegisterEntry[] {
    if (this.status !== 'live') return [];
    return [{ register: PLAN_REGISTER, owner: this.rentAccountId, key: this.id, kind: 'plan' }];
  }
  /** The first instalment that was not looked at yet. */
  next(): PlanInstalment | undefined {
    return this.status === 'live' ? this.instalments.find(({ status }) => status === 'due') : undefined;
  }
  /** What is left of the arrears after some payments. @param endsOn day of leaving, if it is known. */
  remainingAfter(paid: readonly Paid[], endsOn?: string): number {
    const { agreedOn, frequency, arrearsPence, currentPence, instalments: schedule } = this;
    return remainingOf({ agreedOn, frequency, arrearsPence, currentPence, schedule }, paid, endsOn);
  }
}

/** A plan was agreed with the resident. */
@EventOf(PaymentAgreement, 'PaymentPlanAgreed', 1, { to: 'live' })
export class PaymentPlanAgreed extends eventWith(PaymentAgreement, PlanFacts) {
  @Items(pseudonymous, () => AgreedInstalment, { max: MOST_INSTALMENTS }) schedule!: AgreedInstalment[];
  @Int(pseudonymous, { doc: 'How many payments stood on the account: what is recorded after them counts' }) receiptsBefore!: number;
  override apply(plan: PaymentAgreement, { recordedAt }: Recorded): void {
    Object.assign(plan, factsOf(this, PlanFacts), {
      agreedOn: londonDate(recordedAt), remainingPence: this.arrearsPence, receiptsBefore: this.receiptsBefore,
    });
    let expectedPence = this.arrearsPence;
    plan.instalments = this.schedule.map(({ dueOn, amountPence }, place) => {
      expectedPence -= amountPence;
      const id = uuidOf(plan.id, 'instalment', place);
      return Object.assign(new PlanInstalment(), { id, residentId: this.residentId, number: place + 1, dueOn, amountPence, expectedPence, status: 'due' });
    });
    plan.endOn = this.schedule.at(-1)?.dueOn ?? this.startOn;
  }
}

/** What was found when it was looked at an instalment, at the start of the day after its days of grace. */
export class InstalmentChecked {
  @Int(pseudonymous, { doc: 'Which instalment, from 1' }) number!: number;
  @CivilDate(pseudonymous) dueOn!: string;
  @Pence(pseudonymous, { doc: 'What should be left of the arrears at most' }) expectedPence!: number;
  @Pence(pseudonymous, { doc: 'What is left of them' }) actualPence!: number;
}
function check(plan: PaymentAgreement, { number, actualPence }: InstalmentChecked, status: Of<typeof InstalmentStatus>): void {
  plan.remainingPence = actualPence;
  plan.instalments = plan.instalments.map((one) => (one.number === number ? Object.assign(new PlanInstalment(), one, { status, actualPence }) : one));
}

/** An instalment was paid. */
@EventOf(PaymentAgreement, 'PaymentPlanKept', 1)
export class PaymentPlanKept extends eventWith(PaymentAgreement, InstalmentChecked) {
  override apply(plan: PaymentAgreement): void {
    check(plan, this, 'kept');
    plan.keptInstalments += 1;
  }
}
/** An instalment was not paid, and is not any more in time. */
@EventOf(PaymentAgreement, 'PaymentPlanMissed', 1)
export class PaymentPlanMissed extends eventWith(PaymentAgreement, InstalmentChecked) {
  override apply(plan: PaymentAgreement): void {
    check(plan, this, 'missed');
  }
}
/** A plan is over because an instalment was missed: it holds no arrears stage up any more. */
@EventOf(PaymentAgreement, 'PaymentPlanBreached', 1, { to: 'breached' })
export class PaymentPlanBreached extends DomainEvent<PaymentAgreement> {
  @Pence(pseudonymous) expectedPence!: number;
  @Pence(pseudonymous) actualPence!: number;
  @CivilDate(pseudonymous) on!: string;
  apply(plan: PaymentAgreement): void {
    plan.breachedOn = this.on;
  }
}
/** The arrears of a plan are paid. */
@EventOf(PaymentAgreement, 'PaymentPlanCompleted', 1, { to: 'completed' })
export class PaymentPlanCompleted extends DomainEvent<PaymentAgreement> {
  @CivilDate(pseudonymous) on!: string;
  apply(plan: PaymentAgreement): void {
    Object.assign(plan, { completedOn: this.on, remainingPence: 0 });
  }
}
/** A plan was given up. */
@EventOf(PaymentAgreement, 'PaymentPlanCancelled', 1, { to: 'cancelled' })
export class PaymentPlanCancelled extends DomainEvent<PaymentAgreement> {
  @Text(personal('finance'), { max: 1000 }) reason!: string;
  apply(plan: PaymentAgreement, { recordedAt }: Recorded): void {
    Object.assign(plan, { cancelledOn: londonDate(recordedAt), cancellationReason: this.reason });
  }
}
