import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { covers } from '../../src/kernel/permissions.js';
import { testDatabases, type TestDatabases } from '../support/databases.js';
import { AccessWorld, PASSWORD, type Times } from './access-world.js';

const START = Date.parse('2026-11-25T12:00:00Z');

describe('access, once inside', () => {
  let databases: TestDatabases;
  const times: Times = { product: '', real: 0 };
  let one: AccessWorld;
  let two: AccessWorld;

  beforeAll(async () => {
    databases = await testDatabases();
    [one, two] = await Promise.all([1, 2].map(() => AccessWorld.open(databases, times))) as [AccessWorld, AccessWorld];
  });
  beforeEach(() => {
    Object.assign(times, { product: '2026-08-03T08:00:00.000Z', real: START });
  });
  afterAll(async () => {
    await Promise.all([one.close(), two.close()]);
    await databases.drop();
  });

  describe('what is taken away is gone at the next request', () => {
    it('when a role changes, a member is suspended or removed, also in another process', async () => {
      const owner = await one.organisation();
      const worker = await one.member(owner.actor, 'manager');
      expect(covers((await two.actorOf(worker.token))!.permissions, 'properties:register')).toBe(true);
      await one.do('ChangeMemberRole', owner.actor, { role: 'key_worker' }, worker.membershipId);
      expect(covers((await two.actorOf(worker.token))!.permissions, 'properties:register')).toBe(false);
      await one.do('SuspendMember', owner.actor, { reason: 'lost laptop' }, worker.membershipId);
      expect(await two.actorOf(worker.token)).toBeUndefined();
      await expect(two.signIn(worker.email)).rejects.toMatchObject({ code: 'NOT_A_MEMBER' });
      await one.do('RestoreMember', owner.actor, {}, worker.membershipId);
      expect(await two.actorOf(worker.token)).toBeUndefined();
      const again = await two.signIn(worker.email);
      await one.do('RemoveMember', owner.actor, { reason: 'left' }, worker.membershipId);
      expect(await two.actorOf(again.token)).toBeUndefined();
    });

    it('USR-6: when a user is deactivated, with every session and token, which stay ended', async () => {
      const owner = await one.organisation();
      const worker = await one.member(owner.actor, 'key_worker');
      const { tokenId, token } = await one.access.apiTokens.prepare(worker.actor.id, owner.id);
      await one.do('IssueApiToken', worker.actor, { tokenId, name: 'x', scopes: ['residents:read'], expiresAt: '2026-09-01T00:00:00.000Z' }, worker.actor.id);
      expect(await two.actorOf(token)).toBeDefined();
      await one.do('DeactivateUser', owner.actor, { reason: 'left' }, worker.actor.id);
      for (const bearer of [worker.token, token]) expect(await two.actorOf(bearer)).toBeUndefined();
      await expect(two.signIn(worker.email)).rejects.toMatchObject({ code: 'SIGN_IN_FAILED' });
      await one.do('ReactivateUser', owner.actor, {}, worker.actor.id);
      for (const bearer of [worker.token, token]) expect(await two.actorOf(bearer)).toBeUndefined();
      await two.signIn(worker.email);
    });

    it('when a role of the organisation loses a permission, and its clone shows what the original does', async () => {
      const owner = await one.organisation();
      const role = await one.do('CloneRole', owner.actor, { roleId: 'key_worker', roleName: 'Night worker' });
      const worker = await one.member(owner.actor, role.id, `night-${randomUUID()}@spec.example`);
      expect(worker.actor).toMatchObject({ role: role.id });
      expect(covers(worker.actor.permissions, 'special:safeguarding')).toBe(true);
      await one.do('RevokePermission', owner.actor, { permission: 'incidents:log' }, role.id);
      expect(covers((await two.actorOf(worker.token))!.permissions, 'incidents:log')).toBe(false);
      await expect(one.do('RetireRole', owner.actor, {}, role.id)).rejects.toMatchObject({ code: 'ROL-4' });
      await one.do('RemoveMember', owner.actor, { reason: 'left' }, worker.membershipId);
      await one.do('RetireRole', owner.actor, {}, role.id);
      await expect(one.do('InviteUser', owner.actor, { email: 'late@spec.example', role: role.id })).rejects.toMatchObject({ code: 'MEM-6' });
    });

    it('when a password changes: all sessions end but the one that asked', async () => {
      const owner = await one.organisation();
      const elsewhere = await two.signIn(owner.email);
      const change = { currentPassword: PASSWORD, newPassword: 'another good password' };
      await expect(one.access.passwords.change(owner.actor.id, { ...change, currentPassword: 'wrong' })).rejects.toMatchObject({ code: 'PASSWORD', status: 403 });
      const credentialId = await one.access.passwords.change(owner.actor.id, change, 'key');
      const changed = await one.do('ChangePassword', owner.actor, { credentialId }, owner.actor.id, 'key');
      await one.access.passwords.changed(owner.actor, owner.token);
      expect(await two.actorOf(elsewhere.token)).toBeUndefined();
      expect(await two.actorOf(owner.token)).toBeDefined();
      await expect(one.signIn(owner.email)).rejects.toMatchObject({ code: 'SIGN_IN_FAILED' });
      await one.signIn(owner.email, undefined, change.newPassword);
      expect(await two.access.passwords.change(owner.actor.id, change, 'key')).toBe(credentialId);
      expect(await two.do('ChangePassword', owner.actor, { credentialId }, owner.actor.id, 'key')).toMatchObject({ replayed: true, revision: changed.revision });
      await expect(two.access.passwords.change(owner.actor.id, { ...change, newPassword: 'something else' }, 'key')).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    });
  });

  describe('a token for programs', () => {
    it('does what its scopes and its user’s role allow, in its organisation, until it ends by the product’s clock', async () => {
      const owner = await one.organisation();
      const prepared = await one.access.apiTokens.prepare(owner.actor.id, owner.id, 'key');
      expect(await two.access.apiTokens.prepare(owner.actor.id, owner.id, 'key')).toEqual(prepared);
      expect(await one.actorOf(prepared.token)).toBeUndefined();
      const body = { tokenId: prepared.tokenId, name: 'rent import', scopes: ['rent_accounts:*', 'residents:read'], expiresAt: '2026-09-01T00:00:00.000Z' };
      await one.do('IssueApiToken', owner.actor, body, owner.actor.id);
      const program = (await two.actorOf(prepared.token))!;
      expect(program).toMatchObject({ id: owner.actor.id, organizationId: owner.id, byToken: true });
      expect([...program.permissions].sort()).toEqual(['rent_accounts:*', 'residents:read']);
      await expect(one.do('ChangeProfile', program, { firstName: 'Bot' }, owner.actor.id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
      times.product = '2026-09-01T00:00:00.000Z';
      expect(await two.actorOf(prepared.token)).toBeUndefined();
      times.product = '2026-08-03T08:00:00.000Z';
      expect(await two.actorOf(prepared.token)).toBeDefined();
      await one.do('RevokeApiToken', owner.actor, { tokenId: prepared.tokenId }, owner.actor.id);
      expect(await two.actorOf(prepared.token)).toBeUndefined();
    });
  });

  describe('the last owner', () => {
    it('MEM-4: of two who leave at once, one stays', async () => {
      const first = await one.organisation();
      const second = await one.member(first.actor, 'owner');
      const left = await Promise.allSettled([
        one.do('RemoveMember', second.actor, { reason: 'x' }, first.membershipId),
        two.do('RemoveMember', first.actor, { reason: 'x' }, second.membershipId),
      ]);
      expect(left.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const one of left) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'MEM-4' });
    });

    it('USR-3: is not deactivated', async () => {
      const first = await one.organisation();
      const admin = await one.member(first.actor, 'admin');
      const second = await one.member(first.actor, 'owner');
      await expect(one.do('DeactivateUser', first.actor, { reason: 'x' }, first.actor.id)).rejects.toMatchObject({ code: 'USR-3' });
      await expect(one.do('DeactivateUser', admin.actor, { reason: 'x' }, second.actor.id)).rejects.toMatchObject({ code: 'MEM-6' });
        await one.do('DeactivateUser', first.actor, { reason: 'x' }, second.actor.id);
      const system = { id: randomUUID(), role: 'system', organizationId: first.id, permissions: new Set<string>() };
      await expect(one.do('DeactivateUser', system, { reason: 'x' }, first.actor.id)).rejects.toMatchObject({ code: 'USR-3' });
    });
  });

  describe('an owner who is deactivated', () => {
    it('is none of those that an organisation keeps (MEM-4)', async () => {
      const first = await one.organisation();
      const second = await one.member(first.actor, 'owner');
      await one.do('DeactivateUser', first.actor, { reason: 'x' }, second.actor.id);
      await expect(one.do('RemoveMember', first.actor, { reason: 'x' }, first.membershipId)).rejects.toMatchObject({ code: 'MEM-4' });
      await expect(one.do('ChangeMemberRole', first.actor, { role: 'admin' }, first.membershipId)).rejects.toMatchObject({ code: 'MEM-4' });
      await one.do('ReactivateUser', first.actor, {}, second.actor.id);
      await one.do('ChangeMemberRole', first.actor, { role: 'admin' }, first.membershipId);
    });

    it('USR-3: of two who deactivate each other at once, one stays', async () => {
      const first = await one.organisation();
      const second = await one.member(first.actor, 'owner');
      const gone = await Promise.allSettled([
        one.do('DeactivateUser', second.actor, { reason: 'x' }, first.actor.id),
        two.do('DeactivateUser', first.actor, { reason: 'x' }, second.actor.id),
      ]);
      expect(gone.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const one of gone) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'USR-3' });
    });

    it('MEM-4, USR-3: where one leaves and the other is deactivated at once, one stays', async () => {
      const first = await one.organisation();
      const second = await one.member(first.actor, 'owner');
      const gone = await Promise.allSettled([
        one.do('RemoveMember', first.actor, { reason: 'x' }, first.membershipId),
        two.do('DeactivateUser', first.actor, { reason: 'x' }, second.actor.id),
      ]);
      expect(gone.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const one of gone) if (one.status === 'rejected') expect(['MEM-4', 'USR-3']).toContain((one.reason as { code: string }).code);
    });
  });

  describe('another organisation', () => {
    it('finds users, members, roles and organisations that are not its own as little as unknown ones', async () => {
      const [ours, theirs] = [await one.organisation('Ours'), await one.organisation('Theirs')];
      const worker = await one.member(theirs.actor, 'key_worker');
      const role = await one.do('DefineRole', theirs.actor, { roleName: 'Night worker', permissions: ['users:read'] });
      const attempts = (id: { user: string; membership: string; role: string; organization: string }) => [
        () => one.do('DeactivateUser', ours.actor, { reason: 'x' }, id.user),
        () => one.do('ReactivateUser', ours.actor, {}, id.user),
        () => one.do('SuspendMember', ours.actor, { reason: 'x' }, id.membership),
        () => one.do('RevokePermission', ours.actor, { permission: 'users:read' }, id.role),
        () => one.do('ChangeOrganizationDetails', ours.actor, { phone: '1' }, id.organization),
      ];
      const told = (actions: (() => Promise<unknown>)[]) => Promise.all(actions.map((action) => action().catch((error: { code: string; status: number; message: string }) => [error.code, error.status, error.message])));
      const foreign = await told(attempts({ user: worker.actor.id, membership: worker.membershipId, role: role.id, organization: theirs.id }));
      const unknown = await told(attempts({ user: randomUUID(), membership: randomUUID(), role: randomUUID(), organization: randomUUID() }));
      expect(foreign).toEqual(unknown);
      for (const answer of foreign) expect(answer).toEqual(['NOT_FOUND', 404, expect.any(String)]);
    });

    it('does not deactivate who belongs to it and to others', async () => {
      const [ours, theirs] = [await one.organisation('Ours'), await one.organisation('Theirs')];
      const worker = await one.member(theirs.actor, 'key_worker');
      const invited = await one.do('InviteUser', ours.actor, { email: worker.email, role: 'key_worker' });
      await one.accept(invited.id, invited.revealed!['invitationToken']!);
      await expect(one.do('DeactivateUser', ours.actor, { reason: 'x' }, worker.actor.id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    });

    it('is not registered, paused or resumed by anybody of an organisation', async () => {
      const owner = await one.organisation();
      for (const [name, body] of [['SuspendOrganization', { reason: 'x' }], ['ReactivateOrganization', {}]] as const) {
        await expect(one.do(name, owner.actor, body, owner.id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
      }
      await expect(one.do('RegisterOrganization', owner.actor, { name: 'Mine', organizationType: 'charity' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    });
  });

  describe('the access log', () => {
    it('holds refusals and special reads of the own organisation, newest first, in pages', async () => {
      const [ours, theirs] = [await one.organisation('Ours'), await one.organisation('Theirs')];
      const worker = await one.member(ours.actor, 'key_worker');
      await one.accessLog.specialRead(worker.actor, 'residents', 'r-1');
      times.product = '2026-08-04T08:00:00.000Z';
      await expect(one.do('InviteUser', worker.actor, { email: 'x@spec.example', role: 'dpo' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
      const all = await one.accessLog.entries(ours.id, {}, undefined, 10);
      expect(all).toMatchObject([
        { outcome: 'refused', code: 'FORBIDDEN', command: 'InviteUser', entity: 'user_organizations', actorId: worker.actor.id, at: '2026-08-04T08:00:00.000Z' },
        { outcome: 'read', code: null, entity: 'residents', entityId: 'r-1', actorRole: 'key_worker', at: '2026-08-03T08:00:00.000Z' },
      ]);
      expect(await one.accessLog.entries(ours.id, {}, all[0], 10)).toEqual([all[1]]);
      expect(await one.accessLog.entries(ours.id, { outcome: 'read' }, undefined, 10)).toEqual([all[1]]);
      expect(await one.accessLog.entries(ours.id, { type: 'FORBIDDEN', from: '2026-08-04T00:00:00Z' }, undefined, 10)).toEqual([all[0]]);
      expect(await one.accessLog.entries(theirs.id, {}, undefined, 10)).toEqual([]);
    });

    it('is closed to the application’s role but for adding, and to other organisations', async () => {
      const { id, actor } = await one.organisation();
      await one.accessLog.specialRead(actor, 'residents');
      const client = new pg.Client({ connectionString: databases.urls.app });
      await client.connect();
      try {
        expect((await client.query('select * from app.access_log')).rows).toEqual([]);
        await client.query("select set_config('yuthub.organization', $1, false)", [id]);
        expect((await client.query('select * from app.access_log')).rows).toHaveLength(1);
        for (const change of ['update app.access_log set code = null', 'delete from app.access_log']) {
          await expect(client.query(change)).rejects.toThrow(/permission denied/);
        }
      } finally {
        await client.end();
      }
    });
  });

  it('keeps no password and no token in the clear', async () => {
    const owner = await one.organisation();
    const { token } = await one.access.apiTokens.prepare(owner.actor.id, owner.id);
    const admin = new pg.Client({ connectionString: databases.adminUrl });
    await admin.connect();
    try {
      for (const table of ['app.credentials', 'app.sessions', 'app.api_tokens', 'app.sign_in_attempts', 'log.events']) {
        const { rows } = await admin.query<{ row: string }>(`select t::text as row from ${table} t`);
        const text = rows.map(({ row }) => row).join('\n');
        for (const secret of [PASSWORD, owner.token, token, owner.email]) {
          expect(text.includes(secret)).toBe(false);
          expect(text.includes(Buffer.from(secret).toString('hex'))).toBe(false);
        }
      }
    } finally {
      await admin.end();
    }
  });
});
