import type { RegisterEntry } from '../../src/kernel/entity.js';
import { leafHash } from '../../src/event-store/leaf-hash.js';
import { COMPONENTS, dateOf, dayOf, mondayOfDay, reckoned, type WeeklyPence } from '../support/reckoning.js';

/** An event as it lies in the log, with its JSON read. */
export interface Told {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly bytes: { readonly data: Buffer; readonly metadata: Buffer };
  readonly data: Record<string, unknown>;
  readonly metadata: Record<string, string>;
}

export interface Segment {
  readonly roomId: string;
  readonly propertyId: string;
  readonly from: string;
  to?: string;
  readonly price: WeeklyPence;
}
export interface Stay {
  readonly residentId: string;
  readonly segments: Segment[];
  ended: boolean;
}

const idOf = (stream: string): string => stream.slice(stream.indexOf('-') + 1);
const isSome = ({ from, to }: { from: string; to?: string }): boolean => to === undefined || from < to;

/** The log's own order: positions without gaps, revisions without gaps, each event linked to the one before it (I3). */
export function chainViolations(events: readonly Told[]): string[] {
  const wrong: string[] = [];
  const last = new Map<string, { revision: number; leaf: string }>();
  events.forEach(({ position, stream, revision, id, type, bytes, metadata }, index) => {
    if (position !== index + 1) wrong.push(`position ${position} stands at place ${index + 1} of the log`);
    const before = last.get(stream);
    if (revision !== (before?.revision ?? -1) + 1) wrong.push(`${stream} goes from ${before?.revision ?? 'nothing'} to ${revision}`);
    if (metadata['prev'] !== before?.leaf) wrong.push(`${stream} @${revision} is not linked to the event before it`);
    last.set(stream, { revision, leaf: leafHash(stream, revision, { id, type, ...bytes }) });
  });
  return wrong;
}

/** The placements as the log tells them. */
export function staysOf(events: readonly Told[]): Map<string, Stay> {
  const stays = new Map<string, Stay>();
  for (const { stream, type, data } of events) {
    if (!type.startsWith('Placement')) continue;
    const { residentId, roomId, propertyId, on, weeklyCharges } = data as unknown as { residentId: string; roomId: string; propertyId: string; on: string; weeklyCharges: WeeklyPence };
    const stay = stays.get(idOf(stream));
    const last = stay?.segments.at(-1);
    if (type === 'PlacementStarted') stays.set(idOf(stream), { residentId, segments: [{ roomId, propertyId, from: on, price: weeklyCharges }], ended: false });
    else if (type === 'PlacementTransferred') {
      last!.to = on;
      stay!.segments.push({ roomId, propertyId, from: on, price: weeklyCharges });
    } else if (type === 'PlacementEnded') {
      last!.to = on;
      stay!.ended = true;
    } else if (type === 'PlacementDateCorrected') {
      if (data['which'] === 'end') last!.to = on;
      else stay!.segments[0] = { ...stay!.segments[0]!, from: on };
    }
  }
  return stays;
}

/** Each bed on each night at most once, and nobody in two placements on one night. */
export function bedViolations(events: readonly Told[], stays: ReadonlyMap<string, Stay>, today: string): string[] {
  const beds = new Map(events.flatMap(({ stream, type, data }) => (type === 'RoomAdded' ? [[idOf(stream), Number(data['capacity'])] as const] : [])));
  const nights = new Map<string, Set<string>>();
  const note = (key: string, who: string): void => void nights.set(key, (nights.get(key) ?? new Set()).add(who));
  for (const [placementId, { residentId, segments }] of stays) {
    for (const { roomId, from, to } of segments) {
      for (let night = dayOf(from); night < dayOf(to ?? dateOf(dayOf(today) + 2)); night++) {
        note(`room ${roomId} ${dateOf(night)}`, residentId);
        note(`resident ${residentId} ${dateOf(night)}`, placementId);
      }
    }
  }
  return [...nights].flatMap(([key, who]) => {
    const [kind, id] = key.split(' ') as [string, string];
    const most = kind === 'room' ? (beds.get(id) ?? 0) : 1;
    return who.size > most ? [`${key}: ${who.size} where ${most} may be`] : [];
  });
}

/** What the placements hold in the registers, as the log has it: neither more nor less may be held there for certain. */
export function heldBy(stays: ReadonlyMap<string, Stay>): string[] {
  return [...stays].flatMap(([id, { residentId, segments }]) => {
    const rooms = segments.map(({ roomId, propertyId, from, to }) => ({ register: 'property', owner: propertyId, key: roomId, from, to }));
    const own = { register: 'resident', owner: residentId, key: id, from: segments[0]!.from, to: segments.at(-1)!.to };
    return [...rooms, own].filter((one) => isSome({ from: one.from, ...(one.to ? { to: one.to } : {}) })).map((one) => heldText(`placement-${id}`, one));
  }).sort();
}
export const heldText = (target: string, { register, owner, key, from, to }: Pick<RegisterEntry, 'register' | 'owner' | 'key'> & { from?: string | undefined; to?: string | undefined }): string =>
  [target, register, owner, key, from ?? '', to ?? ''].join(' ');

