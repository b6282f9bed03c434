import { idIn } from '../kernel/entity.js';
import type { Organization } from '../domain/organisation/organization/organization.js';
import type { CoreLog } from '../domain/tenancy/core-log/core-log.js';
import { uuidOf } from '../kernel/values.js';
import type { Process } from './engine/process.js';

/** The log of a placement: one for ever. */
export const coreLogOf = (placementId: string): string => uuidOf(placementId, 'core-log');

/**
 * Prepares the lettings log of everybody who moves in, and follows a first day that is corrected. Private landlords make
 * no such return. What the service has accepted is left as it is.
 */
export const coreLogs: Process = {
  name: 'core-logs',
  doc: 'Prepares the statutory lettings log (CORE) of each move-in, and keeps its first day right.',
  on: ['PlacementStarted', 'PlacementDateCorrected'],

  async react({ stored, declaration, event }, context) {
    const placementId = idIn(stored.stream);
    const id = coreLogOf(placementId);
    if (declaration.type === 'PlacementStarted') {
      const organisation = await context.find<Organization>('organizations', context.organizationId);
      if (organisation?.organizationType === 'private') return;
      return context.send({ step: 'prepare', command: 'PrepareCoreLog', id, body: { placementId } });
    }
    if ((event as unknown as { which: string }).which !== 'start') return;
    const log = await context.find<CoreLog>('core_logs', id);
    if (!log || log.status === 'accepted') return;
    await context.send({ step: 'refresh', command: 'RefreshCoreLog', id, body: {} });
  },
};
