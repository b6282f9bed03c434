import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, ORGANIZATION, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { Organization } from '../../organisation/organization/organization.js';
import { ResidentRegistered } from '../../people/resident/resident-events.js';
import { Resident } from '../../people/resident/resident.js';
import { Property, PropertyRegistered } from '../../property/property/property.js';
import { Room, RoomAdded } from '../../property/room/room.js';
import { RecordHandover } from './hand-over-commands.js';
import { HandoverRecorded } from './hand-over.js';
import {
  CheckInventory, ClearPossessions, IssueKeys, RecordMoveInspection, RecordPossessionsLeft, ReportMoveOutDutyMissed, ReturnKeys,
} from './move-check-commands.js';
import {
  HandoverOverdue, InventoryChecked, KeysIssued, KeysReturned, KeysReturnOverdue, KeysSettled, MoveInspectionRecorded, PossessionsCleared,
  PossessionsLeftBehind, PossessionsOverdue,
} from './move-checks.js';
import { CorrectPlacementDate, EndPlacement, TransferPlacement } from './placement-commands.js';
import { Placement, PlacementDateCorrected, PlacementEnded, PlacementStarted, PlacementTransferred } from './placement.js';

const [residentId, propertyId, roomId, agreementId, moveId, inId] = ['Resident', 'Property', 'R04', 'Agreement', 'out', 'in'].map(someId) as [string, string, string, string, string, string];
const weeklyCharges = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };
const due = (code: string, dueOn: string) => ({ code, dueOn }) as PlacementEnded['keysDue'];
const started = happened(PlacementStarted, { moveId: inId, residentId, propertyId, roomId, agreementId, on: '2026-08-03', weeklyCharges });
const ended = happened(PlacementEnded, {
  moveId, residentId, propertyId, roomId, agreementId, on: '2026-09-02', terminationType: 'planned_move_on',
  handoverDue: due('MOV-handover', '2026-09-03'), keysDue: due('MOV-keys', '2026-09-03'), possessionsDue: due('MOV-possessions', '2026-09-30'),
});
const about = { moveId, residentId, on: '2026-09-02' };
const issued = (quantity: number) => happened(KeysIssued, { moveId: inId, residentId, on: '2026-08-03', keys: [{ keyType: 'room', quantity }] });
const left = happened(PossessionsLeftBehind, { ...about, items: 'A suitcase', possessionsDue: due('MOV-possessions', '2026-09-30') });
const room = (quantity: number) => [{ keyType: 'room' as const, quantity }];
const world = (...history: Happened[]) => given(Placement, started, ...history)
  .where('organizations', ORGANIZATION, stateOf(Organization, [], ORGANIZATION))
  .where('property_rooms', roomId, stateOf(Room, [], roomId)).where('users', someId('kofi'), stateOf(Resident, [], someId('kofi')))
  .where('residents', residentId, stateOf(Resident, [happened(ResidentRegistered, { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' })], residentId));

describe('what is looked at when somebody moves in or out', () => {
  it('is the room, by whoever says so or is named, on the last move or another', async () => {
    const body = { roomCondition: 'fair' as const, cleaningRequired: true, damages: 'A cracked pane', meterReadings: [{ meter: 'gas' as const, reading: 12 }] };
    await world(ended).when(RecordMoveInspection, body).records([MoveInspectionRecorded, { ...body, moveId, residentId, on: '2026-09-02', inspectedBy: someId('somebody'), residentPresent: false }]);
    await world(ended).when(RecordMoveInspection, { ...body, moveId: inId, inspectedBy: someId('kofi'), on: '2026-08-03', residentPresent: true })
      .records([MoveInspectionRecorded, { moveId: inId, inspectedBy: someId('kofi'), on: '2026-08-03', residentPresent: true }]);
    await world().when(RecordMoveInspection, { ...body, moveId }).refused('GEN-1', 'moveId');
    await world().when(RecordMoveInspection, { ...body, on: '2026-09-03' }).refused('GEN-3', 'on');
    const inspected = happened(MoveInspectionRecorded, { ...about, ...body, residentPresent: true });
    expect(stateOf(Placement, [started, ended, inspected]).moves[1]).toMatchObject({ ...body, inspectedOn: '2026-09-02', residentPresent: true });
  });

  it('is the inventory, which is complete unless something is missing', async () => {
    await world().when(CheckInventory, {}).records([InventoryChecked, { moveId: inId, complete: true, checkedBy: someId('somebody') }]);
    await world().when(CheckInventory, { missing: 'A lamp' }).records([InventoryChecked, { complete: false, missing: 'A lamp' }]);
    const checked = happened(InventoryChecked, { ...about, moveId: inId, complete: false, missing: 'A lamp' });
    expect(stateOf(Placement, [started, checked]).moves[0]).toMatchObject({ inventoryChecked: true, inventoryComplete: false, inventoryMissing: 'A lamp', inventoryCheckedOn: '2026-09-02' });
  });

  it('stays where a hand-over that comes later does not speak of it', () => {
    const facts = [started, issued(2), happened(InventoryChecked, { ...about, moveId: inId, complete: true }), happened(HandoverRecorded, { ...about, moveId: inId, inventoryChecked: false, cleaningRequired: false })];
    expect(stateOf(Placement, facts).moves[0]).toMatchObject({ keysIssued: 2, inventoryChecked: true, handedOverOn: '2026-09-02' });
  });
});

describe('the keys of a stay', () => {
  it('MOV-5: no more come back than are out, and it is said which', async () => {
    await world().when(IssueKeys, { keys: room(2) }).records([KeysIssued, { moveId: inId, keys: room(2) }]);
    await world().when(IssueKeys, { keys: [] }).refused('MOV-5', 'keys');
    await world(ended).when(IssueKeys, { keys: room(1) }).refused('STATE');
    await world(issued(2)).when(ReturnKeys, { keys: room(1) }).records([KeysReturned, { keys: room(1) }]);
    await world(issued(2)).when(ReturnKeys, { keys: room(3) }).refused('MOV-5', 'keys');
    await world(issued(2)).when(ReturnKeys, { keysLost: 3 }).refused('MOV-5', 'keysLost');
    await world(issued(2)).when(ReturnKeys, {}).refused('MOV-5', 'keys');
  });

  it('are due when somebody leaves, unless all are back, and settled with the last of them', async () => {
    const leave = { terminationType: 'planned_move_on' as const };
    await world(issued(2)).when(EndPlacement, leave).records([PlacementEnded, { keysDue: { code: 'MOV-keys', dueOn: '2026-09-03' }, possessionsDue: { code: 'MOV-possessions', dueOn: '2026-09-30' } }]);
    const back = happened(KeysReturned, { ...about, moveId: inId, keys: room(2) });
    const [event] = await world(issued(2), back).when(EndPlacement, leave).events();
    expect((event as unknown as PlacementEnded).keysDue).toBeUndefined();
    await world(issued(3), ended).when(ReturnKeys, { keys: room(2) }).records(KeysReturned);
    await world(issued(3), ended).when(ReturnKeys, { keys: room(2), keysLost: 1 }).records(KeysReturned, [KeysSettled, { on: '2026-09-02' }]);
    await world(ended).when(ReturnKeys, { keys: room(2) }).records(KeysReturned, KeysSettled);
    await world(issued(3), ended).when(RecordHandover, { keysReturned: 2 }).records(HandoverRecorded);
    await world(issued(3), ended).when(RecordHandover, { keysReturned: 3 }).records(HandoverRecorded, KeysSettled);
    await world(issued(3), ended).when(RecordHandover, { inventoryChecked: true }).records(HandoverRecorded);
    const settled = happened(KeysSettled, { on: '2026-09-02' });
    await world(ended, settled).when(ReturnKeys, { keys: room(1) }).records(KeysReturned);
  });

  it('are settled exactly once, by whichever order they come back in', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 }), async (parts) => {
      const history: Happened[] = [issued(parts.reduce((sum, one) => sum + one, 0)), ended];
      let settled = 0;
      for (const [index, part] of parts.entries()) {
        const events = await world(...history).when(ReturnKeys, index % 2 ? { keysLost: part } : { keys: room(part) }).events();
        settled += events.filter((one) => one instanceof KeysSettled).length;
        expect(settled).toBe(index === parts.length - 1 ? 1 : 0);
        history.push(...events.map((event) => ({ event: event as never })));
      }
      expect(stateOf(Placement, [started, ...history]).keysOut()).toBe(0);
    }), { numRuns: 50 });
  });
});

