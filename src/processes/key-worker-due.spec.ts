import { describe, expect, it } from '@jest/globals';
import { ORGANIZATION, someId } from '../../test/support/given.js';
import type { DecodedEvent } from '../privacy/codec.js';
import type { ProcessCommand, ProcessContext } from './engine/process.js';
import { keyWorkerDue, type WaitingPage } from './key-worker-due.js';

const ids = Array.from({ length: 501 }, (_, at) => `resident ${String(at).padStart(3, '0')}`);

/** What the process sends for an event, and the pages of residents that it asked for. */
async function reaction(type: string, event: object, source = 'api'): Promise<{ sent: ProcessCommand[]; pages: WaitingPage[] }> {
  const sent: ProcessCommand[] = [];
  const pages: WaitingPage[] = [];
  const process = keyWorkerDue((organizationId, page) => {
    expect(organizationId).toBe(ORGANIZATION);
    pages.push(page);
    return Promise.resolve(ids.filter((id) => page.after === undefined || id > page.after).slice(0, page.most));
  });
  const context = { organizationId: ORGANIZATION, send: (command: ProcessCommand) => Promise.resolve(void sent.push(command)) } as unknown as ProcessContext;
  await process.react({ declaration: { type }, event, metadata: { source }, stored: { stream: `resident-${someId('amara')}`, position: 77 } } as unknown as DecodedEvent, context);
  return { sent, pages };
}

describe('deadlines that wait for a calendar of bank holidays', () => {
  it('are set for everybody who waits when there is another one, each once and page by page', async () => {
    const { sent, pages } = await reaction('BankHolidaysImported', {});
    expect(pages).toEqual([{ position: 77, most: 500 }, { after: ids[499], most: 500 }]);
    expect(sent.map(({ id, step }) => [id, step])).toEqual(ids.map((id) => [id, `due|${id}`]));
  });

  it('are asked for nobody in an organisation that begins', async () => {
    expect(await reaction('BankHolidaysImported', {}, 'process')).toEqual({ sent: [], pages: [] });
  });

  it('are asked for by who moves in while a calendar is taken over, and by nobody else', async () => {
    expect((await reaction('ResidentMovedIn', { keyWorkerDueFrom: '2028-12-29' })).sent).toEqual([{ step: 'due', command: 'SetKeyWorkerDue', id: someId('amara'), body: {} }]);
    expect((await reaction('ResidentMovedIn', { keyWorkerDue: {} })).sent).toEqual([]);
  });
});
