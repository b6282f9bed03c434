import { idIn } from '../kernel/entity.js';
import type {
  ResidentApplicationDeclined,
  ResidentApplicationWithdrawn,
  ResidentOfferEnded,
} from '../domain/people/resident/application-events.js';
import type { ResidentMovedIn, ResidentMovedOut } from '../domain/people/resident/resident-moves.js';
import type { Resident } from '../domain/people/resident/resident.js';
import type { Referral, ReferralCancelled, ReferralDeclined, ReferralReceived } from '../domain/people/referral/referral.js';
import type { Room, RoomReservationReleased, RoomReserved } from '../domain/property/room/room.js';
import type { RentAccount } from '../domain/money/rent-account/rent-account.js';
import type { PlanEnd, PlannedPlacementChanged } from '../domain/tenancy/placement/plan.js';
import type { Agreement } from '../domain/tenancy/agreement/agreement.js';
import type { Catalogue } from '../kernel/catalogue.js';
import { londonDate } from '../kernel/values.js';
import type { DecodedEvent } from '../privacy/codec.js';
import type { Process, ProcessCommand, ProcessContext } from './engine/process.js';

const step = (command: string, id: string, body: object): ProcessCommand => ({ step: `${command}|${id}`, command, id, body });

/** Whoever was referred to us is registered; who is known already applies again. Personal values are passed on sealed. */
function received(referralId: string, { residentId, applicant }: ReferralReceived): ProcessCommand {
  if (!applicant) return step('NoteReferral', residentId, { referralId });
  return step('RegisterReferredApplicant', residentId, { ...applicant, referralId });
}

/** What comes of the application when its referral is declined or taken back. */
async function closed(referralId: string, event: Partial<ReferralDeclined & ReferralCancelled>, context: ProcessContext): Promise<void> {
  const referral = await context.find<Referral>('referrals', referralId);
  if (referral?.direction !== 'inbound') return;
  const { reasonCode, text, reason } = event;
  await context.send(step('CloseApplication', referral.residentId, { referralId, reasonCode, text, reason }));
}

/** A bed that is kept for an applicant is an offer, and one that is kept no more is none. */
async function reserved(roomId: string, { reservationId, residentId }: RoomReserved, context: ProcessContext): Promise<void> {
  await context.send(step('OfferRoom', residentId, { roomId, reservationId }));
}
async function released(roomId: string, { reservationId, reason }: RoomReservationReleased, context: ProcessContext): Promise<void> {
  const room = await context.find<Room>('property_rooms', roomId);
  const reservation = room?.reservations.find(({ id }) => id === reservationId);
  if (reservation) await context.send(step('EndOffer', reservation.residentId, { reservationId, reason }));
}

/** Gives up agreements that were drafted for what has come to nothing; one that is in force meanwhile stays. */
async function giveUp(agreementIds: readonly string[], context: ProcessContext): Promise<void> {
  for (const id of agreementIds) {
    const agreement = await context.find<Agreement>('tenancy_agreements', id);
    if (agreement?.status === 'pending') await context.send(step('VoidAgreement', id, { reason: 'The room is offered no more.' }));
  }
}

/** Gives up stays that were planned; one that has begun meanwhile goes on. */
async function drop(placementIds: readonly string[] | undefined, because: keyof typeof PlanEnd, context: ProcessContext): Promise<void> {
  for (const id of placementIds ?? []) await context.send(step('DropPlannedPlacement', id, { because }));
}

async function ended(event: ResidentApplicationDeclined | ResidentApplicationWithdrawn, context: ProcessContext): Promise<void> {
  const { roomId, reservationId, referralId, agreementIds, placementIds } = event;
  const { reasonCode, text } = event as Partial<ResidentApplicationDeclined>;
  const { reason } = event as Partial<ResidentApplicationWithdrawn>;
  if (roomId && reservationId) {
    await context.send(step('CancelReservation', roomId, { reservationId, reason: reasonCode ? 'declined' : 'withdrawn' }));
  }
  await drop(placementIds, 'application_closed', context);
  await giveUp(agreementIds, context);
  if (referralId) await context.send(step('CloseReferralOfApplicant', referralId, { reasonCode, reason: text ?? reason }));
}

