import { randomUUID } from 'node:crypto';
import { AcceptInvitationBody } from '../access/bodies.js';
import type { Commands } from '../assembly/core.js';
import type { Actor } from '../kernel/command.js';
import { PLATFORM } from '../kernel/entity.js';
import { permissionsOf } from '../kernel/system-roles.js';
import { validateAs } from '../kernel/validation.js';
import { uuidOf } from '../kernel/values.js';
import { DEMO_PEOPLE } from './people.js';
import { madeBy, type Sending } from './sending.js';

type Person = (typeof DEMO_PEOPLE)[number];
/** Joins when everything else is made. */
const LAST_PERSON = DEMO_PEOPLE.at(-1)!;

/** The organisation with the data, and the empty one beside it. */
export const DEMO_ORGANIZATION = madeBy('organization', 'organizations');
export const OTHER_ORGANIZATION = madeBy('other organization', 'organizations');

const operator = (organizationId: string): Actor => ({ id: uuidOf('process', 'demo'), role: 'system', organizationId, permissions: new Set() });

/** Takes an organisation on. */
async function register(sending: Sending, step: string, body: object): Promise<void> {
  await sending.send({ step, command: 'RegisterOrganization', by: operator(PLATFORM), body });
}

const isOurs = ({ email }: Person): boolean => email.endsWith('@demo.example');
const organizationOf = (person: Person): string => (isOurs(person) ? DEMO_ORGANIZATION : OTHER_ORGANIZATION);

/** Who somebody of the demonstration is; undefined until their invitation is accepted. */
export async function memberOf({ access }: Commands, person: Person): Promise<Actor | undefined> {
  const [id, organizationId] = [madeBy(`invite ${person.email}`, 'user_organizations'), organizationOf(person)];
  const membership = await access.authority.membership(id, organizationId);
  if (!membership || membership.status === 'invited') return undefined;
  return { id: membership.userId, role: person.role, organizationId, permissions: permissionsOf(person.role) };
}

/** Invites somebody and accepts for them, unless that is done. @returns who they are from now on. */
async function join(sending: Sending, commands: Commands, person: Person, password: string): Promise<Actor> {
  const { email, role, firstName, lastName } = person;
  const by = operator(organizationOf(person));
  const invited = await sending.send({ step: `invite ${email}`, command: 'InviteUser', by, body: { email, role } });
  const already = await memberOf(commands, person);
  if (already) return already;
  const token = invited.revealed?.['invitationToken'] ?? '';
  const body = validateAs(AcceptInvitationBody, { token, firstName, lastName, password });
  const { invitations } = commands.access;
  const { name, actor, body: acceptance } = await invitations.accept(await invitations.find(invited.id, token), body, randomUUID(), true);
  await sending.send({ step: `accept ${email}`, command: name, by: actor, body: acceptance, id: invited.id });
  return { ...actor, permissions: permissionsOf(role) };
}

/** The people of the demo organisation by role. */
export type Cast = Readonly<Record<'owner' | 'manager' | 'key_worker' | 'finance' | 'auditor' | 'dpo', Actor>>;

/** Makes the demo organisation and everybody who signs in to it. */
export async function castOf(sending: Sending, commands: Commands, password: string): Promise<Cast> {
  await register(sending, 'organization', {
    name: 'Hackney Young Futures', organizationType: 'charity', charityNumber: '1123456', address: '1 Mare Street, London E8 1AA',
  });
  const actors = await Promise.all(DEMO_PEOPLE.filter(isOurs).map((person) => join(sending, commands, person, password)));
  return Object.fromEntries(actors.map((actor) => [actor.role, actor])) as Cast;
}

/** The second organisation, which has nobody but its manager and no data: the last thing that is made. */
export async function makeOther(sending: Sending, commands: Commands, password: string): Promise<void> {
  await register(sending, 'other organization', { name: 'Other Homes', organizationType: 'housing_provider' });
  await join(sending, commands, LAST_PERSON, password);
}

/** Whether everything is made: whoever joins last has done so. */
export const isComplete = async (commands: Commands): Promise<boolean> => (await memberOf(commands, LAST_PERSON)) !== undefined;
