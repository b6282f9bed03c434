import { describe, expect, it } from '@jest/globals';
import { Room, RoomAllocated, RoomOccupancyCorrected, RoomVacated } from '../../src/domain/property/room/room.js';
import type { DomainEvent } from '../../src/kernel/event.js';
import { uuidOf } from '../../src/kernel/values.js';
import type { DecodedEvent } from '../../src/privacy/codec.js';
import type { BatchContext } from '../engine/projection.js';
import { occupancy } from './occupancy.js';

const [organizationId, roomId, propertyId] = [uuidOf('organisation'), uuidOf('room'), uuidOf('property')];
const [allocationId, placementId, residentId] = [uuidOf('stay'), uuidOf('placement'), uuidOf('sam')];
const context = {
  state: () => Promise.resolve(Object.assign(new Room(), { id: roomId, propertyId })),
} as unknown as BatchContext;
const rowOf = (type: string, event: DomainEvent<never>) =>
  occupancy.apply({ declaration: { type }, event, metadata: { organizationId } } as unknown as DecodedEvent, context);
const row = { table: 'room_occupancies', organizationId, id: allocationId };

describe('the occupancy projection', () => {
  it('has a row for each stay, from the room that it is in', async () => {
    const values = { room_id: roomId, property_id: propertyId, placement_id: placementId, resident_id: residentId, from_date: '2026-09-02', to_date: null };
    const event = RoomAllocated.of({ allocationId, placementId, residentId, from: '2026-09-02' });
    expect(await rowOf('RoomAllocated', event)).toEqual([{ ...row, values }]);
  });

  it('ends it, and corrects what was wrong of it alone', async () => {
    expect(await rowOf('RoomVacated', RoomVacated.of({ allocationId, placementId, on: '2026-09-09' }))).toEqual([{ ...row, values: { to_date: '2026-09-09' } }]);
    const corrected = (change: { from?: string; to?: string | null }) =>
      rowOf('RoomOccupancyCorrected', RoomOccupancyCorrected.of({ allocationId, placementId, ...change }));
    expect(await corrected({ from: '2026-09-01' })).toEqual([{ ...row, values: { from_date: '2026-09-01' } }]);
    expect(await corrected({ to: null })).toEqual([{ ...row, values: { to_date: null } }]);
  });
});
