import type { Speaker } from '../speaker.js';
import { charges, type Cast, type Person } from '../story.js';
import type { Chapter } from './chapters.js';

/** The agreements of somebody: a deposit and its way back, a notice that is withdrawn, another price, and what follows. */
export const tenanted: Chapter = async (speaker, cast, person) => {
  await deposited(speaker, cast, person);
  if (!person.placementId) return;
  await noticed(speaker, cast, person);
  await movedAbout(speaker, cast, person.placementId);
};

const drafted = async (speaker: Speaker, { manager, ids }: Cast, residentId: string, agreementType: string): Promise<string> =>
  (await speaker.say(manager, 'DraftAgreement', undefined, {
    residentId, propertyId: ids['properties'], agreementType, startDate: '2030-01-07', weeklyCharges: charges,
  })).id;

/** Of an agreement that comes to nothing. */
async function deposited(speaker: Speaker, cast: Cast, { residentId }: Person): Promise<void> {
  const { manager, finance } = cast;
  const id = await drafted(speaker, cast, residentId, 'assured_periodic');
  await speaker.say(finance, 'TakeDeposit', id, { amountPence: 10_000 });
  await speaker.say(finance, 'ProtectDeposit', id, { scheme: 'dps', schemeReference: 'D 4711' });
  await speaker.say(finance, 'GivePrescribedInformation', id);
  const kept = [{ reason: speaker.word('ReturnDeposit', 'deductions'), amountPence: 2_500 }];
  await speaker.say(finance, 'ReturnDeposit', id, { amountPence: 7_500, deductions: kept });
  await speaker.say(manager, 'VoidAgreement', id);
}

/** Of the agreement that somebody lives under. */
async function noticed(speaker: Speaker, cast: Cast, { residentId, agreementId }: Person): Promise<void> {
  const { manager } = cast;
  await speaker.say(manager, 'ServeNotice', agreementId, { kind: 'landlord_licence', servedOn: '2026-06-01', method: 'by_hand', grounds: undefined });
  await speaker.say(manager, 'RecordPossessionStep', agreementId, { step: 'claim' });
  await speaker.say(manager, 'WithdrawNotice', agreementId);
  await speaker.say(manager, 'VaryRent', agreementId, { effectiveFrom: '2026-09-07', weeklyCharges: { ...charges, corePence: 19_000 } });
  const next = await drafted(speaker, cast, residentId, 'license');
  await speaker.say(manager, 'SignAgreement', next);
  await speaker.say(manager, 'RenewAgreement', agreementId, { newAgreementId: next });
}

/** Of the stay: moves that are planned and given up, the hand-over of the first one, and an absence. */
async function movedAbout(speaker: Speaker, { manager }: Cast, placementId: string): Promise<void> {
  await speaker.say(manager, 'PlanMove', placementId, { moveType: 'move_out', plannedDate: '2026-08-20' });
  await speaker.say(manager, 'CancelPlannedMove', placementId);
  await speaker.say(manager, 'RecordHandover', placementId, { keysIssued: 2, inventoryChecked: true });
  await speaker.say(manager, 'RecordMoveInspection', placementId, { roomCondition: 'good' });
  await speaker.say(manager, 'CheckInventory', placementId);
  await speaker.say(manager, 'IssueKeys', placementId, { keys: [{ keyType: 'room', quantity: 1 }] });
  await speaker.say(manager, 'ReturnKeys', placementId, { keys: [{ keyType: 'room', quantity: 1 }] });
  await speaker.say(manager, 'RecordPlacementAbsence', placementId, { reason: 'holiday' });
  await speaker.say(manager, 'EndPlacementAbsence', placementId);
}

/** What is to be done when somebody has left, and in the room that is empty then. */
export async function leftBehind(speaker: Speaker, { manager, ids }: Cast, placementId: string, about: string): Promise<void> {
  await speaker.say(manager, 'ReturnKeys', placementId, { keys: [{ keyType: 'front_door', quantity: 2 }] });
  await speaker.say(manager, 'RecordPossessionsLeft', placementId);
  await speaker.say(manager, 'ClearPossessions', placementId, { outcome: 'sent_on' });
  await speaker.of('house').say(manager, 'RecordVoidInspection', ids['secondRoom']);
  await speaker.say(manager, 'RecordRoomCleaning', ids['secondRoom']);
  speaker.of(about);
}

/** Somebody who has left is expected back, comes, and leaves on the same day. */
export async function cameBack(speaker: Speaker, { manager, ids }: Cast, residentId: string): Promise<void> {
  const { id: agreementId } = await speaker.say(manager, 'DraftAgreement', undefined, {
    residentId, propertyId: ids['properties'], agreementType: 'license', startDate: '2026-08-17', weeklyCharges: charges,
  });
  const planned = await speaker.say(manager, 'PlanPlacement', undefined, { residentId, agreementId, roomId: ids['secondRoom'], plannedDate: '2026-08-17' });
  await speaker.say(manager, 'ChangePlannedPlacement', planned.id, { plannedDate: '2026-08-18' });
  await speaker.say(manager, 'SignAgreement', agreementId);
  await speaker.say(manager, 'ActivateAgreement', agreementId);
  await speaker.say(manager, 'StartPlannedPlacement', planned.id);
  await speaker.say(manager, 'EndPlacement', planned.id, { terminationType: 'planned_move_on' });
}
