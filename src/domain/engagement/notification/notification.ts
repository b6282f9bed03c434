import { Entity, stateWith } from '../../../kernel/entity.js';
import { DomainEvent, EventOf, eventWith, type Recorded } from '../../../kernel/event.js';
import { Choice, Flag, Hidden, Instant, Int, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { NotificationChannel, type NotificationChannelName, NotificationType } from '../../notification-kinds.js';
import { ChannelStatus, type ChannelStatusName, DeliveryOutcome, type DeliveryOutcomeName } from './delivery-outcome.js';
import './notification.rules.js';

type Of<T> = T[keyof T];
export const NotificationPriority = { low: 'low', medium: 'medium', high: 'high', urgent: 'urgent' } as const;
export const NotificationCategory = {
  maintenance: 'maintenance',
  resident: 'resident',
  financial: 'financial',
  system: 'system',
  compliance: 'compliance',
} as const;
export const NotificationStatus = {
  unread: 'unread',
  read: 'read',
  actioned: 'actioned',
  dismissed: 'dismissed',
  expired: 'expired',
} as const;

/** What a notification says, to whom, and about what. Its words are the product's own: no name is in them. */
export class NotificationFacts {
  @Ref(pseudonymous, 'users', { doc: 'Whom it is for' }) userId!: string;
  @Choice(open, 'NotificationType', NotificationType) notificationType!: Of<typeof NotificationType>;
  @Text(open, { doc: 'A sentence of the product, of nobody in particular' }) title!: string;
  @Text(personal('contact'), { max: 2000, subject: 'userId' }) message!: string;
  @Choice(open, 'NotificationPriority', NotificationPriority) priority!: Of<typeof NotificationPriority>;
  @Choice(open, 'NotificationCategory', NotificationCategory) category!: Of<typeof NotificationCategory>;
  @Text(open, { max: 60, doc: 'Read table of what it is about' }) entityType!: string;
  @Text(pseudonymous, { max: 36 }) entityId!: string;
  @Flag(open) actionRequired!: boolean;
  @Text(open, { optional: true, max: 200, doc: 'Where it can be seen and done' }) actionUrl?: string;
  @Instant(open, { optional: true }) expiresAt?: string;
  @Text(pseudonymous, { max: 200, doc: 'Rule, matter and day: raised once for each user' }) dedupeKey!: string;
  @Text(pseudonymous, { max: 36, doc: 'Event that it came from' }) sourceEventId!: string;
}

/** A notification is for one user, and shown while they may read the table of what it is about. */
@Entity('notifications', 'What somebody is told of: in their own inbox, once.', {
  category: 'notification',
  subject: 'userId',
  shownTo: { user: 'userId', about: 'entityType' },
})
export class Notification extends stateWith(NotificationFacts) {
  @Choice(open, 'NotificationStatus', NotificationStatus) status!: Of<typeof NotificationStatus>;
  @Flag(open) isRead = false;
  @Instant(open) raisedAt!: string;
  @Instant(open, { optional: true }) readAt?: string;
  @Instant(open, { optional: true }) actionedAt?: string;
  @Instant(open, { optional: true }) dismissedAt?: string;
  @Choice(open, 'NotificationChannel', NotificationChannel, { optional: true, doc: 'By which it was sent besides' }) channel?: NotificationChannelName;
  @Choice(open, 'ChannelStatus', ChannelStatus, { optional: true }) channelStatus?: ChannelStatusName;
  @Instant(open, { optional: true }) channelRequestedAt?: string;
  @Instant(open, { optional: true, doc: 'When it was cleared away: it is shown to nobody from then on' }) purgedAt?: string;
  @Int(open, { doc: 'How often sending it by the channel has failed' }) channelFailures: number = 0;
  @Text(open, { optional: true, max: 60, doc: 'Why it failed last, as whoever carries messages calls it' }) channelFailureCode?: string;
  @Instant(open, { optional: true, doc: 'When whoever carries messages last said something of it' }) channelReportedAt?: string;
  @Text(pseudonymous, { optional: true, max: 100, doc: 'What whoever carries messages calls it' }) providerRef?: string;
  /** Channels by which it was to be sent, the one in hand included. */
  @Hidden(open) triedChannels: string[] = [];

  /** By which channel it may go: by each once, and by another one where it could not go by the one before. */
  nextChannel(wanted: readonly NotificationChannelName[]): NotificationChannelName | undefined {
    if (this.channel && this.channelStatus !== 'failed') return undefined;
    return wanted.find((channel) => !this.triedChannels.includes(channel));
  }
  /** Whether there is nothing to be done about it any more. */
  isSettled(): boolean {
    return this.status === 'actioned' || this.status === 'dismissed' || this.status === 'expired';
  }
}

/** Reading counts once; doing what is asked, or putting it away, is reading too. */
function read(notification: Notification, { recordedAt }: Recorded): void {
  Object.assign(notification, { isRead: true, readAt: notification.readAt ?? recordedAt });
}

@EventOf(Notification, 'NotificationRaised', 1, { to: 'unread' })
export class NotificationRaised extends eventWith(Notification, NotificationFacts) {
  override apply(notification: Notification, { recordedAt }: Recorded): void {
    const { userId, notificationType, title, message, priority, category, entityType, entityId, actionRequired, actionUrl, expiresAt, dedupeKey, sourceEventId } = this;
    Object.assign(notification, { userId, notificationType, title, message, priority, category, entityType, entityId, actionRequired, actionUrl, expiresAt, dedupeKey, sourceEventId });
    notification.raisedAt = recordedAt;
  }
}
@EventOf(Notification, 'NotificationRead', 1, { to: 'read' })
export class NotificationRead extends DomainEvent<Notification> {
  apply(notification: Notification, recorded: Recorded): void {
    read(notification, recorded);
  }
}
@EventOf(Notification, 'NotificationActioned', 1, { to: 'actioned' })
export class NotificationActioned extends DomainEvent<Notification> {
  apply(notification: Notification, recorded: Recorded): void {
    read(notification, recorded);
    notification.actionedAt = recorded.recordedAt;
  }
}
@EventOf(Notification, 'NotificationDismissed', 1, { to: 'dismissed' })
export class NotificationDismissed extends DomainEvent<Notification> {
  apply(notification: Notification, recorded: Recorded): void {
    read(notification, recorded);
    notification.dismissedAt = recorded.recordedAt;
  }
}
@EventOf(Notification, 'NotificationExpired', 1, { to: 'expired' })
export class NotificationExpired extends DomainEvent<Notification> {
  apply(): void {}
}
/** It is to be sent by another channel, because nobody has read it and it is urgent, or they want it so. */
@EventOf(Notification, 'NotificationChannelRequested', 1)
export class NotificationChannelRequested extends DomainEvent<Notification> {
  @Choice(open, 'NotificationChannel', NotificationChannel) channel!: NotificationChannelName;
  apply(notification: Notification, { recordedAt }: Recorded): void {
    const { channel } = this;
    notification.triedChannels = [...notification.triedChannels, channel];
    Object.assign(notification, { channel, channelStatus: 'requested', channelRequestedAt: recordedAt, channelFailures: 0 });
    Object.assign(notification, { channelFailureCode: undefined, channelReportedAt: undefined, providerRef: undefined });
  }
}
/** Whoever carries messages says what has become of one. */
@EventOf(Notification, 'NotificationDeliveryReported', 1)
export class NotificationDeliveryReported extends DomainEvent<Notification> {
  @Choice(open, 'NotificationChannel', NotificationChannel) channel!: NotificationChannelName;
  @Choice(open, 'DeliveryOutcome', DeliveryOutcome) outcome!: DeliveryOutcomeName;
  @Int(open, { doc: 'How often sending it has failed by now' }) failures!: number;
  @Flag(open, { doc: 'Nothing more is tried by this channel' }) settled!: boolean;
  @Text(open, { optional: true, max: 60 }) code?: string;
  @Text(pseudonymous, { optional: true, max: 100 }) providerRef?: string;
  apply(notification: Notification, { recordedAt: channelReportedAt }: Recorded): void {
    const { outcome, failures: channelFailures, settled, code: channelFailureCode, providerRef } = this;
    const channelStatus = outcome === 'failed' && !settled ? 'requested' : outcome;
    Object.assign(notification, { channelStatus, channelFailures, channelFailureCode, channelReportedAt }, providerRef ? { providerRef } : {});
  }
}
/** It was read, or has expired, long enough ago: what it said, and where it was sent, is cleared away. */
@EventOf(Notification, 'NotificationPurged', 1)
export class NotificationPurged extends DomainEvent<Notification> {
  apply(notification: Notification, { recordedAt }: Recorded): void {
    Object.assign(notification, { purgedAt: recordedAt, message: '', actionUrl: undefined, channel: undefined, providerRef: undefined });
  }
}
