import { describe, expect, it } from '@jest/globals';
import { given, happened, ORGANIZATION, stateOf } from '../../../../test/support/given.js';
import { declarePolicies, policy, policyIn } from '../../policies.js';
import { OrganizationPolicyReset, OrganizationPolicySet, ResetPolicy, SetPolicy } from './organization-policies.js';
import { Organization } from './organization.js';

declarePolicies({ 'SPEC-1.days': { default: 10, unit: 'working days', doc: 'For this spec', min: 1, max: 20 } });
const set = happened(OrganizationPolicySet, { code: 'SPEC-1.days', value: 5 });

describe('policy figures', () => {
  it('are the product’s until the organisation sets its own, and again after it takes that back', async () => {
    const after = (...history: Parameters<typeof stateOf<Organization>>[1]) => policyIn(stateOf(Organization, history, ORGANIZATION), 'SPEC-1.days');
    expect([policyIn(undefined, 'SPEC-1.days'), after(), after(set), after(set, happened(OrganizationPolicySet, { code: 'SPEC-1.days', value: 7 }))]).toEqual([10, 10, 5, 7]);
    expect(after(set, happened(OrganizationPolicyReset, { code: 'SPEC-1.days' }))).toBe(10);
    const actor = { organizationId: ORGANIZATION } as never;
    expect(policy({ actor, find: () => stateOf(Organization, [set], ORGANIZATION) as never }, 'SPEC-1.days')).toBe(5);
    expect(() => policyIn(undefined, 'SPEC-9.days')).toThrow('declare it');
    await given(Organization, set).when(SetPolicy, { code: 'SPEC-1.days', value: 5 }).recordsNothing();
    await given(Organization).when(ResetPolicy, { code: 'SPEC-1.days' }).recordsNothing();
  });

  it('POL-1: are of those that there are, within their bounds', async () => {
    await given(Organization).when(SetPolicy, { code: 'SPEC-1.days', value: 20 }).records([OrganizationPolicySet, { value: 20 }]);
    await given(Organization).when(SetPolicy, { code: 'SPEC-1.days', value: 21 }).refused('POL-1', 'value');
    await given(Organization).when(SetPolicy, { code: 'SPEC-1.days', value: 0 }).refused('POL-1', 'value');
    await given(Organization).when(SetPolicy, { code: 'SPEC-2.days', value: 5 }).refused('POL-1', 'code');
    await given(Organization, set).when(ResetPolicy, { code: 'SPEC-1.days' }).records(OrganizationPolicyReset);
    await given(Organization).when(ResetPolicy, { code: 'nonsense' }).refused('POL-1', 'code');
  });
});
