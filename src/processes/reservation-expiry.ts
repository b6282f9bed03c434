import { idIn } from '../kernel/entity.js';
import type { RoomReserved } from '../domain/property/room/room.js';
import type { Process } from './engine/process.js';

const keyOf = (reservationId: string): string => `reservation|${reservationId}`;

/** Ends each reservation at the instant that it lapses, unless it was used or released before. */
export const reservationExpiry: Process = {
  name: 'reservation-expiry',
  doc: 'Ends reservations of rooms when their time is over.',
  on: ['RoomReserved', 'RoomReservationReleased'],

  async react(event, context) {
    const { reservationId, expiresAt } = event.event as unknown as RoomReserved;
    if (event.declaration.type !== 'RoomReserved') return context.cancel(keyOf(reservationId));
    const roomId = idIn(event.stored.stream);
    context.schedule({ key: keyOf(reservationId), dueAt: expiresAt, payload: { roomId, reservationId } });
  },

  async fire({ payload }, context) {
    const { roomId, reservationId } = payload;
    await context.send({ step: 'expire', command: 'ExpireReservation', id: String(roomId), body: { reservationId } });
  },
};
