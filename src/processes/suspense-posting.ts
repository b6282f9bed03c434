import { idIn } from '../kernel/entity.js';
import type { SuspenseItem } from '../domain/money/suspense-item/suspense-item.js';
import { SubjectErased, type Codec } from '../privacy/codec.js';
import { Refusal } from '../kernel/rules.js';
import type { Process } from './engine/process.js';
import { recordPayment } from './payment-recording.js';

/**
 * Posts money that two people have agreed about to its rent account, with the date on which it was received. The command's
 * id follows from the agreement, so that it is posted once. What the account refuses by then waits in suspense again.
 */
export const suspensePosting = (codec: Pick<Codec, 'unseal'>): Process => ({
  name: 'suspense-posting',
  doc: 'Posts money that was in suspense to the rent account that two people have agreed on.',
  on: ['SuspenseResolved'],
  async react({ stored }, context) {
    const item = await context.find<SuspenseItem>('suspense_items', idIn(stored.stream));
    // Of an agreement that was recorded before, the account has decided.
    if (!item?.rentAccountId || item.resolutionEventId !== stored.id) return;
    const { rentAccountId, amountPence, method, payer, receivedOn: on } = item;
    const [{ externalRef }] = (await codec.unseal([{ externalRef: item.externalRef as unknown }])) as [{ externalRef: unknown }];
    // What was erased meanwhile is not said again; the money is posted all the same.
    const known = typeof externalRef === 'string' ? { externalRef } : {};
    // Two people have signed for it, as much cash asks for.
    const signed = method === 'cash' ? { receiptNumber: item.reference, firstSignature: item.proposedBy, secondSignature: item.approvedBy } : {};
    try {
      await recordPayment({ step: 'post', command: 'RecordPayment', id: rentAccountId, body: { amountPence, method, payer, on, ...known, ...signed } }, context);
    } catch (error) {
      const code = error instanceof Refusal ? error.code : error instanceof SubjectErased ? 'ERASED' : undefined;
      if (code === undefined) throw error;
      // What the account takes may have changed since it was agreed to: then the money waits again, and it is said why.
      await context.send({ step: 'refused', command: 'KeepInSuspense', id: item.id, body: { code } });
    }
  },
});
