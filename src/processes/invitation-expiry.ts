import { idIn } from '../kernel/entity.js';
import type { DecodedEvent } from '../privacy/codec.js';
import type { Process, ProcessContext, ProcessTimer } from './engine/process.js';

const membershipOf = ({ stored }: DecodedEvent): string => idIn(stored.stream);

/** Ends invitations whose week is over. */
export const invitationExpiry: Process = {
  name: 'invitation-expiry',
  doc: 'Ends invitations that nobody has accepted within their week.',
  on: ['UserInvited', 'InvitationResent', 'MembershipAccepted', 'InvitationRevoked'],

  react(event: DecodedEvent, context: ProcessContext): Promise<void> {
    const membershipId = membershipOf(event);
    const { expiresAt } = event.event as { expiresAt?: string };
    if (expiresAt === undefined) context.cancel(membershipId);
    else context.schedule({ key: membershipId, dueAt: expiresAt, payload: { membershipId } });
    return Promise.resolve();
  },

  async fire({ payload }: ProcessTimer, context: ProcessContext): Promise<void> {
    await context.send({ step: 'expire', command: 'ExpireInvitation', id: String(payload['membershipId']), body: {} });
  },
};
