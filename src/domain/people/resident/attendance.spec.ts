import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, ORGANIZATION, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { CalendarEvent } from '../../engagement/calendar-event/calendar-event.js';
import { OrganizationPolicySet } from '../../organisation/organization/organization-policies.js';
import { Organization, OrganizationRegistered } from '../../organisation/organization/organization.js';
import { SupportPlan, SupportPlanOpened, SupportPlanReviewed } from '../../support/support-plan/support-plan.js';
import { NoteAttendance, PromptReview, ResidentAttendanceNoted, ResidentReviewPrompted } from './attendance.js';
import { ResidentErasureDecided } from './erasure.js';
import { ResidentRegistered } from './resident-events.js';
import { ResidentSupportPlanLinked } from './resident-support.js';
import { Resident } from './resident.js';

const registered = happened(ResidentRegistered, { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' });
const erasing = happened(ResidentErasureDecided, { scopes: [], retained: [], on: '2026-09-02' });
const calendarEvent = stateOf(CalendarEvent, []);
const [supportPlanId, riskAssessmentId, calendarEventId] = ['plan', 'risk', 'event'].map(someId) as [string, string, string];
const about = (day: number, came: boolean) => ({ calendarEventId, occurrenceDate: `2026-10-${String(day).padStart(2, '0')}`, startTime: `2026-10-${String(day).padStart(2, '0')}T09:00:00.000Z`, came });
const organization = stateOf(Organization, [happened(OrganizationRegistered, { name: 'Hackney Young Futures', organizationType: 'charity', tier: 'enterprise' }), happened(OrganizationPolicySet, { code: 'CAL.non_attendance', value: 2 })], ORGANIZATION);

const at = (...history: Happened[]) => given(Resident, ...history).as('system').where('calendar_events', calendarEventId, calendarEvent);

/** What was noted of days, one after the other as they were recorded. */
async function noted(...days: readonly [number, boolean][]): Promise<{ history: Happened[]; told: number[] }> {
  const history = [registered];
  const told: number[] = [];
  for (const [day, came] of days) {
    for (const event of await at(...history).when(NoteAttendance, about(day, came)).events()) {
      history.push({ event });
      if ((event as ResidentAttendanceNoted).repeated) told.push(day);
    }
  }
  return { history, told };
}
const missed = async (...days: readonly [number, boolean][]): Promise<number> => stateOf(Resident, (await noted(...days)).history).missedInARow;

describe('what a resident comes to', () => {
  it('tells once when they have missed three things in a row, whatever these were, and once more after another three', async () => {
    expect((await noted([1, false], [2, false], [3, false], [4, false], [5, false])).told).toEqual([3]);
    expect((await noted([1, false], [2, false], [3, false], [4, false], [5, false], [6, false])).told).toEqual([3, 6]);
    expect((await noted([1, false], [2, false], [3, true], [4, false], [5, false], [6, false])).told).toEqual([6]);
    await at(registered, happened(ResidentAttendanceNoted, { ...about(1, false), missedInARow: 1, repeated: false })).where('organizations', ORGANIZATION, organization)
      .when(NoteAttendance, about(2, false)).records([ResidentAttendanceNoted, { missedInARow: 2, repeated: true }]);
  });

  it('goes by when things were: what is recorded late falls where it belongs', async () => {
    expect(await missed([1, false], [3, false], [2, true])).toBe(1);
    expect(await missed([2, true], [1, false])).toBe(0);
    expect((await noted([1, false], [4, false], [3, false])).told).toEqual([3]);
    expect((await noted([1, false], [1, false], [1, false])).told).toEqual([]);
    expect(await missed([3, true], [2, true], [4, false])).toBe(1);
  });

  it('in any order of recording comes to what was missed after they last came', async () => {
    const days = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 28 }), fc.boolean()), { selector: ([day]) => day, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(days, async (some) => {
        const last = Math.max(0, ...some.filter(([, came]) => came).map(([day]) => day));
        expect(await missed(...some)).toBe(some.filter(([day, came]) => !came && day > last).length);
      }),
      { numRuns: 60 },
    );
  });

  it('is not noted of who is being erased', async () => {
    await at(registered, erasing).when(NoteAttendance, about(1, false)).recordsNothing();
  });
});

describe('a review that was held', () => {
  const opened = happened(SupportPlanOpened, { residentId: someId('Resident'), keyWorkerId: someId('kofi'), startDate: '2026-08-03', reviewDate: '2026-10-30' });
  const reviewedOn = (on: string) => happened(SupportPlanReviewed, { on, nextReviewDate: '2026-12-01' });
  const held = { calendarEventId, heldOn: '2026-10-20', ofPlan: false };
  const linked = happened(ResidentSupportPlanLinked, { supportPlanId });
  const prompted = (plan: Happened[], from?: string, ...history: Happened[]) => {
    const resident = at(registered, linked, ...history).where('support_plans', supportPlanId, stateOf(SupportPlan, [opened, ...plan], supportPlanId));
    return from ? resident.holding('resident', someId('Resident'), [{ register: 'resident', owner: someId('Resident'), kind: 'risk_assessment', key: riskAssessmentId, from }]) : resident;
  };

  it('is to be recorded in the plan and in the risk assessment, as far as it is not yet', async () => {
    await prompted([], '2026-09-10').when(PromptReview, held).records([ResidentReviewPrompted, { calendarEventId, heldOn: '2026-10-20', supportPlanId, riskAssessmentId }]);
    expect((await prompted([reviewedOn('2026-10-20')], '2026-09-10').when(PromptReview, held).events())[0]).not.toHaveProperty('supportPlanId');
    await prompted([reviewedOn('2026-10-19')], '2026-10-20').when(PromptReview, held).records([ResidentReviewPrompted, { supportPlanId }]);
    await prompted([reviewedOn('2026-10-20')], '2026-10-20').when(PromptReview, held).recordsNothing();
    await prompted([reviewedOn('2026-10-20')], '2026-09-10').when(PromptReview, { ...held, ofPlan: true }).recordsNothing();
    await prompted([], '2026-09-10', erasing).when(PromptReview, held).recordsNothing();
  });
});
