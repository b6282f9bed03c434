import { describe, expect, it } from '@jest/globals';
import { happened, someId, stateOf } from '../../test/support/given.js';
import { Room, RoomAdded, RoomAllocated, RoomReserved } from '../domain/property/room/room.js';
import { Placement, PlacementEnded, PlacementStarted } from '../domain/tenancy/placement/placement.js';
import type { State } from '../kernel/entity.js';
import type { DecodedEvent } from '../privacy/codec.js';
import { decants } from './decants.js';
import type { ProcessCommand, ProcessContext } from './engine/process.js';

const [residentId, roomId, house, other, reservationId, moveId] = ['resident', 'room', 'house', 'other', 'reservation', 'move'].map(someId) as [string, string, string, string, string, string];
const added = happened(RoomAdded, { propertyId: house, roomNumber: '1', capacity: 2, availableFrom: '2026-08-01' });
const reserved = happened(RoomReserved, { reservationId, residentId, from: '2026-09-05', expiresAt: '2026-09-09T08:00:00.000Z' });

async function sent(type: string, event: object, room?: State): Promise<object[]> {
  const commands: ProcessCommand[] = [];
  const context = { find: () => Promise.resolve(room), send: (one: ProcessCommand) => Promise.resolve(void commands.push(one)) } as unknown as ProcessContext;
  await decants.react({ declaration: { type }, event, stored: { stream: `room-${roomId}` }, recorded: { recordedAt: '2026-09-02T22:59:59.000Z' } } as unknown as DecodedEvent, context);
  return commands.map(({ command, id, body }) => ({ command, id, ...body }));
}

describe('who leaves a house that is emptied', () => {
  it('is taken from its plan: who moves out, or into another house, and not who changes rooms', async () => {
    const settled = { command: 'SettleDecantMove', id: house, residentId, leftByMoveId: moveId, on: '2026-09-10' };
    expect(await sent('PlacementEnded', { propertyId: house, residentId, moveId, on: '2026-09-10' })).toEqual([settled]);
    expect(await sent('PlacementTransferred', { fromPropertyId: house, propertyId: other, residentId, moveId, on: '2026-09-10' })).toEqual([settled]);
    expect(await sent('PlacementTransferred', { fromPropertyId: house, propertyId: house, residentId, moveId, on: '2026-09-10' })).toEqual([]);
  });

  it('has left on another day where that is corrected; when they came is nothing to it', async () => {
    const stay = stateOf(Placement, [
      happened(PlacementStarted, { moveId: someId('in'), residentId, propertyId: house, roomId, on: '2026-08-01' }),
      happened(PlacementEnded, { moveId, residentId, propertyId: house, roomId, on: '2026-09-10', terminationType: 'planned_move_on' }),
    ]);
    const corrected = { propertyId: house, residentId, on: '2026-09-12' };
    expect(await sent('PlacementDateCorrected', { ...corrected, which: 'end' }, stay)).toEqual([{ command: 'CorrectDecantMove', id: house, leftByMoveId: moveId, on: '2026-09-12' }]);
    expect(await sent('PlacementDateCorrected', { ...corrected, which: 'start' }, stay)).toEqual([]);
  });

  it('is expected no more when the bed is not kept for them, unless they live there', async () => {
    const room = (...more: ReturnType<typeof happened>[]) => stateOf(Room, [added, reserved, ...more], roomId);
    expect(await sent('RoomReservationReleased', { reservationId }, room())).toEqual([{ command: 'SettleDecantMove', id: house, residentId, roomId, on: '2026-09-02' }]);
    const livesHere = happened(RoomAllocated, { allocationId: someId('a'), placementId: someId('p'), residentId, from: '2026-09-01' });
    expect(await sent('RoomReservationReleased', { reservationId }, room(livesHere))).toEqual([]);
    expect(await sent('RoomReservationReleased', { reservationId: someId('another') }, room())).toEqual([]);
    expect(await sent('RoomReservationReleased', { reservationId })).toEqual([]);
  });
});
