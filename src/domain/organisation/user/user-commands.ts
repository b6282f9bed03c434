import { changing, CommandOf, commandWith, type Context, DomainCommand } from '../../../kernel/command.js';
import { factsOf } from '../../../kernel/entity.js';
import { Instant, Int, List, Text } from '../../../kernel/fields.js';
import { covers, PERMISSION_PATTERN } from '../../../kernel/permissions.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { plusMinutes, UUID } from '../../../kernel/values.js';
import { checkRank, EMAIL, emailKeyOf, normaliseEmail } from '../granting.js';
import type { Membership } from '../membership/membership.js';
import {
  ApiTokenIssued,
  ApiTokenRevoked,
  NotificationPreferences,
  ProfileFacts,
  User,
  UserDeactivated,
  UserLocked,
  UserNotificationPreferencesChanged,
  UserPasswordChanged,
  UserProfileChanged,
  UserReactivated,
  UserRegistered,
  UserUnlocked,
} from './user.js';

const LOCK_MINUTES = 30;
const FAILURES = 5;
const TOKEN_DAYS = 366;
const present = ['active', 'locked'];

@CommandOf(User, { internal: true, doc: 'Makes the user that accepts an invitation.', creates: true })
export class RegisterUser extends commandWith(User, ProfileFacts) {
  @Text(personal('identity'), { max: 254, pattern: EMAIL, code: 'USR-1', normalise: normaliseEmail }) email!: string;
  @Text(pseudonymous, { max: 36 }) credentialId!: string;
  decide(_user: User, context: Context) {
    const email = normaliseEmail(this.email);
    rule('USR-1', 'This is no e-mail address.', EMAIL.test(email), 'email');
    return UserRegistered.of({ ...factsOf(this, ProfileFacts), email, emailKey: emailKeyOf(email, context), credentialId: this.credentialId });
  }
}

@CommandOf(User, { self: true, doc: 'Changes the own name.', from: present })
export class ChangeProfile extends changing(User, ProfileFacts) {
  decide() {
    return UserProfileChanged.of(factsOf(this, ProfileFacts));
  }
}

@CommandOf(User, { self: true, doc: 'Says how one wants to be told of things; null is as the product does it.', from: present })
export class SetNotificationPreferences extends changing(User, NotificationPreferences) {
  decide(user: User) {
    rule('NOT-4', 'Emergencies are told to everybody whom they concern: they cannot be muted.', !this.mutedNotifications?.includes('emergency'), 'mutedNotifications');
    const { notificationChannel = user.notificationChannel, mobilePhone = user.mobilePhone } = this;
    rule('NOT-5', 'Give a mobile number to be told by text message.', notificationChannel !== 'sms' || Boolean(mobilePhone), 'mobilePhone');
    const { quietFrom = user.quietFrom, quietTo = user.quietTo } = this;
    rule('NOT-6', 'Quiet hours have a beginning and an end.', Boolean(quietFrom) === Boolean(quietTo), quietFrom ? 'quietTo' : 'quietFrom');
    return UserNotificationPreferencesChanged.of(factsOf(this, NotificationPreferences));
  }
}

@CommandOf(User, { self: true, handWritten: true, doc: 'Changes the own password; all other sessions end.', from: present })
export class ChangePassword extends DomainCommand<User> {
  @Text(pseudonymous, { max: 36, pattern: UUID, doc: 'The stored credential that counts from now on' }) credentialId!: string;
  decide() {
    return UserPasswordChanged.of({ credentialId: this.credentialId });
  }
}

@CommandOf(User, { internal: true, doc: 'Locks a user after failed sign-ins.' })
export class LockUser extends DomainCommand<User> {
  @Int(open) attempts!: number;
  decide(user: User, { now }: Context) {
    if (user.status !== 'active') return [];
    rule('USR-2', 'A user is locked after five failed sign-ins.', this.attempts >= FAILURES, 'attempts');
    return UserLocked.of({ lockedUntil: plusMinutes(now, LOCK_MINUTES), attempts: this.attempts });
  }
}

@CommandOf(User, { internal: true, doc: 'Ends a lock whose half hour is over.' })
export class EndLock extends DomainCommand<User> {
  decide(user: User) {
    return user.status === 'locked' ? UserUnlocked.of({}) : [];
  }
}

