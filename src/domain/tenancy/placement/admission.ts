import type { Context } from '../../../kernel/command.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { covers } from '../../../kernel/permissions.js';
import { ageOn } from '../../../kernel/values.js';
import { USUAL_AGES } from '../../ages.js';
import type { Organization } from '../../organisation/organization/organization.js';
import type { Resident } from '../../people/resident/resident.js';
import type { Property } from '../../property/property/property.js';
import type { Room } from '../../property/room/room.js';
import type { Agreement } from '../agreement/agreement.js';

/** Nobody under this age is housed, whatever a property or the organisation says (RES-2). */
const LOWEST_AGE = 16;
const bands: Readonly<Record<string, readonly [number, number]>> = {
  under_18: [16, 17],
  from_18_to_21: [18, 21],
  from_22_to_25: [22, 25],
};

/** The ages that a property is for: its own bands, else the organisation's, else 16 to 25. */
function bandOf(property: Property, context: Context): { from: number; to: number } {
  const own = (property.ageBands ?? []).flatMap((name) => bands[name] ?? []);
  if (own.length > 0) return { from: Math.min(...own), to: Math.max(...own) };
  const organization = context.find<Organization>('organizations', context.actor.organizationId);
  return { from: organization?.minimumAge ?? USUAL_AGES.from, to: organization?.maximumAge ?? USUAL_AGES.to };
}

/** RES-2 and the age of RES-6, on the day of moving in, which a field of the command says. @throws Refusal, also where the date of birth was erased. */
export function checkAge(residentId: string, on: string, property: Property, context: Context, field = 'startDate'): void {
  const [dateOfBirth] = context.fact('date-of-birth', residentId);
  if (dateOfBirth === undefined) {
    throw new Refusal('RES-2', 'The date of birth of this resident is not known any more, so nobody can say how old they are.', { field: 'residentId' });
  }
  const age = ageOn(dateOfBirth, on);
  const { from, to } = bandOf(property, context);
  const fits = age >= Math.max(from, LOWEST_AGE) && age <= to;
  rule('RES-2', `The resident is ${age} on this day, and the property is for ages ${Math.max(from, LOWEST_AGE)} to ${to}.`, fits, field);
  rule('RES-6', 'The resident is under 18 on this day: a social worker and a placement plan are needed, which cannot be recorded yet.', age >= 18, field);
}

/** EMC-4 and the referral of RES-6: a manager's reason for a direct admission stands in for both. @throws Refusal */
export function checkAdmission(resident: Resident, reason: string | undefined, { actor }: Context): void {
  const direct = Boolean(reason);
  rule('EMC-4', 'The resident has no emergency contact that may be called.', direct || resident.callableContacts().length > 0, 'residentId');
  rule('RES-6', 'There is no accepted referral: a manager who admits the resident directly says why.', direct, 'directAdmissionReason');
  const manager = covers(actor.permissions, 'placements:admit-directly');
  rule('RES-6', 'Only a manager admits somebody directly.', manager, 'directAdmissionReason');
}

/** A signed agreement of this resident that covers the day and the room. @throws Refusal RES-6 */
export function checkAgreement(agreement: Agreement, residentId: string, room: Room, on: string): void {
  const theirs = agreement.residentId === residentId;
  rule('RES-6', 'This is the agreement of somebody else.', theirs, 'agreementId');
  const problem = agreement.problemOn(on);
  rule('RES-6', problem ?? 'The agreement covers the date.', !problem, 'agreementId');
  const here = agreement.propertyId === room.propertyId && (!agreement.roomId || agreement.roomId === room.id);
  rule('RES-6', 'The agreement is about another room.', here, 'agreementId');
}

/** Whether the room, and where somebody is new to it the property, can be moved into. @throws Refusal RES-6, PRP-7 */
export function checkPlace(room: Room, property: Property, on: string, context: Context, moved: { property: boolean }): void {
  const closed = property.status === 'inactive' ? 'The property is closed.' : room.lettingProblem(on, context.today);
  rule('RES-6', closed ?? 'The room can be let.', !closed, 'roomId');
  const problem = moved.property ? property.complianceProblem(on) : undefined;
  rule('PRP-7', problem ?? 'The certificates are in order.', !problem, 'roomId');
}
