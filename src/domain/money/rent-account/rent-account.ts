import { Entity, type RegisterEntry, stateWith } from '../../../kernel/entity.js';
import { DomainEvent, EventOf, eventWith, type Recorded } from '../../../kernel/event.js';
import { Children, Choice, CivilDate, Group, Hidden, Int, Pence, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { later, londonDate, mondayOf, plusDays, uuidOf } from '../../../kernel/values.js';
import { rentAccountOf } from '../../rent-account-of.js';
import { WeeklyCharges, WeeklyColumns } from '../../weekly-charges.js';
import { cashNumbersOf } from '../cash-register.js';
import { chargeFor, weekAfter, weeksDue, type ChargedPeriod, type WeekCharge } from '../charging.js';
import { totalOf } from '../components.js';
import '../money.rules.js';
import { priceOn } from './arrears.js';
import { ArrearsActionRow, WriteOffRow } from './arrears-children.js';
import type { BenefitTaskName } from './benefit-task.js';
import { ground8, type Ground8 } from './ground-8.js';
import { bookAdjustment, bookCharge, bookReceipt, bookReversal, publishSchedule } from './bookkeeping.js';
import { type HbCover, type HbPeriod, standingOn } from './housing-benefit.js';
import {
  ChargeDelta, LedgerLine, type Of, Payer, PaymentMethod, RentAllocation, RentPayment, RentReceipt, RentSchedule, SIGNED,
} from './rent-account-children.js';
import { periodsOf, type Schedule, type Stretch, stretchOn, type Variation } from './rent-schedule.js';
import { StandingColumns } from './standing-columns.js';

/** `former` once the stay has ended: the balance stands until it is paid. */
export const RentAccountStatus = { active: 'active', former: 'former', closed: 'closed' } as const;
/** Money and decisions about it are booked whatever has become of the stay, also when the account is closed: its balance stands. */
export const whateverStatus = Object.values(RentAccountStatus);
/** Rent weeks begin on a Monday. */
export const ChargeDay = { monday: 'monday' } as const;
/** Whether a price is the placement's own or was set by a person. */
export const ScheduleOrigin = { placement: 'placement', person: 'person' } as const;
export const AdjustmentCause = { schedule: 'schedule', by_hand: 'by_hand' } as const;

export { rentAccountOf };
/** Id of the charge of an account for the week of a Monday: the same for ever, so that there is one (LED-1). */
export const chargeIdOf = (accountId: string, monday: string): string => uuidOf(accountId, monday);

/** Whose account it is and what for. */
export class RentAccountFacts {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Ref(pseudonymous, 'placements', { optional: true }) placementId?: string;
  @Ref(pseudonymous, 'tenancy_agreements') agreementId!: string;
  @Ref(open, 'properties') propertyId!: string;
  @Ref(open, 'property_rooms', { optional: true }) roomId?: string;
  @Text(pseudonymous, { max: 18, doc: 'What payers quote, so that the bank line is found' }) paymentReference!: string;
}
@Entity('rent_accounts', 'What a resident is charged for a stay, what was paid, and what is owed.', {
  category: 'rentAccount',
  reference: { prefix: 'RNT', digits: 6 },
  subject: 'residentId',
})
export class RentAccount extends stateWith(RentAccountFacts, WeeklyColumns, StandingColumns) {
  @Choice(pseudonymous, 'RentAccountStatus', RentAccountStatus) status!: Of<typeof RentAccountStatus>;
  @CivilDate(pseudonymous) openedOn!: string;
  @CivilDate(pseudonymous, { optional: true }) closedOn?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The last day of the last week that is charged' }) chargedThrough?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The day of leaving: nothing is charged from it on' }) chargesEndOn?: string;
  @Pence(pseudonymous, { ...SIGNED, decimal: 'balance', doc: 'Charges and adjustments less receipts; a credit is negative (LED-2)' })
  balancePence = 0;
  @Pence(pseudonymous, { decimal: 'anticipated_hb', doc: 'What Housing Benefit is still to pay' }) anticipatedHbPence = 0;
  @Pence(pseudonymous, { decimal: 'collectable', doc: 'What the resident owes; nothing where there is a credit' }) collectablePence = 0;
  @Children('rent_schedules', () => RentSchedule, { parent: 'rentAccountId' }) schedules: RentSchedule[] = [];
  @Children('rent_payments', () => RentPayment, { parent: 'rentAccountId' }) payments: RentPayment[] = [];
  @Children('rent_receipts', () => RentReceipt, { parent: 'rentAccountId' }) receipts: RentReceipt[] = [];
  @Children('rent_allocations', () => RentAllocation, { parent: 'rentAccountId' }) allocations: RentAllocation[] = [];
  @Children('rent_ledger', () => LedgerLine, { parent: 'rentAccountId' }) ledger: LedgerLine[] = [];
  @Children('arrears_actions', () => ArrearsActionRow, { parent: 'rentAccountId' }) arrearsActions: ArrearsActionRow[] = [];
  @Children('rent_write_offs', () => WriteOffRow, { parent: 'rentAccountId' }) writeOffs: WriteOffRow[] = [];
  @Hidden(pseudonymous) hbAwards: readonly HbPeriod[] = [];
  @Hidden(pseudonymous) hbClaim?: HbPeriod;
  @Hidden(pseudonymous) clawedBackPence = 0;
  @Hidden(pseudonymous) writeOffCreditPence = 0;
  @Hidden(pseudonymous) lastBreathingSpaceOn?: string;
  @Hidden(pseudonymous) benefitTask?: BenefitTaskName;
  @Hidden(pseudonymous) statementsMissed: readonly string[] = [];
  @Hidden(pseudonymous) stretches: readonly Stretch[] = [];
  @Hidden(pseudonymous) variations: readonly Variation[] = [];

  /** What is known of Housing Benefit; a claim that the council has no evidence for is waited for by nobody. */
  hbCover(): HbCover {
    const { hbAwards: awards, hbClaim, hbEvidenceSupplied, hbEndsOn } = this;
    return { awards, ...(hbClaim && hbEvidenceSupplied ? { claim: hbClaim } : {}), ...(hbEndsOn ? { endsOn: hbEndsOn } : {}) };
  }
  /** Since when the council has paid nothing of what it awarded; undefined while it owes nothing. */
  silentSince(): string | undefined {
    const waits = this.hbDecidedOn !== undefined && this.hbPayee === 'landlord' && this.anticipatedHbPence > 0;
    return waits ? later(this.lastHbOn ?? '', this.hbDecidedOn!) : undefined;
  }
  schedule(): Schedule {
    const { stretches, variations, chargesEndOn } = this;
    return { stretches, variations, ...(chargesEndOn ? { endsOn: chargesEndOn } : {}) };
  }
  /** Numbers of cash that was received, also of what was taken back (RNT-8). */
  holds(): RegisterEntry[] {
    return cashNumbersOf(this.receipts);
  }
  /** The nights that are charged, and at which price. */
  periods(): ChargedPeriod[] {
    return periodsOf(this.schedule());
  }
  /** The demand for a rent week, if it is charged. */
  paymentFor(monday: string): RentPayment | undefined {
    const id = chargeIdOf(this.id, monday);
    return this.payments.findLast((payment) => payment.id === id);
  }
  /** Mondays of the weeks that are charged. */
  chargedMondays(): Set<string> {
    return new Set(this.payments.map(({ periodFrom }) => mondayOf(periodFrom)));
  }
  /** Whether a week that has begun by a day costs something and is not charged. */
  isBehind(today: string): boolean {
    return weeksDue(this.periods(), this.chargedMondays(), today, 1).length > 0;
  }
  /** The Monday after a day on which there may be something to charge; undefined when the stay is over by then. */
  nextChargeOn(today: string): string | undefined {
    const next = weekAfter(mondayOf(today));
    const last = this.periods().at(-1);
    return last && (last.to === undefined || last.to > next) ? next : undefined;
  }
  /** How it stands with the arrears that ground 8 asks for, at the end of a day (UK-T3). @param frequency how often rent is payable. */
  ground8On(day: string, frequency?: string): Ground8 {
    return ground8(standingOn(this, day).collectablePence, priceOn(this, day), frequency);
  }
  /** What some nights of one week come to by the schedule. */
  priceOf(from: string, to: string): WeekCharge {
    return chargeFor(this.periods(), from, to);
  }
}

