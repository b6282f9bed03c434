import { describe, expect, it } from '@jest/globals';
import { declaredEvents } from '../../../kernel/event.js';
import { given, happened, ORGANIZATION, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { Organization } from '../../organisation/organization/organization.js';
import { Property, PropertyDeactivated, PropertyRegistered } from '../property/property.js';
import { AllocateRoom, CorrectOccupancy, VacateRoom } from './room-occupancy.js';
import { Room, RoomAdded, RoomAllocated, RoomOccupancyCorrected, RoomRetired, RoomVacated } from './room.js';
import { RecordRoomCleaning, RecordVoidInspection, ReportVoidTaskMissed, WaiveVoidTasks } from './void-commands.js';
import { RoomCleaned, RoomCleaningOverdue, RoomLongVoidReported, RoomVoidTasksWaived, VoidInspectionOverdue, VoidInspectionRecorded } from './void-events.js';

const propertyId = someId('Property');
const facts = { propertyId, roomNumber: 'R04', roomType: 'single' as const, availableFrom: '2026-08-01' };
const added = happened(RoomAdded, { ...facts, capacity: 1 });
const double = happened(RoomAdded, { ...facts, roomType: 'double', capacity: 2 });
const due = (code: string, dueOn: string) => ({ code, dueOn }) as RoomVacated['reletDue'];
const stay = (who: string, from = '2026-08-03') => happened(RoomAllocated, { allocationId: someId(`stay of ${who}`), placementId: someId(who), residentId: someId(`resident ${who}`), from });
const left = (who: string, on = '2026-09-02') => happened(RoomVacated, {
  allocationId: someId(`stay of ${who}`), placementId: someId(who), on, voidSince: on,
  inspectionDue: due('ROM-inspection', '2026-09-04'), cleaningDue: due('ROM-cleaning', '2026-09-07'), reletDue: due('ROM-relet', '2026-09-30'),
});
const house = (...more: Happened[]) => stateOf(Property, [happened(PropertyRegistered, { name: 'House', address: { line1: '1', town: 'L', postcode: 'E8 3RH' }, totalUnits: 3 }), ...more], propertyId);
const room = (...history: Happened[]) => given(Room, ...history).where('organizations', ORGANIZATION, stateOf(Organization, [], ORGANIZATION)).where('properties', propertyId, house());
const tasks = (...history: Happened[]) => stateOf(Room, history).voidTasks.map(({ task, status, voidSince, dueOn, doneOn }) => [task, status, voidSince, dueOn, doneOn]);
const placementId = someId('sam');

describe('a room that becomes empty', () => {
  it('is to be looked at, cleaned and let again, from the day on which its last resident left', async () => {
    await room(added, stay('sam')).when(VacateRoom, { placementId, on: '2026-09-02' }).records([RoomVacated, {
      voidSince: '2026-09-02', inspectionDue: { code: 'ROM-inspection', dueOn: '2026-09-04' }, cleaningDue: { code: 'ROM-cleaning', dueOn: '2026-09-07' },
      reletDue: { code: 'ROM-relet', dueOn: '2026-09-30' },
    }]);
    expect(tasks(added, stay('sam'), left('sam'))).toEqual([
      ['inspection', 'open', '2026-09-02', '2026-09-04', undefined], ['cleaning', 'open', '2026-09-02', '2026-09-07', undefined], ['relet', 'open', '2026-09-02', '2026-09-30', undefined],
    ]);
  });

  it('where others go on living in it, has a bed to be looked at and cleaned, and nothing to be let', async () => {
    const [event] = await room(double, stay('sam'), stay('kim')).when(VacateRoom, { placementId, on: '2026-09-02' }).events();
    expect(event).toMatchObject({ bedFreeSince: '2026-09-02', inspectionDue: { dueOn: '2026-09-04' }, cleaningDue: { dueOn: '2026-09-07' }, reletDue: undefined });
    expect(event).not.toHaveProperty('voidSince');
    const { voidSince: _, reletDue: __, ...bed } = left('sam').event as unknown as RoomVacated;
    const free = happened(RoomVacated, { ...bed, bedFreeSince: '2026-09-02' });
    expect(stateOf(Room, [double, stay('sam'), stay('kim'), free]).voidTasks).toMatchObject([{ task: 'inspection', status: 'open', bedOnly: true }, { task: 'cleaning', status: 'open', voidSince: '2026-09-02' }]);
    await room(double, stay('sam'), stay('kim'), free).when(RecordRoomCleaning, {}).records(RoomCleaned);
    // The bed is done with the room once nobody lives there.
    const all = [double, stay('sam'), stay('kim'), free];
    await room(...all).now('2026-09-03T08:00:00.000Z').when(VacateRoom, { placementId: someId('kim'), on: '2026-09-03' })
      .records([RoomVacated, { voidSince: '2026-09-03', inspectionDue: { dueOn: '2026-09-05' }, cleaningDue: { dueOn: '2026-09-08' }, reletDue: {} }]);
    expect(tasks(...all, left('kim', '2026-09-03')).map(([task, status, since]) => [task, status, since])).toEqual([
      ['inspection', 'waived', '2026-09-02'], ['cleaning', 'waived', '2026-09-02'], ['inspection', 'open', '2026-09-03'], ['cleaning', 'open', '2026-09-03'], ['relet', 'open', '2026-09-03'],
    ]);
  });

  it('has nothing to be done where somebody is known already to have come in their place', async () => {
    for (const history of [[added, stay('sam'), stay('kim', '2026-09-02')], [double, stay('sam'), stay('lee'), stay('kim', '2026-09-02')]]) {
      const [event] = await room(...history).when(VacateRoom, { placementId, on: '2026-09-02' }).events();
      expect(tasks(...history, { event: event as never })).toEqual([]);
    }
  });

  it('has nothing to be done in a house that is closed for good, whoever leaves it then', async () => {
    const closed = house(happened(PropertyDeactivated, { on: '2026-09-01', reason: 'Sold' }));
    const [event] = await room(added, stay('sam')).where('properties', propertyId, closed).when(VacateRoom, { placementId, on: '2026-09-02' }).events();
    expect(tasks(added, stay('sam'), { event: event as never })).toEqual([]);
    await room(added, stay('sam'), left('sam')).when(WaiveVoidTasks).records([RoomVoidTasksWaived]);
    await room(added, stay('sam'), left('sam'), happened(RoomVoidTasksWaived)).when(WaiveVoidTasks).recordsNothing();
    await room(added, stay('sam')).when(WaiveVoidTasks).recordsNothing();
    expect(tasks(added, stay('sam'), left('sam'), happened(RoomVoidTasksWaived)).map(([, status]) => status)).toEqual(['waived', 'waived', 'waived']);
  });

  it('has nothing to be done once it is retired', async () => {
    const [retired] = await room(added, stay('sam'), happened(RoomRetired, { on: '2026-09-01' })).when(VacateRoom, { placementId, on: '2026-09-02' }).events();
    expect(retired).not.toHaveProperty('voidSince');
  });

  it('ROM-9: what is done in it is done since then, and once', async () => {
    const empty = [added, stay('sam'), left('sam')];
    await room(...empty).when(RecordVoidInspection, { findings: 'A stain', repairsNeeded: true }).records([VoidInspectionRecorded, { on: '2026-09-02', findings: 'A stain', repairsNeeded: true, doneBy: someId('somebody') }]);
    await room(...empty).when(RecordVoidInspection, { on: '2026-09-01' }).refused('ROM-9', 'on');
    await room(...empty).when(RecordVoidInspection, { on: '2026-09-03' }).refused('GEN-3', 'on');
    await room(...empty).when(RecordRoomCleaning, {}).records([RoomCleaned, { on: '2026-09-02', doneBy: someId('somebody') }]);
    await room(...empty).when(RecordRoomCleaning, { on: '2026-09-01' }).refused('ROM-9', 'on');
    const inspected = happened(VoidInspectionRecorded, { on: '2026-09-02', doneBy: someId('somebody'), repairsNeeded: false });
    await room(...empty, inspected).when(RecordVoidInspection, {}).refused('STATE');
    await room(added, stay('sam')).when(RecordRoomCleaning, {}).refused('STATE');
    expect(tasks(...empty, inspected)[0]).toEqual(['inspection', 'done', '2026-09-02', '2026-09-04', '2026-09-02']);
  });

  it('has nothing to be done any more where somebody moves in, or it is given up', async () => {
    const relet = [added, stay('sam'), left('sam'), stay('kim', '2026-09-05')];
    expect(tasks(...relet).map(([task, status, , , doneOn]) => [task, status, doneOn])).toEqual([['inspection', 'waived', undefined], ['cleaning', 'waived', undefined], ['relet', 'done', '2026-09-05']]);
    expect(tasks(added, stay('sam'), left('sam'), happened(RoomRetired, { on: '2026-09-03' })).map(([, status]) => status)).toEqual(['waived', 'waived', 'waived']);
    await room(...relet).when(RecordRoomCleaning, {}).refused('STATE');
    await room(added, stay('sam'), left('sam')).when(AllocateRoom, { placementId: someId('kim'), residentId: someId('resident kim'), from: '2026-09-05' }).records(RoomAllocated);
  });

  it('is told of once where a task is late, and not in a house that is closed', async () => {
    const empty = [added, stay('sam'), left('sam')];
    for (const [code, event, dueAt, dueOn] of [
      ['ROM-inspection', VoidInspectionOverdue, '2026-09-04T23:00:00.000Z', '2026-09-04'], ['ROM-cleaning', RoomCleaningOverdue, '2026-09-07T23:00:00.000Z', '2026-09-07'],
      ['ROM-relet', RoomLongVoidReported, '2026-09-30T23:00:00.000Z', '2026-09-30'],
    ] as const) {
      const told = { propertyId, voidSince: '2026-09-02', dueOn };
      await room(...empty).when(ReportVoidTaskMissed, { code, dueAt }).records([event, told]);
      await room(...empty, happened(event, told)).when(ReportVoidTaskMissed, { code, dueAt }).recordsNothing();
      await room(...empty, stay('kim', '2026-09-04')).when(ReportVoidTaskMissed, { code, dueAt }).recordsNothing();
      await room(...empty).where('properties', propertyId, house(happened(PropertyDeactivated, { on: '2026-09-03', reason: 'Sold' }))).when(ReportVoidTaskMissed, { code, dueAt }).recordsNothing();
    }
  });

  it('goes by the day of leaving as it is corrected, what was done included', async () => {
    const inspected = happened(VoidInspectionRecorded, { on: '2026-09-02', doneBy: someId('somebody'), repairsNeeded: false });
    const history = [added, stay('sam'), left('sam'), inspected];
    const [event] = await room(...history).when(CorrectOccupancy, { placementId, to: '2026-09-01' }).events();
    expect(event).toMatchObject({ to: '2026-09-01', inspectionDue: undefined, cleaningDue: { dueOn: '2026-09-06' }, reletDue: { dueOn: '2026-09-29' } });
    expect(event).toBeInstanceOf(RoomOccupancyCorrected);
    expect(tasks(...history, { event: event as never })).toEqual([
      ['inspection', 'done', '2026-09-01', '2026-09-04', '2026-09-02'], ['cleaning', 'open', '2026-09-01', '2026-09-06', undefined], ['relet', 'open', '2026-09-01', '2026-09-29', undefined],
    ]);
  });

  it('keeps what was done in it where a stay of long ago is recorded late', async () => {
    const inspected = happened(VoidInspectionRecorded, { on: '2026-09-02', doneBy: someId('somebody'), repairsNeeded: false });
    const late = room(added, stay('sam'), left('sam'), inspected, stay('kim', '2026-08-01'));
    const [event] = await late.when(VacateRoom, { placementId: someId('kim'), on: '2026-08-02' }).events();
    expect(event).toMatchObject({ voidSince: '2026-09-02', inspectionDue: undefined, cleaningDue: { dueOn: '2026-09-07' }, reletDue: { dueOn: '2026-09-30' } });
  });

  it.each([
    ['the earlier of two', 'sam', '2026-09-01', '2026-08-30', '2026-09-02'],
    ['the earlier of two, to after the later', 'sam', '2026-09-01', '2026-09-05', '2026-09-05'],
    ['the later', 'kim', '2026-09-01', '2026-09-04', '2026-09-04'],
    ['the later, to before the earlier', 'kim', '2026-09-01', '2026-08-30', '2026-09-01'],
    ['one of two that ended together, to before', 'sam', '2026-09-02', '2026-08-30', '2026-09-02'],
    ['one of two that ended together, to after', 'sam', '2026-09-02', '2026-09-03', '2026-09-03'],
    ['so that somebody lives there again', 'sam', '2026-09-01', null, undefined],
  ] as const)('of a shared room is empty since the last of them left, where a stay is corrected: %s', async (_, who, first, to, since) => {
    const history = [added, stay('sam'), stay('kim'), happened(RoomVacated, { allocationId: someId('stay of sam'), placementId, on: first }), left('kim')];
    const [event] = await room(...history).when(CorrectOccupancy, { placementId: someId(who), to }).events();
    const state = stateOf(Room, [...history, { event: event as never }]);
    expect(state.voidTasks.filter(({ status }) => status === 'open').map(({ voidSince }) => voidSince)).toEqual(since ? [since, since, since] : []);
    if (since && since !== '2026-09-02') expect(event).toHaveProperty('reletDue.dueOn', state.openVoidTask('relet')!.dueOn);
  });

  /** What is recorded by a correction, and what is to be done in the room afterwards. */
  const corrected = async (history: Happened[], who: string, dates: { from?: string; to?: string | null }) => {
    const events = await room(...history).when(CorrectOccupancy, { placementId: someId(who), ...(dates as { to?: string }) }).events();
    const after = [...history, ...events.map((event) => ({ event: event as never }))];
    return { events, after, tasks: tasks(...after).map(([task, status, since, , doneOn]) => [task, status, since, doneOn]) };
  };

  it('waives what was to be done, its deadlines included, where a correction says that somebody lives there again, and opens it anew where one ends their stay', async () => {
    const again = await corrected([added, stay('sam'), left('sam')], 'sam', { to: null });
    expect(again.events).toEqual([expect.any(RoomOccupancyCorrected), expect.any(RoomVoidTasksWaived)]);
    expect(declaredEvents().find(({ event }) => event === (RoomVoidTasksWaived as never))!.options.deadlines).toEqual({ waived: ['ROM-inspection', 'ROM-cleaning', 'ROM-relet'] });
    expect(again.tasks.map(([, status]) => status)).toEqual(['waived', 'waived', 'waived']);
    const anew = await corrected(again.after, 'sam', { to: '2026-09-01' });
    expect(anew.events).toMatchObject([{ voidSince: '2026-09-01', inspectionDue: { dueOn: '2026-09-03' }, cleaningDue: { dueOn: '2026-09-06' }, reletDue: { dueOn: '2026-09-29' } }]);
    expect(anew.tasks.slice(3)).toEqual([['inspection', 'open', '2026-09-01', undefined], ['cleaning', 'open', '2026-09-01', undefined], ['relet', 'open', '2026-09-01', undefined]]);
    const shared = await corrected([double, stay('sam'), stay('kim')], 'sam', { to: '2026-09-01' });
    expect(shared.events).toMatchObject([{ bedFreeSince: '2026-09-01', inspectionDue: {}, cleaningDue: {}, reletDue: undefined }]);
    expect(shared.tasks).toEqual([['inspection', 'open', '2026-09-01', undefined], ['cleaning', 'open', '2026-09-01', undefined]]);
  });

  it('was let again on the first night of who came next, also where that is corrected', async () => {
    const next = [added, stay('sam'), left('sam'), stay('kim', '2026-09-10')];
    for (const from of ['2026-09-02', '2026-09-08', '2026-09-12']) {
      const { events, tasks: now } = await corrected(next, 'kim', { from });
      expect(events).toMatchObject([{ from, reletWas: '2026-09-10', reletOn: from }]);
      expect(now).toEqual([['inspection', 'waived', '2026-09-02', undefined], ['cleaning', 'waived', '2026-09-02', undefined], ['relet', 'done', '2026-09-02', from]]);
    }
    // Of two who share it, by whoever of them came first; and not by a stay that has nothing to do with it.
    const two = [...next, stay('lee', '2026-09-10')];
    expect((await corrected(two, 'kim', { from: '2026-09-12' })).tasks.at(-1)).toEqual(['relet', 'done', '2026-09-02', '2026-09-10']);
    expect((await corrected(two, 'kim', { from: '2026-09-05' })).tasks.at(-1)).toEqual(['relet', 'done', '2026-09-02', '2026-09-05']);
    expect((await corrected(next, 'sam', { from: '2026-08-10' })).tasks.at(-1)).toEqual(['relet', 'done', '2026-09-02', '2026-09-10']);
  });

  it('is to be let anew where somebody came and left again on one day; the next one lets it by their own first night', async () => {
    const sameDay = [added, stay('sam'), left('sam'), stay('lee', '2026-09-02')];
    const [event] = await room(...sameDay).when(VacateRoom, { placementId: someId('lee'), on: '2026-09-02' }).events();
    expect(event).toMatchObject({ voidSince: '2026-09-02', inspectionDue: {}, cleaningDue: {}, reletDue: { dueOn: '2026-09-30' } });
    const next = [...sameDay, { event: event as never }, stay('kim', '2026-09-02')];
    const later = await corrected(next, 'kim', { from: '2026-09-06' });
    expect(later.events).toMatchObject([{ reletWas: '2026-09-02', reletOn: '2026-09-06' }]);
    expect(later.tasks.filter(([task]) => task === 'relet').map(([, , , doneOn]) => doneOn)).toEqual(['2026-09-02', '2026-09-06']);
  });

  it('keeps its open tasks where a stay turns out to have had no night, and moves them where it had some after all', async () => {
    const before = [added, stay('lee', '2026-08-03'), left('lee', '2026-08-20'), stay('sam', '2026-08-25'), left('sam')];
    const none = await corrected(before, 'sam', { from: '2026-09-02' });
    expect(none.tasks.slice(3)).toEqual([['inspection', 'open', '2026-09-02', undefined], ['cleaning', 'open', '2026-09-02', undefined], ['relet', 'open', '2026-09-02', undefined]]);
    const some = await corrected(none.after, 'sam', { to: '2026-09-04' });
    expect(some.tasks.slice(3).map(([, , since]) => since)).toEqual(['2026-09-04', '2026-09-04', '2026-09-04']);
  });

  it('was empty for some nights where somebody left before the day on which the next one came: what was waived is of those', async () => {
    const sameDay = [added, stay('sam'), left('sam'), stay('kim', '2026-09-02')];
    const sooner = await corrected(sameDay, 'sam', { to: '2026-08-30' });
    expect(sooner.tasks).toEqual([['inspection', 'waived', '2026-08-30', undefined], ['cleaning', 'waived', '2026-08-30', undefined], ['relet', 'done', '2026-08-30', '2026-09-02']]);
    const back = await corrected(sooner.after, 'sam', { to: '2026-09-02' });
    expect(back.tasks).toEqual(tasks(...sameDay).map(([task, status, since, , doneOn]) => [task, status, since, doneOn]));
    expect((await corrected(back.after, 'sam', { to: '2026-09-01' })).tasks.map(([, , since]) => since)).toEqual(['2026-09-01', '2026-09-01', '2026-09-01']);
  });
});
