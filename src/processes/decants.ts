import { idIn } from '../kernel/entity.js';
import type { Room, RoomReservationReleased } from '../domain/property/room/room.js';
import type { Placement, PlacementDateCorrected, PlacementEnded, PlacementTransferred } from '../domain/tenancy/placement/placement.js';
import { londonDate } from '../kernel/values.js';
import type { DecodedEvent } from '../privacy/codec.js';
import type { Process, ProcessContext } from './engine/process.js';

/** Somebody has left a property; a move within it is none out of it. */
async function left(propertyId: string, { residentId, moveId: leftByMoveId, on }: PlacementEnded | PlacementTransferred, context: ProcessContext): Promise<void> {
  await context.send({ step: 'settle', command: 'SettleDecantMove', id: propertyId, body: { residentId, leftByMoveId, on } });
}

/** The day of leaving was another one. */
async function corrected(placementId: string, { propertyId, which, on }: PlacementDateCorrected, context: ProcessContext): Promise<void> {
  const move = which === 'end' ? (await context.find<Placement>('placements', placementId))?.moveOut() : undefined;
  if (move) await context.send({ step: 'correct', command: 'CorrectDecantMove', id: propertyId, body: { leftByMoveId: move.id, on } });
}

/** A bed that was kept for somebody is kept no more. */
async function released({ stored, event, recorded }: DecodedEvent, context: ProcessContext): Promise<void> {
  const roomId = idIn(stored.stream);
  const room = await context.find<Room>('property_rooms', roomId);
  const reservation = room?.reservations.find(({ id }) => id === (event as unknown as RoomReservationReleased).reservationId);
  if (!room || !reservation || room.allocations.some(({ residentId, to }) => residentId === reservation.residentId && !to)) return;
  const body = { residentId: reservation.residentId, roomId, on: londonDate(recorded.recordedAt) };
  await context.send({ step: 'settle', command: 'SettleDecantMove', id: room.propertyId, body });
}

/** Takes from decant plans who has left the house, or is expected there no more. */
export const decants: Process = {
  name: 'decants',
  doc: 'Notes on the decant plan of a property that somebody has moved out of it, on which day as that is corrected, or is expected no more.',
  on: ['PlacementTransferred', 'PlacementEnded', 'PlacementDateCorrected', 'RoomReservationReleased'],
  async react(decoded, context) {
    const { declaration, event, stored } = decoded;
    switch (declaration.type) {
      case 'RoomReservationReleased':
        return released(decoded, context);
      case 'PlacementDateCorrected':
        return corrected(idIn(stored.stream), event as unknown as PlacementDateCorrected, context);
      case 'PlacementEnded': {
        const ended = event as unknown as PlacementEnded;
        return left(ended.propertyId, ended, context);
      }
      default: {
        const transferred = event as unknown as PlacementTransferred;
        if (transferred.fromPropertyId !== transferred.propertyId) return left(transferred.fromPropertyId, transferred, context);
      }
    }
  },
};
