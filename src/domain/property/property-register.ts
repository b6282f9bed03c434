import type { RegisterEntry, RegisterQuestion } from '../../kernel/entity.js';
import { rule } from '../../kernel/rules.js';
import { later, londonDate } from '../../kernel/values.js';
import './property.rules.js';

/**
 * The register `property` of each property (owner = its id). Everything that decides whether a bed is free is in it:
 *
 * | kind | held by | key | weight | party | nights |
 * |---|---|---|---|---|---|
 * | `units` | property | property id | beds of the property | | |
 * | `room` | room in use | room number, lower case | beds of the room | room id | those on which it has so many beds |
 * | `former_room` | retired room | as `room` | as `room` | room id | as `room` |
 * | `bed` | room in use | `<room id>/<n>` | | | |
 * | `placement` | placement | room id | | resident id | `[from, to)` |
 * | `reservation` | room | room id | | resident id | `[from, to)`, until `expiresAt` |
 * | `out_of_service` | room or property | room id, or property id for all of them | | | `[from, to)` |
 * | `decant` | property | property id | | resident id | from the first night of the closure that they may outstay |
 *
 * A version of a target that is not settled counts beside the settled one. So a figure is an entry for each of its
 * spans (`room`) or each of its units (`bed`): of two versions the worse one decides.
 */
export const PROPERTY_REGISTER = 'property';
/** The register of an organisation's property names (owner = its id, key = the name as `nameKey` writes it). */
export const NAMES_REGISTER = 'property-names';

/** A name or room number as it is compared: case and repeated spaces do not count. */
export const nameKey = (name: string): string => name.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim();

type Entries = readonly RegisterEntry[];
/** What commands call the day from which a booking or a closure counts. */
const DAY = ['from', 'startDate', 'on', 'date'] as const;
type Nights = Pick<RegisterEntry, 'from' | 'to'>;

const ALWAYS = '';
const startOf = (nights: Nights): string => nights.from ?? ALWAYS;
const isSome = (nights: Nights): boolean => nights.to === undefined || startOf(nights) < nights.to;
const covers = (nights: Nights, night: string): boolean =>
  startOf(nights) <= night && (nights.to === undefined || night < nights.to);
const overlap = (a: Nights, b: Nights): boolean =>
  isSome(a) && isSome(b) && (covers(a, startOf(b)) || covers(b, startOf(a)));

const isBooking = ({ kind }: RegisterEntry): boolean => kind === 'placement' || kind === 'reservation';
const isRoom = ({ kind }: RegisterEntry): boolean => kind === 'room' || kind === 'former_room';
const parties = (bookings: Entries): number => new Set(bookings.map(({ party }) => party)).size;

/** The entries that are asked for and were not held before. */
const added = ({ held, wanted }: RegisterQuestion): Entries => {
  const before = new Set(held.map((entry) => JSON.stringify(entry)));
  return wanted.filter((entry) => !before.has(JSON.stringify(entry)));
};

/**
 * Decides ROM-1, ROM-2, ROM-5, ROM-6, PRP-1, PRP-2 and PRP-3 for one property.
 * @param possible what may be in force, what is asked for included. @throws Refusal
 */
export function checkProperty(possible: Entries, _certain: Entries, asked: RegisterQuestion): void {
  const live = possible.filter(({ expiresAt }) => expiresAt === undefined || asked.now < expiresAt);
  const bookings = live.filter((entry) => isBooking(entry) && isSome(entry));
  const fresh = added(asked);
  checkNumbers(live);
  checkClosures(live, bookings, fresh, asked);
  // Who books a bed that is taken is told of the bed, in a property that is full as well.
  checkBeds(live.filter(isRoom), bookings, fresh);
  checkUnits(live, bookings, londonDate(asked.now));
}

function checkNumbers(live: Entries): void {
  const numbers = new Map<string, string | undefined>();
  for (const { kind, key, party } of live) {
    if (kind !== 'room') continue;
    const unique = !numbers.has(key) || numbers.get(key) === party;
    rule('ROM-1', 'Another room of this property has this number.', unique, 'roomNumber', 409);
    numbers.set(key, party);
  }
}

