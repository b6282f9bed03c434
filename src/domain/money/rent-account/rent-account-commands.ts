import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { Choice, CivilDate, Group, Pence, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { UUID } from '../../../kernel/values.js';
import type { Agreement } from '../../tenancy/agreement/agreement.js';
import type { Room } from '../../property/room/room.js';
import type { Placement } from '../../tenancy/placement/placement.js';
import { pastDay } from '../../past-day.js';
import { policy } from '../../policies.js';
import { CASH_REGISTER, type CashReceipt } from '../cash-register.js';
import { COMPONENTS, each, isNothing } from '../components.js';
import { paymentReferenceOf } from './payment-reference.js';
import { RentAccount, rentAccountOf, RentAccountOpened, RentAdjusted, RentPaymentReceived, RentPaymentReversed, whateverStatus } from './rent-account.js';
import { ChargeDelta, type Of, Payer, PaymentMethod } from './rent-account-children.js';

const byMethod: Partial<Record<keyof typeof PaymentMethod, keyof typeof Payer>> = { housing_benefit: 'hb', universal_credit: 'uc' };

@CommandOf(RentAccount, {
  permission: 'rent_accounts:open',
  doc: 'Opens an account for an agreement without a placement; a placement has its account from its start.',
  creates: true,
  plain: true,
})
export class OpenRentAccount extends DomainCommand<RentAccount> {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Ref(pseudonymous, 'placements', { optional: true }) placementId?: string;
  @Ref(pseudonymous, 'tenancy_agreements') agreementId!: string;
  @Ref(open, 'properties', { optional: true, doc: 'That of the agreement where it is left out' }) propertyId?: string;
  @Ref(open, 'property_rooms', { optional: true, doc: 'That of the agreement where it is left out' }) roomId?: string;
  @Text(pseudonymous, { optional: true, max: 18, pattern: /^[A-Z0-9-]{4,18}$/, normalise: (text) => text.toUpperCase() })
  paymentReference?: string;
  decide(_: RentAccount, context: Context) {
    const { residentId, placementId, agreementId } = this;
    const agreement = context.state<Agreement>('tenancy_agreements', agreementId);
    const theirs = agreement.residentId === residentId;
    if (!theirs) throw new Refusal('GEN-1', 'This agreement is another resident\'s.', { field: 'agreementId' });
    if (placementId) checkPlacement(placementId, residentId, context);
    else checkPlace(this, agreement.propertyId, context);
    return RentAccountOpened.of({
      residentId,
      placementId,
      agreementId,
      propertyId: this.propertyId ?? agreement.propertyId,
      roomId: this.roomId ?? agreement.roomId,
      paymentReference: this.paymentReference ?? paymentReferenceOf(context.id),
    });
  }
}

/** A placement has looked at its room; what a person says is looked at here. @throws Refusal GEN-1 */
function checkPlace({ propertyId, roomId }: OpenRentAccount, agreed: string, context: Context): void {
  if (propertyId && propertyId !== agreed) throw new Refusal('GEN-1', 'The agreement is about another property.', { field: 'propertyId' });
  const elsewhere = roomId && context.state<Room>('property_rooms', roomId).propertyId !== agreed;
  if (elsewhere) throw new Refusal('GEN-1', 'This room is not in the property of the agreement.', { field: 'roomId' });
}

function checkPlacement(placementId: string, residentId: string, context: Context): void {
  const placement = context.state<Placement>('placements', placementId);
  if (placement.residentId !== residentId) throw new Refusal('GEN-1', 'This placement is another resident\'s.', { field: 'placementId' });
  if (context.id === rentAccountOf(placementId)) return;
  throw new Refusal('DUPLICATE', 'A placement has its rent account from its start.', { status: 409, field: 'placementId' });
}

@CommandOf(RentAccount, { permission: 'rent_accounts:adjust-charge', doc: 'Changes a charge, by what is added to each component.', from: whateverStatus })
export class AdjustCharge extends DomainCommand<RentAccount> {
  @Text(pseudonymous, { max: 36, pattern: UUID }) chargeId!: string;
  @Group(pseudonymous, () => ChargeDelta, { doc: 'What is added, in pence; negative to take off' }) delta!: ChargeDelta;
  @Text(personal('finance'), { max: 1000 }) reason!: string;
  decide(account: RentAccount) {
    const payment = account.payments.find(({ id }) => id === this.chargeId);
    if (!payment) throw new Refusal('GEN-1', 'There is no such charge on this account.', { field: 'chargeId' });
    const delta = each((one) => this.delta[one] ?? 0);
    const below = COMPONENTS.find((one) => payment.components[one] + delta[one] < 0);
    if (below) throw new Refusal('GEN-10', 'More would be taken off than was charged.', { field: `delta/${below}` });
    return isNothing(delta) ? [] : RentAdjusted.of({ chargeId: payment.id, delta, cause: 'by_hand', reason: this.reason });
  }
}

@CommandOf(RentAccount, {
  permission: 'rent_accounts:record-payment',
  doc: 'Records money that came in; it meets the oldest demands that it may, and the rest is credit.',
  from: whateverStatus,
  effective: 'on',
})
export class RecordPayment extends DomainCommand<RentAccount> {
  @Pence(pseudonymous, { min: 1 }) amountPence!: number;
  @Choice(pseudonymous, 'PaymentMethod', PaymentMethod) method!: Of<typeof PaymentMethod>;
  @CivilDate(pseudonymous, { optional: true, doc: 'When it was received; today where it is left out' }) on?: string;
  @Text(personal('finance'), { optional: true, max: 100, doc: 'Reference of the bank, the file or the till' }) externalRef?: string;
  @Choice(pseudonymous, 'Payer', Payer, { optional: true, doc: 'Follows from the method, or the resident, where it is left out' })
  payer?: Of<typeof Payer>;
  @Text(personal('finance'), { optional: true, max: 100, doc: 'Number of the receipt that was given for cash' }) receiptNumber?: string;
  @Text(personal('finance'), { optional: true, max: 100, doc: 'Who signed for cash' }) firstSignature?: string;
  @Text(personal('finance'), { optional: true, max: 100, doc: 'Who signed for it besides' }) secondSignature?: string;
  decide(account: RentAccount, context: Context) {
    const { today, newId } = context;
    const { amountPence, method } = this;
    const externalRef = this.externalRef || undefined;
    const on = pastDay(this.on, today);
    const alike = account.receipts.filter((one) => !one.reversedOn && one.amountPence === amountPence && one.receivedOn === on);
    const known = externalRef !== undefined && context.read(alike).some((one) => one.externalRef === externalRef);
    rule('RNT-5', 'A payment with this reference, amount and date is recorded already.', !externalRef || !known, 'externalRef', 409);
    this.checkCash(context);
    const payer = this.payer ?? byMethod[method] ?? 'resident';
    const { receiptNumber, firstSignature, secondSignature } = this;
    const signed = { receiptNumber: receiptNumber || undefined, firstSignature: firstSignature || undefined, secondSignature: secondSignature || undefined };
    return RentPaymentReceived.of({ receiptId: newId('receipt'), amountPence, method, on, externalRef, payer, ...signed, ...numbered(method, context) });
  }

  private checkCash(context: Context): void {
    if (this.method !== 'cash' || this.amountPence <= policy(context, 'RNT-6.cash')) return;
    const { firstSignature: first, secondSignature: second } = this;
    rule('RNT-6', 'So much cash has the number of the receipt that was given for it.', Boolean(this.receiptNumber), 'receiptNumber');
    const two = Boolean(first && second) && first!.toLowerCase() !== second!.toLowerCase();
    rule('RNT-6', 'So much cash is signed for by two people.', two, 'secondSignature');
  }
}

/** The number that cash has: asked last, since a refusal would give it back. */
function numbered(method: RecordPayment['method'], { today, number }: Context): CashReceipt {
  if (method !== 'cash') return {};
  const year = today.slice(0, 4);
  return { cashYear: Number(year), cashNumber: number(CASH_REGISTER, year) };
}

@CommandOf(RentAccount, { permission: 'rent_accounts:reverse-payment', doc: 'Takes back what was recorded as a payment and was none.', from: whateverStatus })
export class ReversePayment extends DomainCommand<RentAccount> {
  @Text(pseudonymous, { max: 36, pattern: UUID }) receiptId!: string;
  @Text(personal('finance'), { max: 1000 }) reason!: string;
  decide(account: RentAccount) {
    const receipt = account.receipts.find(({ id }) => id === this.receiptId);
    if (!receipt) throw new Refusal('GEN-1', 'There is no such receipt on this account.', { field: 'receiptId' });
    rule('RNT-4', 'This payment is reversed already.', !receipt.reversedOn, 'receiptId', 409);
    rule('RNT-4', 'Some of this payment was refunded or taken back: it was one.', !receipt.returnedPence, 'receiptId', 409);
    return RentPaymentReversed.of({ receiptId: receipt.id, reason: this.reason });
  }
}
