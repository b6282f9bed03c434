import { describe, expect, it } from '@jest/globals';
import { happened, ORGANIZATION, someId, stateOf } from '../../test/support/given.js';
import '../domain/money/index.js';
import { SuspenseItem, SuspenseItemCreated, SuspensePostingRefused, SuspenseResolutionProposed, SuspenseResolved } from '../domain/money/suspense-item/suspense-item.js';
import { Refusal } from '../kernel/rules.js';
import { uuidOf } from '../kernel/values.js';
import { SubjectErased, type DecodedEvent } from '../privacy/codec.js';
import type { ProcessCommand, ProcessContext } from './engine/process.js';
import { suspensePosting } from './suspense-posting.js';

const [itemId, rentAccountId] = [someId('SuspenseItem'), someId('account')];
const history = [
  happened(SuspenseItemCreated, { amountPence: 6_000, on: '2026-08-26', source: 'manual', method: 'cash', payer: 'resident', externalRef: 'T-1' }),
  happened(SuspenseResolutionProposed, { rentAccountId }, { by: 'femi' }),
  happened(SuspenseResolved, { rentAccountId }, { by: 'priya' }),
];
/** The id of the event by which it was agreed to: the third of its stream. */
const agreement = uuidOf('spec-event', 2);

/** What is sent after the agreement, where the account answers with these errors, one after the other. */
async function posted(errors: Error[], events = history, eventId = agreement): Promise<ProcessCommand[]> {
  const sent: ProcessCommand[] = [];
  const context = {
    organizationId: ORGANIZATION,
    find: () => Promise.resolve(stateOf(SuspenseItem, events)),
    send: (command: ProcessCommand) => {
      sent.push(command);
      const error = command.command === 'RecordPayment' ? errors.shift() : undefined;
      return error ? Promise.reject(error) : Promise.resolve();
    },
  } as unknown as ProcessContext;
  const process = suspensePosting({ unseal: <T extends object>(objects: readonly T[]) => Promise.resolve([...objects]) });
  await process.react({ stored: { id: eventId, stream: `suspenseItem-${itemId}` } } as unknown as DecodedEvent, context);
  return sent;
}

const body = {
  amountPence: 6_000, method: 'cash', payer: 'resident', on: '2026-08-26', externalRef: 'T-1', receiptNumber: undefined, firstSignature: someId('femi'), secondSignature: someId('priya'),
};
const post = { step: 'post', command: 'RecordPayment', id: rentAccountId, body };

describe('posting from suspense', () => {
  it('records the money as it came, signed by the two who agreed', async () => {
    expect(await posted([])).toEqual([post]);
  });

  it('RNT-8: asks for another number of cash where others were given it, and parks nothing', async () => {
    const taken = (): Refusal => new Refusal('RNT-8', 'This number of cash was just given to another receipt.', { status: 409 });
    expect(await posted([taken(), taken()])).toEqual([post, post, post]);
  });

  it('has the money wait again where the account refuses it by now, and says why', async () => {
    const refused = (code: string) => ({ step: 'refused', command: 'KeepInSuspense', id: itemId, body: { code } });
    expect(await posted([new Refusal('RNT-5', 'It is recorded already.')])).toEqual([post, refused('RNT-5')]);
    expect(await posted([new SubjectErased(someId('jordan'))])).toEqual([post, refused('ERASED')]);
    await expect(posted([new Error('The database is away.')])).rejects.toThrow('away');
  });

  it('posts nothing for an agreement that the account has refused already, also where there is another one', async () => {
    const again = [...history, happened(SuspensePostingRefused, { code: 'RNT-5' })];
    expect(await posted([], again)).toEqual([]);
    const anew = [...again, history[1]!, history[2]!];
    expect(await posted([], anew)).toEqual([]);
    expect(await posted([], anew, uuidOf('spec-event', 5))).toEqual([post]);
  });
});
