import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { leafHash } from '../../src/event-store/leaf-hash.js';
import { jsonBytes } from '../../src/event-store/metadata.js';
import { LICENCE } from './house.js';
import { accountsOf, bedViolations, chainViolations, chargeViolations, consequenceViolations, heldBy, staysOf, type Told } from './log-story.js';

type Happening = readonly [stream: string, type: string, data: object];
const TODAY = '2026-09-10';
const [room, resident] = ['5a', '6b'];
const stay = { residentId: resident, roomId: room, propertyId: '7c', weeklyCharges: LICENCE };
const part = { corePence: 13_029, eligibleServicePence: 4_596, ineligibleServicePence: 1_536, supportPence: 0 };

/** What happens when one resident moves in on Wed 2 September and is charged two weeks. */
const story: readonly Happening[] = [
  [`room-${room}`, 'RoomAdded', { capacity: 1 }],
  ['placement-1', 'PlacementStarted', { ...stay, on: '2026-09-02' }],
  [`room-${room}`, 'RoomAllocated', { placementId: '1' }],
  [`resident-${resident}`, 'ResidentMovedIn', { placementId: '1' }],
  ['rentAccount-9', 'RentAccountOpened', { placementId: '1' }],
  ['rentAccount-9', 'RentCharged', { chargeId: 'a', from: '2026-09-02', components: part }],
  ['rentAccount-9', 'RentCharged', { chargeId: 'b', from: '2026-09-07', components: LICENCE }],
  ['rentAccount-9', 'RentPaymentReceived', { receiptId: 'r', amountPence: 1_000 }],
];

/** The story as a log would hold it. */
function logOf(events: readonly Happening[]): Told[] {
  const last = new Map<string, Told>();
  return events.map(([stream, type, data], index) => {
    const before = last.get(stream);
    const metadata: Record<string, string> = before ? { prev: leafHash(stream, before.revision, { id: before.id, type: before.type, ...before.bytes }) } : {};
    const bytes = { data: Buffer.from(jsonBytes(data)), metadata: Buffer.from(jsonBytes(metadata)) };
    const told: Told = { position: index + 1, stream, revision: (before?.revision ?? -1) + 1, id: randomUUID(), type, bytes, data: data as Record<string, unknown>, metadata };
    last.set(stream, told);
    return told;
  });
}
function violations(events: readonly Told[]): string[] {
  const stays = staysOf(events);
  const { accounts, wrong } = accountsOf(events);
  return [...chainViolations(events), ...bedViolations(events, stays, TODAY), ...consequenceViolations(events), ...wrong, ...chargeViolations(stays, accounts, TODAY)];
}
const without = (type: string): readonly Happening[] => story.filter(([, one]) => one !== type);

describe('what the fault tests judge a log by', () => {
  it('finds nothing wrong where nothing is', () => {
    expect(violations(logOf(story))).toEqual([]);
    expect(accountsOf(logOf(story)).accounts.get('9')).toMatchObject({ balancePence: 19_161 + 26_825 - 1_000 });
    expect(heldBy(staysOf(logOf(story)))).toEqual([`placement-1 property 7c ${room} 2026-09-02 `, `placement-1 resident ${resident} 1 2026-09-02 `]);
  });

  it.each<[string, readonly Happening[], RegExp]>([
    ['a bed that is given twice', [...story, ['placement-2', 'PlacementStarted', { ...stay, residentId: 'other', on: '2026-09-04' }]], /room .*: 2 where 1 may be/],
    ['a resident in two placements', [...story, ['placement-2', 'PlacementStarted', { ...stay, roomId: 'other', on: '2026-09-04' }]], /resident .*: 2 where 1 may be/],
    ['a week that is charged twice', [...story, ['rentAccount-9', 'RentCharged', { chargeId: 'c', from: '2026-09-07', components: LICENCE }]], /charges the week of 2026-09-07 twice/],
    ['a week that is not charged', story.filter(([, , data]) => (data as { chargeId?: string }).chargeId !== 'b'), /is charged .* and should be/],
    ['a price that is a penny off', story.map(([stream, type, data]) => [stream, type, (data as { chargeId?: string }).chargeId === 'a' ? { ...data, components: { ...part, corePence: 13_028 } } : data] as const), /is charged/],
    ['a charge after the end', [...story, ['placement-1', 'PlacementEnded', { ...stay, on: '2026-09-04' }]], /is charged/],
    ['a move that nobody recorded', without('ResidentMovedIn'), /has 0 of ResidentMovedIn, and should have 1/],
    ['a move that was recorded twice', [...story, [`room-${room}`, 'RoomAllocated', { placementId: '1' }]], /has 2 of RoomAllocated/],
    ['a receipt that was booked twice', [...story, ['rentAccount-9', 'RentPaymentReceived', { receiptId: 'r', amountPence: 1_000 }]], /one receipt twice/],
  ])('finds %s', (_, events, what) => {
    expect(violations(logOf(events)).join('\n')).toMatch(what);
  });

  it('finds an event that is lost, one that came twice and one that was altered', () => {
    const log = logOf(story);
    const [first, second] = [log.findIndex(({ type }) => type === 'RentCharged'), log.findLastIndex(({ type }) => type === 'RentCharged')];
    expect(chainViolations(log.filter((_, index) => index !== first)).join('\n')).toMatch(/goes from 0 to 2/);
    expect(chainViolations([...log, log[second]!]).join('\n')).toMatch(/stands at place 9/);
    const altered = log.map((event, index) => (index === first ? { ...event, bytes: { ...event.bytes, data: Buffer.from('{}') } } : event));
    expect(chainViolations(altered)).toEqual(['rentAccount-9 @2 is not linked to the event before it']);
  });
});
