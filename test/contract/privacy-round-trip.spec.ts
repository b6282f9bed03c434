import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Sealed } from '../../src/kernel/sealed.js';
import { evolve, unborn } from '../../src/kernel/fold.js';
import { entityOf } from '../../src/kernel/entity.js';
import { jsonOf } from '../../src/event-store/metadata.js';
import { UnreadableEvent } from '../../src/privacy/codec.js';
import { sealedColumn, sealedFromColumn } from '../../src/privacy/event-codec.js';
import {
  declarationOf,
  destination,
  NoteTaken,
  ORGANISATION,
  Person,
  PersonChanged,
  PersonMet,
  privacyWorld,
  readBack,
  TenancyEnded,
  written,
  type PrivacyWorld,
} from './privacy-world.js';

type Values = Record<string, unknown>;
const bundlesOf = (event: { data: Uint8Array }) =>
  (jsonOf(event.data)['$p'] ?? []) as { s: string; c: string; l: number; f: string[]; ct: string }[];

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 });
const date = fc.integer({ min: 0, max: 9_000 }).map((n) => new Date(n * 86_400_000).toISOString().slice(0, 10));
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const friend = fc.record(
  { id: fc.uuid(), name: text, worry: fc.string(), mood: fc.constantFrom('calm', 'upset') },
  { requiredKeys: ['id', 'name'] },
);
const facts: Record<string, fc.Arbitrary<unknown>> = {
  name: text,
  dateOfBirth: date,
  nhsNumber: fc.constantFrom('4010232137', '9111231114'),
  secret: fc.string({ unit: 'binary' }).filter((one) => one.isWellFormed()),
  allergies: fc.array(text),
  address: fc.record({ line1: text, postcode: fc.string() }, { requiredKeys: ['line1'] }),
  journey: fc.record({ on: date, destination: text }, { requiredKeys: ['on'] }),
  income: fc.integer(),
  pregnant: fc.boolean(),
  rentPence: fc.nat(),
  mood: fc.constantFrom('calm', 'upset'),
  friendId: fc.uuid(),
};

