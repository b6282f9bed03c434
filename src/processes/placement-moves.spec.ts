import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, someId, stateOf, type Happened } from '../../test/support/given.js';
import { jsonBytes } from '../event-store/metadata.js';
import { declaredCommands, type DomainCommand } from '../kernel/command.js';
import type { State } from '../kernel/entity.js';
import { declaredEvents, type DomainEvent } from '../kernel/event.js';
import type { DecodedEvent } from '../privacy/codec.js';
import { peopleEntities } from '../domain/people/index.js';
import { ResidentRegistered } from '../domain/people/resident/resident-events.js';
import { Resident } from '../domain/people/resident/resident.js';
import '../domain/property/room/room-occupancy.js';
import { Room, RoomAdded } from '../domain/property/room/room.js';
import { tenancyEntities } from '../domain/tenancy/index.js';
import { Placement, PlacementDateCorrected, PlacementEnded, PlacementStarted, PlacementTransferred } from '../domain/tenancy/placement/placement.js';
import type { ProcessCommand, ProcessContext } from './engine/process.js';
import { placementMoves } from './placement-moves.js';

const [placementId, residentId, propertyId, agreementId, room7, room9] =
  ['placement', 'resident', 'property', 'agreement', 'R07', 'R09'].map(someId) as [string, string, string, string, string, string];
const weeklyCharges = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };
const common = { residentId, propertyId, agreementId };
const started = PlacementStarted.of({ ...common, moveId: someId('1'), roomId: room7, on: '2026-09-02', weeklyCharges });
const transferred = PlacementTransferred.of({
  ...common, moveId: someId('2'), fromPropertyId: propertyId, fromRoomId: room7, roomId: room9, on: '2026-12-10', weeklyCharges, emergency: false,
});
const ended = PlacementEnded.of({ ...common, moveId: someId('3'), roomId: room9, on: '2027-01-14', terminationType: 'planned_move_on' });
const earlier = PlacementDateCorrected.of({ ...common, roomId: room7, which: 'start', on: '2026-08-31', reason: 'typo' });
const sooner = PlacementDateCorrected.of({ ...common, roomId: room9, which: 'end', on: '2027-01-13', reason: 'typo' });
const story = [started, transferred, ended, earlier, sooner];

/** Streams in memory: a command is decided and folded once for each id, as the pipeline does it. */
function installation() {
  const streams = new Map<string, { entity: new () => State; history: Happened[] }>();
  streams.set(residentId, { entity: Resident, history: [happened(ResidentRegistered, { firstName: 'Sam', lastName: 'Ode', dateOfBirth: '2006-05-02' })] });
  for (const id of [room7, room9]) {
    const added = happened(RoomAdded, { propertyId, roomNumber: id, roomType: 'single', capacity: 1, availableFrom: '2026-08-01' });
    streams.set(id, { entity: Room, history: [added] });
  }
  const done = new Set<string>();
  const sent: string[] = [];
  const send = (cause: string) => async ({ step, command, id, body }: ProcessCommand): Promise<void> => {
    if (done.has(`${cause}|${step}`)) return;
    const { command: Command } = declaredCommands().find(({ name }) => name === command)!;
    const stream = streams.get(id)!;
    const refs = [['placements', placementId], ['properties', propertyId], ['property_rooms', room7], ['property_rooms', room9], ['tenancy_agreements', agreementId]] as const;
    const world = refs.reduce((all, [table, of]) => all.where(table, of, stateOf(Resident, [], of)), given(stream.entity, ...stream.history).as('system'));
    const events = await world.when(Command as unknown as new () => DomainCommand<State>, body).events();
    stream.history.push(...events.map((event) => ({ event: event as unknown as DomainEvent<never> })));
    done.add(`${cause}|${step}`);
    sent.push(`${command} ${events.map((event) => event.constructor.name).join()}`);
  };
  const react = (event: object, through: (send: (command: ProcessCommand) => Promise<void>) => (command: ProcessCommand) => Promise<void> = (same) => same) => {
    const declaration = declaredEvents().find((one) => one.event === (event.constructor as never))!;
    const decoded = { declaration, event, stored: { stream: `placement-${placementId}` } } as unknown as DecodedEvent;
    return placementMoves.react(decoded, { send: through(send(String(story.indexOf(event as never)))) } as unknown as ProcessContext);
  };
  return { react, sent, resident: () => stateOf(Resident, streams.get(residentId)!.history), allocations: (id: string) => stateOf(Room, streams.get(id)!.history).allocations };
}

describe('the moves of a placement', () => {
  it('knows every command that it sends, and has no more events than it reacts to', () => {
    expect([...peopleEntities, ...tenancyEntities]).toEqual(expect.arrayContaining([Resident, Placement]));
    expect(story.map(({ constructor }) => constructor.name).every((name) => placementMoves.on.includes(name))).toBe(true);
  });

  it('works on the placements of one resident one after the other', () => {
    const lanes = [1, 2].map((revision) => {
      const data = jsonBytes({ ...common, roomId: room7 });
      return placementMoves.lane!({ kind: 'event', id: someId(`${revision}`), stream: `placement-${revision}`, revision, position: revision, type: 'PlacementStarted', data, metadata: data });
    });
    expect(lanes).toEqual([residentId, residentId]);
  });

  it('allocates the room, moves the resident in, across and out, and corrects both ends', async () => {
    const { react, sent, resident, allocations } = installation();
    await react(started);
    expect(sent).toEqual(['AllocateRoom RoomAllocated', 'MoveResidentIn ResidentMovedIn']);
    expect(resident()).toMatchObject({ status: 'active', roomId: room7, propertyId, placementId, moveInDate: '2026-09-02' });
    await react(transferred);
    expect(resident()).toMatchObject({ status: 'active', roomId: room9 });
    expect(allocations(room7)).toMatchObject([{ from: '2026-09-02', to: '2026-12-10' }]);
    await react(ended);
    expect(resident()).toMatchObject({ status: 'moved_out', moveOutDate: '2027-01-14' });
    await react(earlier);
    await react(sooner);
    expect(resident()).toMatchObject({ moveInDate: '2026-08-31', moveOutDate: '2027-01-13' });
    expect(allocations(room7)).toMatchObject([{ from: '2026-08-31', to: '2026-12-10' }]);
    expect(allocations(room9)).toMatchObject([{ from: '2026-12-10', to: '2027-01-13' }]);
  });

  it('comes to the same whatever is repeated, and wherever it died', async () => {
    const straight = installation();
    for (const event of story) await straight.react(event);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ dies: fc.nat(3), after: fc.boolean() }), { minLength: story.length, maxLength: story.length }), async (deaths) => {
        const broken = installation();
        for (const [index, event] of story.entries()) {
          const { dies, after } = deaths[index]!;
          let steps = 0;
          await broken.react(event, (send) => async (command) => {
            if (steps++ < dies) return send(command);
            if (after) await send(command);
            throw new Error('died');
          }).catch((error: Error) => expect(error.message).toBe('died'));
          await broken.react(event);
          await broken.react(event);
        }
        expect(broken.resident()).toEqual(straight.resident());
        for (const room of [room7, room9]) expect(broken.allocations(room)).toEqual(straight.allocations(room));
      }),
      { numRuns: 40 },
    );
  });
});
