import { idIn } from '../kernel/entity.js';
import type {
  PlacementDateCorrected,
  PlacementEnded,
  PlacementStarted,
  PlacementTransferred,
} from '../domain/tenancy/placement/placement.js';
import { jsonOf } from '../event-store/metadata.js';
import type { DecodedEvent } from '../privacy/codec.js';
import type { Process, ProcessCommand } from './engine/process.js';

type Steps = readonly ProcessCommand[];
/** A step is named by its command: no reaction sends one command twice. */
const step = (command: string, id: string, body: object): ProcessCommand => ({ step: command, command, id, body });

const started = (placementId: string, { residentId, propertyId, roomId, agreementId, on }: PlacementStarted): Steps => [
  step('AllocateRoom', roomId, { placementId, residentId, from: on }),
  step('MoveResidentIn', residentId, { placementId, propertyId, roomId, agreementId, on }),
];
const transferred = (
  placementId: string,
  { residentId, fromRoomId, propertyId, roomId, on, emergency }: PlacementTransferred,
): Steps => [
  step('VacateRoom', fromRoomId, { placementId, on }),
  step('AllocateRoom', roomId, { placementId, residentId, from: on }),
  step('TransferResident', residentId, { placementId, propertyId, roomId, on, emergency }),
];
const ended = (placementId: string, { residentId, roomId, on, terminationType }: PlacementEnded): Steps => [
  step('VacateRoom', roomId, { placementId, on }),
  step('MoveResidentOut', residentId, { placementId, on, terminationType }),
];
const corrected = (placementId: string, { residentId, roomId, which, on }: PlacementDateCorrected): Steps => [
  step('CorrectOccupancy', roomId, { placementId, ...(which === 'start' ? { from: on } : { to: on }) }),
  step('CorrectMoveDate', residentId, { placementId, which, on }),
];

function stepsOf({ stored, declaration, event }: DecodedEvent): Steps {
  const placementId = idIn(stored.stream);
  switch (declaration.type) {
    case 'PlacementStarted':
      return started(placementId, event as unknown as PlacementStarted);
    case 'PlacementTransferred':
      return transferred(placementId, event as unknown as PlacementTransferred);
    case 'PlacementEnded':
      return ended(placementId, event as unknown as PlacementEnded);
    default:
      return corrected(placementId, event as unknown as PlacementDateCorrected);
  }
}

/** What follows from a placement for the rooms and the resident; the placement itself holds the nights already. */
export const placementMoves: Process = {
  name: 'placement-moves',
  doc: 'Allocates and vacates rooms, and moves residents in, across and out, as their placements say.',
  on: ['PlacementStarted', 'PlacementTransferred', 'PlacementEnded', 'PlacementDateCorrected'],
  // A resident moves out of one placement before they move into the next, also where both come to be worked on at once.
  lane: ({ data }) => String(jsonOf(data)['residentId']),
  async react(event, context) {
    for (const command of stepsOf(event)) await context.send(command);
  },
};
