import { afterAll, beforeAll } from '@jest/globals';
import type { Caller, Json } from '../support/caller.js';
import { installation, organisation, type Installation, type Organisation, type RunningProduct } from '../support/product.js';
import type { WeeklyPence } from '../support/reckoning.js';

/** What a week costs that Housing Benefit pays in part. */
export const LICENCE: WeeklyPence = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };
const REASON = 'Referred by the leaving-care team, no time to lose.';
const LONG = 120_000;

/** A house whose residents pay rent, or do not, with the clock moved from day to day; made for the specs of the block that asks for it. @param start when its clock begins. */
export function rentHouse(start = '2026-09-02T08:00:00Z') {
  let at: Installation;
  let product: RunningProduct;
  let ours: Organisation;
  let manager: Caller;
  let finance: Caller;
  let propertyId: string;
  let rooms = 0;

  beforeAll(async () => {
    at = await installation();
    product = await at.start({ CLOCK_START: start });
    ours = await organisation(at, product.baseUrl);
    ({ caller: manager } = await ours.member('manager'));
    ({ caller: finance } = await ours.member('finance'));
    propertyId = (await manager.did('/properties', {
      name: 'Mare Street House', propertyType: 'shared_housing', totalUnits: 40, address: { line1: '12 Mare Street', town: 'London', postcode: 'E8 1AA' },
    })).id;
  }, LONG);
  afterAll(() => at.remove());

  const clock = async (now: string): Promise<void> => {
    const moved = await manager.call('PUT', '/api/v1/clock', { now });
    if (moved.status !== 200) throw new Error(`The clock did not go to ${now}: ${moved.status} ${moved.text}`);
  };
  /** The evening of a day. */
  const evening = (date: string): Promise<void> => clock(`${date}T20:00:00Z`);

  const room = async (weeklyCharges: WeeklyPence): Promise<string> =>
    (await manager.did('/property-rooms', { propertyId, roomNumber: `R${++rooms}`, roomType: 'single', capacity: 1, weeklyCharges, availableFrom: '2026-08-01' })).id;

  /** Somebody who moves in on a day, under an agreement of their own. @returns the rent account. */
  async function tenantFrom(startDate: string, weeklyCharges: WeeklyPence, terms: object = {}): Promise<string> {
    const roomId = await room(weeklyCharges);
    const residentId = (await manager.did('/residents', { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' })).id;
    const agreement = await manager.did('/tenancy-agreements', {
      residentId, propertyId, roomId, agreementType: 'license', startDate, rentFrequency: 'weekly', weeklyCharges, ...terms,
    });
    await manager.did(`/tenancy-agreements/${agreement.id}/sign`, { by: 'Jordan Ellis' });
    await manager.did(`/tenancy-agreements/${agreement.id}/activate`, { on: startDate });
    const placement = await manager.did('/placements', { residentId, agreementId: agreement.id, roomId, startDate, directAdmissionReason: REASON });
    const [account] = await finance.rows(`/rent-accounts?placementId=${placement.id}`);
    return account!.id;
  }

  /** Somebody without a stay who owes so much. @returns the rent account. */
  async function inArrears(on: string, pence: number): Promise<string> {
    await evening(on);
    const residentId = (await manager.did('/residents', { firstName: 'Kim', lastName: 'Osei', dateOfBirth: '2005-02-28' })).id;
    const agreement = await manager.did('/tenancy-agreements', { residentId, propertyId, agreementType: 'license', startDate: on, rentFrequency: 'weekly', weeklyCharges: LICENCE });
    const account = await finance.did('/rent-accounts', { residentId, agreementId: agreement.id });
    await ask(account.id, 'raise-charge', { from: on, components: { corePence: pence, eligibleServicePence: 0, ineligibleServicePence: 0, supportPence: 0 } });
    return account.id;
  }

  const ask = (account: string, verb: string, body: object = {}, who = finance): Promise<Json> => who.did(`/rent-accounts/${account}/${verb}`, body);
  const paid = async (account: string, on: string, amountPence: number, method = 'bank_transfer'): Promise<void> => {
    await evening(on);
    await ask(account, 'record-payment', { amountPence, method, on, externalRef: `BACS ${on} ${amountPence}` });
  };
  /** Raw balance, what is anticipated, and what is collectable. */
  const standing = async (account: string, at = ''): Promise<number[]> => {
    const { balancePence, anticipatedHbPence, collectablePence } = await finance.row(`/rent-accounts/${account}${at}`);
    return [balancePence, anticipatedHbPence, collectablePence].map(Number);
  };
  const stages = async (account: string): Promise<unknown[][]> =>
    (await finance.rows(`/arrears-actions?rentAccountId=${account}&sort=takenOn&limit=100`)).map(({ takenOn, action, stage }) => [takenOn, stage ?? action]);
  /** What finance was told to ask of a benefit office. */
  const toldOf = async (account: string): Promise<unknown[]> =>
    (await finance.rows(`/notifications?entityId=${account}&sort=raisedAt`)).map((one) => one['title']).filter((title) => /benefit|Credit/i.test(String(title)));
  const tray = async (account: string): Promise<Json> => finance.row(`/arrears/${account}`);
  const typesOf = async (path: string): Promise<unknown[]> =>
    ((await finance.row(`${path}/history?limit=500`)) as unknown as { items: Json[] }).items.map(({ type }) => type);

  return {
    clock, evening, room, tenantFrom, inArrears, ask, paid, standing, stages, toldOf, tray, typesOf,
    get at() { return at; },
    get product() { return product; },
    get ours() { return ours; },
    get manager() { return manager; },
    get finance() { return finance; },
    get propertyId() { return propertyId; },
  };
}

export type RentHouse = ReturnType<typeof rentHouse>;
