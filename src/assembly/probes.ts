import type { JobDesk } from '../jobs/job-desk.js';
import type { HealthProbe } from '../platform/health.js';
import type { ProcessWatch } from '../processes/engine/process-watch.js';
import type { Core } from './core.js';

/** What the product needs in order to serve, and how far the read tables and the processes are. */
export function probesOf({ store, pool, keyring, engine, readPosition }: Core, watch: ProcessWatch, desk: JobDesk): readonly HealthProbe[] {
  return [
    { name: 'log', check: async () => ({ head: await store.head() }) },
    {
      name: 'database',
      check: async () => {
        await pool.query('select 1');
        return {};
      },
    },
    {
      name: 'keyring',
      check: async () => {
        // Of no key: it is the answer that counts.
        await keyring.toOpen(['none']);
        return {};
      },
    },
    { name: 'projections', check: async () => ({ ...(await engine.lag()), heard: readPosition.position }) },
    {
      name: 'processes',
      check: async () => {
        const head = await store.head();
        return Object.fromEntries(watch.names.map((name) => [name, Math.max(0, head - watch.position(name))]));
      },
    },
    {
      name: 'jobs',
      check: async () => {
        // Queues that are away keep nobody from serving: what is to be done waits in the outbox.
        const { place, outbox, queues } = await desk.figures();
        return { place, outbox, queues: queues ?? 'away' };
      },
    },
  ];
}
