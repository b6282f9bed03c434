import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { ProjectionEngine } from '../../projections/engine/engine.js';
import { ReadPosition } from '../../projections/engine/read-position.js';
import { handWritten, views } from '../../projections/index.js';
import { maySee } from '../../src/access/permissions.js';
import { readableTables } from '../../src/api/reads/readable-tables.js';
import { RowReader } from '../../src/api/reads/row-reader.js';
import type { Actor } from '../../src/kernel/command.js';
import { testDatabases, type TestDatabases } from '../support/databases.js';
import { AccessWorld, catalogue, type Times } from './access-world.js';

describe('access in the read tables', () => {
  let databases: TestDatabases;
  let world: AccessWorld;
  let engine: ProjectionEngine;
  let position: ReadPosition;
  let reader: RowReader;
  const times: Times = { product: '2026-08-03T08:00:00.000Z', real: Date.parse('2026-11-25T12:00:00Z') };
  const caughtUp = async (): Promise<void> => {
    if (!(await position.waitFor(await world.store.head(), 90_000))) throw new Error('The read tables did not follow.');
  };
  const rows = async (table: string, actor: Actor): Promise<Record<string, unknown>[]> => {
    await caughtUp();
    return [...(await reader.list(table, {}, actor)).items] as Record<string, unknown>[];
  };

  beforeAll(async () => {
    databases = await testDatabases();
    world = await AccessWorld.open(databases, times, caughtUp);
    const { store, codec, keyring, accessLog } = world;
    engine = new ProjectionEngine({ catalogue, store, codec, handWritten: handWritten(catalogue), views, connectionString: databases.urls.projector });
    await engine.prepare();
    await engine.start();
    position = await new ReadPosition(databases.urls.app).open();
    reader = new RowReader({
      connectionString: databases.urls.app,
      tables: readableTables(catalogue, engine.shown),
      codec,
      maySee,
      specialRead: accessLog.specialRead,
      blindIndex: (organizationId, field, value) => keyring.blindIndex(organizationId, field, value),
      connections: 2,
    });
  });
  afterAll(async () => {
    await reader.close();
    await position.close();
    await engine.stop();
    await world.close();
    await databases.drop();
  });

  it('shows an organisation its own users alone, each with the membership in it', async () => {
    const [ours, theirs] = [await world.organisation('Ours'), await world.organisation('Theirs')];
    const shared = await world.member(theirs.actor, 'key_worker');
    const invited = await world.do('InviteUser', ours.actor, { email: shared.email, role: 'manager' });
    expect((await rows('users', ours.actor)).map(({ id }) => id)).toEqual([ours.actor.id]);
    await world.accept(invited.id, invited.revealed!['invitationToken']!);
    const users = new Map((await rows('users', ours.actor)).map((row) => [row['id'], row]));
    expect(new Set(users.keys())).toEqual(new Set([ours.actor.id, shared.actor.id]));
    expect(users.get(shared.actor.id)).toMatchObject({ firstName: 'Sam', email: shared.email, role: 'manager', isActive: true, passwordHash: null, memberships: [{ id: invited.id, role: 'manager', status: 'active' }] });
    expect(users.get(ours.actor.id)!['lastLogin']).toMatch(/^2026-11-25T/);
    expect((await rows('users', theirs.actor)).find(({ id }) => id === shared.actor.id)).toMatchObject({ role: 'key_worker' });
    await world.do('RemoveMember', ours.actor, { reason: 'left' }, invited.id);
    expect((await rows('users', ours.actor)).map(({ id }) => id)).toEqual([ours.actor.id]);
    expect(await reader.get('users', shared.actor.id, ours.actor)).toBeUndefined();
  });

  it('shows memberships, roles and the organisation with what they count, and those of others not', async () => {
    const [owner, other] = [await world.organisation('Counting'), await world.organisation('Other')];
    const role = await world.do('CloneRole', owner.actor, { roleId: 'key_worker', roleName: 'Night worker' });
    await world.member(owner.actor, role.id, `night-${randomUUID()}@spec.example`);
    await world.do('InviteUser', owner.actor, { email: `pending-${randomUUID()}@spec.example`, role: role.id });
    const memberships = await rows('user_organizations', owner.actor);
    expect(memberships.map(({ invitationStatus, isActive }) => `${String(invitationStatus)} ${String(isActive)}`).sort()).toEqual(['accepted true', 'accepted true', 'pending false']);
    expect(JSON.stringify(memberships)).not.toContain('tokenHash');
    expect(await rows('roles_permissions', owner.actor)).toMatchObject([{ id: role.id, roleName: 'Night worker', memberCount: 1, isSystemRole: false }]);
    expect(await rows('organizations', owner.actor)).toMatchObject([
      { id: owner.id, name: 'Counting', subscriptionTier: 'enterprise', subscriptionStatus: 'active', limitsUsed: { residents: { used: 0, limit: null }, properties: { used: 0, limit: null } } },
    ]);
    for (const table of ['roles_permissions', 'user_organizations', 'organizations']) {
      expect((await rows(table, other.actor)).map(({ id }) => id)).not.toContain(role.id);
      expect(await reader.get(table, owner.id, other.actor)).toBeUndefined();
    }
  });

  it('masks the names of people for who may not see them', async () => {
    const owner = await world.organisation();
    const auditor = await world.member(owner.actor, 'auditor');
    const [user] = (await rows('users', auditor.actor)).filter(({ id }) => id === owner.actor.id);
    expect(user).toMatchObject({ firstName: null, email: null, status: 'active' });
  });

  /** A row as the projection writes one of somebody who lives here: how they moved in is another story. */
  async function actAsKeyWorker(userId: string, organizationId: string): Promise<void> {
    const admin = new pg.Client({ connectionString: databases.adminUrl });
    await admin.connect();
    try {
      const { rows: live } = await admin.query<{ version: number }>("select version from read.projection_versions where projection = 'residents' and state = 'live'");
      await admin.query(`insert into read.residents__${live[0]!.version} (id, organization_id, key_worker_id, status) values ($1, $2, $3, 'at_risk')`, [randomUUID(), organizationId, userId]);
    } finally {
      await admin.end();
    }
  }

  it('USR-4: asks the read tables of all that a user is still responsible for', async () => {
    const owner = await world.organisation();
    const worker = await world.member(owner.actor, 'manager');
    const incident = await world.do('LogIncident', worker.actor, {
      incidentType: 'behavioral', severity: 'low', title: 'Noise', description: 'Loud music all night long', occurredAt: '2026-08-03T01:00:00.000Z',
    });
    await world.do('DeactivateUser', owner.actor, { reason: 'left' }, worker.actor.id);
    await world.do('ReactivateUser', owner.actor, {}, worker.actor.id);
    await actAsKeyWorker(worker.actor.id, owner.id);
    await expect(world.do('DeactivateUser', owner.actor, { reason: 'left' }, worker.actor.id)).rejects.toMatchObject({ code: 'USR-4', sentence: expect.stringContaining('key worker of 1 residents') });
    await world.do('StartIncidentInvestigation', owner.actor, { leadId: worker.actor.id }, incident.id);
    await expect(world.do('DeactivateUser', owner.actor, { reason: 'left' }, worker.actor.id)).rejects.toMatchObject({ code: 'USR-4', sentence: expect.stringContaining('lead of 1 open incident') });
    await world.do('AddIncidentAction', owner.actor, { description: 'Talk to the neighbours', assigneeId: worker.actor.id }, incident.id);
    await expect(world.do('DeactivateUser', owner.actor, { reason: 'left' }, worker.actor.id)).rejects.toMatchObject({ sentence: expect.stringContaining('1 open action') });
  });
});
