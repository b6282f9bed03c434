import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Caller, Json } from '../support/caller.js';
import { auditJoins, rebuiltEqualsLive, unknownElsewhere } from './closing.js';
import { mailServer, type MailServer } from '../support/mail-server.js';
import { installation, organisation, type Installation, type Organisation, type RunningProduct } from '../support/product.js';

const address = { line1: '1 Mare Street', town: 'London', postcode: 'E8 1AA' };

/** Who is told of what, in their own inbox, over HTTP and by the clock. */
describe('notifications', () => {
  let at: Installation;
  let ours: Organisation;
  let priya: Caller;
  let kofi: Caller;
  let femi: Caller;
  let incidentId: string;
  let worker: RunningProduct;
  let mail: MailServer;
  const users = { priya: '', kofi: '' };
  const ids = { property: '', resident: '' };
  const clock = async (now: string): Promise<void> => {
    expect((await priya.call('PUT', '/api/v1/clock', { now })).status).toBe(200);
  };
  const inbox = (caller: Caller, query = ''): Promise<Json[]> => caller.rows(`/notifications?sort=raisedAt${query}`);
  const log = (severity: string): Promise<Json> => priya.did('/incidents', {
    incidentType: 'safety', severity, occurredAt: '2026-11-20T22:30:00Z', title: 'A fall', description: 'Somebody fell on the stairs.', residentId: ids.resident, propertyId: ids.property,
  });

  beforeAll(async () => {
    at = await installation();
    mail = await mailServer();
    const { baseUrl } = await at.start({ ROLES: 'api,projector' });
    worker = await at.start({ ROLES: 'worker' });
    ours = await organisation(at, baseUrl);
    ({ caller: priya, userId: users.priya } = await ours.member('manager'));
    ({ caller: kofi, userId: users.kofi } = await ours.member('key_worker'));
    ({ caller: femi } = await ours.member('finance'));
    await clock('2026-11-20T22:40:00Z');
    ids.property = (await priya.did('/properties', { name: 'Mare Street House', propertyType: 'shared_housing', totalUnits: 12, address })).id;
    await priya.did(`/properties/${ids.property}/assign-manager`, { managerId: users.priya });
    ids.resident = (await priya.did('/residents', { firstName: 'Amara', lastName: 'Nwosu', dateOfBirth: '2006-03-14' })).id;
    await priya.did(`/residents/${ids.resident}/assign-key-worker`, { userId: users.kofi });
  });
  afterAll(async () => {
    await at.remove();
    await mail.close();
  });

  /** What Kofi read on 20 November is there for thirty days, and then for nobody; the trail shows that it was cleared away. */
  const clearedAway = async (): Promise<void> => {
    const [own] = await inbox(kofi, `&entityId=${incidentId}&notificationType=emergency`);
    await clock('2026-12-20T22:39:59Z');
    expect((await kofi.get(`/notifications/${own!.id}`)).status).toBe(200);
    await clock('2026-12-20T22:40:00Z');
    for (const path of [`/notifications/${own!.id}`, `/notifications/${own!.id}/history`]) expect((await kofi.get(path)).status).toBe(404);
    expect((await kofi.post(`/notifications/${own!.id}/mark-actioned`)).status).toBe(404);
    expect((await ours.owner.rows('/audit-trail?type=NotificationPurged')).map((one) => one['entityId'])).toContain(own!.id);
  };

  it('come to the one whom they are for, in the answer that caused them', async () => {
    expect(await inbox(kofi)).toMatchObject([{ title: 'You are the key worker of a resident', entityType: 'residents', entityId: ids.resident, status: 'unread', isRead: false, priority: 'medium' }]);
    ({ id: incidentId } = await log('critical'));
    const [notification] = await inbox(kofi, `&entityId=${incidentId}&notificationType=emergency`);
    expect(notification).toMatchObject({ title: 'A critical incident was logged', priority: 'urgent', actionRequired: true, userId: users.kofi, expiresAt: '2026-12-20T22:40:00.000Z' });
    expect(JSON.stringify([await inbox(kofi), await inbox(priya)])).not.toMatch(/Amara|Nwosu|stairs|fall/);
    expect((await inbox(priya, `&entityId=${incidentId}`)).map((one) => one['title'])).toEqual(expect.arrayContaining(['A critical incident was logged', 'An incident was escalated']));
    expect(await inbox(femi)).toEqual([]);
  });

  it('are shown to nobody else, and taken from nobody else', async () => {
    const [own] = await inbox(kofi, `&entityId=${incidentId}`);
    for (const path of [`/notifications/${own!.id}`, `/notifications/${own!.id}/history`, `/notifications/${own!.id}?at=2026-11-20T22:40:00Z`]) {
      expect([path, (await kofi.get(path)).status, (await priya.get(path)).status, (await ours.owner.get(path)).status]).toEqual([path, 200, 404, 404]);
    }
    expect((await priya.post(`/notifications/${own!.id}/mark-read`)).status).toBe(404);
    const seen = await priya.graphql<{ notifications: { edges: { node: { userId: string } }[] } }>('{ notifications(first: 100) { edges { node { userId } } } }');
    expect(new Set(seen.data.notifications.edges.map(({ node }) => node.userId))).toEqual(new Set([users.priya]));
  });

  it('are read, and urgent ones that are not are sent by another channel after 30 minutes', async () => {
    const [own] = await inbox(kofi, `&entityId=${incidentId}&notificationType=emergency`);
    await kofi.did(`/notifications/${own!.id}/mark-read`);
    expect(await kofi.row(`/notifications/${own!.id}`)).toMatchObject({ status: 'read', isRead: true, readAt: '2026-11-20T22:40:00.000Z', channelStatus: null });
    await clock('2026-11-20T23:09:59Z');
    const urgent = async (): Promise<unknown[]> => (await inbox(priya, `&entityId=${incidentId}&notificationType=emergency`)).map((one) => one['channelStatus']);
    expect(await urgent()).toEqual([null]);
    await clock('2026-11-20T23:10:00Z');
    expect(await urgent()).toEqual(['requested']);
    expect((await kofi.row(`/notifications/${own!.id}`))['channelStatus']).toBeNull();
    await kofi.did(`/notifications/${own!.id}/mark-actioned`);
    expect((await kofi.row(`/notifications/${own!.id}`))['status']).toBe('actioned');
  });

  it('are fetched and reported by whoever carries messages, three times at most, and not by others', async () => {
    const [own] = await inbox(priya, `&entityId=${incidentId}&notificationType=emergency`);
    const [delivery] = await ours.owner.rows(`/notification-deliveries?id=${own!.id}`);
    expect(delivery).toMatchObject({ userId: users.priya, channel: 'email', status: 'requested', title: 'A critical incident was logged', failures: 0 });
    const path = `/notifications/${own!.id}/report-delivery`;
    expect((await priya.post(path, { channel: 'email', outcome: 'sent' })).status).toBe(403);
    for (const failures of [1, 2, 3]) {
      await ours.owner.did(path, { channel: 'email', outcome: 'failed', code: 'mailbox_full' });
      const [row] = await ours.owner.rows(`/notification-deliveries?id=${own!.id}`);
      expect(row).toMatchObject({ status: failures < 3 ? 'requested' : 'failed', failures, failureCode: 'mailbox_full' });
    }
    expect((await ours.owner.post(path, { channel: 'email', outcome: 'sent' })).body).toMatchObject({ code: 'NOT-8' });
    expect(await priya.row(`/notifications/${own!.id}`)).toMatchObject({ channel: 'email', channelStatus: 'failed', status: 'unread' });
  });

  it('are sent, where somebody wants them sent, when their night is over', async () => {
    await kofi.did(`/users/${users.kofi}/set-notification-preferences`, { sentNotifications: ['message'], mutedNotifications: ['system'], notificationChannel: 'sms', mobilePhone: '07700 900123' });
    expect((await kofi.post(`/users/${users.kofi}/set-notification-preferences`, { mutedNotifications: ['emergency'] })).body).toMatchObject({ code: 'NOT-4' });
    expect((await priya.post(`/users/${users.kofi}/set-notification-preferences`, { sentNotifications: [] })).status).toBe(403);
    await priya.did(`/residents/${ids.resident}/assign-key-worker`, { userId: users.kofi, from: '2026-11-19' });
    const sent = async (): Promise<unknown> => (await inbox(kofi, `&entityId=${ids.resident}&raisedAt[gte]=2026-11-20T23:10:00Z`)).map((one) => [one['channel'], one['channelStatus']]);
    await clock('2026-11-21T07:59:59Z');
    expect(await sent()).toEqual([[null, null]]);
    await clock('2026-11-21T08:00:00Z');
    expect(await sent()).toEqual([['sms', 'requested']]);
  });

  it('are not shown while one may not see what they are about', async () => {
    const [membership] = await ours.owner.rows(`/user-organizations?userId=${users.kofi}`);
    const become = (role: string): Promise<Json> => ours.owner.did(`/user-organizations/${membership!.id}/change-member-role`, { role });
    const [outgoing] = await ours.owner.rows(`/notification-deliveries?userId=${users.kofi}&status=requested`);
    const goes = async (): Promise<unknown> => (await ours.owner.rows(`/notification-deliveries?id=${outgoing!.id}`)).map((one) => one['status']);
    expect(await inbox(kofi, `&entityId=${incidentId}`)).not.toEqual([]);
    await become('maintenance');
    expect([await inbox(kofi, `&entityId=${incidentId}`), await goes()]).toEqual([[], ['withheld']]);
    await become('key_worker');
    expect(await inbox(kofi, `&entityId=${incidentId}`)).not.toEqual([]);
    // A role of the organisation's own lets somebody see as much as it says.
    const { id: role } = await ours.owner.did('/roles-permissions', { roleName: 'Night cover', permissions: ['residents:read', 'notifications:read'] });
    await become(role);
    expect([await inbox(kofi, `&entityId=${incidentId}`), await goes()]).toEqual([[], ['requested']]);
    await ours.owner.did(`/roles-permissions/${role}/revoke-permission`, { permission: 'residents:read' });
    expect(await goes()).toEqual(['withheld']);
    await become('key_worker');
    expect(await goes()).toEqual(['requested']);
    await kofi.did(`/notifications/${outgoing!.id}/mark-read`);
    expect(await goes()).toEqual(['withheld']);
  });

  it('remind of a certificate that runs out, expire when nobody settles them, and are cleared away thirty days after they were read', async () => {
    await priya.did(`/properties/${ids.property}/record-compliance-certificate`, { kind: 'gas_safety', issuedOn: '2026-11-01', expiresOn: '2026-12-27', outcome: 'satisfactory' });
    await clock('2026-11-27T09:00:00Z');
    const reminders = await inbox(priya, `&entityId=${ids.property}`);
    expect(reminders).toMatchObject([{ title: 'A certificate of a property runs out', notificationType: 'reminder', raisedAt: '2026-11-27T00:00:00.000Z' }]);
    await clearedAway();
    await clock('2026-12-27T09:00:00Z');
    expect((await inbox(priya, `&entityId=${ids.property}`)).map((one) => [one['raisedAt'], one['status']])).toEqual([
      ['2026-11-27T00:00:00.000Z', 'expired'], ['2026-12-20T00:00:00.000Z', 'unread'], ['2026-12-27T00:00:00.000Z', 'unread'],
    ]);
    const late = await priya.post(`/notifications/${reminders[0]!.id}/dismiss`);
    expect([late.status, late.body['code']]).toEqual([409, 'STATE']);
  });

  it('come of the incident that the death of a resident is', async () => {
    await priya.did(`/residents/${ids.resident}/record-death`, { on: '2026-12-26' });
    const logged = await priya.rows(`/incidents?residentId=${ids.resident}&incidentType=death`);
    expect(logged).toMatchObject([{ severity: 'critical', status: 'open', occurredAt: '2026-12-26T00:00:00.000Z', discoveredAt: '2026-12-27T09:00:00.000Z', title: 'Death of a resident', escalationLevel: 1 }]);
    expect((await inbox(kofi, '&notificationType=emergency&status=unread')).map((one) => [one['title'], one['entityId']])).toEqual(expect.arrayContaining([
      ['The death of a resident was recorded', ids.resident], ['A critical incident was logged', logged[0]!.id],
    ]));
  });

  it('come once of a death that somebody has logged first', async () => {
    const { id } = await priya.did('/residents', { firstName: 'Lee', lastName: 'Okoro', dateOfBirth: '2004-02-29' });
    const own = await priya.did('/incidents', {
      incidentType: 'death', severity: 'critical', occurredAt: '2026-12-27T06:00:00Z', title: 'Found in the room', description: 'The night worker found them at six.', residentId: id,
    });
    await priya.did(`/residents/${id}/record-death`, { on: '2026-12-27' });
    expect((await priya.rows(`/incidents?residentId=${id}`)).map((row) => row.id)).toEqual([own.id]);
    expect((await inbox(priya, `&entityId=${id}&notificationType=emergency`)).map((one) => one['title'])).toEqual(['The death of a resident was recorded']);
  });

  it('are sent by e-mail once there is a server for it: to who may still see what it is about, and where the address is dead by another way', async () => {
    const { caller: lena, userId: lenaId } = await ours.member('manager');
    const { caller: sam, userId: samId } = await ours.member('manager');
    const addressOf = async (userId: string): Promise<string> => String((await ours.owner.row(`/users/${userId}`))['email']);
    const [toPriya, toLena, toSam] = [await addressOf(users.priya), await addressOf(lenaId), await addressOf(samId)];
    mail.answers.set(toSam, 550);
    await worker.stop();
    worker = await at.start({ ROLES: 'worker', SMTP_URL: mail.url, MAIL_FROM: 'YUTHUB <no-reply@yuthub.example>', PUBLIC_URL: 'https://yuthub.example/' });
    const { id } = await log('critical');
    const own = async (caller: Caller): Promise<Json> => (await inbox(caller, `&entityId=${id}&notificationType=emergency`))[0]!;
    const lenas = await own(lena);
    const [membership] = await ours.owner.rows(`/user-organizations?userId=${lenaId}`);
    await ours.owner.did(`/user-organizations/${membership!.id}/change-member-role`, { role: 'finance' });
    await clock('2026-12-27T09:30:00Z');
    const settled = async (notificationId: string): Promise<Json> => {
      for (;;) {
        const [delivery] = await ours.owner.rows(`/notification-deliveries?id=${notificationId}`);
        if (delivery && !['requested', 'withheld'].includes(String(delivery['status']))) return delivery;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    expect(await settled((await own(priya)).id)).toMatchObject({ status: 'sent', channel: 'email', failures: 0, providerRef: (await own(priya)).id });
    expect(await settled((await own(sam)).id)).toMatchObject({ status: 'failed', failures: 1, failureCode: 'smtp_550' });
    expect(await settled(lenas.id)).toMatchObject({ status: 'failed', failureCode: 'no_access' });
    const priyas = (await own(priya)).id;
    const mailOf = (notificationId: string) => mail.received.filter(({ headers }) => headers.get('message-id') === `<${notificationId}@yuthub.example>`);
    expect(mailOf(priyas).map(({ to, headers, body }) => [to, headers.get('subject'), body.includes(`https://yuthub.example/api/v1/notifications/${priyas}`)])).toEqual([
      [[toPriya], 'A critical incident was logged', true],
    ]);
    expect([mailOf(lenas.id), mail.received.some(({ to }) => to.includes(toLena))]).toEqual([[], false]);
    expect(JSON.stringify(mail.received.map(({ headers, body }) => [headers.get('subject'), body]))).not.toMatch(/Amara|Nwosu|stairs|fall/);
    expect(worker.output()).not.toMatch(/spec\.example/);
    expect(await kofi.rows(`/notifications?entityId=${id}&notificationType=emergency`)).toMatchObject([{ channel: 'sms', channelStatus: 'requested' }]);
  });

  it('are replayed the same, joined in the trail, and unknown elsewhere', async () => {
    await rebuiltEqualsLive(at);
    await auditJoins(at, ours);
    await unknownElsewhere(ours, (await organisation(at, priya.baseUrl)).owner);
  });
});
