import { describe, expect, it } from '@jest/globals';
import { given, happened, ORGANIZATION, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { OrganizationPolicySet } from '../../organisation/organization/organization-policies.js';
import { Organization, OrganizationRegistered } from '../../organisation/organization/organization.js';
import {
  AgreeMoveOn,
  NoteMoveOnPlan,
  NoteMoveOnReferral,
  ReportMoveOnPlanMissing,
  ReportMoveOnReferralMissing,
  ResidentMoveOnAgreed,
  ResidentMoveOnPlanned,
  ResidentMoveOnPlanOverdue,
  ResidentMoveOnReferralOverdue,
  ResidentMoveOnReferred,
} from './move-on.js';
import { Placement, PlacementStarted } from '../../tenancy/placement/placement.js';
import { MovePlanned } from '../../tenancy/placement/hand-over.js';
import { ConsentGiven, ResidentRegistered } from './resident-events.js';
import { ResidentMovedIn, ResidentMovedOut } from './resident-moves.js';
import { Resident } from './resident.js';

const [assessmentId, referralId] = [someId('assessment'), someId('referral')];
const registered = happened(ResidentRegistered, { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' });
const movedIn = happened(ResidentMovedIn, { placementId: someId('placement'), propertyId: someId('house'), roomId: someId('room'), agreementId: someId('agreement'), on: '2026-08-03' });
const due = (code: string) => ({ code, basis: 'calendar', ruleBasis: 'policy', startsAt: '2026-09-01T23:00:00.000Z', dueAt: '2026-09-16T23:00:00.000Z' }) as const;
const agreed = happened(ResidentMoveOnAgreed, { assessmentId, referralDue: due('MOVE-ON.referral'), planDue: due('MOVE-ON.plan') });
const world = (...history: Happened[]) =>
  given(Resident, registered, ...history).as('system').where('assessment_forms', assessmentId, stateOf(Resident, [])).where('referrals', referralId, stateOf(Resident, []));
const late = (code: string) => ({ code, dueAt: '2026-09-16T23:00:00.000Z' });

describe('who is ready to move on', () => {
  it('is to be referred within 14 days and to have a day planned within 28, or as the organisation says', async () => {
    await world(movedIn).when(AgreeMoveOn, { assessmentId }).records([ResidentMoveOnAgreed, { referralDue: { code: 'MOVE-ON.referral', dueOn: '2026-09-16' }, planDue: { code: 'MOVE-ON.plan', dueOn: '2026-09-30' } }]);
    const set = stateOf(Organization, [happened(OrganizationRegistered, { name: 'Hackney Young Futures', organizationType: 'charity', tier: 'enterprise' }), happened(OrganizationPolicySet, { code: 'MOVE-ON.plan', value: 7 })], ORGANIZATION);
    await world(movedIn).where('organizations', ORGANIZATION, set).when(AgreeMoveOn, { assessmentId }).records([ResidentMoveOnAgreed, { planDue: { dueOn: '2026-09-09' } }]);
    await world().when(AgreeMoveOn, { assessmentId }).recordsNothing();
  });

  it('is not to be referred again where a referral for a home is live', async () => {
    const register = (key: string) => [{ register: 'resident', owner: someId('Resident'), kind: 'referral', key, party: referralId }];
    const [event] = await world(movedIn).holding('resident', someId('Resident'), register('outbound|housing')).when(AgreeMoveOn, { assessmentId }).events();
    expect(event).not.toHaveProperty('referralDue');
    await world(movedIn).holding('resident', someId('Resident'), register('outbound|health')).when(AgreeMoveOn, { assessmentId }).records([ResidentMoveOnAgreed, { referralDue: { code: 'MOVE-ON.referral' } }]);
  });

  it('has nothing to plan any more where the day of moving out is planned already', async () => {
    const planned = (move: Partial<MovePlanned>) => stateOf(Placement, [
      happened(PlacementStarted, { moveId: someId('in'), residentId: someId('Resident'), propertyId: someId('house'), roomId: someId('room'), agreementId: someId('agreement'), on: '2026-08-03' }),
      happened(MovePlanned, { moveId: someId('move'), residentId: someId('Resident'), moveType: 'move_out', plannedDate: '2026-10-05', ...move }),
    ], someId('placement'));
    const agree = (placement: Placement) => world(movedIn).where('placements', someId('placement'), placement).when(AgreeMoveOn, { assessmentId });
    await agree(planned({})).records([ResidentMoveOnAgreed, {}], [ResidentMoveOnPlanned, { plannedDate: '2026-10-05' }]);
    await agree(planned({ moveType: 'internal_transfer' })).records([ResidentMoveOnAgreed, {}]);
  });

  it('is asked for a consent first where there is none that counts', async () => {
    const consent = (more: object = {}) => happened(ConsentGiven, { consentId: someId('consent'), purpose: 'information_sharing', ...more });
    const awaits = async (...history: Happened[]) => (await world(movedIn, ...history).when(AgreeMoveOn, { assessmentId }).events())[0];
    expect(await awaits()).toMatchObject({ referralAwaits: 'consent' });
    expect(await awaits(consent({ expiresOn: '2026-09-02' }))).toMatchObject({ referralAwaits: 'consent' });
    expect(await awaits(happened(ConsentGiven, { consentId: someId('consent'), purpose: 'photography' }))).toMatchObject({ referralAwaits: 'consent' });
    expect(await awaits(consent({ expiresOn: '2026-09-03' }))).not.toHaveProperty('referralAwaits');
    // What a parent consented to ends at 16.
    const byParent = given(Resident, registered, movedIn, consent({ givenBy: 'parent' })).as('system').where('assessment_forms', assessmentId, stateOf(Resident, []));
    for (const [born, awaited] of [['2010-09-02', true], ['2010-09-03', false]] as const) {
      const [event] = await byParent.fact('date-of-birth', someId('Resident'), [born]).when(AgreeMoveOn, { assessmentId }).events();
      expect('referralAwaits' in event!).toBe(awaited);
    }
  });

  it('is seen to once the referral is made and the day planned, each once', async () => {
    await world(movedIn, agreed).when(NoteMoveOnReferral, { on: '2026-09-02', referralId }).records([ResidentMoveOnReferred, { on: '2026-09-02', referralId }]);
    await world(movedIn, agreed).when(NoteMoveOnPlan, { plannedDate: '2026-10-01' }).records([ResidentMoveOnPlanned, { plannedDate: '2026-10-01' }]);
    const both = [happened(ResidentMoveOnReferred, { on: '2026-09-02', referralId }), happened(ResidentMoveOnPlanned, { plannedDate: '2026-10-01' })];
    await world(movedIn, agreed, ...both).when(NoteMoveOnReferral, { on: '2026-09-03', referralId }).recordsNothing();
    await world(movedIn, agreed, ...both).when(NoteMoveOnPlan, { plannedDate: '2026-10-02' }).recordsNothing();
    await world(movedIn, agreed, ...both).when(ReportMoveOnReferralMissing, late('MOVE-ON.referral')).recordsNothing();
    await world(movedIn, agreed, ...both).when(ReportMoveOnPlanMissing, late('MOVE-ON.plan')).recordsNothing();
    await world(movedIn).when(NoteMoveOnReferral, { on: '2026-09-02', referralId }).recordsNothing();
  });

  it('is missed once, and not by who has left', async () => {
    await world(movedIn, agreed).when(ReportMoveOnReferralMissing, late('MOVE-ON.referral')).records(ResidentMoveOnReferralOverdue);
    await world(movedIn, agreed).when(ReportMoveOnPlanMissing, late('MOVE-ON.plan')).records(ResidentMoveOnPlanOverdue);
    const missed = [movedIn, agreed, happened(ResidentMoveOnReferralOverdue), happened(ResidentMoveOnPlanOverdue)];
    await world(...missed).when(ReportMoveOnReferralMissing, late('MOVE-ON.referral')).recordsNothing();
    // What is done too late is done.
    await world(...missed).when(NoteMoveOnReferral, { on: '2026-09-20', referralId }).records([ResidentMoveOnReferred, { on: '2026-09-20', referralId }]);
    await world(...missed).when(NoteMoveOnPlan, { plannedDate: '2026-11-01' }).records([ResidentMoveOnPlanned, { plannedDate: '2026-11-01' }]);
    const done = [happened(ResidentMoveOnReferred, { on: '2026-09-20', referralId }), happened(ResidentMoveOnPlanned, { plannedDate: '2026-11-01' })];
    await world(...missed, ...done).when(NoteMoveOnReferral, { on: '2026-09-21', referralId }).recordsNothing();
    await world(...missed, happened(ResidentMovedOut, { on: '2026-09-10' })).when(NoteMoveOnReferral, { on: '2026-09-21', referralId }).recordsNothing();
    await world(movedIn, agreed, happened(ResidentMovedOut, { on: '2026-09-10' })).when(ReportMoveOnPlanMissing, late('MOVE-ON.plan')).recordsNothing();
  });
});