/** An account was opened: nothing is charged before a schedule is set. */
@EventOf(RentAccount, 'RentAccountOpened', 1, { to: 'active' })
export class RentAccountOpened extends eventWith(RentAccount, RentAccountFacts) {
  override apply(account: RentAccount, { recordedAt }: Recorded): void {
    const { residentId, placementId, agreementId, propertyId, roomId, paymentReference } = this;
    Object.assign(account, { residentId, placementId, agreementId, propertyId, roomId, paymentReference });
    account.openedOn = londonDate(recordedAt);
  }
}

/** From a day on a week costs this. */
@EventOf(RentAccount, 'RentScheduleSet', 1)
export class RentScheduleSet extends DomainEvent<RentAccount> {
  @CivilDate(pseudonymous, { doc: 'The first night at this price' }) from!: string;
  @Group(pseudonymous, () => WeeklyCharges) weeklyCharges!: WeeklyCharges;
  @Choice(open, 'ChargeDay', ChargeDay) chargeDay!: Of<typeof ChargeDay>;
  @Choice(open, 'ScheduleOrigin', ScheduleOrigin) origin!: Of<typeof ScheduleOrigin>;
  @Int(open, { doc: 'Which of the rooms of the stay it is about, from 0' }) stretch!: number;
  @Ref(open, 'property_rooms', { optional: true }) roomId?: string;
  @Ref(open, 'properties', { optional: true }) propertyId?: string;
  @Ref(pseudonymous, 'tenancy_agreements', { optional: true }) agreementId?: string;
  apply(account: RentAccount, { recordedAt }: Recorded): void {
    const { roomId, propertyId, agreementId } = this;
    reschedule(account, asScheduled(account.schedule(), this));
    if (roomId && propertyId && agreementId) Object.assign(account, { roomId, propertyId, agreementId });
    publishSchedule(account, londonDate(recordedAt));
  }
}
/** The first night of a stretch of the stay was another one. */
@EventOf(RentAccount, 'RentScheduleCorrected', 1)
export class RentScheduleCorrected extends DomainEvent<RentAccount> {
  @Int(open) stretch!: number;
  @CivilDate(pseudonymous, { doc: 'As it should have been' }) from!: string;
  apply(account: RentAccount, { recordedAt }: Recorded): void {
    reschedule(account, asCorrected(account.schedule(), this));
    publishSchedule(account, londonDate(recordedAt));
  }
}
/** The stay is over: nothing is charged from this day on. A corrected day of leaving is another of these. */
@EventOf(RentAccount, 'RentScheduleEnded', 1, { to: 'former' })
export class RentScheduleEnded extends DomainEvent<RentAccount> {
  @CivilDate(pseudonymous, { doc: 'The day of leaving' }) on!: string;
  apply(account: RentAccount, { recordedAt }: Recorded): void {
    Object.assign(account, { chargesEndOn: this.on, closedOn: undefined, finalBalancePence: undefined });
    publishSchedule(account, londonDate(recordedAt));
  }
}