@CommandOf(User, { permission: 'users:unlock', doc: 'Lets a locked user sign in again.', from: ['locked'] })
export class UnlockUser extends DomainCommand<User> {
  decide(_user: User, context: Context) {
    checkMayAdminister(context);
    return UserUnlocked.of({});
  }
}

@CommandOf(User, { permission: 'users:deactivate', doc: 'Ends a user’s access; sessions and tokens end at once.', from: present })
export class DeactivateUser extends DomainCommand<User> {
  @Text(personal('identity'), { max: 1000 }) reason!: string;
  decide(_user: User, context: Context) {
    rule('USR-3', 'You cannot deactivate yourself.', context.actor.id !== context.id, undefined, 409);
    checkMayAdminister(context);
    rule('USR-3', 'The last owner of an organisation cannot be deactivated: make somebody else an owner first.', context.fact('sole-owner-of', context.id).length === 0, undefined, 409);
    const open = context.fact('open-responsibilities', context.id);
    rule('USR-4', `This user is still responsible: ${open.join('; ')}. Reassign this first.`, open.length === 0, undefined, 409);
    const ownerOf = [...context.fact('owner-of', context.id)];
    return UserDeactivated.of({ reason: this.reason, ...(ownerOf.length > 0 ? { ownerOf } : {}) });
  }
}

@CommandOf(User, { permission: 'users:reactivate', doc: 'Gives a deactivated user access again; sessions and tokens of before stay ended.', from: ['deactivated'] })
export class ReactivateUser extends DomainCommand<User> {
  decide(_user: User, context: Context) {
    checkMayAdminister(context);
    return UserReactivated.of({});
  }
}

/** A user belongs to the platform: an organisation decides over one who is its member alone, and not above the actor. @throws Refusal */
function checkMayAdminister(context: Context): void {
  const elsewhere = context.held('memberships', context.id).some(({ key }) => key !== context.actor.organizationId);
  if (elsewhere) {
    throw new Refusal('FORBIDDEN', 'This user belongs to another organisation too: suspend or end the membership instead.', { status: 403 });
  }
  for (const { key } of context.held('member', context.id)) {
    const membership = context.find<Membership>('user_organizations', key);
    if (membership) checkRank(membership.role, context);
  }
}

@CommandOf(User, { self: true, handWritten: true, doc: 'Issues a token for programs; the answer shows it once.', from: ['active'] })
export class IssueApiToken extends DomainCommand<User> {
  @Text(pseudonymous, { max: 36, pattern: UUID, doc: 'Under which the token’s hash is stored' }) tokenId!: string;
  @Text(personal('identity'), { max: 100 }) name!: string;
  @List(open, { max: 100, doc: 'Permissions, or patterns of such, within one’s own' }) scopes!: string[];
  @Instant(open, { doc: 'Within a year' }) expiresAt!: string;
  decide(_user: User, context: Context) {
    const strange = this.scopes.length === 0 || this.scopes.some((code) => !PERMISSION_PATTERN.test(code));
    if (strange) throw new Refusal('VALIDATION', 'Say what the token may do: permissions such as residents:read.', { field: 'scopes' });
    const exceeding = this.scopes.find((code) => !covers(context.actor.permissions, code));
    rule('ROL-3', `A token cannot do what you may not: ${exceeding}.`, exceeding === undefined, 'scopes', 403);
    const latest = plusMinutes(context.now, TOKEN_DAYS * 24 * 60);
    if (Date.parse(this.expiresAt) <= Date.parse(context.now) || Date.parse(this.expiresAt) > Date.parse(latest)) {
      throw new Refusal('VALIDATION', 'A token ends later than now and within a year.', { field: 'expiresAt' });
    }
    const membership = context.held('member', context.actor.id).find(({ kind }) => kind === 'active');
    if (!membership) throw new Refusal('FORBIDDEN', 'A token belongs to a membership, and you have none here.', { status: 403 });
    const { tokenId, name, scopes, expiresAt } = this;
    return ApiTokenIssued.of({ tokenId, membershipId: membership.key, name, scopes: [...new Set(scopes)], expiresAt });
  }
}

@CommandOf(User, { self: true, doc: 'Ends a token at once.', from: present })
export class RevokeApiToken extends DomainCommand<User> {
  @Text(pseudonymous, { max: 36, pattern: UUID }) tokenId!: string;
  decide(user: User) {
    return user.tokens.some(({ tokenId }) => tokenId === this.tokenId) ? ApiTokenRevoked.of({ tokenId: this.tokenId }) : [];
  }
}
