import type { Actor } from '../kernel/command.js';

const roles: readonly string[] = ['owner', 'admin', 'manager'];

/** Whether somebody answers for the work of others: what needs a manager is theirs, whatever else a role is given. */
export const isManager = ({ role }: Pick<Actor, 'role'>): boolean => roles.includes(role);
