import { Entity, type RegisterEntry, stateWith } from '../../../kernel/entity.js';
import { changeWith, DomainEvent, EventOf, eventWith } from '../../../kernel/event.js';
import { Choice, Hidden, Instant, List, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';

export const UserStatus = { active: 'active', locked: 'locked', deactivated: 'deactivated' } as const;

export class ProfileFacts {
  @Text(personal('identity'), { max: 100 }) firstName!: string;
  @Text(personal('identity'), { max: 100 }) lastName!: string;
}

@Entity('users', 'A person who signs in.', { category: 'user', home: 'platform' })
export class User extends stateWith(ProfileFacts) {
  @Text(personal('identity'), { max: 254 }) email!: string;
  @Choice(open, 'UserStatus', UserStatus) status!: (typeof UserStatus)[keyof typeof UserStatus];
  @Instant(open, { optional: true }) lockedUntil?: string;
  @Hidden(pseudonymous) emailKey!: string;
  /** The credential that counts. */
  @Hidden(pseudonymous) credentialId!: string;
  /** Ids of API tokens that are not revoked. */
  @Hidden(pseudonymous) tokenIds?: string[];

  /** The address stays taken, also by who is deactivated. */
  holds(): RegisterEntry[] {
    return [{ register: 'emails', owner: this.organizationId, key: this.emailKey, kind: 'email', party: this.id }];
  }
}

@EventOf(User, 'UserRegistered', 1, { to: 'active' })
export class UserRegistered extends eventWith(User, ProfileFacts) {
  @Text(personal('identity'), { max: 254 }) email!: string;
  @Text(pseudonymous, { max: 128 }) emailKey!: string;
  @Text(pseudonymous, { max: 36 }) credentialId!: string;
  override apply(state: User): void {
    const { firstName, lastName, email, emailKey, credentialId } = this;
    Object.assign(state, { firstName, lastName, email, emailKey, credentialId });
  }
}
@EventOf(User, 'UserProfileChanged', 1)
export class UserProfileChanged extends changeWith(User, ProfileFacts) {}
@EventOf(User, 'UserPasswordChanged', 1)
export class UserPasswordChanged extends DomainEvent<User> {
  @Text(pseudonymous, { max: 36 }) credentialId!: string;
  apply(state: User): void {
    state.credentialId = this.credentialId;
  }
}
@EventOf(User, 'UserLocked', 1, { to: 'locked' })
export class UserLocked extends DomainEvent<User> {
  @Instant(open) lockedUntil!: string;
  apply(state: User): void {
    state.lockedUntil = this.lockedUntil;
  }
}
@EventOf(User, 'UserUnlocked', 1, { to: 'active' })
export class UserUnlocked extends DomainEvent<User> {
  apply(state: User): void {
    state.lockedUntil = undefined;
  }
}
@EventOf(User, 'UserDeactivated', 1, { to: 'deactivated' })
export class UserDeactivated extends DomainEvent<User> {
  @Text(personal('identity'), { max: 1000 }) reason!: string;
  apply(state: User): void {
    state.tokenIds = [];
  }
}
@EventOf(User, 'UserReactivated', 1, { to: 'active' })
export class UserReactivated extends DomainEvent<User> {
  apply(): void {}
}
@EventOf(User, 'ApiTokenIssued', 1)
export class ApiTokenIssued extends DomainEvent<User> {
  @Text(pseudonymous, { max: 36 }) tokenId!: string;
  @Text(personal('identity'), { max: 100 }) name!: string;
  @List(open, { max: 100 }) scopes!: string[];
  @Instant(open) expiresAt!: string;
  apply(state: User): void {
    state.tokenIds = [...(state.tokenIds ?? []), this.tokenId];
  }
}
@EventOf(User, 'ApiTokenRevoked', 1)
export class ApiTokenRevoked extends DomainEvent<User> {
  @Text(pseudonymous, { max: 36 }) tokenId!: string;
  apply(state: User): void {
    state.tokenIds = (state.tokenIds ?? []).filter((id) => id !== this.tokenId);
  }
}
