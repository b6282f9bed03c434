import type { Chapter } from './chapters.js';

/** The money of somebody on an account of its own: Housing Benefit, arrears, a plan, a write-off. In the end nothing is owed. */
export const owed: Chapter = async (speaker, { manager, finance, ids }, { residentId, agreementId }) => {
  const { id } = await speaker.say(finance, 'OpenRentAccount', undefined, { residentId, agreementId });
  const say = (name: string, given: Record<string, unknown> = {}, who = finance) => speaker.say(who, name, id, given);
  const components = { corePence: 9_000, eligibleServicePence: 500, ineligibleServicePence: 400, supportPence: 100 };
  await say('RaiseCharge', { from: '2026-08-03', components });
  await say('RaiseCharge', { from: '2026-07-06', components });
  const [late] = await finance.rows(`/rent-payments?rentAccountId=${id}&sort=dueDate`);
  await say('ChargeLateFee', { chargeId: late!['chargeId'] });
  await say('RecordHbClaim', { from: '2026-08-03', weeklyPence: 1_000 });
  await say('RecordHbAward', { from: '2026-08-03', weeklyPence: 1_000 });
  await say('ChangeHbAward', { from: '2026-08-04', weeklyPence: 900 });
  await say('RecordPayment', { amountPence: 50, method: 'housing_benefit' });
  await say('RecordHbOverpayment', { amountPence: 20 });
  await say('SuspendHb', { from: '2026-08-05' });
  await say('EndHb', { on: '2026-08-05' });
  await say('RecordArrearsAction', { action: 'visit' });
  await say('PauseArrears', { until: '2026-08-17' });
  await say('ResumeArrears');
  await say('RaiseRentDispute');
  await say('ResolveRentDispute');
  await say('RegisterBreathingSpace');
  await say('EndBreathingSpace');
  const plan = await speaker.say(finance, 'AgreePlan', undefined, { rentAccountId: id, instalmentPence: 1_000, frequency: 'weekly', startOn: '2026-08-14' });
  await speaker.say(finance, 'CancelPlan', plan.id);
  await say('RequestWriteOff', { amountPence: 10 });
  await say('RejectWriteOff', {}, manager);
  await say('RequestWriteOff', { amountPence: 10 });
  await say('ApproveWriteOff', {}, manager);
  const { balancePence } = await finance.row(`/rent-accounts/${id}`);
  await say('RecordPayment', { amountPence: Number(balancePence) + 7, method: 'bank_transfer' });
  await say('RefundCredit', { amountPence: 7 });
  ids['payment_agreements'] = plan.id;
};
