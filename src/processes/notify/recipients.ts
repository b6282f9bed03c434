import type { State } from '../../kernel/entity.js';
import type { ProcessContext } from '../engine/process.js';
import type { Facts, Recipient } from './notice.js';

/** Active members in a role, as far as the read tables contain the log up to a position. */
export type RoleHolders = (organizationId: string, role: string, position: number) => Promise<readonly string[]>;

/** What somebody is told about: an entity as it stands, and the event that tells of it. */
export interface Matter {
  readonly table: string;
  readonly id: string;
  readonly state: Facts;
  readonly event: Facts;
  readonly position: number;
}

type WithKeyWorker = State & { readonly keyWorkerId?: string; readonly propertyId?: string };
type WithManager = State & { readonly managerId?: string };
type WithResident = State & { readonly residentId?: string };

const idIn = (name: string, ...some: readonly Facts[]): string | undefined =>
  some.map((one) => one[name]).find((value): value is string => typeof value === 'string');

/** Users whom a matter concerns, each once. */
export async function recipientsOf(to: readonly Recipient[], matter: Matter, context: ProcessContext, holders: RoleHolders): Promise<string[]> {
  const found = new Set<string>();
  for (const recipient of to) for (const id of await usersOf(recipient, matter, context, holders)) found.add(id);
  return [...found];
}

async function usersOf(recipient: Recipient, matter: Matter, context: ProcessContext, holders: RoleHolders): Promise<readonly string[]> {
  const [kind, name = ''] = recipient.split(':');
  const one = (id: string | undefined): string[] => (id === undefined ? [] : [id]);
  switch (kind) {
    case 'role':
      return holders(context.organizationId, name, matter.position);
    case 'field':
      return named(name, matter, context);
    case 'key_worker':
      return one(idIn('keyWorkerId', matter.event, matter.state) ?? (await residentOf(matter, context))?.keyWorkerId);
    default:
      return one((await propertyOf(matter, context))?.managerId);
  }
}

/** Whom a field names: one, or those of a list who are no residents. */
async function named(field: string, { event, state }: Matter, context: ProcessContext): Promise<readonly string[]> {
  const list = [event[field], state[field]].find((value) => Array.isArray(value)) as readonly string[] | undefined;
  if (!list) return [idIn(field, event, state)].filter((id) => id !== undefined);
  const residents = await Promise.all(list.map((id) => context.find('residents', id)));
  return list.filter((_, index) => residents[index] === undefined);
}

/** The resident whom it is about: named by the event or the entity, or by the account that the entity belongs to. */
async function residentOf({ table, id, event, state }: Matter, context: ProcessContext): Promise<WithKeyWorker | undefined> {
  if (table === 'residents') return context.find<WithKeyWorker>('residents', id);
  const accountId = idIn('rentAccountId', event, state);
  const account = accountId === undefined ? undefined : await context.find<WithResident>('rent_accounts', accountId);
  const residentId = idIn('residentId', event, state) ?? account?.residentId;
  return residentId === undefined ? undefined : context.find<WithKeyWorker>('residents', residentId);
}

/** The property that it is about, or else that in which the resident lives. */
async function propertyOf(matter: Matter, context: ProcessContext): Promise<WithManager | undefined> {
  const { table, id, event, state } = matter;
  const propertyId = table === 'properties' ? id : (idIn('propertyId', event, state) ?? (await residentOf(matter, context))?.propertyId);
  return propertyId === undefined ? undefined : context.find<WithManager>('properties', propertyId);
}
