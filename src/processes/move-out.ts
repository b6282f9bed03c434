import type { PlacementDateCorrected, PlacementEnded } from '../domain/tenancy/placement/placement.js';
import { jsonOf } from '../event-store/metadata.js';
import type { DecodedEvent } from '../privacy/codec.js';
import type { Process } from './engine/process.js';

/**
 * What a stay's end brings besides the room and the rent: the agreement ends with it, on the same day, and so does a later
 * correction of that day. Commands that the streams cannot refuse, so that nothing parks.
 */
export const moveOut: Process = {
  name: 'move-out',
  doc: 'Ends the agreement of a stay with the stay, and lets its last day follow a correction.',
  on: ['PlacementEnded', 'PlacementDateCorrected'],
  // The end comes before its correction, whoever works on them.
  lane: ({ data }) => String(jsonOf(data)['agreementId']),
  async react({ declaration, event }: DecodedEvent, context) {
    const { agreementId, on } = event as unknown as PlacementEnded;
    if (declaration.type === 'PlacementEnded') {
      await context.send({ step: 'agreement', command: 'EndAgreementWithStay', id: agreementId, body: { on } });
    } else if ((event as unknown as PlacementDateCorrected).which === 'end') {
      await context.send({ step: 'agreement', command: 'CorrectAgreementEnd', id: agreementId, body: { on } });
    }
  },
};
