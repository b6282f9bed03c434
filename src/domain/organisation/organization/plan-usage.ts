import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { DomainEvent, EventOf, type Recorded } from '../../../kernel/event.js';
import { Choice, Int } from '../../../kernel/fields.js';
import { open } from '../../../kernel/privacy.js';
import { Organization } from './organization.js';

/** What a plan limits. */
export const PlanLimit = { resident: 'resident', property: 'property' } as const;
type Limited = (typeof PlanLimit)[keyof typeof PlanLimit];

/** So many percent of a limit are told of, each once while the plan is the same. */
const ALERTS = [80, 100] as const;

/** So much of a limit of the plan is used. */
@EventOf(Organization, 'PlanUsageReached', 1)
export class PlanUsageReached extends DomainEvent<Organization> {
  @Choice(open, 'PlanLimit', PlanLimit) limited!: Limited;
  @Int(open) percent!: number;
  @Int(open, { doc: 'Residents who live here, or properties in use' }) used!: number;
  @Int(open) limit!: number;
  apply(organization: Organization, { recordedAt }: Recorded): void {
    organization.usageAlerts = [...organization.usageAlerts, `${this.limited}|${this.percent}`];
    Object.assign(organization, { usageAlertSent: true, lastUsageAlertDate: recordedAt });
  }
}

@CommandOf(Organization, { internal: true, doc: 'Looks how much of its plan the organisation uses.' })
export class NotePlanUsage extends DomainCommand<Organization> {
  decide({ id, maxResidents, maxProperties, usageAlerts }: Organization, context: Context) {
    const entries = context.rivals('plan', id);
    const limits = [[PlanLimit.resident, maxResidents], [PlanLimit.property, maxProperties]] as const;
    return limits.flatMap(([limited, limit]) => {
      if (typeof limit !== 'number') return [];
      const used = new Set(entries.filter(({ kind }) => kind === limited).map(({ key }) => key)).size;
      const reached = ALERTS.filter((percent) => used > 0 && used * 100 >= limit * percent && !usageAlerts.includes(`${limited}|${percent}`));
      return reached.map((percent) => PlanUsageReached.of({ limited, percent, used, limit }));
    });
  }
}
