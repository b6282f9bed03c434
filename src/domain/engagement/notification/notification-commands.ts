import { CommandOf, commandWith, type Context, DomainCommand } from '../../../kernel/command.js';
import { factsOf } from '../../../kernel/entity.js';
import { Choice, Flag, Text } from '../../../kernel/fields.js';
import { open, pseudonymous } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { plusMinutes } from '../../../kernel/values.js';
import { NotificationChannel, type NotificationChannelName } from '../../notification-kinds.js';
import type { NotificationPreferences, User } from '../../organisation/user/user.js';
import { policy } from '../../policies.js';
import { DeliveryOutcome, type DeliveryOutcomeName } from './delivery-outcome.js';
import {
  Notification,
  NotificationActioned,
  NotificationChannelRequested,
  NotificationDeliveryReported,
  NotificationDismissed,
  NotificationExpired,
  NotificationFacts,
  NotificationPurged,
  NotificationRaised,
  NotificationRead,
} from './notification.js';

const MINUTES_A_DAY = 1_440;

/**
 * Whether it is the actor's own, and not over. Nobody learns that there is a notification for somebody else.
 * @throws Refusal 404; STATE
 */
function checkOwn({ userId, status, purgedAt }: Notification, { actor }: Context, ...states: readonly string[]): void {
  if (actor.id !== userId || purgedAt) throw new Refusal('NOT_FOUND', 'There is no such record.', { status: 404 });
  if (!states.includes(status)) throw new Refusal('STATE', `This is not possible while it is ${status}.`, { status: 409 });
}

@CommandOf(Notification, { doc: 'Tells a user of something.', creates: true, plain: true, internal: true })
export class RaiseNotification extends commandWith(Notification, NotificationFacts) {
  decide(_: Notification, context: Context) {
    const expiresAt = this.expiresAt ?? plusMinutes(context.now, policy(context, 'NOT.expiry') * MINUTES_A_DAY);
    return NotificationRaised.of({ ...factsOf(this, NotificationFacts), expiresAt });
  }
}

@CommandOf(Notification, { permission: 'notifications:mark-read', doc: 'Says that a notification of one\'s own is read.' })
export class MarkNotificationRead extends DomainCommand<Notification> {
  decide(notification: Notification, context: Context) {
    checkOwn(notification, context, 'unread', 'read');
    return notification.isRead ? [] : NotificationRead.of({});
  }
}

@CommandOf(Notification, { permission: 'notifications:mark-actioned', doc: 'Says that what a notification of one\'s own asks for is done.' })
export class MarkNotificationActioned extends DomainCommand<Notification> {
  decide(notification: Notification, context: Context) {
    checkOwn(notification, context, 'unread', 'read', 'actioned');
    return notification.actionedAt ? [] : NotificationActioned.of({});
  }
}

@CommandOf(Notification, { permission: 'notifications:dismiss', doc: 'Puts a notification of one\'s own away.' })
export class DismissNotification extends DomainCommand<Notification> {
  decide(notification: Notification, context: Context) {
    checkOwn(notification, context, 'unread', 'read', 'dismissed');
    return notification.dismissedAt ? [] : NotificationDismissed.of({});
  }
}

@CommandOf(Notification, { doc: 'Ends a notification whose time is over.', internal: true })
export class ExpireNotification extends DomainCommand<Notification> {
  decide(notification: Notification) {
    return notification.isSettled() ? [] : NotificationExpired.of({});
  }
}

/** By which channels somebody can be told beside the inbox, what they want first. */
function channelsOf({ notificationChannel = 'email', mobilePhone }: Partial<NotificationPreferences>): NotificationChannelName[] {
  if (!mobilePhone) return ['email'];
  return notificationChannel === 'sms' ? ['sms', 'email'] : ['email', 'sms'];
}

@CommandOf(Notification, { doc: 'Asks for a notification to be sent by another channel: it is urgent, or wanted so, and nobody has read it.', internal: true })
export class RequestNotificationChannel extends DomainCommand<Notification> {
  decide(notification: Notification, context: Context) {
    const { status, priority, notificationType, userId } = notification;
    const user: Partial<NotificationPreferences> = context.find<User>('users', userId) ?? {};
    const wanted = priority === 'urgent' || user.sentNotifications?.includes(notificationType);
    const channel = status === 'unread' && wanted ? notification.nextChannel(channelsOf(user)) : undefined;
    return channel ? NotificationChannelRequested.of({ channel }) : [];
  }
}

@CommandOf(Notification, { permission: 'notifications:report-delivery', doc: 'Of whoever carries messages: says what has become of one.' })
export class ReportNotificationDelivery extends DomainCommand<Notification> {
  @Choice(open, 'NotificationChannel', NotificationChannel) channel!: NotificationChannelName;
  @Choice(open, 'DeliveryOutcome', DeliveryOutcome) outcome!: DeliveryOutcomeName;
  @Text(open, { optional: true, max: 60, pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/, doc: 'Why it failed: a code, no words' }) code?: string;
  @Flag(open, { optional: true, doc: 'It failed for a reason that will not pass, such as an address that does not exist' }) permanent?: boolean;
  @Text(pseudonymous, { optional: true, max: 100, pattern: /^[A-Za-z0-9][A-Za-z0-9._:-]*$/, doc: 'What the carrier calls the message' }) providerRef?: string;
  decide({ channel: current, channelStatus, channelFailures, triedChannels }: Notification, context: Context) {
    const { channel, outcome } = this;
    if (!triedChannels.includes(channel)) throw new Refusal('GEN-1', 'This notification is not to be sent by this channel.', { field: 'channel' });
    const status = channel === current ? channelStatus : 'failed';
    if (status === outcome || (status === 'delivered' && outcome === 'sent')) return [];
    rule('NOT-8', 'Sending it by this channel was given up.', status !== 'failed', 'outcome', 409);
    const failures = channelFailures + (outcome === 'failed' ? 1 : 0);
    const settled = outcome !== 'failed' || this.permanent === true || failures >= policy(context, 'NOT-8');
    return NotificationDeliveryReported.of({ channel, outcome, failures, settled, code: this.code ?? undefined, providerRef: this.providerRef ?? undefined });
  }
}

@CommandOf(Notification, { doc: 'Clears away a notification that was read, or has expired, long enough ago.', internal: true })
export class PurgeNotification extends DomainCommand<Notification> {
  decide({ isRead, status, purgedAt }: Notification) {
    return !purgedAt && (isRead || status === 'expired') ? NotificationPurged.of({}) : [];
  }
}
