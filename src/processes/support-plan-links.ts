import type { ResidentMovedOut } from '../domain/people/resident/resident-moves.js';
import type { Resident } from '../domain/people/resident/resident.js';
import type { SupportPlanOpened } from '../domain/support/support-plan/support-plan.js';
import type { DecodedEvent } from '../privacy/codec.js';
import type { Process, ProcessContext } from './engine/process.js';

const idOf = ({ stored: { stream } }: DecodedEvent): string => stream.slice(stream.indexOf('-') + 1);

async function opened(event: DecodedEvent, context: ProcessContext): Promise<void> {
  const { residentId } = event.event as unknown as SupportPlanOpened;
  await context.send({ step: 'link', command: 'LinkSupportPlan', id: residentId, body: { supportPlanId: idOf(event) } });
}
async function movedOut(event: DecodedEvent, context: ProcessContext): Promise<void> {
  const { on: movedOutOn } = event.event as unknown as ResidentMovedOut;
  const resident = await context.find<Resident>('residents', idOf(event));
  if (!resident?.supportPlanId) return;
  await context.send({ step: 'prompt', command: 'PromptSupportPlanCompletion', id: resident.supportPlanId, body: { movedOutOn } });
}

/** What a resident and their support plan have to know of each other. */
export const supportPlanLinks: Process = {
  name: 'support-plan-links',
  doc: 'Tells residents of their support plans, and support plans that their resident has moved out.',
  on: ['SupportPlanOpened', 'ResidentMovedOut'],
  react: (event, context) => (event.declaration.type === 'SupportPlanOpened' ? opened(event, context) : movedOut(event, context)),
};
