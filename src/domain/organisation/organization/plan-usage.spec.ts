import { describe, expect, it } from '@jest/globals';
import { given, happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import type { RegisterEntry } from '../../../kernel/entity.js';
import { Organization, OrganizationRegistered, SubscriptionChanged } from './organization.js';
import { NotePlanUsage, PlanUsageReached } from './plan-usage.js';

const registered = happened(OrganizationRegistered, { name: 'Small', organizationType: 'charity', tier: 'starter', maxResidents: 10, maxProperties: 1 });
const used = (kind: string, many: number): RegisterEntry[] => Array.from({ length: many }, (_, n) => ({ register: 'plan', owner: someId('Organization'), kind, key: `${kind} ${n}` }));
const note = (entries: RegisterEntry[], ...more: Happened[]) =>
  given(Organization, registered, ...more).as('system').holding('plan', someId('Organization'), entries).when(NotePlanUsage);

describe('the use of a plan', () => {
  it('is told of at 80 and at 100 percent, each once while the plan is the same', async () => {
    await note(used('resident', 7)).recordsNothing();
    await note(used('resident', 8)).records([PlanUsageReached, { limited: 'resident', percent: 80, used: 8, limit: 10 }]);
    const told = happened(PlanUsageReached, { limited: 'resident', percent: 80, used: 8, limit: 10 });
    await note(used('resident', 9), told).recordsNothing();
    await note(used('resident', 10), told).records([PlanUsageReached, { percent: 100, used: 10 }]);
    await note([...used('resident', 10), ...used('property', 1)]).records(PlanUsageReached, PlanUsageReached, PlanUsageReached, PlanUsageReached);
    const larger = happened(SubscriptionChanged, { tier: 'professional', maxResidents: 11, maxProperties: 5 });
    await note(used('resident', 10), told, larger).records([PlanUsageReached, { percent: 80, limit: 11 }]);
    await note(used('resident', 500), happened(SubscriptionChanged, { tier: 'enterprise' })).recordsNothing();
    expect(stateOf(Organization, [registered, told])).toMatchObject({ usageAlertSent: true, lastUsageAlertDate: '2026-09-02T08:00:00.000Z' });
    expect(stateOf(Organization, [registered, told, larger]).usageAlertSent).toBe(false);
  });

  it('is told of where more is used than the plan is for, and not where nothing is', async () => {
    const none = happened(SubscriptionChanged, { tier: 'starter', maxResidents: 0, maxProperties: 0 });
    await note([], none).recordsNothing();
    await note(used('property', 2)).records([PlanUsageReached, { limited: 'property', percent: 80, used: 2 }], [PlanUsageReached, { percent: 100 }]);
  });
});
