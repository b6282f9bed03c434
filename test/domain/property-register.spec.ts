import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { applyToRegister, certainEntries, emptyRegister, possibleEntries, type Register } from '../../src/commands/register.js';
import { checkProperty, checkPropertyNames } from '../../src/domain/property/property-register.js';
import { PropertyDecantMovePlanned } from '../../src/domain/property/property/decant.js';
import {
  Property, PropertyCapacityChanged, PropertyDeactivated, PropertyPutUnderMaintenance, PropertyRegistered, PropertyReturnedToService,
} from '../../src/domain/property/property/property.js';
import { Room, RoomAdded, RoomDetailsChanged, RoomReserved, RoomRetired, RoomReturnedToService, RoomTakenOutOfService } from '../../src/domain/property/room/room.js';
import type { RegisterEntry, State } from '../../src/kernel/entity.js';
import { Refusal } from '../../src/kernel/rules.js';
import { plusDays } from '../../src/kernel/values.js';
import { happened, someId, stateOf, type Happened } from '../support/given.js';

const NOW = '2026-09-02T08:00:00.000Z';
const owner = someId('Property');
const facts = { name: 'Mare Street House', address: { line1: '1', town: 'London', postcode: 'E8 3RH' } };
const holdsOf = (state: State): RegisterEntry[] =>
  (state as State & { holds(): RegisterEntry[] }).holds().filter(({ register }) => register === 'property');

const property = (units: number, ...more: Happened[]) =>
  holdsOf(stateOf(Property, [happened(PropertyRegistered, { ...facts, totalUnits: units }), ...more], owner));
const room = (name: string, capacity: number, ...more: Happened[]) =>
  holdsOf(stateOf(Room, [happened(RoomAdded, { propertyId: owner, roomNumber: name, capacity, availableFrom: '2026-08-01' }), ...more], someId(name)));
const stay = (who: string, where: string, from: string, to?: string): RegisterEntry[] => [
  { register: 'property', owner, kind: 'placement', key: someId(where), party: someId(who), from, ...(to ? { to } : {}) },
];
const reserved = (who: string, from: string, expiresAt = '2026-09-09T08:00:00.000Z') =>
  happened(RoomReserved, { reservationId: someId(who), residentId: someId(who), from, expiresAt });

/** A register as the pipeline keeps it: what is refused is not claimed. */
class World {
  register: Register = emptyRegister;
  private readonly revisions = new Map<string, number>();
  private claims = 0;

  holding(target: string): readonly RegisterEntry[] {
    return this.register.get(target)?.entries ?? [];
  }
  /** @returns the settling of the claim. @throws Refusal */
  claim(target: string, wanted: readonly RegisterEntry[], now = NOW): () => void {
    const base = this.revisions.get(target) ?? -1;
    const held = this.holding(target);
    const claim = { type: 'RegisterClaimed', claimId: String(++this.claims), commandId: target, target, base, held, wanted } as const;
    const after = applyToRegister(this.register, claim);
    checkProperty(possibleEntries(after), certainEntries(after), { now, held, wanted });
    this.register = after;
    return () => {
      if (this.revisions.get(target) !== (base === -1 ? undefined : base)) return;
      this.revisions.set(target, base + 1);
      this.register = applyToRegister(this.register, { type: 'RegisterSettled', target, revision: base + 1, entries: wanted });
    };
  }
  done(target: string, wanted: readonly RegisterEntry[], now = NOW): this {
    this.claim(target, wanted, now)();
    return this;
  }
  /** What would become of a claim; it is not made. */
  asked(target: string, wanted: readonly RegisterEntry[], now = NOW): string {
    const before = this.register;
    try {
      this.claim(target, wanted, now);
    } catch (error) {
      if (error instanceof Refusal) return error.code;
      throw error;
    } finally {
      this.register = before;
    }
    return 'accepted';
  }
}
const house = (units = 12): World => new World().done('house', property(units));

