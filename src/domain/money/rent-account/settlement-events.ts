import { DomainEvent, EventOf, type Recorded } from '../../../kernel/event.js';
import { CivilDate, Pence, Text } from '../../../kernel/fields.js';
import { personal, pseudonymous } from '../../../kernel/privacy.js';
import { londonDate } from '../../../kernel/values.js';
import { WriteOffRow } from './arrears-children.js';
import { bookRefund, bookWriteOff } from './bookkeeping.js';
import { RentAccount } from './rent-account.js';
import { SIGNED } from './rent-account-children.js';

/** Somebody asks that a debt be given up. */
@EventOf(RentAccount, 'WriteOffRequested', 1)
export class WriteOffRequested extends DomainEvent<RentAccount> {
  @Text(pseudonymous, { max: 36 }) writeOffId!: string;
  @Pence(pseudonymous, { min: 1 }) amountPence!: number;
  @Text(personal('finance'), { max: 1000 }) reason!: string;
  apply(account: RentAccount, { actorId, recordedAt }: Recorded): void {
    const { writeOffId: id, amountPence, reason } = this;
    const row = { id, residentId: account.residentId, amountPence, reason, status: 'requested', requestedBy: actorId, requestedOn: londonDate(recordedAt) };
    account.writeOffs = [...account.writeOffs, Object.assign(new WriteOffRow(), row)];
  }
}
/** Somebody else agreed: the debt is given up, and stands in the ledger as such. */
@EventOf(RentAccount, 'RentWrittenOff', 1)
export class RentWrittenOff extends DomainEvent<RentAccount> {
  @Text(pseudonymous, { max: 36 }) writeOffId!: string;
  @Pence(pseudonymous, { min: 1 }) amountPence!: number;
  @CivilDate(pseudonymous) on!: string;
  apply(account: RentAccount, recorded: Recorded): void {
    const { writeOffId, amountPence, on } = this;
    decide(account, writeOffId, { status: 'approved' }, recorded);
    bookWriteOff(account, { amountPence, on, reason: account.writeOffs.find(({ id }) => id === writeOffId)?.reason });
  }
}
/** Somebody else said no: the debt stands. */
@EventOf(RentAccount, 'WriteOffRejected', 1)
export class WriteOffRejected extends DomainEvent<RentAccount> {
  @Text(pseudonymous, { max: 36 }) writeOffId!: string;
  @Text(personal('finance'), { max: 1000 }) reason!: string;
  apply(account: RentAccount, recorded: Recorded): void {
    decide(account, this.writeOffId, { status: 'rejected', rejectionReason: this.reason }, recorded);
  }
}
function decide(account: RentAccount, writeOffId: string, outcome: Partial<WriteOffRow>, { actorId, recordedAt }: Recorded): void {
  const decided = { ...outcome, decidedBy: actorId, decidedOn: londonDate(recordedAt) };
  account.writeOffs = account.writeOffs.map((one) => (one.id === writeOffId ? Object.assign(new WriteOffRow(), one, decided) : one));
}

/** Credit was paid out. */
@EventOf(RentAccount, 'RentCreditRefunded', 1)
export class RentCreditRefunded extends DomainEvent<RentAccount> {
  @Pence(pseudonymous, { min: 1 }) amountPence!: number;
  @CivilDate(pseudonymous) on!: string;
  @Text(personal('finance'), { optional: true, max: 1000 }) reason?: string;
  apply(account: RentAccount): void {
    bookRefund(account, this);
  }
}

/** The stay is over and everything is charged: the balance stands as a former resident's, and can still be paid or written off. */
@EventOf(RentAccount, 'RentAccountClosed', 1, { to: 'closed' })
export class RentAccountClosed extends DomainEvent<RentAccount> {
  @Pence(pseudonymous, SIGNED) finalBalancePence!: number;
  apply(account: RentAccount, { recordedAt }: Recorded): void {
    Object.assign(account, { finalBalancePence: this.finalBalancePence, closedOn: londonDate(recordedAt) });
  }
}
