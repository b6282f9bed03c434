import { idIn } from '../kernel/entity.js';
import { ADULT, bandOf } from '../domain/ages.js';
import type { Organization } from '../domain/organisation/organization/organization.js';
import type { Resident } from '../domain/people/resident/resident.js';
import type { Property } from '../domain/property/property/property.js';
import { Sealed, Tombstone } from '../kernel/sealed.js';
import { londonDate, plusDays, startOfLondonDay } from '../kernel/values.js';
import type { Process, ProcessContext } from './engine/process.js';

/** The year of a date of birth, which is all of it that stands in clear; undefined where even that is not known. */
function yearOf(dateOfBirth: unknown): number | undefined {
  const year = dateOfBirth instanceof Sealed || dateOfBirth instanceof Tombstone ? Number(dateOfBirth.kept) : NaN;
  return Number.isInteger(year) ? year : undefined;
}

/** The oldest age that the property of a resident is for. */
async function oldestFor({ propertyId }: Resident, context: ProcessContext): Promise<number> {
  const property = propertyId ? await context.find<Property>('properties', propertyId) : undefined;
  return bandOf(property, await context.find<Organization>('organizations', context.organizationId)).to;
}

/**
 * Looks at somebody's age today, and wakes up to look again: every day of a year in which they come of age or outgrow the
 * property, else when the next year begins. Timers stand in clear: so they may tell the year of birth, which does too,
 * and nothing of the day.
 */
async function follow(residentId: string, context: ProcessContext): Promise<void> {
  const before = await context.find<Resident>('residents', residentId);
  if (!before?.livesHere || before.erasureDecidedOn) return context.cancel(residentId);
  await context.send({ step: 'look', command: 'MarkAge', id: residentId, body: {} });
  const resident = (await context.find<Resident>('residents', residentId))!;
  const born = yearOf(resident.dateOfBirth);
  if (born === undefined) return context.cancel(residentId);
  const today = londonDate(context.now);
  const year = Number(today.slice(0, 4));
  const milestones = [
    ...(resident.turnedEighteenOn ? [] : [born + ADULT]),
    ...(resident.outgrewAgeBandOn ? [] : [born + (await oldestFor(resident, context)) + 1]),
  ];
  const day = milestones.includes(year) ? plusDays(today, 1) : `${year + 1}-01-01`;
  context.schedule({ key: residentId, dueAt: startOfLondonDay(day), payload: { residentId } });
}

/** Tells when somebody who lives here turns 18, born on 29 February on 1 March, and when they outgrow the property. */
export const comingOfAge: Process = {
  name: 'coming-of-age',
  doc: 'Tells when a resident turns 18, and when they are older than the property is for.',
  on: ['ResidentMovedIn', 'ResidentTransferred', 'ResidentDetailsCorrected', 'ResidentMovedOut', 'ResidentErasureDecided'],
  react: ({ stored: { stream } }, context) => follow(idIn(stream), context),
  fire: ({ payload }, context) => follow(String(payload['residentId']), context),
};