describe('what somebody left behind', () => {
  it('MOV-6: is kept for its time, from the day on which it was found', async () => {
    await world(ended).when(RecordPossessionsLeft, { items: 'A suitcase', storedAt: 'The office' })
      .records([PossessionsLeftBehind, { moveId, items: 'A suitcase', possessionsDue: { code: 'MOV-possessions', dueOn: '2026-09-30' } }]);
    await world(ended).when(RecordPossessionsLeft, { items: 'A suitcase', on: '2026-09-01' }).refused('MOV-6', 'on');
    await world().when(RecordPossessionsLeft, { items: 'A suitcase' }).refused('STATE');
    await world(ended, left).when(ClearPossessions, { outcome: 'disposed_of' }).refused('MOV-6', 'outcome');
    await world(ended, left).now('2026-09-30T12:00:00.000Z').when(ClearPossessions, { outcome: 'disposed_of' }).refused('MOV-6', 'outcome');
    await world(ended, left).now('2026-10-01T12:00:00.000Z').when(ClearPossessions, { outcome: 'disposed_of' }).records([PossessionsCleared, { outcome: 'disposed_of', on: '2026-10-01' }]);
    await world(ended, left).when(ClearPossessions, { outcome: 'disposed_of', agreed: true }).records(PossessionsCleared);
    await world(ended, left).when(ClearPossessions, { outcome: 'none_left' }).refused('MOV-6', 'outcome');
    await world(ended, left).when(ClearPossessions, { outcome: 'collected' }).records([PossessionsCleared, { outcome: 'collected', moveId }]);
  });

  it('is nothing where the room was empty, and is settled once', async () => {
    await world(ended).when(ClearPossessions, { outcome: 'none_left' }).records([PossessionsCleared, { outcome: 'none_left' }]);
    const cleared = happened(PossessionsCleared, { ...about, outcome: 'none_left' });
    await world(ended, cleared).when(ClearPossessions, { outcome: 'none_left' }).refused('STATE');
    await world().when(ClearPossessions, { outcome: 'none_left' }).refused('STATE');
    await world(ended, cleared).when(RecordPossessionsLeft, { items: 'A box in the cellar' }).records(PossessionsLeftBehind);
    expect(stateOf(Placement, [started, ended, left, cleared])).toMatchObject({ duties: ['MOV-handover', 'MOV-keys'], moves: [{}, { possessionsLeft: 'A suitcase', possessionsCollectBy: '2026-09-30', possessionsOutcome: 'none_left' }] });
  });
});

