import { Entity, type RegisterEntry, stateWith } from '../../../kernel/entity.js';
import { changeWith, DomainEvent, EventOf, eventWith, type Recorded } from '../../../kernel/event.js';
import { Choice, Hidden, Instant, Int, List, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { NotificationChannel, type NotificationChannelName, NotificationType } from '../../notification-kinds.js';
import { E164, normalisePhone } from '../../phone.js';
import { TIME_OF_DAY } from '../../quiet-hours.js';

export const UserStatus = { active: 'active', locked: 'locked', deactivated: 'deactivated' } as const;

export class ProfileFacts {
  @Text(personal('identity'), { max: 100 }) firstName!: string;
  @Text(personal('identity'), { max: 100 }) lastName!: string;
}

const kinds = { values: Object.values(NotificationType), enumName: 'NotificationType', max: 5, optional: true } as const;
const timeOfDay = { pattern: TIME_OF_DAY, max: 5, optional: true } as const;

/** How somebody wants to be told of things; what they leave out is as the product does it. */
export class NotificationPreferences {
  @Choice(open, 'NotificationChannel', NotificationChannel, { optional: true, doc: 'By which they are told beside the inbox; email where it is left out' })
  notificationChannel?: NotificationChannelName;
  @Text(personal('contact'), { optional: true, max: 16, pattern: E164, code: 'GEN-7', normalise: normalisePhone, doc: 'Number for text messages' }) mobilePhone?: string;
  @List(open, { ...kinds, doc: 'Of which nothing is put into the inbox, unless it is urgent' }) mutedNotifications?: string[];
  @List(open, { ...kinds, doc: 'Which are sent by the channel too where they stay unread, not only urgent ones' }) sentNotifications?: string[];
  @Text(open, { ...timeOfDay, doc: 'From when in London nothing is sent that is not urgent, such as 22:00; as the organisation has it where it is left out' }) quietFrom?: string;
  @Text(open, { ...timeOfDay, doc: 'Until when' }) quietTo?: string;
}

/** A token for programs that counts: what it may do, in which membership, and until when by the product's clock. */
export interface ApiToken {
  readonly tokenId: string;
  readonly membershipId: string;
  readonly scopes: readonly string[];
  readonly expiresAt: string;
}

@Entity('users', 'A person who signs in.', { category: 'user', home: 'platform', search: ['lastName', 'firstName', 'email'] })
export class User extends stateWith(ProfileFacts, NotificationPreferences) {
  @Text(personal('identity'), { max: 254 }) email!: string;
  @Choice(open, 'UserStatus', UserStatus) status!: (typeof UserStatus)[keyof typeof UserStatus];
  @Int(open, { doc: 'Of the lock in force' }) failedLoginAttempts!: number;
  @Instant(open, { optional: true }) lockedUntil?: string;
  @Instant(open) passwordLastChanged!: string;
  @Instant(open, { optional: true }) deactivatedAt?: string;
  @Ref(pseudonymous, 'users', { optional: true }) deactivatedBy?: string;
  @Hidden(pseudonymous) emailKey!: string;
  /** The credential that counts. */
  @Hidden(pseudonymous) credentialId!: string;
  /** Raised whenever all sessions of before are over. */
  @Hidden(pseudonymous) sessionEpoch!: number;
  /** Raised with each unlocking: failures of before count no more. */
  @Hidden(pseudonymous) lockEpoch!: number;
  @Hidden(pseudonymous) tokens!: ApiToken[];
  /** Of who is deactivated: organisations that have an owner in them who cannot come in. */
  @Hidden(pseudonymous) missedBy?: readonly string[];

  /** The address stays taken, also by who is deactivated; who was an owner is none that an organisation has left. */
  holds(): RegisterEntry[] {
    return [
      { register: 'emails', owner: this.emailKey, key: this.emailKey, kind: 'email', party: this.id },
      ...(this.missedBy ?? []).map((owner) => ({ register: 'owners', owner, key: this.id, kind: 'shut_out', party: this.id })),
    ];
  }
}

@EventOf(User, 'UserRegistered', 1, { to: 'active' })
export class UserRegistered extends eventWith(User, ProfileFacts) {
  @Text(personal('identity'), { max: 254 }) email!: string;
  /** An HMAC that finds the address; class 1, because registers are keyed by it. */
  @Text(pseudonymous, { max: 128 }) emailKey!: string;
  @Text(pseudonymous, { max: 36 }) credentialId!: string;
  override apply(user: User, { recordedAt }: Recorded): void {
    const { firstName, lastName, email, emailKey, credentialId } = this;
    Object.assign(user, { firstName, lastName, email, emailKey, credentialId, passwordLastChanged: recordedAt });
    Object.assign(user, { failedLoginAttempts: 0, sessionEpoch: 0, lockEpoch: 0, tokens: [] });
  }
}
@EventOf(User, 'UserProfileChanged', 1)
export class UserProfileChanged extends changeWith(User, ProfileFacts) {}

@EventOf(User, 'UserNotificationPreferencesChanged', 1)
export class UserNotificationPreferencesChanged extends changeWith(User, NotificationPreferences) {}

@EventOf(User, 'UserPasswordChanged', 1)
export class UserPasswordChanged extends DomainEvent<User> {
  @Text(pseudonymous, { max: 36 }) credentialId!: string;
  apply(user: User, { recordedAt }: Recorded): void {
    Object.assign(user, { credentialId: this.credentialId, passwordLastChanged: recordedAt, sessionEpoch: user.sessionEpoch + 1 });
  }
}
@EventOf(User, 'UserLocked', 1, { to: 'locked' })
export class UserLocked extends DomainEvent<User> {
  @Instant(open) lockedUntil!: string;
  @Int(open) attempts!: number;
  apply(user: User): void {
    Object.assign(user, { lockedUntil: this.lockedUntil, failedLoginAttempts: this.attempts });
  }
}
@EventOf(User, 'UserUnlocked', 1, { to: 'active' })
export class UserUnlocked extends DomainEvent<User> {
  apply(user: User): void {
    Object.assign(user, { lockedUntil: undefined, failedLoginAttempts: 0, lockEpoch: user.lockEpoch + 1 });
  }
}
@EventOf(User, 'UserDeactivated', 1, { to: 'deactivated' })
export class UserDeactivated extends DomainEvent<User> {
  @Text(personal('identity'), { max: 1000 }) reason!: string;
  @List(pseudonymous, { optional: true, max: 1000, doc: 'Organisations in which the user is an owner' }) ownerOf?: string[];
  apply(user: User, { recordedAt, actorId }: Recorded): void {
    const ended = { lockedUntil: undefined, tokens: [], sessionEpoch: user.sessionEpoch + 1, missedBy: this.ownerOf };
    Object.assign(user, { deactivatedAt: recordedAt, deactivatedBy: actorId, ...ended });
  }
}
@EventOf(User, 'UserReactivated', 1, { to: 'active' })
export class UserReactivated extends DomainEvent<User> {
  apply(user: User): void {
    Object.assign(user, { deactivatedAt: undefined, deactivatedBy: undefined, failedLoginAttempts: 0, lockEpoch: user.lockEpoch + 1, missedBy: undefined });
  }
}
@EventOf(User, 'ApiTokenIssued', 1)
export class ApiTokenIssued extends DomainEvent<User> {
  @Text(pseudonymous, { max: 36 }) tokenId!: string;
  @Text(pseudonymous, { max: 36 }) membershipId!: string;
  @Text(personal('identity'), { max: 100 }) name!: string;
  @List(open, { max: 100 }) scopes!: string[];
  @Instant(open) expiresAt!: string;
  apply(user: User): void {
    const { tokenId, membershipId, scopes, expiresAt } = this;
    user.tokens = [...user.tokens, { tokenId, membershipId, scopes, expiresAt }];
  }
}
@EventOf(User, 'ApiTokenRevoked', 1)
export class ApiTokenRevoked extends DomainEvent<User> {
  @Text(pseudonymous, { max: 36 }) tokenId!: string;
  apply(user: User): void {
    user.tokens = user.tokens.filter(({ tokenId }) => tokenId !== this.tokenId);
  }
}
