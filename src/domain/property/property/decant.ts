import { copyOf } from '../../../kernel/copy.js';
import { DomainEvent, EventOf } from '../../../kernel/event.js';
import { Choice, CivilDate, Group, Ref, Text } from '../../../kernel/fields.js';
import { open, pseudonymous } from '../../../kernel/privacy.js';
import { Deadline } from '../../deadline.js';
import { DecantMove, DecantPlace } from './decant-move.js';
import { Property } from './property.js';

const changed = (property: Property, moveId: string, change: Partial<DecantMove>): void => {
  property.decantMoves = property.decantMoves.map((one) => (one.id === moveId ? copyOf(one, change) : one));
};

/** Of somebody who lives in the property, or is expected, it is planned where they go; planned again, it is planned otherwise. */
@EventOf(Property, 'PropertyDecantMovePlanned', 1)
export class PropertyDecantMovePlanned extends DomainEvent<Property> {
  @Text(pseudonymous, { max: 36 }) moveId!: string;
  @Text(open, { max: 36 }) decantPlanId!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Ref(open, 'property_rooms') roomId!: string;
  @Choice(pseudonymous, 'DecantPlace', DecantPlace) place!: DecantMove['place'];
  @Ref(open, 'property_rooms', { optional: true }) toRoomId?: string;
  @Group(pseudonymous, () => Deadline, { doc: 'By when they have moved' }) moveDue!: Deadline;
  apply(property: Property): void {
    const { moveId: id, decantPlanId, residentId, roomId, place, toRoomId, moveDue } = this;
    const others = property.decantMoves.filter((one) => one.id !== id);
    const move = { id, decantPlanId, residentId, roomId, place, toRoomId, moveBy: moveDue.dueOn!, status: 'open' };
    property.decantPlanId = decantPlanId;
    property.decantMoves = [...others, Object.assign(new DecantMove(), move)];
  }
}

/** Who was to go has left, or is expected no more. */
@EventOf(Property, 'PropertyDecantMoveSettled', 1, { deadlines: { met: ['PRP-decant'], at: 'on', keyField: 'moveId' } })
export class PropertyDecantMoveSettled extends DomainEvent<Property> {
  @Text(pseudonymous, { max: 36 }) moveId!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @CivilDate(pseudonymous) on!: string;
  @Text(pseudonymous, { optional: true, max: 36, doc: 'The move by which they left' }) leftByMoveId?: string;
  apply(property: Property): void {
    changed(property, this.moveId, { status: 'done', doneOn: this.on, leftByMoveId: this.leftByMoveId });
  }
}

/** The day on which somebody left was another one. */
@EventOf(Property, 'PropertyDecantMoveCorrected', 1, { deadlines: { corrected: ['PRP-decant'], at: 'on', keyField: 'moveId' } })
export class PropertyDecantMoveCorrected extends DomainEvent<Property> {
  @Text(pseudonymous, { max: 36 }) moveId!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @CivilDate(pseudonymous) on!: string;
  apply(property: Property): void {
    changed(property, this.moveId, { doneOn: this.on });
  }
}

/** Nobody has to go any more: the property is in use again. */
@EventOf(Property, 'PropertyDecantMoveWaived', 1, { deadlines: { waived: ['PRP-decant'], keyField: 'moveId' } })
export class PropertyDecantMoveWaived extends DomainEvent<Property> {
  @Text(pseudonymous, { max: 36 }) moveId!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  apply(property: Property): void {
    changed(property, this.moveId, { status: 'waived' });
  }
}

/** Who was to go by a day still lives there, or is still expected. */
@EventOf(Property, 'PropertyDecantMoveOverdue', 1)
export class PropertyDecantMoveOverdue extends DomainEvent<Property> {
  @Text(pseudonymous, { max: 36 }) moveId!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @CivilDate(pseudonymous, { doc: 'The last day on which it would have been in time' }) dueOn!: string;
  apply(property: Property): void {
    changed(property, this.moveId, { overdue: true });
  }
}
