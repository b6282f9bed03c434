import { changing, CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { CivilDate, Text } from '../../../kernel/fields.js';
import { pseudonymous } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { voidAfter, voidDeadlines } from './void-deadlines.js';
import { Room, RoomAllocated, RoomOccupancyCorrected, RoomVacated } from './room.js';
import { type Allocation, correctedStays } from './stays.js';
import { RoomVoidTasksWaived } from './void-events.js';
import type { RoomVoidTask, VoidDeadlines } from './void-task.js';

/**
 * What a process tells a room of the placements in it. The placement has claimed the nights already, so nothing here asks
 * whether a bed is free; each command may be repeated. @throws Refusal STATE where the room does not know the placement.
 */
function staysOf(room: Room, placementId: string): [Allocation, ...Allocation[]] {
  const [first, ...others] = room.allocations.filter((one) => one.placementId === placementId);
  if (!first) throw new Refusal('STATE', 'The room was not allocated to this placement.', { status: 409, field: 'placementId' });
  return [first, ...others];
}
const checkNights = (from: string, to: string | null | undefined): void =>
  rule('ROM-3', 'A stay cannot end before it began.', !to || to >= from, ['on', 'to']);

@CommandOf(Room, { internal: true, doc: 'A placement stays in the room from a night on.', effective: 'from' })
export class AllocateRoom extends DomainCommand<Room> {
  @Text(pseudonymous, { max: 36 }) placementId!: string;
  @Text(pseudonymous, { max: 36 }) residentId!: string;
  @CivilDate(pseudonymous) from!: string;
  decide(room: Room, { newId }: Context) {
    const { placementId, residentId, from } = this;
    // Not by its first night: whoever moves out and comes back on one day stays there a second time.
    const known = room.allocations.some((one) => one.placementId === placementId && !one.to);
    return known ? [] : RoomAllocated.of({ allocationId: newId('allocation'), placementId, residentId, from });
  }
}

@CommandOf(Room, { internal: true, doc: 'A placement leaves the room: its last night is the one before.', effective: 'on' })
export class VacateRoom extends DomainCommand<Room> {
  @Text(pseudonymous, { max: 36 }) placementId!: string;
  @CivilDate(pseudonymous) on!: string;
  decide(room: Room, context: Context) {
    const { placementId, on } = this;
    const last = staysOf(room, placementId).at(-1)!;
    if (last.to === on) return [];
    checkNights(last.from, on);
    return RoomVacated.of({ allocationId: last.id, placementId, on, ...voidAfter(room, last.id, on, context) });
  }
}

class StayDates {
  @CivilDate(pseudonymous, { optional: true }) from?: string;
  @CivilDate(pseudonymous, { optional: true }) to?: string;
}
@CommandOf(Room, { internal: true, doc: 'The dates of a placement in the room were others. Absent keeps; a null end is no end.' })
export class CorrectOccupancy extends changing(Room, StayDates) {
  @Text(pseudonymous, { max: 36 }) placementId!: string;
  decide(room: Room, context: Context) {
    const { placementId, from, to } = this;
    const stays = staysOf(room, placementId);
    return stays.flatMap((stay, index) => {
      const change = {
        ...(index === 0 && from && from !== stay.from ? { from } : {}),
        ...(index === stays.length - 1 && to !== undefined && (to ?? undefined) !== stay.to ? { to } : {}),
      };
      checkNights(change.from ?? stay.from, 'to' in change ? change.to : stay.to);
      if (Object.keys(change).length === 0) return [];
      const { voidSince, relet } = correctedStays(room.allocations, stay.id, change);
      const moved = { ...movedDeadlines(room, stay.id, change, context), ...relet(room.voidTasks) };
      const correction = RoomOccupancyCorrected.of({ allocationId: stay.id, placementId, ...change, ...moved });
      const waived = room.voidTasks.some((one) => one.status === 'open' && voidSince(one) === undefined);
      return waived ? [correction, RoomVoidTasksWaived.of({})] : [correction];
    });
  }
}

/** The deadlines of what is to be done in the room once a stay is corrected: opened where it had no end, moved where that was another day. */
function movedDeadlines(room: Room, id: string, change: { from?: string; to?: string | null }, context: Context): VoidDeadlines {
  const stay = room.allocations.find((one) => one.id === id)!;
  if (change.to && !stay.to) return voidAfter(room, id, change.to, context);
  const { voidSince } = correctedStays(room.allocations, id, change);
  const moved = room.voidTasks.flatMap((one): { task: RoomVoidTask['task']; since: string }[] => {
    const since = one.status === 'open' ? voidSince(one) : undefined;
    return since && since !== one.voidSince ? [{ task: one.task, since }] : [];
  });
  return moved[0] ? voidDeadlines(moved[0].since, moved.map(({ task }) => task), context) : {};
}
