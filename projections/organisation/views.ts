import { columnsWith, type Column, type PublicView } from '../engine/projection.js';

const column = columnsWith({ nullable: true, privacy: 0 });
/** Kept for readers of the earlier product: such secrets are never shown, so it is always null. */
const never = (name: string, type = 'text'): Column => column(name, type, 'Always null: secrets are kept elsewhere');

/** A user, as the organisation sees one: with the membership in it. Row-level security shows its own members alone. */
const users: PublicView = {
  name: 'users',
  columns: [
    column('role', 'text', 'In this organisation: a system role, or the id of a role of its own'),
    column('memberships', 'jsonb', 'Memberships in this organisation: id, role, status'),
    column('is_active', 'boolean', 'Not deactivated'),
    column('account_locked', 'boolean', 'Shut out after failed sign-ins'),
    column('last_login', 'timestamptz', 'Last sign-in, real time', true, 1),
    column('primary_auth_method', 'text', 'EMAIL'),
    column('email_verified', 'boolean', 'No: addresses are not verified yet'),
    column('mfa_enabled', 'boolean', 'No: nobody can enrol a second factor yet'),
    never('password_hash'),
    never('mfa_secret'),
    never('mfa_backup_codes', 'text[]'),
    never('email_verification_token'),
    never('password_reset_token'),
  ],
  select: `
    select t.*, own.role, coalesce(own.memberships, '[]'::jsonb) as memberships,
      t.status <> 'deactivated' as is_active,
      t.status = 'locked' as account_locked,
      read.last_sign_in(t.id) as last_login,
      'EMAIL'::text as primary_auth_method,
      false as email_verified,
      false as mfa_enabled,
      null::text as password_hash,
      null::text as mfa_secret,
      null::text[] as mfa_backup_codes,
      null::text as email_verification_token,
      null::text as password_reset_token
    from {users} t
    left join lateral (
      select (array_agg(m.role order by m.joined_date desc))[1] as role,
        jsonb_agg(jsonb_build_object('id', m.id, 'role', m.role, 'status', m.status) order by m.joined_date desc, m.id) as memberships
      from {user_organizations} m
      where m.organization_id = read.current_organization() and m.user_id = t.id and m.status in ('active', 'inactive')
    ) own on true`,
};

const memberships: PublicView = {
  name: 'user_organizations',
  columns: [
    column('is_active', 'boolean', 'Lets the user in'),
    column('is_primary', 'boolean', 'No: nobody can choose a primary organisation yet'),
    column('invitation_status', 'text', 'pending, accepted, expired or revoked'),
    never('invitation_token'),
  ],
  select: `
    select t.*, t.status = 'active' as is_active, false as is_primary, null::text as invitation_token,
      case when t.status = 'invited' then 'pending' when t.status in ('expired', 'revoked') then t.status else 'accepted' end as invitation_status
    from {user_organizations} t`,
};

const roles: PublicView = {
  name: 'roles_permissions',
  columns: [
    column('member_count', 'integer', 'Members in this role'),
    column('is_system_role', 'boolean', 'No: system roles are the product’s and listed in its documentation'),
    column('is_active', 'boolean', 'Can be given'),
  ],
  select: `
    select t.*, t.status = 'active' as is_active, false as is_system_role,
      (select count(*)::integer from {user_organizations} m
        where m.organization_id = t.organization_id and m.role = t.id::text and m.status in ('active', 'inactive')) as member_count
    from {roles_permissions} t`,
};

const organizations: PublicView = {
  name: 'organizations',
  columns: [
    column('subscription_status', 'text', 'As status'),
    column('is_active', 'boolean', 'Can be changed'),
    column('current_resident_count', 'integer', 'Residents who live here'),
    column('current_property_count', 'integer', 'Properties in use'),
    column('over_limit', 'boolean', 'More residents or properties than the plan has: nothing is refused but more of them'),
    column('limits_used', 'jsonb', 'Used and limit of residents and properties; no limit is null'),
  ],
  select: `
    select t.*, t.status as subscription_status, t.status = 'active' as is_active,
      residents.used as current_resident_count, properties.used as current_property_count,
      coalesce(residents.used > t.max_residents, false) or coalesce(properties.used > t.max_properties, false) as over_limit,
      jsonb_build_object(
        'residents', jsonb_build_object('used', residents.used, 'limit', t.max_residents),
        'properties', jsonb_build_object('used', properties.used, 'limit', t.max_properties)) as limits_used
    from {organizations} t
    cross join lateral (
      select count(*)::integer as used from {residents} r where r.organization_id = t.id and r.status in ('active', 'at_risk')
    ) residents
    cross join lateral (
      select count(*)::integer as used from {properties} p where p.organization_id = t.id and p.status <> 'inactive'
    ) properties`,
};

/** What of this context depends on other tables, and the columns that the earlier product had. */
export const organisationViews: readonly PublicView[] = [users, memberships, roles, organizations];
