import { idIn } from '../kernel/entity.js';
import type { Organization } from '../domain/organisation/organization/organization.js';
import type { CoreLog } from '../domain/tenancy/core-log/core-log.js';
import type { Room } from '../domain/property/room/room.js';
import type { Placement, PlacementTransferred } from '../domain/tenancy/placement/placement.js';
import { uuidOf } from '../kernel/values.js';
import type { Process, ProcessContext } from './engine/process.js';

/** The log of a placement, or of one of its moves between rooms: one for ever. */
export const coreLogOf = (placementId: string, moveId?: string): string => (moveId ? uuidOf(placementId, 'core-log', moveId) : uuidOf(placementId, 'core-log'));

/**
 * Whether a move between rooms is a letting of its own, by the guidance of the service: a new agreement is signed, and it is
 * for another property, or for a dwelling of one's own in place of a room in a shared one, or the other way round.
 */
async function isLetting(placementId: string, move: PlacementTransferred, context: ProcessContext): Promise<boolean> {
  const placement = await context.find<Placement>('placements', placementId);
  const at = placement?.segments.findLastIndex(({ roomId, from }) => roomId === move.roomId && from === move.on) ?? -1;
  if (at < 1 || placement!.segments[at - 1]!.agreementId === move.agreementId) return false;
  if (move.propertyId !== move.fromPropertyId) return true;
  const [from, to] = await Promise.all([move.fromRoomId, move.roomId].map((id) => context.find<Room>('property_rooms', id)));
  return (from?.roomType === 'studio') !== (to?.roomType === 'studio');
}

/**
 * Prepares the lettings log of everybody who moves in, or into another letting, and follows a first day that is corrected.
 * Private landlords make no such return. What the service has accepted is left as it is.
 */
export const coreLogs: Process = {
  name: 'core-logs',
  doc: 'Prepares the statutory lettings log (CORE) of each move-in and of each move that is a letting of its own, and keeps its first day right.',
  on: ['PlacementStarted', 'PlacementTransferred', 'PlacementDateCorrected'],

  async react({ stored, declaration, event }, context) {
    const placementId = idIn(stored.stream);
    if (declaration.type === 'PlacementDateCorrected') {
      if ((event as unknown as { which: string }).which !== 'start') return;
      const id = coreLogOf(placementId);
      const log = await context.find<CoreLog>('core_logs', id);
      if (!log || log.status === 'accepted') return;
      return context.send({ step: 'refresh', command: 'RefreshCoreLog', id, body: {} });
    }
    const organisation = await context.find<Organization>('organizations', context.organizationId);
    if (organisation?.organizationType === 'private') return;
    if (declaration.type === 'PlacementStarted') return context.send({ step: 'prepare', command: 'PrepareCoreLog', id: coreLogOf(placementId), body: { placementId } });
    const move = event as PlacementTransferred;
    if (!(await isLetting(placementId, move, context))) return;
    await context.send({ step: 'prepare', command: 'PrepareCoreLog', id: coreLogOf(placementId, move.moveId), body: { placementId, moveId: move.moveId } });
  },
};
