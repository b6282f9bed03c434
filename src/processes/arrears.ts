import { streamOf } from '../commands/streams.js';
import { entityOf, idIn } from '../kernel/entity.js';
import { londonInstant } from '../kernel/days.js';
import { londonDate, plusDays } from '../kernel/values.js';
import { ARREARS_HOUR, nextStage } from '../domain/money/rent-account/arrears.js';
import { arrearsPolicy } from '../domain/money/rent-account/arrears-policy.js';
import { isOwedStatements } from '../domain/money/rent-account/pre-action.js';
import { RentAccount } from '../domain/money/rent-account/rent-account.js';
import type { OrganizationPolicySet } from '../domain/organisation/organization/organization-policies.js';
import type { Organization } from '../domain/organisation/organization/organization.js';
import { policyIn } from '../domain/policies.js';
import type { Process, ProcessContext } from './engine/process.js';

const keyOf = (accountId: string): string => `arrears|${accountId}`;

/** Which accounts, how many at most, and what the read tables contain by then. */
export interface OwingPage {
  /** The last account of the page before. */
  readonly after?: string;
  readonly most: number;
  /** Position of the log; absent where it was waited for already. */
  readonly position?: number;
}
/** Rent accounts of an organisation on which the resident owes something, in the order of their ids. */
export type OwingAccounts = (organizationId: string, page: OwingPage) => Promise<readonly string[]>;

/** The first London day on which it is still to come to be looked at arrears. */
function nextLook(now: string): string {
  const today = londonDate(now);
  return londonInstant(today, ARREARS_HOUR) > now ? today : plusDays(today, 1);
}

/**
 * Wakes up when an account reaches a stage if nothing happens until then, and not before.
 * @param since the instant from which on it is looked at: what was to be looked at while nobody worked is looked at as soon as may be.
 */
async function watch(accountId: string, since: string, context: ProcessContext): Promise<void> {
  const account = await context.find<RentAccount>('rent_accounts', accountId);
  const organization = await context.find<Organization>('organizations', context.organizationId);
  const policy = arrearsPolicy((code) => policyIn(organization, code));
  const next = account && nextStage(account, nextLook(since), policy);
  if (!next) return context.cancel(keyOf(accountId));
  context.schedule({ key: keyOf(accountId), dueAt: londonInstant(next.day, ARREARS_HOUR), payload: { accountId } });
}

/** Begins to ask for rent statements where an account has come into arrears, and ends it where it is out of them. */
async function statements(accountId: string, context: ProcessContext): Promise<void> {
  const account = await context.find<RentAccount>('rent_accounts', accountId);
  if (!account) return;
  const organization = await context.find<Organization>('organizations', context.organizationId);
  const owed = isOwedStatements(account, policyIn(organization, 'UK-T8.weeks'));
  const asked = account.statementDueOn !== undefined;
  if (owed === asked && (owed || !account.hearingStatementDueOn)) return;
  await context.send({ step: 'statements', command: 'FollowRentStatements', id: accountId, body: {} });
}

/** Accounts that are woken at once. */
const MOST = 500;

/** Has accounts looked at the next time, whatever they waited for: other figures are in force. Page by page. */
async function wakeAll(owing: OwingAccounts, page: Omit<OwingPage, 'most'>, context: ProcessContext): Promise<void> {
  const ids = await owing(context.organizationId, { ...page, most: MOST });
  const dueAt = londonInstant(nextLook(context.now), ARREARS_HOUR);
  for (const accountId of ids) {
    context.schedule({ key: keyOf(accountId), dueAt, payload: { accountId }, stream: streamOf(entityOf(RentAccount), accountId) });
  }
  const after = ids.at(-1);
  if (after !== undefined && ids.length === MOST) context.schedule({ key: `figures|${after}`, dueAt: context.now, payload: { after } });
}

/**
 * Looks at arrears at 07:00 in London on every day on which an account may have reached a stage: on other days nothing could
 * come of it. The account decides. When the organisation changes a figure, every account that owes something is looked at the next time.
 */
export const arrears = (owing: OwingAccounts): Process => ({
  name: 'arrears',
  doc: 'Brings rent accounts to the next arrears stage at 07:00 of the day on which they reach it, and has residents in arrears sent a rent statement every quarter.',
  on: [
    'RentCharged', 'RentAdjusted', 'RentPaymentReceived', 'RentPaymentReversed', 'RentScheduleSet', 'RentScheduleEnded',
    'HousingBenefitClaimed', 'HousingBenefitAwarded', 'HousingBenefitChanged', 'HousingBenefitSuspended', 'HousingBenefitEnded', 'HousingBenefitClawback',
    'ArrearsStageReached', 'ArrearsActionTaken', 'ArrearsPaused', 'ArrearsResumed', 'ArrearsPlanStarted', 'ArrearsPlanEnded',
    'BreathingSpaceRegistered', 'BreathingSpaceEnded', 'RentDisputeRaised', 'RentDisputeResolved',
    'RentStatementSent', 'PaymentPlanOffered', 'UniversalCreditClaimed', 'UniversalCreditDecided',
    'RentWrittenOff', 'RentCreditRefunded', 'RentAccountClosed',
    'OrganizationPolicySet', 'OrganizationPolicyReset',
  ],
  async react({ stored, declaration: { type }, event, metadata }, context) {
    if (!type.startsWith('OrganizationPolicy')) {
      await watch(idIn(stored.stream), metadata.recordedAt, context);
      return statements(idIn(stored.stream), context);
    }
    const { code } = event as unknown as OrganizationPolicySet;
    if (code.startsWith('LED-5.') || code === 'UK-T8.weeks') await wakeAll(owing, { position: stored.position }, context);
  },
  async fire({ payload }, context) {
    if (payload['after']) return wakeAll(owing, { after: String(payload['after']) }, context);
    const accountId = String(payload['accountId']);
    await context.send({ step: 'evaluate', command: 'EvaluateArrears', id: accountId, body: {} });
    await watch(accountId, context.now, context);
    await statements(accountId, context);
  },
});
