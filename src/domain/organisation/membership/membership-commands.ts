import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { plusMinutes, UUID } from '../../../kernel/values.js';
import { checkGrant, sha256 } from '../granting.js';
import {
  InvitationExpired,
  InvitationResent,
  InvitationRevoked,
  Membership,
  MembershipAccepted,
  MembershipEnded,
  MembershipRestored,
  MembershipRoleChanged,
  MembershipSuspended,
  UserInvited,
} from './membership.js';

const WEEK = 7 * 24 * 60;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** The invitation's token leaves in the answer alone; only its hash is kept. */
const invitation = (context: Context) => ({
  tokenHash: sha256(context.secret('invitation')),
  expiresAt: plusMinutes(context.now, WEEK),
});
function checkResident(role: string, residentId: string | undefined): void {
  rule('MEM-5', 'The role resident goes with a resident, and no other role does.', (role === 'resident') === (residentId !== undefined), 'residentId');
}

@CommandOf(Membership, { permission: 'user_organizations:invite', doc: 'Invites somebody by e-mail.', creates: true, plain: true })
export class InviteUser extends DomainCommand<Membership> {
  @Text(personal('identity'), { max: 254, pattern: EMAIL, code: 'USR-1', normalise: (text) => text.trim().toLowerCase() }) email!: string;
  @Text(open, { max: 40 }) role!: string;
  @Ref(pseudonymous, 'residents', { optional: true }) residentId?: string;
  decide(_state: Membership, context: Context) {
    const { email, role } = this;
    const residentId = this.residentId ?? undefined;
    checkResident(role, residentId);
    checkGrant(role, context);
    const emailKey = context.fact('email-key', email.trim().toLowerCase())[0];
    if (emailKey === undefined) throw new Error('The fact email-key gave nothing: answer it with the HMAC of the address.');
    return UserInvited.of({ email, role, residentId, emailKey, ...invitation(context), invitedBy: context.actor.id });
  }
}

@CommandOf(Membership, { anonymous: true, doc: 'Accepts an invitation with its token.', route: 'accept-invitation' })
export class AcceptInvitation extends DomainCommand<Membership> {
  @Text(pseudonymous, { pattern: UUID, max: 36 }) userId!: string;
  @Text(pseudonymous, { max: 64 }) tokenHash!: string;
  decide(state: Membership, { now }: Context) {
    rule('MEM-3', 'This invitation is used up or was never made.', state.status === 'invited' && state.tokenHash === this.tokenHash, 'token');
    if (now >= state.expiresAt!) throw new Refusal('MEM-3', 'This invitation has expired: ask for another.', { status: 410, field: 'token' });
    return MembershipAccepted.of({ userId: this.userId, joinedDate: now });
  }
}

@CommandOf(Membership, { permission: 'user_organizations:resend-invitation', doc: 'Sends a new token; the old one ends.', from: ['invited'], route: 'resend-invitation' })
export class ResendInvitation extends DomainCommand<Membership> {
  decide(state: Membership, context: Context) {
    checkGrant(state.role, context);
    return InvitationResent.of(invitation(context));
  }
}
@CommandOf(Membership, { permission: 'user_organizations:revoke-invitation', doc: 'Takes an invitation back.', from: ['invited'], route: 'revoke-invitation' })
export class RevokeInvitation extends DomainCommand<Membership> {
  decide() {
    return InvitationRevoked.of({});
  }
}
@CommandOf(Membership, { internal: true, doc: 'Ends an invitation whose week is over.' })
export class ExpireInvitation extends DomainCommand<Membership> {
  decide(state: Membership, { now }: Context) {
    return state.status === 'invited' && now >= state.expiresAt! ? InvitationExpired.of({}) : [];
  }
}
@CommandOf(Membership, { permission: 'user_organizations:change-member-role', doc: 'Gives a member another role.', from: ['active', 'inactive'], route: 'change-member-role' })
export class ChangeMemberRole extends DomainCommand<Membership> {
  @Text(open, { max: 40 }) role!: string;
  decide(state: Membership, context: Context) {
    if (state.role === this.role) return [];
    checkResident(this.role, state.residentId);
    checkGrant(state.role, context);
    checkGrant(this.role, context);
    return MembershipRoleChanged.of({ role: this.role });
  }
}
@CommandOf(Membership, { permission: 'user_organizations:suspend-member', doc: 'Shuts a member out for a while.', from: ['active'], route: 'suspend-member' })
export class SuspendMember extends DomainCommand<Membership> {
  @Text(personal('identity'), { max: 1000 }) reason!: string;
  decide(state: Membership, context: Context) {
    checkGrant(state.role, context);
    return MembershipSuspended.of({ reason: this.reason });
  }
}
@CommandOf(Membership, { permission: 'user_organizations:restore-member', doc: 'Lets a suspended member in again.', from: ['inactive'], route: 'restore-member' })
export class RestoreMember extends DomainCommand<Membership> {
  decide(state: Membership, context: Context) {
    checkGrant(state.role, context);
    return MembershipRestored.of({});
  }
}
@CommandOf(Membership, { permission: 'user_organizations:remove-member', doc: 'Ends a membership.', from: ['active', 'inactive'], route: 'remove-member' })
export class RemoveMember extends DomainCommand<Membership> {
  @Text(personal('identity'), { max: 1000 }) reason!: string;
  decide(state: Membership, context: Context) {
    checkGrant(state.role, context);
    return MembershipEnded.of({ reason: this.reason });
  }
}
