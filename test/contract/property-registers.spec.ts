import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { propertyRegisters } from '../../src/domain/property/property-register.js';
import { Property } from '../../src/domain/property/property/property.js';
import { ChangeCapacity, RegisterProperty } from '../../src/domain/property/property/property-commands.js';
import { Room } from '../../src/domain/property/room/room.js';
import { AddRoom, ChangeRoomDetails, RetireRoom, TakeRoomOutOfService } from '../../src/domain/property/room/room-commands.js';
import { Catalogue } from '../../src/kernel/catalogue.js';
import { twoProcesses } from './two-processes.js';

const catalogue = new Catalogue([Property, Room]);
const actor = { id: randomUUID(), role: 'manager', organizationId: randomUUID(), permissions: new Set(['*:*']) };

describe('what must hold over the streams of a property', () => {
  const send = twoProcesses(catalogue, propertyRegisters, actor);
  const house = (name: string, totalUnits = 3) =>
    send(RegisterProperty, { name, totalUnits, propertyType: 'house', address: { line1: '1 Mare Street', town: 'London', postcode: 'E8 3RH' } });
  const room = (propertyId: string, roomNumber: string, capacity = 1) => send(AddRoom, { propertyId, roomNumber, capacity, roomType: 'single' });
  const counted = (outcomes: readonly string[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const one of outcomes) counts[/^[A-Z]+-\d$/.test(one) ? one : 'done'] = (counts[/^[A-Z]+-\d$/.test(one) ? one : 'done'] ?? 0) + 1;
    return counts;
  };

  it('PRP-5: gives one of many that ask at once the name', async () => {
    expect(counted(await Promise.all(Array.from({ length: 10 }, () => house('Mare Street House'))))).toEqual({ done: 1, 'PRP-5': 9 });
  });

  it('ROM-1: gives one of many that ask at once the room number', async () => {
    const propertyId = await house('Numbers', 20);
    expect(counted(await Promise.all(Array.from({ length: 10 }, () => room(propertyId, 'R01'))))).toEqual({ done: 1, 'ROM-1': 9 });
  });

  it('PRP-1: never has more beds than units, whoever is first', async () => {
    const propertyId = await house('Beds', 3);
    const rooms = await Promise.all(Array.from({ length: 8 }, (_, index) => room(propertyId, `R${index}`)));
    expect(counted(rooms)).toEqual({ done: 3, 'PRP-1': 5 });
    expect(await send(ChangeCapacity, { totalUnits: 2, reason: 'x' }, propertyId)).toBe('PRP-1');
    const first = rooms.find((one) => !one.startsWith('PRP'))!;
    expect(await send(RetireRoom, {}, first)).toBe(first);
    expect(await send(ChangeCapacity, { totalUnits: 2, reason: 'x' }, propertyId)).toBe(propertyId);
    expect(await room(propertyId, 'R9')).toBe('PRP-1');
  });

  it('a room can be renamed, enlarged and closed', async () => {
    const propertyId = await house('Changes', 3);
    const id = await room(propertyId, 'R01');
    expect(await send(ChangeRoomDetails, { roomNumber: 'R02', capacity: 3 }, id)).toBe(id);
    expect(await room(propertyId, 'R01')).toBe('PRP-1');
    expect(await send(ChangeRoomDetails, { capacity: 2 }, id)).toBe(id);
    expect(await room(propertyId, 'R01')).not.toBe('ROM-1');
    expect(await send(TakeRoomOutOfService, { reason: 'damp' }, id)).toBe(id);
  });
});
