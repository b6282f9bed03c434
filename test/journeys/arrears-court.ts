import { expect, it } from '@jest/globals';
import type { Json } from '../support/caller.js';
import type { WeeklyPence } from '../support/reckoning.js';
import type { RentHouse } from './rent-house.js';

const LONG = 120_000;

/** Every stage of one account: what has to be done before the next, and who has to agree. It begins on 10 May 2027, and takes the clock to 2 August. */
export function fromMessageToCourt(house: RentHouse): void {
  const { evening, tenantFrom, ask, stages, tray } = house;

  it('goes from a message to court, a stage at a time, with four eyes at the end, and knows when ground 8 is met', async () => {
    const rent: WeeklyPence = { corePence: 15_111, eligibleServicePence: 3_222, ineligibleServicePence: 1_667, supportPence: 0 };
    await evening('2027-05-10');
    const account = await tenantFrom('2027-05-10', rent, { agreementType: 'assured_periodic', rentFrequency: 'four_weekly' });
    const { agreementId } = await house.finance.row(`/rent-accounts/${account}`);
    const refused = async (path: string, body: object = {}, who = house.finance): Promise<unknown[]> => {
      const answer = await who.post<Json>(path, body);
      return [answer.status, answer.body['code']];
    };
    const court = (verb: string, who = house.finance) => refused(`/rent-accounts/${account}/${verb}-court-action`, {}, who);
    await evening('2027-06-07');
    expect(await tray(account)).toMatchObject({ stage: 's3', stageRank: 3, nextAction: 'welfare_check', nextActionOn: '2027-06-07' });
    expect(await refused(`/rent-accounts/${account}/record-arrears-action`, { action: 'notice_served', expiresOn: '2027-12-31' })).toEqual([422, 'LED-5']);
    await ask(account, 'record-arrears-action', { action: 'welfare_check' });
    expect(await tray(account)).toMatchObject({ nextAction: 'benefit_check' });
    await ask(account, 'record-arrears-action', { action: 'benefit_check' });
    expect(await tray(account)).toMatchObject({ nextAction: 'notice_consideration', nextActionOn: '2027-06-14' });
    await evening('2027-06-14');
    // Before the notice a social landlord tells what is owed, and offers a plan (UK-T8).
    expect(await tray(account)).toMatchObject({ stage: 's4', nextAction: 'send_statement', statementDueOn: '2027-08-16', statementSentOn: null });
    expect(await refused(`/rent-accounts/${account}/record-arrears-action`, { action: 'notice_served', expiresOn: '2027-07-12' })).toEqual([422, 'UK-T8']);
    await statementAdds(account);
    await ask(account, 'record-rent-statement-sent', { method: 'letter' });
    expect(await tray(account)).toMatchObject({ nextAction: 'offer_plan', statementDueOn: '2027-09-13', statementSentOn: '2027-06-14' });
    expect((await house.finance.rows(`/deadlines?entityId=${account}&ruleCode=UK-T8&sort=dueDate`)).map(({ status, dueDate, ruleBasis }) => [status, dueDate, ruleBasis])).toEqual([['met', '2027-08-16', 'statutory'], ['open', '2027-09-13', 'statutory']]);
    await ask(account, 'record-plan-offer', { instalmentPence: 1_000, frequency: 'weekly' });
    expect(await tray(account)).toMatchObject({ stage: 's4', nextAction: 'serve_notice' });
    expect(await refused(`/rent-accounts/${account}/record-arrears-action`, { action: 'notice_served', expiresOn: '2027-07-11' })).toEqual([422, 'LED-5']);
    await ask(account, 'record-arrears-action', { action: 'notice_served', expiresOn: '2027-07-12' });
    expect(await tray(account)).toMatchObject({ nextAction: 'court_warning', nextActionOn: '2027-07-13' });
    await evening('2027-07-13');
    expect((await stages(account)).map((one) => one.join(' ')).sort()).toEqual([
      '2027-05-17 s1', '2027-05-24 s2', '2027-06-07 benefit_check', '2027-06-07 s3', '2027-06-07 welfare_check',
      '2027-06-14 notice_served', '2027-06-14 plan_offered', '2027-06-14 rent_statement', '2027-06-14 s4', '2027-07-13 s5',
    ]);
    expect(await tray(account)).toMatchObject({ nextAction: 'propose_court', nextActionOn: '2027-07-27' });
    await evening('2027-07-26');
    expect(await court('propose')).toEqual([422, 'LED-5']);
    await evening('2027-07-27');
    expect(await court('approve', house.manager)).toEqual([409, 'STATE']);
    await ask(account, 'propose-court-action', {}, house.manager);
    expect(await tray(account)).toMatchObject({ nextAction: 'approve_court' });
    expect([await court('approve', house.manager), await court('approve')]).toEqual([[403, 'SOD'], [403, expect.any(String)]]);
    await ask(account, 'approve-court-action', {}, house.ours.owner);
    expect(await tray(account)).toMatchObject({ stage: 's6', stageRank: 6, nextAction: 'court', collectablePence: 12 * 20_000, ground8Pence: 13 * 20_000, ground8Met: false });
    await ask(account, 'set-court-hearing', { on: '2027-08-20' });
    expect(await house.finance.rows(`/deadlines?entityId=${account}&ruleCode=UK-T8.hearing`)).toMatchObject([{ status: 'open', dueDate: '2027-08-10' }]);
    await ask(account, 'record-rent-statement-sent', { method: 'by_hand', forHearing: true });
    expect(await house.finance.rows(`/deadlines?entityId=${account}&ruleCode=UK-T8.hearing`)).toMatchObject([{ status: 'met' }]);
    const notice = { kind: 'landlord_s8', grounds: ['8'], method: 'by_hand' };
    expect(await refused(`/tenancy-agreements/${String(agreementId)}/serve-notice`, { ...notice, servedOn: '2027-07-27' }, house.manager)).toEqual([422, 'UK-T3']);
    await evening('2027-08-02');
    expect(await tray(account)).toMatchObject({ collectablePence: 13 * 20_000, ground8Met: true });
    await house.manager.did(`/tenancy-agreements/${String(agreementId)}/serve-notice`, { ...notice, servedOn: '2027-08-02' });
  }, LONG);

  /** The statement of an account opens with what was owed before, adds up, and closes with what is owed. */
  async function statementAdds(account: string): Promise<void> {
    const statement = await house.finance.row(`/rent-accounts/${account}/statement?from=2027-05-20&to=2027-06-14`);
    const lines = statement['lines'] as { entryDate: string; lineType: string; amountPence: number; balancePence: number }[];
    // Two charges of 200.00 were before, the first of them in the week of 10 May.
    expect(statement).toMatchObject({ openingBalancePence: 40_000, chargedPence: 80_000, receivedPence: 0, closingBalancePence: 120_000, from: '2027-05-20' });
    expect(lines.map(({ entryDate, amountPence, balancePence }) => [entryDate, amountPence, balancePence])).toEqual([
      ['2027-05-24', 20_000, 60_000], ['2027-05-31', 20_000, 80_000], ['2027-06-07', 20_000, 100_000], ['2027-06-14', 20_000, 120_000],
    ]);
    expect(await house.finance.row(`/rent-accounts/${account}/statement`)).toMatchObject({ from: '2027-03-16', to: '2027-06-14', openingBalancePence: 0, closingBalancePence: 120_000 });
    const sheet = await house.finance.call('GET', `/api/v1/rent-accounts/${account}/statement?from=2027-06-14&to=2027-06-14`, undefined, { accept: 'text/csv' });
    expect(sheet.text.split('\r\n')).toEqual(['date,what,nights,payer,amount,balance', '2027-06-14,Balance before,,,,1000.00', '2027-06-14,Rent and charges,2027-06-14 to 2027-06-21,,200.00,1200.00', '2027-06-14,Balance after,,,,1200.00', '']);
    const wrong = await house.finance.call('GET', `/api/v1/rent-accounts/${account}/statement?from=2027-06-15&to=2027-06-14`);
    expect(wrong.status).toBe(400);
  }
}
