import { describe, expect, it } from '@jest/globals';
import { given, happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import type { RegisterEntry } from '../../../kernel/entity.js';
import { EraseResident, LegalHoldPlaced, ResidentErasureDecided } from './erasure.js';
import { MergeDuplicate, ResidentMerged, ResidentMergeUndone, UndoMerge } from './merging.js';
import { GiveConsent } from './resident-commands.js';
import { ResidentRegistered } from './resident-events.js';
import { ResidentMovedIn, ResidentMovedOut } from './resident-moves.js';
import { Resident } from './resident.js';

const id = someId('Resident');
const [survivorId, placementId] = ['survivor', 'placement'].map(someId) as [string, string];
const registered = happened(ResidentRegistered, { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' });
const movedIn = happened(ResidentMovedIn, { placementId, propertyId: someId('property'), roomId: someId('room'), agreementId: someId('agreement'), on: '2020-09-02' });
const movedOut = (on: string) => happened(ResidentMovedOut, { placementId, on, terminationType: 'planned_move_on' });
const merged = happened(ResidentMerged, { survivorId, loserId: id, on: '2026-09-01' });
const stay = (owner: string, from: string, to?: string): RegisterEntry => ({ register: 'resident', owner, kind: 'placement', key: someId(`${owner} ${from}`), from, ...(to ? { to } : {}) });
const world = (survivor: readonly Happened[], ...history: Happened[]) =>
  given(Resident, registered, ...history).where('residents', survivorId, stateOf(Resident, [registered, ...survivor], survivorId));

describe('a duplicate', () => {
  it('RES-10: is merged into another record of the same person, and out of it again', async () => {
    await world([]).when(MergeDuplicate, { survivorId, reason: 'same NHS number' }).records([ResidentMerged, { survivorId, loserId: id, on: '2026-09-02' }]);
    await given(Resident, registered).when(MergeDuplicate, { survivorId }).refused('GEN-1', 'survivorId');
    await world([]).where('residents', id, stateOf(Resident, [registered], id)).when(MergeDuplicate, { survivorId: id }).refused('RES-10', 'survivorId');
    await world([], movedIn).when(MergeDuplicate, { survivorId }).refused('RES-10', 'survivorId');
    await world([merged]).when(MergeDuplicate, { survivorId }).refused('STATE');
    await world([happened(ResidentErasureDecided, { scopes: ['identity'], retained: [], on: '2026-09-01' })]).when(MergeDuplicate, { survivorId }).refused('ERASED');
    await world([], merged).when(UndoMerge, { reason: 'two people' }).records([ResidentMergeUndone, { survivorId }]);
    await world([]).when(UndoMerge).refused('STATE');
    expect(stateOf(Resident, [registered, merged])).toMatchObject({ mergedInto: survivorId, mergedOn: '2026-09-01' });
    const undone = happened(ResidentMergeUndone, { survivorId, on: '2026-09-02' });
    expect(stateOf(Resident, [registered, merged, undone])).toMatchObject({ mergedInto: undefined, status: 'applicant' });
  });

  it('RES-10: was not placed on nights on which the other one was', async () => {
    const both = world([], movedIn, movedOut('2021-03-01')).holding('resident', id, [stay(id, '2020-09-02', '2021-03-01')]);
    await both.holding('resident', survivorId, [stay(survivorId, '2021-03-01')]).when(MergeDuplicate, { survivorId }).records(ResidentMerged);
    await both.holding('resident', survivorId, [stay(survivorId, '2021-02-28', '2021-06-01')]).when(MergeDuplicate, { survivorId }).refused('RES-10', 'survivorId');
  });

  it('takes nothing more, and holds its place in both registers', async () => {
    await world([], merged).when(GiveConsent, { purpose: 'photography' }).refused('STATE');
    await world([], merged).when(MergeDuplicate, { survivorId }).refused('STATE');
    const held = stateOf(Resident, [registered, merged]).holds();
    expect(held.map(({ owner, kind, key }) => [owner, kind, key])).toEqual([[id, 'merger', survivorId], [survivorId, 'merged_here', id]]);
    expect(stateOf(Resident, [registered]).holds()).toEqual([]);
  });

  it('RES-11: is erased when nothing keeps either record of the person', async () => {
    const here: RegisterEntry = { register: 'resident', owner: survivorId, kind: 'merged_here', key: id };
    const erase = (survivor: readonly Happened[], ...history: Happened[]) => world(survivor, ...history).as('dpo', 'dee').when(EraseResident);
    await erase([], merged).records(ResidentErasureDecided);
    await erase([movedIn], merged).refused('RES-11');
    await erase([happened(LegalHoldPlaced, { holdId: someId('hold'), on: '2026-09-01', reason: 'claim' })], merged).refused('RES-11');
    // The survivor moved out in 2021: what is kept of them is kept of the duplicate as well.
    const kept = await erase([movedIn, movedOut('2021-03-01')], merged).events();
    expect(kept).toMatchObject([{ scopes: ['consentBased', 'statutoryCase'] }]);
    const survivor = given(Resident, registered).where('residents', survivorId, stateOf(Resident, [registered, movedIn, movedOut('2021-03-01')], survivorId))
      .holding('resident', id, [{ ...here, owner: id, key: survivorId }]).as('dpo', 'dee').when(EraseResident);
    expect(await survivor.events()).toMatchObject([{ scopes: ['consentBased', 'statutoryCase'] }]);
  });
});