/** Takes over what of a schedule changed; the day of leaving has an event and a field of its own. */
function reschedule(account: RentAccount, { stretches, variations }: Schedule): void {
  Object.assign(account, { stretches, variations });
}

/** A schedule with a price that was set. */
export function asScheduled(schedule: Schedule, set: RentScheduleSet): Schedule {
  const { from, weeklyCharges: charges, stretch: place, origin, roomId, propertyId, agreementId } = set;
  if (origin === 'person' || !roomId || !propertyId || !agreementId) {
    return { ...schedule, variations: [...schedule.variations, { stretch: place, from, charges }] };
  }
  const stretches = [...schedule.stretches];
  stretches[place] = { from, charges, roomId, propertyId, agreementId };
  return { ...schedule, stretches };
}
/** A schedule with another first night of a stretch. */
export const asCorrected = (schedule: Schedule, { stretch, from }: RentScheduleCorrected): Schedule => ({
  ...schedule,
  stretches: schedule.stretches.map((one, place) => (place === stretch ? { ...one, from } : one)),
});

/** A week is owed. Its id names the account and the Monday. */
@EventOf(RentAccount, 'RentCharged', 1)
export class RentCharged extends DomainEvent<RentAccount> {
  @Text(pseudonymous, { max: 36 }) chargeId!: string;
  @CivilDate(pseudonymous, { doc: 'The first night; due on this day' }) from!: string;
  @CivilDate(pseudonymous, { doc: 'The day after the last night' }) to!: string;
  @Int(pseudonymous, { max: 7 }) nights!: number;
  @Group(pseudonymous, () => WeeklyCharges) components!: WeeklyCharges;
  @Pence(pseudonymous) totalPence!: number;
  apply(account: RentAccount): void {
    const { chargeId, from, to, nights, components } = this;
    const place = account.stretches[stretchOn(account, plusDays(to, -1))] ?? account;
    bookCharge(account, { chargeId, from, to, nights, components, place });
    account.chargedThrough = later(account.chargedThrough ?? '', plusDays(weekAfter(mondayOf(from)), -1));
  }
}

