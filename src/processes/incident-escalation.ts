import { idIn } from '../kernel/entity.js';
import { plusMinutes } from '../kernel/values.js';
import { HIGHEST_LEVEL, type Incident } from '../domain/safeguarding/incident/incident.js';
import type { Process, ProcessContext } from './engine/process.js';

/** Minutes that somebody has to take notice, and then between the levels (policy default). */
const FIRST = 120;
const NEXT = 60;

const keyOf = (incidentId: string): string => `unanswered|${incidentId}`;

/** Two hours after it became so severe, or a whole number of hours later: the first such instant after one. */
function nextDeadline(graveSince: string, after: string): string {
  let due = plusMinutes(graveSince, FIRST);
  while (Date.parse(due) <= Date.parse(after)) due = plusMinutes(due, NEXT);
  return due;
}

/** Sets the clock while it is severe and unanswered and can go higher; stops it otherwise. */
function watch(id: string, incident: Incident | undefined, after: string, context: ProcessContext): void {
  const waiting = incident?.graveSince && incident.isUnanswered() && incident.escalationLevel < HIGHEST_LEVEL;
  if (!waiting) return context.cancel(keyOf(id));
  context.schedule({ key: keyOf(id), dueAt: nextDeadline(incident.graveSince!, after), payload: { incidentId: id } });
}

/**
 * Brings incidents of high or critical severity to the next level while nobody takes notice: two hours after they were
 * logged (or became so severe), then every hour, up to level 4. A critical one goes to level 1 at once.
 */
export const incidentEscalation: Process = {
  name: 'incident-escalation',
  doc: 'Escalates incidents of high or critical severity that nobody acknowledges, by the clock.',
  on: [
    'IncidentLogged',
    'IncidentReclassified',
    'IncidentAcknowledged',
    'IncidentInvestigationStarted',
    'IncidentResolved',
    'IncidentClosed',
  ],

  async react(event, context) {
    const id = idIn(event.stored.stream);
    const { severity } = event.event as { severity?: string };
    if (severity === 'critical') {
      // It does nothing where people were faster and the incident is at level 1 or settled.
      await context.send({ step: 'critical', command: 'EscalateIncident', id, body: { level: 1, reason: 'The incident is critical.' } });
    }
    watch(id, await context.find<Incident>('incidents', id), event.metadata.recordedAt, context);
  },

  async fire({ dueAt, payload }, context) {
    const id = String(payload['incidentId']);
    const incident = await context.find<Incident>('incidents', id);
    if (!incident?.isUnanswered() || !incident.isGrave()) return;
    // Without a level, so that a repeat asks the same: the next one is decided by the incident.
    await context.send({ step: 'escalate', command: 'EscalateIncident', id, body: { reason: 'Nobody has acknowledged the incident in time.' } });
    watch(id, await context.find<Incident>('incidents', id), dueAt, context);
  },
};
