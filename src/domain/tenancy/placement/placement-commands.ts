import { CommandOf, commandWith, type Context, DomainCommand } from '../../../kernel/command.js';
import { Choice, CivilDate, Flag, Group, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import type { Property } from '../../property/property/property.js';
import type { Room } from '../../property/room/room.js';
import { checkSharing } from '../../sharing.js';
import { WeeklyCharges } from '../../weekly-charges.js';
import type { Agreement } from '../agreement/agreement.js';
import '../tenancy.rules.js';
import { ADULT } from '../../ages.js';
import { checkAge, checkAgreement, checkMinor, checkPlace } from './admission.js';
import { deadlinesFrom, MOVE_OUT_CODES, roomLeftDeadlines } from './move-out-deadlines.js';
import {
  Placement,
  PlacementDate,
  PlacementDateCorrected,
  PlacementEnded,
  PlacementTransferred,
  TerminationType,
} from './placement.js';
import { AdmissionReasons, checkRoommates, happened, placeOf, residentOf, started } from './starting.js';

@CommandOf(Placement, {
  permission: 'placements:start',
  doc: 'Moves a resident in, today or on a day before, under a signed agreement.',
  creates: true,
  plain: true,
  effective: 'startDate',
})
export class StartPlacement extends commandWith(Placement, AdmissionReasons) {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Ref(pseudonymous, 'tenancy_agreements') agreementId!: string;
  @Ref(open, 'property_rooms', { optional: true, doc: 'The room; that of the agreement where it is left out' }) roomId?: string;
  @CivilDate(pseudonymous, { doc: 'The first night' }) startDate!: string;
  decide(_: Placement, context: Context) {
    const { residentId, agreementId, startDate: on } = this;
    return started({ residentId, agreementId, roomId: this.roomId ?? undefined, on }, this, context.newId('move'), context);
  }
}

@CommandOf(Placement, {
  permission: 'placements:transfer',
  doc: 'Moves a resident to another room. The price is that of the agreement given, else the one given, else the room\'s.',
  from: ['active'],
  effective: 'on',
})
export class TransferPlacement extends DomainCommand<Placement> {
  @Ref(open, 'property_rooms') roomId!: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The first night in the new room; today where it is left out' }) on?: string;
  @Ref(pseudonymous, 'tenancy_agreements', { optional: true }) agreementId?: string;
  @Group(pseudonymous, () => WeeklyCharges, { optional: true }) weeklyCharges?: WeeklyCharges;
  @Flag(pseudonymous, { optional: true }) emergency?: boolean;
  @Text(personal('location'), { optional: true, max: 1000 }) reason?: string;
  @Text(personal('location'), { optional: true, max: 1000, doc: 'Why a manager lets people of different genders share the room' })
  sharingReason?: string;
  @Text(personal('location'), { optional: true, max: 1000, doc: 'Why a manager lets them move in although a certificate is not in order' })
  complianceReason?: string;
  decide(placement: Placement, context: Context) {
    const { residentId, propertyId: fromPropertyId, roomId: fromRoomId } = placement;
    const on = this.on ?? context.today;
    residentOf(residentId, context).checkOpen();
    rule('MOV-1', 'The resident is in this room already.', this.roomId !== fromRoomId, 'roomId');
    happened('MOV-4', on, context.today, 'on');
    rule('RES-4', 'A move is not dated before the one before it.', on >= placement.segments.at(-1)!.from, 'on');
    const { room, property } = placeOf(this.roomId, context);
    checkPlace(room, property, on, context, { property: room.propertyId !== fromPropertyId, reason: this.complianceReason });
    checkRoommates(room, { residentId, from: on }, context, this.sharingReason);
    const agreementId = this.agreementId ?? placement.agreementId;
    const moveId = this.emergency ? context.newId('move') : (placement.plannedMove('internal_transfer')?.id ?? context.newId('move'));
    return PlacementTransferred.of({
      moveId,
      residentId,
      fromPropertyId,
      fromRoomId,
      propertyId: room.propertyId,
      roomId: room.id,
      agreementId,
      on,
      weeklyCharges: this.price(residentId, room, on, context),
      emergency: this.emergency ?? false,
      reason: this.reason ?? undefined,
      sharingReason: this.sharingReason ?? undefined,
      complianceReason: this.complianceReason ?? undefined,
      ...roomLeftDeadlines(on, moveId, placement, context),
    });
  }

  private price(residentId: string, room: Room, on: string, context: Context): WeeklyCharges {
    if (this.agreementId) {
      const agreement = context.state<Agreement>('tenancy_agreements', this.agreementId);
      checkAgreement(agreement, residentId, room, on);
      return agreement.weeklyCharges(on);
    }
    // A room that was recorded only later cost then what it costs today.
    const charges = this.weeklyCharges ?? room.chargesOn(on) ?? room.chargesOn(context.today);
    if (charges) return charges;
    throw new Refusal('RES-6', 'The room has no charges on this day: give an agreement or the weekly charges.', { field: 'weeklyCharges' });
  }
}

@CommandOf(Placement, { permission: 'placements:end', doc: 'Moves a resident out.', from: ['active'], effective: 'on' })
export class EndPlacement extends DomainCommand<Placement> {
  @CivilDate(pseudonymous, { optional: true, doc: 'The day of leaving: the last night is the one before; today where it is left out' }) on?: string;
  @Choice(pseudonymous, 'TerminationType', TerminationType) terminationType!: (typeof TerminationType)[keyof typeof TerminationType];
  @Text(personal('location'), { optional: true, max: 1000 }) reason?: string;
  @Text(personal('location'), { optional: true, max: 200, doc: 'Where the person goes' }) destination?: string;
  @Text(personal('location'), { optional: true, max: 500 }) forwardingAddress?: string;
  decide(placement: Placement, context: Context) {
    const { residentId, propertyId, roomId, agreementId, segments } = placement;
    const { terminationType } = this;
    const on = this.on ?? context.today;
    happened('MOV-4', on, context.today, 'on');
    rule('RES-4', 'The resident cannot leave before they moved into this room.', on >= segments.at(-1)!.from, 'on');
    return PlacementEnded.of({
      moveId: placement.plannedMove('move_out')?.id ?? context.newId('move'),
      residentId,
      propertyId,
      roomId,
      agreementId,
      on,
      terminationType,
      reason: this.reason ?? undefined,
      destination: this.destination ?? undefined,
      forwardingAddress: this.forwardingAddress ?? undefined,
      ...deadlinesFrom(on, placement.keysOut() === 0 ? ['MOV-handover', 'MOV-possessions'] : MOVE_OUT_CODES, context),
    });
  }
}

@CommandOf(Placement, {
  permission: 'placements:correct-date',
  doc: 'Corrects the first night, or the day of leaving.',
  from: ['active', 'ended'],
  effective: 'date',
})
export class CorrectPlacementDate extends DomainCommand<Placement> {
  @Choice(pseudonymous, 'PlacementDate', PlacementDate) which!: (typeof PlacementDate)[keyof typeof PlacementDate];
  @CivilDate(pseudonymous, { doc: 'As it should have been' }) date!: string;
  @Text(personal('location'), { max: 1000 }) reason!: string;
  @Text(personal('location'), { optional: true, max: 1000, doc: 'Why a manager lets people of different genders share the room' })
  sharingReason?: string;
  decide(placement: Placement, context: Context) {
    const { residentId, segments } = placement;
    const { which, date: on, reason } = this;
    residentOf(residentId, context).checkOpen();
    const segment = which === 'start' ? segments[0]! : segments.at(-1)!;
    const { roomId, propertyId, agreementId, from, to } = segment;
    if (which === 'end' && to === undefined) {
      throw new Refusal('STATE', 'The resident has not left yet: there is no such date to correct.', { status: 409, field: 'which' });
    }
    if (on === (which === 'start' ? from : to)) return [];
    happened(which === 'start' ? 'RES-4' : 'MOV-4', on, context.today, 'date');
    if (which === 'start') {
      rule('RES-4', 'The resident cannot move in after they left this room.', to === undefined || on <= to, 'date');
      const age = checkAge(residentId, on, context.state<Property>('properties', propertyId), context, 'date');
      if (age < ADULT) checkMinor(residentOf(residentId, context), 'date');
      const problem = context.state<Agreement>('tenancy_agreements', agreementId).problemOn(on);
      rule('RES-6', problem ?? 'The agreement covers the date.', !problem, 'date');
    } else {
      rule('RES-4', 'The resident cannot leave before they moved into this room.', on >= from, 'date');
    }
    const sharingReason = this.sharingReason ?? undefined;
    const corrected = { residentId, ...(which === 'start' ? { from: on, to } : { from, to: on }) };
    const stands = roomId === placement.roomId ? placement.sharingReason : undefined;
    checkSharing(context.state<Room>('property_rooms', roomId), corrected, context, {
      reason: sharingReason ?? stands, reasonStands: !sharingReason && Boolean(stands), before: { residentId, from, to },
    });
    const moved = which === 'end' ? deadlinesFrom(on, placement.dutiesOfItsDay(), context) : {};
    return PlacementDateCorrected.of({ residentId, propertyId, roomId, agreementId, which, on, reason, sharingReason, ...moved });
  }
}
