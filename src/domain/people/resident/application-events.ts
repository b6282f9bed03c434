import { DomainEvent, EventOf, eventWith, type Recorded } from '../../../kernel/event.js';
import { Choice, List, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous, special } from '../../../kernel/privacy.js';
import { DeclineReason, type DeclineReasonCode } from '../decline-reason.js';
import { Resident } from './resident.js';

/** How an offer of a room ended before anybody moved in. */
export const OfferEnd = { declined: 'declined', withdrawn: 'withdrawn', expired: 'expired' } as const;
export type OfferEnding = keyof typeof OfferEnd;

/** A bed is kept for an applicant. */
@EventOf(Resident, 'ResidentOffered', 1, { to: 'offered' })
export class ResidentOffered extends DomainEvent<Resident> {
  @Ref(open, 'property_rooms') roomId!: string;
  @Text(pseudonymous, { max: 36 }) reservationId!: string;
  apply(resident: Resident): void {
    resident.offeredRoomId = this.roomId;
    resident.reservationId = this.reservationId;
  }
}
const withoutOffer = { offeredRoomId: undefined, reservationId: undefined };

/** Nothing came of an offer: its agreements are to be given up. */
@EventOf(Resident, 'ResidentOfferEnded', 1, { to: 'applicant' })
export class ResidentOfferEnded extends DomainEvent<Resident> {
  @Ref(open, 'property_rooms') roomId!: string;
  @Text(pseudonymous, { max: 36 }) reservationId!: string;
  @List(pseudonymous, { doc: 'Agreements that were drafted for it' }) agreementIds!: string[];
  @List(pseudonymous, { optional: true, doc: 'Stays that were planned for it' }) placementIds?: string[];
  @Choice(pseudonymous, 'OfferEnd', OfferEnd) reason!: OfferEnding;
  apply(resident: Resident): void {
    Object.assign(resident, withoutOffer);
  }
}

/** What an application that comes to nothing leaves behind: it is to be given up, or closed. */
export class Leftovers {
  @Ref(open, 'property_rooms', { optional: true, doc: 'The room that was offered' }) roomId?: string;
  @Text(pseudonymous, { optional: true, max: 36 }) reservationId?: string;
  @Ref(pseudonymous, 'referrals', { optional: true, doc: 'The referral that it came from' }) referralId?: string;
  @List(pseudonymous, { doc: 'Agreements that were drafted for it' }) agreementIds!: string[];
  @List(pseudonymous, { optional: true, doc: 'Stays that were planned for it' }) placementIds?: string[];
}
@EventOf(Resident, 'ResidentApplicationDeclined', 1, { to: 'declined' })
export class ResidentApplicationDeclined extends eventWith(Resident, Leftovers) {
  @Choice(pseudonymous, 'DeclineReason', DeclineReason) reasonCode!: DeclineReasonCode;
  @Text(special('health'), { optional: true, max: 2000 }) text?: string;
  override apply(resident: Resident, { effectiveDate: applicationEndedOn }: Recorded): void {
    Object.assign(resident, withoutOffer, { declineReason: this.reasonCode, declineText: this.text, applicationEndedOn });
  }
}
@EventOf(Resident, 'ResidentApplicationWithdrawn', 1, { to: 'withdrawn' })
export class ResidentApplicationWithdrawn extends eventWith(Resident, Leftovers) {
  @Text(personal('identity'), { max: 2000 }) reason!: string;
  override apply(resident: Resident, { effectiveDate: applicationEndedOn }: Recorded): void {
    Object.assign(resident, withoutOffer, { withdrawalReason: this.reason, applicationEndedOn });
  }
}
/** Somebody who is known was referred again; who was declined or had withdrawn applies once more. */
@EventOf(Resident, 'ResidentReferredAgain', 1, { toOneOf: ['applicant'] })
export class ResidentReferredAgain extends DomainEvent<Resident> {
  @Ref(pseudonymous, 'referrals') referralId!: string;
  apply(resident: Resident): void {
    resident.referralId = this.referralId;
    if (resident.status !== 'declined' && resident.status !== 'withdrawn') return;
    Object.assign(resident, { status: 'applicant', declineReason: undefined, declineText: undefined, withdrawalReason: undefined, applicationEndedOn: undefined });
  }
}
