import { idIn } from '../../kernel/entity.js';
import { policyIn } from '../../domain/policies.js';
import { afterQuiet, type QuietHours } from '../../domain/quiet-hours.js';
import type { Notification, NotificationDeliveryReported, NotificationRaised } from '../../domain/engagement/notification/notification.js';
import type { Organization } from '../../domain/organisation/organization/organization.js';
import type { User } from '../../domain/organisation/user/user.js';
import { plusMinutes } from '../../kernel/values.js';
import type { DecodedEvent } from '../../privacy/codec.js';
import type { Process, ProcessContext } from '../engine/process.js';

const channelKey = (id: string): string => `urgent|${id}`;
const expiryKey = (id: string): string => `expiry|${id}`;
const purgeKey = (id: string): string => `purge|${id}`;
const MINUTES_A_DAY = 1_440;

const organizationOf = (context: ProcessContext): Promise<Organization | undefined> =>
  context.find<Organization>('organizations', context.organizationId);
const hour = (of: number): string => `${String(of).padStart(2, '0')}:00`;

/** The quiet hours of a user: their own, or the organisation's. */
function quietHoursOf(user: User | undefined, organization: Organization | undefined): QuietHours {
  const { quietFrom: from, quietTo: to } = user ?? {};
  if (from && to) return { from, to };
  return { from: hour(policyIn(organization, 'NOT-7.from')), to: hour(policyIn(organization, 'NOT-7.to')) };
}

/** Watches over a new one: until it expires, and until it is sent by another channel, where it is ever to be. */
async function raised(id: string, { event, metadata: { recordedAt } }: DecodedEvent, context: ProcessContext): Promise<void> {
  const { userId, priority, notificationType, expiresAt } = event as unknown as NotificationRaised;
  if (expiresAt) context.schedule({ key: expiryKey(id), dueAt: expiresAt, payload: { id, command: 'ExpireNotification' } });
  const urgent = priority === 'urgent';
  const user = await context.find<User>('users', userId);
  if (!urgent && !user?.sentNotifications?.includes(notificationType)) return;
  const organization = await organizationOf(context);
  const unread = plusMinutes(recordedAt, policyIn(organization, 'NOT-2.minutes'));
  const dueAt = urgent ? unread : afterQuiet(unread, quietHoursOf(user, organization));
  context.schedule({ key: channelKey(id), dueAt, payload: { id, command: 'RequestNotificationChannel' } });
}

/** What was read or settled, or has expired unread, is cleared away some days after that. */
async function over(id: string, { declaration, metadata: { recordedAt } }: DecodedEvent, context: ProcessContext): Promise<void> {
  context.cancel(channelKey(id));
  if (declaration.type !== 'NotificationRead') context.cancel(expiryKey(id));
  const readAt = (await context.find<Notification>('notifications', id))?.readAt ?? recordedAt;
  const days = policyIn(await organizationOf(context), 'R-NOTIF');
  context.schedule({ key: purgeKey(id), dueAt: plusMinutes(readAt, days * MINUTES_A_DAY), payload: { id, command: 'PurgeNotification' } });
}

/**
 * What becomes of notifications by the clock. An urgent one that is not read in time is sent by another channel as well
 * (NOT-2), and so is what somebody wants to be sent, outside their quiet hours; where the channel fails, by the next one.
 * What nobody settles expires, and what is over is cleared away.
 */
export const unreadNotifications: Process = {
  name: 'unread-notifications',
  doc: 'Has notifications that nobody reads sent by another channel, ends those whose time is over, and clears away what was read.',
  on: ['NotificationRaised', 'NotificationRead', 'NotificationActioned', 'NotificationDismissed', 'NotificationExpired', 'NotificationDeliveryReported'],

  async react(decoded, context) {
    const id = idIn(decoded.stored.stream);
    if (decoded.declaration.type === 'NotificationRaised') return raised(id, decoded, context);
    if (decoded.declaration.type !== 'NotificationDeliveryReported') return over(id, decoded, context);
    const { outcome, settled } = decoded.event as unknown as NotificationDeliveryReported;
    if (outcome === 'failed' && settled) await context.send({ step: 'next channel', command: 'RequestNotificationChannel', id, body: {} });
  },

  async fire({ payload }, context) {
    await context.send({ step: 'due', command: String(payload['command']), id: String(payload['id']), body: {} });
  },
};
