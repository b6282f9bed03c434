import type { Context } from '../../../kernel/command.js';
import type { RegisterEntry } from '../../../kernel/entity.js';
import { covers } from '../../../kernel/permissions.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { ageOn } from '../../../kernel/values.js';
import { ADULT, bandOf } from '../../ages.js';
import { INTAKE_ASSESSMENT, inForceOn, RISK_ASSESSMENT } from '../../assessments-in-force.js';
import { isManager } from '../../managers.js';
import type { Organization } from '../../organisation/organization/organization.js';
import type { Resident } from '../../people/resident/resident.js';
import { policy } from '../../policies.js';
import type { Property } from '../../property/property/property.js';
import type { Room } from '../../property/room/room.js';
import type { Agreement } from '../agreement/agreement.js';

/** Nobody under this age is housed, whatever a property or the organisation says (RES-2). */
const LOWEST_AGE = 16;

/**
 * RES-2, on the day of moving in, which a field of the command says.
 * @returns the age on that day. @throws Refusal, also where the date of birth was erased.
 */
export function checkAge(residentId: string, on: string, property: Property, context: Context, field = 'startDate'): number {
  const [dateOfBirth] = context.fact('date-of-birth', residentId);
  if (dateOfBirth === undefined) {
    throw new Refusal('RES-2', 'The date of birth of this resident is not known any more, so nobody can say how old they are.', { field: 'residentId' });
  }
  const age = ageOn(dateOfBirth, on);
  const { from, to } = bandOf(property, context.find<Organization>('organizations', context.actor.organizationId));
  const fits = age >= Math.max(from, LOWEST_AGE) && age <= to;
  rule('RES-2', `The resident is ${age} on this day, and the property is for ages ${Math.max(from, LOWEST_AGE)} to ${to}.`, fits, field);
  return age;
}

/** What somebody under 18 must have, whoever admits them (RES-6, EMC-4). @throws Refusal */
export function checkMinor(resident: Resident, field = 'residentId'): void {
  const { responsibleLa, placementPlanOn } = resident;
  rule('RES-6', 'The resident is under 18: record the local authority that is responsible.', Boolean(responsibleLa), field);
  rule('RES-6', 'The resident is under 18: record their social worker, whom one may call.', resident.socialWorker() !== undefined, field);
  rule('RES-6', 'The resident is under 18: record the placement plan.', Boolean(placementPlanOn), field);
  const reachable = resident.callableContacts().some(({ outOfHours }) => outOfHours);
  rule('EMC-4', 'The resident is under 18 and has no contact who can be reached out of hours.', reachable, field);
}

/** What is held for the resident, also under records that were merged into theirs. */
function heldFor(residentId: string, context: Context): readonly RegisterEntry[] {
  const own = context.held('resident', residentId);
  const merged = own.filter(({ kind }) => kind === 'merged_here').flatMap(({ key }) => context.held('resident', key));
  return [...own, ...merged];
}

/**
 * EMC-4, and of RES-6 the referral and the assessments: a manager's reason for a direct admission stands in for them, of
 * an adult. @param on the day of moving in. @throws Refusal
 */
export function checkAdmission(resident: Resident, on: string, age: number, reason: string | undefined, context: Context): void {
  const minor = age < ADULT;
  if (minor) checkMinor(resident);
  const direct = Boolean(reason) && !minor;
  const waived = minor ? '' : ': a manager who admits the resident directly says why';
  rule('EMC-4', 'The resident has no emergency contact that may be called.', direct || resident.callableContacts().length > 0, 'residentId');
  if (direct) {
    const manager = covers(context.actor.permissions, 'placements:admit-directly');
    rule('RES-6', 'Only a manager admits somebody directly.', manager, 'directAdmissionReason');
    return;
  }
  const held = heldFor(resident.id, context);
  const referred = held.some(({ kind, from = on }) => kind === 'accepted_referral' && from <= on);
  rule('RES-6', `There is no accepted referral${waived}.`, referred, 'directAdmissionReason');
  const intakeDays = policy(context, 'RES-6.intake');
  const assessed = inForceOn(held, INTAKE_ASSESSMENT, on, intakeDays) !== undefined;
  rule('RES-6', `There is no approved intake assessment of the last ${intakeDays} days${waived}.`, assessed, 'directAdmissionReason');
  const riskDays = policy(context, 'RES-6.risk');
  const weighed = inForceOn(held, RISK_ASSESSMENT, on, riskDays) !== undefined;
  rule('RES-6', `There is no active risk assessment of the last ${riskDays} days${waived}.`, weighed, 'directAdmissionReason');
}

/** A signed agreement of this resident that covers the day and the room. @throws Refusal RES-6 */
export function checkAgreement(agreement: Agreement, residentId: string, room: Room, on: string): void {
  checkAgreed(agreement, residentId, room);
  const problem = agreement.problemOn(on);
  rule('RES-6', problem ?? 'The agreement covers the date.', !problem, 'agreementId');
}

/** An agreement of this resident about the room, signed or not. @throws Refusal RES-6 */
export function checkAgreed(agreement: Agreement, residentId: string, room: Room): void {
  rule('RES-6', 'This is the agreement of somebody else.', agreement.residentId === residentId, 'agreementId');
  const here = agreement.propertyId === room.propertyId && (!agreement.roomId || agreement.roomId === room.id);
  rule('RES-6', 'The agreement is about another room.', here, 'agreementId');
}

/**
 * Whether the room, and where somebody is new to it the property, can be moved into.
 * @param moved.reason why a manager lets them in although a certificate is not in order. @throws Refusal RES-6, PRP-7
 */
export function checkPlace(room: Room, property: Property, on: string, context: Context, moved: { property: boolean; reason?: string | null }): void {
  const closed = property.status === 'inactive' ? 'The property is closed.' : room.lettingProblem(on, context.today);
  rule('RES-6', closed ?? 'The room can be let.', !closed, 'roomId');
  const problem = moved.property ? property.complianceProblem(on) : undefined;
  const allowed = Boolean(moved.reason);
  rule('PRP-7', 'Only a manager lets somebody move in while a certificate is not in order.', !allowed || isManager(context.actor), 'complianceReason');
  rule('PRP-7', problem ? `${problem} A manager who lets somebody move in all the same says why.` : 'The certificates are in order.', !problem || allowed, 'roomId');
}
