import type { ScheduledJob } from '../job.js';
import type { Outbox } from '../outbox.js';

const HOUR_MS = 3_600_000;
/** For how long it can be looked up that something was done. */
const KEPT_DAYS = 30;

/** Clears away what counts no more: sessions that are over, failed sign-ins of long ago, intents that were carried out. */
export const clearingAway = (parts: { readonly clearAccess: () => Promise<void>; readonly outbox: Outbox }): ScheduledJob => ({
  name: 'clearing-away',
  doc: 'Clears away sessions that are over, failed sign-ins that no longer count, and what jobs have done long ago.',
  queue: 'housekeeping',
  everyMs: HOUR_MS,
  attempts: 3,
  backoffMs: 10_000,

  async run() {
    await parts.clearAccess();
    await parts.outbox.forget(KEPT_DAYS);
  },
});
