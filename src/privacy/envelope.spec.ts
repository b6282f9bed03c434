import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import type { Bundle, SealedOrigin } from '../kernel/sealed.js';
import { SealBroken } from './codec.js';
import { openBundle, sealBundle, type Contents } from './envelope.js';
import { DataKey } from './key-cache.js';
import { fingerprintOf, newKey } from './key-wrap.js';

const [organizationId, subject, eventId] = [randomUUID(), randomUUID(), randomUUID()];
const origin: SealedOrigin = { organizationId, eventId, type: 'PersonMet', version: 1 };
const bytes = newKey();
const keyFor = (of: object = {}, raw = bytes, revision = 1) =>
  new DataKey({ organizationId, subject, scope: 'identity', ...of }, revision, fingerprintOf(raw), Buffer.from(raw), 0);
const contents: Contents = {
  subject,
  scope: 'identity',
  privacyClass: 2,
  values: { firstName: 'Zoë', lastName: 'Ng' },
};
const bundle = sealBundle(contents, keyFor(), origin);
const flipped = (base64: string, at: number): string => {
  const raw = Buffer.from(base64, 'base64');
  raw[at]! ^= 1;
  return raw.toString('base64');
};

describe('a bundle', () => {
  it('opens to what was sealed', () =>
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ minLength: 1 }).filter((name) => name !== '__proto__'),
          fc.jsonValue(),
        ),
        (values) => {
          const sealed = sealBundle({ ...contents, values }, keyFor(), origin);
          expect(openBundle(sealed, keyFor(), origin)).toEqual(JSON.parse(JSON.stringify(values)));
          expect(sealed.f).toEqual(Object.keys(values));
          expect((Buffer.from(sealed.ct, 'base64').length - 16) % 64).toBe(0);
        },
      ),
    ));

  const other = randomUUID();
  const moved: Record<string, [Partial<Bundle>, Partial<SealedOrigin>, DataKey?]> = {
    'another version of the envelope': [{ v: 2 as 1 }, {}],
    'another organisation': [{}, { organizationId: other }],
    'another organisation, whose key is given out': [{}, { organizationId: other }, keyFor({ organizationId: other })],
    'another person': [{ s: other }, {}],
    'another person, whose key is given out': [{ s: other }, {}, keyFor({ subject: other })],
    'another scope': [{ c: 'health' }, {}],
    'another scope, whose key is given out': [{ c: 'health' }, {}, keyFor({ scope: 'health' })],
    'another class': [{ l: 3 }, {}],
    'another revision of the key': [{ r: 2 }, {}],
    'another revision, whose key is given out': [{ r: 2 }, {}, keyFor({}, bytes, 2)],
    'other fields': [{ f: ['lastName', 'firstName'] }, {}],
    'one field more': [{ f: ['firstName', 'lastName', 'note'] }, {}],
    'another type of event': [{}, { type: 'PersonChanged' }],
    'another version of the event': [{}, { version: 2 }],
    'another event': [{}, { eventId: other }],
    'another key': [{}, {}, keyFor({}, newKey())],
    'another initialisation vector': [{ iv: flipped(bundle.iv, 0) }, {}],
    'a short initialisation vector': [{ iv: 'AAAA' }, {}],
    'a changed byte': [{ ct: flipped(bundle.ct, 3) }, {}],
    'a changed tag': [{ ct: flipped(bundle.ct, Buffer.from(bundle.ct, 'base64').length - 1) }, {}],
    'no bytes': [{ ct: '' }, {}],
    'a cut end': [{ ct: bundle.ct.slice(0, -24) }, {}],
  };
  it.each(Object.keys(moved))('does not open with %s', (what) => {
    const [change, elsewhere, key] = moved[what]!;
    expect(() => openBundle({ ...bundle, ...change }, key ?? keyFor(), { ...origin, ...elsewhere })).toThrow(
      SealBroken,
    );
    expect(openBundle(bundle, keyFor(), origin)).toEqual(contents.values);
  });

  it.each([{ organizationId: other }, { subject: other }, { scope: 'health' as const }])(
    'does not open where it was sealed under the key of %j',
    (of) => {
      const wrong = sealBundle(contents, keyFor(of), origin);
      expect(() => openBundle(wrong, keyFor(of), origin)).toThrow(SealBroken);
    },
  );

  it('never has the initialisation vector of another', () => {
    const key = keyFor();
    const seen = new Set(Array.from({ length: 100_000 }, () => sealBundle(contents, key, origin).iv));
    expect(seen.size).toBe(100_000);
  });

  it('is never sealed under a key that was wiped', () => {
    const key = keyFor();
    key.wipe();
    expect(() => sealBundle(contents, key, origin)).toThrow(/no longer held/);
    expect(key.destroyed).toBe(false);
  });
});
