import { idIn } from '../kernel/entity.js';
import { londonInstant } from '../kernel/days.js';
import { plusDays } from '../kernel/values.js';
import { ARREARS_HOUR } from '../domain/money/rent-account/arrears.js';
import type { RentAccount, RentScheduleEnded } from '../domain/money/rent-account/rent-account.js';
import type { Organization } from '../domain/organisation/organization/organization.js';
import { policyIn } from '../domain/policies.js';
import { reviewBenefitTask } from './benefit-tasks.js';
import type { Process, ProcessContext } from './engine/process.js';

const keyOf = (accountId: string): string => `silence|${accountId}`;

/** Wakes up when the council has been silent for too long, unless it pays before. @param heard the instant at which it woke up for that already. */
async function listen(accountId: string, context: ProcessContext, heard?: string): Promise<void> {
  const account = await context.find<RentAccount>('rent_accounts', accountId);
  const since = account?.silentSince();
  if (!since || account?.hbSilentSince === since) return context.cancel(keyOf(accountId));
  const organization = await context.find<Organization>('organizations', context.organizationId);
  const day = plusDays(since, 7 * policyIn(organization, 'LED-3.silence') + 1);
  const dueAt = londonInstant(day, ARREARS_HOUR);
  if (dueAt !== heard) context.schedule({ key: keyOf(accountId), dueAt, payload: { accountId } });
}

/**
 * Housing Benefit ends with the stay; where it is not paid for weeks although it is awarded, that is said; and so is what somebody
 * is to ask of a benefit office.
 */
export const benefits: Process = {
  name: 'benefits',
  doc: 'Ends Housing Benefit when a stay ends, says so when the council has paid nothing for weeks, and when there is something to ask of a benefit office.',
  on: [
    'RentScheduleSet', 'RentScheduleEnded', 'RentCharged', 'RentAdjusted', 'RentPaymentReceived', 'RentPaymentReversed',
    'HousingBenefitClaimed', 'HousingBenefitAwarded', 'HousingBenefitChanged', 'HousingBenefitSuspended', 'HousingBenefitEnded', 'HousingBenefitClawback',
    'HousingBenefitSilent', 'UniversalCreditClaimed', 'UniversalCreditDecided', 'DirectPaymentRequested',
    'RentWrittenOff', 'RentCreditRefunded', 'RentAccountClosed',
  ],
  async react({ stored, declaration, event }, context) {
    const id = idIn(stored.stream);
    if (declaration.type === 'RentScheduleEnded') {
      const { on } = event as unknown as RentScheduleEnded;
      await context.send({ step: 'end', command: 'EndHb', id, body: { on, reason: 'The stay has ended.' } });
    }
    await listen(id, context);
    await reviewBenefitTask(id, context);
  },
  async fire({ payload, dueAt }, context) {
    const id = String(payload['accountId']);
    await context.send({ step: 'silent', command: 'ReportHbSilence', id, body: {} });
    // The organisation may have more patience than when it began to listen.
    await listen(id, context, dueAt);
  },
};
