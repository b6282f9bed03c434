import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import type { RegisterEntry } from '../../../kernel/entity.js';
import { CloseApplication, DeclineApplication, EndOffer, NoteReferral, OfferRoom, RegisterReferredApplicant, WithdrawApplication } from './application.js';
import { ResidentApplicationDeclined, ResidentApplicationWithdrawn, ResidentOffered, ResidentOfferEnded, ResidentReferredAgain } from './application-events.js';
import { ResidentErasureDecided } from './erasure.js';
import { ResidentNhsNumberRecorded, ResidentRegistered } from './resident-events.js';
import { ResidentMovedIn } from './resident-moves.js';
import { Resident } from './resident.js';

const [roomId, reservationId, referralId, other, draft] = ['room', 'reservation', 'referral', 'other', 'draft'].map(someId) as [string, string, string, string, string];
const jordan = { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' };
const registered = happened(ResidentRegistered, { ...jordan, referralId });
const offered = happened(ResidentOffered, { roomId, reservationId });
const movedIn = happened(ResidentMovedIn, { placementId: someId('placement'), propertyId: someId('property'), roomId, agreementId: draft, on: '2026-09-02' });
const erased = happened(ResidentErasureDecided, { scopes: ['identity'], retained: [], on: '2026-09-01' });
const drafted = (key: string, party?: string): RegisterEntry =>
  ({ register: 'resident', owner: someId('Resident'), kind: 'draft_agreement', key, ...(party ? { party } : {}) });
const world = (...history: Happened[]) =>
  given(Resident, registered, ...history).where('property_rooms', roomId, stateOf(Resident, [], roomId)).where('property_rooms', other, stateOf(Resident, [], other))
    .where('referrals', referralId, stateOf(Resident, [], referralId)).where('referrals', other, stateOf(Resident, [], other))
    .holding('resident', someId('Resident'), [drafted(draft, roomId), drafted(other, other)]);

describe('an application', () => {
  it('begins with a referral, with the NHS number where it was told', async () => {
    const referral = given(Resident).as('system').where('referrals', referralId, stateOf(Resident, [], referralId));
    await referral.when(RegisterReferredApplicant, { ...jordan, referralId }).records([ResidentRegistered, { referralId, ...jordan }]);
    await referral.when(RegisterReferredApplicant, { ...jordan, referralId, nhsNumber: '4010232137' }).records(ResidentRegistered, [ResidentNhsNumberRecorded, { nhsNumber: '4010232137' }]);
    expect(stateOf(Resident, [registered])).toMatchObject({ status: 'applicant', referralId });
  });

  it('is offered the room that is reserved, and falls back when that ends, with the drafts for that room', async () => {
    await world().as('system').when(OfferRoom, { roomId, reservationId }).records([ResidentOffered, { roomId, reservationId }]);
    await world(offered).as('system').when(OfferRoom, { roomId, reservationId }).recordsNothing();
    await world(offered).as('system').when(OfferRoom, { roomId: other, reservationId: other }).records([ResidentOffered, { roomId: other }]);
    await world(offered).as('system').when(EndOffer, { reservationId, reason: 'expired' }).records([ResidentOfferEnded, { roomId, reason: 'expired', agreementIds: [draft] }]);
    await world(offered).as('system').when(EndOffer, { reservationId: other, reason: 'expired' }).recordsNothing();
    expect(stateOf(Resident, [registered, offered])).toMatchObject({ status: 'offered', offeredRoomId: roomId });
    const ended = happened(ResidentOfferEnded, { roomId, reservationId, reason: 'expired', agreementIds: [draft] });
    expect(stateOf(Resident, [registered, offered, ended])).toMatchObject({ status: 'applicant', offeredRoomId: undefined, reservationId: undefined });
  });

  it('is offered nothing once somebody lives here, or their data is being erased', async () => {
    for (const history of [[movedIn], [erased]]) {
      await world(...history).as('system').when(OfferRoom, { roomId, reservationId }).recordsNothing();
      await world(offered, ...history).as('system').when(EndOffer, { reservationId, reason: 'declined' }).recordsNothing();
      await world(...history).as('system').when(CloseApplication, { referralId, reasonCode: 'no_vacancy' }).recordsNothing();
    }
  });

  it('REF-4: is declined for a reason, and leaves behind what is to be given up', async () => {
    await world(offered).when(DeclineApplication, { reasonCode: 'no_vacancy' })
      .records([ResidentApplicationDeclined, { reasonCode: 'no_vacancy', roomId, reservationId, referralId, agreementIds: [draft, other] }]);
    await world().when(DeclineApplication).refused('REF-4', 'reasonCode');
    await world().when(DeclineApplication, { reasonCode: 'other' }).refused('REF-4', 'text');
    await world(movedIn).when(DeclineApplication, { reasonCode: 'no_vacancy' }).refused('STATE');
  });

  it('is taken back, and closed with the referral that it came from', async () => {
    await world().when(WithdrawApplication, { reason: 'moves in with an aunt' }).records([ResidentApplicationWithdrawn, { reason: 'moves in with an aunt', referralId }]);
    await world(movedIn).when(WithdrawApplication, { reason: 'r' }).refused('STATE');
    await world().as('system').when(CloseApplication, { referralId, reasonCode: 'outside_area', text: 't' }).records([ResidentApplicationDeclined, { reasonCode: 'outside_area', text: 't' }]);
    await world().as('system').when(CloseApplication, { referralId, reason: 'found a place' }).records([ResidentApplicationWithdrawn, { reason: 'found a place' }]);
    await world().as('system').when(CloseApplication, { referralId: other, reasonCode: 'outside_area' }).recordsNothing();
  });

  it('begins again when somebody is referred again', async () => {
    const declined = happened(ResidentApplicationDeclined, { reasonCode: 'no_vacancy', agreementIds: [] });
    await world(declined).as('system').when(NoteReferral, { referralId: other }).records([ResidentReferredAgain, { referralId: other }]);
    await world().as('system').when(NoteReferral, { referralId }).recordsNothing();
    await world(erased).as('system').when(NoteReferral, { referralId: other }).recordsNothing();
    const again = happened(ResidentReferredAgain, { referralId: other });
    expect(stateOf(Resident, [registered, { ...declined, at: '2026-09-01T10:00:00.000Z' }])).toMatchObject({ status: 'declined', applicationEndedOn: '2026-09-01' });
    expect(stateOf(Resident, [registered, declined, again]).applicationEndedOn).toBeUndefined();
    expect(stateOf(Resident, [registered, declined, again])).toMatchObject({ status: 'applicant', declineReason: undefined, referralId: other });
    expect(stateOf(Resident, [registered, movedIn, again])).toMatchObject({ status: 'active', referralId: other });
  });

  it('moves only as its states allow, whatever is asked in whichever order', () => {
    const leads: Readonly<Record<string, readonly string[]>> = {
      applicant: ['offered', 'declined', 'withdrawn'], offered: ['applicant', 'declined', 'withdrawn'], declined: ['applicant'], withdrawn: ['applicant'],
    };
    return fc.assert(fc.asyncProperty(fc.array(fc.constantFrom('offer', 'end', 'decline', 'withdraw', 'refer', 'close'), { maxLength: 15 }), async (asked) => {
      const history: Happened[] = [registered];
      for (const [index, what] of asked.entries()) {
        const before = stateOf(Resident, history);
        const at = given(Resident, ...history).as('system').where('property_rooms', roomId, stateOf(Resident, [], roomId));
        const ids = [referralId, someId(`referral ${index}`)] as const;
        const knowing = ids.reduce((all, id) => all.where('referrals', id, stateOf(Resident, [], id)), at);
        const when = {
          offer: () => knowing.when(OfferRoom, { roomId, reservationId: someId(`reservation ${index}`) }),
          end: () => knowing.when(EndOffer, { reservationId: before.reservationId ?? other, reason: 'expired' }),
          decline: () => knowing.when(DeclineApplication, { reasonCode: 'no_vacancy' }),
          withdraw: () => knowing.when(WithdrawApplication, { reason: 'r' }),
          refer: () => knowing.when(NoteReferral, { referralId: ids[1] }),
          close: () => knowing.when(CloseApplication, { referralId, reasonCode: 'no_vacancy' }),
        }[what]!();
        const events = await when.events().catch(() => []);
        history.push(...events.map((event) => ({ event: event as never })));
        const after = stateOf(Resident, history);
        expect(after.status === before.status || leads[before.status]!.includes(after.status)).toBe(true);
        expect((after.status === 'offered') === (after.reservationId !== undefined)).toBe(true);
      }
    }));
  });
});
