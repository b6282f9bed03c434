import { idIn } from '../kernel/entity.js';
import type { Room, RoomReservationReleased } from '../domain/property/room/room.js';
import type { PlacementEnded, PlacementTransferred } from '../domain/tenancy/placement/placement.js';
import { londonDate } from '../kernel/values.js';
import type { DecodedEvent } from '../privacy/codec.js';
import type { Process, ProcessContext } from './engine/process.js';

/** Somebody has left a property; a move within it is none out of it. */
async function left(propertyId: string, residentId: string, on: string, context: ProcessContext): Promise<void> {
  await context.send({ step: 'settle', command: 'SettleDecantMove', id: propertyId, body: { residentId, on } });
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
  doc: 'Notes on the decant plan of a property that somebody has moved out of it, or is expected no more.',
  on: ['PlacementTransferred', 'PlacementEnded', 'RoomReservationReleased'],
  async react(decoded, context) {
    if (decoded.declaration.type === 'RoomReservationReleased') return released(decoded, context);
    if (decoded.declaration.type === 'PlacementEnded') {
      const { propertyId, residentId, on } = decoded.event as unknown as PlacementEnded;
      return left(propertyId, residentId, on, context);
    }
    const { fromPropertyId, propertyId, residentId, on } = decoded.event as unknown as PlacementTransferred;
    if (fromPropertyId !== propertyId) return left(fromPropertyId, residentId, on, context);
  },
};
