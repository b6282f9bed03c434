import './organization/organization-commands.js';
import './organization/organization-policies.js';
import './organization/plan-usage.js';
import './membership/membership-commands.js';
import './role/role-commands.js';
import './user/user-commands.js';
import { BankHolidayCalendar } from './bank-holiday-calendar/bank-holiday-calendar.js';
import { Membership } from './membership/membership.js';
import { Organization } from './organization/organization.js';
import { Role } from './role/role.js';
import { User } from './user/user.js';

export { organisationRegisters } from './organisation-registers.js';
/** The entities of this context. */
export const organisationEntities = [Organization, Membership, Role, User, BankHolidayCalendar];
