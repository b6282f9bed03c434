import { CommandOf, commandWith, type Context, DomainCommand } from '../../../kernel/command.js';
import { Text } from '../../../kernel/fields.js';
import { open } from '../../../kernel/privacy.js';
import { covers, PERMISSION_PATTERN } from '../../../kernel/permissions.js';
import { rule } from '../../../kernel/rules.js';
import { conflictingPermissions, isSystemRole } from '../../../kernel/system-roles.js';
import { grantsFreely, permissionsIn } from '../granting.js';
import { Role, RoleDefined, RoleFacts, RolePermissionGranted, RolePermissionRevoked, RoleRetired } from './role.js';

const nameOf = (name: string): string => name.trim().toLowerCase().replaceAll(/[\s-]+/g, '_');
function checkName(name: string): void {
  rule('ROL-1', 'A system role has this name already: it is the product’s, choose another.', !isSystemRole(nameOf(name)), 'roleName', 409);
}

/** What is in a role exists (ROL-2). @throws Refusal */
function checkKnown(granted: readonly string[], field: string, context: Context): void {
  const known = context.fact('permission-codes', 'all');
  const unknown = granted.find((code) => !PERMISSION_PATTERN.test(code) || !known.some((one) => covers(new Set([code]), one)));
  rule('ROL-2', `There is no permission ${unknown}: see the list of permissions.`, unknown === undefined, field);
}

/** What is newly in a role is the granter's to give (ROL-3). @throws Refusal */
function checkOwn(granted: readonly string[], field: string, context: Context): void {
  const exceeding = grantsFreely(context) ? undefined : granted.find((code) => !covers(context.actor.permissions, code));
  rule('ROL-3', `You cannot grant ${exceeding}, which you may not do yourself.`, exceeding === undefined, field, 403);
}

/** What must lie with two people is not joined in one role (ROL-5); of later duties, once they exist. @throws Refusal */
function checkDuties(permissions: readonly string[], field: string, context: Context): void {
  const all = new Set(permissions);
  const known = context.fact('permission-codes', 'all');
  const pair = conflictingPermissions.find((codes) =>
    codes.every((code) => all.has(code)) || codes.every((code) => known.includes(code) && covers(all, code)));
  rule('ROL-5', `One role cannot hold both ${pair?.join(' and ')}.`, pair === undefined, field);
}

@CommandOf(Role, { permission: 'roles_permissions:define', doc: 'Makes a role.', creates: true, plain: true })
export class DefineRole extends commandWith(Role, RoleFacts) {
  decide(_role: Role, context: Context) {
    const permissions = [...new Set(this.permissions)];
    checkName(this.roleName);
    checkDuties(permissions, 'permissions', context);
    checkKnown(permissions, 'permissions', context);
    checkOwn(permissions, 'permissions', context);
    return RoleDefined.of({ roleName: this.roleName, permissions, description: this.description ?? undefined });
  }
}

@CommandOf(Role, { permission: 'roles_permissions:clone', doc: 'Makes a role that may do and is shown what another one is.', creates: true })
export class CloneRole extends DomainCommand<Role> {
  @Text(open, { max: 40, doc: 'Id of a role of the organisation, or the name of a system role' }) roleId!: string;
  @Text(open, { min: 2, max: 100 }) roleName!: string;
  decide(_role: Role, context: Context) {
    const { roleId } = this;
    const known = isSystemRole(roleId) ? roleId !== 'system' : context.find<Role>('roles_permissions', roleId) !== undefined;
    rule('GEN-1', 'There is no such role.', known, 'roleId');
    const permissions = [...permissionsIn(roleId, context)];
    checkName(this.roleName);
    checkDuties(permissions, 'roleId', context);
    checkOwn(permissions, 'roleId', context);
    return RoleDefined.of({ roleName: this.roleName, permissions, description: undefined });
  }
}

@CommandOf(Role, { permission: 'roles_permissions:grant-permission', doc: 'Adds a permission to a role.', from: ['active'] })
export class GrantPermission extends DomainCommand<Role> {
  @Text(open, { max: 100 }) permission!: string;
  decide(role: Role, context: Context) {
    if (role.permissions.includes(this.permission)) return [];
    checkDuties([...role.permissions, this.permission], 'permission', context);
    checkKnown([this.permission], 'permission', context);
    checkOwn([this.permission], 'permission', context);
    return RolePermissionGranted.of({ permission: this.permission });
  }
}

@CommandOf(Role, { permission: 'roles_permissions:revoke-permission', doc: 'Takes a permission from a role.', from: ['active'] })
export class RevokePermission extends DomainCommand<Role> {
  @Text(open, { max: 100 }) permission!: string;
  decide(role: Role) {
    return role.permissions.includes(this.permission) ? RolePermissionRevoked.of({ permission: this.permission }) : [];
  }
}

@CommandOf(Role, { permission: 'roles_permissions:retire', doc: 'Ends a role that nobody has.', from: ['active'] })
export class RetireRole extends DomainCommand<Role> {
  decide(_role: Role, context: Context) {
    const used = context.held('role', context.id).some(({ kind, expiresAt }) => kind === 'holder' && (!expiresAt || context.now < expiresAt));
    rule('ROL-4', 'Members still have this role, or are invited to it: give them another first.', !used, undefined, 409);
    return RoleRetired.of({});
  }
}
