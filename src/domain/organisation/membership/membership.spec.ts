import { describe, expect, it } from '@jest/globals';
import { given as givenBare, happened, NOW, ORGANIZATION, someId, stateOf, type Given, type Happened } from '../../../../test/support/given.js';
import type { RegisterEntry, State } from '../../../kernel/entity.js';
import { permissionsOf } from '../../../kernel/system-roles.js';
import { uuidOf } from '../../../kernel/values.js';
import { sha256 } from '../granting.js';
import { Role, RoleDefined, RoleRetired } from '../role/role.js';
import {
  AcceptInvitation,
  ChangeMemberRole,
  ExpireInvitation,
  InviteUser,
  RemoveMember,
  ResendInvitation,
  RestoreMember,
  RevokeInvitation,
  SuspendMember,
} from './membership-commands.js';
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

/** Asked by an owner, unless it says otherwise. */
const given = (entity: typeof Membership, ...history: Happened[]) => givenBare(entity, ...history).as('owner');
const EMAIL = 'sam@spec.example';
const KEY = 'key-of-sam';
const SAM = uuidOf('user', KEY);
const TOKEN_HASH = sha256('token');
const invited = (role = 'key_worker', residentId?: string) =>
  happened(UserInvited, { email: EMAIL, role, userId: SAM, tokenHash: TOKEN_HASH, expiresAt: '2026-09-09T08:00:00.000Z', ...(residentId ? { residentId } : {}) }, { at: NOW });
const accepted = happened(MembershipAccepted, {});
const suspended = happened(MembershipSuspended, { reason: 'leave' });
const by = (of: Given<Membership>, role: string) => of.as(role, 'boss', [...permissionsOf(role)]);
const knowing = (of: Given<Membership>) => of.fact('email-key', EMAIL, [KEY]);
const entry = (change: Partial<RegisterEntry>): RegisterEntry => ({ register: 'member', owner: SAM, key: someId('another'), kind: 'active', ...change });
const owners = (...keys: string[]) => keys.map((key) => entry({ register: 'owners', owner: ORGANIZATION, key, kind: 'owner' }));

describe('an invitation', () => {
  it('is for the user that the address will have, and shows its token once', async () => {
    const events = await knowing(given(Membership)).when(InviteUser, { email: ' Sam@Spec.Example ', role: 'key_worker' }).events();
    const [event] = events as [UserInvited];
    expect(event).toMatchObject({ email: EMAIL, userId: SAM, role: 'key_worker', expiresAt: '2026-09-09T08:00:00.000Z' });
    expect(event.tokenHash).toBe(sha256(`${someId('command')}-invitation`));
  });

  it('is for the user who has the address, where there is one', async () => {
    const email = entry({ register: 'emails', owner: KEY, key: KEY, kind: 'email', party: someId('moved') });
    await knowing(given(Membership)).holding('emails', KEY, [email]).when(InviteUser, { email: EMAIL, role: 'key_worker' }).records([UserInvited, { userId: someId('moved') }]);
  });

  it('USR-1: goes to an e-mail address', () => given(Membership).when(InviteUser, { email: 'sam at spec', role: 'key_worker' }).refused('USR-1', 'email'));

  it('MEM-1: is made once for a person who is no member', async () => {
    const attempt = (held: RegisterEntry) => knowing(given(Membership)).holding('member', SAM, [held]).when(InviteUser, { email: EMAIL, role: 'key_worker' });
    await attempt(entry({})).refused('MEM-1', 'email');
    await attempt(entry({ kind: 'invited', expiresAt: '2026-09-03T08:00:00.000Z' })).refused('MEM-1', 'email');
    await attempt(entry({ kind: 'invited', expiresAt: NOW })).records(UserInvited);
  });

  it('MEM-3: is accepted once, with its token, within the week', async () => {
    const accept = (of: Given<Membership>, tokenHash = TOKEN_HASH) => of.when(AcceptInvitation, { tokenHash });
    await accept(given(Membership, invited())).records(MembershipAccepted);
    await accept(given(Membership, invited()), sha256('guessed')).refused('MEM-3', 'token');
    await accept(given(Membership, invited()).now('2026-09-09T08:00:00.000Z')).refused('MEM-3', 'token');
    await accept(given(Membership, invited(), accepted)).refused('MEM-3');
    await accept(given(Membership, invited(), happened(InvitationRevoked))).refused('MEM-3');
    const resent = happened(InvitationResent, { tokenHash: sha256('new'), expiresAt: '2026-09-10T08:00:00.000Z' });
    await accept(given(Membership, invited(), resent)).refused('MEM-3', 'token');
    await accept(given(Membership, invited(), resent), sha256('new')).records(MembershipAccepted);
  });

  it('MEM-5: to the role resident names the resident, to others none', async () => {
    const residentId = someId('resident');
    const world = () => knowing(given(Membership)).where('residents', residentId, {} as State);
    await world().when(InviteUser, { email: EMAIL, role: 'resident', residentId }).records([UserInvited, { residentId }]);
    await world().when(InviteUser, { email: EMAIL, role: 'resident' }).refused('MEM-5', 'residentId');
    await world().when(InviteUser, { email: EMAIL, role: 'key_worker', residentId }).refused('MEM-5', 'residentId');
  });

  it('is sent again, taken back, and ends by itself after its week alone', async () => {
    await given(Membership, invited()).now('2026-09-05T08:00:00.000Z').when(ResendInvitation).records([InvitationResent, { expiresAt: '2026-09-12T08:00:00.000Z' }]);
    await given(Membership, invited(), accepted).when(ResendInvitation).refused('STATE');
    await given(Membership, invited()).when(RevokeInvitation).records(InvitationRevoked);
    await given(Membership, invited()).when(ExpireInvitation).recordsNothing();
    await given(Membership, invited()).now('2026-09-09T08:00:00.000Z').when(ExpireInvitation).records(InvitationExpired);
    await given(Membership, invited(), accepted).now('2026-09-09T08:00:00.000Z').when(ExpireInvitation).recordsNothing();
  });
});

