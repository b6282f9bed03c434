import { copyOf } from '../../../kernel/copy.js';
import { DomainEvent, EventOf, eventWith } from '../../../kernel/event.js';
import { CivilDate, Flag, Ref, Text } from '../../../kernel/fields.js';
import { open, personal } from '../../../kernel/privacy.js';
import { Room } from './room.js';
import { type RoomVoidTask, settledVoid } from './void-task.js';

const changed = (room: Room, task: RoomVoidTask['task'], change: Partial<RoomVoidTask>): void => {
  room.voidTasks = room.voidTasks.map((one) => (one.task === task && one.status === 'open' ? copyOf(one, change) : one));
};

/** Somebody looked at the empty room. */
@EventOf(Room, 'VoidInspectionRecorded', 1, { deadlines: { met: ['ROM-inspection'], at: 'on' } })
export class VoidInspectionRecorded extends DomainEvent<Room> {
  @CivilDate(open) on!: string;
  @Ref(open, 'users') doneBy!: string;
  @Flag(open, { doc: 'Something is to be made good before the room is let' }) repairsNeeded!: boolean;
  @Text(personal('location'), { optional: true, max: 2000 }) findings?: string;
  apply(room: Room): void {
    const { on: doneOn, doneBy, repairsNeeded, findings } = this;
    changed(room, 'inspection', { status: 'done', doneOn, doneBy, repairsNeeded, findings });
  }
}

@EventOf(Room, 'RoomCleaned', 1, { deadlines: { met: ['ROM-cleaning'], at: 'on' } })
export class RoomCleaned extends DomainEvent<Room> {
  @CivilDate(open) on!: string;
  @Ref(open, 'users') doneBy!: string;
  apply(room: Room): void {
    changed(room, 'cleaning', { status: 'done', doneOn: this.on, doneBy: this.doneBy });
  }
}

/** What was to be done in an empty room was not, or nobody has moved in. */
class MissedTask {
  @Ref(open, 'properties') propertyId!: string;
  @CivilDate(open, { doc: 'The first empty night' }) voidSince!: string;
  @CivilDate(open, { doc: 'The last day on which it would have been in time' }) dueOn!: string;
}
@EventOf(Room, 'VoidInspectionOverdue', 1)
export class VoidInspectionOverdue extends eventWith(Room, MissedTask) {
  override apply(room: Room): void {
    changed(room, 'inspection', { overdue: true });
  }
}
@EventOf(Room, 'RoomCleaningOverdue', 1)
export class RoomCleaningOverdue extends eventWith(Room, MissedTask) {
  override apply(room: Room): void {
    changed(room, 'cleaning', { overdue: true });
  }
}
/** The room stands empty for longer than the organisation allows itself. */
@EventOf(Room, 'RoomLongVoidReported', 1)
export class RoomLongVoidReported extends eventWith(Room, MissedTask) {
  override apply(room: Room): void {
    changed(room, 'relet', { overdue: true });
  }
}

/** Nothing is to be done in the room: somebody lives there after all, or the house is closed for good. */
@EventOf(Room, 'RoomVoidTasksWaived', 1, { deadlines: { waived: ['ROM-inspection', 'ROM-cleaning', 'ROM-relet'] } })
export class RoomVoidTasksWaived extends DomainEvent<Room> {
  apply(room: Room): void {
    room.voidTasks = settledVoid(room.voidTasks);
  }
}
