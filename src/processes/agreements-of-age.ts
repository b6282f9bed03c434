import type { Resident } from '../domain/people/resident/resident.js';
import type { Placement } from '../domain/tenancy/placement/placement.js';
import { idIn } from '../kernel/entity.js';
import { metadataOf } from '../event-store/metadata.js';
import type { Process } from './engine/process.js';

/** Tells the agreement under which somebody lives that they have turned 18. */
export const agreementsOfAge: Process = {
  name: 'agreements-of-age',
  doc: 'Has an agreement that was made with somebody under 18 agreed anew when they turn 18.',
  on: ['ResidentTurnedEighteen'],
  async react({ stored }, context) {
    const resident = await context.find<Resident>('residents', idIn(stored.stream));
    const placement = resident?.placementId ? await context.find<Placement>('placements', resident.placementId) : undefined;
    if (!placement) return;
    const { effectiveDate: on } = metadataOf(stored);
    await context.send({ step: 'of-age', command: 'NoteHolderOfAge', id: placement.agreementId, body: { on } });
  },
};
