import { Choice, Instant, Int, Ref, Text } from '../../../kernel/fields.js';
import { open, pseudonymous } from '../../../kernel/privacy.js';
import { NotificationChannel, type NotificationChannelName } from '../../notification-kinds.js';

/** What has become of sending it by another channel: `sent` by whoever carries it, `delivered` where they say so. */
export const ChannelStatus = { requested: 'requested', sent: 'sent', delivered: 'delivered', failed: 'failed' } as const;
export type ChannelStatusName = (typeof ChannelStatus)[keyof typeof ChannelStatus];
/** What whoever carries notifications says of one. */
export const DeliveryOutcome = { sent: 'sent', delivered: 'delivered', failed: 'failed' } as const;
export type DeliveryOutcomeName = (typeof DeliveryOutcome)[keyof typeof DeliveryOutcome];

/** A notification on its way by a channel beside the inbox: what whoever carries messages is to send, and what came of it. */
export class NotificationDelivery {
  id!: string;
  @Ref(pseudonymous, 'users', { doc: 'To whom' }) userId!: string;
  @Choice(open, 'NotificationChannel', NotificationChannel) channel!: NotificationChannelName;
  @Choice(open, 'ChannelStatus', ChannelStatus) status!: ChannelStatusName;
  @Text(open, { doc: 'What is sent: it names nobody' }) title!: string;
  @Instant(open) requestedAt!: string;
  @Int(open, { doc: 'How often sending it has failed' }) failures!: number;
  @Text(open, { optional: true, max: 60, doc: 'Why it failed last, as the carrier calls it' }) failureCode?: string;
  @Text(pseudonymous, { optional: true, max: 100, doc: 'What the carrier calls the message' }) providerRef?: string;
  @Instant(open, { optional: true, doc: 'When the carrier last said something of it' }) reportedAt?: string;
}
