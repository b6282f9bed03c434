import { describe, expect, it } from '@jest/globals';
import { RoomReservationReleased, RoomReserved } from '../domain/property/room/room.js';
import { uuidOf } from '../kernel/values.js';
import type { DecodedEvent } from '../privacy/codec.js';
import type { ProcessCommand, ProcessContext, ProcessTimer } from './engine/process.js';
import { reservationExpiry } from './reservation-expiry.js';

const roomId = uuidOf('room');
const reservationId = uuidOf('reservation');
const reserved = RoomReserved.of({ reservationId, residentId: uuidOf('sam'), from: '2026-09-05', expiresAt: '2026-09-09T08:00:00.000Z' });

function engine() {
  const timers = new Map<string, ProcessTimer>();
  const sent: ProcessCommand[] = [];
  const context = {
    send: (command: ProcessCommand) => Promise.resolve(void sent.push(command)),
    schedule: (timer: ProcessTimer) => void timers.set(timer.key, timer),
    cancel: (key: string) => void timers.delete(key),
  } as unknown as ProcessContext;
  const react = (type: string, event: object) =>
    reservationExpiry.react({ declaration: { type }, event, stored: { stream: `room-${roomId}` } } as unknown as DecodedEvent, context);
  return { timers, sent, context, react };
}

describe('a reservation', () => {
  it('is ended at the instant that it lapses', async () => {
    const { timers, sent, context, react } = engine();
    await react('RoomReserved', reserved);
    const [timer] = [...timers.values()];
    expect(timer!.dueAt).toBe('2026-09-09T08:00:00.000Z');
    await reservationExpiry.fire!(timer!, context);
    expect(sent).toEqual([{ step: 'expire', command: 'ExpireReservation', id: roomId, body: { reservationId } }]);
  });

  it('that is released is forgotten', async () => {
    const { timers, react } = engine();
    await react('RoomReserved', reserved);
    await react('RoomReservationReleased', RoomReservationReleased.of({ reservationId, reason: 'declined' }));
    expect(timers.size).toBe(0);
  });
});
