import { describe, expect, it } from '@jest/globals';
import { given, happened, someId, stateOf, type Given, type Happened } from '../../../../test/support/given.js';
import { covers, visibilityCodes } from '../../../kernel/permissions.js';
import { permissionsOf } from '../../../kernel/system-roles.js';
import { CloneRole, DefineRole, GrantPermission, RetireRole, RevokePermission } from './role-commands.js';
import { Role, RoleDefined, RolePermissionGranted, RolePermissionRevoked, RoleRetired } from './role.js';

const codes = ['residents:register', 'residents:read', 'residents:erase', 'residents:assign-key-worker', 'incidents:log', 'roles_permissions:define', ...visibilityCodes];
const world = (...history: Happened[]) => given(Role, ...history).fact('permission-codes', 'all', codes);
const limited = (of: Given<Role>) => of.as('manager', 'anna', ['residents:register', 'residents:read', 'roles_permissions:define']);
const defined = (...permissions: string[]) => happened(RoleDefined, { roleName: 'Night worker', permissions });

describe('a role of an organisation', () => {
  it('is made of permissions, each once', () =>
    world().as('owner').when(DefineRole, { roleName: 'Night worker', permissions: ['*:read', 'incidents:log', '*:read'] }).records([RoleDefined, { permissions: ['*:read', 'incidents:log'] }]));

  it('ROL-1: has no name of a system role', async () => {
    await world().as('owner').when(DefineRole, { roleName: 'Night worker', permissions: ['incidents:log'] }).records(RoleDefined);
    await world().as('owner').when(DefineRole, { roleName: ' Key Worker', permissions: ['incidents:log'] }).refused('ROL-1', 'roleName');
    await world().as('owner').when(CloneRole, { roleName: 'owner', roleId: 'key_worker' }).refused('ROL-1', 'roleName');
  });

  it('ROL-2: holds permissions of the catalogue, or patterns of such', async () => {
    const define = (code: string) => world().as('owner').when(DefineRole, { roleName: 'Night worker', permissions: [code] });
    for (const code of ['incidents:*', '*:log', 'special:health', 'personal:*']) await define(code).records(RoleDefined);
    for (const code of ['incidents:fly', 'incidents', 'robots:*', '*:fly', 'incidents:log:own', '']) await define(code).refused('ROL-2', 'permissions');
    await world(defined('incidents:log')).as('owner').when(GrantPermission, { permission: 'incidents:fly' }).refused('ROL-2', 'permission');
  });

  it('ROL-3: holds what its maker may do, unless an owner or admin makes it', async () => {
    await limited(world()).when(DefineRole, { roleName: 'Reader', permissions: ['residents:read'] }).records(RoleDefined);
    await limited(world()).when(DefineRole, { roleName: 'Reader', permissions: ['incidents:*'] }).refused('ROL-3', 'permissions');
    await limited(world(defined('residents:read'))).when(GrantPermission, { permission: 'special:health' }).refused('ROL-3', 'permission');
    await world().as('admin', 'anna', [...permissionsOf('admin')]).when(DefineRole, { roleName: 'Nurse', permissions: ['special:health'] }).records(RoleDefined);
  });

  it('ROL-5: joins no duties that lie with two people', async () => {
    const both = ['residents:erase', 'residents:assign-key-worker'];
    await world().as('owner').when(DefineRole, { roleName: 'Clerk', permissions: both }).refused('ROL-5', 'permissions');
    await world().as('owner').when(DefineRole, { roleName: 'Clerk', permissions: ['residents:erase', 'residents:*'] }).refused('ROL-5', 'permissions');
    await world().as('owner').when(DefineRole, { roleName: 'Clerk', permissions: ['residents:*'] }).records(RoleDefined);
    await world(defined(both[0]!)).as('owner').when(GrantPermission, { permission: both[1]! }).refused('ROL-5', 'permission');
    await world(defined(both[0]!)).as('owner').when(GrantPermission, { permission: 'incidents:log' }).records(RolePermissionGranted);
  });

  it('is cloned from a system role, with what that is shown', async () => {
    const [event] = (await given(Role).as('owner').fact('permission-codes', 'all', [...permissionsOf('key_worker')].concat(codes)).when(CloneRole, { roleName: 'Night worker', roleId: 'key_worker' }).events()) as [RoleDefined];
    expect(new Set(event.permissions)).toEqual(permissionsOf('key_worker'));
    expect(covers(new Set(event.permissions), 'special:safeguarding')).toBe(true);
  });

  it('is cloned from another of the organisation', async () => {
    const source = stateOf(Role, [defined('incidents:log')], someId('source'));
    await world().as('owner').where('roles_permissions', source.id, source).when(CloneRole, { roleName: 'Day worker', roleId: source.id }).records([RoleDefined, { permissions: ['incidents:log'] }]);
    await world().as('owner').when(CloneRole, { roleName: 'Day worker', roleId: someId('none') }).refused('GEN-1', 'roleId');
    await world().as('owner').when(CloneRole, { roleName: 'Day worker', roleId: 'system' }).refused('GEN-1', 'roleId');
  });

  it('gains and loses permissions', async () => {
    await world(defined('incidents:log')).as('owner').when(GrantPermission, { permission: 'incidents:log' }).recordsNothing();
    await world(defined('incidents:log')).when(RevokePermission, { permission: 'incidents:log' }).records(RolePermissionRevoked);
    await world(defined('incidents:log')).when(RevokePermission, { permission: 'residents:read' }).recordsNothing();
    const history = [defined('incidents:log'), happened(RolePermissionGranted, { permission: 'residents:read' }), happened(RolePermissionRevoked, { permission: 'incidents:log' })];
    expect(stateOf(Role, history).permissions).toEqual(['residents:read']);
  });

  it('ROL-4: is retired when nobody has it', async () => {
    const holder = { register: 'role', owner: someId('Role'), key: someId('membership'), kind: 'holder' };
    await world(defined('incidents:log')).when(RetireRole).records(RoleRetired);
    await world(defined('incidents:log')).holding('role', someId('Role'), [holder]).when(RetireRole).refused('ROL-4');
    await world(defined('incidents:log'), happened(RoleRetired)).when(RetireRole).refused('STATE');
    expect(stateOf(Role, [defined('incidents:log')]).holds()).toHaveLength(1);
    expect(stateOf(Role, [defined('incidents:log'), happened(RoleRetired)]).holds()).toEqual([]);
  });
});
