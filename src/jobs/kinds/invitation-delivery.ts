import type { EventStore } from '../../event-store/event-store.js';
import { jsonOf } from '../../event-store/metadata.js';
import type { Clock } from '../../platform/clock.js';
import type { Carrier } from '../deliveries.js';
import type { EventJob, Id } from '../job.js';

/** What is looked at of a membership. */
export interface InvitedMembership {
  readonly status: string;
  readonly tokenHash?: string;
  readonly invitationExpiresAt?: string;
}

/** What delivering invitations takes. */
export interface InvitationDeliveryParts {
  readonly store: Pick<EventStore, 'readStream'>;
  readonly membership: (id: Id, organizationId: Id) => Promise<InvitedMembership | undefined>;
  readonly clock: Clock;
  readonly carrier: Carrier;
}

/** Sends invitations to whom they are for. One that is used up, taken back, over or replaced by then is not sent. */
export const invitationDelivery = ({ store, membership, clock, carrier }: InvitationDeliveryParts): EventJob => ({
  name: 'invitation-delivery',
  doc: 'Sends an invitation to whom it is for, unless it counts no more by then.',
  queue: 'messages',
  on: ['UserInvited', 'InvitationResent'],
  attempts: 8,
  backoffMs: 2_000,

  async run({ intentId, eventId, entityId, organizationId }) {
    const invited = await membership(entityId, organizationId);
    if (invited?.status !== 'invited' || (await clock.now()) >= (invited.invitationExpiresAt ?? '')) return;
    // Of several invitations of one person the last one counts, and has a job of its own.
    if (invited.tokenHash !== (await tokenHashIn(store, `membership-${entityId}`, eventId))) return;
    await carrier.carry({ id: intentId, kind: 'invitation', organizationId, subjectId: entityId });
  },
});

async function tokenHashIn(store: Pick<EventStore, 'readStream'>, stream: string, eventId: Id): Promise<unknown> {
  for await (const event of store.readStream(stream)) if (event.id === eventId) return jsonOf(event.data)['tokenHash'];
  throw new Error('The event of an invitation is not in its stream.');
}
