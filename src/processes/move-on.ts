import type { ReferralMade } from '../domain/people/referral/referral.js';
import type { AssessmentApproved } from '../domain/support/assessment-form/assessment-form.js';
import type { MovePlanned } from '../domain/tenancy/placement/hand-over.js';
import { jsonOf } from '../event-store/metadata.js';
import { idIn } from '../kernel/entity.js';
import type { DecodedEvent } from '../privacy/codec.js';
import type { Process, ProcessCommand } from './engine/process.js';

/** What an event says of somebody's moving on; nothing where it is of something else. */
function stepOf({ stored, declaration, event }: DecodedEvent): ProcessCommand | undefined {
  if (declaration.type === 'AssessmentApproved') {
    const { residentId: id, assessmentType } = event as unknown as AssessmentApproved;
    return assessmentType === 'move_on' ? { step: 'agreed', command: 'AgreeMoveOn', id, body: { assessmentId: idIn(stored.stream) } } : undefined;
  }
  if (declaration.type === 'ReferralMade') {
    const { residentId: id, referralType, referralDate: on } = event as unknown as ReferralMade;
    return referralType === 'housing' ? { step: 'referred', command: 'NoteMoveOnReferral', id, body: { on, referralId: idIn(stored.stream) } } : undefined;
  }
  const { residentId: id, moveType, plannedDate } = event as unknown as MovePlanned;
  return moveType === 'move_out' ? { step: 'planned', command: 'NoteMoveOnPlan', id, body: { plannedDate } } : undefined;
}

/** Sees to it that who is ready to move on is referred for a home of their own, and that the day is planned. */
export const moveOn: Process = {
  name: 'move-on',
  doc: 'Asks for a referral and a plan where somebody was assessed as ready to move on, and notes when they are there.',
  on: ['AssessmentApproved', 'ReferralMade', 'MovePlanned'],
  // What is asked for comes before it is done, whichever stream says so.
  lane: ({ data }) => String(jsonOf(data)['residentId']),
  async react(event, context) {
    const step = stepOf(event);
    if (step) await context.send(step);
  },
};
