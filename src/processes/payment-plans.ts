import { idIn } from '../kernel/entity.js';
import { startOfLondonDay } from '../kernel/values.js';
import type { PaymentAgreement } from '../domain/money/payment-agreement/payment-agreement.js';
import { checkedOn } from '../domain/money/payment-agreement/plan-schedule.js';
import type { RentAccount } from '../domain/money/rent-account/rent-account.js';
import type { Process, ProcessContext } from './engine/process.js';

const keyOf = (planId: string): string => `plan|${planId}`;

/** Wakes up at the start of the day on which the next instalment can no longer be paid in time. */
async function watch(planId: string, context: ProcessContext): Promise<void> {
  const plan = await context.find<PaymentAgreement>('payment_agreements', planId);
  const next = plan?.next();
  if (!next) return context.cancel(keyOf(planId));
  context.schedule({ key: keyOf(planId), dueAt: startOfLondonDay(checkedOn(next)), payload: { planId } });
}

/** A payment may be the last one that a plan waits for. */
async function paid(accountId: string, context: ProcessContext): Promise<void> {
  const account = await context.find<RentAccount>('rent_accounts', accountId);
  if (!account?.paymentPlanId) return;
  await context.send({ step: 'check', command: 'CheckPaymentPlan', id: account.paymentPlanId, body: {} });
}

/** Follows each payment plan: tells the account of it, and looks at every instalment when its days of grace are over. */
export const paymentPlans: Process = {
  name: 'payment-plans',
  doc: 'Looks whether the instalments of payment plans are paid in time, and tells rent accounts while a plan is kept.',
  on: ['PaymentPlanAgreed', 'PaymentPlanKept', 'PaymentPlanBreached', 'PaymentPlanCompleted', 'PaymentPlanCancelled', 'RentPaymentReceived'],
  async react({ stored, declaration: { type } }, context) {
    const id = idIn(stored.stream);
    if (type === 'RentPaymentReceived') return paid(id, context);
    const plan = await context.find<PaymentAgreement>('payment_agreements', id);
    if (!plan) return;
    const account = { id: plan.rentAccountId, body: { planId: id } };
    if (type === 'PaymentPlanAgreed') await context.send({ step: 'start', command: 'StartArrearsPlan', ...account });
    else if (type !== 'PaymentPlanKept') await context.send({ step: 'end', command: 'EndArrearsPlan', ...account });
    await watch(id, context);
  },
  async fire({ payload }, context) {
    const planId = String(payload['planId']);
    await context.send({ step: 'check', command: 'CheckPaymentPlan', id: planId, body: {} });
    await watch(planId, context);
  },
};
