import { clearAccess } from '../access/clearing.js';
import { WrittenDown } from '../jobs/deliveries.js';
import { Dispatcher } from '../jobs/dispatcher.js';
import type { JobKinds } from '../jobs/job.js';
import { JobDesk } from '../jobs/job-desk.js';
import { JobWorkers } from '../jobs/job-workers.js';
import { clearingAway } from '../jobs/kinds/clearing-away.js';
import { invitationDelivery, type InvitedMembership } from '../jobs/kinds/invitation-delivery.js';
import { notificationDelivery, type ToldNotification } from '../jobs/kinds/notification-delivery.js';
import { Outbox } from '../jobs/outbox.js';
import type { Queues } from '../jobs/queues.js';
import type { Core } from './core.js';
import { mailCarrier } from './mail.js';

/** Jobs, as each process of the product has them. */
export interface Jobs {
  readonly desk: JobDesk;
  /** Not started: the worker's role starts it. */
  readonly workers: JobWorkers;
  /** For the worker that leads. */
  readonly dispatcher: Dispatcher;
  close(): Promise<void>;
}

type Report = (sentence: string, error: unknown) => void;

/** Everything that the product does by jobs. */
export function jobKindsOf(core: Core, outbox: Outbox): JobKinds {
  const { access, catalogue, pool, store, streams, clock } = core;
  const book = new WrittenDown(pool);
  const notifications = catalogue.entity('notifications')!;
  return {
    events: [
      invitationDelivery({
        store,
        clock,
        membership: (id, organizationId) => access.authority.membership(id, organizationId) as Promise<InvitedMembership | undefined>,
        carrier: book,
      }),
      notificationDelivery({
        notification: async (id, organizationId) => (await streams.load(notifications, id, organizationId)).state as unknown as ToldNotification | undefined,
        carrier: mailCarrier(core, book),
      }),
    ],
    scheduled: [clearingAway({ clearAccess: () => clearAccess(pool, Date.now()), outbox })],
  };
}

/** Opens the queues that the configuration names: on Redis, or in PostgreSQL. Queues that are away are waited for later. */
export async function openJobs(core: Core, report: Report): Promise<Jobs> {
  const queues = await openQueues(core, report);
  const outbox = new Outbox(core.pool);
  const kinds = jobKindsOf(core, outbox);
  const workers = new JobWorkers({ queues, outbox, kinds, report });
  const dispatcher = new Dispatcher({ store: core.store, outbox, queues, kinds, report });
  return { desk: new JobDesk(queues, outbox, kinds), workers, dispatcher, close: () => queues.close() };
}

/** The library, and the client of Redis, are loaded only where they are used. */
async function openQueues({ configuration: { redisUrl }, urls }: Core, report: Report): Promise<Queues> {
  const { BullQueues } = await import('../jobs/bullmq/bullmq-queues.js');
  if (redisUrl !== undefined) {
    const { onRedis } = await import('../jobs/bullmq/on-redis.js');
    return new BullQueues(onRedis(redisUrl), report);
  }
  const { onPostgres, prepareQueueTables } = await import('../jobs/bullmq/on-postgres.js');
  await prepareQueueTables(urls.owner);
  return new BullQueues(onPostgres(urls.app), report);
}
