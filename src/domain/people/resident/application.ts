import { CommandOf, commandWith, type Context, DomainCommand } from '../../../kernel/command.js';
import { factsOf } from '../../../kernel/entity.js';
import { Choice, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous, special } from '../../../kernel/privacy.js';
import { rule } from '../../../kernel/rules.js';
import { DeclineReason, type DeclineReasonCode } from '../decline-reason.js';
import { NhsNumberFacts, ResidentDetails } from '../person.js';
import { RESIDENT_REGISTER } from '../resident-register.js';
import {
  type Leftovers,
  OfferEnd,
  type OfferEnding,
  ResidentApplicationDeclined,
  ResidentApplicationWithdrawn,
  ResidentOffered,
  ResidentOfferEnded,
  ResidentReferredAgain,
} from './application-events.js';
import { ResidentNhsNumberRecorded, ResidentRegistered } from './resident-events.js';
import { Resident } from './resident.js';

/** Agreements of a resident that are not in force yet; of one room, where it is said, or of the property as a whole. */
function drafts({ held, id }: Context, roomId?: string): string[] {
  return held(RESIDENT_REGISTER, id)
    .filter(({ kind, party }) => kind === 'draft_agreement' && (roomId === undefined || party === undefined || party === roomId))
    .map(({ key }) => key);
}
/** Stays of a resident that are planned; in one room, where it is said. */
function plans({ held, id }: Context, roomId?: string): { placementIds?: string[] } {
  const planned = held(RESIDENT_REGISTER, id).filter(({ kind, party }) => kind === 'planned_placement' && (roomId === undefined || party === roomId));
  return planned.length > 0 ? { placementIds: planned.map(({ key }) => key) } : {};
}
const leftoversOf = ({ offeredRoomId, reservationId, referralId }: Resident, context: Context): Leftovers => ({
  ...(offeredRoomId ? { roomId: offeredRoomId } : {}),
  ...(reservationId ? { reservationId } : {}),
  ...(referralId ? { referralId } : {}),
  agreementIds: drafts(context),
  ...plans(context),
});
/** Whether somebody has still to be told yes or no, and anything may be recorded of them. */
const isApplying = (resident: Resident): boolean =>
  (resident.status === 'applicant' || resident.status === 'offered') && !resident.erasureDecidedOn && !resident.mergedInto;

@CommandOf(Resident, { permission: 'residents:decline-application', doc: 'Declines an application; the room that is kept and its drafts are given up.' })
export class DeclineApplication extends DomainCommand<Resident> {
  @Choice(pseudonymous, 'DeclineReason', DeclineReason, { optional: true, doc: 'Always to be given' }) reasonCode?: DeclineReasonCode;
  @Text(special('health'), { optional: true, max: 2000, doc: 'In words; needed where the reason is another one' }) text?: string;
  decide(resident: Resident, context: Context) {
    resident.checkOpen('applicant', 'offered');
    const { reasonCode } = this;
    rule('REF-4', 'Say why the application is declined.', Boolean(reasonCode), 'reasonCode');
    rule('REF-4', 'Say in words what the other reason is.', reasonCode !== 'other' || Boolean(this.text), 'text');
    return ResidentApplicationDeclined.of({ ...leftoversOf(resident, context), reasonCode: reasonCode!, text: this.text ?? undefined });
  }
}
@CommandOf(Resident, { permission: 'residents:withdraw-application', doc: 'Records that somebody takes their application back.' })
export class WithdrawApplication extends DomainCommand<Resident> {
  @Text(personal('identity'), { max: 2000 }) reason!: string;
  decide(resident: Resident, context: Context) {
    resident.checkOpen('applicant', 'offered');
    return ResidentApplicationWithdrawn.of({ ...leftoversOf(resident, context), reason: this.reason });
  }
}

@CommandOf(Resident, { internal: true, doc: 'Registers who was referred to us.', creates: true })
export class RegisterReferredApplicant extends commandWith(Resident, ResidentDetails) {
  @Ref(pseudonymous, 'referrals') referralId!: string;
  @Text(special('health'), { optional: true, max: 20 }) nhsNumber?: string;
  decide() {
    const { nhsNumber, referralId } = this;
    const registered = ResidentRegistered.of({ ...factsOf(this as ResidentDetails, ResidentDetails), referralId });
    return [registered, ...(nhsNumber ? [ResidentNhsNumberRecorded.of(factsOf(this as NhsNumberFacts, NhsNumberFacts))] : [])];
  }
}
@CommandOf(Resident, { internal: true, doc: 'Somebody who is known was referred again.' })
export class NoteReferral extends DomainCommand<Resident> {
  @Ref(pseudonymous, 'referrals') referralId!: string;
  decide(resident: Resident) {
    const known = resident.referralId === this.referralId || resident.erasureDecidedOn || resident.mergedInto;
    return known ? [] : ResidentReferredAgain.of({ referralId: this.referralId });
  }
}
@CommandOf(Resident, { internal: true, doc: 'A bed is kept for the resident.' })
export class OfferRoom extends DomainCommand<Resident> {
  @Ref(open, 'property_rooms') roomId!: string;
  @Text(pseudonymous, { max: 36 }) reservationId!: string;
  decide(resident: Resident) {
    const { roomId, reservationId } = this;
    return isApplying(resident) && resident.reservationId !== reservationId ? ResidentOffered.of({ roomId, reservationId }) : [];
  }
}
@CommandOf(Resident, { internal: true, doc: 'The bed that was kept is kept no more.' })
export class EndOffer extends DomainCommand<Resident> {
  @Text(pseudonymous, { max: 36 }) reservationId!: string;
  @Choice(pseudonymous, 'OfferEnd', OfferEnd) reason!: OfferEnding;
  decide(resident: Resident, context: Context) {
    const { reservationId, reason } = this;
    const { offeredRoomId: roomId } = resident;
    if (resident.status !== 'offered' || !roomId || resident.reservationId !== reservationId || !isApplying(resident)) return [];
    return ResidentOfferEnded.of({ roomId, reservationId, reason, agreementIds: drafts(context, roomId), ...plans(context, roomId) });
  }
}
@CommandOf(Resident, { internal: true, doc: 'The referral that an application came from was declined or taken back.' })
export class CloseApplication extends DomainCommand<Resident> {
  @Ref(pseudonymous, 'referrals') referralId!: string;
  @Choice(pseudonymous, 'DeclineReason', DeclineReason, { optional: true }) reasonCode?: DeclineReasonCode;
  @Text(special('health'), { optional: true, max: 2000 }) text?: string;
  @Text(personal('identity'), { optional: true, max: 2000 }) reason?: string;
  decide(resident: Resident, context: Context) {
    const { reasonCode, text, reason, referralId } = this;
    if (!isApplying(resident) || resident.referralId !== referralId) return [];
    const leftovers = leftoversOf(resident, context);
    if (reasonCode) return ResidentApplicationDeclined.of({ ...leftovers, reasonCode, text });
    return reason ? ResidentApplicationWithdrawn.of({ ...leftovers, reason }) : [];
  }
}
