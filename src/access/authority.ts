import type { Catalogue } from '../kernel/catalogue.js';
import { PLATFORM, type EntityDeclaration, type State } from '../kernel/entity.js';
import { isSystemRole, permissionsOf } from '../kernel/system-roles.js';
import type { Registers } from '../commands/registers.js';
import type { Streams } from '../commands/streams.js';
import type { MembershipState, OrganizationState, RoleState, UserState } from './states.js';

/** Where somebody stands in an organisation, as the log has it now. */
export interface Standing {
  readonly user: UserState;
  readonly membership: MembershipState;
  readonly organization: OrganizationState;
  readonly permissions: ReadonlySet<string>;
}

const REMEMBERED = 10_000;

/**
 * Who may do what, folded from the log each time it is asked: what was taken away counts from the next request on. Only
 * what came since the last time is read, in one query for all that is asked in the same turn.
 */
export class Authority {
  /** Which membership it was the last time: read at once with the rest, and looked up anew where it is another. */
  private readonly memberships = new Map<string, string>();
  private readonly sets = new WeakMap<RoleState, ReadonlySet<string>>();

  constructor(
    private readonly catalogue: Catalogue,
    private readonly streams: Streams,
    private readonly registers: Registers,
  ) {}

  /** Undefined where the user is no active member of the organisation. */
  async of(userId: string, organizationId: string): Promise<Standing | undefined> {
    const key = `${userId}|${organizationId}`;
    const known = this.memberships.get(key);
    const [entries, user, organization, guess] = await Promise.all([
      this.registers.certain(organizationId, 'member', userId),
      this.user(userId),
      this.organization(organizationId),
      known === undefined ? undefined : this.membership(known, organizationId),
    ]);
    const current = entries.find(({ kind }) => kind === 'active')?.key;
    if (current === undefined || !user || !organization) return undefined;
    const membership = guess && current === known ? guess : await this.membership(current, organizationId);
    if (membership?.status !== 'active') return undefined;
    this.remember(key, current);
    return { user, membership, organization, permissions: await this.permissions(membership.role, organizationId) };
  }

  user(userId: string): Promise<UserState | undefined> {
    return this.load<UserState>('users', userId, PLATFORM);
  }

  membership(membershipId: string, organizationId: string): Promise<MembershipState | undefined> {
    return this.load<MembershipState>('user_organizations', membershipId, organizationId);
  }

  organization(organizationId: string): Promise<OrganizationState | undefined> {
    return this.load<OrganizationState>('organizations', organizationId, organizationId);
  }

  /** The user of an e-mail address by its key. */
  async userIdOf(emailKey: string): Promise<string | undefined> {
    return (await this.registers.certain(PLATFORM, 'emails', emailKey))[0]?.party;
  }

  /** Organisations of which somebody is an active member, in the order in which they became one. */
  async organizationsOf(userId: string): Promise<string[]> {
    const entries = await this.registers.certain(PLATFORM, 'memberships', userId);
    return entries.filter(({ kind }) => kind === 'active').map(({ key }) => key);
  }

  private async permissions(role: string, organizationId: string): Promise<ReadonlySet<string>> {
    if (isSystemRole(role)) return permissionsOf(role);
    const own = await this.load<RoleState>('roles_permissions', role, organizationId);
    if (own?.status !== 'active') return new Set();
    const set = this.sets.get(own) ?? new Set(own.permissions);
    this.sets.set(own, set);
    return set;
  }

  private async load<S extends State>(table: string, id: string, organizationId: string): Promise<S | undefined> {
    return (await this.streams.load(this.entity(table), id, organizationId)).state as S | undefined;
  }

  private entity(table: string): EntityDeclaration {
    const found = this.catalogue.entity(table);
    if (!found) throw new Error(`There is no table ${table}: access cannot be decided without it.`);
    return found;
  }

  private remember(key: string, membershipId: string): void {
    this.memberships.delete(key);
    this.memberships.set(key, membershipId);
    if (this.memberships.size > REMEMBERED) this.memberships.delete(this.memberships.keys().next().value!);
  }
}
