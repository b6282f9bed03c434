import type { Carrier } from '../deliveries.js';
import type { EventJob, Id } from '../job.js';

/** What is looked at of a notification. */
export interface ToldNotification {
  readonly status: string;
  readonly channelStatus?: string;
}

/** What delivering notifications takes. */
export interface NotificationDeliveryParts {
  readonly notification: (id: Id, organizationId: Id) => Promise<ToldNotification | undefined>;
  readonly carrier: Carrier;
}

/** Hands notifications to whoever carries messages. One that was read meanwhile, or that another has carried, is not. */
export const notificationDelivery = ({ notification, carrier }: NotificationDeliveryParts): EventJob => ({
  name: 'notification-delivery',
  doc: 'Hands a notification that nobody has read to whoever carries messages, unless it was read by then.',
  queue: 'messages',
  on: ['NotificationChannelRequested'],
  // NOT-8 ends it sooner: of 30 seconds and twice as long each time, three tries take a minute and a half.
  attempts: 10,
  backoffMs: 30_000,

  async run({ intentId, entityId, organizationId }) {
    const told = await notification(entityId, organizationId);
    if (told?.status !== 'unread' || told.channelStatus !== 'requested') return;
    await carrier.carry({ id: intentId, kind: 'notification', organizationId, subjectId: entityId });
  },
});