describe('what was not done in time after somebody left', () => {
  const missed = (code: string) => ({ code, dueAt: '2026-09-03T23:00:00.000Z' });
  it('is told once, each by its own event, and not where it was done', async () => {
    const told = { moveId, residentId, propertyId, dueOn: '2026-09-03' };
    for (const [code, event] of [['MOV-handover', HandoverOverdue], ['MOV-keys', KeysReturnOverdue], ['MOV-possessions', PossessionsOverdue]] as const) {
      await world(ended).when(ReportMoveOutDutyMissed, missed(code)).records([event, told]);
      await world(ended, happened(event, told)).when(ReportMoveOutDutyMissed, missed(code)).recordsNothing();
      await world().when(ReportMoveOutDutyMissed, missed(code)).recordsNothing();
    }
    const done = [happened(HandoverRecorded, { ...about, inventoryChecked: true, cleaningRequired: false }), happened(KeysSettled, { on: '2026-09-02' }), happened(PossessionsCleared, { ...about, outcome: 'none_left' })];
    for (const code of ['MOV-handover', 'MOV-keys', 'MOV-possessions']) await world(ended, ...done).when(ReportMoveOutDutyMissed, missed(code)).recordsNothing();
  });

  it('goes by the day of leaving as it is corrected, except what was found and is kept', async () => {
    const correct = { which: 'end' as const, date: '2026-09-01', reason: 'r' };
    await world(ended).when(CorrectPlacementDate, correct).records([PlacementDateCorrected, {
      handoverDue: { code: 'MOV-handover', dueOn: '2026-09-02' }, keysDue: { dueOn: '2026-09-02' }, possessionsDue: { dueOn: '2026-09-29' },
    }]);
    const [event] = await world(ended, left, happened(KeysSettled, { on: '2026-09-02' })).when(CorrectPlacementDate, correct).events();
    expect(event).toMatchObject({ handoverDue: { dueOn: '2026-09-02' }, keysDue: undefined, possessionsDue: undefined });
  });
});

