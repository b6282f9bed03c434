import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import { clearAccess } from '../../src/access/clearing.js';
import type { RecordedEvent } from '../../src/event-store/event-store.js';
import { jsonBytes } from '../../src/event-store/metadata.js';
import { type Delivery, WrittenDown } from '../../src/jobs/deliveries.js';
import { type Cause, idOf } from '../../src/jobs/job.js';
import { clearingAway } from '../../src/jobs/kinds/clearing-away.js';
import { invitationDelivery, type InvitedMembership } from '../../src/jobs/kinds/invitation-delivery.js';
import { notificationDelivery, type ToldNotification } from '../../src/jobs/kinds/notification-delivery.js';
import { Outbox } from '../../src/jobs/outbox.js';
import { testDatabases, type TestDatabases } from '../support/databases.js';

const NOW = '2026-09-02T08:00:00.000Z';
const HOUR = 3_600_000;
const id = () => idOf(randomUUID());

describe('what jobs do', () => {
  let databases: TestDatabases;
  let pool: pg.Pool;

  beforeAll(async () => {
    databases = await testDatabases();
    pool = new pg.Pool({ connectionString: databases.urls.app, max: 2 });
  });
  afterAll(async () => {
    await pool.end();
    await databases.drop();
  });

  describe('delivering an invitation', () => {
    const cause: Cause = { intentId: id(), eventId: id(), entityId: id(), organizationId: id() };
    const invited: InvitedMembership = { status: 'invited', tokenHash: 'b', invitationExpiresAt: '2026-09-02T08:00:00.001Z' };

    /** What is carried when the job runs, of a stream in which the event has the token `b`. */
    async function carried(membership: InvitedMembership | undefined, eventId: string = cause.eventId): Promise<Delivery[]> {
      const deliveries: Delivery[] = [];
      const event = (its: string, tokenHash: string) => ({ id: its, data: jsonBytes({ tokenHash }) }) as RecordedEvent;
      const job = invitationDelivery({
        store: {
          async *readStream(stream) {
            expect(stream).toBe(`membership-${cause.entityId}`);
            yield event(id(), 'a');
            yield event(eventId, 'b');
          },
        },
        clock: { now: () => Promise.resolve(NOW) },
        membership: (membershipId, organizationId) => {
          expect([membershipId, organizationId]).toEqual([cause.entityId, cause.organizationId]);
          return Promise.resolve(membership);
        },
        carrier: { carry: (delivery) => Promise.resolve(void deliveries.push(delivery)) },
      });
      await job.run(cause, new AbortController().signal);
      return deliveries;
    }

    it('carries one that counts, by ids', async () => {
      expect(await carried(invited)).toEqual([{ id: cause.intentId, kind: 'invitation', organizationId: cause.organizationId, subjectId: cause.entityId }]);
    });

    it.each<[string, InvitedMembership | undefined]>([
      ['is accepted', { ...invited, status: 'active' }],
      ['was taken back', { ...invited, status: 'revoked' }],
      ['is over by now', { ...invited, invitationExpiresAt: NOW }],
      ['was replaced by another one', { ...invited, tokenHash: 'c' }],
      ['is of a membership that is not there', undefined],
    ])('carries nothing where it %s', async (_what, membership) => {
      expect(await carried(membership)).toEqual([]);
    });

    it('tries again where the log does not have the event yet', async () => {
      await expect(carried(invited, randomUUID())).rejects.toThrow('not in its stream');
    });

    it('writes down once what would have gone', async () => {
      const delivery: Delivery = { id: id(), kind: 'invitation', organizationId: id(), subjectId: id() };
      const carrier = new WrittenDown(pool);
      await Promise.all([carrier.carry(delivery), carrier.carry(delivery)]);
      await carrier.carry(delivery);
      const { rows } = await pool.query('select delivery_id as id, kind, organization_id as "organizationId", subject_id as "subjectId" from app.deliveries');
      expect(rows).toEqual([delivery]);
    });
  });

  describe('delivering a notification', () => {
    const cause: Cause = { intentId: id(), eventId: id(), entityId: id(), organizationId: id() };
    const carried = async (told: ToldNotification | undefined): Promise<Delivery[]> => {
      const deliveries: Delivery[] = [];
      const carrier = { carry: (delivery: Delivery) => Promise.resolve(void deliveries.push(delivery)) };
      await notificationDelivery({ notification: () => Promise.resolve(told), carrier }).run(cause, new AbortController().signal);
      return deliveries;
    };

    it('hands over by ids what nobody has read, and nothing that was read, carried or given up', async () => {
      expect(await carried({ status: 'unread', channelStatus: 'requested' })).toEqual([{ id: cause.intentId, kind: 'notification', organizationId: cause.organizationId, subjectId: cause.entityId }]);
      for (const told of [undefined, { status: 'read', channelStatus: 'requested' }, { status: 'unread', channelStatus: 'sent' }, { status: 'unread', channelStatus: 'failed' }]) expect(await carried(told)).toEqual([]);
    });
  });

  describe('clearing away', () => {
    const now = Date.parse(NOW);

    /** A session that began and ended so many hours ago. */
    async function session(userId: string, began: number, ended: number): Promise<string> {
      const token = createHash('sha256').update(randomUUID()).digest();
      await pool.query(
        `insert into app.sessions (token_hash, user_id, organization_id, membership_id, user_epoch, membership_epoch, created_at, expires_at)
         values ($1, $2, $3, $4, 0, 0, $5, $6)`,
        [token, userId, randomUUID(), randomUUID(), new Date(now - began * HOUR), new Date(now - ended * HOUR)],
      );
      return token.toString('hex');
    }

    it('takes sessions that are over, of each user all but the last, and failed sign-ins that no longer count', async () => {
      const [often, once, here] = [randomUUID(), randomUUID(), randomUUID()];
      await session(often, 100, 88);
      await session(often, 80, 68);
      const kept = [await session(often, 60, 48), await session(once, 100, 88), await session(here, 30, 18), await session(here, 1, -11)];
      await session(here, 50, 38);
      for (const hours of [25, 23]) await pool.query("insert into app.sign_in_attempts (email_key, at, lock_epoch) values ('key', $1, 0)", [new Date(now - hours * HOUR)]);
      await clearingAway({ clearAccess: () => clearAccess(pool, now), outbox: new Outbox(pool) }).run(new AbortController().signal);
      const { rows } = await pool.query<{ token: string }>("select encode(token_hash, 'hex') as token from app.sessions");
      expect(rows.map(({ token }) => token).sort()).toEqual(kept.sort());
      const { rows: attempts } = await pool.query<{ at: Date }>('select at from app.sign_in_attempts');
      expect(attempts.map(({ at }) => now - at.getTime())).toEqual([23 * HOUR]);
    });
  });
});