describe('personal values in an event', () => {
  let world: PrivacyWorld;
  beforeAll(async () => {
    world = await privacyWorld();
  });
  afterAll(() => world.remove());

  it('come back exactly as they were, whatever they are', () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({ ...facts, friends: fc.array(friend, { maxLength: 3 }) } as Record<string, fc.Arbitrary<unknown>>, {
          requiredKeys: ['name', 'friends'],
        }),
        async (values) => {
          const stored = await written(world.codec, PersonMet.of(values as never), destination());
          const { nhsNumberIndex, ...clear } = await readBack(world.codec, stored);
          expect(clear).toEqual(values);
          expect(nhsNumberIndex).toBe(
            values['nhsNumber'] && world.keyring.blindIndex(ORGANISATION, 'nhsNumber', String(values['nhsNumber'])),
          );
          expect(JSON.stringify(world.codec.decode(stored)!.event)).toContain('"name":"[sealed]"');
        },
      ),
      { numRuns: 60 },
    ));

  it('tell absent from cleared', () =>
    fc.assert(
      fc.asyncProperty(
        fc.record(Object.fromEntries(Object.entries(facts).map(([name, of]) => [name, maybe(fc.option(of))]))),
        async (change) => {
          const stored = await written(world.codec, PersonChanged.of(change as never), destination());
          const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
          const { nhsNumberIndex: _, ...clear } = await readBack(world.codec, stored);
          expect(clear).toEqual(given);
          const data = jsonOf(stored.data);
          const inside = bundlesOf(stored).flatMap(({ f }) => f);
          for (const [name, value] of Object.entries(given))
            if (value === null) expect([data[name], inside.includes(name)]).toEqual([null, false]);
        },
      ),
      { numRuns: 40 },
    ));

  it('are bundled by subject, scope and class, and only what is class 1 or less stays clear', async () => {
    const at = destination();
    const friends = [{ id: crypto.randomUUID(), name: 'Zoë', worry: 'owes money', mood: 'upset' as const }];
    const stored = await written(
      world.codec,
      PersonMet.of({
        name: 'Ann',
        secret: 'x',
        nhsNumber: '4010232137',
        dateOfBirth: '2006-03-04',
        rentPence: 5,
        mood: 'calm',
        friends,
        journey: { on: '2026-01-02', destination: 'Leeds' },
      }),
      at,
    );
    const parts = bundlesOf(stored).map(({ s, c, l, f }) => [s === at.entityId ? 'person' : s, c, l, f.join()]);
    expect(parts.sort()).toEqual(
      [
        ['person', 'identity', 2, 'name,dateOfBirth'],
        ['person', 'identity', 3, 'secret'],
        ['person', 'health', 3, 'nhsNumber'],
        ['person', 'health', 2, 'nhsNumberIndex'],
        ['person', 'location', 2, 'journey.destination'],
        ['person', 'safeguarding', 3, 'friends.0.worry'],
        [friends[0]!.id, 'contact', 2, 'friends.0.name'],
      ].sort(),
    );
    const { $p: _, ...clear } = jsonOf(stored.data);
    expect(clear).toEqual({
      rentPence: 5,
      mood: 'calm',
      journey: { on: '2026-01-02' },
      friends: [{ id: friends[0]!.id, mood: 'upset' }],
      $kept: { dateOfBirth: '2006' },
    });
    const raw = Buffer.from(stored.data).toString();
    for (const canary of ['Ann', 'Zoë', 'owes money', 'Leeds', '4010232137', '03-04'])
      expect(raw).not.toContain(canary);
  });

  it('show their lengths in steps of 64 bytes only', async () => {
    const sizes = await Promise.all(
      Array.from(
        { length: 40 },
        async (_, n) =>
          bundlesOf(await written(world.codec, NoteTaken.of({ note: 'x'.repeat(n + 1), tone: 'a' }), destination()))[0]!
            .ct,
      ),
    );
    expect(new Set(sizes.map((ct) => Buffer.from(ct, 'base64').length - 16))).toEqual(new Set([64]));
  });

  it('belong to the person that the event, else the entity, else the stream names', async () => {
    const [personId, other] = [crypto.randomUUID(), crypto.randomUUID()];
    const subject = async (event: object, of: object) =>
      bundlesOf(await written(world.codec, event, destination(of)))[0]!.s;
    expect(await subject(TenancyEnded.of({ reason: 'moved', personId: other }), { subject: personId })).toBe(other);
    expect(await subject(TenancyEnded.of({ reason: 'moved' }), { subject: personId })).toBe(personId);
    expect(await subject(TenancyEnded.of({ reason: 'moved' }), { entityId: other })).toBe(other);
  });

  it('are opened by class, and stay sealed otherwise', async () => {
    const stored = await written(world.codec, PersonMet.of({ name: 'Ann', secret: 'x', friends: [] }), destination());
    const [opened] = await world.codec.unseal([world.codec.decode(stored)!.event as PersonMet], { classes: [2] });
    expect(opened).toBeInstanceOf(PersonMet);
    expect(opened!.name).toBe('Ann');
    expect(opened!.secret).toBeInstanceOf(Sealed);
    expect(JSON.stringify(opened)).toContain('"secret":"[sealed]"');
  });

  it('are sealed anew when a decision moves them on', async () => {
    const decoded = world.codec.decode(
      await written(world.codec, PersonMet.of({ name: 'Ann', friends: [] }), destination()),
    )!.event as PersonMet;
    const moved = await written(world.codec, PersonChanged.of({ name: decoded.name }), destination());
    expect(await readBack(world.codec, moved)).toEqual({ name: 'Ann' });
    await expect(written(world.codec, NoteTaken.of({ note: 'n', tone: decoded.name }), destination())).rejects.toThrow(
      /declared as clear/,
    );
  });

  it('keep their shape in a column, from which they are opened later', async () => {
    const { event } = world.codec.decode(
      await written(world.codec, PersonMet.of({ name: 'Ann', secret: 'the secret', friends: [] }), destination()),
    )!;
    const column = JSON.parse(JSON.stringify(sealedColumn((event as PersonMet).secret as unknown as Sealed))) as object;
    expect(await world.codec.unseal([{ secret: sealedFromColumn(column) }])).toEqual([{ secret: 'the secret' }]);
    expect(() => sealedFromColumn({ bundle: {} })).toThrow(UnreadableEvent);
  });

  it('never leave in clear what nobody declared', async () => {
    const careless = Object.assign(PersonChanged.of({ name: 'Ann' }), { nickname: 'Annie' });
    await expect(written(world.codec, careless, destination())).rejects.toThrow(/nickname, which is not declared/);
  });

  it('are copied without touching what they were opened from', async () => {
    const { event } = world.codec.decode(
      await written(
        world.codec,
        PersonMet.of({ name: 'Ann', friends: [{ id: crypto.randomUUID(), name: 'Bo' }] }),
        destination(),
      ),
    )!;
    const state = evolve(unborn(entityOf(Person), 'p', ORGANISATION), {
      declaration: declarationOf(PersonMet),
      event,
      recorded: {} as never,
    }) as Person;
    const [clear] = await world.codec.unseal([state]);
    expect(clear!.friends[0]!.name).toBe('Bo');
    expect(state.friends[0]!.name).toBeInstanceOf(Sealed);
    expect(await world.codec.unseal<Values>([{ a: 1, b: [null] }])).toEqual([{ a: 1, b: [null] }]);
  });
});
