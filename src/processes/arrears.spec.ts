import { beforeEach, describe, expect, it } from '@jest/globals';
import { happened, ORGANIZATION, someId, stateOf, type Happened } from '../../test/support/given.js';
import { LICENCE } from '../../test/support/rent-world.js';
import '../domain/money/index.js';
import { ArrearsPlanStarted, ArrearsStageReached } from '../domain/money/rent-account/arrears-events.js';
import { BenefitTaskRaised, HousingBenefitAwarded } from '../domain/money/rent-account/benefit-events.js';
import { RentStatementDue, RentStatementWaived } from '../domain/money/rent-account/pre-action-events.js';
import { RentAccount, RentAccountOpened, RentCharged, RentPaymentReceived, RentScheduleSet } from '../domain/money/rent-account/rent-account.js';
import type { Organization } from '../domain/organisation/organization/organization.js';
import type { DecodedEvent } from '../privacy/codec.js';
import { arrears as arrearsOver, type OwingPage } from './arrears.js';
import { benefits } from './benefits.js';
import type { Process, ProcessCommand, ProcessContext, ProcessTimer } from './engine/process.js';

const accountId = someId('RentAccount');
const base = [
  happened(RentAccountOpened, { residentId: someId('jordan'), propertyId: someId('house'), agreementId: someId('agreement'), paymentReference: 'R123' }),
  happened(RentScheduleSet, { from: '2026-09-02', weeklyCharges: LICENCE, chargeDay: 'monday', origin: 'person', stretch: 0 }),
  happened(HousingBenefitAwarded, { weeklyPence: 24_675, from: '2026-09-02', frequency: 'four_weekly', payee: 'landlord', shortfallPence: 0 }),
];
const owes = (pence: number, eligible = 0): Happened => happened(RentCharged, {
  chargeId: someId('owes'), from: '2026-09-07', to: '2026-09-14', nights: 7, totalPence: pence,
  components: { corePence: eligible, eligibleServicePence: 0, ineligibleServicePence: pence - eligible, supportPence: 0 },
});

/** A thousand and one accounts that owe something, and the pages of them that were asked for. */
const owing = Array.from({ length: 1_001 }, (_, at) => `account ${String(at).padStart(4, '0')}`);
let pages: OwingPage[];
const arrears = arrearsOver((organizationId, page) => {
  if (organizationId === ORGANIZATION) pages.push(page);
  return Promise.resolve(owing.filter((id) => page.after === undefined || id > page.after).slice(0, page.most));
});

let timer: ProcessTimer | undefined;
let timers: ProcessTimer[];
let sent: ProcessCommand[];
beforeEach(() => {
  timer = undefined;
  [sent, timers, pages] = [[], [], []];
});
const contextAt = (now: string, history: Happened[], organization?: Partial<Organization>): ProcessContext => ({
  organizationId: ORGANIZATION, now, cause: someId('cause'),
  find: (table: string) => Promise.resolve((table === 'rent_accounts' ? stateOf(RentAccount, [...base, ...history]) : organization) as never),
  send: (command) => Promise.resolve(void sent.push(command)),
  schedule: (one) => void timers.push((timer = one)),
  cancel: () => void (timer = undefined),
});
const told = (process: Process, type: string, context: ProcessContext, event: object = {}, recordedAt = context.now): Promise<void> =>
  process.react({ declaration: { type }, event, metadata: { recordedAt }, stored: { stream: `rentAccount-${accountId}` } } as unknown as DecodedEvent, context);
const watched = async (now: string, history: Happened[], organization?: Partial<Organization>): Promise<string | undefined> => {
  await told(arrears, 'RentCharged', contextAt(now, history, organization));
  return timer?.dueAt;
};

