import { describe, expect, it } from '@jest/globals';
import { given, happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { ResidentErasureDecided } from '../resident/erasure.js';
import { ConsentGiven, ConsentWithdrawn, ResidentRegistered } from '../resident/resident-events.js';
import { ResidentMovedIn } from '../resident/resident-moves.js';
import { Resident } from '../resident/resident.js';
import { PrepareMoveOnReferral, WithdrawPreparedReferral, WithdrawUnconsentedReferral } from './move-on-referral.js';
import { Referral, ReferralAccepted, ReferralCancelled, ReferralMade } from './referral.js';

const [residentId, consentId, assessmentId] = ['resident', 'consent', 'assessment'].map(someId) as [string, string, string];
const registered = happened(ResidentRegistered, { firstName: 'Wren', lastName: 'Okafor', dateOfBirth: '2008-02-29' });
const movedIn = happened(ResidentMovedIn, { placementId: someId('placement'), propertyId: someId('house'), roomId: someId('room'), agreementId: someId('agreement'), on: '2027-03-01' });
const consents = (more: object = {}): Happened => happened(ConsentGiven, { consentId, purpose: 'data_sharing', ...more });
/** Tuesday 29 February 2028. */
const LEAP_DAY = '2028-02-29T10:00:00.000Z';
const prepare = (history: readonly Happened[], held: readonly { kind: string; key: string }[] = []) =>
  given(Referral).now(LEAP_DAY).as('system').where('residents', residentId, stateOf(Resident, [registered, ...history], residentId))
    .where('assessment_forms', assessmentId, stateOf(Resident, []))
    .holding('resident', residentId, held.map((one) => ({ register: 'resident', owner: residentId, party: someId('other'), ...one })))
    .when(PrepareMoveOnReferral, { residentId, assessmentId });

describe('the referral of who is ready to move on', () => {
  it('is prepared on the consent that stands, and answered in ten working days', async () => {
    await prepare([movedIn, consents()]).records([ReferralMade, {
      residentId, preparedFrom: assessmentId, consentId, referralType: 'housing', urgency: 'routine', referralDate: '2028-02-29', responseDue: { code: 'REF-3', dueOn: '2028-03-14' },
    }]);
  });

  it('REF-1: is not without one', async () => {
    await prepare([movedIn]).refused('REF-1', 'residentId');
    await prepare([movedIn, consents({ expiresOn: '2028-02-29' })]).refused('REF-1', 'residentId');
    await prepare([movedIn, consents(), happened(ConsentWithdrawn, { purpose: 'data_sharing' })]).refused('REF-1', 'residentId');
    await prepare([movedIn, consents({ expiresOn: '2028-03-01' })]).records(ReferralMade);
  });

  it('is one, and none beside what people have made', async () => {
    await prepare([movedIn, consents()], [{ kind: 'referral', key: 'outbound|housing' }]).refused('DUPLICATE');
    await prepare([movedIn, consents()], [{ kind: 'prepared_referral', key: someId('other') }]).refused('DUPLICATE');
    await prepare([movedIn, consents()], [{ kind: 'referral', key: 'outbound|health' }]).records(ReferralMade);
  });

  it('is of somebody who lives here and stays known', async () => {
    await prepare([consents()]).refused('STATE');
    await prepare([movedIn, consents(), happened(ResidentErasureDecided, { on: '2028-02-28', scopes: [], retained: [] })]).refused('ERASED');
  });

  const made = (more: object = {}) => happened(ReferralMade, { residentId, referralType: 'housing', referralDate: '2028-02-29', ...more, responseDue: { code: 'REF-3', basis: 'working', ruleBasis: 'policy', startsAt: LEAP_DAY, dueAt: '2028-03-15T00:00:00.000Z' } });
  const accepted = happened(ReferralAccepted, { residentId, on: '2028-03-01', respondedAt: LEAP_DAY, responseDays: 1 });
  const kinds = (...history: Happened[]) => stateOf(Referral, history).holds().map(({ kind }) => kind);

  it('keeps nobody from making one of their own, until it is answered', () => {
    expect(kinds(made({ preparedFrom: assessmentId }))).toEqual(['prepared_referral']);
    expect(kinds(made({ preparedFrom: assessmentId }), accepted)).toEqual(['referral']);
    expect(kinds(made())).toEqual(['referral']);
  });

  it('REF-1: is taken back where no consent to it holds any more, unless people have sent it, or made it', async () => {
    const withdrawn = happened(ConsentWithdrawn, { purpose: 'data_sharing' });
    const asked = (referral: readonly Happened[], ...history: Happened[]) => given(Referral, ...referral).now(LEAP_DAY).as('system')
      .where('residents', residentId, stateOf(Resident, [registered, movedIn, consents(), ...history], residentId)).when(WithdrawUnconsentedReferral);
    const prepared = made({ preparedFrom: assessmentId });
    await asked([prepared], withdrawn).records([ReferralCancelled, { residentId, on: '2028-02-29', reason: 'The consent to it was withdrawn.' }]);
    await asked([prepared]).recordsNothing();
    await asked([prepared], withdrawn, happened(ConsentGiven, { consentId: someId('other'), purpose: 'information_sharing' })).recordsNothing();
    await asked([prepared, accepted], withdrawn).recordsNothing();
    await asked([made()], withdrawn).recordsNothing();
  });

  it('is taken back for that one while nobody has answered it', async () => {
    await given(Referral, made({ preparedFrom: assessmentId })).as('system').when(WithdrawPreparedReferral).records(ReferralCancelled);
    await given(Referral, made({ preparedFrom: assessmentId }), accepted).as('system').when(WithdrawPreparedReferral).recordsNothing();
    await given(Referral, made()).as('system').when(WithdrawPreparedReferral).recordsNothing();
  });
});
