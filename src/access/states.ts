import type { State } from '../kernel/entity.js';

/** What access looks at in the streams of users, memberships, roles and organisations. Personal values in them are sealed. */
export interface UserState extends State {
  readonly status: string;
  readonly firstName: unknown;
  readonly lastName: unknown;
  readonly email: unknown;
  readonly emailKey: string;
  readonly credentialId: string;
  readonly sessionEpoch: number;
  readonly lockEpoch: number;
  readonly tokens: readonly TokenState[];
}
export interface TokenState {
  readonly tokenId: string;
  readonly membershipId: string;
  readonly scopes: readonly string[];
  readonly expiresAt: string;
}
export interface MembershipState extends State {
  readonly status: string;
  readonly role: string;
  readonly userId: string;
  readonly residentId?: string;
  readonly accessEpoch: number;
  readonly email: unknown;
}
export interface RoleState extends State {
  readonly status: string;
  readonly permissions: readonly string[];
}
export interface OrganizationState extends State {
  readonly status: string;
  readonly name: string;
  readonly mfaRequired?: boolean;
}
