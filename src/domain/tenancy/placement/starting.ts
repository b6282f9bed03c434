import type { Context } from '../../../kernel/command.js';
import { Text } from '../../../kernel/fields.js';
import { personal } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import type { Resident } from '../../people/resident/resident.js';
import type { Property } from '../../property/property/property.js';
import type { Room } from '../../property/room/room.js';
import { checkSharing, type Stay } from '../../sharing.js';
import type { Agreement } from '../agreement/agreement.js';
import { checkAdmission, checkAge, checkAgreement, checkPlace } from './admission.js';
import { PlacementStarted } from './placement.js';

export const placeOf = (roomId: string, context: Context): { room: Room; property: Property } => {
  const room = context.state<Room>('property_rooms', roomId);
  return { room, property: context.state<Property>('properties', room.propertyId) };
};
/** Where a stay under an agreement is: in the room that is given, else in the agreement's. @throws Refusal RES-6 where neither names one. */
export function placeUnder(agreement: Agreement, given: string | undefined, context: Context): { room: Room; property: Property } {
  const roomId = given ?? agreement.roomId;
  if (!roomId) throw new Refusal('RES-6', 'The agreement names no room: say which one it is.', { field: 'roomId' });
  return placeOf(roomId, context);
}
export const residentOf = (id: string, context: Context): Resident => context.state<Resident>('residents', id);
/** @throws Refusal for a day that is still to come. */
export const happened = (code: 'RES-4' | 'MOV-4', on: string, today: string, field: string): void =>
  rule(code, 'This day is still to come: record the move when it has happened.', on <= today, field);

/** ROM-8 for somebody who moves into a room; what a manager has said when a bed was kept for them still holds. @throws Refusal */
export function checkRoommates(room: Room, stay: Stay, context: Context, sharingReason: string | null | undefined): void {
  const kept = room.liveReservations().find((one) => one.residentId === stay.residentId)?.sharingReason;
  checkSharing(room, stay, context, { reason: sharingReason ?? kept, reasonStands: !sharingReason && Boolean(kept) });
}

/** What a manager says where a rule asks for a reason. */
export class AdmissionReasons {
  @Text(personal('location'), { optional: true, max: 1000, doc: 'Why a manager admits the resident without a referral' })
  directAdmissionReason?: string;
  @Text(personal('location'), { optional: true, max: 1000, doc: 'Why a manager lets people of different genders share the room' })
  sharingReason?: string;
  @Text(personal('location'), { optional: true, max: 1000, doc: 'Why a manager lets them move in although a certificate is not in order' })
  complianceReason?: string;
}
/** Who moves in, where, under what and when. */
export interface Start {
  readonly residentId: string;
  readonly agreementId: string;
  /** The room; that of the agreement where it is left out. */
  readonly roomId: string | undefined;
  /** The first night. */
  readonly on: string;
}

/** The start of a stay, planned or not. @throws Refusal where the resident, the room or the agreement does not allow it. */
export function started({ residentId, agreementId, on, ...given }: Start, reasons: AdmissionReasons, moveId: string, context: Context): PlacementStarted {
  const directAdmissionReason = reasons.directAdmissionReason ?? undefined;
  const resident = residentOf(residentId, context);
  const agreement = context.state<Agreement>('tenancy_agreements', agreementId);
  const { room, property } = placeUnder(agreement, given.roomId, context);
  const roomId = room.id;
  resident.checkAdmissible();
  happened('RES-4', on, context.today, 'startDate');
  const age = checkAge(residentId, on, property, context);
  checkAgreement(agreement, residentId, room, on);
  checkAdmission(resident, on, age, directAdmissionReason, context);
  checkPlace(room, property, on, context, { property: true, reason: reasons.complianceReason });
  checkRoommates(room, { residentId, from: on }, context, reasons.sharingReason);
  return PlacementStarted.of({
    moveId,
    residentId,
    propertyId: room.propertyId,
    roomId,
    agreementId,
    on,
    weeklyCharges: agreement.weeklyCharges(on),
    directAdmissionReason,
    sharingReason: reasons.sharingReason ?? undefined,
    complianceReason: reasons.complianceReason ?? undefined,
  });
}
