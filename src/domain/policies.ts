import type { Context } from '../kernel/command.js';
import { policyDeclared } from '../kernel/policies.js';
import type { Organization } from './organisation/organization/organization.js';

export { declarePolicies } from '../kernel/policies.js';

/** A policy figure as it is in force for the organisation: its own, or the product's. @throws Error for a code that nobody declared. */
export function policy(context: Pick<Context, 'find' | 'actor'>, code: string): number {
  return policyIn(context.find<Organization>('organizations', context.actor.organizationId), code);
}

/** The same, of an organisation that is at hand. @throws Error for a code that nobody declared. */
export function policyIn(organization: Pick<Organization, 'policies'> | undefined, code: string): number {
  const declared = policyDeclared(code);
  if (!declared) throw new Error(`There is no policy ${code}: declare it beside the rules of its entity.`);
  return organization?.policies.find((one) => one.code === code)?.value ?? declared.default;
}
