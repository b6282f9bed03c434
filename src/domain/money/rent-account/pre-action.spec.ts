import { describe, expect, it } from '@jest/globals';
import { given, happened, ORGANIZATION, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { LICENCE } from '../../../../test/support/rent-world.js';
import { OrganizationPolicySet } from '../../organisation/organization/organization-policies.js';
import { Organization } from '../../organisation/organization/organization.js';
import { Agreement, AgreementDrafted } from '../../tenancy/agreement/agreement.js';
import '../index.js';
import { blocksOn } from './arrears.js';
import { ApproveCourtAction, ProposeCourtAction, RecordArrearsAction } from './arrears-commands.js';
import { ArrearsActionTaken, ArrearsPlanStarted, ArrearsStageReached, BreathingSpaceRegistered, CourtActionProposed } from './arrears-events.js';
import { UniversalCreditClaimed, UniversalCreditDecided } from './benefit-events.js';
import { missingBeforeAction } from './pre-action.js';
import { FollowRentStatements, RecordPlanOffer, RecordRentStatementSent, ReportRentStatementMissed, SetCourtHearing } from './pre-action-commands.js';
import {
  CourtHearingSet, HearingStatementSent, PaymentPlanOffered, RentStatementDue, RentStatementOverdue, RentStatementSent, RentStatementWaived,
} from './pre-action-events.js';
import { RentAccount, RentAccountOpened, RentCharged, RentPaymentReceived, RentScheduleEnded, RentScheduleSet } from './rent-account.js';
import { RecordUcClaim, RecordUcDecision } from './universal-credit-commands.js';

const DUE = 20 * 26_825;
const opened = happened(RentAccountOpened, { residentId: someId('jordan'), propertyId: someId('house'), agreementId: someId('agreement'), paymentReference: 'R123' });
const set = happened(RentScheduleSet, { from: '2026-09-02', weeklyCharges: LICENCE, chargeDay: 'monday', origin: 'person', stretch: 0 });
const owes = happened(RentCharged, { chargeId: someId('owes'), from: '2026-09-07', to: '2026-09-14', nights: 7, components: { ...LICENCE, corePence: 0, eligibleServicePence: 0, ineligibleServicePence: DUE }, totalPence: DUE });
const reached = (stage: ArrearsStageReached['stage'], on: string): Happened =>
  happened(ArrearsStageReached, { stage, on, collectablePence: 1, rawBalancePence: 1, gracePence: 0, grossWeeklyPence: 1, ruleVersion: 'x' });
const sent = (day: string, next?: string): Happened => happened(RentStatementSent, {
  on: day, from: '2026-08-01', to: day, method: 'letter', openingBalancePence: 0, closingBalancePence: DUE, ...(next ? { next: deadline('UK-T8', next) } : {}),
});
const deadline = (code: string, dueOn: string) => ({ code, basis: 'calendar', ruleBasis: 'statutory', startsAt: `${dueOn}T00:00:00.000Z`, dueAt: `${dueOn}T23:00:00.000Z`, dueOn } as const);
const offered = happened(PaymentPlanOffered, { on: '2026-11-01', instalmentPence: 500, frequency: 'weekly', affordabilityChecked: true });
const cleared = happened(RentPaymentReceived, { receiptId: someId('all'), payer: 'resident', amountPence: DUE, on: '2026-11-02', method: 'card' });
const on = (day: string, ...events: Happened[]) => given(RentAccount, opened, set, owes, ...events).now(`${day}T08:00:00.000Z`);
const organization = (weeks: number) => stateOf(Organization, [happened(OrganizationPolicySet, { code: 'UK-T8.weeks', value: weeks })], ORGANIZATION);

describe('rent statements (UK-T8)', () => {
  it('are asked for every 13 weeks once the arrears have reached a stage, and no more when they are gone', async () => {
    await on('2026-10-05').when(FollowRentStatements).recordsNothing();
    await on('2026-10-05', reached('s1', '2026-10-05')).when(FollowRentStatements).records([RentStatementDue, { statement: expect.objectContaining({ code: 'UK-T8', dueOn: '2027-01-04' }) }]);
    // One that was sent within the quarter counts from its day.
    await on('2026-10-05', sent('2026-09-20'), reached('s1', '2026-10-05')).when(FollowRentStatements).records([RentStatementDue, { statement: expect.objectContaining({ dueOn: '2026-12-20' }) }]);
    await on('2028-02-29', sent('2027-11-30'), reached('s1', '2028-02-29')).when(FollowRentStatements).records([RentStatementDue, { statement: expect.objectContaining({ dueOn: '2028-05-30' }) }]);
    const due = happened(RentStatementDue, { statement: deadline('UK-T8', '2027-01-04') });
    await on('2026-11-02', reached('s1', '2026-10-05'), due).when(FollowRentStatements).recordsNothing();
    await on('2026-11-02', reached('s1', '2026-10-05'), due, cleared).when(FollowRentStatements).records(RentStatementWaived);
    await on('2026-11-02', reached('s1', '2026-10-05'), due, happened(RentScheduleEnded, { on: '2026-11-01' })).when(FollowRentStatements).records(RentStatementWaived);
    await on('2026-11-02', reached('s1', '2026-10-05'), due, cleared, happened(RentStatementWaived)).when(FollowRentStatements).recordsNothing();
    const under = (agreementType: 'license' | 'assured_periodic') => on('2026-10-05', reached('s1', '2026-10-05')).where('tenancy_agreements', someId('agreement'), stateOf(Agreement, [happened(AgreementDrafted, { agreementType, weeklyCharges: LICENCE, startDate: '2026-09-02' })]));
    await under('license').when(FollowRentStatements).records([RentStatementDue, { statement: expect.objectContaining({ ruleBasis: 'policy' }) }]);
    await under('assured_periodic').when(FollowRentStatements).records([RentStatementDue, { statement: expect.objectContaining({ ruleBasis: 'statutory' }) }]);
    await on('2026-10-05', reached('s1', '2026-10-05')).where('organizations', ORGANIZATION, organization(0)).when(FollowRentStatements).recordsNothing();
    await on('2026-10-05', reached('s1', '2026-10-05')).where('organizations', ORGANIZATION, organization(4)).when(FollowRentStatements).records([RentStatementDue, { statement: expect.objectContaining({ dueOn: '2026-11-02' }) }]);
  });

  it('show the last 13 weeks, or all there is, up to the week in which they are sent', async () => {
    const old = happened(RentCharged, { chargeId: someId('old'), from: '2026-06-01', to: '2026-06-08', nights: 7, components: LICENCE, totalPence: 26_825 });
    const world = on('2026-12-01', old);
    await world.when(RecordRentStatementSent, { method: 'letter' }).records([RentStatementSent, {
      on: '2026-12-01', from: '2026-09-02', to: '2026-12-01', openingBalancePence: 26_825, closingBalancePence: 26_825 + DUE, next: undefined,
    }]);
    await world.when(RecordRentStatementSent, { method: 'email', to: '2026-11-24' }).records([RentStatementSent, { from: '2026-08-26', to: '2026-11-24' }]);
    await world.when(RecordRentStatementSent, { method: 'email', to: '2026-11-23' }).refused('UK-T8', 'to');
    await world.when(RecordRentStatementSent, { method: 'email', to: '2026-12-02' }).refused('UK-T8', 'to');
    await world.when(RecordRentStatementSent, { method: 'email', from: '2026-09-03' }).refused('UK-T8', 'from');
    await world.when(RecordRentStatementSent, { method: 'email', from: '2026-12-02' }).refused('UK-T8', 'from');
    await world.when(RecordRentStatementSent, { method: 'email', on: '2026-12-02' }).refused('GEN-3', 'on');
    await on('2026-10-01').when(RecordRentStatementSent, { method: 'by_hand', from: '2026-09-07' }).records([RentStatementSent, { from: '2026-09-07' }]);
    await on('2026-10-01').when(RecordRentStatementSent, { method: 'by_hand', from: '2026-09-08' }).refused('UK-T8', 'from');
  });

  it('are contacts that ask for nothing: they meet the deadline, begin the next quarter and keep no stage waiting', async () => {
    await on('2026-12-01', reached('s1', '2026-10-05')).when(RecordRentStatementSent, { method: 'letter', on: '2026-11-30' })
      .records([RentStatementSent, { next: expect.objectContaining({ dueOn: '2027-03-01' }) }]);
    const account = stateOf(RentAccount, [opened, set, owes, reached('s1', '2026-10-05'), sent('2026-11-30', '2027-03-01')]);
    expect(account).toMatchObject({ statementSentOn: '2026-11-30', statementTo: '2026-11-30', statementDueOn: '2027-03-01', lastContactOn: '2026-10-05' });
    expect(account.arrearsActions.at(-1)).toMatchObject({ action: 'rent_statement', takenOn: '2026-11-30' });
    await on('2026-12-01', happened(BreathingSpaceRegistered, { kind: 'standard', on: '2026-11-10', until: '2027-01-09' })).when(RecordRentStatementSent, { method: 'letter' }).records(RentStatementSent);
  });

  it('that were not sent in time are told once', async () => {
    const late = (code: string, dueOn: string, ...events: Happened[]) => on('2027-03-02', reached('s1', '2026-10-05'), ...events).when(ReportRentStatementMissed, { code, dueAt: `${dueOn}T23:59:59.000Z` });
    const open = sent('2026-11-30', '2027-03-01');
    await late('UK-T8', '2027-03-02', open).records([RentStatementOverdue, { forHearing: false, dueOn: '2027-03-01' }]);
    await late('UK-T8', '2027-03-02', open, happened(RentStatementOverdue, { forHearing: false, dueOn: '2027-03-01' })).recordsNothing();
    await late('UK-T8', '2027-03-02', open, sent('2027-03-01', '2027-05-31')).recordsNothing();
    const hearing = happened(CourtHearingSet, { on: '2027-03-11', statement: deadline('UK-T8.hearing', '2027-03-01') });
    await late('UK-T8.hearing', '2027-03-02', hearing).records([RentStatementOverdue, { forHearing: true }]);
    await late('UK-T8.hearing', '2027-03-02', hearing, happened(HearingStatementSent, { on: '2027-02-28' })).recordsNothing();
  });
});

describe('before a notice and the court (UK-T8)', () => {
  const missing = (day: string, ...events: Happened[]) => missingBeforeAction(stateOf(RentAccount, [opened, set, owes, ...events]), day, 13);

  it('there is a statement of the last quarter, and a plan that was offered or agreed to', () => {
    expect(missing('2026-11-02')).toEqual(['rent_statement', 'plan_offer']);
    expect(missing('2026-11-02', offered)).toEqual(['rent_statement']);
    expect(missing('2027-01-31', sent('2026-11-01'), offered)).toEqual([]);
    expect(missing('2027-02-01', sent('2026-11-01'), offered)).toEqual(['rent_statement']);
    expect(missing('2026-11-02', sent('2026-11-01'), happened(ArrearsPlanStarted, { planId: someId('plan') }))).toEqual([]);
    // What was offered for an earlier debt is not for this one.
    expect(missing('2026-11-02', reached('s1', '2026-10-05'), offered, cleared, sent('2026-11-02'))).toEqual(['plan_offer']);
  });
  it('no notice is recorded without them, where the organisation follows the protocol', async () => {
    const notice = (...events: Happened[]) => on('2026-11-03', reached('s4', '2026-11-02'), ...events);
    const served = { action: 'notice_served', expiresOn: '2026-12-31' } as const;
    await notice(sent('2026-11-02')).when(RecordArrearsAction, served).refused('UK-T8', 'action');
    await notice(offered).when(RecordArrearsAction, served).refused('UK-T8', 'action');
    await notice(sent('2026-11-02'), offered).when(RecordArrearsAction, served).records(ArrearsActionTaken);
    await notice().where('organizations', ORGANIZATION, organization(0)).when(RecordArrearsAction, served).records(ArrearsActionTaken);
  });
  it('nobody proposes to go to court, or decides it, without them', async () => {
    const warned = (...events: Happened[]) => on('2026-12-16', reached('s5', '2026-12-02'), ...events);
    await warned(offered).as('finance', 'femi').when(ProposeCourtAction).refused('UK-T8');
    await warned(sent('2026-12-01'), offered).as('finance', 'femi').when(ProposeCourtAction).records(CourtActionProposed);
    await warned(offered, happened(CourtActionProposed, {}, { by: 'femi' })).as('manager', 'priya').when(ApproveCourtAction).refused('UK-T8');
  });
  it('a plan is offered that the resident can afford', async () => {
    await on('2026-11-01').when(RecordPlanOffer, { instalmentPence: 500, frequency: 'weekly' }).records([PaymentPlanOffered, { on: '2026-11-01', affordabilityChecked: true }]);
    await on('2026-11-01').when(RecordPlanOffer, { instalmentPence: 500, frequency: 'weekly', affordabilityChecked: false }).refused('UK-T8', 'affordabilityChecked');
    await on('2026-11-01').when(RecordPlanOffer, { instalmentPence: 500, frequency: 'weekly', on: '2026-11-02' }).refused('GEN-3', 'on');
  });
});

describe('a hearing (UK-T8)', () => {
  const atCourt = (day: string, ...events: Happened[]) => on(day, reached('s6', '2027-01-05'), ...events);

  it('is there once it was decided to go to court; ten days before it the resident has a statement', async () => {
    await atCourt('2027-02-01').when(SetCourtHearing, { on: '2027-03-11' }).records([CourtHearingSet, { statement: expect.objectContaining({ code: 'UK-T8.hearing', dueOn: '2027-03-01' }) }]);
    await atCourt('2028-02-01').when(SetCourtHearing, { on: '2028-03-10' }).records([CourtHearingSet, { statement: expect.objectContaining({ dueOn: '2028-02-29' }) }]);
    await atCourt('2027-03-05').when(SetCourtHearing, { on: '2027-03-11' }).records([CourtHearingSet, { statement: expect.objectContaining({ dueOn: '2027-03-05' }) }]);
    await atCourt('2027-02-01').when(SetCourtHearing, { on: '2027-01-31' }).refused('UK-T8', 'on');
    await on('2027-02-01', reached('s5', '2027-01-05')).when(SetCourtHearing, { on: '2027-03-11' }).refused('UK-T8', 'on');
    await atCourt('2027-02-01', happened(CourtHearingSet, { on: '2027-03-11' })).when(SetCourtHearing, { on: '2027-03-11' }).recordsNothing();
    const [without] = await atCourt('2027-02-01').where('organizations', ORGANIZATION, organization(0)).when(SetCourtHearing, { on: '2027-03-11' }).events();
    expect((without as CourtHearingSet).statement).toBeUndefined();
  });
  it('has a statement of its own', async () => {
    await atCourt('2027-02-01', happened(CourtHearingSet, { on: '2027-03-11' })).when(RecordRentStatementSent, { method: 'by_hand', forHearing: true })
      .records(RentStatementSent, [HearingStatementSent, { on: '2027-02-01' }]);
    await atCourt('2027-02-01').when(RecordRentStatementSent, { method: 'by_hand', forHearing: true }).refused('STATE', 'forHearing');
  });
});

describe('a claim for Universal Credit (UK-T8)', () => {
  const claimed = (evidenceSupplied = true) => happened(UniversalCreditClaimed, { on: '2026-10-01', evidenceSupplied });
  const blocks = (...events: Happened[]) => blocksOn(stateOf(RentAccount, [opened, set, owes, ...events]), '2026-10-05');

  it('holds every stage up until it is decided or pays, where it has its evidence', () => {
    expect(blocks(claimed())).toEqual(['pending_claim']);
    expect(blocks(claimed(false))).toEqual([]);
    expect(blocks(claimed(), happened(UniversalCreditDecided, { on: '2026-10-04', awarded: false }))).toEqual([]);
    const first = happened(RentPaymentReceived, { receiptId: someId('first'), payer: 'uc', amountPence: 1, on: '2026-10-04', method: 'universal_credit' });
    expect(blocks(claimed(), first)).toEqual([]);
  });
  it('is recorded once, and decided once', async () => {
    await on('2026-10-01').when(RecordUcClaim).records([UniversalCreditClaimed, { on: '2026-10-01', evidenceSupplied: true }]);
    await on('2026-10-01', claimed()).when(RecordUcClaim).recordsNothing();
    await on('2026-10-02', claimed(false)).when(RecordUcClaim, { on: '2026-10-01' }).records([UniversalCreditClaimed, { evidenceSupplied: true }]);
    await on('2026-10-01').when(RecordUcClaim, { on: '2026-10-02' }).refused('GEN-3', 'on');
    await on('2026-10-05', claimed()).when(RecordUcDecision, { awarded: true }).records([UniversalCreditDecided, { awarded: true }]);
    await on('2026-10-05').when(RecordUcDecision, { awarded: true }).refused('STATE');
  });
});
