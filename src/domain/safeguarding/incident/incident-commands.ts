import { isManager } from '../../managers.js';
import { changing, CommandOf, commandWith, type Context, DomainCommand } from '../../../kernel/command.js';
import { factsOf, type State } from '../../../kernel/entity.js';
import { Int, Ref, Text } from '../../../kernel/fields.js';
import { personal, open, pseudonymous, special } from '../../../kernel/privacy.js';
import { Refusal, rule, ruleAsked } from '../../../kernel/rules.js';
import { IncidentActionFacts, IncidentPersonFacts } from './incident-children.js';
import {
  DEATH_INCIDENT,
  Classification,
  HIGHEST_LEVEL,
  Incident,
  IncidentAcknowledged,
  IncidentActionAdded,
  IncidentActionCompleted,
  IncidentClosed,
  IncidentDescriptionAmended,
  IncidentEscalated,
  IncidentFacts,
  IncidentInvestigationStarted,
  IncidentLogged,
  IncidentPersonAdded,
  IncidentReclassified,
  IncidentReopened,
  IncidentResolved,
  Severity,
  type SeverityLevel,
} from './incident.js';

const live = ['open', 'investigating', 'resolved'];
const unresolved = ['open', 'investigating'];
const levels = Object.keys(Severity);
const rank = (severity: SeverityLevel): number => levels.indexOf(severity);

const checkDescription = (description: string): void =>
  rule('INC-1', 'Describe the incident in at least 10 characters.', [...description].length >= 10, 'description');

function checkSeverity({ incidentType, harmLevel, severity }: Classification): void {
  const serious = incidentType === 'death' || harmLevel === 'severe' || harmLevel === 'life_threatening';
  rule('INC-7', 'A death, and harm that is severe or threatens life, is of critical severity.', !serious || severity === 'critical', 'severity');
}

@CommandOf(Incident, { permission: 'incidents:log', doc: 'Logs an incident.', creates: true, plain: true, effective: 'occurredAt' })
export class LogIncident extends commandWith(Incident, IncidentFacts) {
  decide(_incident: Incident, context: Context) {
    checkDescription(this.description);
    const occurredAt = Date.parse(this.occurredAt);
    const discoveredAt = this.discoveredAt ? Date.parse(this.discoveredAt) : occurredAt;
    rule('INC-2', 'An incident is not discovered before it happened.', occurredAt <= discoveredAt, 'discoveredAt');
    rule('INC-2', 'An incident is not logged before it happened and was discovered.', discoveredAt <= Date.parse(context.now), this.discoveredAt ? 'discoveredAt' : 'occurredAt');
    checkSeverity(this);
    this.checkRoom(context);
    return IncidentLogged.of({ ...factsOf(this, IncidentFacts), harmLevel: this.harmLevel ?? 'none' });
  }
  private checkRoom(context: Context): void {
    if (!this.roomId || !this.propertyId) return;
    const { propertyId } = context.state<State & { propertyId: string }>('property_rooms', this.roomId);
    if (propertyId !== this.propertyId) throw new Refusal('GEN-1', 'This room is not in this property.', { field: 'roomId' });
  }
}

@CommandOf(Incident, { internal: true, creates: true, doc: 'Logs the incident that the death of a resident is, unless somebody has.', effective: 'occurredAt' })
export class LogIncidentOfDeath extends commandWith(Incident, IncidentFacts) {
  decide(_incident: Incident, context: Context) {
    const { residentId } = this;
    if (residentId && context.held('resident', residentId).some(({ kind }) => kind === DEATH_INCIDENT)) {
      throw new Refusal('DUPLICATE', 'The death of this resident is logged already.', { status: 409, field: 'residentId' });
    }
    return IncidentLogged.of({ ...factsOf(this, IncidentFacts), harmLevel: this.harmLevel ?? 'none' });
  }
}

@CommandOf(Incident, { permission: 'incidents:acknowledge', doc: 'Takes notice of an incident.', from: unresolved })
export class AcknowledgeIncident extends DomainCommand<Incident> {
  decide(incident: Incident) {
    return incident.acknowledgedAt ? [] : IncidentAcknowledged.of({});
  }
}

@CommandOf(Incident, { permission: 'incidents:add-person-involved', doc: 'Says who took part.', from: live })
export class AddPersonInvolved extends commandWith(Incident, IncidentPersonFacts) {
  decide(incident: Incident, { newId }: Context) {
    const { residentId, userId, otherPerson, role } = this;
    if ([residentId, userId, otherPerson].filter(Boolean).length !== 1) {
      throw new Refusal('VALIDATION', 'Say who it was: a resident, a user, or somebody else in words; one of them.', { field: 'residentId' });
    }
    const known = incident.people.some((one) => one.role === role && (residentId ? one.residentId === residentId : userId && one.userId === userId));
    if (known) throw new Refusal('DUPLICATE', 'This person is there in this role already.', { status: 409, field: 'role' });
    return IncidentPersonAdded.of({ ...factsOf(this, IncidentPersonFacts), personId: newId('person') });
  }
}

@CommandOf(Incident, { permission: 'incidents:reclassify', doc: 'Says anew how bad it is, and of what kind.', from: live })
export class ReclassifyIncident extends changing(Incident, Classification) {
  @Text(personal('safeguarding'), { max: 1000 }) reason!: string;
  decide(incident: Incident, { actor }: Context) {
    const severity = this.severity ?? incident.severity;
    const incidentType = this.incidentType ?? incident.incidentType;
    const harmLevel = this.harmLevel === null ? 'none' : this.harmLevel ?? incident.harmLevel;
    const lowered = rank(severity) < rank(incident.severity);
    const justified = (isManager(actor) || actor.role === 'system') && this.reason.trim().length > 0;
    rule('INC-5', 'A manager alone makes an incident less severe, and says why.', !lowered || justified, 'severity');
    checkSeverity({ severity, incidentType, harmLevel });
    return IncidentReclassified.of({ severity, incidentType, harmLevel, reason: this.reason });
  }
}

