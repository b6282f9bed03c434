import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DataKey, KeyCache } from './key-cache.js';
import { fingerprintOf, keyObject, newKey, unwrapKey, wrapKey } from './key-wrap.js';
import { Rounds } from '../platform/rounds.js';

const keyOf = (subject: string, fetchedAt = 0, revision = 1): DataKey => {
  const bytes = newKey();
  return new DataKey(
    { organizationId: 'o', subject, scope: 'identity' },
    revision,
    fingerprintOf(bytes),
    bytes,
    fetchedAt,
  );
};

describe('keys in memory', () => {
  it('are never more than it may hold, those used last stay', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 }), (uses) => {
        const cache = new KeyCache(4, 1_000, () => 0);
        const keys = Array.from({ length: 10 }, (_, n) => keyOf(String(n)));
        const recent: number[] = [];
        for (const n of uses) {
          if (!cache.get(keys[n]!.fingerprint)) cache.add(keys[n]!, true);
          if (recent.includes(n)) recent.splice(recent.indexOf(n), 1);
          recent.push(n);
          if (recent.length > 4) recent.shift();
        }
        expect(cache.length).toBe(recent.length);
        keys.forEach(({ name }, n) => expect(cache.currentOf(name) !== undefined).toBe(recent.includes(n)));
      }),
    ));

  it('are fetched again after their time', () => {
    let now = 0;
    const cache = new KeyCache(10, 100, () => now);
    const [key, other] = [keyOf('a'), keyOf('b', 50)];
    cache.add(key, true);
    cache.add(other);
    now = 99;
    expect(cache.currentOf(key.name)).toBe(key);
    now = 100;
    cache.sweep();
    expect(cache.length).toBe(1);
    expect(cache.currentOf(key.name)).toBeUndefined();
    now = 150;
    expect(cache.get(other.fingerprint)).toBeUndefined();
  });

  it('are known to be destroyed from then on, and seal nothing', () => {
    const cache = new KeyCache(10, 100, () => 0);
    const key = keyOf('a');
    cache.add(key, true);
    cache.destroyed(key.fingerprint);
    expect(cache.get(key.fingerprint)!.destroyed).toBe(true);
    expect(cache.currentOf(key.name)).toBeUndefined();
    cache.destroyed('never seen');
    expect(cache.length).toBe(1);
  });

  it('are given up together, and zeroed where they came from', () => {
    const cache = new KeyCache(10, 100, () => 0);
    const bytes = newKey();
    const key = new DataKey({ organizationId: 'o', subject: 'a', scope: 'identity' }, 1, 'fp', bytes, 0);
    expect(bytes.every((byte) => byte === 0)).toBe(true);
    expect(key.key.symmetricKeySize).toBe(32);
    cache.add(key);
    cache.clear();
    expect(() => key.key).toThrow(/no longer held/);
    expect(key.destroyed).toBe(false);
  });
});

describe('a wrapped key', () => {
  it('comes out under the same key and for the same purpose only', () => {
    const [under, key] = [keyObject(newKey()), newKey()];
    const wrapped = wrapKey(under, key, 'dek|a');
    expect(unwrapKey(under, wrapped, 'dek|a')).toEqual(key);
    expect(unwrapKey(under, wrapped, 'dek|b')).toBeUndefined();
    expect(unwrapKey(keyObject(newKey()), wrapped, 'dek|a')).toBeUndefined();
    expect(unwrapKey(under, wrapped.subarray(1), 'dek|a')).toBeUndefined();
    for (let at = 0; at < wrapped.length; at++) {
      const damaged = Buffer.from(wrapped);
      damaged[at]! ^= 128;
      expect(unwrapKey(under, damaged, 'dek|a')).toBeUndefined();
    }
  });
});

describe('rounds', () => {
  it('answer what is asked together by one piece of work, and never by one that began before', async () => {
    const rounds: number[][] = [];
    let later: Promise<number> | undefined;
    const asked = new Rounds<number, number>(async (questions) => {
      rounds.push([...questions]);
      if (rounds.length === 1) later = asked.ask(3);
      return Promise.resolve(questions.map((n) => n * 10));
    });
    expect(await Promise.all([asked.ask(1), asked.ask(2)])).toEqual([10, 20]);
    expect(await later).toBe(30);
    expect(rounds).toEqual([[1, 2], [3]]);
  });

  it('tell everyone who asked of a failure, and go on', async () => {
    let fail = true;
    const asked = new Rounds<number, number>((questions) =>
      fail ? Promise.reject(new Error('down')) : Promise.resolve(questions),
    );
    const outcomes = await Promise.allSettled([asked.ask(1), asked.ask(2)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fail = false;
    expect(await asked.ask(3)).toBe(3);
  });
});