describe('the room that somebody leaves for another one', () => {
  const [other, byMove] = ['R09', 'transfer'].map(someId) as [string, string];
  const transferred = happened(PlacementTransferred, {
    moveId: byMove, residentId, fromPropertyId: propertyId, fromRoomId: roomId, propertyId, roomId: other, agreementId, on: '2026-08-20', weeklyCharges, emergency: false,
    handoverDue: { ...due('MOV-handover', '2026-08-21'), key: byMove } as never, keysDue: { ...due('MOV-keys', '2026-08-21'), key: byMove } as never,
  });
  const missed = (code: string) => ({ code, key: byMove, dueAt: '2026-08-21T23:00:00.000Z' });
  const moving = (...history: Happened[]) => world(...history)
    .where('property_rooms', other, stateOf(Room, [happened(RoomAdded, { propertyId, roomNumber: 'R09', capacity: 1, availableFrom: '2026-08-01' })], other))
    .where('properties', propertyId, stateOf(Property, [happened(PropertyRegistered, { name: 'House', address: { line1: '1', town: 'L', postcode: 'E8 3RH' }, totalUnits: 3 })], propertyId));
  const transfer = { roomId: other, weeklyCharges };

  it('is to be handed over and its keys to come back, each under its move, unless none is out', async () => {
    const [event] = await moving(issued(2)).when(TransferPlacement, transfer).events();
    const { moveId: key } = event as unknown as PlacementTransferred;
    expect(event).toMatchObject({ handoverDue: { code: 'MOV-handover', key, dueOn: '2026-09-03' }, keysDue: { code: 'MOV-keys', key, dueOn: '2026-09-03' } });
    const [emergency] = await moving().when(TransferPlacement, { ...transfer, emergency: true }).events();
    expect(emergency).toMatchObject({ handoverDue: {}, keysDue: {} });
    const back = happened(KeysReturned, { ...about, moveId: inId, keys: room(2) });
    expect((await moving(issued(2), back).when(TransferPlacement, transfer).events())[0]).toMatchObject({ handoverDue: {}, keysDue: undefined });
  });

  it('is settled with the last of its own keys, and not with one of the house', async () => {
    const history = [issued(2), transferred];
    await world(...history).when(ReturnKeys, { keys: [{ keyType: 'front_door', quantity: 1 }] }).records(KeysReturned);
    await world(...history).when(ReturnKeys, { keys: room(1) }).records(KeysReturned);
    await world(...history, happened(KeysIssued, { ...about, moveId: byMove, keys: room(2) })).when(ReturnKeys, { keys: room(1), keysLost: 1 }).records(KeysReturned, [KeysSettled, { formerRoomMoveId: byMove }]);
    await world(...history, happened(KeysReturned, { ...about, moveId: byMove, keys: room(1) }), happened(KeysIssued, { ...about, moveId: byMove, keys: room(2) }))
      .when(ReturnKeys, { keys: room(1) }).records(KeysReturned, [KeysSettled, { formerRoomMoveId: byMove }]);
    await world(transferred).when(ReturnKeys, { keys: room(1) }).records(KeysReturned, [KeysSettled, { formerRoomMoveId: byMove }]);
    await world(transferred, happened(KeysSettled, { on: '2026-09-02', formerRoomMoveId: byMove })).when(ReturnKeys, { keys: room(1) }).records(KeysReturned);
  });

  it('is handed over at its move, with keys or without, and that of the stay is still to come', async () => {
    await world(issued(2), transferred).when(RecordHandover, { inventoryChecked: true }).records([HandoverRecorded, { formerRoomMoveId: byMove }]);
    await world(issued(2), transferred).when(RecordHandover, { keysReturned: 1 }).records(HandoverRecorded);
    await world(issued(2), transferred).when(RecordHandover, { keysReturned: 2 }).records(HandoverRecorded, [KeysSettled, { formerRoomMoveId: byMove }]);
  });

  it('is told of once where it was not done in time, of the house that it is in', async () => {
    for (const [code, event] of [['MOV-handover', HandoverOverdue], ['MOV-keys', KeysReturnOverdue]] as const) {
      const told = { moveId: byMove, residentId, propertyId, dueOn: '2026-08-21' };
      await world(issued(2), transferred).when(ReportMoveOutDutyMissed, missed(code)).records([event, told]);
      await world(issued(2), transferred, happened(event, told)).when(ReportMoveOutDutyMissed, missed(code)).recordsNothing();
      await world(issued(2)).when(ReportMoveOutDutyMissed, missed(code)).recordsNothing();
    }
    const done = [happened(HandoverRecorded, { ...about, moveId: byMove, inventoryChecked: true, cleaningRequired: false, formerRoomMoveId: byMove }), happened(KeysSettled, { on: '2026-09-02', formerRoomMoveId: byMove })];
    for (const code of ['MOV-handover', 'MOV-keys']) await world(issued(2), transferred, ...done).when(ReportMoveOutDutyMissed, missed(code)).recordsNothing();
    const left = stateOf(Placement, [started, issued(2), transferred, ended, ...done]);
    expect([left.duties, left.roomsLeft]).toEqual([['MOV-handover', 'MOV-keys', 'MOV-possessions'], []]);
  });
});
