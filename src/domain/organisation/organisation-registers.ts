import type { RegisterEntry, RegisterQuestion } from '../../kernel/entity.js';
import { rule, ruleAsked } from '../../kernel/rules.js';
import './organisation.rules.js';

/**
 * What must hold over several streams of this context.
 *
 * | register | owner | held by | kinds |
 * |---|---|---|---|
 * | `emails` (platform) | key of the address | users | `email`, party = user |
 * | `memberships` (platform) | user | memberships | `active`, `inactive`; key = organisation |
 * | `member` | user | memberships | `invited` until it expires, `active`, `inactive`; key = membership |
 * | `owners` | organisation | memberships of active owners; deactivated users who were owners | `owner`, key = membership; `shut_out`; party = user |
 * | `plan` | organisation | the organisation; properties in use; stays that go on | `limit`, key = what it limits, weight = how many; `property`; `resident` |
 * | `role` | role of the organisation | the role while active; memberships in it | `role`, `holder` |
 *
 * A user exists for an organisation as its entry `active` in `member`.
 */
type Entries = readonly RegisterEntry[];
type Check = (possible: Entries, certain: Entries, asked: RegisterQuestion) => void;

const counted = (entries: Entries, now: string): Entries =>
  entries.filter(({ expiresAt }) => expiresAt === undefined || now < expiresAt);

/** One user has an e-mail address (USR-1). @throws Refusal */
export const checkEmails: Check = (possible) => {
  const users = new Set(possible.map(({ party }) => party));
  rule('USR-1', 'Another user has this e-mail address.', users.size <= 1, 'email', 409);
};

/** One live membership or invitation of a person in an organisation (MEM-1). @throws Refusal */
export const checkMember: Check = (possible, _certain, { now }) => {
  const memberships = new Set(counted(possible, now).map(({ key }) => key));
  rule('MEM-1', 'This person is a member, or invited, already.', memberships.size <= 1, 'email', 409);
};

/** Owners who can come in. */
export const presentOwners = (owners: Entries, shutOut: Entries = owners): Entries =>
  owners.filter(({ kind, party }) => kind === 'owner' && !shutOut.some((one) => one.kind === 'shut_out' && one.party === party));

/** An organisation that has an owner who can come in keeps one (MEM-4, USR-3, ORG-5). @throws Refusal */
export const checkOwners: Check = (possible, certain, { held, wanted }) => {
  const owns = (entries: Entries): number => entries.filter(({ kind }) => kind === 'owner').length;
  const shutting = wanted.some(({ kind }) => kind === 'shut_out');
  const kept = (!shutting && owns(held) <= owns(wanted)) || presentOwners(certain, possible).length > 0;
  ruleAsked('ORG-5', kept);
  if (shutting) rule('USR-3', 'The last owner of an organisation cannot be deactivated: make somebody else an owner first.', kept, undefined, 409);
  rule('MEM-4', 'The last owner cannot be removed, suspended or given another role: make somebody else an owner first.', kept, undefined, 409);
};

/** What a plan limits. */
const LIMITED = [
  { kind: 'resident', limit: 'maxResidents', many: 'residents who live here', fields: ['residentId'] },
  { kind: 'property', limit: 'maxProperties', many: 'properties in use', fields: ['name'] },
] as const;

/** Whoever is over a limit already is refused nothing but more; a plan that is exceeded is not changed to (GEN-9, ORG-2). @throws Refusal */
export const checkPlan: Check = (possible, _certain, { held, wanted }) => {
  for (const { kind, limit, many, fields } of LIMITED) {
    const keys = (entries: Entries): Set<string> => new Set(entries.filter((one) => one.kind === kind).map(({ key }) => key));
    const limits = (entries: Entries): number =>
      Math.min(...entries.filter((one) => one.kind === 'limit' && one.key === kind).map(({ weight }) => weight ?? 1));
    const used = keys(possible).size;
    const lowered = limits(wanted) < limits(held);
    if (lowered) rule('ORG-2', `There are ${used} ${many}: this plan has a limit of ${limits(wanted)} (${limit}).`, used <= limits(wanted), limit);
    const before = keys(held);
    const grows = [...keys(wanted)].some((key) => !before.has(key));
    if (grows) rule('GEN-9', `The plan of the organisation has a limit of ${limits(possible)} ${many} (${limit}).`, used <= limits(possible), fields);
  }
};

/** A role that somebody has is there (ROL-4, MEM-6). @throws Refusal */
export const checkRole: Check = (possible, certain, { now, held, wanted }) => {
  const used = counted(possible, now).some(({ kind }) => kind === 'holder');
  const there = certain.some(({ kind }) => kind === 'role');
  const retiring = held.some(({ kind }) => kind === 'role') && wanted.length === 0;
  if (retiring) rule('ROL-4', 'Members still have this role, or are invited to it: give them another first.', !used, undefined, 409);
  else rule('MEM-6', 'This role is retired: it can be given to nobody.', !used || there, 'role');
};

/** The rules of this context's registers, by name. */
export const organisationRegisters = { emails: checkEmails, member: checkMember, owners: checkOwners, plan: checkPlan, role: checkRole };
