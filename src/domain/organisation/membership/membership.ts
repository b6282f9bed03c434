import { Entity, type RegisterEntry, State } from '../../../kernel/entity.js';
import { DomainEvent, EventOf, eventWith, type Recorded } from '../../../kernel/event.js';
import { Choice, Hidden, Instant, List, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { isSystemRole } from '../../../kernel/system-roles.js';

export const MembershipStatus = {
  invited: 'invited',
  active: 'active',
  inactive: 'inactive',
  ended: 'ended',
  expired: 'expired',
  revoked: 'revoked',
} as const;
const live: readonly string[] = ['active', 'inactive'];

@Entity('user_organizations', 'A user in an organisation, in a role.', { category: 'membership', subject: 'userId' })
export class Membership extends State {
  @Text(personal('identity'), { max: 254, doc: 'Address that was invited' }) email!: string;
  @Text(open, { max: 40, doc: 'A system role, or the id of a role of the organisation' }) role!: string;
  @Ref(pseudonymous, 'residents', { optional: true, doc: 'Of the role resident: whose data alone are shown' }) residentId?: string;
  /** Of an invitation: who it will be. */
  @Ref(pseudonymous, 'users') userId!: string;
  @Choice(open, 'MembershipStatus', MembershipStatus) status!: (typeof MembershipStatus)[keyof typeof MembershipStatus];
  @Instant(open, { optional: true }) invitationExpiresAt?: string;
  @Instant(open) invitedAt!: string;
  @Ref(pseudonymous, 'users') invitedBy!: string;
  @Instant(open, { optional: true }) joinedDate?: string;
  @List(open, { max: 1000, doc: 'Date and role, oldest first' }) roleHistory!: string[];
  /** Hash of the one-time token that accepts it. */
  @Hidden(pseudonymous) tokenHash?: string;
  /** Raised whenever access is taken away: sessions of before are over, also after it is given back. */
  @Hidden(pseudonymous) accessEpoch!: number;

  /** Who is a member or invited already, where a user is a member, who counts as an owner, and which role is in use. */
  holds(): RegisterEntry[] {
    if (this.status !== 'invited' && !live.includes(this.status)) return [];
    const expiry = this.status === 'invited' ? { expiresAt: this.invitationExpiresAt! } : {};
    const entries: RegisterEntry[] = [{ register: 'member', owner: this.userId, key: this.id, kind: this.status, ...expiry }];
    if (!isSystemRole(this.role)) entries.push({ register: 'role', owner: this.role, key: this.id, kind: 'holder', ...expiry });
    if (live.includes(this.status)) entries.push({ register: 'memberships', owner: this.userId, key: this.organizationId, kind: this.status });
    if (this.status === 'active' && this.role === 'owner') {
      entries.push({ register: 'owners', owner: this.organizationId, key: this.id, kind: 'owner', party: this.userId });
    }
    return entries;
  }
}

/** The token of an invitation, as its hash, and how long it counts. */
class Invitation {
  @Text(pseudonymous, { max: 64 }) tokenHash!: string;
  @Instant(open) expiresAt!: string;
}
const inForce = ({ tokenHash, expiresAt }: Invitation): Partial<Membership> => ({ tokenHash, invitationExpiresAt: expiresAt });
const usedUp = { tokenHash: undefined, invitationExpiresAt: undefined };
const datedRole = (role: string, { effectiveDate }: Recorded): string => `${effectiveDate} ${role}`;

@EventOf(Membership, 'UserInvited', 1, { to: 'invited' })
export class UserInvited extends eventWith(Membership, Invitation) {
  @Text(personal('identity'), { max: 254 }) email!: string;
  @Text(open, { max: 40 }) role!: string;
  @Ref(pseudonymous, 'residents', { optional: true }) residentId?: string;
  @Ref(pseudonymous, 'users') userId!: string;
  override apply(membership: Membership, recorded: Recorded): void {
    const { email, role, residentId, userId } = this;
    Object.assign(membership, { email, role, residentId: residentId ?? undefined, userId, ...inForce(this) });
    membership.invitedAt = recorded.recordedAt;
    membership.invitedBy = recorded.actorId;
    membership.roleHistory = [datedRole(role, recorded)];
    membership.accessEpoch = 0;
  }
}
@EventOf(Membership, 'InvitationResent', 1)
export class InvitationResent extends eventWith(Membership, Invitation) {
  override apply(membership: Membership): void {
    Object.assign(membership, inForce(this));
  }
}
@EventOf(Membership, 'MembershipAccepted', 1, { to: 'active' })
export class MembershipAccepted extends DomainEvent<Membership> {
  apply(membership: Membership, { recordedAt }: Recorded): void {
    Object.assign(membership, usedUp, { joinedDate: recordedAt });
  }
}
@EventOf(Membership, 'InvitationRevoked', 1, { to: 'revoked' })
export class InvitationRevoked extends DomainEvent<Membership> {
  apply(membership: Membership): void {
    Object.assign(membership, usedUp);
  }
}
@EventOf(Membership, 'InvitationExpired', 1, { to: 'expired' })
export class InvitationExpired extends DomainEvent<Membership> {
  apply(membership: Membership): void {
    membership.tokenHash = undefined;
  }
}
@EventOf(Membership, 'MembershipRoleChanged', 1)
export class MembershipRoleChanged extends DomainEvent<Membership> {
  @Text(open, { max: 40 }) role!: string;
  apply(membership: Membership, recorded: Recorded): void {
    membership.role = this.role;
    membership.roleHistory = [...membership.roleHistory, datedRole(this.role, recorded)];
  }
}

class Reason {
  @Text(personal('identity'), { max: 1000 }) reason!: string;
}
@EventOf(Membership, 'MembershipSuspended', 1, { to: 'inactive' })
export class MembershipSuspended extends eventWith(Membership, Reason) {
  override apply(membership: Membership): void {
    membership.accessEpoch += 1;
  }
}
@EventOf(Membership, 'MembershipRestored', 1, { to: 'active' })
export class MembershipRestored extends DomainEvent<Membership> {
  apply(): void {}
}
@EventOf(Membership, 'MembershipEnded', 1, { to: 'ended' })
export class MembershipEnded extends eventWith(Membership, Reason) {
  override apply(membership: Membership): void {
    membership.accessEpoch += 1;
  }
}
