import { Entity, factsOf, type RegisterEntry, stateWith } from '../../../kernel/entity.js';
import { changeWith, DomainEvent, EventOf, eventWith, type Recorded } from '../../../kernel/event.js';
import { Children, Choice, Flag, Hidden, Instant, Int, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous, sensitive, special } from '../../../kernel/privacy.js';
import { IncidentAction, IncidentActionFacts, IncidentPerson, IncidentPersonFacts } from './incident-children.js';
import './incident.rules.js';

type Of<T> = T[keyof T];
export const IncidentType = {
  maintenance: 'maintenance',
  behavioral: 'behavioral',
  medical: 'medical',
  safety: 'safety',
  safeguarding: 'safeguarding',
  missing_person: 'missing_person',
  violence: 'violence',
  self_harm: 'self_harm',
  substance_misuse: 'substance_misuse',
  property_damage: 'property_damage',
  exploitation: 'exploitation',
  death: 'death',
  medication_error: 'medication_error',
  accident: 'accident',
  data_breach: 'data_breach',
} as const;
export const Severity = { low: 'low', medium: 'medium', high: 'high', critical: 'critical' } as const;
export const HarmLevel = {
  none: 'none',
  minor: 'minor',
  moderate: 'moderate',
  severe: 'severe',
  life_threatening: 'life_threatening',
} as const;
export const IncidentStatus = { open: 'open', investigating: 'investigating', resolved: 'resolved', closed: 'closed' } as const;
export type SeverityLevel = Of<typeof Severity>;

const narrative = { max: 20_000 };
/** Narratives concern several people: they stand under the key of the case, which is the incident itself. */
const told = special('safeguarding');
/** The highest level of escalation. */
export const HIGHEST_LEVEL = 4;

/** Kind of what a resident's register holds of an incident that is their death. */
export const DEATH_INCIDENT = 'death_incident';

/** How bad it is, and of what kind. */
export class Classification {
  @Choice(sensitive, 'IncidentType', IncidentType) incidentType!: Of<typeof IncidentType>;
  @Choice(open, 'Severity', Severity) severity!: SeverityLevel;
  @Choice(sensitive, 'HarmLevel', HarmLevel, { optional: true, doc: 'none where it is not given' }) harmLevel?: Of<typeof HarmLevel>;
}
/** What is told of an incident when it is logged. */
export class IncidentFacts extends Classification {
  @Instant(open) occurredAt!: string;
  @Instant(open, { optional: true }) discoveredAt?: string;
  @Ref(open, 'properties', { optional: true }) propertyId?: string;
  @Ref(open, 'property_rooms', { optional: true }) roomId?: string;
  @Ref(pseudonymous, 'residents', { optional: true }) residentId?: string;
  @Text(personal('safeguarding')) title!: string;
  @Text(told, { min: 10, ...narrative, code: 'INC-1' }) description!: string;
  @Text(told, { optional: true, ...narrative, doc: 'What was done at once' }) immediateAction?: string;
  @Flag(sensitive, { optional: true }) policeInvolved?: boolean;
  @Flag(open, { optional: true, doc: 'To be reported under RIDDOR' }) riddor?: boolean;
}

