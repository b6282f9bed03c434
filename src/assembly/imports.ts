import { randomUUID } from 'node:crypto';
import { StartImport } from '../domain/money/import-batch/import-batch-commands.js';
import type { ImportBatch } from '../domain/money/import-batch/import-batch.js';
import type { ImportLineParts } from '../imports/command-line.js';
import { Refusal } from '../kernel/rules.js';
import { accountsByReference } from '../imports/accounts-by-reference.js';
import { importPosting } from '../imports/import-posting.js';
import { lettingsByTenant } from '../imports/lettings-by-tenant.js';
import { Receiving } from '../imports/receiving.js';
import { UploadStore } from '../imports/upload-store.js';
import type { Process } from '../processes/engine/process.js';
import { systemActor } from '../processes/engine/reactor.js';
import type { Core } from './core.js';

/** What imports are made of. */
export type ImportsParts = Pick<Core, 'pool' | 'serverKey' | 'codec' | 'catalogue' | 'streams' | 'readPosition'>;

/** For how long the rows of a file wait for the read tables at a time. */
const READS_MS = 10_000;

/** What takes files in, and what works through them. */
export function importsOf({ pool, serverKey, catalogue, streams, readPosition }: ImportsParts): { readonly receiving: Receiving; readonly posting: Process } {
  const uploads = new UploadStore(pool, serverKey);
  const isOpen = async (batchId: string, organizationId: string): Promise<boolean> => {
    const { state } = await streams.load(catalogue.entity('import_batches')!, batchId, organizationId);
    return (state as ImportBatch | undefined)?.status === 'processing';
  };
  const readsAt = async (position: number): Promise<void> => {
    if (await readPosition.waitFor(position, READS_MS)) return;
    // As long as they are behind, accounts could be taken for unknown ones: it is an outage like any other.
    throw Object.assign(new Error('The read tables are behind the log.'), { code: 'ETIMEDOUT' });
  };
  return { receiving: new Receiving(uploads, isOpen), posting: importPosting({ uploads, accounts: accountsByReference(pool), lettings: lettingsByTenant(pool), readsAt }) };
}

/** What the command line of imports works with: the operator acts, and it is recorded as an import. */
export function importLine(core: Core): Omit<ImportLineParts, 'print' | 'progress'> {
  const { catalogue, streams, pipeline } = core;
  return {
    receiving: importsOf(core).receiving,
    start: async (organizationId, batchId, body) => {
      const { state } = await streams.load(catalogue.entity('organizations')!, organizationId, organizationId);
      if (!state) throw new Refusal('NOT_FOUND', 'There is no such organisation.', { status: 404 });
      const acknowledgement = await pipeline.execute({
        declaration: catalogue.command('StartImport')!,
        id: batchId,
        command: Object.assign(new StartImport(), body),
        body,
        actor: systemActor('import', organizationId),
        source: 'import',
        correlationId: randomUUID(),
        route: 'import',
      });
      return { acknowledgement };
    },
    batch: async (organizationId, batchId) => (await streams.load(catalogue.entity('import_batches')!, batchId, organizationId)).state as ImportBatch | undefined,
  };
}
