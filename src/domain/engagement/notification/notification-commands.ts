import { CommandOf, commandWith, type Context, DomainCommand } from '../../../kernel/command.js';
import { factsOf } from '../../../kernel/entity.js';
import { Refusal } from '../../../kernel/rules.js';
import { plusMinutes } from '../../../kernel/values.js';
import { policy } from '../../policies.js';
import {
  Notification,
  NotificationActioned,
  NotificationChannelRequested,
  NotificationDismissed,
  NotificationExpired,
  NotificationFacts,
  NotificationRaised,
  NotificationRead,
} from './notification.js';

const MINUTES_A_DAY = 1_440;

/**
 * Whether it is the actor's own, and not over. Nobody learns that there is a notification for somebody else.
 * @throws Refusal 404; STATE
 */
function checkOwn({ userId, status }: Notification, { actor }: Context, ...states: readonly string[]): void {
  if (actor.id !== userId) throw new Refusal('NOT_FOUND', 'There is no such record.', { status: 404 });
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

@CommandOf(Notification, { doc: 'Asks for a notification to be sent by another channel, because it is urgent and nobody has read it.', internal: true })
export class RequestNotificationChannel extends DomainCommand<Notification> {
  decide(notification: Notification) {
    const waiting = notification.status === 'unread' && notification.priority === 'urgent' && !notification.channelStatus;
    return waiting ? NotificationChannelRequested.of({ channel: 'email' }) : [];
  }
}
