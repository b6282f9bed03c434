import { covers } from '../../../kernel/permissions.js';
import { changing, CommandOf, commandWith, type Context, DomainCommand } from '../../../kernel/command.js';
import { rule } from '../../../kernel/rules.js';
import { factsOf } from '../../../kernel/entity.js';
import { Instant, List, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { plusMinutes, UUID } from '../../../kernel/values.js';
import {
  ApiTokenIssued,
  ApiTokenRevoked,
  ProfileFacts,
  User,
  UserDeactivated,
  UserLocked,
  UserPasswordChanged,
  UserProfileChanged,
  UserReactivated,
  UserRegistered,
  UserUnlocked,
} from './user.js';

@CommandOf(User, { internal: true, doc: 'Makes the user that accepts an invitation.', creates: true })
export class RegisterUser extends commandWith(User, ProfileFacts) {
  @Text(personal('identity'), { max: 254 }) email!: string;
  @Text(pseudonymous, { max: 36 }) credentialId!: string;
  decide(_state: User, context: Context) {
    rule('USR-1', 'This is no e-mail address.', /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(this.email), 'email');
    const emailKey = context.fact('email-key', this.email.trim().toLowerCase())[0];
    if (emailKey === undefined) throw new Error('The fact email-key gave nothing: answer it with the HMAC of the address.');
    return UserRegistered.of({ ...factsOf(this, ProfileFacts), email: this.email, emailKey, credentialId: this.credentialId });
  }
}
@CommandOf(User, { internal: true, doc: 'Locks a user after failed sign-ins.' })
export class LockUser extends DomainCommand<User> {
  decide(state: User, { now }: Context) {
    return state.status === 'active' ? UserLocked.of({ lockedUntil: plusMinutes(now, 30) }) : [];
  }
}
@CommandOf(User, { self: true, doc: 'Changes the own name.', from: ['active'], route: 'change-profile' })
export class ChangeProfile extends changing(User, ProfileFacts) {
  decide(_state: User, _context: Context) {
    return UserProfileChanged.of(factsOf(this, ProfileFacts));
  }
}
@CommandOf(User, { self: true, doc: 'Makes a stored credential the one that counts.', from: ['active'], route: 'change-password' })
export class ChangePassword extends DomainCommand<User> {
  @Text(pseudonymous, { max: 36, pattern: UUID }) credentialId!: string;
  decide() {
    return UserPasswordChanged.of({ credentialId: this.credentialId });
  }
}
@CommandOf(User, { permission: 'users:unlock', doc: 'Lets a locked user sign in again.', from: ['locked'] })
export class UnlockUser extends DomainCommand<User> {
  decide() {
    return UserUnlocked.of({});
  }
}
@CommandOf(User, { permission: 'users:deactivate', doc: 'Ends a user’s access; sessions and tokens end at once.', from: ['active', 'locked'] })
export class DeactivateUser extends DomainCommand<User> {
  @Text(personal('identity'), { max: 1000 }) reason!: string;
  decide(_state: User, context: Context) {
    rule('USR-3', 'You cannot deactivate yourself.', context.actor.id !== context.id);
    rule('USR-3', 'The last owner of an organisation cannot be deactivated.', context.fact('sole-owner-of', context.id).length === 0);
    rule('USR-4', 'This user still has open responsibilities: reassign them first.', context.fact('open-responsibilities', context.id).length === 0);
    return UserDeactivated.of({ reason: this.reason });
  }
}
@CommandOf(User, { permission: 'users:reactivate', doc: 'Gives a deactivated user access again.', from: ['deactivated'] })
export class ReactivateUser extends DomainCommand<User> {
  decide() {
    return UserReactivated.of({});
  }
}
@CommandOf(User, { self: true, doc: 'Issues a token for programs; it is shown once.', from: ['active'], route: 'issue-api-token' })
export class IssueApiToken extends DomainCommand<User> {
  @Text(personal('identity'), { max: 100 }) name!: string;
  @List(open, { max: 100 }) scopes!: string[];
  @Instant(open) expiresAt!: string;
  decide(_state: User, context: Context) {
    rule('ROL-3', 'A token cannot do more than you.', this.scopes.every((code) => covers(context.actor.permissions, code)), 'scopes');
    rule('USR-6', 'A token must end in the future.', this.expiresAt > context.now, 'expiresAt');
    return ApiTokenIssued.of({ tokenId: context.newId('api-token'), name: this.name, scopes: this.scopes, expiresAt: this.expiresAt });
  }
}
@CommandOf(User, { self: true, doc: 'Ends a token.', route: 'revoke-api-token' })
export class RevokeApiToken extends DomainCommand<User> {
  @Text(pseudonymous, { max: 36, pattern: UUID }) tokenId!: string;
  decide(state: User) {
    return state.tokenIds?.includes(this.tokenId) ? ApiTokenRevoked.of({ tokenId: this.tokenId }) : [];
  }
}
