import { describe, expect, it } from '@jest/globals';
import { happened, ORGANIZATION, someId, stateOf, type Happened } from '../../../test/support/given.js';
import { Notification, NotificationDeliveryReported, NotificationDismissed, NotificationExpired, NotificationRaised, NotificationRead } from '../../domain/engagement/notification/notification.js';
import { OrganizationPolicySet } from '../../domain/organisation/organization/organization-policies.js';
import { Organization, OrganizationRegistered } from '../../domain/organisation/organization/organization.js';
import { User, UserNotificationPreferencesChanged, UserRegistered } from '../../domain/organisation/user/user.js';
import type { State } from '../../kernel/entity.js';
import { declaredEvents } from '../../kernel/event.js';
import type { DecodedEvent } from '../../privacy/codec.js';
import type { ProcessCommand, ProcessContext, ProcessTimer } from '../engine/process.js';
import { unreadNotifications } from './unread.js';

const [id, userId] = [someId('notification'), someId('kofi')];
const raised = (change: Partial<NotificationRaised> = {}): Happened =>
  happened(NotificationRaised, { userId, notificationType: 'reminder', priority: 'medium', title: 'An event is about to begin', message: 'See where.', expiresAt: '2026-12-20T22:40:00.000Z', ...change }, { at: '2026-11-20T22:40:00.000Z' });
const user = (preferences: Partial<UserNotificationPreferencesChanged>): State =>
  stateOf(User, [happened(UserRegistered, { firstName: 'Kofi', lastName: 'Mensah' }), happened(UserNotificationPreferencesChanged, preferences)], userId);
const policies = (...set: [string, number][]): State =>
  stateOf(Organization, [happened(OrganizationRegistered, { name: 'Hackney Young Futures', organizationType: 'charity', tier: 'enterprise' }), ...set.map(([code, value]) => happened(OrganizationPolicySet, { code, value }))], ORGANIZATION);

/** What waits after all this has happened, by its key, and what was sent. */
async function after(history: Happened[], others: Readonly<Record<string, State>> = {}): Promise<{ waits: Record<string, string>; sent: string[] }> {
  const waits: Record<string, string> = {};
  const sent: string[] = [];
  for (const [index, { event, at }] of history.entries()) {
    const context = {
      organizationId: ORGANIZATION,
      find: (table: string) => Promise.resolve(table === 'notifications' ? stateOf(Notification, history.slice(0, index + 1), id) : others[table]),
      schedule: ({ key, dueAt }: ProcessTimer) => void (waits[key.split('|')[0]!] = dueAt),
      cancel: (key: string) => void delete waits[key.split('|')[0]!],
      send: ({ command }: ProcessCommand) => Promise.resolve(void sent.push(command)),
    } as unknown as ProcessContext;
    const declaration = declaredEvents().find((one) => one.event === (event.constructor as never));
    await unreadNotifications.react({ declaration, event, metadata: { recordedAt: at }, stored: { stream: `notification-${id}` } } as unknown as DecodedEvent, context);
  }
  return { waits, sent };
}

describe('notifications by the clock', () => {
  it('NOT-2: are sent by another channel after half an hour where they are urgent, also at night', async () => {
    expect((await after([raised({ priority: 'urgent' })])).waits).toEqual({ expiry: '2026-12-20T22:40:00.000Z', urgent: '2026-11-20T23:10:00.000Z' });
    expect((await after([raised({ priority: 'high' })])).waits).toEqual({ expiry: '2026-12-20T22:40:00.000Z' });
  });

  it('NOT-7: are sent in the morning where they are not urgent and somebody wants them sent', async () => {
    const sentTo = async (preferences: Partial<UserNotificationPreferencesChanged>, organizations = policies()): Promise<string | undefined> =>
      (await after([raised()], { users: user({ sentNotifications: ['reminder'], ...preferences }), organizations })).waits['urgent'];
    expect(await sentTo({})).toBe('2026-11-21T08:00:00.000Z');
    expect(await sentTo({ sentNotifications: ['alert'] })).toBeUndefined();
    expect(await sentTo({ quietFrom: '22:30', quietTo: '06:45' })).toBe('2026-11-21T06:45:00.000Z');
    expect(await sentTo({ quietFrom: '23:30', quietTo: '06:45' })).toBe('2026-11-20T23:10:00.000Z');
    expect(await sentTo({}, policies(['NOT-7.from', 22], ['NOT-7.to', 7]))).toBe('2026-11-21T07:00:00.000Z');
    expect(await sentTo({}, policies(['NOT-7.from', 8]))).toBe('2026-11-20T23:10:00.000Z');
  });

  it('are sent by the next channel where one is given up', async () => {
    const failed = (settled: boolean): Happened => happened(NotificationDeliveryReported, { channel: 'email', outcome: 'failed', failures: 1, settled });
    expect((await after([raised({ priority: 'urgent' }), failed(true)])).sent).toEqual(['RequestNotificationChannel']);
    expect((await after([raised({ priority: 'urgent' }), failed(false), happened(NotificationDeliveryReported, { channel: 'email', outcome: 'sent', failures: 1, settled: true })])).sent).toEqual([]);
  });

  it('R-NOTIF: are cleared away thirty days after they were read, or have expired unread', async () => {
    const read = happened(NotificationRead, {}, { at: '2026-11-25T09:00:00.000Z' });
    const dismissed = happened(NotificationDismissed, {}, { at: '2026-11-27T09:00:00.000Z' });
    const expired = happened(NotificationExpired, {}, { at: '2026-12-20T22:40:00.000Z' });
    expect((await after([raised({ priority: 'urgent' }), read])).waits).toEqual({ expiry: '2026-12-20T22:40:00.000Z', purge: '2026-12-25T09:00:00.000Z' });
    expect((await after([raised(), read, dismissed])).waits).toEqual({ purge: '2026-12-25T09:00:00.000Z' });
    expect((await after([raised(), dismissed])).waits).toEqual({ purge: '2026-12-27T09:00:00.000Z' });
    expect((await after([raised(), read, expired])).waits).toEqual({ purge: '2026-12-25T09:00:00.000Z' });
    expect((await after([raised(), expired])).waits).toEqual({ purge: '2027-01-19T22:40:00.000Z' });
    expect((await after([raised(), dismissed], { organizations: policies(['R-NOTIF', 7]) })).waits).toEqual({ purge: '2026-12-04T09:00:00.000Z' });
  });
});