function checkUnits(live: Entries, bookings: Entries, today: string): void {
  const units = Math.min(...live.filter(({ kind }) => kind === 'units').map(({ weight }) => weight ?? 1));
  if (units === Infinity) return;
  const placements = bookings.filter(({ kind }) => kind === 'placement');
  const nights = new Set(placements.map((entry) => later(startOf(entry), today)));
  const people = Math.max(0, ...[...nights].map((night) => parties(placements.filter((entry) => covers(entry, night)))));
  rule('PRP-2', `${people} people live in this property, or will: it needs as many beds.`, people <= units, ['totalUnits', 'roomId', ...DAY]);
  const beds = new Set(live.filter(({ kind }) => kind === 'bed').map(({ key }) => key)).size;
  rule('PRP-1', `The rooms of this property would have ${beds} beds together, and the property ${units}.`, beds <= units, ['totalUnits', 'capacity']);
}

const sameBed = (a: RegisterEntry, b: RegisterEntry): boolean => a.kind === b.kind && a.key === b.key && a.party === b.party;
/**
 * Whether a decant plan says of somebody where they go: they live there before the house is closed, and leave it after that.
 * A bed that was kept for them lapses by itself. Whoever would move in only then, or has a bed kept anew, is refused.
 */
const mayStayOn = (live: Entries, closure: RegisterEntry, booking: RegisterEntry, fresh: Entries): boolean =>
  live.some(({ kind, key, party, from }) => kind === 'decant' && key === closure.key && party === booking.party && from === closure.from)
  && (booking.kind === 'placement' ? startOf(booking) < startOf(closure) : !fresh.some((one) => sameBed(one, booking)));

/** Who asks for the closure is told of the booking, and who books is told of the closure. */
function checkClosures(live: Entries, bookings: Entries, fresh: Entries, { wanted }: RegisterQuestion): void {
  const closures = live.filter(({ kind }) => kind === 'out_of_service');
  const property = live.find(({ kind }) => kind === 'units')?.key;
  const clashing = bookings.filter((booking) => closures.some((closure) =>
    (closure.key === property || closure.key === booking.key) && overlap(closure, booking) && !mayStayOn(live, closure, booking, fresh)));
  const clash = clashing.length > 0;
  if (wanted.some(({ kind }) => kind === 'units')) {
    const people = parties(clashing);
    const who = people === 1 ? 'One person lives' : `${people} people live`;
    const sentence = `${who} here, or ${people === 1 ? 'is' : 'are'} expected, on nights on which the property would be out of service, and no decant plan that is named says where they go.`;
    rule('PRP-3', sentence, !clash, [...DAY, 'decantPlanId']);
    return;
  }
  const closing = fresh.some(({ kind }) => kind === 'out_of_service');
  rule('ROM-5', closing ? 'The room is booked on nights on which it would be out of service.' : 'The room is out of service on these nights.', !clash, DAY);
}

/** Counted on each night on which a booking or a figure begins: only there can it become too many. */
function checkBeds(rooms: Entries, bookings: Entries, fresh: Entries): void {
  const lowering = fresh.some(isRoom) && !fresh.some(isBooking);
  for (const roomId of new Set(bookings.map(({ key }) => key))) {
    const booked = bookings.filter(({ key }) => key === roomId);
    const figures = rooms.filter(({ party }) => party === roomId);
    const nights = new Set([...booked, ...figures].map(startOf));
    const free = [...nights].every((night) => {
      const beds = figures.filter((figure) => covers(figure, night)).map(({ weight }) => weight ?? 1);
      return parties(booked.filter((entry) => covers(entry, night))) <= (beds.length > 0 ? Math.min(...beds) : 0);
    });
    if (lowering) rule('ROM-6', 'More people are booked into this room than it would have beds.', free, 'capacity');
    else rule('ROM-2', 'No bed of this room is free on these nights.', free, ['roomId', ...DAY]);
  }
}

/** One property of a name in an organisation (PRP-5). @throws Refusal */
export function checkPropertyNames(possible: Entries): void {
  const holders = new Map<string, string | undefined>();
  for (const { key, party } of possible) {
    rule('PRP-5', 'Another property of the organisation has this name.', !holders.has(key) || holders.get(key) === party, 'name', 409);
    holders.set(key, party);
  }
}

/** The rules of this context's registers, by name. */
export const propertyRegisters = { [PROPERTY_REGISTER]: checkProperty, [NAMES_REGISTER]: checkPropertyNames };
