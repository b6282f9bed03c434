import type { Catalogue } from '../../kernel/catalogue.js';
import { idIn, entityOf, PLATFORM, type State } from '../../kernel/entity.js';
import type { EventDeclaration } from '../../kernel/event.js';
import { Refusal } from '../../kernel/rules.js';
import { isCivilDate, isInstant, londonDate, uuidOf } from '../../kernel/values.js';
import type { User } from '../../domain/organisation/user/user.js';
import type { Process, ProcessContext } from '../engine/process.js';
import type { Facts, Notice } from './notice.js';
import { notices, overdueNotice } from './notices.js';
import { recipientsOf, type Matter, type RoleHolders } from './recipients.js';

/** Refusals that say that there is nobody to tell any more, or that they were told. */
const NOTHING_TO_TELL: readonly string[] = ['GEN-1', 'DUPLICATE'];

type Told = Pick<Notice, 'rule' | 'title' | 'message' | 'notificationType' | 'priority' | 'category' | 'to' | 'else' | 'actionRequired'>;
/** What is told, of which matter, and what keeps it apart from other days and parts. */
interface Telling {
  readonly told: Told;
  readonly matter: Matter;
  readonly sourceEventId: string;
  readonly key: string;
}

/** The notification of a user about a matter: one for ever. */
export const notificationOf = (organizationId: string, userId: string, dedupeKey: string): string =>
  uuidOf('notification', organizationId, userId, dedupeKey);

/** Everything that people are told of, by the type of event; missed deadlines that have no row of their own are among it. */
export function noticesOf(events: readonly Pick<EventDeclaration, 'type' | 'fields'>[]): ReadonlyMap<string, readonly Notice[]> {
  const listed = new Set(notices.map(({ on }) => on));
  const missed = events.filter(({ type }) => type.endsWith('Overdue') && !listed.has(type));
  const all = [...notices, ...missed.map(({ type, fields }) => overdueNotice(type, fields.map(({ name }) => name)))];
  return Map.groupBy(all.filter(({ on }) => events.some(({ type }) => type === on)), ({ on }) => on);
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

/** The civil day of a date or an instant. */
const dayOf = (value: unknown): string | undefined => {
  if (isCivilDate(value)) return value;
  return isInstant(value) ? londonDate(value) : undefined;
};

async function matterOf(table: string, id: string, event: Facts, position: number, context: ProcessContext): Promise<Matter> {
  const state = await context.find<State>(table, id);
  return { table, id, event, position, state: (state ?? {}) as unknown as Facts };
}

/** Tells everybody whom it concerns, or else those who stand in for them. */
async function tell(telling: Telling, context: ProcessContext, holders: RoleHolders): Promise<void> {
  const { told, matter } = telling;
  const reached = await tellThem(telling, await recipientsOf(told.to, matter, context, holders), context);
  if (!reached && told.else) await tellThem(telling, await recipientsOf(told.else, matter, context, holders), context);
}

async function tellThem(telling: Telling, userIds: readonly string[], context: ProcessContext): Promise<boolean> {
  let reached = false;
  for (const userId of userIds) reached = (await tellOne(telling, userId, context)) || reached;
  return reached;
}

/** Whether a user wants nothing of the kind in their inbox; what is urgent, and every emergency, comes all the same (NOT-4). */
async function isMuted({ notificationType, priority }: Told, userId: string, context: ProcessContext): Promise<boolean> {
  if (priority === 'urgent' || notificationType === 'emergency') return false;
  const user = await context.find<User>('users', userId);
  return user?.mutedNotifications?.includes(notificationType) ?? false;
}

/** Tells one user, once. @returns whether they are there to be told, and want to be. */
async function tellOne({ told, matter, key, sourceEventId }: Telling, userId: string, context: ProcessContext): Promise<boolean> {
  const { title, message, notificationType, priority, category, actionRequired = false, rule } = told;
  const dedupeKey = `${rule}|${matter.id}|${key}`;
  const id = notificationOf(context.organizationId, userId, dedupeKey);
  // Two of its events may be worked on at once: then the second one is refused.
  if (await context.find('notifications', id)) return true;
  if (await isMuted(told, userId, context)) return false;
  const reference = textOf(matter.state['reference']);
  const body = {
    userId, notificationType, title, message: reference ? `${message} (${reference})` : message, priority, category,
    entityType: matter.table, entityId: matter.id, actionRequired, actionUrl: `/api/v1/${matter.table.replaceAll('_', '-')}/${matter.id}`, dedupeKey, sourceEventId,
  };
  try {
    await context.send({ step: `${rule}|${userId}`, command: 'RaiseNotification', id, body });
    return true;
  } catch (error) {
    if (!(error instanceof Refusal) || !NOTHING_TO_TELL.includes(error.code)) throw error;
    return error.code === 'DUPLICATE';
  }
}

/**
 * Tells people of what concerns them, as the table of notices says. Nobody is told twice of the same matter and day
 * (NOT-1): the notification's id is made of it, so that a second one is refused.
 */
export function notify(catalogue: Catalogue, holders: RoleHolders): Process {
  const byType = noticesOf(catalogue.events);
  return {
    name: 'notify',
    doc: 'Tells people of what concerns them, once.',
    on: [...byType.keys()],

    async react(decoded, context) {
      if (context.organizationId === PLATFORM) return;
      const { stored, declaration, metadata } = decoded;
      const event = decoded.event as unknown as Facts;
      const id = idIn(stored.stream);
      const table = entityOf(declaration.entity).table;
      const wanted = (byType.get(declaration.type) ?? []).filter(({ when }) => when?.(event) ?? true);
      if (wanted.length === 0) return;
      const matter = await matterOf(table, id, event, stored.position, context);
      for (const told of wanted) {
        const day = dayOf(told.day && event[told.day]) ?? londonDate(metadata.recordedAt);
        const part = [told.part ?? []].flat().flatMap((name) => textOf(event[name]) ?? []).join('|');
        await tell({ told, matter, sourceEventId: stored.id, key: part ? `${part}|${day}` : day }, context, holders);
      }
    },
  };
}