@CommandOf(Incident, { permission: 'incidents:start-investigation', doc: 'Begins to find out what happened.', from: ['open'] })
export class StartIncidentInvestigation extends DomainCommand<Incident> {
  @Ref(pseudonymous, 'users', { optional: true, doc: 'Who leads it; who asks, where it is not given' }) leadId?: string;
  decide(_incident: Incident, { actor }: Context) {
    return IncidentInvestigationStarted.of({ leadId: this.leadId ?? actor.id });
  }
}

@CommandOf(Incident, { permission: 'incidents:add-action', doc: 'Adds what is to be done.', from: live })
export class AddIncidentAction extends commandWith(Incident, IncidentActionFacts) {
  decide(_incident: Incident, { newId }: Context) {
    return IncidentActionAdded.of({ ...factsOf(this, IncidentActionFacts), actionId: newId('action') });
  }
}

@CommandOf(Incident, { permission: 'incidents:complete-action', doc: 'Says that an action is done.', from: live })
export class CompleteIncidentAction extends DomainCommand<Incident> {
  @Text(pseudonymous, { max: 36 }) actionId!: string;
  @Text(special('safeguarding'), { optional: true, max: 20_000 }) outcome?: string;
  decide(incident: Incident) {
    const action = incident.actions.find(({ id }) => id === this.actionId);
    if (!action) throw new Refusal('GEN-1', 'The incident has no such action.', { field: 'actionId' });
    return action.completedAt ? [] : IncidentActionCompleted.of({ actionId: this.actionId, outcome: this.outcome ?? undefined });
  }
}

@CommandOf(Incident, { permission: 'incidents:escalate', doc: 'Brings an incident to a higher level, 4 at most.' })
export class EscalateIncident extends DomainCommand<Incident> {
  @Int(open, { optional: true, min: 1, max: HIGHEST_LEVEL, doc: 'The next one, where it is not given' }) level?: number;
  @Ref(pseudonymous, 'users', { optional: true, doc: 'Whose it is now' }) to?: string;
  @Text(personal('safeguarding'), { max: 1000 }) reason!: string;
  decide(incident: Incident, { actor }: Context) {
    const auto = actor.role === 'system';
    const level = this.level ?? incident.escalationLevel + 1;
    const higher = level > incident.escalationLevel && level <= HIGHEST_LEVEL;
    if (higher && unresolved.includes(incident.status)) {
      return IncidentEscalated.of({ level, to: this.to ?? undefined, auto, reason: this.reason });
    }
    // The clock may be overtaken by people: then there is nothing left for it to do.
    if (auto) return [];
    const why = higher ? `it is ${incident.status}` : `it is at level ${incident.escalationLevel} of ${HIGHEST_LEVEL} already`;
    throw new Refusal('STATE', `This incident cannot be escalated: ${why}.`, { status: 409, field: 'level' });
  }
}

@CommandOf(Incident, { permission: 'incidents:amend-description', doc: 'Describes it anew; what was said before stays in the history.', from: live })
export class AmendIncidentDescription extends DomainCommand<Incident> {
  @Text(special('safeguarding'), { min: 10, max: 20_000, code: 'INC-1' }) description!: string;
  @Text(personal('safeguarding'), { max: 1000 }) reason!: string;
  decide() {
    checkDescription(this.description);
    return IncidentDescriptionAmended.of({ description: this.description, reason: this.reason });
  }
}

const checkInvestigated = (incident: Incident): void =>
  rule('INC-3', 'An incident of high or critical severity is investigated first.', !incident.isGrave() || Boolean(incident.investigationStartedAt));

@CommandOf(Incident, { permission: 'incidents:resolve', doc: 'Says what came of it.', from: unresolved })
export class ResolveIncident extends DomainCommand<Incident> {
  @Text(special('safeguarding'), { max: 20_000 }) resolution!: string;
  decide(incident: Incident) {
    checkInvestigated(incident);
    return IncidentResolved.of({ resolution: this.resolution });
  }
}

@CommandOf(Incident, { permission: 'incidents:close', doc: 'Closes a resolved incident, with what was learnt.', from: ['resolved'] })
export class CloseIncident extends DomainCommand<Incident> {
  @Text(special('safeguarding'), { optional: true, max: 20_000 }) lessons?: string;
  decide(incident: Incident, { actor }: Context) {
    checkInvestigated(incident);
    const { openActions } = incident;
    rule('INC-4', openActions === 1 ? 'One action is not done yet.' : `${openActions} actions are not done yet.`, openActions === 0);
    const separate = !incident.isGrave() || actor.id !== incident.reportedBy;
    ruleAsked('INC-6', separate);
    if (!separate) throw new Refusal('SOD', 'You reported this incident: because it is severe, somebody else closes it.', { status: 403 });
    return IncidentClosed.of({ lessons: this.lessons ?? undefined });
  }
}

@CommandOf(Incident, { permission: 'incidents:reopen', doc: 'Takes an incident up again.', from: ['resolved', 'closed'] })
export class ReopenIncident extends DomainCommand<Incident> {
  @Text(personal('safeguarding'), { max: 1000 }) reason!: string;
  decide() {
    return IncidentReopened.of({ reason: this.reason });
  }
}
