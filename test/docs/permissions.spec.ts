import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectionsOf } from '../../projections/engine/derived-tables.js';
import { publicTables } from '../../projections/engine/public-views.js';
import { handWritten, views } from '../../projections/index.js';
import { permissionCodes, permissionsDocument } from '../../src/access/permissions.js';
import { entities } from '../../src/domain/index.js';
import { Catalogue } from '../../src/kernel/catalogue.js';
import { covers } from '../../src/kernel/permissions.js';
import { permissionsOf, systemRolePermissions, systemRoles } from '../../src/kernel/system-roles.js';

const catalogue = new Catalogue(entities);
const tables = publicTables(projectionsOf(catalogue, handWritten(catalogue)), views).map(({ name }) => name);
const codes = permissionCodes(catalogue, tables);

describe('the table of permissions', () => {
  it('is printed as docs/permissions.md: run `npm run docs` where this fails', () => {
    const printed = readFileSync(join(import.meta.dirname, '../../docs/permissions.md'), 'utf8');
    expect(printed).toBe(permissionsDocument(catalogue, tables));
  });

  it('names nothing that is not there', () => {
    const strange = Object.entries(systemRolePermissions).flatMap(([role, patterns]) =>
      patterns.filter((pattern) => !codes.some((code) => covers(new Set([pattern]), code))).map((pattern) => `${role}: ${pattern}`));
    expect(strange).toEqual([]);
  });

  it('gives every command to somebody besides owner and admin, but for what is theirs', () => {
    const theirs = /^(organizations|users|user_organizations|roles_permissions|processes):/;
    const others = systemRoles.filter((role) => !['owner', 'admin', 'system'].includes(role));
    const idle = codes.filter((code) => !theirs.test(code) && !others.some((role) => covers(permissionsOf(role), code)));
    expect(idle).toEqual([]);
  });

  it('lets a data protection officer alone erase', () => {
    expect(systemRoles.filter((role) => covers(permissionsOf(role), 'residents:erase'))).toEqual(['dpo']);
  });
});
