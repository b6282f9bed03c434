import { idIn } from '../../kernel/entity.js';
import { policyIn } from '../../domain/policies.js';
import type { Organization } from '../../domain/organisation/organization/organization.js';
import type { NotificationRaised } from '../../domain/engagement/notification/notification.js';
import { plusMinutes } from '../../kernel/values.js';
import type { Process, ProcessContext } from '../engine/process.js';

const urgentKey = (id: string): string => `urgent|${id}`;
const expiryKey = (id: string): string => `expiry|${id}`;

/** The minutes that the organisation gives people to read what is urgent. */
async function minutes(context: ProcessContext): Promise<number> {
  return policyIn(await context.find<Organization>('organizations', context.organizationId), 'NOT-2.minutes');
}

/**
 * What becomes of notifications by the clock: an urgent one that is not read in time is sent by another channel as well
 * (NOT-2), and one that nobody settles expires.
 */
export const unreadNotifications: Process = {
  name: 'unread-notifications',
  doc: 'Has urgent notifications that nobody reads sent by another channel, and ends those whose time is over.',
  on: ['NotificationRaised', 'NotificationRead', 'NotificationActioned', 'NotificationDismissed'],

  async react({ stored, declaration, event, metadata }, context) {
    const id = idIn(stored.stream);
    if (declaration.type !== 'NotificationRaised') {
      context.cancel(urgentKey(id));
      if (declaration.type !== 'NotificationRead') context.cancel(expiryKey(id));
      return;
    }
    const { priority, expiresAt } = event as unknown as NotificationRaised;
    if (expiresAt) context.schedule({ key: expiryKey(id), dueAt: expiresAt, payload: { id, command: 'ExpireNotification' } });
    if (priority !== 'urgent') return;
    const dueAt = plusMinutes(metadata.recordedAt, await minutes(context));
    context.schedule({ key: urgentKey(id), dueAt, payload: { id, command: 'RequestNotificationChannel' } });
  },

  async fire({ payload }, context) {
    await context.send({ step: 'due', command: String(payload['command']), id: String(payload['id']), body: {} });
  },
};
