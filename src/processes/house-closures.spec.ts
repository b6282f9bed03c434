import { describe, expect, it } from '@jest/globals';
import { someId } from '../../test/support/given.js';
import type { DecodedEvent } from '../privacy/codec.js';
import type { ProcessCommand, ProcessContext } from './engine/process.js';
import { houseClosures } from './house-closures.js';

describe('a house that is closed for good', () => {
  it('has nothing to be done in its rooms any more, each told once', async () => {
    const sent: ProcessCommand[] = [];
    const context = { send: (one: ProcessCommand) => Promise.resolve(void sent.push(one)) } as unknown as ProcessContext;
    const [first, second] = [someId('R01'), someId('R02')];
    await houseClosures.react({ event: { roomIds: [first, second] } } as unknown as DecodedEvent, context);
    await houseClosures.react({ event: {} } as unknown as DecodedEvent, context);
    expect(sent.map(({ command, id }) => [command, id])).toEqual([['WaiveVoidTasks', first], ['WaiveVoidTasks', second]]);
    expect(new Set(sent.map(({ step }) => step)).size).toBe(2);
  });
});
