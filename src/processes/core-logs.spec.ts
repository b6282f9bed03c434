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
    find: (table: string) => Promise.resolve(found[table]),
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
});