/** A charge is another than it was: by what it changes. */
@EventOf(RentAccount, 'RentAdjusted', 1)
export class RentAdjusted extends DomainEvent<RentAccount> {
  @Text(pseudonymous, { max: 36 }) chargeId!: string;
  @Group(pseudonymous, () => ChargeDelta) delta!: WeeklyCharges;
  @Choice(open, 'AdjustmentCause', AdjustmentCause) cause!: Of<typeof AdjustmentCause>;
  @Int(pseudonymous, { optional: true, max: 7, doc: 'Nights that the charge is for afterwards' }) nights?: number;
  @CivilDate(pseudonymous, { optional: true, doc: 'The first of those nights' }) from?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The day after the last of them' }) to?: string;
  @Text(personal('finance'), { optional: true, max: 1000 }) reason?: string;
  apply(account: RentAccount, { recordedAt }: Recorded): void {
    const { chargeId, delta, cause, nights, from, to, reason } = this;
    const byHand = cause === 'by_hand';
    bookAdjustment(account, { chargeId, delta, byHand, nights, from, to, reason, on: londonDate(recordedAt) });
  }
}

/** Money came in. */
@EventOf(RentAccount, 'RentPaymentReceived', 1)
export class RentPaymentReceived extends DomainEvent<RentAccount> {
  @Text(pseudonymous, { max: 36 }) receiptId!: string;
  @Pence(pseudonymous, { min: 1 }) amountPence!: number;
  @Choice(pseudonymous, 'PaymentMethod', PaymentMethod) method!: Of<typeof PaymentMethod>;
  @CivilDate(pseudonymous, { doc: 'When it was received' }) on!: string;
  @Text(personal('finance'), { optional: true, max: 100 }) externalRef?: string;
  @Choice(pseudonymous, 'Payer', Payer) payer!: Of<typeof Payer>;
  @Text(personal('finance'), { optional: true, max: 100, doc: 'Number of the receipt that was given for cash' }) receiptNumber?: string;
  @Text(personal('finance'), { optional: true, max: 100, doc: 'Who signed for cash' }) firstSignature?: string;
  @Text(personal('finance'), { optional: true, max: 100, doc: 'Who signed for it besides' }) secondSignature?: string;
  @Int(pseudonymous, { optional: true, doc: 'Year in which the cash was numbered' }) cashYear?: number;
  @Int(pseudonymous, { optional: true, min: 1, doc: 'Number of the cash in that year; there is no gap between them' }) cashNumber?: number;
  apply(account: RentAccount, { actorId: recordedBy }: Recorded): void {
    const { receiptId, amountPence, method, on, externalRef, payer, receiptNumber, firstSignature, secondSignature, cashYear, cashNumber } = this;
    if (payer === 'hb') account.hbSilentSince = undefined;
    if (payer === 'uc') Object.assign(account, { ucClaimedOn: undefined, ucEvidenceSupplied: undefined });
    const signed = { receiptNumber, firstSignature, secondSignature, cashYear, cashNumber };
    bookReceipt(account, { receiptId, amountPence, method, on, externalRef, payer, ...signed, recordedBy });
  }
}
/** What was taken for a payment was none: it bounced, or was somebody else's. */
@EventOf(RentAccount, 'RentPaymentReversed', 1)
export class RentPaymentReversed extends DomainEvent<RentAccount> {
  @Text(pseudonymous, { max: 36 }) receiptId!: string;
  @Text(personal('finance'), { max: 1000 }) reason!: string;
  apply(account: RentAccount, { recordedAt }: Recorded): void {
    bookReversal(account, { receiptId: this.receiptId, reason: this.reason, on: londonDate(recordedAt) });
  }
}

/** The events by which weeks are charged. */
export const chargesOf = (accountId: string, weeks: readonly WeekCharge[]): RentCharged[] =>
  weeks.map(({ from, to, nights, components }) =>
    RentCharged.of({ chargeId: chargeIdOf(accountId, mondayOf(from)), from, to, nights, components, totalPence: totalOf(components) }));
