import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { Choice, CivilDate, Items, Ref, Text } from '../../../kernel/fields.js';
import { open, pseudonymous } from '../../../kernel/privacy.js';
import { rule } from '../../../kernel/rules.js';
import { londonDate, plusDays } from '../../../kernel/values.js';
import { deadlineMissed, onDay } from '../../deadline.js';
import { PROPERTY_REGISTER } from '../property-register.js';
import '../property.rules.js';
import type { Room } from '../room/room.js';
import { PropertyDecantMoveCorrected, PropertyDecantMoveOverdue, PropertyDecantMovePlanned, PropertyDecantMoveSettled, PropertyDecantMoveWaived } from './decant.js';
import { type DecantMove, DecantPlace } from './decant-move.js';
import { Property } from './property.js';

/** Where one person goes, and by when. */
export class PlannedDecantMove {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Choice(pseudonymous, 'DecantPlace', DecantPlace) place!: DecantMove['place'];
  @Ref(open, 'property_rooms', { optional: true, doc: 'The room that is meant for them, where it is one of ours' }) toRoomId?: string;
  @CivilDate(pseudonymous, { doc: 'The last day on which they move' }) moveBy!: string;
}

const openMoves = ({ decantMoves }: Property): DecantMove[] => decantMoves.filter(({ status }) => status === 'open');

/** What a plan that comes to its end leaves undone: nobody has to go any more. */
export const waivedMoves = (property: Property): PropertyDecantMoveWaived[] =>
  openMoves(property).map(({ id: moveId, residentId }) => PropertyDecantMoveWaived.of({ moveId, residentId }));

/** The room in which somebody lives, or is expected, by what is certainly held of the property's nights. */
function roomOf({ id }: Property, residentId: string, { held, now }: Context): string | undefined {
  const booked = held(PROPERTY_REGISTER, id).filter(({ party, expiresAt }) => party === residentId && (!expiresAt || now < expiresAt));
  const stays = booked.filter(({ kind, to }) => kind === 'placement' && (!to || londonDate(now) < to));
  return (stays.at(-1) ?? booked.find(({ kind }) => kind === 'reservation'))?.key;
}

@CommandOf(Property, {
  permission: 'properties:plan-decant',
  doc: 'Says of people who live in the property, or are expected, where they go and by when: with such a plan it may be taken out of service or closed while they are there. Who is named again is planned otherwise.',
  from: ['active', 'maintenance', 'inactive'],
})
export class PlanDecant extends DomainCommand<Property> {
  @Items(pseudonymous, () => PlannedDecantMove, { max: 100 }) moves!: PlannedDecantMove[];
  decide(property: Property, context: Context) {
    rule('PRP-8', 'Say of one person at least where they go.', this.moves.length > 0, 'moves');
    const people = new Set(this.moves.map(({ residentId }) => residentId));
    rule('PRP-8', 'Somebody is named twice.', people.size === this.moves.length, 'moves');
    const decantPlanId = property.decantPlanId ?? context.newId('decant-plan');
    return this.moves.map((move) => this.planned(property, decantPlanId, move, context));
  }

  private planned(property: Property, decantPlanId: string, move: PlannedDecantMove, context: Context): PropertyDecantMovePlanned {
    const { residentId, place, moveBy } = move;
    const roomId = roomOf(property, residentId, context);
    rule('PRP-8', 'Somebody is named who neither lives here nor is expected.', roomId !== undefined, 'moves');
    rule('PRP-8', 'The day by which somebody has moved is today, or to come.', moveBy >= context.today, 'moves');
    const toRoomId = move.toRoomId ?? undefined;
    rule('PRP-8', 'A room of ours is named where somebody goes into one, and only there.', (place === 'our_room') === (toRoomId !== undefined), 'moves');
    const leaves = toRoomId === undefined || context.find<Room>('property_rooms', toRoomId)?.propertyId !== property.id;
    rule('PRP-8', 'Nobody is moved into another room of the house that is emptied.', leaves, 'moves');
    const known = openMoves(property).find((one) => one.residentId === residentId);
    const moveId = known?.id ?? context.newId(`decant-${residentId}`);
    return PropertyDecantMovePlanned.of({
      moveId, decantPlanId, residentId, roomId: roomId!, place, toRoomId, moveDue: onDay(context, 'PRP-decant', moveBy, { key: moveId }),
    });
  }
}

@CommandOf(Property, { internal: true, doc: 'Somebody whom a decant plan names has left, or is expected no more.' })
export class SettleDecantMove extends DomainCommand<Property> {
  @Text(pseudonymous, { max: 36 }) residentId!: string;
  @Text(pseudonymous, { optional: true, max: 36, doc: 'Only where they were expected in this room' }) roomId?: string;
  @Text(pseudonymous, { optional: true, max: 36, doc: 'The move by which they left' }) leftByMoveId?: string;
  @CivilDate(pseudonymous) on!: string;
  decide(property: Property) {
    const { residentId, roomId, on, leftByMoveId } = this;
    const found = openMoves(property).find((one) => one.residentId === residentId && (!roomId || one.roomId === roomId));
    return found ? PropertyDecantMoveSettled.of({ moveId: found.id, residentId, on, leftByMoveId: leftByMoveId ?? undefined }) : [];
  }
}

@CommandOf(Property, { internal: true, doc: 'Somebody whom a decant plan names left on another day than was said.' })
export class CorrectDecantMove extends DomainCommand<Property> {
  @Text(pseudonymous, { max: 36 }) leftByMoveId!: string;
  @CivilDate(pseudonymous) on!: string;
  decide({ decantMoves }: Property) {
    const found = decantMoves.find((one) => one.leftByMoveId === this.leftByMoveId && one.doneOn !== this.on);
    return found ? PropertyDecantMoveCorrected.of({ moveId: found.id, residentId: found.residentId, on: this.on }) : [];
  }
}

@CommandOf(Property, { internal: true, doc: 'Somebody has not moved by the day of the decant plan.' })
export class ReportDecantMoveMissed extends deadlineMissed(Property) {
  decide(property: Property) {
    const found = openMoves(property).find(({ id }) => id === this.key);
    if (!found || found.overdue) return [];
    return PropertyDecantMoveOverdue.of({ moveId: found.id, residentId: found.residentId, dueOn: plusDays(londonDate(this.dueAt), -1) });
  }
}
