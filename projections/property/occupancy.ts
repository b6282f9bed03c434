import type { Room } from '../../src/domain/property/room/room.js';
import type { DecodedEvent } from '../../src/privacy/codec.js';
import type { BatchContext, Column, HandWrittenProjection, RowChange } from '../engine/projection.js';

const TABLE = 'room_occupancies';
const id = (name: string, doc: string): Column => ({ name, type: 'uuid', nullable: false, doc, privacy: 1 });

/** What the room's events say of one stay. */
interface Stay {
  readonly allocationId: string;
  readonly placementId: string;
  readonly residentId?: string;
  readonly from?: string;
  readonly on?: string;
  readonly to?: string | null;
}

/** Who stayed in which room on which nights: one row for each stretch of a placement in a room, `[from_date, to_date)`. */
export const occupancy: HandWrittenProjection = {
  name: 'occupancy',
  version: 1,
  tables: [
    {
      name: TABLE,
      columns: [
        id('room_id', 'The room'),
        id('property_id', 'The property that the room is in'),
        id('placement_id', 'The placement'),
        id('resident_id', 'Who stayed'),
        { name: 'from_date', type: 'date', nullable: false, doc: 'First night', privacy: 1 },
        { name: 'to_date', type: 'date', nullable: true, doc: 'First night not stayed any more; absent while nobody knows', privacy: 1 },
      ],
      indexes: [['room_id'], ['property_id'], ['placement_id'], ['resident_id']],
    },
  ],
  on: ['RoomAllocated', 'RoomVacated', 'RoomOccupancyCorrected'],
  apply: stayed,
};

async function stayed(event: DecodedEvent, context: BatchContext): Promise<readonly RowChange[]> {
  const stay = event.event as unknown as Stay;
  const row = { table: TABLE, organizationId: event.metadata.organizationId, id: stay.allocationId };
  switch (event.declaration.type) {
    case 'RoomAllocated': {
      const room = await context.state<Room>(event);
      const { placementId, residentId, from } = stay;
      const values = { room_id: room.id, property_id: room.propertyId, placement_id: placementId, resident_id: residentId!, from_date: from!, to_date: null };
      return [{ ...row, values }];
    }
    case 'RoomVacated':
      return [{ ...row, values: { to_date: stay.on! } }];
    default:
      return [{ ...row, values: { ...(stay.from ? { from_date: stay.from } : {}), ...(stay.to === undefined ? {} : { to_date: stay.to }) } }];
  }
}
