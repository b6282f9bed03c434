import { idIn } from '../kernel/entity.js';
import type { ResidentMoveDateCorrected, ResidentMovedOut } from '../domain/people/resident/resident-moves.js';
import type { Resident } from '../domain/people/resident/resident.js';
import type { SupportPlanOpened } from '../domain/support/support-plan/support-plan.js';
import type { DecodedEvent } from '../privacy/codec.js';
import type { Process, ProcessContext } from './engine/process.js';

const idOf = ({ stored: { stream } }: DecodedEvent): string => idIn(stream);

async function opened(event: DecodedEvent, context: ProcessContext): Promise<void> {
  const { residentId } = event.event as unknown as SupportPlanOpened;
  await context.send({ step: 'link', command: 'LinkSupportPlan', id: residentId, body: { supportPlanId: idOf(event) } });
}
/** What concerns a resident, to the plan that they have, if any. */
async function told(event: DecodedEvent, context: ProcessContext, step: string, command: string, body: object): Promise<void> {
  const resident = await context.find<Resident>('residents', idOf(event));
  if (resident?.supportPlanId) await context.send({ step, command, id: resident.supportPlanId, body });
}

/** What a resident and their support plan have to know of each other. */
export const supportPlanLinks: Process = {
  name: 'support-plan-links',
  doc: 'Tells residents of their support plans, and support plans that the risk of their resident has changed, or that they moved out.',
  on: ['SupportPlanOpened', 'ResidentRiskLevelChanged', 'ResidentMovedOut', 'ResidentMoveDateCorrected'],
  react(event, context) {
    if (event.declaration.type === 'SupportPlanOpened') return opened(event, context);
    if (event.declaration.type === 'ResidentRiskLevelChanged') return told(event, context, 'risk', 'BringSupportPlanReviewForward', {});
    const { on: movedOutOn, which = 'end' } = event.event as unknown as ResidentMovedOut & Partial<Pick<ResidentMoveDateCorrected, 'which'>>;
    if (which === 'start') return Promise.resolve();
    return told(event, context, 'prompt', 'PromptSupportPlanCompletion', { movedOutOn });
  },
};
