import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, someId, type Happened } from '../../../test/support/given.js';
import { Refusal } from '../../kernel/rules.js';
import { checkGiver, counts } from './consent-capacity.js';
import { Consent, ConsentGiver } from './resident/consent.js';
import { GiveConsent } from './resident/resident-commands.js';
import { ConsentGiven, ResidentRegistered } from './resident/resident-events.js';
import { Resident } from './resident/resident.js';

/** The clock stands on 2 September 2026. */
const registered: Happened = happened(ResidentRegistered, { firstName: 'Amara', lastName: 'Nwosu', dateOfBirth: '2009-03-14' });
const born = (dateOfBirth: string) => given(Resident, registered).fact('date-of-birth', someId('Resident'), [dateOfBirth]);
const consents = (dateOfBirth: string, body: Partial<GiveConsent> = {}) => born(dateOfBirth).when(GiveConsent, { purpose: 'information_sharing', ...body });
const [child, at16, at17, at18] = ['2010-09-03', '2010-09-02', '2008-09-03', '2008-09-02'];
const unable = { capacityAssessedOn: '2026-09-01', hasCapacity: false } as const;
const able = { capacityAssessedOn: '2026-09-01', hasCapacity: true } as const;
const by = (givenBy: keyof typeof ConsentGiver) => ({ givenBy, givenByName: 'Somebody Else' });

describe('RES-15: a consent', () => {
  it('holds on the day on which it is given, at least', async () => {
    await consents(at18, { expiresOn: '2026-09-03' }).records([ConsentGiven, { expiresOn: '2026-09-03' }]);
    for (const expiresOn of ['2026-09-02', '2026-09-01']) await consents(at18, { expiresOn }).refused('RES-15', 'expiresOn');
  });
});

describe('RES-14: who gives a consent', () => {
  it('is the resident from 16 on, to the day, and under 16 where they were found able to decide', async () => {
    await consents(at16).records([ConsentGiven, { purpose: 'information_sharing' }]);
    await consents(child).refused('RES-14', 'givenBy');
    await consents(child, able).records([ConsentGiven, able]);
    await consents(child, unable).refused('RES-14', 'givenBy');
    await consents('2008-02-29', by('resident')).records(ConsentGiven);
  });

  it('is under 16 whoever has parental responsibility, or the authority that has it', async () => {
    for (const giver of ['parent', 'local_authority'] as const) await consents(child, by(giver)).records([ConsentGiven, by(giver)]);
    for (const giver of ['attorney', 'deputy'] as const) await consents(child, by(giver)).refused('RES-14', 'givenBy');
  });

  it('is from 16 nobody else, unless the resident was found unable to decide', async () => {
    for (const giver of ['parent', 'local_authority', 'deputy'] as const) {
      await consents(at17, by(giver)).refused('RES-14', 'givenBy');
      await consents(at17, { ...by(giver), ...able }).refused('RES-14', 'givenBy');
      await consents(at17, { ...by(giver), ...unable }).records([ConsentGiven, { ...by(giver), ...unable }]);
    }
    await consents(at17, { ...by('attorney'), ...unable }).refused('RES-14', 'givenBy');
    await consents(at17, unable).refused('RES-14', 'givenBy');
  });

  it('is of an adult who was found unable to decide an attorney or a deputy', async () => {
    for (const giver of ['attorney', 'deputy'] as const) {
      await consents(at18, { ...by(giver), ...unable }).records(ConsentGiven);
      await consents(at18, by(giver)).refused('RES-14', 'givenBy');
    }
    for (const giver of ['parent', 'local_authority'] as const) await consents(at18, { ...by(giver), ...unable }).refused('RES-14', 'givenBy');
  });

  it('says what was found of their capacity, and when', async () => {
    await consents(at18, { hasCapacity: true }).refused('RES-14', 'capacityAssessedOn');
    await consents(at18, { capacityAssessedOn: '2026-09-01' }).refused('RES-14', 'hasCapacity');
    await consents(at18, { ...able, capacityAssessedOn: '2026-09-03' }).refused('RES-14', 'capacityAssessedOn');
    await consents(at18, { ...able, capacityAssessedOn: '2026-09-02' }).records(ConsentGiven);
  });

  it('is at every age somebody: there is always a way to consent', () => {
    const accepts = (giver: keyof typeof ConsentGiver, age: number, hasCapacity: boolean): boolean => {
      try {
        checkGiver({ givenBy: giver, capacityAssessedOn: '2026-09-01', hasCapacity }, age, '2026-09-02');
        return true;
      } catch (error) {
        if (error instanceof Refusal) return false;
        throw error;
      }
    };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 110 }), fc.boolean(), (age, hasCapacity) => {
        const givers = (Object.keys(ConsentGiver) as (keyof typeof ConsentGiver)[]).filter((giver) => accepts(giver, age, hasCapacity));
        expect(givers.length).toBeGreaterThan(0);
        expect(givers.includes('resident')).toBe(hasCapacity);
      }),
    );
  });
});

describe('a consent that counts', () => {
  const consent = (of: Partial<Consent> = {}): Consent => Object.assign(new Consent(), { id: someId('consent'), purpose: 'information_sharing', givenOn: '2026-08-01' }, of);

  it('was not withdrawn or given anew, and has not expired', () => {
    expect(counts(consent(), '2026-09-02', 20)).toBe(true);
    expect(counts(consent({ withdrawnOn: '2026-09-01' }), '2026-09-02', 20)).toBe(false);
    expect(counts(consent({ replacedOn: '2026-09-01' }), '2026-09-02', 20)).toBe(false);
    expect(['2026-09-02', '2026-09-03'].map((expiresOn) => counts(consent({ expiresOn }), '2026-09-02', 20))).toEqual([false, true]);
  });

  it('ends, where others gave it for a child, when the young person decides for themselves', () => {
    const parents = consent({ givenBy: 'parent' });
    expect([15, 16, undefined].map((age) => counts(parents, '2026-09-02', age))).toEqual([true, false, true]);
    const stillUnable = consent({ givenBy: 'local_authority', ...unable });
    expect([17, 18].map((age) => counts(stillUnable, '2026-09-02', age))).toEqual([true, false]);
    expect(counts(consent({ givenBy: 'deputy', ...unable }), '2026-09-02', 30)).toBe(true);
    expect(counts(consent({ givenBy: 'resident' }), '2026-09-02', 30)).toBe(true);
  });
});
