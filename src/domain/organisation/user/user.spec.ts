import { describe, expect, it } from '@jest/globals';
import { given as givenBare, happened, NOW, ORGANIZATION, someId, stateOf, type Given, type Happened } from '../../../../test/support/given.js';
import type { RegisterEntry } from '../../../kernel/entity.js';
import { Membership, MembershipAccepted, UserInvited } from '../membership/membership.js';
import {
  ChangePassword,
  ChangeProfile,
  DeactivateUser,
  EndLock,
  IssueApiToken,
  LockUser,
  ReactivateUser,
  RegisterUser,
  RevokeApiToken,
  SetNotificationPreferences,
  UnlockUser,
} from './user-commands.js';
import {
  ApiTokenIssued,
  ApiTokenRevoked,
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

/** Asked by an owner, unless it says otherwise. */
const given = (entity: typeof User, ...history: Happened[]) => givenBare(entity, ...history).as('owner');
const USER = someId('User');
const registered = happened(UserRegistered, { firstName: 'Sam', lastName: 'Spec', email: 'sam@spec.example', emailKey: 'key', credentialId: someId('credential') });
const deactivated = happened(UserDeactivated, { reason: 'left' }, { by: 'boss' });
const locked = happened(UserLocked, { lockedUntil: '2026-09-02T08:30:00.000Z', attempts: 5 });
const tokenId = someId('token');
const issued = happened(ApiTokenIssued, { tokenId, membershipId: someId('membership'), name: 'rent', scopes: ['residents:read'], expiresAt: '2026-12-31T00:00:00.000Z' });

const membershipAs = (role: string) =>
  stateOf(Membership, [happened(UserInvited, { email: 'sam@spec.example', role, userId: USER, tokenHash: 'h', expiresAt: NOW }), happened(MembershipAccepted)], someId('membership'));
const member: RegisterEntry = { register: 'member', owner: USER, key: someId('membership'), kind: 'active' };
const joined = (organizationId: string): RegisterEntry => ({ register: 'memberships', owner: USER, key: organizationId, kind: 'active' });
/** A member of the actor's organisation alone, in a role. */
const ours = (of: Given<User>, role = 'key_worker') =>
  of.holding('member', USER, [member]).holding('memberships', USER, [joined(ORGANIZATION)]).where('user_organizations', member.key, membershipAs(role));

describe('a user', () => {
  it('USR-1: has an e-mail address', async () => {
    const facts = { firstName: 'Sam', lastName: 'Spec', credentialId: someId('credential') };
    await given(User).fact('email-key', 'sam@spec.example', ['key']).when(RegisterUser, { ...facts, email: 'Sam@Spec.example' }).records([UserRegistered, { email: 'sam@spec.example', emailKey: 'key' }]);
    await given(User).when(RegisterUser, { ...facts, email: 'sam@spec' }).refused('USR-1', 'email');
    expect(stateOf(User, [registered]).holds()).toMatchObject([{ register: 'emails', owner: 'key', party: USER }]);
  });

  it('NOT-4, NOT-5, NOT-6: says how they want to be told of things, and never that they want no emergencies', async () => {
    const own = (body: Partial<SetNotificationPreferences>, ...history: Happened[]) => given(User, registered, ...history).when(SetNotificationPreferences, body);
    await own({ mutedNotifications: ['message', 'system'], sentNotifications: ['reminder'] }).records([UserNotificationPreferencesChanged, { mutedNotifications: ['message', 'system'], sentNotifications: ['reminder'] }]);
    await own({ mutedNotifications: ['message', 'emergency'] }).refused('NOT-4', 'mutedNotifications');
    await own({ notificationChannel: 'sms' }).refused('NOT-5', 'mobilePhone');
    await own({ notificationChannel: 'sms', mobilePhone: '+447700900123' }).records(UserNotificationPreferencesChanged);
    const texts = happened(UserNotificationPreferencesChanged, { notificationChannel: 'sms', mobilePhone: '+447700900123' });
    await own({ mobilePhone: null }, texts).refused('NOT-5', 'mobilePhone');
    await own({ mobilePhone: null, notificationChannel: null }, texts).records([UserNotificationPreferencesChanged, { mobilePhone: null, notificationChannel: null }]);
    await own({ quietFrom: '22:30' }).refused('NOT-6', 'quietTo');
    await own({ quietTo: '07:15' }).refused('NOT-6', 'quietFrom');
    const quiet = happened(UserNotificationPreferencesChanged, { quietFrom: '22:30', quietTo: '07:15' });
    await own({ quietTo: null }, quiet).refused('NOT-6', 'quietTo');
    await own({ quietTo: '06:00' }, quiet).records([UserNotificationPreferencesChanged, { quietTo: '06:00' }]);
    expect(stateOf(User, [registered, quiet, texts])).toMatchObject({ quietFrom: '22:30', quietTo: '07:15', notificationChannel: 'sms' });
  });

  it('changes the own name and password', async () => {
    await given(User, registered).when(ChangeProfile, { firstName: 'Samuel' }).records([UserProfileChanged, { firstName: 'Samuel' }]);
    await given(User, registered).when(ChangePassword, { credentialId: someId('new') }).records([UserPasswordChanged, { credentialId: someId('new') }]);
    expect(stateOf(User, [registered, happened(UserPasswordChanged, { credentialId: someId('new') })])).toMatchObject({ credentialId: someId('new'), sessionEpoch: 1 });
    await given(User, registered, deactivated).when(ChangePassword, { credentialId: someId('new') }).refused('STATE');
  });

  it('USR-2: is locked after five failures for half an hour, and unlocked', async () => {
    await given(User, registered).when(LockUser, { attempts: 5 }).records([UserLocked, { lockedUntil: '2026-09-02T08:30:00.000Z', attempts: 5 }]);
    await given(User, registered).when(LockUser, { attempts: 4 }).refused('USR-2', 'attempts');
    await given(User, registered, locked).when(LockUser, { attempts: 6 }).recordsNothing();
    await given(User, registered, locked).when(EndLock).records(UserUnlocked);
    await given(User, registered).when(EndLock).recordsNothing();
    await ours(given(User, registered, locked)).when(UnlockUser).records(UserUnlocked);
    await ours(given(User, registered)).when(UnlockUser).refused('STATE');
    expect(stateOf(User, [registered, locked, happened(UserUnlocked)])).toMatchObject({ status: 'active', failedLoginAttempts: 0, lockEpoch: 1 });
  });

  it('is deactivated and reactivated, and old sessions and tokens stay ended', async () => {
    await ours(given(User, registered)).when(DeactivateUser, { reason: 'left' }).records([UserDeactivated, { reason: 'left' }]);
    await ours(given(User, registered, locked)).when(DeactivateUser, { reason: 'left' }).records(UserDeactivated);
    await ours(given(User, registered, deactivated)).when(ReactivateUser).records(UserReactivated);
    expect(stateOf(User, [registered, issued, deactivated, happened(UserReactivated)])).toMatchObject({ status: 'active', tokens: [], sessionEpoch: 1 });
  });

  it('is the platform’s: who belongs elsewhere too, or stands above, is not theirs to deactivate', async () => {
    const both = ours(given(User, registered)).holding('memberships', USER, [joined(ORGANIZATION), joined(someId('elsewhere'))]);
    await both.when(DeactivateUser, { reason: 'left' }).refused('FORBIDDEN');
    await ours(given(User, registered), 'owner').as('admin').when(DeactivateUser, { reason: 'coup' }).refused('MEM-6');
  });

  it('USR-3: does not deactivate themselves, and a last owner stays', async () => {
    const asThemselves = ours(given(User, registered));
    await asThemselves.as('owner', 'User').when(DeactivateUser, { reason: 'bye' }).refused('USR-3');
    await ours(given(User, registered), 'owner').as('owner').fact('sole-owner-of', USER, [ORGANIZATION]).when(DeactivateUser, { reason: 'left' }).refused('USR-3');
    await ours(given(User, registered), 'owner').as('owner').when(DeactivateUser, { reason: 'left' }).records(UserDeactivated);
  });

  it('USR-4: hands over what is open first', () =>
    ours(given(User, registered)).fact('open-responsibilities', USER, ['key worker of 2 residents']).when(DeactivateUser, { reason: 'left' }).refused('USR-4'));

  it('issues tokens within the own permissions and a year, and revokes them', async () => {
    const world = () => given(User, registered).as('key_worker', 'User', ['residents:*']).holding('member', USER, [member]);
    const body = { tokenId, name: 'rent', scopes: ['residents:read', 'residents:read'], expiresAt: '2026-12-31T00:00:00.000Z' };
    await world().when(IssueApiToken, body).records([ApiTokenIssued, { tokenId, membershipId: member.key, scopes: ['residents:read'] }]);
    await world().when(IssueApiToken, { ...body, scopes: ['incidents:log'] }).refused('ROL-3', 'scopes');
    for (const scopes of [[], ['everything'], ['residents:read:own']]) await world().when(IssueApiToken, { ...body, scopes }).refused('VALIDATION', 'scopes');
    for (const expiresAt of [NOW, '2028-01-01T00:00:00.000Z']) await world().when(IssueApiToken, { ...body, expiresAt }).refused('VALIDATION', 'expiresAt');
    await given(User, registered).as('key_worker', 'User').when(IssueApiToken, body).refused('FORBIDDEN');
    await given(User, registered, issued).when(RevokeApiToken, { tokenId }).records([ApiTokenRevoked, { tokenId }]);
    await given(User, registered).when(RevokeApiToken, { tokenId }).recordsNothing();
    expect(stateOf(User, [registered, issued, happened(ApiTokenRevoked, { tokenId })]).tokens).toEqual([]);
  });
});
