import { describe, expect, it } from '@jest/globals';
import { happened, someId, type Happened } from '../../test/support/given.js';
import { ReferralMade } from '../domain/people/referral/referral.js';
import { AssessmentApproved } from '../domain/support/assessment-form/assessment-form.js';
import { MovePlanned } from '../domain/tenancy/placement/hand-over.js';
import { declaredEvents } from '../kernel/event.js';
import type { DecodedEvent } from '../privacy/codec.js';
import type { ProcessCommand, ProcessContext } from './engine/process.js';
import { moveOn } from './move-on.js';

const [residentId, streamId] = [someId('jordan'), someId('stream')];

/** The commands that follow from an event. */
async function after({ event }: Happened): Promise<[string, string, object][]> {
  const sent: [string, string, object][] = [];
  const context = { send: ({ command, id, body }: ProcessCommand) => Promise.resolve(void sent.push([command, id, body])) } as unknown as ProcessContext;
  const declaration = declaredEvents().find((one) => one.event === (event.constructor as never));
  await moveOn.react({ declaration, event, metadata: {}, stored: { stream: `any-${streamId}` } } as unknown as DecodedEvent, context);
  return sent;
}

describe('moving on', () => {
  it('begins with an assessment for it, and with no other one', async () => {
    expect(await after(happened(AssessmentApproved, { residentId, assessmentType: 'move_on' }))).toEqual([['AgreeMoveOn', residentId, { assessmentId: streamId }]]);
    for (const assessmentType of ['intake', 'review', undefined] as const) expect(await after(happened(AssessmentApproved, { residentId, assessmentType }))).toEqual([]);
  });

  it('is seen to by a referral for a home, and by a day to move out on', async () => {
    expect(await after(happened(ReferralMade, { residentId, referralType: 'housing', referralDate: '2026-12-18' }))).toEqual([['NoteMoveOnReferral', residentId, { on: '2026-12-18', referralId: streamId }]]);
    expect(await after(happened(ReferralMade, { residentId, referralType: 'health', referralDate: '2026-12-18' }))).toEqual([]);
    expect(await after(happened(MovePlanned, { residentId, moveType: 'move_out', plannedDate: '2027-01-14' }))).toEqual([['NoteMoveOnPlan', residentId, { plannedDate: '2027-01-14' }]]);
    expect(await after(happened(MovePlanned, { residentId, moveType: 'internal_transfer', plannedDate: '2027-01-14' }))).toEqual([]);
  });
});
