import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { CivilDate, Pence, Text } from '../../../kernel/fields.js';
import { personal, pseudonymous } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { UUID } from '../../../kernel/values.js';
import { pastDay } from '../../past-day.js';
import { creditOf } from './allocation.js';
import type { WriteOffRow } from './arrears-children.js';
import { RentAccount, whateverStatus } from './rent-account.js';
import { RentAccountClosed, RentCreditRefunded, RentWrittenOff, WriteOffRejected, WriteOffRequested } from './settlement-events.js';

const pounds = (pence: number): string => (pence / 100).toFixed(2);

function checkOwed({ balancePence }: RentAccount, amountPence: number, field?: string): void {
  const owed = Math.max(0, balancePence);
  rule('LED-9', `No more is written off than is owed: ${pounds(owed)}.`, amountPence <= owed, field);
}

@CommandOf(RentAccount, { permission: 'rent_accounts:request-write-off', doc: 'Asks that a debt be given up; somebody else decides.', from: whateverStatus })
export class RequestWriteOff extends DomainCommand<RentAccount> {
  @Pence(pseudonymous, { optional: true, min: 1, doc: 'All that is owed where it is left out' }) amountPence?: number;
  @Text(personal('finance'), { max: 1000 }) reason!: string;
  decide(account: RentAccount, { newId }: Context) {
    const amountPence = this.amountPence ?? account.balancePence;
    rule('LED-9', 'Nothing is owed on this account.', account.balancePence > 0, 'amountPence');
    checkOwed(account, amountPence, 'amountPence');
    if (account.writeOffs.some(({ status }) => status === 'requested')) {
      throw new Refusal('DUPLICATE', 'A write-off is asked for already: decide that first.', { status: 409 });
    }
    return WriteOffRequested.of({ writeOffId: newId('write-off'), amountPence, reason: this.reason });
  }
}

/** The request that is to be decided. @throws Refusal GEN-1, STATE, SOD */
function requestOf(account: RentAccount, writeOffId: string | undefined, actorId: string): WriteOffRow {
  const request = account.writeOffs.find(({ id, status }) => (writeOffId ? id === writeOffId : status === 'requested'));
  if (!request) throw new Refusal('GEN-1', 'There is no such request on this account.', { field: 'writeOffId' });
  if (request.status !== 'requested') throw new Refusal('STATE', `This was ${request.status} already.`, { status: 409, field: 'writeOffId' });
  if (request.requestedBy === actorId) throw new Refusal('SOD', 'You asked for this write-off: somebody else decides it.', { status: 403 });
  return request;
}

@CommandOf(RentAccount, { permission: 'rent_accounts:approve-write-off', doc: 'Gives a debt up that somebody else asked to give up.', from: whateverStatus })
export class ApproveWriteOff extends DomainCommand<RentAccount> {
  @Text(pseudonymous, { optional: true, max: 36, pattern: UUID, doc: 'Which request; the open one where it is left out' }) writeOffId?: string;
  decide(account: RentAccount, { actor, today }: Context) {
    const { id: writeOffId, amountPence } = requestOf(account, this.writeOffId, actor.id);
    checkOwed(account, amountPence);
    return RentWrittenOff.of({ writeOffId, amountPence, on: today });
  }
}
@CommandOf(RentAccount, { permission: 'rent_accounts:reject-write-off', doc: 'Says no to a write-off that somebody else asked for.', from: whateverStatus })
export class RejectWriteOff extends DomainCommand<RentAccount> {
  @Text(pseudonymous, { optional: true, max: 36, pattern: UUID, doc: 'Which request; the open one where it is left out' }) writeOffId?: string;
  @Text(personal('finance'), { max: 1000 }) reason!: string;
  decide(account: RentAccount, { actor }: Context) {
    return WriteOffRejected.of({ writeOffId: requestOf(account, this.writeOffId, actor.id).id, reason: this.reason });
  }
}

@CommandOf(RentAccount, { permission: 'rent_accounts:refund-credit', doc: 'Pays credit out: no more than there is, and nothing of what Housing Benefit paid.', from: whateverStatus, effective: 'on' })
export class RefundCredit extends DomainCommand<RentAccount> {
  @Pence(pseudonymous, { min: 1 }) amountPence!: number;
  @CivilDate(pseudonymous, { optional: true, doc: 'When; today where it is left out' }) on?: string;
  @Text(personal('finance'), { optional: true, max: 1000 }) reason?: string;
  decide(account: RentAccount, { today }: Context) {
    const on = pastDay(this.on, today);
    const credit = Math.max(0, Math.min(-account.balancePence, creditOf(account, (payer) => payer !== 'hb')));
    rule('LED-10', `There is a credit of ${pounds(credit)}: no more is paid out.`, this.amountPence <= credit, 'amountPence');
    return RentCreditRefunded.of({ amountPence: this.amountPence, on, reason: this.reason ?? undefined });
  }
}

@CommandOf(RentAccount, { permission: 'rent_accounts:close', doc: 'Closes the account of a stay that is over. What is owed stands and can still be paid.' })
export class CloseRentAccount extends DomainCommand<RentAccount> {
  decide(account: RentAccount, { today }: Context) {
    if (account.status === 'closed') return [];
    rule('LED-7', 'The stay has not ended: nothing is closed before that.', account.status === 'former');
    const charged = account.chargesEndOn! <= today && !account.isBehind(today);
    rule('LED-7', 'The last weeks are not charged yet.', charged);
    return RentAccountClosed.of({ finalBalancePence: account.balancePence });
  }
}
