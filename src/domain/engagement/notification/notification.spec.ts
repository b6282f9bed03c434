import { describe, expect, it } from '@jest/globals';
import { given, happened, ORGANIZATION, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { OrganizationPolicySet } from '../../organisation/organization/organization-policies.js';
import { Organization, OrganizationRegistered } from '../../organisation/organization/organization.js';
import { User, UserNotificationPreferencesChanged, UserRegistered } from '../../organisation/user/user.js';
import {
  DismissNotification,
  ExpireNotification,
  MarkNotificationActioned,
  MarkNotificationRead,
  PurgeNotification,
  RaiseNotification,
  ReportNotificationDelivery,
  RequestNotificationChannel,
} from './notification-commands.js';
import {
  Notification,
  NotificationActioned,
  NotificationChannelRequested,
  NotificationDeliveryReported,
  NotificationDismissed,
  NotificationExpired,
  NotificationPurged,
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

  describe('by another channel', () => {
    const asked = (channel: 'email' | 'sms' = 'email') => happened(NotificationChannelRequested, { channel });
    const reported = (outcome: 'sent' | 'delivered' | 'failed', change: Partial<NotificationDeliveryReported> = {}) =>
      happened(NotificationDeliveryReported, { channel: 'email', outcome, failures: outcome === 'failed' ? 1 : 0, settled: true, ...change });
    const user = (preferences: Partial<UserNotificationPreferencesChanged> = {}) =>
      stateOf(User, [happened(UserRegistered, { firstName: 'Kofi', lastName: 'Mensah' }), happened(UserNotificationPreferencesChanged, preferences)], someId('kofi'));
    const wanted = (preferences: Partial<UserNotificationPreferencesChanged>, ...history: Happened[]) =>
      given(Notification, raised(), ...history).where('users', someId('kofi'), user(preferences)).as('system').when(RequestNotificationChannel);
    const phone = { mobilePhone: '+447700900123' };

    it('NOT-2: is sent once, while it is urgent and unread', async () => {
      await wanted({}).records([NotificationChannelRequested, { channel: 'email' }]);
      await wanted({}, asked()).recordsNothing();
      await wanted({}, read).recordsNothing();
      expect(stateOf(Notification, [raised(), asked()])).toMatchObject({
        channel: 'email', channelStatus: 'requested', channelRequestedAt: '2026-09-02T08:00:00.000Z',
        channelFailures: 0, triedChannels: ['email'],
      });
    });

    it('is sent where it is not urgent only to who wants such', async () => {
      const plain = (preferences: Partial<UserNotificationPreferencesChanged>) =>
        given(Notification, raised({ priority: 'medium' })).where('users', someId('kofi'), user(preferences)).as('system').when(RequestNotificationChannel);
      await plain({}).recordsNothing();
      await plain({ sentNotifications: ['reminder'] }).recordsNothing();
      await plain({ sentNotifications: ['reminder', 'alert'] }).records([NotificationChannelRequested, { channel: 'email' }]);
    });

    it('is sent by the channel that they want, and by the other one where that fails', async () => {
      await wanted({ notificationChannel: 'sms', ...phone }).records([NotificationChannelRequested, { channel: 'sms' }]);
      await wanted(phone).records([NotificationChannelRequested, { channel: 'email' }]);
      await wanted(phone, asked(), reported('failed')).records([NotificationChannelRequested, { channel: 'sms' }]);
      await wanted({}, asked(), reported('failed')).recordsNothing();
      await wanted(phone, asked(), reported('failed'), asked('sms')).recordsNothing();
      await wanted(phone, asked(), reported('failed'), asked('sms'), reported('failed', { channel: 'sms' })).recordsNothing();
    });

    const carrier = (...history: Happened[]) => given(Notification, raised(), asked(), ...history).as('integration', 'carrier');
    it('is reported as sent and delivered, each once', async () => {
      const sent = { channel: 'email', outcome: 'sent', providerRef: 'm-1' } as const;
      await carrier().when(ReportNotificationDelivery, sent).records([NotificationDeliveryReported, { ...sent, failures: 0, settled: true }]);
      await carrier(reported('sent')).when(ReportNotificationDelivery, sent).recordsNothing();
      await carrier(reported('delivered')).when(ReportNotificationDelivery, sent).recordsNothing();
      await carrier(reported('sent')).when(ReportNotificationDelivery, { channel: 'email', outcome: 'delivered' }).records(NotificationDeliveryReported);
      await carrier().when(ReportNotificationDelivery, { channel: 'sms', outcome: 'sent' }).refused('GEN-1', 'channel');
      expect(stateOf(Notification, [raised(), asked(), reported('sent', { providerRef: 'm-1' })])).toMatchObject({ channelStatus: 'sent', providerRef: 'm-1', channelFailures: 0, channelReportedAt: '2026-09-02T08:00:00.000Z' });
    });

    it('NOT-8: is tried three times, or as often as the organisation says, and not after a failure that will not pass', async () => {
      const failed = { channel: 'email', outcome: 'failed', code: 'timeout' } as const;
      const once = reported('failed', { failures: 1, settled: false });
      const twice = reported('failed', { failures: 2, settled: false });
      await carrier().when(ReportNotificationDelivery, failed).records([NotificationDeliveryReported, { failures: 1, settled: false, code: 'timeout' }]);
      await carrier(once, twice).when(ReportNotificationDelivery, failed).records([NotificationDeliveryReported, { failures: 3, settled: true }]);
      await carrier().when(ReportNotificationDelivery, { ...failed, permanent: true }).records([NotificationDeliveryReported, { failures: 1, settled: true }]);
      await carrier(reported('failed')).when(ReportNotificationDelivery, { channel: 'email', outcome: 'sent' }).refused('NOT-8', 'outcome');
      await carrier(reported('failed')).when(ReportNotificationDelivery, failed).recordsNothing();
      await carrier(reported('failed'), asked('sms')).when(ReportNotificationDelivery, { channel: 'email', outcome: 'sent' }).refused('NOT-8', 'outcome');
      const set = happened(OrganizationPolicySet, { code: 'NOT-8', value: 1 });
      const registered = happened(OrganizationRegistered, { name: 'Hackney Young Futures', organizationType: 'charity', tier: 'enterprise' });
      await carrier().where('organizations', ORGANIZATION, stateOf(Organization, [registered, set], ORGANIZATION)).when(ReportNotificationDelivery, failed).records([NotificationDeliveryReported, { settled: true }]);
      expect(stateOf(Notification, [raised(), asked(), once])).toMatchObject({ channelStatus: 'requested', channelFailures: 1 });
      expect(stateOf(Notification, [raised(), asked(), reported('failed')])).toMatchObject({ channelStatus: 'failed' });
    });
  });

  it('is cleared away once it was read or has expired, and then there is none', async () => {
    for (const over of [read, actioned, dismissed, expired]) await own(over).when(PurgeNotification).records(NotificationPurged);
    await own().when(PurgeNotification).recordsNothing();
    const purged = happened(NotificationPurged);
    await own(read, purged).when(PurgeNotification).recordsNothing();
    await own(read, purged).when(MarkNotificationActioned).refused('NOT_FOUND');
    expect(stateOf(Notification, [raised(), happened(NotificationChannelRequested, { channel: 'email' }), read, purged])).toMatchObject({ message: '', channel: undefined, purgedAt: '2026-09-02T08:00:00.000Z', actionUrl: undefined });
  });

  it('expires unless it was settled', async () => {
    await own().when(ExpireNotification).records(NotificationExpired);
    await own(read).when(ExpireNotification).records(NotificationExpired);
    for (const settled of [actioned, dismissed, expired]) await own(settled).when(ExpireNotification).recordsNothing();
  });
});