describe('the register of a property', () => {
  it('ROM-1: has every room number once, whatever its case', () => {
    const world = house().done('room-1', room('R04', 1));
    expect(world.asked('room-2', holdsOf(stateOf(Room, [happened(RoomAdded, { propertyId: owner, roomNumber: 'r04', capacity: 1 })], someId('other'))))).toBe('ROM-1');
    expect(world.asked('room-1', room('R04', 1, happened(RoomDetailsChanged, { floor: 2 })))).toBe('accepted');
    world.done('room-1', room('R04', 1, happened(RoomRetired, { on: '2026-09-02' })));
    expect(world.asked('room-2', holdsOf(stateOf(Room, [happened(RoomAdded, { propertyId: owner, roomNumber: 'R04', capacity: 1 })], someId('other'))))).toBe('accepted');
  });

  it('ROM-2: has no more people in a room than beds on any night, reservations included', () => {
    const world = house().done('room-1', room('R04', 1)).done('p1', stay('sam', 'R04', '2026-09-02', '2026-09-10'));
    expect(world.asked('p2', stay('kim', 'R04', '2026-09-09'))).toBe('ROM-2');
    expect(world.asked('p2', stay('kim', 'R04', '2026-08-30', '2026-09-03'))).toBe('ROM-2');
    expect(world.asked('p2', stay('kim', 'R05', '2026-08-30', '2026-09-03'))).toBe('ROM-2');
    expect(world.asked('room-1', room('R04', 1, reserved('kim', '2026-09-09')))).toBe('ROM-2');
    world.done('room-1', room('R04', 1, reserved('kim', '2026-09-10')));
    expect(world.asked('p3', stay('lee', 'R04', '2026-09-12'))).toBe('ROM-2');
    expect(world.asked('p3', stay('lee', 'R04', '2026-09-12'), '2026-09-09T08:00:00.000Z')).toBe('accepted');
  });

  it('counts a resident once who is placed where a bed is reserved for them', () => {
    const world = house().done('room-1', room('R04', 1, reserved('kim', '2026-09-02')));
    expect(world.asked('p1', stay('sam', 'R04', '2026-09-02'))).toBe('ROM-2');
    expect(world.asked('p2', stay('kim', 'R04', '2026-09-02'))).toBe('accepted');
  });

  it('ROM-3: lets one come on the day on which another leaves', () => {
    const world = house().done('room-1', room('R04', 1)).done('p1', stay('sam', 'R04', '2026-08-01', '2026-09-02'));
    expect(world.asked('p2', stay('kim', 'R04', '2026-09-02'))).toBe('accepted');
    expect(world.asked('p3', stay('kim', 'R04', '2026-09-01', '2026-09-01'))).toBe('accepted');
  });

  it('ROM-5: has no night that is both booked and out of service', () => {
    const closure = happened(RoomTakenOutOfService, { from: '2026-09-10', expectedUntil: '2026-09-14', reason: 'damp' });
    const world = house().done('room-1', room('R07', 1)).done('p1', stay('sam', 'R07', '2026-08-01', '2026-09-11'));
    expect(world.asked('room-1', room('R07', 1, closure))).toBe('ROM-5');
    expect(world.asked('room-1', room('R07', 1, happened(RoomRetired, { on: '2026-09-02' })))).toBe('ROM-5');
    world.done('p1', stay('sam', 'R07', '2026-08-01', '2026-09-10')).done('room-1', room('R07', 1, closure));
    expect(world.asked('p2', stay('kim', 'R07', '2026-09-13'))).toBe('ROM-5');
    expect(world.asked('p2', stay('kim', 'R07', '2026-09-14'))).toBe('accepted');
    world.done('p2', stay('kim', 'R07', '2026-09-14'));
    expect(world.asked('room-1', room('R07', 1, closure, happened(RoomReturnedToService, { on: '2026-09-15' })))).toBe('ROM-5');
    expect(world.asked('room-1', room('R07', 1, closure, happened(RoomReturnedToService, { on: '2026-09-12' })))).toBe('accepted');
  });

  it('ROM-6: keeps the beds that are booked', () => {
    const lowered = happened(RoomDetailsChanged, { capacity: 1 }, { at: NOW });
    const world = house().done('room-1', room('R04', 2)).done('p1', stay('sam', 'R04', '2026-08-01', '2026-09-02')).done('p2', stay('kim', 'R04', '2026-08-01'));
    const later = stay('lee', 'R04', '2026-12-01');
    expect(world.asked('room-1', room('R04', 2, lowered))).toBe('accepted');
    world.done('p3', later);
    expect(world.asked('room-1', room('R04', 2, lowered))).toBe('ROM-6');
  });

  it('PRP-1: has no more beds in its rooms than units', () => {
    const world = house(3).done('room-1', room('R01', 2));
    expect(world.asked('room-2', room('R02', 2))).toBe('PRP-1');
    world.done('room-2', room('R02', 1));
    expect(world.asked('room-1', room('R01', 2, happened(RoomDetailsChanged, { capacity: 3 })))).toBe('PRP-1');
    expect(world.asked('house', property(3, happened(PropertyCapacityChanged, { totalUnits: 2, reason: 'x' })))).toBe('PRP-1');
    expect(world.asked('house', property(3, happened(PropertyCapacityChanged, { totalUnits: 4, reason: 'x' })))).toBe('accepted');
  });

  it('PRP-1: counts a bed that may be there and a unit that may not', () => {
    const world = house(3).done('room-1', room('R01', 1));
    world.claim('room-2', room('R02', 2));
    expect(world.asked('room-3', room('R03', 1))).toBe('PRP-1');
    const other = house(3).done('room-1', room('R01', 2));
    other.claim('house', property(3, happened(PropertyCapacityChanged, { totalUnits: 2, reason: 'x' })));
    expect(other.asked('room-2', room('R02', 1))).toBe('PRP-1');
  });

  it('PRP-2: has as many units as people live in it, or will', () => {
    const world = house(3).done('room-1', room('R01', 2)).done('p1', stay('sam', 'R01', '2026-08-01')).done('p2', stay('kim', 'R01', '2026-12-01'));
    const lower = property(3, happened(PropertyCapacityChanged, { totalUnits: 1, reason: 'x' }));
    expect(world.asked('house', lower)).toBe('PRP-2');
    world.done('p1', stay('sam', 'R01', '2026-08-01', '2026-12-01'));
    expect(world.asked('house', lower)).toBe('PRP-1');
  });

  it('PRP-3: is not taken out of service or closed while somebody lives there, or will', () => {
    const closing = [happened(PropertyPutUnderMaintenance, { from: '2026-09-02', reason: 'x' }), happened(PropertyDeactivated, { on: '2026-09-02', reason: 'x' })];
    const world = house(3).done('room-1', room('R01', 1)).done('p1', stay('sam', 'R01', '2026-12-01'));
    for (const one of closing) expect(world.asked('house', property(3, one))).toBe('PRP-3');
    world.done('p1', stay('sam', 'R01', '2026-08-01', '2026-09-02'));
    for (const one of closing) expect(world.asked('house', property(3, one))).toBe('accepted');
    world.done('house', property(3, closing[0]!));
    expect(world.asked('p2', stay('kim', 'R01', '2027-01-01'))).toBe('ROM-5');
  });

  it('PRP-3: is emptied by a decant plan that names everybody, who stay on until they have left, and nobody comes', () => {
    const plan = someId('plan');
    const planned = (who: string) => happened(PropertyDecantMovePlanned, {
      moveId: someId(`move ${who}`), decantPlanId: plan, residentId: someId(who), roomId: someId('R01'), place: 'own_home', moveDue: { dueOn: '2026-09-30' } as never,
    });
    const [sam, kim] = [planned('sam'), planned('kim')];
    const works = happened(PropertyPutUnderMaintenance, { from: '2026-09-02', reason: 'x', decantPlanId: plan });
    const sold = happened(PropertyDeactivated, { on: '2026-09-02', reason: 'x', decantPlanId: plan });
    const world = house(3).done('room-1', room('R01', 2)).done('p1', stay('sam', 'R01', '2026-08-01')).done('p2', stay('kim', 'R01', '2026-08-01'));
    for (const closing of [works, sold]) expect(world.asked('house', property(3, sam, closing))).toBe('PRP-3');
    expect(world.asked('house', property(3, sam, kim, happened(PropertyPutUnderMaintenance, { from: '2026-09-02', reason: 'x' })))).toBe('PRP-3');
    expect(world.asked('house', property(3, sam, kim, sold))).toBe('accepted');
    world.done('house', property(3, sam, kim, works));
    world.done('p1', stay('sam', 'R01', '2026-08-01', '2026-09-20'));
    expect(world.asked('p3', stay('ann', 'R01', '2026-09-20'))).toBe('ROM-5');
    expect(world.asked('p3', stay('sam', 'R01', '2026-09-21'))).toBe('ROM-5');
    expect(world.asked('room-1', room('R01', 2, reserved('kim', '2026-09-25')))).toBe('ROM-5');
    // What was so does not become wrong by what is corrected later, and the works have an end.
    const back = happened(PropertyReturnedToService, { on: '2026-10-01' });
    world.done('house', property(3, sam, kim, works, back)).done('p2', stay('kim', 'R01', '2026-08-02', '2026-09-21'));
    expect(world.asked('p3', stay('ann', 'R01', '2026-09-30'))).toBe('ROM-5');
    expect(world.asked('p3', stay('ann', 'R01', '2026-10-01'))).toBe('accepted');
  });

  it('PRP-3: lets a bed that was kept for somebody whom the plan names lapse by itself', () => {
    const [plan, moveDue] = [someId('plan'), { dueOn: '2026-09-30' } as never];
    const ann = happened(PropertyDecantMovePlanned, { moveId: someId('move'), decantPlanId: plan, residentId: someId('ann'), roomId: someId('R01'), place: 'other_provider', moveDue });
    const world = house(3).done('room-1', room('R01', 1, reserved('ann', '2026-09-05')));
    const works = happened(PropertyPutUnderMaintenance, { from: '2026-09-02', reason: 'x', decantPlanId: plan });
    expect(world.asked('house', property(3, works))).toBe('PRP-3');
    world.done('house', property(3, ann, works));
    expect(world.asked('p1', stay('ann', 'R01', '2026-09-05'))).toBe('ROM-5');
  });

  it('PRP-5: knows every name of an organisation once', () => {
    const name = (of: string, id: string): RegisterEntry =>
      stateOf(Property, [happened(PropertyRegistered, { ...facts, name: of, totalUnits: 1 })], id).holds()[0]!;
    const other = someId('other');
    expect(() => checkPropertyNames([name('Mare Street House', owner), name('Well Street', other)])).not.toThrow();
    expect(() => checkPropertyNames([name('Mare Street House', owner), name('mare  street house', other)])).toThrow(/PRP-5/);
    expect(() => checkPropertyNames([name('Mare Street House', owner), name('Mare Street House', owner)])).not.toThrow();
  });
});

