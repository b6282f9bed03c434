import { describe, expect, it } from '@jest/globals';
import { happened, someId, stateOf } from '../../test/support/given.js';
import { rentAccountOf, RentAccount, RentAccountOpened, RentScheduleEnded, RentScheduleSet } from '../domain/money/rent-account/rent-account.js';
import { ResidentMovedIn } from '../domain/people/resident/resident-moves.js';
import { Resident } from '../domain/people/resident/resident.js';
import { RentVaried } from '../domain/tenancy/agreement/agreement-terms.js';
import { Agreement, AgreementDrafted } from '../domain/tenancy/agreement/agreement.js';
import { jsonBytes } from '../event-store/metadata.js';
import type { State } from '../kernel/entity.js';
import type { DecodedEvent } from '../privacy/codec.js';
import type { Process, ProcessCommand, ProcessContext } from './engine/process.js';
import { moveOut } from './move-out.js';
import { rentVariations } from './rent-variations.js';

const [placementId, residentId, propertyId, roomId, agreementId] = ['placement', 'resident', 'property', 'room', 'agreement'].map(someId) as [string, string, string, string, string];
const weeklyCharges = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };
const dearer = { ...weeklyCharges, corePence: 20_000 };
const accountId = rentAccountOf(placementId);
const livesHere = stateOf(Resident, [happened(ResidentMovedIn, { placementId, propertyId, roomId, agreementId, on: '2026-09-02' })], residentId);
const varied = happened(RentVaried, { residentId, effectiveFrom: '2026-11-02', weeklyCharges: dearer, noticeServedOn: '2026-10-01' });
const agreement = stateOf(Agreement, [happened(AgreementDrafted, { residentId, propertyId, agreementType: 'license', startDate: '2026-09-02', weeklyCharges }), varied], agreementId);
const opened = happened(RentAccountOpened, { residentId, placementId, agreementId, propertyId, roomId, paymentReference: 'R1' });
const scheduled = happened(RentScheduleSet, { from: '2026-09-02', weeklyCharges, chargeDay: 'monday', origin: 'placement', stretch: 0, roomId, propertyId, agreementId });

/** What a process sends when it is told of an event, with these states to be found. */
async function sent(process: Process, type: string, stream: string, event: object, ...states: State[]): Promise<Omit<ProcessCommand, 'step'>[]> {
  const commands: ProcessCommand[] = [];
  const context = {
    find: (_table: string, id: string) => Promise.resolve(states.find((one) => one.id === id)),
    send: (command: ProcessCommand) => Promise.resolve(void commands.push(command)),
  } as unknown as ProcessContext;
  await process.react({ declaration: { type }, event, stored: { stream } } as unknown as DecodedEvent, context);
  return commands.map(({ command, id, body }) => ({ command, id, body }));
}

describe('what the end of a stay brings', () => {
  const ended = { residentId, agreementId, on: '2027-01-14' };
  it('ends the agreement on the same day, and follows a correction of that day alone', async () => {
    expect(await sent(moveOut, 'PlacementEnded', `placement-${placementId}`, ended)).toEqual([{ command: 'EndAgreementWithStay', id: agreementId, body: { on: '2027-01-14' } }]);
    const corrected = { ...ended, which: 'end', on: '2027-01-13' };
    expect(await sent(moveOut, 'PlacementDateCorrected', `placement-${placementId}`, corrected)).toEqual([{ command: 'CorrectAgreementEnd', id: agreementId, body: { on: '2027-01-13' } }]);
    expect(await sent(moveOut, 'PlacementDateCorrected', `placement-${placementId}`, { ...corrected, which: 'start' })).toEqual([]);
  });

  it('works on the end and its correction one after the other', () => {
    const lanes = ['PlacementEnded', 'PlacementDateCorrected'].map((type, revision) => moveOut.lane!({
      kind: 'event', id: someId(type), stream: `placement-${placementId}`, revision, position: revision, type, data: jsonBytes(ended), metadata: jsonBytes({}),
    }));
    expect(lanes).toEqual([agreementId, agreementId]);
  });

  it('notes a deposit that is back with the stay that the resident had last, and nowhere where there was none', async () => {
    const back = { residentId, on: '2027-01-20' };
    expect(await sent(moveOut, 'DepositReturned', `agreement-${agreementId}`, back, livesHere)).toEqual([{ command: 'SettleMoveDeposit', id: placementId, body: { on: '2027-01-20' } }]);
    expect(await sent(moveOut, 'DepositReturned', `agreement-${agreementId}`, back, stateOf(Resident, [], residentId))).toEqual([]);
  });
});

describe('a change of the rent', () => {
  const account = stateOf(RentAccount, [opened, scheduled], accountId);
  const setting = [{ command: 'SetRentSchedule', id: accountId, body: { from: '2026-11-02', weeklyCharges: dearer } }];

  it('is set on the account of the stay, whichever is recorded first', async () => {
    expect(await sent(rentVariations, 'RentVaried', `agreement-${agreementId}`, varied.event, agreement, livesHere, account)).toEqual(setting);
    expect(await sent(rentVariations, 'RentScheduleSet', `rentAccount-${accountId}`, scheduled.event, agreement, livesHere, account)).toEqual(setting);
    expect(await sent(rentVariations, 'ResidentMovedIn', `resident-${residentId}`, { placementId, agreementId }, agreement, livesHere, account)).toEqual(setting);
  });

  it('waits where there is no stay, and asks nothing of one that is over by then or under another agreement', async () => {
    expect(await sent(rentVariations, 'RentVaried', `agreement-${agreementId}`, varied.event, agreement, stateOf(Resident, [], residentId))).toEqual([]);
    const over = stateOf(RentAccount, [opened, scheduled, happened(RentScheduleEnded, { on: '2026-11-02' })], accountId);
    expect(await sent(rentVariations, 'RentVaried', `agreement-${agreementId}`, varied.event, agreement, livesHere, over)).toEqual([]);
    const other = stateOf(RentAccount, [opened, happened(RentScheduleSet, { ...(scheduled.event as unknown as object), agreementId: someId('other') })], accountId);
    expect(await sent(rentVariations, 'RentVaried', `agreement-${agreementId}`, varied.event, agreement, livesHere, other)).toEqual([]);
    expect(await sent(rentVariations, 'RentScheduleSet', `rentAccount-${accountId}`, { origin: 'person' }, agreement, account)).toEqual([]);
  });
});
