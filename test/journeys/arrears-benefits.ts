import { expect, it } from '@jest/globals';
import type { Json } from '../support/caller.js';
import { rowsOf, send } from '../support/payment-files.js';
import type { WeeklyPence } from '../support/reckoning.js';
import type { RentHouse } from './rent-house.js';

const LONG = 120_000;

/** A stay that ends while Housing Benefit is still to pay for it. It takes the clock from 4 to 11 March 2027. */
export function benefitEndsWithStay(house: RentHouse): void {
  const { evening, tenantFrom, ask, standing } = house;

  it('ends Housing Benefit with the stay, waits for its rest, and follows a corrected day of leaving', async () => {
    // Other figures: three components of 33.33, of which 60.00 of 66.66 are awarded; four nights, then a whole week.
    const odd: WeeklyPence = { corePence: 3_333, eligibleServicePence: 3_333, ineligibleServicePence: 3_333, supportPence: 0 };
    await evening('2027-03-04');
    const account = await tenantFrom('2027-03-04', odd);
    await ask(account, 'record-hb-award', { weeklyPence: 6_000, from: '2027-03-04' });
    // Four nights are 19.05 for each component; the award is short of 6.66 a week, 3.81 for four nights.
    expect(await standing(account)).toEqual([5_715, 3_429, 2_286]);
    await evening('2027-03-08');
    expect(await standing(account)).toEqual([15_714, 9_429, 6_285]);
    const { placementId } = await house.finance.row(`/rent-accounts/${account}`);
    await evening('2027-03-11');
    await house.manager.did(`/placements/${String(placementId)}/end`, { on: '2027-03-11', terminationType: 'planned_move_on' });
    // Three nights of the week are left: 14.28 for each component, and 2.85 short.
    expect(await house.finance.row(`/rent-accounts/${account}`)).toMatchObject({ status: 'former', hbStatus: 'ended', hbEndsOn: '2027-03-11', anticipatedHbPence: 3_429 + 2_571 });
    await house.manager.did(`/placements/${String(placementId)}/correct-date`, { which: 'end', date: '2027-03-10', reason: 'The keys came back on Wednesday.' });
    expect(await house.finance.row(`/rent-accounts/${account}`)).toMatchObject({ hbEndsOn: '2027-03-10', anticipatedHbPence: 3_429 + 1_714 });
    const closed = await ask(account, 'close');
    expect((closed['events'] as Json[]).map(({ type }) => type)).toEqual(['RentAccountClosed']);
    const { balancePence, finalBalancePence } = await house.finance.row(`/rent-accounts/${account}`);
    expect(finalBalancePence).toBe(balancePence);
    // What is owed on it is still paid: by a file that names it, and by what two people agree to.
    const { paymentReference } = await house.finance.row(`/rent-accounts/${account}`);
    const file = await send(house.finance, { kind: 'housing_benefit', fileName: 'HousingBenefitFile20270311.dat' }, `date,claim,amount,payment\n2027-03-11,${String(paymentReference)},51.43,P-11\n`);
    expect(await rowsOf(house.finance, file.body.id)).toMatchObject([{ outcome: 'posted', rentAccountId: account }]);
    expect(await house.finance.row(`/rent-accounts/${account}`)).toMatchObject({ status: 'closed', anticipatedHbPence: 0, balancePence: Number(balancePence) - 5_143 });
    const suspended = async (): Promise<string> => (await house.finance.did('/suspense-items', { amountPence: Number(balancePence) - 5_143, method: 'bank_transfer' })).id;
    const item = await suspended();
    await house.finance.did(`/suspense-items/${item}/propose-resolution`, { rentAccountId: account });
    await house.manager.did(`/suspense-items/${item}/approve-resolution`);
    expect(await standing(account)).toEqual([0, 0, 0]);
    const late = await house.finance.post<Json>(`/suspense-items/${await suspended()}/propose-resolution`, { rentAccountId: account });
    expect([late.status, late.body['code']]).toEqual([422, 'SUS-1']);
  }, LONG);
}

