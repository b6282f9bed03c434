import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { rule } from '../../../kernel/rules.js';
import { plusMinutes, uuidOf } from '../../../kernel/values.js';
import { checkGrant, checkRank, EMAIL, emailKeyOf, normaliseEmail, sha256 } from '../granting.js';
import { presentOwners } from '../organisation-registers.js';
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

const WEEK_IN_MINUTES = 7 * 24 * 60;
const invitation = { name: 'invitationToken', purpose: 'invitation' } as const;

/** The invitation's token leaves in the answer alone; only its hash is kept. */
const newInvitation = (context: Context) => ({
  tokenHash: sha256(context.secret(invitation.purpose)),
  expiresAt: plusMinutes(context.now, WEEK_IN_MINUTES),
});

function checkResident(role: string, residentId: string | null | undefined): void {
  const paired = (role === 'resident') === (residentId != null);
  rule('MEM-5', 'The role resident goes with a resident, and no other role does.', paired, ['residentId', 'role']);
}

/** Asked before the register decides it for good, so that who asks is told at once. */
function checkOwnerRemains(membership: Membership, context: Context): void {
  if (membership.role !== 'owner' || membership.status !== 'active') return;
  const others = presentOwners(context.held('owners', membership.organizationId)).filter(({ key }) => key !== membership.id);
  rule('MEM-4', 'The last owner cannot be removed, suspended or given another role: make somebody else an owner first.', others.length > 0, undefined, 409);
}

@CommandOf(Membership, { permission: 'user_organizations:invite', doc: 'Invites somebody by e-mail; the answer shows the token once.', creates: true, plain: true, reveals: invitation })
export class InviteUser extends DomainCommand<Membership> {
  @Text(personal('identity'), { max: 254, pattern: EMAIL, code: 'USR-1', normalise: normaliseEmail }) email!: string;
  @Text(open, { max: 40, doc: 'A system role, or the id of a role of the organisation' }) role!: string;
  @Ref(pseudonymous, 'residents', { optional: true, doc: 'For the role resident' }) residentId?: string;
  decide(_membership: Membership, context: Context) {
    const { role } = this;
    const email = normaliseEmail(this.email);
    rule('USR-1', 'This is no e-mail address.', EMAIL.test(email), 'email');
    checkResident(role, this.residentId);
    checkGrant(role, context, 'role');
    const key = emailKeyOf(email, context);
    const userId = context.held('emails', key)[0]?.party ?? uuidOf('user', key);
    const twice = context.held('member', userId).some(({ expiresAt }) => expiresAt === undefined || context.now < expiresAt);
    rule('MEM-1', 'This person is a member, or invited, already.', !twice, 'email', 409);
    return UserInvited.of({ email, role, residentId: this.residentId ?? undefined, userId, ...newInvitation(context) });
  }
}

@CommandOf(Membership, { anonymous: true, handWritten: true, doc: 'Accepts an invitation with its token, names and a password; who is a user already proves the password.' })
export class AcceptInvitation extends DomainCommand<Membership> {
  @Text(pseudonymous, { max: 64, doc: 'SHA-256 of the token, in hexadecimal' }) tokenHash!: string;
  decide(membership: Membership, { now }: Context) {
    rule('MEM-3', 'This invitation is used up, or was taken back.', membership.status === 'invited', undefined, 409);
    rule('MEM-3', 'This is not the token of the invitation.', membership.tokenHash === this.tokenHash, 'token');
    rule('MEM-3', 'This invitation has expired: ask for another.', now < membership.invitationExpiresAt!, 'token', 410);
    return MembershipAccepted.of({});
  }
}

@CommandOf(Membership, { permission: 'user_organizations:resend-invitation', doc: 'Makes a new token, shown once; the old one ends.', from: ['invited'], reveals: invitation })
export class ResendInvitation extends DomainCommand<Membership> {
  decide(membership: Membership, context: Context) {
    checkGrant(membership.role, context);
    return InvitationResent.of(newInvitation(context));
  }
}
@CommandOf(Membership, { permission: 'user_organizations:revoke-invitation', doc: 'Takes an invitation back.', from: ['invited'] })
export class RevokeInvitation extends DomainCommand<Membership> {
  decide(membership: Membership, context: Context) {
    checkRank(membership.role, context);
    return InvitationRevoked.of({});
  }
}
@CommandOf(Membership, { internal: true, doc: 'Ends an invitation whose week is over.' })
export class ExpireInvitation extends DomainCommand<Membership> {
  decide(membership: Membership, { now }: Context) {
    return membership.status === 'invited' && now >= membership.invitationExpiresAt! ? InvitationExpired.of({}) : [];
  }
}
@CommandOf(Membership, { permission: 'user_organizations:change-member-role', doc: 'Gives a member another role.', from: ['active', 'inactive'] })
export class ChangeMemberRole extends DomainCommand<Membership> {
  @Text(open, { max: 40, doc: 'A system role, or the id of a role of the organisation' }) role!: string;
  decide(membership: Membership, context: Context) {
    if (membership.role === this.role) return [];
    checkResident(this.role, membership.residentId);
    checkRank(membership.role, context);
    checkGrant(this.role, context, 'role');
    checkOwnerRemains(membership, context);
    return MembershipRoleChanged.of({ role: this.role });
  }
}
@CommandOf(Membership, { permission: 'user_organizations:suspend-member', doc: 'Shuts a member out for a while.', from: ['active'] })
export class SuspendMember extends DomainCommand<Membership> {
  @Text(personal('identity'), { max: 1000 }) reason!: string;
  decide(membership: Membership, context: Context) {
    checkRank(membership.role, context);
    checkOwnerRemains(membership, context);
    return MembershipSuspended.of({ reason: this.reason });
  }
}
@CommandOf(Membership, { permission: 'user_organizations:restore-member', doc: 'Lets a suspended member in again.', from: ['inactive'] })
export class RestoreMember extends DomainCommand<Membership> {
  decide(membership: Membership, context: Context) {
    checkGrant(membership.role, context);
    return MembershipRestored.of({});
  }
}
@CommandOf(Membership, { permission: 'user_organizations:remove-member', doc: 'Ends a membership.', from: ['active', 'inactive'] })
export class RemoveMember extends DomainCommand<Membership> {
  @Text(personal('identity'), { max: 1000 }) reason!: string;
  decide(membership: Membership, context: Context) {
    checkRank(membership.role, context);
    checkOwnerRemains(membership, context);
    return MembershipEnded.of({ reason: this.reason });
  }
}
