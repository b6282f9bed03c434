import { Entity, stateWith } from '../../../kernel/entity.js';
import { DomainEvent, EventOf, eventWith, type Recorded } from '../../../kernel/event.js';
import { Choice, Flag, Instant, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import './notification.rules.js';

type Of<T> = T[keyof T];
export const NotificationType = { alert: 'alert', reminder: 'reminder', message: 'message', system: 'system', emergency: 'emergency' } as const;
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
export const NotificationChannel = { email: 'email', sms: 'sms' } as const;
/** What has become of sending it by another channel. */
export const ChannelStatus = { requested: 'requested', sent: 'sent', failed: 'failed' } as const;

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
  @Choice(open, 'NotificationChannel', NotificationChannel, { optional: true, doc: 'By which it was sent besides' }) channel?: Of<typeof NotificationChannel>;
  @Choice(open, 'ChannelStatus', ChannelStatus, { optional: true }) channelStatus?: Of<typeof ChannelStatus>;
  @Instant(open, { optional: true }) channelRequestedAt?: string;

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
/** It is to be sent by another channel, because it is urgent and nobody has read it. */
@EventOf(Notification, 'NotificationChannelRequested', 1)
export class NotificationChannelRequested extends DomainEvent<Notification> {
  @Choice(open, 'NotificationChannel', NotificationChannel) channel!: Of<typeof NotificationChannel>;
  apply(notification: Notification, { recordedAt }: Recorded): void {
    Object.assign(notification, { channel: this.channel, channelStatus: 'requested', channelRequestedAt: recordedAt });
  }
}
