import { idIn } from '../kernel/entity.js';
import { londonInstant } from '../kernel/days.js';
import { londonDate, plusDays } from '../kernel/values.js';
import { ARREARS_HOUR, nextStage } from '../domain/money/rent-account/arrears.js';
import { arrearsPolicy } from '../domain/money/rent-account/arrears-policy.js';
import type { RentAccount } from '../domain/money/rent-account/rent-account.js';
import type { Organization } from '../domain/organisation/organization/organization.js';
import { policyIn } from '../domain/policies.js';
import type { Process, ProcessContext } from './engine/process.js';

const keyOf = (accountId: string): string => `arrears|${accountId}`;

/** The first London day on which it is still to come to be looked at arrears. */
function nextLook(now: string): string {
  const today = londonDate(now);
  return londonInstant(today, ARREARS_HOUR) > now ? today : plusDays(today, 1);
}

/** Wakes up when an account reaches a stage if nothing happens until then, and not before. */
async function watch(accountId: string, context: ProcessContext): Promise<void> {
  const account = await context.find<RentAccount>('rent_accounts', accountId);
  const organization = await context.find<Organization>('organizations', context.organizationId);
  const policy = arrearsPolicy((code) => policyIn(organization, code));
  const next = account && nextStage(account, nextLook(context.now), policy);
  if (!next) return context.cancel(keyOf(accountId));
  context.schedule({ key: keyOf(accountId), dueAt: londonInstant(next.day, ARREARS_HOUR), payload: { accountId } });
}

/**
 * Looks at arrears at 07:00 in London on every day on which an account may have reached a stage: on other days nothing could
 * come of it. The account decides.
 */
export const arrears: Process = {
  name: 'arrears',
  doc: 'Brings rent accounts to the next arrears stage at 07:00 of the day on which they reach it.',
  on: [
    'RentCharged', 'RentAdjusted', 'RentPaymentReceived', 'RentPaymentReversed', 'RentScheduleSet', 'RentScheduleEnded',
    'HousingBenefitClaimed', 'HousingBenefitAwarded', 'HousingBenefitChanged', 'HousingBenefitSuspended', 'HousingBenefitEnded', 'HousingBenefitClawback',
    'ArrearsStageReached', 'ArrearsActionTaken', 'ArrearsPaused', 'ArrearsResumed', 'ArrearsPlanStarted', 'ArrearsPlanEnded',
    'BreathingSpaceRegistered', 'BreathingSpaceEnded', 'RentDisputeRaised', 'RentDisputeResolved',
    'RentWrittenOff', 'RentCreditRefunded', 'RentAccountClosed',
  ],
  async react({ stored }, context) {
    await watch(idIn(stored.stream), context);
  },
  async fire({ payload }, context) {
    const accountId = String(payload['accountId']);
    await context.send({ step: 'evaluate', command: 'EvaluateArrears', id: accountId, body: {} });
    await watch(accountId, context);
  },
};