describe('whatever is asked, and whichever claims are still open', () => {
  const START = '2026-09-02';
  const step = fc.record({
    kind: fc.constantFrom('book', 'book', 'book', 'end', 'close', 'beds'),
    room: fc.constantFrom('R01', 'R02'),
    who: fc.constantFrom('ann', 'bea', 'cem', 'dan'),
    from: fc.integer({ min: 0, max: 9 }),
    nights: fc.option(fc.integer({ min: 0, max: 5 })),
    outcome: fc.constantFrom('settled', 'settled', 'open', 'abandoned'),
  });
  const day = (n: number): string => plusDays(START, n);

  it('no night of a room has more people than beds, or is booked and closed', () => {
    let booked = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const world = house(9).done('R01', room('R01', 1)).done('R02', room('R02', 2));
        const rooms = new Map<string, Happened[]>([['R01', []], ['R02', []]]);
        for (const { kind, room: where, who, from, nights, outcome } of steps) {
          const to = nights === null ? undefined : day(from + nights);
          const change: Happened | undefined =
            kind === 'close' ? happened(RoomTakenOutOfService, { from: day(from), expectedUntil: to, reason: 'x' })
            : kind === 'beds' ? happened(RoomDetailsChanged, { capacity: nights === 0 ? 1 : 2 }, { at: `${day(from)}T08:00:00.000Z` })
            : undefined;
          const target = change ? where : `${who}-${where}`;
          const before = world.holding(target)[0];
          const history = [...(rooms.get(where) ?? []), ...(change ? [change] : [])];
          const wanted = change ? room(where, where === 'R01' ? 1 : 2, ...history)
            : kind === 'end' && before ? stay(who, where, before.from!, day(from + 1) > before.from! ? day(from + 1) : before.from)
            : stay(who, where, day(from), to);
          try {
            const settle = world.claim(target, wanted);
            if (outcome !== 'settled') continue;
            settle();
            if (change) rooms.set(where, history);
            else booked++;
          } catch (error) {
            if (!(error instanceof Refusal)) throw error;
          }
        }
        checkNights(world, day);
      }),
      { numRuns: 300 },
    );
    expect(booked).toBeGreaterThan(300);
  });

  /** Counted night by night from what is settled, without the code that decides. */
  function checkNights(world: World, day: (n: number) => string): void {
    const entries = [...world.register.values()].flatMap((holding) => holding.entries);
    const on = (night: string) => (entry: RegisterEntry) => (entry.from ?? '') <= night && (!entry.to || night < entry.to);
    for (const where of ['R01', 'R02'].map((name) => someId(name))) {
      for (let n = 0; n < 20; n++) {
        const tonight = entries.filter(on(day(n)));
        const people = new Set(tonight.filter(({ kind, key }) => kind === 'placement' && key === where).map(({ party }) => party)).size;
        const beds = tonight.find(({ kind, party }) => kind === 'room' && party === where)!.weight!;
        const closed = tonight.some(({ kind, key, from, to }) => kind === 'out_of_service' && key === where && from !== to);
        expect(people).toBeLessThanOrEqual(beds);
        if (people > 0) expect(closed).toBe(false);
      }
    }
  }
});
