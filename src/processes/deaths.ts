import { idIn } from '../kernel/entity.js';
import type { ResidentDeathRecorded } from '../domain/people/resident/death.js';
import type { Resident } from '../domain/people/resident/resident.js';
import { Refusal } from '../kernel/rules.js';
import { startOfLondonDay, uuidOf } from '../kernel/values.js';
import type { Process } from './engine/process.js';

/** The incident of a resident's death: one. */
export const deathIncidentOf = (residentId: string): string => uuidOf('death', residentId);

/** Logs the incident when a resident's death is recorded: of the kind and severity that everything else goes by. */
export const deaths: Process = {
  name: 'deaths',
  doc: 'Logs a critical incident when the death of a resident is recorded, unless somebody has logged it.',
  on: ['ResidentDeathRecorded'],
  async react({ stored, event, metadata }, context) {
    const residentId = idIn(stored.stream);
    const resident = await context.find<Resident>('residents', residentId);
    const { on } = event as unknown as ResidentDeathRecorded;
    const body = {
      incidentType: 'death', severity: 'critical', residentId, ...(resident?.propertyId ? { propertyId: resident.propertyId } : {}),
      occurredAt: startOfLondonDay(on), discoveredAt: metadata.recordedAt, title: 'Death of a resident',
      description: 'The death of a resident was recorded. What is known of it is to be written here, and who was told of it.',
    };
    try {
      await context.send({ step: 'incident', command: 'LogIncidentOfDeath', id: deathIncidentOf(residentId), body });
    } catch (error) {
      // Who found them has logged it: what is known stands there, and nobody is told twice.
      if (!(error instanceof Refusal) || error.code !== 'DUPLICATE') throw error;
    }
  },
};
