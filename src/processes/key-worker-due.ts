import { idIn } from '../kernel/entity.js';
import type { Process, ProcessContext } from './engine/process.js';

/** Which residents, how many at most, and what the read tables contain by then. */
export interface WaitingPage {
  /** The last resident of the page before. */
  readonly after?: string;
  readonly most: number;
  /** Position of the log; absent where it was waited for already. */
  readonly position?: number;
}
/** Residents of an organisation whose deadline waits for a calendar of bank holidays, in the order of their ids. */
export type WaitingResidents = (organizationId: string, page: WaitingPage) => Promise<readonly string[]>;

/** Residents who are found at once. */
const MOST = 500;

async function setAll(waiting: WaitingResidents, position: number, context: ProcessContext): Promise<void> {
  for (let page: Omit<WaitingPage, 'most'> | undefined = { position }; page; ) {
    const ids: readonly string[] = await waiting(context.organizationId, { ...page, most: MOST });
    for (const id of ids) await context.send({ step: `due|${id}`, command: 'SetKeyWorkerDue', id, body: {} });
    page = ids.length === MOST ? { after: ids.at(-1)! } : undefined;
  }
}

/**
 * Sets the deadlines for a key worker (RES-7) that the calendar of bank holidays did not reach, once there is one that does. Who
 * moved in while it was taken over is asked for themselves.
 */
export const keyWorkerDue = (waiting: WaitingResidents): Process => ({
  name: 'key-worker-due',
  doc: 'Sets deadlines for a key worker that waited for a calendar of bank holidays, when there is one that reaches so far.',
  on: ['ResidentMovedIn', 'ResidentMoveDateCorrected', 'KeyWorkerUnassigned', 'BankHolidaysImported'],
  async react({ stored, declaration, event, metadata }, context) {
    if (declaration.type === 'BankHolidaysImported') {
      // The one that an organisation begins with finds nobody there.
      if (metadata.source !== 'process') await setAll(waiting, stored.position, context);
      return;
    }
    const { keyWorkerDueFrom } = event as { keyWorkerDueFrom?: string };
    if (keyWorkerDueFrom) await context.send({ step: 'due', command: 'SetKeyWorkerDue', id: idIn(stored.stream), body: {} });
  },
});