/** The processes did each of their works once for each cause. */
export function consequenceViolations(events: readonly Told[]): string[] {
  const count = (type: string, key: (event: Told) => string): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const event of events) if (event.type === type) counts.set(key(event), (counts.get(key(event)) ?? 0) + 1);
    return counts;
  };
  const own = ({ stream }: Told): string => idOf(stream);
  const of = ({ data }: Told): string => String(data['placementId']);
  const started = count('PlacementStarted', own);
  const transferred = count('PlacementTransferred', own);
  const ended = count('PlacementEnded', own);
  const expected: [string, Map<string, number>, (id: string) => number][] = [
    ['RoomAllocated', count('RoomAllocated', of), (id) => 1 + (transferred.get(id) ?? 0)],
    ['ResidentMovedIn', count('ResidentMovedIn', of), () => 1],
    ['ResidentTransferred', count('ResidentTransferred', of), (id) => transferred.get(id) ?? 0],
    ['ResidentMovedOut', count('ResidentMovedOut', of), (id) => ended.get(id) ?? 0],
    ['RentAccountOpened', count('RentAccountOpened', of), () => 1],
  ];
  return expected.flatMap(([type, counts, wanted]) => [...started.keys()].flatMap((id) => {
    const found = counts.get(id) ?? 0;
    return found === wanted(id) ? [] : [`placement ${id} has ${found} of ${type}, and should have ${wanted(id)}`];
  }));
}

/** A rent account as its own events add up. */
export interface Account {
  readonly placementId: string;
  /** Monday → pence by component. */
  readonly weeks: Record<string, number[]>;
  balancePence: number;
}

/** The rent accounts as the log tells them, and what is charged twice. */
export function accountsOf(events: readonly Told[]): { accounts: Map<string, Account>; wrong: string[] } {
  const accounts = new Map<string, Account>();
  const wrong: string[] = [];
  const mondays = new Map<string, string>();
  const receipts = new Map<string, number>();
  const book = (account: Account, chargeId: string, pence: Partial<WeeklyPence>): void => {
    const monday = mondays.get(chargeId)!;
    account.weeks[monday] = (account.weeks[monday] ?? [0, 0, 0, 0]).map((sum, index) => sum + (pence[COMPONENTS[index]!] ?? 0));
    account.balancePence += COMPONENTS.reduce((sum, name) => sum + (pence[name] ?? 0), 0);
  };
  for (const { stream, type, data } of events) {
    if (!stream.startsWith('rentAccount-')) continue;
    const account = accounts.get(idOf(stream)) ?? { placementId: String(data['placementId']), weeks: {}, balancePence: 0 };
    accounts.set(idOf(stream), account);
    const chargeId = String(data['chargeId']);
    if (type === 'RentCharged') {
      const monday = mondayOfDay(dayOf(String(data['from'])));
      if (mondays.has(chargeId) || account.weeks[monday]) wrong.push(`${stream} charges the week of ${monday} twice`);
      mondays.set(chargeId, monday);
      book(account, chargeId, data['components'] as WeeklyPence);
    } else if (type === 'RentAdjusted') book(account, chargeId, data['delta'] as Partial<WeeklyPence>);
    else if (type === 'RentPaymentReceived') {
      account.balancePence -= Number(data['amountPence']);
      if (receipts.has(String(data['receiptId']))) wrong.push(`${stream} has one receipt twice`);
      receipts.set(String(data['receiptId']), Number(data['amountPence']));
    } else if (type === 'RentPaymentReversed') account.balancePence += receipts.get(String(data['receiptId'])) ?? 0;
  }
  return { accounts, wrong };
}

/** Every week of every stay is charged what its nights come to, once the processes have caught up with today. */
export function chargeViolations(stays: ReadonlyMap<string, Stay>, accounts: ReadonlyMap<string, Account>, today: string): string[] {
  const sunday = dateOf(dayOf(mondayOfDay(dayOf(today))) + 7);
  const byPlacement = new Map([...accounts.values()].map((account) => [account.placementId, account]));
  return [...stays].flatMap(([id, { segments }]) => {
    const charged = segments.map(({ from, to, price }) => ({ from, to: to !== undefined && to < sunday ? to : sunday, price })).filter(isSome);
    const standing = Object.entries(byPlacement.get(id)?.weeks ?? {}).filter(([, pence]) => pence.some((one) => one !== 0)).sort();
    const [is, should] = [JSON.stringify(standing), JSON.stringify(Object.entries(reckoned(charged)).sort())];
    return is === should ? [] : [`placement ${id} is charged ${is} and should be ${should}`];
  });
}
