import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, ORGANIZATION, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import type { DomainEvent } from '../../../kernel/event.js';
import { Refusal } from '../../../kernel/rules.js';
import { daysBetween, plusDays } from '../../../kernel/values.js';
import { ResidentRegistered } from '../../people/resident/resident-events.js';
import { Resident } from '../../people/resident/resident.js';
import { Property, PropertyRegistered } from '../../property/property/property.js';
import { Room, RoomAdded } from '../../property/room/room.js';
import { CorrectPlacementDate, EndPlacement, TransferPlacement } from './placement-commands.js';
import { Placement, PlacementDateCorrected, PlacementEnded, PlacementStarted, PlacementTransferred } from './placement.js';

const [residentId, propertyId, agreementId] = ['resident', 'property', 'agreement'].map(someId) as [string, string, string];
const rooms = ['R07', 'R09', 'R11'].map(someId) as [string, string, string];
const weeklyCharges = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };
const resident = stateOf(Resident, [happened(ResidentRegistered, { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' })], residentId);
const house = stateOf(Property, [happened(PropertyRegistered, {
  name: 'Mare Street House', propertyType: 'shared_housing', address: { line1: '1', town: 'London', postcode: 'E8 3RH' }, totalUnits: 12,
})], propertyId);
const room = (id: string) => stateOf(Room, [happened(RoomAdded, {
  propertyId, roomNumber: id, roomType: 'single', capacity: 1, availableFrom: '2026-08-01', weeklyCharges,
})], id);
const started = happened(PlacementStarted, { moveId: someId('in'), residentId, propertyId, roomId: rooms[0], agreementId, on: '2026-09-02', weeklyCharges });
const world = (history: readonly Happened[], now: string) =>
  rooms.reduce((all, id) => all.where('property_rooms', id, room(id)), given(Placement, ...history).now(`${now}T08:00:00.000Z`))
    .where('residents', residentId, resident).where('properties', propertyId, house).fact('date-of-birth', residentId, ['2006-05-02']);

describe('the nights of a stay', () => {
  it('are those between moving in and the day of leaving, and a correction moves the record of the move', () => {
    const out = happened(PlacementEnded, {
      moveId: someId('out'), residentId, propertyId, roomId: rooms[0], agreementId, on: '2027-01-14', terminationType: 'planned_move_on', destination: 'own flat',
    });
    const corrected = happened(PlacementDateCorrected, { residentId, propertyId, roomId: rooms[0], agreementId, which: 'end', on: '2027-01-13', reason: 'keys came back a day before' });
    expect(stateOf(Placement, [started, out])).toMatchObject({
      nightsStayed: 134, endDate: '2027-01-14',
      moves: [{ moveType: 'move_in', toRoomId: rooms[0] }, { moveType: 'move_out', fromRoomId: rooms[0], nightsStayed: 134, destination: 'own flat', moveDate: '2027-01-14' }],
    });
    const after = stateOf(Placement, [started, out, corrected]);
    expect(after).toMatchObject({ nightsStayed: 133, moves: [{}, { nightsStayed: 133, moveDate: '2027-01-13', correctedFrom: '2027-01-14' }] });
    expect(after.moves).toHaveLength(2);
  });

  it('hold the room and the resident, half-open, and nothing where no night was spent', () => {
    const across = happened(PlacementTransferred, {
      moveId: someId('across'), residentId, fromPropertyId: propertyId, fromRoomId: rooms[0], propertyId, roomId: rooms[1], agreementId, on: '2026-09-02', weeklyCharges, emergency: true,
    });
    expect(stateOf(Placement, [started]).holds()).toEqual([
      { register: 'property', owner: propertyId, kind: 'placement', key: rooms[0], party: residentId, from: '2026-09-02' },
      { register: 'resident', owner: residentId, kind: 'placement', key: someId('Placement'), from: '2026-09-02' },
      { register: 'plan', owner: ORGANIZATION, kind: 'resident', key: residentId },
    ]);
    expect(stateOf(Placement, [started, across]).holds().map(({ key }) => key)).toEqual([rooms[1], someId('Placement'), residentId]);
    const out = happened(PlacementEnded, { moveId: someId('out'), residentId, propertyId, roomId: rooms[1], agreementId, on: '2026-09-02', terminationType: 'return_home' });
    expect(stateOf(Placement, [started, across, out]).holds()).toEqual([]);
  });

  it('MOV-2, MOV-3: after any sequence of commands each move has one record, and the rooms cover the stay without gap or overlap', async () => {
    const asked = fc.record({
      what: fc.constantFrom('transfer', 'transfer', 'end', 'start', 'correctEnd'),
      on: fc.nat(60).map((day) => plusDays('2026-09-02', day - 10)),
      room: fc.constantFrom(...rooms),
      emergency: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(asked, { maxLength: 12 }), async (sequence) => {
        const history: Happened[] = [started];
        let moves = 1;
        for (const { what, on, room: roomId, emergency } of sequence) {
          const now = world(history, '2026-10-20');
          const when = {
            transfer: () => now.when(TransferPlacement, { roomId, on, emergency }),
            end: () => now.when(EndPlacement, { on, terminationType: 'planned_move_on' }),
            start: () => now.when(CorrectPlacementDate, { which: 'start', date: on, reason: 'r' }),
            correctEnd: () => now.when(CorrectPlacementDate, { which: 'end', date: on, reason: 'r' }),
          }[what]!();
          const events = await when.events().catch((refused: unknown) => {
            if (refused instanceof Refusal) return [];
            throw refused;
          });
          history.push(...events.map((event) => ({ event: event as unknown as DomainEvent<never> })));
          moves += events.filter((event) => event instanceof PlacementTransferred || event instanceof PlacementEnded).length;
          check(stateOf(Placement, history), moves);
        }
      }),
      { numRuns: 120 },
    );
  });
});

function check({ segments, moves, startDate, endDate, nightsStayed, roomId, status }: Placement, expectedMoves: number): void {
  expect(moves).toHaveLength(expectedMoves);
  for (const { moveType, isEmergencyMove, fromRoomId, toRoomId } of moves) {
    expect(isEmergencyMove).toBe(moveType === 'emergency_move');
    expect([Boolean(fromRoomId), Boolean(toRoomId)]).toEqual([moveType !== 'move_in', moveType !== 'move_out']);
    expect(fromRoomId).not.toBe(toRoomId);
  }
  expect(segments[0]!.from).toBe(startDate);
  expect(segments.at(-1)!.to).toBe(endDate);
  expect(segments.at(-1)!.roomId).toBe(roomId);
  expect(endDate !== undefined).toBe(status === 'ended');
  for (const [index, { from, to }] of segments.entries()) {
    if (to) expect(daysBetween(from, to)).toBeGreaterThanOrEqual(0);
    if (index > 0) expect(segments[index - 1]!.to).toBe(from);
  }
  const dates = moves.map(({ moveDate }) => moveDate);
  expect(dates).toEqual([...segments.map(({ from }) => from), ...(endDate ? [endDate] : [])]);
  if (endDate) expect(nightsStayed).toBe(daysBetween(startDate!, endDate));
}
