import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { covers, isVisibility, maySeeWith, restrictedTo, visibilityCode, visibilityCodes } from './permissions.js';
import { open, personal, pseudonymous, sensitive, special } from './privacy.js';
import { isSystemRole, permissionsOf, systemRoles } from './system-roles.js';

const words = fc.constantFrom('residents', 'incidents', 'personal', 'special');
const verbs = fc.constantFrom('read', 'log', 'health', 'identity');
const codes = fc.tuple(words, verbs).map((parts) => parts.join(':'));
const patterns = fc.tuple(fc.oneof(words, fc.constant('*')), fc.oneof(verbs, fc.constant('*'))).map((parts) => parts.join(':'));

describe('permissions', () => {
  it('include codes and patterns', () => {
    const held = new Set(['residents:*', '*:read']);
    for (const code of ['residents:register', 'residents:*', 'incidents:read', '*:read']) expect(covers(held, code)).toBe(true);
    for (const code of ['incidents:log', '*:*', 'incidents:*', '*:register', 'residents:erase']) expect(covers(held, code)).toBe(false);
    expect(covers(new Set(['*:*']), 'incidents:log')).toBe(true);
    expect(covers(new Set(['*:*']), 'residents:erase')).toBe(false);
    expect(covers(new Set(['residents:erase']), 'residents:erase')).toBe(true);
  });

  it('show nothing of people by a pattern for tables', () => {
    for (const code of visibilityCodes) {
      expect(isVisibility(code)).toBe(true);
      expect(covers(new Set(['*:*', '*:read', `*:${code.split(':')[1]}`]), code)).toBe(false);
    }
    expect(covers(new Set(['personal:*']), 'personal:health')).toBe(true);
    expect(covers(new Set(['personal:*']), 'special:health')).toBe(false);
  });

  it('mask by class and scope', () => {
    const held = new Set([visibilityCode(2, 'identity'), visibilityCode(3, 'consentBased')]);
    expect([open, pseudonymous, personal('identity'), special('consentBased')].map((privacy) => maySeeWith(held, privacy))).toEqual([true, true, true, true]);
    expect([sensitive, personal('contact'), special('identity')].map((privacy) => maySeeWith(held, privacy))).toEqual([false, false, false]);
    expect(maySeeWith(new Set(['sensitive:read']), sensitive)).toBe(true);
  });

  it('restrict a token to what its scopes and the role both include, and to nothing else', () => {
    expect([...restrictedTo(['residents:*'], new Set(['*:read', 'residents:register']))].sort()).toEqual(['residents:read', 'residents:register']);
    fc.assert(
      fc.property(fc.array(patterns, { maxLength: 4 }), fc.array(patterns, { maxLength: 4 }), codes, (scopes, held, code) => {
        const both = covers(new Set(scopes), code) && covers(new Set(held), code);
        expect(covers(restrictedTo(scopes, new Set(held)), code)).toBe(both);
      }),
    );
  });
});

describe('the system roles', () => {
  it('are named in one table', () => {
    for (const role of systemRoles) expect(permissionsOf(role).size).toBeGreaterThan(0);
    expect(isSystemRole('emperor')).toBe(false);
    expect(permissionsOf('emperor').size).toBe(0);
  });

  it('show special data to who cares, and an auditor nothing of people', () => {
    const sees = (privacy: Parameters<typeof maySeeWith>[1]) => systemRoles.filter((role) => maySeeWith(permissionsOf(role), privacy));
    expect(sees(special('safeguarding'))).toEqual(['owner', 'manager', 'key_worker', 'dpo', 'system']);
    expect(sees(personal('identity'))).toEqual(['owner', 'admin', 'manager', 'key_worker', 'finance', 'dpo', 'resident', 'system']);
    expect(visibilityCodes.filter((code) => covers(permissionsOf('auditor'), code))).toEqual([]);
    expect(covers(permissionsOf('auditor'), 'residents:read')).toBe(true);
  });

  it('let a manager hand out the work of key workers and maintenance', () => {
    const held = permissionsOf('manager');
    for (const role of ['key_worker', 'maintenance', 'resident']) expect([...permissionsOf(role)].filter((code) => !covers(held, code))).toEqual([]);
    for (const role of ['owner', 'admin', 'dpo']) expect([...permissionsOf(role)].every((code) => covers(held, code))).toBe(false);
  });
});
