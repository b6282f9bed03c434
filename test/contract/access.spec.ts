import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { organizationCommand } from '../../src/access/command-line.js';
import { uuidOf } from '../../src/kernel/values.js';
import { testDatabases, type TestDatabases } from '../support/databases.js';
import { AccessWorld, PASSWORD, type Times } from './access-world.js';

const MINUTE = 60_000;
const START = Date.parse('2026-11-25T12:00:00Z');

describe('access', () => {
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

  describe('signing in', () => {
    it('takes an owner from the command line to a session', async () => {
      const printed: string[] = [];
      const parts = { founding: one.access.founding, print: (text: string) => void printed.push(text) };
      const email = `first-${randomUUID()}@spec.example`;
      expect(await organizationCommand(['create', '--name', 'Night Stop', '--type', 'charity', '--owner', email, '--json'], parts)).toBe(0);
      const { organizationId, membershipId, token } = JSON.parse(printed[0]!) as Record<string, string>;
      await one.accept(membershipId!, token!, PASSWORD, { firstName: 'Ada', lastName: 'Owner' });
      const answer = await two.access.signIn.signIn({ email: email.toUpperCase(), password: PASSWORD });
      expect(answer).toMatchObject({ user: { name: 'Ada Owner' }, organization: { id: organizationId, name: 'Night Stop' }, role: 'owner', organizations: [{ id: organizationId }] });
      expect(answer.permissions).toContain('*:*');
      expect(Date.parse(answer.expiresAt) - times.real).toBe(12 * 60 * MINUTE);
      expect(await one.actorOf(answer.token)).toMatchObject({ role: 'owner', organizationId, organizationPaused: false, user: { name: 'Ada Owner' } });
    });

    it('says on the command line what is wrong', async () => {
      const printed: string[] = [];
      const parts = { founding: one.access.founding, print: (text: string) => void printed.push(text) };
      expect(await organizationCommand(['create', '--name', 'Night Stop', '--type', 'charity', '--owner', 'nobody'], parts)).toBe(1);
      expect(await organizationCommand(['create', '--name', 'Night Stop', '--type', 'church', '--owner', 'a@b.example'], parts)).toBe(1);
      expect(await organizationCommand(['create', '--name', 'Night Stop'], parts)).toBe(2);
      expect(await organizationCommand(['destroy'], parts)).toBe(2);
      expect(printed[0]).toContain('no e-mail address');
      expect(printed[1]).toContain('organizationType');
      expect(printed[2]).toContain('--type is missing');
    });

    it('answers an unknown address as a wrong password', async () => {
      const { email } = await one.organisation();
      const wrong = one.access.signIn.signIn({ email, password: 'not this' });
      const unknown = one.access.signIn.signIn({ email: 'nobody@spec.example', password: PASSWORD });
      const [a, b] = await Promise.all([wrong, unknown].map((attempt) => attempt.catch((error: Error) => error)));
      expect(a).toMatchObject({ status: 401, code: 'SIGN_IN_FAILED' });
      expect({ ...(b as Error), message: (b as Error).message }).toEqual({ ...(a as Error), message: (a as Error).message });
    });

    it('signs in to the organisation that is asked for, where one is a member', async () => {
      const [first, second] = [await one.organisation('First'), await one.organisation('Second')];
      const shared = await one.member(first.actor, 'key_worker');
      const invited = await one.do('InviteUser', second.actor, { email: shared.email, role: 'manager' });
      await one.accept(invited.id, invited.revealed!['invitationToken']!, PASSWORD, {});
      expect((await one.signIn(shared.email)).actor).toMatchObject({ organizationId: first.id, role: 'key_worker' });
      expect((await one.signIn(shared.email, second.id)).actor).toMatchObject({ organizationId: second.id, role: 'manager' });
      await expect(one.signIn(first.email, second.id)).rejects.toMatchObject({ status: 403, code: 'NOT_A_MEMBER' });
    });

    it('ends with signing out, and after twelve hours', async () => {
      const { token, email } = await one.organisation();
      await two.actorOf(token);
      await one.access.signIn.signOut(token);
      expect(await two.actorOf(token)).toBeUndefined();
      const later = await one.signIn(email);
      times.real += 12 * 60 * MINUTE - 1;
      expect(await one.actorOf(later.token)).toBeDefined();
      times.real += 1;
      expect(await one.actorOf(later.token)).toBeUndefined();
      for (const token of ['', 'x', later.token.slice(1), '\u0000', "' or true --"]) expect(await one.actorOf(token)).toBeUndefined();
    });

    it('USR-5: asks for a second factor where the organisation does, of the roles that it is for', async () => {
      const owner = await one.organisation();
      const [manager, worker] = [await one.member(owner.actor, 'manager'), await one.member(owner.actor, 'key_worker')];
      await one.do('ChangeOrganizationSettings', owner.actor, { mfaRequired: true }, owner.id);
      await expect(one.signIn(manager.email)).rejects.toMatchObject({ code: 'USR-5', status: 403 });
      expect((await one.signIn(worker.email)).actor.role).toBe('key_worker');
      await one.do('ChangeOrganizationSettings', owner.actor, { mfaRequired: false }, owner.id);
      expect((await one.signIn(manager.email)).actor.role).toBe('manager');
    });
  });

  describe('the lock (USR-2)', () => {
    const guess = (email: string, by = one) => by.access.signIn.signIn({ email, password: 'guess' }).catch((error: { code: string }) => error.code);

    it('shuts out for half an hour after five failures in a quarter', async () => {
      const owner = await one.organisation();
      for (let n = 0; n < 5; n++) expect(await guess(owner.email)).toBe('SIGN_IN_FAILED');
      await expect(two.signIn(owner.email)).rejects.toMatchObject({ status: 429, code: 'USR-2', retryAfter: 30 * 60 });
      expect((await one.access.authority.user(owner.actor.id))?.status).toBe('locked');
      expect(await one.actorOf(owner.token)).toBeDefined();
      times.real += 30 * MINUTE - 1;
      await expect(one.signIn(owner.email)).rejects.toMatchObject({ code: 'USR-2' });
      times.real += 1;
      await one.signIn(owner.email);
      expect((await one.access.authority.user(owner.actor.id))?.status).toBe('active');
    });

    it('does not count failures that lie further apart, or before a sign-in', async () => {
      const { email } = await one.organisation();
      for (let n = 0; n < 12; n++) {
        expect(await guess(email)).toBe('SIGN_IN_FAILED');
        times.real += 4 * MINUTE;
      }
      times.real += 15 * MINUTE;
      for (let n = 0; n < 4; n++) await guess(email);
      await one.signIn(email);
      for (let n = 0; n < 4; n++) await guess(email);
      await one.signIn(email);
    });

    it('holds against many guesses at once, and for addresses that nobody has', async () => {
      const { email } = await one.organisation();
      for (const address of [email, `nobody-${randomUUID()}@spec.example`]) {
        const codes = await Promise.all(Array.from({ length: 15 }, () => guess(address)));
        expect(codes.filter((code) => code === 'SIGN_IN_FAILED')).toHaveLength(5);
        expect(codes.filter((code) => code === 'USR-2')).toHaveLength(10);
      }
    });

    it('lets many of one person in at once', async () => {
      const { email } = await one.organisation();
      expect(await Promise.all(Array.from({ length: 12 }, () => one.signIn(email)))).toHaveLength(12);
    });

    it('is lifted by an admin at once', async () => {
      const owner = await one.organisation();
      const worker = await one.member(owner.actor, 'key_worker');
      for (let n = 0; n < 5; n++) await guess(worker.email);
      await expect(one.signIn(worker.email)).rejects.toMatchObject({ code: 'USR-2' });
      await one.do('UnlockUser', owner.actor, {}, worker.actor.id);
      await two.signIn(worker.email);
    });
  });

  describe('an invitation', () => {
    it('makes one user of 50 that race for one address over two processes', async () => {
      const owner = await one.organisation();
      const email = `race-${randomUUID()}@spec.example`;
      const invited = await Promise.allSettled(Array.from({ length: 50 }, (_, n) => (n % 2 ? one : two).do('InviteUser', owner.actor, { email, role: 'key_worker' })));
      const won = invited.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
      expect(won).toHaveLength(1);
      for (const answer of invited) if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'MEM-1', status: 409 });
      const token = won[0]!.revealed!['invitationToken']!;
      const accepted = await Promise.allSettled(Array.from({ length: 10 }, (_, n) => (n % 2 ? one : two).accept(won[0]!.id, token)));
      expect(accepted.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const answer of accepted) if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'MEM-3' });
      expect((await two.signIn(email)).actor.role).toBe('key_worker');
    });

    it('makes one user of one address that several organisations invite', async () => {
      const owners = await Promise.all([one.organisation('First'), two.organisation('Second'), one.organisation('Third')]);
      const email = `wanted-${randomUUID()}@spec.example`;
      const invited = await Promise.all(owners.map(({ actor }) => one.do('InviteUser', actor, { email, role: 'key_worker' })));
      await Promise.all(invited.map(({ id, revealed }, n) => (n % 2 ? one : two).accept(id, revealed!['invitationToken']!)));
      const answer = await one.access.signIn.signIn({ email, password: PASSWORD });
      expect(new Set(answer.organizations.map(({ id }) => id))).toEqual(new Set(owners.map(({ id }) => id)));
    });

    it('is nothing without its token, and makes no user then', async () => {
      const owner = await one.organisation();
      const email = `token-${randomUUID()}@spec.example`;
      const invited = await one.do('InviteUser', owner.actor, { email, role: 'key_worker' });
      await expect(one.accept(invited.id, 'guessed')).rejects.toMatchObject({ code: 'MEM-3', status: 422 });
      await expect(one.accept(randomUUID(), 'guessed')).rejects.toMatchObject({ status: 404 });
      await expect(one.accept(invited.id, invited.revealed!['invitationToken']!, PASSWORD, {})).rejects.toMatchObject({ problems: [{ pointer: '/firstName' }, { pointer: '/lastName' }] });
      expect(await one.access.names.byId([uuidOf('user', 'nobody')])).toEqual(new Map());
      const resent = await one.do('ResendInvitation', owner.actor, {}, invited.id);
      await expect(one.accept(invited.id, invited.revealed!['invitationToken']!)).rejects.toMatchObject({ code: 'MEM-3' });
      times.product = '2026-08-10T08:00:00.000Z';
      await expect(one.accept(invited.id, resent.revealed!['invitationToken']!)).rejects.toMatchObject({ code: 'MEM-3', status: 410 });
      await expect(one.signIn(email)).rejects.toMatchObject({ code: 'SIGN_IN_FAILED' });
    });

    it('leaves its place when it ends by itself', async () => {
      const owner = await one.organisation();
      const body = { email: `late-${randomUUID()}@spec.example`, role: 'key_worker' };
      const invited = await one.do('InviteUser', owner.actor, body);
      const system = { id: randomUUID(), role: 'system', organizationId: owner.id, permissions: new Set<string>() };
      expect(await one.do('ExpireInvitation', system, {}, invited.id)).toMatchObject({ events: [] });
      times.product = '2026-08-10T08:00:00.000Z';
      expect(await one.do('ExpireInvitation', system, {}, invited.id)).toMatchObject({ events: [{ type: 'InvitationExpired' }] });
      await expect(one.do('ResendInvitation', owner.actor, {}, invited.id)).rejects.toMatchObject({ code: 'STATE' });
      const again = await two.do('InviteUser', owner.actor, body);
      await one.accept(again.id, again.revealed!['invitationToken']!);
    });

    it('shows its token again to a repeat of the command', async () => {
      const owner = await one.organisation();
      const body = { email: `again-${randomUUID()}@spec.example`, role: 'key_worker' };
      const first = await one.do('InviteUser', owner.actor, body, undefined, 'key');
      const again = await two.do('InviteUser', owner.actor, body, undefined, 'key');
      expect(again).toMatchObject({ id: first.id, replayed: true, revealed: first.revealed });
    });

    it('is for an existing user only with the own password', async () => {
      const [first, second] = [await one.organisation('First'), await one.organisation('Second')];
      const invited = await one.do('InviteUser', second.actor, { email: first.email, role: 'key_worker' });
      const token = invited.revealed!['invitationToken']!;
      await expect(one.accept(invited.id, token, 'another password', { firstName: 'Eve', lastName: 'Else' })).rejects.toMatchObject({ code: 'SIGN_IN_FAILED' });
      await one.accept(invited.id, token, PASSWORD, { firstName: 'Eve', lastName: 'Else' });
      expect((await one.access.names.byId([first.actor.id])).get(first.actor.id)).toBe('Sam Spec');
    });

    it('is not accepted while the organisation is paused', async () => {
      const owner = await one.organisation();
      const invited = await one.do('InviteUser', owner.actor, { email: `paused-${randomUUID()}@spec.example`, role: 'key_worker' });
      await one.access.founding.suspend(owner.id, 'unpaid');
      await expect(one.accept(invited.id, invited.revealed!['invitationToken']!)).rejects.toMatchObject({ code: 'GEN-8' });
      expect(await one.actorOf(owner.token)).toMatchObject({ organizationPaused: true });
      await expect(one.do('InviteUser', (await one.actorOf(owner.token))!, { email: 'x@spec.example', role: 'dpo' })).rejects.toMatchObject({ code: 'GEN-8' });
      await one.access.founding.reactivate(owner.id);
      await one.accept(invited.id, invited.revealed!['invitationToken']!);
    });
  });
});