@Entity('incidents', 'Something that happened and must be dealt with.', {
  category: 'incident',
  reference: { prefix: 'INC', yearly: true, digits: 4 },
  search: ['title'],
})
export class Incident extends stateWith(IncidentFacts) {
  @Choice(open, 'IncidentStatus', IncidentStatus) status!: Of<typeof IncidentStatus>;
  @Ref(pseudonymous, 'users') reportedBy!: string;
  @Instant(open) loggedAt!: string;
  @Instant(open, { optional: true }) acknowledgedAt?: string;
  @Ref(pseudonymous, 'users', { optional: true }) acknowledgedBy?: string;
  @Int(open, { optional: true, doc: 'Whole minutes from logging to acknowledging' }) ackMinutes?: number;
  @Ref(pseudonymous, 'users', { optional: true, doc: 'Who leads the investigation' }) leadId?: string;
  @Instant(open, { optional: true }) investigationStartedAt?: string;
  @Int(open, { max: HIGHEST_LEVEL }) escalationLevel = 0;
  @Instant(open, { optional: true }) escalatedAt?: string;
  @Ref(pseudonymous, 'users', { optional: true }) escalatedTo?: string;
  @Int(open) openActions = 0;
  @Text(told, { optional: true, ...narrative }) resolution?: string;
  @Instant(open, { optional: true }) resolvedAt?: string;
  @Text(told, { optional: true, ...narrative }) lessons?: string;
  @Instant(open, { optional: true }) closedAt?: string;
  @Children('incident_people', () => IncidentPerson, { parent: 'incidentId' }) people: IncidentPerson[] = [];
  @Children('incident_actions', () => IncidentAction, { parent: 'incidentId' }) actions: IncidentAction[] = [];

  /** Since when it is of high or critical severity; absent while it is not. Its deadlines count from then. */
  @Hidden(open) graveSince?: string;

  /** What somebody's death is logged as is known of in the resident's register, so that it is not logged again of itself. */
  holds(): RegisterEntry[] {
    if (this.incidentType !== 'death' || !this.residentId) return [];
    return [{ register: 'resident', owner: this.residentId, kind: DEATH_INCIDENT, key: this.id, party: this.id }];
  }

  /** Whether it is of high or critical severity. */
  isGrave(): boolean {
    return this.severity === 'high' || this.severity === 'critical';
  }
  /** Whether nobody has taken notice of it yet, so that it goes up the levels. */
  isUnanswered(): boolean {
    return this.status === 'open' && !this.acknowledgedAt;
  }
}

/** Counts from the moment at which the severity becomes high or critical. */
function weigh(incident: Incident, { recordedAt }: Recorded): void {
  incident.graveSince = incident.isGrave() ? (incident.graveSince ?? recordedAt) : undefined;
}

/** Somebody takes notice; only the first time counts. */
function acknowledge(incident: Incident, { recordedAt, actorId }: Recorded): void {
  if (incident.acknowledgedAt) return;
  const ackMinutes = Math.floor((Date.parse(recordedAt) - Date.parse(incident.loggedAt)) / 60_000);
  Object.assign(incident, { acknowledgedAt: recordedAt, acknowledgedBy: actorId, ackMinutes });
}

