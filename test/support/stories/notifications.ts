import type { Chapter } from './chapters.js';

/** What the manager is told of the incident that became severe: read and done; what else there is, is put away. */
export const told: Chapter = async (speaker, { manager, ids }, { incidentId }) => {
  const [first, ...others] = await manager.rows(`/notifications?entityId=${incidentId}&status=unread&sort=raisedAt`);
  await speaker.say(manager, 'MarkNotificationRead', first!.id);
  await speaker.say(manager, 'MarkNotificationActioned', first!.id);
  for (const { id } of others) await speaker.say(manager, 'DismissNotification', id);
  ids['notifications'] = first!.id;
};
