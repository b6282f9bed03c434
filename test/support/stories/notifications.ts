import type { Chapter } from './chapters.js';

/**
 * What the manager is told of the incident that became severe: sent by e-mail as they do not read it, then read and done;
 * what else there is, is put away.
 */
export const told: Chapter = async (speaker, { manager, organisation: { owner }, ids }, { incidentId }) => {
  const { now } = (await manager.row('/clock')) as unknown as { now: string };
  await manager.call('PUT', '/api/v1/clock', { now: new Date(Date.parse(now) + 31 * 60_000).toISOString() });
  const [first, ...others] = await manager.rows(`/notifications?entityId=${incidentId}&status=unread&sort=raisedAt`);
  await speaker.say(owner, 'ReportNotificationDelivery', first!.id, { channel: 'email', outcome: 'sent', providerRef: 'message-1' });
  ids['notification_deliveries'] = first!.id;
  await speaker.say(manager, 'MarkNotificationRead', first!.id);
  await speaker.say(manager, 'MarkNotificationActioned', first!.id);
  for (const { id } of others) await speaker.say(manager, 'DismissNotification', id);
  ids['notifications'] = first!.id;
};
