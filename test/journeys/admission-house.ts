import { afterAll, beforeAll } from '@jest/globals';
import type { Caller, Json } from '../support/caller.js';
import { installation, organisation, type Installation, type Organisation, type RunningProduct } from '../support/product.js';

export const weeklyCharges = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };
export const address = { line1: '12 Mare Street', town: 'London', postcode: 'E8 1AA' };
const LONG = 180_000;

/** A house with three rooms, one of them let, and who admits people to it; the clock stands at 3 August 2026. Made for the specs of the block that asks for it. */
export function admissionHouse() {
  let at: Installation;
  let product: RunningProduct;
  let ours: Organisation;
  let priya: Caller;
  let anna: Caller;
  let kofi: Caller;
  let kofiId: string;
  let finance: Caller;
  let property: string;
  let previous: string;
  const rooms: Record<'R04' | 'R05' | 'R06', string> = { R04: '', R05: '', R06: '' };

  beforeAll(async () => {
    at = await installation();
    product = await at.start({ CLOCK_START: '2026-08-03T09:05:00Z' });
    ours = await organisation(at, product.baseUrl);
    ({ caller: priya } = await ours.member('manager'));
    ({ caller: anna } = await ours.member('key_worker'));
    ({ caller: kofi, userId: kofiId } = await ours.member('key_worker'));
    ({ caller: finance } = await ours.member('finance'));
    property = (await priya.did('/properties', { name: 'Mare Street House', propertyType: 'shared_housing', totalUnits: 12, address })).id;
    for (const roomNumber of ['R04', 'R05', 'R06'] as const) {
      rooms[roomNumber] = (await priya.did('/property-rooms', { propertyId: property, roomNumber, roomType: 'single', capacity: 1, weeklyCharges, availableFrom: '2026-07-01' })).id;
    }
    previous = await housed({ firstName: 'Sam', lastName: 'Okoro', dateOfBirth: '2005-01-09' }, rooms.R04, '2026-07-06');
  }, LONG);
  afterAll(() => at.remove());

  const clock = async (now: string): Promise<void> => {
    const moved = await priya.call('PUT', '/api/v1/clock', { now });
    if (moved.status !== 200) throw new Error(`The clock did not go to ${now}: ${moved.status} ${moved.text}`);
  };
  const draft = async (residentId: string, roomId: string, startDate: string): Promise<string> =>
    (await priya.did('/tenancy-agreements', { residentId, propertyId: property, roomId, agreementType: 'license', startDate, rentFrequency: 'weekly', weeklyCharges })).id;
  /** Somebody whom a manager admits directly. @returns the placement. */
  async function housed(who: object, roomId: string, startDate: string): Promise<string> {
    const { id: residentId } = await priya.did('/residents', who);
    const agreementId = await draft(residentId, roomId, startDate);
    await priya.did(`/tenancy-agreements/${agreementId}/sign`, { by: 'S. O.' });
    return (await priya.did('/placements', { residentId, agreementId, roomId, startDate, directAdmissionReason: 'No time to lose.' })).id;
  }
  const referred = async (applicant: object, body: object = {}): Promise<{ referral: string; resident: string }> => {
    const { id } = await anna.did('/referrals/receive-referral', { source: 'LB Hackney leaving-care team', reason: 'Leaves care in September.', applicant, ...body });
    return { referral: id, resident: String((await anna.row(`/referrals/${id}`))['residentId']) };
  };
  const typesOf = async (path: string): Promise<string[]> => ((await ours.owner.row(`${path}/history`)) as unknown as { items: Json[] }).items.map(({ type }) => String(type));

  return {
    clock, draft, referred, typesOf, rooms,
    get at() { return at; },
    get product() { return product; },
    get ours() { return ours; },
    get priya() { return priya; },
    get anna() { return anna; },
    get kofi() { return kofi; },
    get kofiId() { return kofiId; },
    get finance() { return finance; },
    get property() { return property; },
    /** The stay of who lives in R04 at first. */
    get previous() { return previous; },
  };
}

export type AdmissionHouse = ReturnType<typeof admissionHouse>;