describe('the process of arrears', () => {
  it('wakes up at 07:00 in London of the day on which a stage is reached, whatever that is in UTC', async () => {
    expect(await watched('2026-10-04T23:00:00.000Z', [owes(4_300)])).toBe('2026-10-05T06:00:00.000Z');
    expect(await watched('2026-10-05T06:00:00.000Z', [owes(4_300)])).toBe('2026-10-06T06:00:00.000Z');
    // The clocks go back on 25 October.
    expect(await watched('2026-10-24T12:00:00.000Z', [owes(4_300)])).toBe('2026-10-25T07:00:00.000Z');
    expect(await watched('2027-03-27T12:00:00.000Z', [owes(4_300)])).toBe('2027-03-28T06:00:00.000Z');
  });
  it('looks at once at what was to be looked at in the morning, where nobody worked then', async () => {
    await told(arrears, 'RentCharged', contextAt('2026-10-05T09:30:00.000Z', [owes(4_300)]), {}, '2026-10-05T05:59:59.000Z');
    expect(timer?.dueAt).toBe('2026-10-05T06:00:00.000Z');
    await told(arrears, 'RentCharged', contextAt('2026-10-05T09:30:00.000Z', [owes(4_300)]), {}, '2026-10-05T06:00:00.000Z');
    expect(timer?.dueAt).toBe('2026-10-06T06:00:00.000Z');
  });
  it('has rent statements asked for where an account comes into arrears, and no more where it is out of them (UK-T8)', async () => {
    const asked = async (history: Happened[], organization?: Partial<Organization>): Promise<string[]> => {
      sent = [];
      await told(arrears, 'RentCharged', contextAt('2026-10-05T07:00:00.000Z', history, organization));
      return sent.map(({ command }) => command);
    };
    const reached = happened(ArrearsStageReached, { stage: 's1', on: '2026-10-05', collectablePence: 4_300, rawBalancePence: 4_300, gracePence: 2_150, grossWeeklyPence: 26_825, ruleVersion: 'x' });
    const due = happened(RentStatementDue, { statement: { code: 'UK-T8', basis: 'calendar', ruleBasis: 'statutory', startsAt: '2026-10-04T23:00:00.000Z', dueAt: '2027-01-05T00:00:00.000Z', dueOn: '2027-01-04' } });
    expect(await asked([owes(4_300)])).toEqual([]);
    expect(await asked([owes(4_300), reached])).toEqual(['FollowRentStatements']);
    expect(await asked([owes(4_300), reached, due])).toEqual([]);
    expect(await asked([owes(4_300), reached], { policies: [{ id: someId('policy'), code: 'UK-T8.weeks', value: 0 }] })).toEqual([]);
    const paid = happened(RentPaymentReceived, { receiptId: someId('all'), payer: 'resident', amountPence: 4_300, on: '2026-10-05', method: 'card' });
    expect(await asked([owes(4_300), reached, due, paid])).toEqual(['FollowRentStatements']);
    expect(await asked([owes(4_300), reached, due, paid, happened(RentStatementWaived)])).toEqual([]);
  });
  it('sleeps while nothing could come of it', async () => {
    const reached = happened(ArrearsStageReached, { stage: 's1', on: '2026-10-05', collectablePence: 4_300, rawBalancePence: 4_300, gracePence: 2_150, grossWeeklyPence: 26_825, ruleVersion: 'x' });
    expect(await watched('2026-10-05T07:00:00.000Z', [owes(3_149)])).toBeUndefined();
    expect(await watched('2026-10-05T07:00:00.000Z', [owes(4_300), happened(ArrearsPlanStarted, { planId: someId('plan') })])).toBeUndefined();
    expect(await watched('2026-10-05T07:00:00.000Z', [owes(4_300), reached])).toBe('2026-10-12T06:00:00.000Z');
  });
  it('goes by the figures of the organisation', async () => {
    const policies = [{ id: someId('policy'), code: 'LED-5.minimum', value: 2_151 }];
    expect(await watched('2026-10-05T07:00:00.000Z', [owes(4_300)], { policies })).toBeUndefined();
    expect(await watched('2026-10-05T07:00:00.000Z', [owes(4_301)], { policies })).toBe('2026-10-06T06:00:00.000Z');
  });
  it('asks the account, once for an instant, and waits on', async () => {
    await arrears.fire!({ key: '', dueAt: '2026-10-05T06:00:00.000Z', payload: { accountId } }, contextAt('2026-10-05T06:00:00.000Z', [owes(4_300)]));
    expect(sent).toEqual([{ step: 'evaluate', command: 'EvaluateArrears', id: accountId, body: {} }]);
    expect(timer?.dueAt).toBe('2026-10-06T06:00:00.000Z');
  });
});

