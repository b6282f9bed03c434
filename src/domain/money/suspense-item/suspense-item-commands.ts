import { CommandOf, commandWith, type Context, DomainCommand } from '../../../kernel/command.js';
import { Choice, CivilDate, Pence, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { factsOf } from '../../../kernel/entity.js';
import { pastDay } from '../../past-day.js';
import { Payer, PaymentMethod } from '../payment.js';
import type { RentAccount } from '../rent-account/rent-account.js';
import {
  SuspenseItem, SuspenseItemCreated, SuspenseItemFacts, SuspensePostingRefused, SuspenseResolutionProposed, SuspenseResolutionRejected, SuspenseResolved,
  SuspenseReturned, SuspenseReturnProposed,
} from './suspense-item.js';

type Of<T> = T[keyof T];
/** A closed account takes what is still owed on it. */
const takesMoney = ({ status, balancePence }: RentAccount): boolean => status !== 'closed' || balancePence > 0;

@CommandOf(SuspenseItem, {
  permission: 'suspense_items:create',
  doc: 'Records money that came in and that no account is known for.',
  creates: true,
  plain: true,
  effective: 'on',
})
export class CreateSuspenseItem extends DomainCommand<SuspenseItem> {
  @Pence(pseudonymous, { min: 1 }) amountPence!: number;
  @CivilDate(pseudonymous, { optional: true, doc: 'When it was received; today where it is left out' }) on?: string;
  @Choice(pseudonymous, 'PaymentMethod', PaymentMethod) method!: Of<typeof PaymentMethod>;
  @Choice(pseudonymous, 'Payer', Payer, { optional: true, doc: 'The resident where it is left out' }) payer?: Of<typeof Payer>;
  @Text(personal('finance'), { optional: true, max: 200, doc: 'What the payer quoted' }) paymentReference?: string;
  @Text(personal('finance'), { optional: true, max: 200, doc: 'Who it says that it is from' }) payerName?: string;
  @Text(personal('finance'), { optional: true, max: 100, doc: 'Reference of the bank or the till' }) externalRef?: string;
  decide(_: SuspenseItem, { today }: Context) {
    const { amountPence, method, paymentReference, payerName, externalRef } = this;
    const on = pastDay(this.on, today);
    return SuspenseItemCreated.of({ amountPence, on, source: 'manual', method, payer: this.payer ?? 'resident', paymentReference, payerName, externalRef });
  }
}

@CommandOf(SuspenseItem, { doc: 'Keeps money of a file that no account was found for.', creates: true, internal: true, effective: 'on' })
export class SuspendReceipt extends commandWith(SuspenseItem, SuspenseItemFacts) {
  @CivilDate(pseudonymous, { doc: 'When it was received' }) on!: string;
  decide(_: SuspenseItem, { today }: Context) {
    return SuspenseItemCreated.of({ ...factsOf(this, SuspenseItemFacts), on: pastDay(this.on, today) });
  }
}

@CommandOf(SuspenseItem, { permission: 'suspense_items:propose-resolution', doc: 'Says which account the money is for; somebody else must agree.', from: ['open'] })
export class ProposeResolution extends DomainCommand<SuspenseItem> {
  @Ref(pseudonymous, 'rent_accounts') rentAccountId!: string;
  @Text(personal('finance'), { optional: true, max: 1000, doc: 'How it was found out' }) reason?: string;
  decide(_: SuspenseItem, context: Context) {
    const { rentAccountId, reason } = this;
    const account = context.state<RentAccount>('rent_accounts', rentAccountId);
    rule('SUS-1', 'This account is closed and nothing is owed on it: nothing is posted to it any more.', takesMoney(account), 'rentAccountId');
    return SuspenseResolutionProposed.of({ rentAccountId, reason: reason || undefined });
  }
}

@CommandOf(SuspenseItem, { permission: 'suspense_items:propose-return', doc: 'Says that the money goes back to who paid it; somebody else must agree.', from: ['open'] })
export class ProposeReturn extends DomainCommand<SuspenseItem> {
  @Text(personal('finance'), { max: 1000 }) reason!: string;
  decide() {
    return SuspenseReturnProposed.of({ reason: this.reason });
  }
}

@CommandOf(SuspenseItem, { permission: 'suspense_items:reject-resolution', doc: 'Does not agree to what was proposed, or takes the own proposal back.', from: ['proposed'] })
export class RejectResolution extends DomainCommand<SuspenseItem> {
  @Text(personal('finance'), { max: 1000 }) reason!: string;
  decide() {
    return SuspenseResolutionRejected.of({ reason: this.reason });
  }
}

@CommandOf(SuspenseItem, { permission: 'suspense_items:approve-resolution', doc: 'Agrees to what somebody else proposed: the money is posted, or goes back.', from: ['proposed'] })
export class ApproveResolution extends DomainCommand<SuspenseItem> {
  decide(item: SuspenseItem, context: Context) {
    if (item.proposedBy === context.actor.id) {
      throw new Refusal('SOD', 'You proposed this: because it is money of somebody unknown, somebody else agrees to it.', { status: 403 });
    }
    if (item.proposal === 'return') return SuspenseReturned.of({});
    const rentAccountId = item.rentAccountId!;
    checkPosting(item, context.state<RentAccount>('rent_accounts', rentAccountId), context);
    return SuspenseResolved.of({ rentAccountId });
  }
}

@CommandOf(SuspenseItem, { internal: true, doc: 'The account does not take the money by now: it waits again.', from: ['resolved'] })
export class KeepInSuspense extends DomainCommand<SuspenseItem> {
  @Text(open, { max: 40, doc: 'Code of the rule by which the account refused it' }) code!: string;
  decide() {
    return SuspensePostingRefused.of({ code: this.code });
  }
}

/** Whatever the account could refuse once this is agreed to. @throws Refusal SUS-1, RNT-5 */
function checkPosting(item: SuspenseItem, account: RentAccount, context: Context): void {
  rule('SUS-1', 'This account is closed by now and nothing is owed on it: nothing is posted to it any more.', takesMoney(account));
  const alike = account.receipts.filter(({ reversedOn, amountPence, receivedOn }) => !reversedOn && amountPence === item.amountPence && receivedOn === item.receivedOn);
  if (item.externalRef === undefined || alike.length === 0) return;
  const [own] = context.read([item]);
  const known = own?.externalRef ? context.read(alike).some(({ externalRef }) => externalRef === own.externalRef) : false;
  rule('RNT-5', 'This account has a payment with this reference, amount and date already.', !known, undefined, 409);
}
