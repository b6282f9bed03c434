import { idIn } from '../kernel/entity.js';
import type { Resident } from '../domain/people/resident/resident.js';
import type { DepositReturned } from '../domain/tenancy/agreement/deposit.js';
import type { PlacementDateCorrected, PlacementEnded } from '../domain/tenancy/placement/placement.js';
import { jsonOf } from '../event-store/metadata.js';
import type { DecodedEvent } from '../privacy/codec.js';
import type { Process, ProcessContext } from './engine/process.js';


/** The record of the move out says that the deposit is back: that of the stay which the resident had last. */
async function settle({ residentId, on }: DepositReturned, context: ProcessContext): Promise<void> {
  const resident = await context.find<Resident>('residents', residentId);
  if (resident?.placementId) await context.send({ step: 'deposit', command: 'SettleMoveDeposit', id: resident.placementId, body: { on } });
}

/**
 * What a stay's end brings besides the room and the rent: the agreement ends with it, on the same day, and so does a later
 * correction of that day. Commands that the streams cannot refuse, so that nothing parks.
 */
export const moveOut: Process = {
  name: 'move-out',
  doc: 'Ends the agreement of a stay with the stay, lets its last day follow a correction, and notes that a deposit is back.',
  on: ['PlacementEnded', 'PlacementDateCorrected', 'DepositReturned'],
  // The end comes before its correction, whoever works on them.
  lane: ({ stream, data }) => String(jsonOf(data)['agreementId'] ?? idIn(stream)),
  async react({ declaration, event }: DecodedEvent, context) {
    if (declaration.type === 'DepositReturned') return settle(event as unknown as DepositReturned, context);
    const { agreementId, on } = event as unknown as PlacementEnded;
    if (declaration.type === 'PlacementEnded') {
      await context.send({ step: 'agreement', command: 'EndAgreementWithStay', id: agreementId, body: { on } });
    } else if ((event as unknown as PlacementDateCorrected).which === 'end') {
      await context.send({ step: 'agreement', command: 'CorrectAgreementEnd', id: agreementId, body: { on } });
    }
  },
};