describe('a changed figure of arrears', () => {
  const changed = (code: string) =>
    arrears.react(
      { declaration: { type: 'OrganizationPolicySet' }, event: { code, value: 1 }, stored: { stream: `organization-${ORGANIZATION}`, position: 77 } } as unknown as DecodedEvent,
      contextAt('2026-10-05T07:00:00.000Z', []),
    );
  it('has every account looked at the next morning, each once and page by page', async () => {
    await changed('LED-5.minimum');
    for (let turn = timers.pop()!; turn.payload['after']; turn = timers.pop()!) {
      expect(turn.dueAt).toBe('2026-10-05T07:00:00.000Z');
      await arrears.fire!(turn, contextAt('2026-10-05T07:00:00.000Z', []));
      if (!timers.at(-1)!.payload['after']) break;
    }
    expect(pages).toEqual([{ position: 77, most: 500 }, { after: owing[499], most: 500 }, { after: owing[999], most: 500 }]);
    expect(timers.map(({ key, stream }) => [key, stream])).toEqual(owing.map((id) => [`arrears|${id}`, `rentAccount-${id}`]));
    expect(new Set(timers.map(({ dueAt }) => dueAt))).toEqual(new Set(['2026-10-06T06:00:00.000Z']));
  });
  it('is one of the stages', async () => {
    await changed('UK-T9.months');
    expect([pages, timers]).toEqual([[], []]);
  });
});

describe('the process of benefits', () => {
  it('ends Housing Benefit with the stay', async () => {
    await told(benefits, 'RentScheduleEnded', contextAt('2026-10-05T07:00:00.000Z', []), { on: '2026-10-05' });
    expect(sent).toMatchObject([{ command: 'EndHb', id: accountId, body: { on: '2026-10-05' } }]);
  });
  it('listens for eight weeks from the decision on, while something is still to be paid', async () => {
    await told(benefits, 'RentCharged', contextAt('2026-09-07T07:00:00.000Z', [owes(4_300, 2_000)]));
    expect(timer?.dueAt).toBe('2026-10-29T07:00:00.000Z');
    await benefits.fire!({ key: '', dueAt: timer!.dueAt, payload: timer!.payload }, contextAt(timer!.dueAt, [owes(4_300, 2_000)]));
    expect(sent).toMatchObject([{ command: 'ReportHbSilence', id: accountId }]);
    await told(benefits, 'RentCharged', contextAt('2026-09-07T07:00:00.000Z', [owes(4_300)]));
    expect(timer).toBeUndefined();
  });
  it('listens on where the organisation has more patience by then', async () => {
    const waiting = [owes(4_300, 2_000)];
    await told(benefits, 'RentCharged', contextAt('2026-09-07T07:00:00.000Z', waiting));
    const patient = { policies: [{ id: someId('policy'), code: 'LED-3.silence', value: 10 }] };
    await benefits.fire!({ key: '', dueAt: timer!.dueAt, payload: timer!.payload }, contextAt(timer!.dueAt, waiting, patient));
    expect(timer?.dueAt).toBe('2026-11-12T07:00:00.000Z');
  });
  it('has the account say so where the landlord may be paid, and again nothing while that stands', async () => {
    const direct = happened(HousingBenefitAwarded, { weeklyPence: 24_675, from: '2026-09-02', frequency: 'four_weekly', payee: 'resident', shortfallPence: 0 });
    const asked = async (history: Happened[], property: object = {}): Promise<unknown[]> => {
      sent = [];
      const context = contextAt('2026-10-05T07:00:00.000Z', [direct, ...history]);
      await told(benefits, 'RentCharged', { ...context, find: (table, id) => (table === 'properties' ? Promise.resolve(property as never) : context.find(table, id)) });
      return sent;
    };
    expect(await asked([owes(8 * 26_825 - 1)])).toEqual([]);
    expect(await asked([owes(8 * 26_825)])).toEqual([{ step: 'benefit task', command: 'ReviewBenefitTask', id: accountId, body: { specifiedAccommodation: undefined } }]);
    const raised = happened(BenefitTaskRaised, { task: 'request_direct_payment', on: '2026-10-05', collectablePence: 214_600 });
    expect(await asked([owes(8 * 26_825), raised])).toEqual([]);
    expect(await asked([owes(8 * 26_825), raised], { specifiedAccommodation: 'none' })).toMatchObject([{ command: 'ReviewBenefitTask', body: { specifiedAccommodation: 'none' } }]);
  });
});
