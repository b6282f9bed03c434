import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jsonBytes } from '../../src/event-store/metadata.js';
import {
  altered,
  declarationOf,
  destination,
  ELSEWHERE,
  NoteTaken,
  PersonChanged,
  PersonMet,
  privacyWorld,
  readBack,
  written,
  type PrivacyWorld,
} from './privacy-world.js';

type Values = Record<string, unknown>;

describe('stored bytes', () => {
  let world: PrivacyWorld;
  beforeAll(async () => {
    world = await privacyWorld();
  });
  afterAll(() => world.remove());

  it('of an older version are read by the newest declaration, their sealed values moved', async () => {
    const { codec } = world;
    const old = {
      ...declarationOf(NoteTaken),
      version: 1,
      fields: declarationOf(NoteTaken).fields.map((field) =>
        field.name === 'note' ? { ...field, name: 'remark' } : field,
      ),
    };
    const at = destination();
    const { data } = await codec.encode(
      Object.assign(new NoteTaken(), { remark: 'seen at the gate' }) as never,
      old,
      at,
    );
    const stored = altered(await written(codec, NoteTaken.of({ note: 'n', tone: 't' }), at), {
      metadata: { schemaVersion: 1 },
    });
    expect(await readBack(codec, { ...stored, data })).toEqual({ note: 'seen at the gate', tone: 'plain' });
  });

  it('of an unknown type are nobody’s business', async () => {
    expect(
      world.codec.decode({
        ...(await written(world.codec, PersonChanged.of({}), destination())),
        type: 'SomethingElse',
      }),
    ).toBeUndefined();
  });

  it('that are no event of their type are unreadable', async () => {
    const good = await written(world.codec, PersonMet.of({ name: 'Ann', friends: [] }), destination());
    const cases: Record<string, typeof good> = {
      'no JSON': { ...good, data: Buffer.from('{"name":') },
      'no object': { ...good, data: jsonBytes([]) },
      null: { ...good, data: Buffer.from('null') },
      'no metadata': { ...good, metadata: Buffer.from('') },
      'no organisation': altered(good, { metadata: { organizationId: undefined } }),
      'future version': altered(good, { metadata: { schemaVersion: 2 } }),
      'no version': altered(good, { metadata: { schemaVersion: '1' } }),
      'missing required': altered(good, { data: (data) => delete data['$p'] }),
      'bundles no list': altered(good, { data: (data) => (data['$p'] = {}) }),
      'damaged bundle': altered(good, { data: (data) => (data['$p'] = [{ v: 1 }]) }),
      'value twice': altered(good, { data: (data) => (data['name'] = 'Eve') }),
    };
    for (const [why, stored] of Object.entries(cases)) {
      expect([
        why,
        (() => {
          try {
            return world.codec.decode(stored);
          } catch (error) {
            return (error as Error).name;
          }
        })(),
      ]).toEqual([why, 'UnreadableEvent']);
    }
  });

  it('cannot reach the methods or the prototype of an event', async () => {
    const stored = altered(await written(world.codec, PersonChanged.of({ rentPence: 1 }), destination()), {
      data: (data) => (data['apply'] = 'x'),
    });
    const evil = {
      ...stored,
      data: Buffer.from(Buffer.from(stored.data).toString().replace('{', '{"__proto__":{"polluted":1},')),
    };
    const { event } = world.codec.decode(evil)!;
    expect([typeof event.apply, (event as unknown as Values)['polluted'], { ...event }]).toEqual([
      'function',
      undefined,
      { rentPence: 1 },
    ]);
  });

  it('are told apart from those of another organisation', async () => {
    const stored = await written(world.codec, PersonMet.of({ name: 'Ann', friends: [] }), destination());
    await expect(
      readBack(world.codec, altered(stored, { metadata: { organizationId: ELSEWHERE } })),
    ).rejects.toMatchObject({ name: 'SealBroken' });
  });
});
