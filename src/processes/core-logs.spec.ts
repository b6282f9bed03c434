import { describe, expect, it } from '@jest/globals';
import { someId } from '../../test/support/given.js';
import type { DecodedEvent } from '../privacy/codec.js';
import { coreLogOf, coreLogs } from './core-logs.js';
import type { ProcessCommand, ProcessContext } from './engine/process.js';

const placementId = someId('placement');
const id = coreLogOf(placementId);

/** What the process sends, of an event and of what it finds. */
async function sent(type: string, event: object, found: Readonly<Record<string, object>> = {}): Promise<ProcessCommand[]> {
  const commands: ProcessCommand[] = [];
  const context = {
    organizationId: someId('organisation'),
    find: (table: string, of: string) => Promise.resolve(found[of] ?? found[table]),
    send: (command: ProcessCommand) => Promise.resolve(void commands.push(command)),
  } as unknown as ProcessContext;
  await coreLogs.react({ declaration: { type }, event, stored: { stream: `placement-${placementId}` } } as unknown as DecodedEvent, context);
  return commands;
}

describe('the log of a letting', () => {
  it('is prepared once for each placement, and by private landlords not at all', async () => {
    expect(await sent('PlacementStarted', {})).toEqual([{ step: 'prepare', command: 'PrepareCoreLog', id, body: { placementId } }]);
    expect(await sent('PlacementStarted', {}, { organizations: { organizationType: 'charity' } })).toHaveLength(1);
    expect(await sent('PlacementStarted', {}, { organizations: { organizationType: 'private' } })).toEqual([]);
  });

  it('follows a first day that is corrected, until it was taken', async () => {
    const log = { core_logs: { status: 'exported' } };
    expect(await sent('PlacementDateCorrected', { which: 'start' }, log)).toEqual([{ step: 'refresh', command: 'RefreshCoreLog', id, body: {} }]);
    expect(await sent('PlacementDateCorrected', { which: 'end' }, log)).toEqual([]);
    expect(await sent('PlacementDateCorrected', { which: 'start' }, { core_logs: { status: 'accepted' } })).toEqual([]);
    expect(await sent('PlacementDateCorrected', { which: 'start' })).toEqual([]);
  });

  describe('of a move between rooms', () => {
    const [here, there, single, double, studio] = ['here', 'there', 'single', 'double', 'studio'].map(someId) as [string, string, string, string, string];
    const rooms = { [single]: { roomType: 'single' }, [double]: { roomType: 'double' }, [studio]: { roomType: 'studio' } };
    const on = '2028-02-29';
    const move = (toRoomId: string, propertyId = here, fromRoomId = single) =>
      ({ moveId: 'the move', fromPropertyId: here, propertyId, fromRoomId, roomId: toRoomId, agreementId: 'new', on });
    const stay = (to: string, agreementBefore = 'old', from = single) => ({
      placements: { segments: [{ roomId: from, agreementId: agreementBefore, from: '2027-11-01', to: on }, { roomId: to, agreementId: 'new', from: on }] },
      ...rooms,
    });
    const prepared = [{ step: 'prepare', command: 'PrepareCoreLog', id: coreLogOf(placementId, 'the move'), body: { placementId, moveId: 'the move' } }];

    it('is one more log where a new agreement is for another property, or for a dwelling of one’s own', async () => {
      expect(await sent('PlacementTransferred', move(double, there), stay(double))).toEqual(prepared);
      expect(await sent('PlacementTransferred', move(studio), stay(studio))).toEqual(prepared);
      expect(await sent('PlacementTransferred', move(single, here, studio), stay(single, 'old', studio))).toEqual(prepared);
      expect(coreLogOf(placementId, 'the move')).not.toBe(id);
    });

    it('is none within a shared house, even with a new agreement, and none without one', async () => {
      expect(await sent('PlacementTransferred', move(double), stay(double))).toEqual([]);
      expect(await sent('PlacementTransferred', move(double, there), stay(double, 'new'))).toEqual([]);
      expect(await sent('PlacementTransferred', move(studio), stay(studio, 'new'))).toEqual([]);
      expect(await sent('PlacementTransferred', move(studio, there), { ...stay(studio), organizations: { organizationType: 'private' } })).toEqual([]);
    });
  });
});
