import { Entity, type RegisterEntry, stateWith } from '../../../kernel/entity.js';
import { DomainEvent, EventOf, eventWith } from '../../../kernel/event.js';
import { Choice, List, Text } from '../../../kernel/fields.js';
import { open, personal } from '../../../kernel/privacy.js';

export const RoleStatus = { active: 'active', retired: 'retired' } as const;

/** What a role is called and allows. */
export class RoleFacts {
  @Text(open, { min: 2, max: 100 }) roleName!: string;
  @List(open, { max: 1000, doc: 'Codes such as residents:register, patterns such as residents:*, and what is shown, such as personal:identity' }) permissions!: string[];
  @Text(personal('identity'), { optional: true, max: 1000 }) description?: string;
}

@Entity('roles_permissions', 'A role that an organisation made, with its permissions.', { category: 'role' })
export class Role extends stateWith(RoleFacts) {
  @Choice(open, 'RoleStatus', RoleStatus) status!: (typeof RoleStatus)[keyof typeof RoleStatus];

  holds(): RegisterEntry[] {
    return this.status === 'active' ? [{ register: 'role', owner: this.id, key: this.id, kind: 'role' }] : [];
  }
}

@EventOf(Role, 'RoleDefined', 1, { to: 'active' })
export class RoleDefined extends eventWith(Role, RoleFacts) {}

class Permission {
  @Text(open, { max: 100 }) permission!: string;
}
@EventOf(Role, 'RolePermissionGranted', 1)
export class RolePermissionGranted extends eventWith(Role, Permission) {
  override apply(role: Role): void {
    role.permissions = [...role.permissions, this.permission];
  }
}
@EventOf(Role, 'RolePermissionRevoked', 1)
export class RolePermissionRevoked extends eventWith(Role, Permission) {
  override apply(role: Role): void {
    role.permissions = role.permissions.filter((code) => code !== this.permission);
  }
}
@EventOf(Role, 'RoleRetired', 1, { to: 'retired' })
export class RoleRetired extends DomainEvent<Role> {
  apply(): void {}
}
