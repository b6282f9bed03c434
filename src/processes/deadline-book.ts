import { idIn } from '../kernel/entity.js';
import type { Catalogue } from '../kernel/catalogue.js';
import { londonInstant } from '../kernel/days.js';
import { closedBy, concernsDeadlines, deadlineOf, openedBy, type Deadline } from '../kernel/deadline.js';
import { londonDate } from '../kernel/values.js';
import type { Process } from './engine/process.js';

const keyOf = (entityId: string, code: string, key = ''): string => `${entityId}|${code}|${key}`;

/** When it is told that a deadline was missed: at once, or at the hour at which people look at such things. */
function toldAt({ code, dueAt }: Deadline): string {
  const { reportedAt } = deadlineOf(code);
  if (!reportedAt) return dueAt;
  const told = londonInstant(londonDate(dueAt), reportedAt);
  return told < dueAt ? dueAt : told;
}

/** Wakes up when a deadline falls due that is still open, and tells whom it is about: once, by the clock. */
export const deadlineBook = (catalogue: Catalogue): Process => ({
  name: 'deadline-book',
  doc: 'Keeps every deadline, and tells an entity when one of its own was missed.',
  on: catalogue.events.filter(concernsDeadlines).map(({ type }) => type),

  react({ stored, declaration, event }, context) {
    const entityId = idIn(stored.stream);
    for (const { code, key } of closedBy(declaration, event)) context.cancel(keyOf(entityId, code, key));
    for (const deadline of openedBy(declaration, event)) {
      const { code, key = '', dueAt } = deadline;
      if (!deadlineOf(code).missed) continue;
      context.schedule({ key: keyOf(entityId, code, key), dueAt: toldAt(deadline), payload: { entityId, code, key, dueAt } });
    }
    return Promise.resolve();
  },

  async fire({ payload }, context) {
    const [entityId, code, key, dueAt] = [payload['entityId'], payload['code'], payload['key'], payload['dueAt']].map(String) as [string, string, string, string];
    const command = deadlineOf(code).missed;
    if (!command) return;
    await context.send({ step: 'missed', command, id: entityId, body: { code, ...(key ? { key } : {}), dueAt } });
  },
});
