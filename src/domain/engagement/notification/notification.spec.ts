import { describe, expect, it } from '@jest/globals';
import { given, happened, ORGANIZATION, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { OrganizationPolicySet } from '../../organisation/organization/organization-policies.js';
import { Organization, OrganizationRegistered } from '../../organisation/organization/organization.js';
import {
  DismissNotification,
  ExpireNotification,
  MarkNotificationActioned,
  MarkNotificationRead,
  RaiseNotification,
  RequestNotificationChannel,
} from './notification-commands.js';
import {
  Notification,
  NotificationActioned,
  NotificationChannelRequested,
  NotificationDismissed,
  NotificationExpired,
  NotificationRaised,
  NotificationRead,
} from './notification.js';

const facts = {
  userId: someId('kofi'), notificationType: 'alert', title: 'An incident was escalated', message: 'See it. (INC-2026-0001)', priority: 'urgent', category: 'resident',
  entityType: 'incidents', entityId: someId('incident'), actionRequired: true, dedupeKey: 'incident|1|2026-09-02', sourceEventId: someId('event'),
} as const;
const raised = (change: Partial<NotificationRaised> = {}): Happened => happened(NotificationRaised, { ...facts, ...change });
const [read, actioned, dismissed, expired] = [happened(NotificationRead), happened(NotificationActioned), happened(NotificationDismissed), happened(NotificationExpired)];
const own = (...history: Happened[]) => given(Notification, raised(), ...history).as('key_worker', 'kofi');

describe('a notification', () => {
  it('is raised unread, and expires after 30 days or what the organisation sets', async () => {
    const telling = given(Notification).where('users', someId('kofi'), stateOf(Organization, [], someId('kofi'))).as('system');
    await telling.when(RaiseNotification, facts).records([NotificationRaised, { ...facts, expiresAt: '2026-10-02T08:00:00.000Z' }]);
    const registered = happened(OrganizationRegistered, { name: 'Hackney Young Futures', organizationType: 'charity', tier: 'enterprise' });
    const set = happened(OrganizationPolicySet, { code: 'NOT.expiry', value: 7 });
    await telling.where('organizations', ORGANIZATION, stateOf(Organization, [registered, set], ORGANIZATION)).when(RaiseNotification, facts)
      .records([NotificationRaised, { expiresAt: '2026-09-09T08:00:00.000Z' }]);
    expect(stateOf(Notification, [raised()])).toMatchObject({ status: 'unread', isRead: false, raisedAt: '2026-09-02T08:00:00.000Z' });
  });

  it('is read once', async () => {
    await own().when(MarkNotificationRead).records(NotificationRead);
    await own(read).when(MarkNotificationRead).recordsNothing();
    expect(stateOf(Notification, [raised(), happened(NotificationRead, {}, { at: '2026-09-02T09:00:00.000Z' })])).toMatchObject({ status: 'read', isRead: true, readAt: '2026-09-02T09:00:00.000Z' });
  });

  it('is done, or put away, which is reading it too', async () => {
    await own().when(MarkNotificationActioned).records(NotificationActioned);
    await own(read).when(DismissNotification).records(NotificationDismissed);
    await own(actioned).when(MarkNotificationActioned).recordsNothing();
    await own(actioned).when(DismissNotification).refused('STATE');
    await own(dismissed).when(DismissNotification).recordsNothing();
    await own(dismissed).when(MarkNotificationRead).refused('STATE');
    await own(expired).when(MarkNotificationActioned).refused('STATE');
    expect(stateOf(Notification, [raised(), actioned])).toMatchObject({ status: 'actioned', isRead: true, actionedAt: '2026-09-02T08:00:00.000Z', readAt: '2026-09-02T08:00:00.000Z' });
    expect(stateOf(Notification, [raised(), dismissed])).toMatchObject({ status: 'dismissed', dismissedAt: '2026-09-02T08:00:00.000Z' });
  });

  it('NOT-3: is nobody else\'s, who is not told that it is there', async () => {
    for (const Command of [MarkNotificationRead, MarkNotificationActioned, DismissNotification]) {
      await given(Notification, raised()).as('owner', 'priya').when(Command).refused('NOT_FOUND');
      await given(Notification, raised(), dismissed).as('owner', 'priya').when(Command).refused('NOT_FOUND');
    }
  });

  it('NOT-2: is sent by another channel once, while it is urgent and unread', async () => {
    await own().when(RequestNotificationChannel).records([NotificationChannelRequested, { channel: 'email' }]);
    const asked = happened(NotificationChannelRequested, { channel: 'email' });
    await own(asked).when(RequestNotificationChannel).recordsNothing();
    await own(read).when(RequestNotificationChannel).recordsNothing();
    await given(Notification, raised({ priority: 'high' })).when(RequestNotificationChannel).recordsNothing();
    expect(stateOf(Notification, [raised(), asked])).toMatchObject({ channel: 'email', channelStatus: 'requested', channelRequestedAt: '2026-09-02T08:00:00.000Z' });
  });

  it('expires unless it was settled', async () => {
    await own().when(ExpireNotification).records(NotificationExpired);
    await own(read).when(ExpireNotification).records(NotificationExpired);
    for (const settled of [actioned, dismissed, expired]) await own(settled).when(ExpireNotification).recordsNothing();
  });
});
