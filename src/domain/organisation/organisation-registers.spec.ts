import { describe, expect, it } from '@jest/globals';
import type { RegisterEntry } from '../../kernel/entity.js';
import { checkEmails, checkMember, checkOwners, checkPlan, checkRole } from './organisation-registers.js';

const now = '2026-09-02T08:00:00.000Z';
const entry = (key: string, change: Partial<RegisterEntry> = {}): RegisterEntry => ({ register: 'r', owner: 'o', key, kind: 'active', ...change });
const asked = (held: RegisterEntry[], wanted: RegisterEntry[]) => ({ now, held, wanted });
const refusal = (check: () => void): string => {
  try {
    check();
    return 'accepted';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('the registers of organisations', () => {
  it('USR-1: an address has one user, in however many versions', () => {
    const email = (party: string) => entry('key', { kind: 'email', party });
    expect(refusal(() => checkEmails([email('sam'), email('sam')], [], asked([], [])))).toBe('accepted');
    expect(refusal(() => checkEmails([email('sam'), email('alex')], [], asked([], [])))).toBe('USR-1');
  });

  it('MEM-1: a person has one live membership', () => {
    const lapsed = entry('old', { kind: 'invited', expiresAt: now });
    expect(refusal(() => checkMember([entry('a'), entry('a', { kind: 'invited' }), lapsed], [], asked([], [])))).toBe('accepted');
    expect(refusal(() => checkMember([entry('a'), entry('b')], [], asked([], [])))).toBe('MEM-1');
  });

  it('MEM-4 and ORG-5: an owner goes where another certainly stays', () => {
    const [one, other] = [entry('one', { kind: 'owner' }), entry('other', { kind: 'owner' })];
    expect(refusal(() => checkOwners([one], [one], asked([], [one])))).toBe('accepted');
    expect(refusal(() => checkOwners([one, other], [other], asked([one], [])))).toBe('accepted');
    expect(refusal(() => checkOwners([one, other], [], asked([one], [])))).toBe('MEM-4');
  });

  it('MEM-4 and USR-3: an owner who is deactivated is none that stays', () => {
    const [one, other] = ['sam', 'alex'].map((party) => entry(party, { kind: 'owner', party })) as [RegisterEntry, RegisterEntry];
    const shut = (party: string) => entry(party, { kind: 'shut_out', party });
    expect(refusal(() => checkOwners([one, other, shut('alex')], [one, other], asked([], [shut('alex')])))).toBe('accepted');
    expect(refusal(() => checkOwners([one, other, shut('alex'), shut('sam')], [one, other, shut('alex')], asked([], [shut('sam')])))).toBe('USR-3');
    expect(refusal(() => checkOwners([one, other, shut('alex')], [other, shut('alex')], asked([one], [])))).toBe('MEM-4');
    expect(refusal(() => checkOwners([one, other], [one, other], asked([shut('alex')], [])))).toBe('accepted');
  });

  it('ROL-4 and MEM-6: a role is not retired while somebody has it, and not given once it is', () => {
    const [role, holder] = [entry('role', { kind: 'role' }), entry('m', { kind: 'holder' })];
    expect(refusal(() => checkRole([role, holder], [role, holder], asked([], [holder])))).toBe('accepted');
    expect(refusal(() => checkRole([role], [], asked([role], [])))).toBe('accepted');
    expect(refusal(() => checkRole([role, holder], [holder], asked([role], [])))).toBe('ROL-4');
    expect(refusal(() => checkRole([role, holder], [], asked([], [holder])))).toBe('MEM-6');
    const lapsed = { ...holder, expiresAt: now };
    expect(refusal(() => checkRole([role, lapsed], [], asked([role], [])))).toBe('accepted');
  });

  it('GEN-9: as many residents and properties as the plan has, whoever else is just being added', () => {
    const limit = (key: string, weight: number) => entry(key, { kind: 'limit', weight });
    const [sam, kim, house, flat] = [entry('sam', { kind: 'resident' }), entry('kim', { kind: 'resident' }), entry('house', { kind: 'property' }), entry('flat', { kind: 'property' })];
    const limits = [limit('resident', 1), limit('property', 1)];
    expect(refusal(() => checkPlan([...limits, sam, house], [], asked([], [sam])))).toBe('accepted');
    expect(refusal(() => checkPlan([...limits, sam, kim], [], asked([], [kim])))).toBe('GEN-9');
    expect(refusal(() => checkPlan([...limits, house, flat], [], asked([], [flat])))).toBe('GEN-9');
    expect(refusal(() => checkPlan([sam, kim, house, flat], [], asked([], [flat])))).toBe('accepted');
    // A second stay of one resident is no other resident, and what is over the limit already ends, and goes on.
    expect(refusal(() => checkPlan([...limits, sam, sam], [], asked([], [sam])))).toBe('accepted');
    expect(refusal(() => checkPlan([...limits, sam, kim], [], asked([sam], [])))).toBe('accepted');
    expect(refusal(() => checkPlan([...limits, sam, kim], [], asked([sam], [sam])))).toBe('accepted');
  });

  it('ORG-2: no plan whose limits are exceeded', () => {
    const plan = (residents: number, properties: number) => [entry('resident', { kind: 'limit', weight: residents }), entry('property', { kind: 'limit', weight: properties })];
    const used = [entry('sam', { kind: 'resident' }), entry('kim', { kind: 'resident' }), entry('house', { kind: 'property' })];
    expect(refusal(() => checkPlan([...used, ...plan(2, 1)], [], asked(plan(25, 1), plan(2, 1))))).toBe('accepted');
    expect(refusal(() => checkPlan([...used, ...plan(1, 1)], [], asked(plan(25, 1), plan(1, 1))))).toBe('ORG-2');
    expect(refusal(() => checkPlan([...used, ...plan(1, 1)], [], asked([], plan(1, 1))))).toBe('ORG-2');
    expect(refusal(() => checkPlan([...used, ...plan(2, 0)], [], asked(plan(2, 1), plan(2, 0))))).toBe('ORG-2');
    // Who is over a limit gets a larger plan, also one that is not large enough.
    expect(refusal(() => checkPlan([...used, ...plan(0, 1)], [], asked(plan(0, 1), plan(1, 1))))).toBe('accepted');
    expect(refusal(() => checkPlan([...used, ...plan(0, 1)], [], asked(plan(0, 1), [])))).toBe('accepted');
  });
});
