import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { CivilDate, Flag, Text } from '../../../kernel/fields.js';
import { open, personal } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { londonDate, plusDays } from '../../../kernel/values.js';
import { deadlineMissed } from '../../deadline.js';
import { pastDay } from '../../past-day.js';
import '../property.rules.js';
import { Room } from './room.js';
import { closedForGood } from './void-deadlines.js';
import { RoomCleaned, RoomCleaningOverdue, RoomLongVoidReported, RoomVoidTasksWaived, VoidInspectionOverdue, VoidInspectionRecorded } from './void-events.js';

/** The day on which something was done in an empty room. @throws Refusal STATE where nothing of the kind is to be done, ROM-9 */
function dayOf(room: Room, task: 'inspection' | 'cleaning', given: string | undefined, today: string): string {
  const open = room.openVoidTask(task);
  if (!open) throw new Refusal('STATE', `No ${task} of this room is to be done.`, { status: 409 });
  const on = pastDay(given, today, 'on');
  rule('ROM-9', `The room is empty since ${open.voidSince}: what was done before was for the stay before.`, on >= open.voidSince, 'on');
  return on;
}

@CommandOf(Room, {
  permission: 'property_rooms:record-void-inspection',
  doc: 'Records that somebody looked at the room after it became empty.',
  effective: 'on',
})
export class RecordVoidInspection extends DomainCommand<Room> {
  @CivilDate(open, { optional: true, doc: 'Today where it is not given' }) on?: string;
  @Flag(open, { optional: true, doc: 'Something is to be made good before the room is let' }) repairsNeeded?: boolean;
  @Text(personal('location'), { optional: true, max: 2000 }) findings?: string;
  decide(room: Room, { today, actor }: Context) {
    const on = dayOf(room, 'inspection', this.on, today);
    return VoidInspectionRecorded.of({ on, doneBy: actor.id, repairsNeeded: this.repairsNeeded ?? false, findings: this.findings ?? undefined });
  }
}

@CommandOf(Room, { permission: 'property_rooms:record-cleaning', doc: 'Records that the room was cleaned after it became empty.', effective: 'on' })
export class RecordRoomCleaning extends DomainCommand<Room> {
  @CivilDate(open, { optional: true, doc: 'Today where it is not given' }) on?: string;
  decide(room: Room, { today, actor }: Context) {
    return RoomCleaned.of({ on: dayOf(room, 'cleaning', this.on, today), doneBy: actor.id });
  }
}

@CommandOf(Room, { internal: true, doc: 'The house is closed for good: nobody lets, looks or cleans there.' })
export class WaiveVoidTasks extends DomainCommand<Room> {
  decide(room: Room) {
    return room.voidTasks.some(({ status }) => status === 'open') ? RoomVoidTasksWaived.of({}) : [];
  }
}

const missedEvents = {
  'ROM-inspection': { task: 'inspection', event: VoidInspectionOverdue },
  'ROM-cleaning': { task: 'cleaning', event: RoomCleaningOverdue },
  'ROM-relet': { task: 'relet', event: RoomLongVoidReported },
} as const;

@CommandOf(Room, { internal: true, doc: 'What is to be done in an empty room was not done in time, or it stands empty for long.' })
export class ReportVoidTaskMissed extends deadlineMissed(Room) {
  decide(room: Room, context: Context) {
    const { task, event } = missedEvents[this.code as keyof typeof missedEvents];
    const open = room.openVoidTask(task);
    if (!open || open.overdue || closedForGood(room, context)) return [];
    return event.of({ propertyId: room.propertyId, voidSince: open.voidSince, dueOn: plusDays(londonDate(this.dueAt), -1) });
  }
}
