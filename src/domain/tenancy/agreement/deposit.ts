import { DomainEvent, EventOf } from '../../../kernel/event.js';
import { Choice, CivilDate, Flag, Group, Items, Pence, Ref, Text } from '../../../kernel/fields.js';
import { personal, pseudonymous } from '../../../kernel/privacy.js';
import { Deadline } from '../../deadline.js';
import { Agreement } from './agreement.js';
import { DepositDeduction, DepositScheme, Unprotected } from './agreement-children.js';

type Of<T> = T[keyof T];

@EventOf(Agreement, 'DepositTaken', 1)
export class DepositTaken extends DomainEvent<Agreement> {
  @Pence(pseudonymous) amountPence!: number;
  @CivilDate(pseudonymous) on!: string;
  @Flag(pseudonymous) protectionRequired!: boolean;
  @Choice(pseudonymous, 'DepositUnprotected', Unprotected, { optional: true }) unprotectedBecause?: Of<typeof Unprotected>;
  @Group(pseudonymous, () => Deadline, { optional: true, doc: 'In a scheme by then' }) protectBy?: Deadline;
  @Group(pseudonymous, () => Deadline, { optional: true, doc: 'And the resident told of it' }) informBy?: Deadline;
  apply(agreement: Agreement): void {
    Object.assign(agreement, {
      depositStatus: 'taken', depositTakenPence: this.amountPence, depositTakenOn: this.on, depositProtectBy: this.protectBy?.dueOn,
      depositProtectionRequired: this.protectionRequired, depositUnprotectedBecause: this.unprotectedBecause,
    });
  }
}

@EventOf(Agreement, 'DepositProtected', 1, { deadlines: { met: ['UK-T7'], at: 'on' } })
export class DepositProtected extends DomainEvent<Agreement> {
  @Choice(pseudonymous, 'DepositScheme', DepositScheme) scheme!: Of<typeof DepositScheme>;
  @Text(pseudonymous, { max: 60 }) schemeReference!: string;
  @CivilDate(pseudonymous) on!: string;
  apply(agreement: Agreement): void {
    const { scheme: depositScheme, schemeReference: depositReference, on: depositProtectedOn } = this;
    Object.assign(agreement, { depositStatus: 'protected', depositScheme, depositReference, depositProtectedOn });
  }
}

/** The resident was told what the law says a tenant must know of the deposit. */
@EventOf(Agreement, 'PrescribedInformationGiven', 1, { deadlines: { met: ['UK-T7.information'], at: 'on' } })
export class PrescribedInformationGiven extends DomainEvent<Agreement> {
  @CivilDate(pseudonymous) on!: string;
  apply(agreement: Agreement): void {
    agreement.prescribedInformationOn = this.on;
  }
}

/** The thirty days went by, and one of the two was not done. */
@EventOf(Agreement, 'DepositProtectionOverdue', 1)
export class DepositProtectionOverdue extends DomainEvent<Agreement> {
  @CivilDate(pseudonymous, { doc: 'The last day on which it would have been in time' }) dueOn!: string;
  @Flag(pseudonymous, { doc: 'It is in no scheme' }) unprotected!: boolean;
  @Flag(pseudonymous, { doc: 'The resident was not told' }) uninformed!: boolean;
  apply(agreement: Agreement): void {
    agreement.depositProtectionOverdue = true;
  }
}

@EventOf(Agreement, 'DepositReturned', 1, { deadlines: { met: ['MOV-deposit'], at: 'on', waived: ['UK-T7', 'UK-T7.information'] } })
export class DepositReturned extends DomainEvent<Agreement> {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Pence(pseudonymous, { doc: 'What the resident got back' }) amountPence!: number;
  @Items(personal('finance'), () => DepositDeduction, { optional: true, subject: 'residentId' }) deductions?: DepositDeduction[];
  @CivilDate(pseudonymous) on!: string;
  apply(agreement: Agreement): void {
    Object.assign(agreement, {
      depositStatus: 'returned', depositReturnedPence: this.amountPence, depositReturnedOn: this.on, depositDeductions: this.deductions,
    });
  }
}

/** The agreement has ended, and the deposit was not settled in time. */
@EventOf(Agreement, 'DepositReturnOverdue', 1)
export class DepositReturnOverdue extends DomainEvent<Agreement> {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @CivilDate(pseudonymous, { doc: 'The last day on which it would have been in time' }) dueOn!: string;
  apply(agreement: Agreement): void {
    agreement.depositReturnOverdue = true;
  }
}