@EventOf(Incident, 'IncidentLogged', 1, { to: 'open' })
export class IncidentLogged extends eventWith(Incident, IncidentFacts) {
  override apply(incident: Incident, recorded: Recorded): void {
    Object.assign(incident, factsOf(this, IncidentFacts), { reportedBy: recorded.actorId, loggedAt: recorded.recordedAt });
    weigh(incident, recorded);
  }
}
@EventOf(Incident, 'IncidentAcknowledged', 1)
export class IncidentAcknowledged extends DomainEvent<Incident> {
  apply(incident: Incident, recorded: Recorded): void {
    acknowledge(incident, recorded);
  }
}
@EventOf(Incident, 'IncidentPersonAdded', 1)
export class IncidentPersonAdded extends eventWith(Incident, IncidentPersonFacts) {
  @Text(pseudonymous, { max: 36 }) personId!: string;
  override apply(incident: Incident): void {
    const person = Object.assign(new IncidentPerson(), factsOf(this, IncidentPersonFacts), { id: this.personId });
    incident.people = [...incident.people, person];
  }
}
@EventOf(Incident, 'IncidentReclassified', 1)
export class IncidentReclassified extends changeWith(Incident, Classification) {
  @Text(personal('safeguarding'), { max: 1000 }) reason!: string;
  override apply(incident: Incident, recorded: Recorded): void {
    Object.assign(incident, factsOf(this, Classification));
    weigh(incident, recorded);
  }
}
@EventOf(Incident, 'IncidentInvestigationStarted', 1, { to: 'investigating' })
export class IncidentInvestigationStarted extends DomainEvent<Incident> {
  @Ref(pseudonymous, 'users') leadId!: string;
  apply(incident: Incident, recorded: Recorded): void {
    Object.assign(incident, { leadId: this.leadId, investigationStartedAt: recorded.recordedAt });
    acknowledge(incident, recorded);
  }
}
@EventOf(Incident, 'IncidentActionAdded', 1)
export class IncidentActionAdded extends eventWith(Incident, IncidentActionFacts) {
  @Text(pseudonymous, { max: 36 }) actionId!: string;
  override apply(incident: Incident): void {
    const action = Object.assign(new IncidentAction(), factsOf(this, IncidentActionFacts), { id: this.actionId });
    incident.actions = [...incident.actions, action];
    incident.openActions += 1;
  }
}
@EventOf(Incident, 'IncidentActionCompleted', 1)
export class IncidentActionCompleted extends DomainEvent<Incident> {
  @Text(pseudonymous, { max: 36 }) actionId!: string;
  @Text(told, { optional: true, ...narrative }) outcome?: string;
  apply(incident: Incident, { recordedAt: completedAt, actorId: completedBy }: Recorded): void {
    const { actionId, outcome } = this;
    incident.actions = incident.actions.map((one) =>
      one.id === actionId ? Object.assign(new IncidentAction(), one, { outcome, completedAt, completedBy }) : one);
    incident.openActions -= 1;
  }
}
@EventOf(Incident, 'IncidentEscalated', 1)
export class IncidentEscalated extends DomainEvent<Incident> {
  @Int(open, { min: 1, max: HIGHEST_LEVEL }) level!: number;
  @Ref(pseudonymous, 'users', { optional: true }) to?: string;
  @Flag(open, { doc: 'By the clock, because nobody took notice' }) auto!: boolean;
  @Text(personal('safeguarding'), { max: 1000 }) reason!: string;
  apply(incident: Incident, { recordedAt }: Recorded): void {
    Object.assign(incident, { escalationLevel: this.level, escalatedAt: recordedAt, escalatedTo: this.to });
  }
}
class Description {
  @Text(told, { min: 10, ...narrative, code: 'INC-1' }) description!: string;
}
@EventOf(Incident, 'IncidentDescriptionAmended', 1)
export class IncidentDescriptionAmended extends changeWith(Incident, Description) {
  @Text(personal('safeguarding'), { max: 1000 }) reason!: string;
}
@EventOf(Incident, 'IncidentResolved', 1, { to: 'resolved' })
export class IncidentResolved extends DomainEvent<Incident> {
  @Text(told, narrative) resolution!: string;
  apply(incident: Incident, { recordedAt }: Recorded): void {
    Object.assign(incident, { resolution: this.resolution, resolvedAt: recordedAt });
  }
}
@EventOf(Incident, 'IncidentClosed', 1, { to: 'closed' })
export class IncidentClosed extends DomainEvent<Incident> {
  @Text(told, { optional: true, ...narrative }) lessons?: string;
  apply(incident: Incident, { recordedAt }: Recorded): void {
    Object.assign(incident, { closedAt: recordedAt, ...(this.lessons ? { lessons: this.lessons } : {}) });
  }
}
@EventOf(Incident, 'IncidentReopened', 1, { to: 'investigating' })
export class IncidentReopened extends DomainEvent<Incident> {
  @Text(personal('safeguarding'), { max: 1000 }) reason!: string;
  apply(incident: Incident, recorded: Recorded): void {
    const investigationStartedAt = incident.investigationStartedAt ?? recorded.recordedAt;
    Object.assign(incident, { resolvedAt: undefined, closedAt: undefined, investigationStartedAt });
    acknowledge(incident, recorded);
  }
}
