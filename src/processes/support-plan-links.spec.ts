import { describe, expect, it } from '@jest/globals';
import { happened, someId, stateOf, type Happened } from '../../test/support/given.js';
import { ResidentMoveDateCorrected, ResidentMovedOut } from '../domain/people/resident/resident-moves.js';
import { ResidentSupportPlanLinked } from '../domain/people/resident/resident-support.js';
import { Resident } from '../domain/people/resident/resident.js';
import type { DomainEvent } from '../kernel/event.js';
import { declaredEvents } from '../kernel/event.js';
import type { DecodedEvent } from '../privacy/codec.js';
import type { ProcessCommand, ProcessContext } from './engine/process.js';
import { supportPlanLinks } from './support-plan-links.js';

const [jordan, planId, placementId] = ['jordan', 'plan', 'placement'].map(someId) as [string, string, string];
const linked = happened(ResidentSupportPlanLinked, { supportPlanId: planId });

/** The commands that follow from an event of a resident. */
async function after({ event }: Happened, ...history: Happened[]): Promise<[string, string, object][]> {
  const sent: [string, string, object][] = [];
  const context = {
    find: () => Promise.resolve(stateOf(Resident, history, jordan)),
    send: ({ command, id, body }: ProcessCommand) => Promise.resolve(void sent.push([command, id, body])),
  } as unknown as ProcessContext;
  const declaration = declaredEvents().find((one) => one.event === ((event as DomainEvent<object>).constructor as never));
  await supportPlanLinks.react({ declaration, event, stored: { stream: `resident-${jordan}` } } as unknown as DecodedEvent, context);
  return sent;
}

describe('the support plan of who moved out', () => {
  it('is to be completed in time from the day of it, also where that turns out to have been another one', async () => {
    const out = happened(ResidentMovedOut, { placementId, on: '2027-01-14', terminationType: 'planned_move_on' });
    const corrected = (which: 'start' | 'end') => happened(ResidentMoveDateCorrected, { placementId, which, on: '2027-01-13' });
    expect(await after(out, linked)).toEqual([['PromptSupportPlanCompletion', planId, { movedOutOn: '2027-01-14' }]]);
    expect(await after(corrected('end'), linked)).toEqual([['PromptSupportPlanCompletion', planId, { movedOutOn: '2027-01-13' }]]);
    expect(await after(corrected('start'), linked)).toEqual([]);
    expect(await after(out)).toEqual([]);
  });
});