async function offerEnded({ agreementIds, placementIds }: ResidentOfferEnded, context: ProcessContext): Promise<void> {
  await drop(placementIds, 'offer_ended', context);
  await giveUp(agreementIds, context);
}

/** Who is expected in another room has no bed in the one before any more, and no draft about it. */
async function replanned({ residentId, formerRoomId, formerAgreementId }: PlannedPlacementChanged, context: ProcessContext): Promise<void> {
  const room = formerRoomId ? await context.find<Room>('property_rooms', formerRoomId) : undefined;
  const kept = room?.liveReservations().find((one) => one.residentId === residentId);
  if (room && kept) await context.send(step('CancelReservation', room.id, { reservationId: kept.id, reason: 'withdrawn' }));
  if (formerAgreementId) await giveUp([formerAgreementId], context);
}

async function movedOut(residentId: string, { on }: ResidentMovedOut, context: ProcessContext): Promise<void> {
  const resident = await context.find<Resident>('residents', residentId);
  if (resident?.referralId) await context.send(step('CompleteReferralOfStay', resident.referralId, { on }));
}

const idOf = ({ stored: { stream } }: DecodedEvent): string => idIn(stream);

/** A room that was kept for somebody who has moved into another one is kept no more, and no other stay is expected. */
async function movedIn({ otherRoomId, otherReservationId, otherPlacementIds }: ResidentMovedIn, context: ProcessContext): Promise<void> {
  await drop(otherPlacementIds, 'placed_otherwise', context);
  if (!otherRoomId || !otherReservationId) return;
  await context.send(step('CancelReservation', otherRoomId, { reservationId: otherReservationId, reason: 'withdrawn' }));
}

/** Who has moved in was helped to claim Housing Benefit: it is claimed, or decided, on their account. */
async function claimed(accountId: string, { on }: { readonly on?: string }, recordedAt: string, context: ProcessContext): Promise<void> {
  const account = await context.find<RentAccount>('rent_accounts', accountId);
  if (account) await context.send(step('NoteBenefitClaim', account.residentId, { on: on ?? londonDate(recordedAt) }));
}

type Reaction = (id: string, event: DecodedEvent, context: ProcessContext) => Promise<void>;
const facts = <F>({ event }: DecodedEvent): F => event as unknown as F;
const closing: Reaction = (id, event, context) => closed(id, facts(event), context);
const ending: Reaction = (_id, event, context) => ended(facts(event), context);
const claiming: Reaction = (id, event, context) => claimed(id, facts(event), event.recorded.recordedAt, context);

/** What follows from each type of event. */
const reactions: Readonly<Record<string, Reaction>> = {
  ReferralReceived: (id, event, context) => context.send(received(id, facts(event))),
  ReferralDeclined: closing,
  ReferralCancelled: closing,
  RoomReserved: (id, event, context) => reserved(id, facts(event), context),
  RoomReservationReleased: (id, event, context) => released(id, facts(event), context),
  ResidentOfferEnded: (_id, event, context) => offerEnded(facts(event), context),
  ResidentApplicationDeclined: ending,
  ResidentApplicationWithdrawn: ending,
  PlannedPlacementChanged: (_id, event, context) => replanned(facts(event), context),
  ResidentMovedIn: (_id, event, context) => movedIn(facts(event), context),
  ResidentMovedOut: (id, event, context) => movedOut(id, facts(event), context),
  HousingBenefitClaimed: claiming,
  HousingBenefitAwarded: claiming,
};

/**
 * Sees an application through from the referral to the end of the stay, and takes back what was begun for one that comes
 * to nothing: the bed, the drafts of an agreement, the referral. Its commands decide on the state that they find, and do
 * nothing where that has moved on. Types of events that nobody has declared are passed over.
 */
export const admission = (catalogue: Pick<Catalogue, 'event'>): Process => ({
  name: 'admission',
  doc: 'Registers who is referred, offers the room that is reserved, and gives up what was begun where nothing comes of it.',
  on: Object.keys(reactions).filter((type) => catalogue.event(type) !== undefined),
  async react(event, context) {
    await reactions[event.declaration.type]!(idOf(event), event, context);
  },
});