/** Which benefit pays follows from the category of the property. It begins on 26 October 2027, and takes the clock to the 30th. */
export function whichBenefitIsRight(house: RentHouse): void {
  const { evening, inArrears, ask, paid, tenantFrom, toldOf, tray } = house;

  it('UK-T13: warns finance of what is in the eligible charge and Housing Benefit does not pay for', async () => {
    const price: WeeklyPence = { corePence: 9_000, eligibleServicePence: 1_234, ineligibleServicePence: 566, supportPence: 0 };
    const items = [{ item: 'communal_cleaning', weeklyPence: 800, hbEligible: true }, { item: 'own_energy', weeklyPence: 434, hbEligible: true }, { item: 'meals', weeklyPence: 566, hbEligible: false }];
    const account = await tenantFrom('2027-10-26', price, { serviceCharges: items });
    const { agreementId } = await house.finance.row(`/rent-accounts/${account}`);
    expect(await house.finance.row(`/tenancy-agreements/${String(agreementId)}`)).toMatchObject({ serviceCharges: items, wronglyEligible: ['own_energy'] });
    expect(await toldOf(String(agreementId))).toEqual(['An eligible charge has something in it that Housing Benefit does not pay for']);
  }, LONG);

  it('UK-T12: tells to check the claim where the category of the property asks for the other benefit', async () => {
    const [before] = await house.finance.rows('/arrears?status=active&hbStatus=awarded&limit=1');
    const task = async (): Promise<unknown> => (await tray(before!.id))['benefitTask'];
    const category = (specifiedAccommodation: string | null) => house.manager.did(`/properties/${house.propertyId}/correct-details`, { specifiedAccommodation });
    const asItWas = await task();
    await category('none');
    expect(await task()).toBe('check_claim_type');
    await category('exempt');
    expect(await task()).toBe(asItWas);
    const paidByCredit = await house.finance.rows('/arrears?status=active&benefitTask=check_claim_type&limit=100');
    expect(paidByCredit.map(({ specifiedAccommodation, ucYearPaidPence }) => [specifiedAccommodation, Number(ucYearPaidPence) > 0])).toContainEqual(['exempt', true]);
    // A claim is put right by what comes last, whatever was paid meanwhile.
    const credit = await inArrears('2027-10-27', 7_001);
    const claim = async (): Promise<unknown> => (await tray(credit))['benefitTask'];
    await paid(credit, '2027-10-27', 1_001, 'universal_credit');
    expect(await claim()).toBe('check_claim_type');
    const wrong = 'The wrong benefit is claimed for a room';
    expect(await toldOf(credit)).toEqual([wrong]);
    await ask(credit, 'record-hb-claim', { on: '2027-10-27', weeklyPence: 1_000 });
    expect(await claim()).toBeNull();
    await paid(credit, '2027-10-28', 999, 'universal_credit');
    expect(await claim()).toBe('check_claim_type');
    await evening('2027-10-29');
    expect(await toldOf(credit)).toEqual([wrong, wrong]);
    await ask(credit, 'record-hb-award', { weeklyPence: 1_000, from: '2027-10-18' });
    expect(await claim()).toBeNull();
    await ask(credit, 'end-hb', { on: '2027-10-29' });
    expect(await claim()).toBeNull();
    await category('none');
    expect(await claim()).toBeNull();
    await ask(credit, 'record-hb-claim', { on: '2027-10-29', weeklyPence: 1_000 });
    expect(await claim()).toBe('check_claim_type');
    await evening('2027-10-30');
    await ask(credit, 'record-uc-claim');
    expect(await claim()).toBeNull();
    await ask(credit, 'record-uc-decision', { awarded: false });
    expect(await claim()).toBe('check_claim_type');
    await paid(credit, '2027-10-30', 998, 'universal_credit');
    expect(await claim()).toBeNull();
    const [bounced] = await house.finance.rows(`/rent-receipts?rentAccountId=${credit}&amountPence=998`);
    await ask(credit, 'reverse-payment', { receiptId: bounced!.id, reason: 'It was for another landlord.' });
    expect(await claim()).toBe('check_claim_type');
    await category(null);
  }, LONG);
}
