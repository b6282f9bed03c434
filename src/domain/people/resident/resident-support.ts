import { CommandOf, DomainCommand } from '../../../kernel/command.js';
import { DomainEvent, EventOf } from '../../../kernel/event.js';
import { Ref } from '../../../kernel/fields.js';
import { pseudonymous } from '../../../kernel/privacy.js';
import { Resident } from './resident.js';

/** A support plan is the resident's: what concerns them finds it from here. */
@EventOf(Resident, 'ResidentSupportPlanLinked', 1, { deadlines: { met: ['SUP-2'] } })
export class ResidentSupportPlanLinked extends DomainEvent<Resident> {
  @Ref(pseudonymous, 'support_plans') supportPlanId!: string;
  apply(resident: Resident): void {
    resident.supportPlanId = this.supportPlanId;
    resident.settleDuty('SUP-2');
  }
}
@CommandOf(Resident, { internal: true, doc: 'A support plan was opened for the resident.' })
export class LinkSupportPlan extends DomainCommand<Resident> {
  @Ref(pseudonymous, 'support_plans') supportPlanId!: string;
  decide(resident: Resident) {
    const known = resident.supportPlanId === this.supportPlanId || resident.erasureDecidedOn;
    return known ? [] : ResidentSupportPlanLinked.of({ supportPlanId: this.supportPlanId });
  }
}
