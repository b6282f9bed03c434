import { describe, expect, it } from '@jest/globals';
import { given, happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { Resident } from '../../people/resident/resident.js';
import { ResidentRegistered } from '../../people/resident/resident-events.js';
import { Room } from '../../property/room/room.js';
import {
  CancelPlannedMove, EndPlacementAbsence, PlanMove, RecordHandover, RecordPlacementAbsence, SettleMoveDeposit,
} from './hand-over-commands.js';
import { HandoverRecorded, MoveDepositSettled, MovePlanned, PlacementAbsenceEnded, PlacementAbsenceStarted, PlannedMoveCancelled } from './hand-over.js';
import { EndPlacement } from './placement-commands.js';
import { Placement, PlacementDateCorrected, PlacementEnded, PlacementStarted } from './placement.js';

const [residentId, propertyId, roomId, agreementId, moveId] = ['Resident', 'Property', 'R04', 'Agreement', 'move'].map(someId) as [string, string, string, string, string];
const weeklyCharges = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };
const started = happened(PlacementStarted, { moveId: someId('in'), residentId, propertyId, roomId, agreementId, on: '2026-08-03', weeklyCharges });
const planned = happened(MovePlanned, { moveId, residentId, moveType: 'move_out', plannedDate: '2026-09-10' });
const ended = happened(PlacementEnded, { moveId, residentId, propertyId, roomId, agreementId, on: '2026-09-02', terminationType: 'planned_move_on' });
const world = (...history: Happened[]) => given(Placement, started, ...history)
  .where('property_rooms', someId('R05'), stateOf(Room, [], someId('R05'))).where('property_rooms', roomId, stateOf(Room, [], roomId))
  .where('users', someId('kofi'), stateOf(Resident, [], someId('kofi')))
  .where('residents', residentId, stateOf(Resident, [happened(ResidentRegistered, { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' })], residentId));

describe('moves that are planned, and how a room is handed over', () => {
  it('MOV-4: are planned for today or later, and again for another day', async () => {
    await world().when(PlanMove, { moveType: 'move_out', plannedDate: '2026-09-02' }).records([MovePlanned, { moveType: 'move_out', plannedDate: '2026-09-02', residentId }]);
    await world().when(PlanMove, { moveType: 'move_out', plannedDate: '2026-09-01' }).refused('MOV-4', 'plannedDate');
    await world(planned).when(PlanMove, { moveType: 'move_out', plannedDate: '2026-09-12' }).records([MovePlanned, { moveId, plannedDate: '2026-09-12' }]);
    expect(stateOf(Placement, [started, planned]).moves).toMatchObject([{ status: 'done' }, { id: moveId, status: 'planned', plannedDate: '2026-09-10', fromRoomId: roomId }]);
    expect(stateOf(Placement, [started, planned]).moves[1]!.moveDate).toBeUndefined();
  });

  it('MOV-1: a transfer leads to another room, a move out to none', async () => {
    await world().when(PlanMove, { moveType: 'internal_transfer', plannedDate: '2026-09-10', toRoomId: someId('R05') }).records([MovePlanned, { toRoomId: someId('R05') }]);
    await world().when(PlanMove, { moveType: 'internal_transfer', plannedDate: '2026-09-10', toRoomId: roomId }).refused('MOV-1', 'toRoomId');
    await world().when(PlanMove, { moveType: 'move_out', plannedDate: '2026-09-10', toRoomId: someId('R05') }).refused('MOV-1', 'toRoomId');
  });

  it('MOV-2: becomes the record of the move when it happens, with the days between', async () => {
    await world(planned).when(EndPlacement, { terminationType: 'planned_move_on' }).records([PlacementEnded, { moveId, handoverDue: { code: 'MOV-handover', dueOn: '2026-09-03' } }]);
    const { moves } = stateOf(Placement, [started, planned, ended]);
    expect(moves).toMatchObject([{}, { id: moveId, status: 'done', moveDate: '2026-09-02', plannedDate: '2026-09-10', plannedVsActualDays: -8, nightsStayed: 30 }]);
    expect(moves).toHaveLength(2);
    const corrected = (which: 'start' | 'end', on: string) => stateOf(Placement, [started, planned, ended, happened(PlacementDateCorrected, { residentId, propertyId, roomId, agreementId, which, on, reason: 'r' })]).moves;
    expect(corrected('end', '2026-09-01')[1]).toMatchObject({ moveDate: '2026-09-01', correctedFrom: '2026-09-02', plannedDate: '2026-09-10', plannedVsActualDays: -9, nightsStayed: 29 });
    expect(corrected('start', '2026-08-02')).toMatchObject([{ moveDate: '2026-08-02' }, { moveDate: '2026-09-02', plannedVsActualDays: -8, nightsStayed: 31 }]);
  });

  it('are given up with a reason', async () => {
    await world(planned).when(CancelPlannedMove, { reason: 'The flat fell through.' }).records([PlannedMoveCancelled, { moveId }]);
    await world().when(CancelPlannedMove, { reason: 'r' }).refused('STATE', 'moveId');
    const cancelled = happened(PlannedMoveCancelled, { moveId, residentId, reason: 'r' });
    await world(planned, cancelled).when(CancelPlannedMove, { reason: 'r', moveId }).refused('STATE', 'moveId');
    const [event] = await world(planned, cancelled).when(EndPlacement, { terminationType: 'return_home' }).events();
    expect((event as unknown as PlacementEnded).moveId).not.toBe(moveId);
  });

  it('has its hand-over on the record of the last move, or the one that is named', async () => {
    const meterReadings = [{ meter: 'electricity' as const, reading: 4_711 }];
    const body = { inventoryChecked: true, keysReturned: 2, meterReadings, handoverBy: someId('kofi'), damages: 'A broken chair' };
    await world(ended).when(RecordHandover, body).records([HandoverRecorded, { ...body, moveId, on: '2026-09-02', cleaningRequired: false }]);
    await world(ended).when(RecordHandover, { moveId: someId('in'), keysIssued: 2 }).records([HandoverRecorded, { moveId: someId('in'), keysIssued: 2 }]);
    await world(ended).when(RecordHandover, { moveId: someId('none') }).refused('GEN-1', 'moveId');
    await world(ended).when(RecordHandover, { on: '2026-09-03' }).refused('GEN-3', 'on');
    const recorded = happened(HandoverRecorded, { ...body, moveId, residentId, on: '2026-09-02', cleaningRequired: true });
    const [, out] = stateOf(Placement, [started, ended, recorded]).moves;
    expect(out).toMatchObject({ inventoryChecked: true, cleaningRequired: true, keysReturned: 2, meterReadings, handedOverOn: '2026-09-02' });
  });

  it('says once that the deposit is back', async () => {
    await world(ended).when(SettleMoveDeposit, { on: '2026-09-02' }).records([MoveDepositSettled, { moveId, on: '2026-09-02' }]);
    await world(ended, happened(MoveDepositSettled, { moveId, on: '2026-09-02' })).when(SettleMoveDeposit, { on: '2026-09-02' }).recordsNothing();
    await world().when(SettleMoveDeposit, { on: '2026-09-02' }).recordsNothing();
  });

  it('knows when the resident is away, one time after the other, and for how long Housing Benefit goes on', async () => {
    await world().when(RecordPlacementAbsence, { reason: 'hospital', from: '2026-09-01', expectedUntil: '2026-09-20' })
      .records([PlacementAbsenceStarted, { reason: 'hospital', from: '2026-09-01', benefitUntil: { code: 'UK-T18', dueOn: '2026-12-01' } }]);
    await world().when(RecordPlacementAbsence, { reason: 'holiday', from: '2026-08-02' }).refused('RES-4', 'from');
    await world().when(RecordPlacementAbsence, { reason: 'holiday', from: '2026-09-03' }).refused('GEN-3', 'from');
    await world().when(RecordPlacementAbsence, { reason: 'holiday', expectedUntil: '2026-09-02' }).refused('ROM-3', 'expectedUntil');
    const away = happened(PlacementAbsenceStarted, { absenceId: someId('absence'), reason: 'custody', from: '2026-08-20' });
    await world(away).when(RecordPlacementAbsence, { reason: 'holiday' }).refused('STATE');
    await world(away).when(EndPlacementAbsence, { on: '2026-08-19' }).refused('RES-4', 'on');
    await world(away).when(EndPlacementAbsence).records([PlacementAbsenceEnded, { absenceId: someId('absence'), on: '2026-09-02' }]);
    await world().when(EndPlacementAbsence).refused('STATE');
    const back = happened(PlacementAbsenceEnded, { absenceId: someId('absence'), on: '2026-08-25' });
    await world(away, back).when(RecordPlacementAbsence, { reason: 'missing', from: '2026-08-24' }).refused('RES-4', 'from');
    expect(stateOf(Placement, [started, away, back]).absences).toMatchObject([{ reason: 'custody', fromDate: '2026-08-20', returnedOn: '2026-08-25' }]);
  });
});
