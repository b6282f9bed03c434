import { covers } from '../../../kernel/permissions.js';
import { conflictingPermissions } from '../../../access/permissions.js';
import { CommandOf, commandWith, type Context, DomainCommand } from '../../../kernel/command.js';
import { rule } from '../../../kernel/rules.js';
import { factsOf } from '../../../kernel/entity.js';
import { Ref, Text } from '../../../kernel/fields.js';
import { open } from '../../../kernel/privacy.js';
import { PERMISSION, Role, RoleDefined, RoleFacts, RolePermissionGranted, RolePermissionRevoked, RoleRetired } from './role.js';

function checkPermissions(permissions: readonly string[], context: Context): void {
  rule('ROL-2', 'A permission is written table:verb.', permissions.every((code) => PERMISSION.test(code)), 'permissions');
  rule('ROL-3', 'You cannot grant what you may not do yourself.', permissions.every((code) => covers(context.actor.permissions, code)), 'permissions');
  const pair = conflictingPermissions.find((codes) => codes.every((code) => permissions.includes(code)));
  rule('ROL-5', `One role cannot hold both ${pair?.join(' and ')}.`, !pair, 'permissions');
}
const changeable = (state: Role): void => rule('ROL-1', 'System roles cannot be changed.', !state.isSystemRole);

@CommandOf(Role, { permission: 'roles_permissions:define', doc: 'Makes a role.', creates: true, plain: true })
export class DefineRole extends commandWith(Role, RoleFacts) {
  decide(_state: Role, context: Context) {
    checkPermissions(this.permissions, context);
    return RoleDefined.of({ ...factsOf(this, RoleFacts), permissions: [...new Set(this.permissions)] });
  }
}

@CommandOf(Role, { permission: 'roles_permissions:clone', doc: 'Makes a role with the permissions of another.', creates: true })
export class CloneRole extends DomainCommand<Role> {
  @Ref(open, 'roles_permissions') roleId!: string;
  @Text(open, { max: 100 }) roleName!: string;
  decide(_state: Role, context: Context) {
    const { permissions } = context.state<Role>('roles_permissions', this.roleId);
    checkPermissions(permissions, context);
    return RoleDefined.of({ roleName: this.roleName, permissions: [...permissions] });
  }
}

@CommandOf(Role, { permission: 'roles_permissions:grant-permission', doc: 'Adds a permission to a role.', from: ['active'] })
export class GrantPermission extends DomainCommand<Role> {
  @Text(open, { max: 100 }) permission!: string;
  decide(state: Role, context: Context) {
    changeable(state);
    if (state.permissions.includes(this.permission)) return [];
    checkPermissions([this.permission], context);
    checkPermissions([...state.permissions.filter((code) => covers(context.actor.permissions, code)), this.permission], context);
    return RolePermissionGranted.of({ permission: this.permission });
  }
}

@CommandOf(Role, { permission: 'roles_permissions:revoke-permission', doc: 'Takes a permission from a role.', from: ['active'] })
export class RevokePermission extends DomainCommand<Role> {
  @Text(open, { max: 100 }) permission!: string;
  decide(state: Role, _context: Context) {
    changeable(state);
    return state.permissions.includes(this.permission) ? RolePermissionRevoked.of({ permission: this.permission }) : [];
  }
}

@CommandOf(Role, { permission: 'roles_permissions:retire', doc: 'Ends a role that nobody has.', from: ['active'] })
export class RetireRole extends DomainCommand<Role> {
  decide(state: Role, context: Context) {
    changeable(state);
    rule('ROL-4', 'Members still have this role: give them another first.', context.fact('role-members', context.id).length === 0);
    return RoleRetired.of({});
  }
}
