import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { DomainEvent, EventOf } from '../../../kernel/event.js';
import { CivilDate, Group, Instant } from '../../../kernel/fields.js';
import { pseudonymous } from '../../../kernel/privacy.js';
import { Deadline, deadlineMissed } from '../../deadline.js';
import { keyWorkerDue } from '../key-worker-due.js';
import { Resident } from './resident.js';

const done = (resident: Resident, code: string): void => {
  resident.duties = resident.duties.filter((one) => one !== code);
};

/** Who has moved in has no key worker yet (RES-7). */
@EventOf(Resident, 'ResidentKeyWorkerOverdue', 1)
export class ResidentKeyWorkerOverdue extends DomainEvent<Resident> {
  @Instant(pseudonymous) dueAt!: string;
  apply(resident: Resident): void {
    done(resident, 'RES-7');
  }
}
/** A calendar of bank holidays reaches so far: by when somebody who lives here has a key worker is known (RES-7). */
@EventOf(Resident, 'ResidentKeyWorkerDueSet', 1)
export class ResidentKeyWorkerDueSet extends DomainEvent<Resident> {
  @Group(pseudonymous, () => Deadline, { doc: 'By when they have a key worker' }) keyWorkerDue!: Deadline;
  apply(resident: Resident): void {
    resident.duties = [...new Set([...resident.duties, 'RES-7'])];
    resident.keyWorkerDueFrom = undefined;
  }
}
/** Who has moved in has no support plan yet (SUP-2). */
@EventOf(Resident, 'ResidentSupportPlanOverdue', 1)
export class ResidentSupportPlanOverdue extends DomainEvent<Resident> {
  @Instant(pseudonymous) dueAt!: string;
  apply(resident: Resident): void {
    done(resident, 'SUP-2');
  }
}
/** Nobody has helped who has moved in to claim Housing Benefit. */
@EventOf(Resident, 'ResidentBenefitHelpOverdue', 1)
export class ResidentBenefitHelpOverdue extends DomainEvent<Resident> {
  @Instant(pseudonymous) dueAt!: string;
  apply(resident: Resident): void {
    done(resident, 'HB-HELP');
  }
}
/** Housing Benefit is claimed for who has moved in, or they were helped to see that they cannot have it. */
@EventOf(Resident, 'ResidentBenefitClaimNoted', 1, { deadlines: { met: ['HB-HELP'], at: 'on' } })
export class ResidentBenefitClaimNoted extends DomainEvent<Resident> {
  @CivilDate(pseudonymous) on!: string;
  apply(resident: Resident): void {
    resident.settleDuty('HB-HELP');
    resident.hasBenefitClaim = true;
  }
}

@CommandOf(Resident, { internal: true, doc: 'There is another calendar of bank holidays: sets the deadline that waited for one.' })
export class SetKeyWorkerDue extends DomainCommand<Resident> {
  decide({ keyWorkerDueFrom: from, livesHere, keyWorkerId }: Resident, context: Context) {
    if (!from || !livesHere || keyWorkerId) return [];
    const { keyWorkerDue: due } = keyWorkerDue(context, from);
    return due ? ResidentKeyWorkerDueSet.of({ keyWorkerDue: due }) : [];
  }
}
@CommandOf(Resident, { internal: true, doc: 'The time in which a new resident gets a key worker is over.' })
export class ReportKeyWorkerOverdue extends deadlineMissed(Resident) {
  decide(resident: Resident) {
    return resident.duties.includes('RES-7') ? ResidentKeyWorkerOverdue.of({ dueAt: this.dueAt }) : [];
  }
}
@CommandOf(Resident, { internal: true, doc: 'The time in which a new resident gets a support plan is over.' })
export class ReportSupportPlanMissing extends deadlineMissed(Resident) {
  decide(resident: Resident) {
    return resident.duties.includes('SUP-2') ? ResidentSupportPlanOverdue.of({ dueAt: this.dueAt }) : [];
  }
}
@CommandOf(Resident, { internal: true, doc: 'The time in which a new resident is helped to claim Housing Benefit is over.' })
export class ReportBenefitHelpMissing extends deadlineMissed(Resident) {
  decide(resident: Resident) {
    return resident.duties.includes('HB-HELP') ? ResidentBenefitHelpOverdue.of({ dueAt: this.dueAt }) : [];
  }
}
@CommandOf(Resident, { internal: true, doc: 'Housing Benefit was claimed.', effective: 'on' })
export class NoteBenefitClaim extends DomainCommand<Resident> {
  @CivilDate(pseudonymous) on!: string;
  decide(resident: Resident) {
    return resident.livesHere && !resident.hasBenefitClaim ? ResidentBenefitClaimNoted.of({ on: this.on }) : [];
  }
}