describe('the roles that somebody may give (MEM-6)', () => {
  const invite = (as: string, role: string) => by(knowing(given(Membership)), as).when(InviteUser, { email: EMAIL, role });
  it.each([
    ['owner', 'owner'], ['owner', 'dpo'], ['admin', 'admin'], ['admin', 'dpo'], ['manager', 'key_worker'], ['manager', 'manager'], ['manager', 'maintenance'],
  ])('%s gives %s', (as, role) => invite(as, role).records(UserInvited));
  it.each([['admin', 'owner'], ['manager', 'owner'], ['manager', 'admin'], ['manager', 'dpo'], ['key_worker', 'manager'], ['owner', 'system'], ['owner', 'emperor']])(
    '%s does not give %s', (as, role) => invite(as, role).refused('MEM-6', 'role'));

  it('are roles of the organisation too, while they are not retired', async () => {
    const defined = happened(RoleDefined, { roleName: 'Night worker', permissions: ['incidents:log', 'residents:erase'] });
    const role = stateOf(Role, [defined]);
    const world = (state: Role) => knowing(given(Membership)).where('roles_permissions', role.id, state);
    await by(world(role), 'admin').when(InviteUser, { email: EMAIL, role: role.id }).records([UserInvited, { role: role.id }]);
    await by(world(role), 'manager').when(InviteUser, { email: EMAIL, role: role.id }).refused('MEM-6', 'role');
    await by(world(stateOf(Role, [defined, happened(RoleRetired)])), 'owner').when(InviteUser, { email: EMAIL, role: role.id }).refused('MEM-6', 'role');
  });

  it('are not taken from who stands above', async () => {
    const admin = given(Membership, invited('owner'), accepted).holding('owners', ORGANIZATION, owners(someId('Membership'), someId('other')));
    await by(admin, 'admin').when(SuspendMember, { reason: 'coup' }).refused('MEM-6');
    await by(admin, 'admin').when(RemoveMember, { reason: 'coup' }).refused('MEM-6');
    await by(admin, 'admin').when(ChangeMemberRole, { role: 'key_worker' }).refused('MEM-6');
    await by(given(Membership, invited('owner')), 'admin').when(RevokeInvitation).refused('MEM-6');
    await by(given(Membership, invited('owner'), accepted, suspended), 'admin').when(RestoreMember).refused('MEM-6');
  });
});

describe('a member', () => {
  it('changes roles, is suspended, restored and removed', async () => {
    await given(Membership, invited(), accepted).as('owner').when(ChangeMemberRole, { role: 'manager' }).records([MembershipRoleChanged, { role: 'manager' }]);
    await given(Membership, invited(), accepted).when(ChangeMemberRole, { role: 'key_worker' }).recordsNothing();
    await given(Membership, invited(), accepted).when(SuspendMember, { reason: 'leave' }).records(MembershipSuspended);
    await given(Membership, invited(), accepted, suspended).when(RestoreMember).records(MembershipRestored);
    await given(Membership, invited(), accepted, suspended).when(RemoveMember, { reason: 'left' }).records(MembershipEnded);
    await given(Membership, invited()).when(RemoveMember, { reason: 'left' }).refused('STATE');
    await given(Membership, invited('resident', someId('resident')), accepted).as('owner').when(ChangeMemberRole, { role: 'key_worker' }).refused('MEM-5');
  });

  it('MEM-4: who is the last owner stays one', async () => {
    const own = someId('Membership');
    const owner = (...held: string[]) => given(Membership, invited('owner'), accepted).as('owner').holding('owners', ORGANIZATION, owners(...held));
    await owner(own, someId('other')).when(ChangeMemberRole, { role: 'admin' }).records(MembershipRoleChanged);
    await owner(own).when(ChangeMemberRole, { role: 'admin' }).refused('MEM-4');
    await owner(own).when(SuspendMember, { reason: 'leave' }).refused('MEM-4');
    await owner(own).when(RemoveMember, { reason: 'leave' }).refused('MEM-4');
  });

  it('holds a place in the registers while it lives', () => {
    const holds = (...history: Parameters<typeof stateOf>[1]) => stateOf(Membership, history).holds().map(({ register, kind }) => `${register} ${kind}`);
    expect(holds(invited('owner'))).toEqual(['member invited']);
    expect(holds(invited('owner'), accepted)).toEqual(['member active', 'memberships active', 'owners owner']);
    expect(holds(invited('owner'), accepted, suspended)).toEqual(['member inactive', 'memberships inactive']);
    expect(holds(invited(someId('role')), accepted)).toEqual(['member active', 'role holder', 'memberships active']);
    expect(holds(invited(), accepted, happened(MembershipEnded, { reason: 'left' }))).toEqual([]);
    expect(holds(invited(), happened(InvitationExpired))).toEqual([]);
  });

  it('remembers its roles, and that access was taken away', () => {
    const history = [invited(), accepted, happened(MembershipRoleChanged, { role: 'manager' }, { at: '2026-09-03T08:00:00.000Z' }), suspended, happened(MembershipRestored)];
    expect(stateOf(Membership, history)).toMatchObject({ roleHistory: ['2026-09-02 key_worker', '2026-09-03 manager'], accessEpoch: 1, status: 'active' });
  });
});
