import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { entities, registerRules } from '../../src/domain/index.js';
import { CancelReferral, MakeReferral } from '../../src/domain/people/referral/referral-commands.js';
import { ReferralType } from '../../src/domain/people/referral/referral.js';
import { RegisterResident } from '../../src/domain/people/resident/resident-commands.js';
import { SupportPlan, SupportPlanCompleted, SupportPlanOpened } from '../../src/domain/support/support-plan/support-plan.js';
import { Catalogue } from '../../src/kernel/catalogue.js';
import { CommandOf, DomainCommand } from '../../src/kernel/command.js';
import { Text } from '../../src/kernel/fields.js';
import { pseudonymous } from '../../src/kernel/privacy.js';
import { twoProcesses } from './two-processes.js';

/** Opens a plan as the real command does, without what that asks of resident and key worker beside the register. */
@CommandOf(SupportPlan, { permission: 'support_plans:open-at-once', doc: 'Opens a plan', creates: true })
class OpenAtOnce extends DomainCommand<SupportPlan> {
  @Text(pseudonymous, { max: 36 }) residentId!: string;
  decide() {
    const { residentId } = this;
    return SupportPlanOpened.of({ residentId, keyWorkerId: actor.id, goals: 'A flat.', objectives: 'Save.', startDate: '2026-09-02', reviewDate: '2026-11-01' } as SupportPlanOpened);
  }
}
@CommandOf(SupportPlan, { permission: 'support_plans:complete-at-once', doc: 'Completes a plan' })
class CompleteAtOnce extends DomainCommand<SupportPlan> {
  decide() {
    return SupportPlanCompleted.of({ on: '2026-09-02', outcome: 'Done.', reason: 'All reached.' });
  }
}

const catalogue = new Catalogue(entities);
const actor = { id: randomUUID(), role: 'manager', organizationId: randomUUID(), permissions: new Set(['*:*']) };
const FIFTY = 50;

describe('what a resident has one of, for fifty commands that race over two processes', () => {
  const send = twoProcesses(catalogue, registerRules, actor);
  const race = (Command: new () => DomainCommand<never>, body: (index: number) => object): Promise<string[]> =>
    Promise.all(Array.from({ length: FIFTY }, (_, index) => send(Command, body(index))));
  const made = (outcomes: readonly string[]): string[] => outcomes.filter((one) => one.length === 36);
  const refused = (outcomes: readonly string[]): string[] => [...new Set(outcomes.filter((one) => one.length !== 36))];
  const resident = () => send(RegisterResident, { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' });

  it('SUP-1: is one open support plan, and another one once it is completed', async () => {
    const [residentId, otherId] = [await resident(), await resident()];
    const answers = await race(OpenAtOnce, (index) => ({ residentId: index % 5 ? residentId : otherId }));
    const plans = made(answers);
    expect([plans.length, refused(answers)]).toEqual([2, ['SUP-1']]);
    for (const id of plans) await send(CompleteAtOnce, {}, id);
    expect(made(await race(OpenAtOnce, () => ({ residentId })))).toHaveLength(1);
  });

  it('is one live referral of each kind, and another one once it is cancelled', async () => {
    const residentId = await resident();
    const kinds = Object.values(ReferralType);
    const referral = (referralType: string): object => ({ residentId, referralType, serviceProvider: 'Somebody', reason: 'To be helped.', urgency: 'emergency', safeguardingBasis: 'There is no time.' });
    const answers = await race(MakeReferral, (index) => referral(kinds[index % kinds.length]!));
    expect([made(answers).length, refused(answers)]).toEqual([kinds.length, ['DUPLICATE']]);
    for (const id of made(answers)) await send(CancelReferral, { reason: 'It is not needed.' }, id);
    expect(made(await race(MakeReferral, () => referral('health')))).toHaveLength(1);
  });
});
