import { Entity, State } from '../../../kernel/entity.js';
import { DomainEvent, EventOf, eventWith } from '../../../kernel/event.js';
import { Choice, Flag, List, Text } from '../../../kernel/fields.js';
import { open, personal } from '../../../kernel/privacy.js';

export const RoleStatus = { active: 'active', retired: 'retired' } as const;
export const PERMISSION = /^[a-z][a-z0-9_]*:[a-z][a-z0-9-]*(:[a-z]+)?$/;

export class RoleFacts {
  @Text(open, { max: 100 }) roleName!: string;
  @List(open, { max: 1000 }) permissions!: string[];
  @Text(personal('identity'), { optional: true, max: 1000 }) description?: string;
}

@Entity('roles_permissions', 'A role that an organisation made, with its permissions.', { category: 'role' })
export class Role extends State {
  @Text(open, { max: 100 }) roleName!: string;
  @List(open, { max: 1000 }) permissions!: string[];
  @Text(personal('identity'), { optional: true, max: 1000 }) description?: string;
  @Choice(open, 'RoleStatus', RoleStatus) status!: (typeof RoleStatus)[keyof typeof RoleStatus];
  @Flag(open, { optional: true }) isSystemRole?: boolean;
}

@EventOf(Role, 'RoleDefined', 1, { to: 'active' })
export class RoleDefined extends eventWith(Role, RoleFacts) {}

class Permission {
  @Text(open, { max: 100 }) permission!: string;
}
@EventOf(Role, 'RolePermissionGranted', 1)
export class RolePermissionGranted extends eventWith(Role, Permission) {
  override apply(state: Role): void {
    state.permissions = [...state.permissions, this.permission];
  }
}
@EventOf(Role, 'RolePermissionRevoked', 1)
export class RolePermissionRevoked extends eventWith(Role, Permission) {
  override apply(state: Role): void {
    state.permissions = state.permissions.filter((code) => code !== this.permission);
  }
}
@EventOf(Role, 'RoleRetired', 1, { to: 'retired' })
export class RoleRetired extends DomainEvent<Role> {
  apply(): void {}
}
