import { Entity, type RegisterEntry, State } from '../../../kernel/entity.js';
import { DomainEvent, EventOf, eventWith } from '../../../kernel/event.js';
import { Choice, Hidden, Instant, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';

export const MembershipStatus = {
  invited: 'invited',
  active: 'active',
  inactive: 'inactive',
  ended: 'ended',
  expired: 'expired',
  revoked: 'revoked',
} as const;

/** What an invitation says. `role` is a system role or the id of a role of the organisation. */
export class InvitationFacts {
  @Text(personal('identity'), { max: 254 }) email!: string;
  @Text(open, { max: 40 }) role!: string;
  @Ref(pseudonymous, 'residents', { optional: true }) residentId?: string;
  @Text(pseudonymous, { max: 128 }) emailKey!: string;
  @Text(pseudonymous, { max: 64 }) tokenHash!: string;
  @Instant(open) expiresAt!: string;
}

@Entity('user_organizations', 'A user in an organisation, in a role.', { category: 'membership' })
export class Membership extends State {
  @Text(personal('identity'), { max: 254 }) email!: string;
  @Text(open, { max: 40 }) role!: string;
  @Ref(pseudonymous, 'residents', { optional: true }) residentId?: string;
  @Text(pseudonymous, { optional: true, max: 36 }) userId?: string;
  @Choice(open, 'MembershipStatus', MembershipStatus) status!: (typeof MembershipStatus)[keyof typeof MembershipStatus];
  @Instant(open, { optional: true }) expiresAt?: string;
  @Instant(open, { optional: true }) joinedDate?: string;
  @Text(pseudonymous, { optional: true, max: 36 }) invitedBy?: string;
  @Hidden(pseudonymous) emailKey!: string;
  @Hidden(pseudonymous) tokenHash?: string;

  /** Who counts as an owner, and who is a member already. */
  holds(): RegisterEntry[] {
    const entries: RegisterEntry[] = [];
    if (['invited', 'active', 'inactive'].includes(this.status)) {
      entries.push({ register: 'members', owner: this.organizationId, key: this.emailKey, kind: 'member', party: this.id });
    }
    if (this.status === 'active' && this.role === 'owner') {
      entries.push({ register: 'owners', owner: this.organizationId, key: this.id, kind: 'owner' });
    }
    return entries;
  }
}

@EventOf(Membership, 'UserInvited', 1, { to: 'invited' })
export class UserInvited extends eventWith(Membership, InvitationFacts) {
  @Text(pseudonymous, { max: 64 }) invitedBy!: string;
  override apply(state: Membership): void {
    const { email, role, residentId, emailKey, tokenHash, expiresAt, invitedBy } = this;
    Object.assign(state, { email, role, residentId, emailKey, tokenHash, expiresAt, invitedBy });
  }
}
class Token {
  @Text(pseudonymous, { max: 64 }) tokenHash!: string;
  @Instant(open) expiresAt!: string;
}
@EventOf(Membership, 'InvitationResent', 1)
export class InvitationResent extends eventWith(Membership, Token) {
  override apply(state: Membership): void {
    Object.assign(state, { tokenHash: this.tokenHash, expiresAt: this.expiresAt });
  }
}
@EventOf(Membership, 'MembershipAccepted', 1, { to: 'active' })
export class MembershipAccepted extends DomainEvent<Membership> {
  @Text(pseudonymous, { max: 36 }) userId!: string;
  @Instant(open) joinedDate!: string;
  apply(state: Membership): void {
    Object.assign(state, { userId: this.userId, joinedDate: this.joinedDate, tokenHash: undefined, expiresAt: undefined });
  }
}
@EventOf(Membership, 'InvitationRevoked', 1, { to: 'revoked' })
export class InvitationRevoked extends DomainEvent<Membership> {
  apply(state: Membership): void {
    state.tokenHash = undefined;
  }
}
@EventOf(Membership, 'InvitationExpired', 1, { to: 'expired' })
export class InvitationExpired extends DomainEvent<Membership> {
  apply(state: Membership): void {
    state.tokenHash = undefined;
  }
}
@EventOf(Membership, 'MembershipRoleChanged', 1)
export class MembershipRoleChanged extends DomainEvent<Membership> {
  @Text(open, { max: 40 }) role!: string;
  apply(state: Membership): void {
    state.role = this.role;
  }
}
class Reason {
  @Text(personal('identity'), { max: 1000 }) reason!: string;
}
@EventOf(Membership, 'MembershipSuspended', 1, { to: 'inactive' })
export class MembershipSuspended extends eventWith(Membership, Reason) {
  override apply(): void {}
}
@EventOf(Membership, 'MembershipRestored', 1, { to: 'active' })
export class MembershipRestored extends DomainEvent<Membership> {
  apply(): void {}
}
@EventOf(Membership, 'MembershipEnded', 1, { to: 'ended' })
export class MembershipEnded extends eventWith(Membership, Reason) {
  override apply(): void {}
}
