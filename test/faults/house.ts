import type { Caller, Json } from '../support/caller.js';
import type { WeeklyPence } from '../support/reckoning.js';
import type { Installation, Organisation } from '../support/product.js';
import { organisation } from '../support/product.js';

export const LICENCE: WeeklyPence = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };
/** The first day of every fault test, in London; what is back-dated goes no further than the rooms. */
export const FIRST_DAY = '2026-08-31';
export const CLOCK_START = `${FIRST_DAY}T08:00:00Z`;
const ROOMS_FROM = '2026-06-01';

/** A resident with a signed agreement on the whole property. */
export interface Lodger {
  readonly residentId: string;
  readonly agreementId: string;
}

/** One property of one organisation, with rooms to fill and people to fill them. */
export interface House {
  readonly organisation: Organisation;
  readonly owner: Caller;
  readonly manager: Caller;
  readonly finance: Caller;
  readonly propertyId: string;
  /** Adds a room; one bed unless told otherwise. @returns its id. */
  room(capacity?: number): Promise<string>;
  /** Registers people, several at a time. */
  lodgers(count: number): Promise<Lodger[]>;
  /** The same house over another process. */
  over(baseUrl: string): House;
}

/** What `POST /placements` takes for a lodger, from the first day on. */
export const place = ({ residentId, agreementId }: Lodger, roomId: string, startDate = FIRST_DAY): Record<string, unknown> => ({
  residentId, agreementId, roomId, startDate, directAdmissionReason: 'Referred by the leaving-care team, no time to lose.',
});

/** Calls something for each of many, a few at a time, in order of the answers' places. */
export async function each<A, B>(items: readonly A[], work: (item: A, index: number) => Promise<B>, atOnce = 8): Promise<B[]> {
  const answers: B[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      answers[index] = await work(items[index]!, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return answers;
}

/** Makes the organisation and its property, over an API that runs. */
export async function house(at: Installation, baseUrl: string, beds = 60): Promise<House> {
  const ours = await organisation(at, baseUrl);
  const [{ caller: manager }, { caller: finance }] = await Promise.all([ours.member('manager'), ours.member('finance')]);
  const { body: property } = await manager.post<Json>('/properties', {
    name: 'Mare Street House', propertyType: 'shared_housing', totalUnits: beds, address: { line1: '12 Mare Street', town: 'London', postcode: 'E8 1AA' },
  });
  return furnished({ organisation: ours, owner: ours.owner, manager, finance, propertyId: property.id }, { rooms: 0, people: 0 });
}

type People = Pick<House, 'organisation' | 'owner' | 'manager' | 'finance' | 'propertyId'>;

function furnished(people: People, made: { rooms: number; people: number }): House {
  const { owner, manager, finance, propertyId } = people;
  // Without waiting for the read tables: only what commands decide is needed here.
  const sent = async (path: string, body: object): Promise<string> => {
    const answer = await manager.post<Json>(path, body);
    if (answer.status >= 300) throw new Error(`POST ${path} was answered ${answer.status}: ${answer.text}`);
    return answer.body.id;
  };
  return {
    ...people,
    room: (capacity = 1) => sent('/property-rooms', {
      propertyId, roomNumber: `R${++made.rooms}`, roomType: capacity > 1 ? 'shared' : 'single', capacity, weeklyCharges: LICENCE, availableFrom: ROOMS_FROM,
    }),
    lodgers: (count) => each(Array.from({ length: count }), async () => {
      const residentId = await sent('/residents', { firstName: `Lodger ${++made.people}`, lastName: 'Ellis', dateOfBirth: '2006-05-02' });
      const agreementId = await sent('/tenancy-agreements', {
        residentId, propertyId, agreementType: 'license', startDate: ROOMS_FROM, rentFrequency: 'weekly', weeklyCharges: LICENCE,
      });
      await sent(`/tenancy-agreements/${agreementId}/sign`, { by: 'Lodger' });
      return { residentId, agreementId };
    }),
    over: (baseUrl) => furnished({ ...people, owner: owner.at(baseUrl), manager: manager.at(baseUrl), finance: finance.at(baseUrl) }, made),
  };
}
