import { Caller, type Json } from './caller.js';
import type { Installation, Organisation } from './product.js';
import { PASSWORD } from './product.js';
import type { Speaker } from './speaker.js';
import { chapters } from './stories/chapters.js';
import { cameBack, leftBehind } from './stories/tenancy.js';
import { declaredPolicies } from '../../src/kernel/policies.js';

/** Who acts in the story of an organisation, and what came to be in it. */
export interface Cast {
  readonly organisation: Organisation;
  readonly manager: Caller;
  readonly finance: Caller;
  readonly dpo: Caller;
  readonly keyWorkerId: string;
  /** Id of one row of each table that has rows. */
  readonly ids: Record<string, string>;
}

/** Somebody whom the story is about, with everything that belongs to them. */
export interface Person {
  readonly residentId: string;
  readonly agreementId: string;
  readonly placementId?: string;
  readonly accountId: string;
  readonly incidentId: string;
  readonly contactIds: readonly string[];
}

export const charges = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };
const address = { line1: '12 Mare Street', town: 'London', postcode: 'E8 1AA' };

/** The house: two properties with rooms, people who work there, roles; every command of property and organisation once. */
export async function house(speaker: Speaker, organisation: Organisation): Promise<Cast> {
  const { owner } = organisation;
  const [{ caller: manager, userId: managerId }, { caller: finance }, { caller: dpo }, { userId: keyWorkerId }] =
    [await organisation.member('manager'), await organisation.member('finance'), await organisation.member('dpo'), await organisation.member('key_worker')];
  const say = speaker.of('house').say.bind(speaker);
  const property = await say(manager, 'RegisterProperty', undefined, { name: 'Mare Street House', propertyType: 'shared_housing', address, totalUnits: 12 });
  await say(manager, 'SetBuildingFacts', property.id, { storeys: 3, hasGas: true, urn: 'SC123456' });
  await say(manager, 'CorrectPropertyDetails', property.id, { name: 'Mare Street Home' });
  await say(manager, 'ChangeCapacity', property.id, { totalUnits: 13 });
  await say(manager, 'RecordComplianceCertificate', property.id, { kind: 'epc', issuedOn: '2026-01-01', outcome: 'satisfactory', number: 'EPC 1' });
  await say(manager, 'AssignManager', property.id, { managerId });
  await say(manager, 'MapToCoreScheme', property.id, { schemeCode: 'S12', locationCode: '3' });
  const rooms: string[] = [];
  for (const roomNumber of ['R1', 'R2', 'R3']) {
    rooms.push((await say(manager, 'AddRoom', undefined, { propertyId: property.id, roomNumber, roomType: 'single', capacity: 1, weeklyCharges: charges, availableFrom: '2026-07-01' })).id);
  }
  const spare = rooms[2]!;
  await say(manager, 'ChangeRoomDetails', spare, { roomType: 'double' });
  await say(manager, 'ChangeRoomCharges', spare, { from: '2026-09-01', weeklyCharges: charges });
  await say(manager, 'TakeRoomOutOfService', spare);
  await say(manager, 'ReturnRoomToService', spare);
  await say(manager, 'RetireRoom', spare);
  const other = await say(manager, 'RegisterProperty', undefined, { name: 'Old House', propertyType: 'house', address, totalUnits: 2 });
  await say(manager, 'TakePropertyOutOfService', other.id);
  await say(manager, 'ReturnPropertyToService', other.id);
  await say(manager, 'ClosePropertyPermanently', other.id);
  await say(manager, 'ReopenProperty', other.id);
  await say(owner, 'ChangeOrganizationDetails', organisation.id, { displayName: 'Young Futures' });
  await say(owner, 'ChangeOrganizationSettings', organisation.id, { maximumAge: 26 });
  const [policy] = declaredPolicies();
  if (policy) await say(owner, 'SetPolicy', organisation.id, { code: policy.code, value: policy.default + 1 });
  const role = await say(owner, 'DefineRole', undefined, { roleName: 'Night Shift', permissions: ['residents:read', 'incidents:read', 'incidents:log'] });
  await say(owner, 'GrantPermission', role.id, { permission: 'properties:read' });
  await say(owner, 'RevokePermission', role.id, { permission: 'properties:read' });
  await say(owner, 'RetireRole', (await say(owner, 'CloneRole', undefined, { roleId: role.id, roleName: 'Day Shift' })).id);
  const ids = { properties: property.id, property_rooms: rooms[0]!, roles_permissions: role.id, users: managerId, organizations: organisation.id };
  return { organisation, manager, finance, dpo, keyWorkerId, ids: { ...ids, secondRoom: rooms[1]! } };
}

/** A colleague who is invited, comes, is suspended, restored, deactivated, taken back and leaves; with a password and a token of their own. */
export async function colleague(speaker: Speaker, { organisation: { owner, id: organizationId }, ids }: Cast, words: { readonly password: string }): Promise<Caller> {
  const say = speaker.of('colleague').say.bind(speaker);
  await say(owner, 'RevokeInvitation', (await say(owner, 'InviteUser', undefined, { role: 'maintenance' })).id);
  const invited = await say(owner, 'InviteUser', undefined, { role: 'maintenance' });
  const { invitationToken: token } = await say(owner, 'ResendInvitation', invited.id);
  const anyone = new Caller(owner.baseUrl);
  await say(anyone, 'AcceptInvitation', invited.id, { token, password: PASSWORD });
  const email = speaker.said.findLast(({ command, field }) => command === 'InviteUser' && field === 'email')!.value;
  const session = await anyone.post<{ token: string; user: Json }>('/sign-in', { email, password: PASSWORD, organizationId });
  const own = anyone.as(session.body.token);
  const userId = session.body.user.id;
  await say(own, 'ChangeProfile', userId);
  await say(own, 'SetNotificationPreferences', userId, { sentNotifications: ['reminder'], mobilePhone: '+447700900199' });
  await say(own, 'ChangePassword', userId, { currentPassword: PASSWORD, newPassword: words.password });
  const issued = await say(own, 'IssueApiToken', userId, { scopes: ['properties:read'], expiresAt: '2026-12-01T00:00:00Z' });
  await say(own, 'RevokeApiToken', userId, { tokenId: issued['tokenId'] });
  await say(owner, 'ChangeMemberRole', invited.id, { role: 'finance' });
  await say(owner, 'SuspendMember', invited.id);
  await say(owner, 'RestoreMember', invited.id);
  await say(owner, 'DeactivateUser', userId);
  await say(owner, 'ReactivateUser', userId);
  await say(owner, 'RemoveMember', invited.id);
  ids['user_organizations'] = invited.id;
  return own;
}

/** The operator pauses the organisation for a reason, and lets it go on. */
export async function paused(speaker: Speaker, at: Installation, organizationId: string): Promise<void> {
  const body = speaker.of('operator').body('SuspendOrganization');
  await at.cli('organization', 'suspend', '--id', organizationId, '--reason', String(body['reason']));
  speaker.heard('SuspendOrganization', body);
  await at.cli('organization', 'reactivate', '--id', organizationId);
}

/** What is known of a person who has applied: every command of the resident that needs no placement. */
async function known(speaker: Speaker, { manager, keyWorkerId, ids }: Cast, about: string, register: 'RegisterResident' | 'RegisterApplicant'): Promise<{ residentId: string; contactIds: string[] }> {
  const say = speaker.of(about).say.bind(speaker);
  const { id } = await say(manager, register, undefined);
  await say(manager, 'CorrectResidentDetails', id);
  await say(manager, 'RecordEquality', id);
  await say(manager, 'RecordNhsNumber', id);
  await say(manager, 'RecordNationalInsuranceNumber', id);
  await say(manager, 'RecordIdentifier', id, { kind: 'la_case' });
  await say(manager, 'RecordLegalStatus', id, { legalStatus: 'none' });
  await say(manager, 'AssignKeyWorker', id, { userId: keyWorkerId });
  const contactIds: string[] = [];
  for (const contactType of ['family', 'gp', 'friend']) {
    await say(manager, 'AddEmergencyContact', id, { contactType, canContact: true });
    const rows = await manager.rows(`/emergency-contacts?residentId=${id}`);
    contactIds.push(rows.map((row) => row.id).find((one) => !contactIds.includes(one))!);
  }
  await say(manager, 'UpdateEmergencyContact', id, { contactId: contactIds[0] });
  await say(manager, 'SetPrimaryContact', id, { contactId: contactIds[1] });
  await say(manager, 'RestrictContact', id, { contactId: contactIds[0] });
  await say(manager, 'LiftContactRestriction', id, { contactId: contactIds[0] });
  await say(manager, 'RestrictContact', id, { contactId: contactIds[0] });
  await say(manager, 'VerifyEmergencyContact', id, { contactId: contactIds[1] });
  await say(manager, 'RemoveEmergencyContact', id, { contactId: contactIds[2] });
  await say(manager, 'GiveConsent', id, { purpose: 'photography', channel: 'in_person' });
  await say(manager, 'WithdrawConsent', id, { purpose: 'photography' });
  await say(manager, 'GiveConsent', id, { purpose: 'contact', channel: 'sms' });
  ids['emergency_contacts'] = contactIds[0]!;
  return { residentId: id, contactIds };
}

async function agreed(speaker: Speaker, { manager, ids }: Cast, residentId: string): Promise<string> {
  const { id } = await speaker.say(manager, 'DraftAgreement', undefined, {
    residentId, propertyId: ids['properties'], agreementType: 'license', startDate: '2026-08-03', rentFrequency: 'weekly', weeklyCharges: charges, lateFeeBasisPoints: 300,
  });
  await speaker.say(manager, 'SignAgreement', id);
  await speaker.say(manager, 'ActivateAgreement', id);
  ids['tenancy_agreements'] = id;
  return id;
}

/** Something is adjusted, paid, paid by mistake and taken back; in the end nothing is owed. */
async function settled(speaker: Speaker, { finance, ids }: Cast, accountId: string): Promise<void> {
  const [charge] = await finance.rows(`/rent-payments?rentAccountId=${accountId}&amountPence[gte]=1000`);
  await speaker.say(finance, 'AdjustCharge', accountId, { chargeId: charge!['chargeId'], delta: { corePence: -100 } });
  await speaker.say(finance, 'RecordPayment', accountId, { amountPence: 5, method: 'cash' });
  const [receipt] = await finance.rows(`/rent-receipts?rentAccountId=${accountId}`);
  await speaker.say(finance, 'ReversePayment', accountId, { receiptId: receipt!.id });
  const { balancePence } = await finance.row(`/rent-accounts/${accountId}`);
  await speaker.say(finance, 'RecordPayment', accountId, { amountPence: balancePence, method: 'bank_transfer' });
  ids['rent_accounts'] = accountId;
}

/** An incident about somebody, from its beginning to its end. */
async function happened(speaker: Speaker, cast: Cast, about: string, residentId: string): Promise<string> {
  const { manager, ids, keyWorkerId } = cast;
  const say = speaker.of(about).say.bind(speaker);
  const { now } = (await manager.row('/clock')) as unknown as { now: string };
  const { id } = await say(manager, 'LogIncident', undefined, { incidentType: 'safety', severity: 'medium', occurredAt: now, residentId, propertyId: ids['properties'] });
  await say(manager, 'AcknowledgeIncident', id);
  await say(manager, 'AddPersonInvolved', id, { role: 'witness' });
  await say(manager, 'AddPersonInvolved', id, { role: 'victim', residentId, otherPerson: undefined });
  await say(manager, 'ReclassifyIncident', id, { severity: 'high' });
  await say(manager, 'StartIncidentInvestigation', id, { leadId: keyWorkerId });
  await say(manager, 'AddIncidentAction', id);
  const [action] = await manager.rows(`/incident-actions?incidentId=${id}`);
  await say(manager, 'CompleteIncidentAction', id, { actionId: action!.id });
  // To the owner, who is told of it: everybody in the story has something in their inbox.
  const { user } = (await cast.organisation.owner.row('/me')) as unknown as { user: Json };
  await say(manager, 'EscalateIncident', id, { to: user.id });
  await say(manager, 'AmendIncidentDescription', id);
  await say(manager, 'ResolveIncident', id);
  await say(manager, 'ReopenIncident', id);
  await say(manager, 'ResolveIncident', id);
  await say(cast.organisation.owner, 'CloseIncident', id);
  ids['incidents'] = id;
  return id;
}

/** Somebody who applies, has an agreement and an account, and never moves in. */
export async function applicant(speaker: Speaker, cast: Cast, about: string): Promise<Person> {
  const { manager, finance, dpo, ids } = cast;
  const { residentId, contactIds } = await known(speaker, cast, about, 'RegisterApplicant');
  await speaker.say(dpo, 'PlaceLegalHold', residentId);
  await speaker.say(dpo, 'ReleaseLegalHold', residentId);
  const agreementId = await agreed(speaker, cast, residentId);
  const room = ids['secondRoom'];
  await speaker.say(manager, 'ReserveRoom', room, { residentId, from: '2026-08-20' });
  await speaker.say(manager, 'ReleaseReservation', room, { reason: 'withdrawn' });
  const { id: accountId } = await speaker.say(finance, 'OpenRentAccount', undefined, { residentId, agreementId });
  await speaker.say(finance, 'RaiseCharge', accountId, { from: '2026-08-03', components: charges });
  await settled(speaker, cast, accountId);
  const planned = await speaker.say(manager, 'PlanPlacement', undefined, { residentId, agreementId, roomId: room, plannedDate: '2026-08-20' });
  await speaker.say(manager, 'CancelPlannedPlacement', planned.id);
  await speaker.say(manager, 'TerminateAgreement', agreementId);
  const incidentId = await happened(speaker, cast, `incident of ${about}`, residentId);
  const person = { residentId, agreementId, accountId, incidentId, contactIds };
  for (const chapter of chapters) await chapter(speaker.of(about), cast, person, about);
  return person;
}

const clockAt = async ({ manager }: Cast, now: string): Promise<void> => {
  const moved = await manager.call('PUT', '/api/v1/clock', { now });
  if (moved.status !== 200) throw new Error(`The clock did not move: ${moved.status} ${moved.text}`);
};

/** Somebody who moves in on 3 August 2026, moves to another room a week later, and leaves after another, unless they stay. */
export async function tenant(speaker: Speaker, cast: Cast, about: string, stays = false): Promise<Person & { readonly placementId: string }> {
  const { manager, ids } = cast;
  const { residentId, contactIds } = await known(speaker, cast, about, 'RegisterResident');
  const agreementId = await agreed(speaker, cast, residentId);
  const { id: placementId } = await speaker.say(manager, 'StartPlacement', undefined, { residentId, agreementId, roomId: ids['property_rooms'], startDate: '2026-08-03' });
  ids['placements'] = placementId;
  await speaker.of('house').say(manager, 'PlanDecant', ids['properties'], { moves: [{ residentId, place: 'own_home', moveBy: '2026-08-31' }] });
  speaker.of(about);
  await speaker.say(manager, 'MarkAtRisk', residentId);
  await speaker.say(manager, 'ClearAtRisk', residentId);
  await speaker.say(manager, 'MarkAtRisk', residentId);
  const incidentId = await happened(speaker, cast, `incident of ${about}`, residentId);
  const [account] = await cast.finance.rows(`/rent-accounts?placementId=${placementId}`);
  ids['rent_accounts'] = account!.id;
  ids['residents'] = residentId;
  const person = { residentId, agreementId, placementId, accountId: account!.id, incidentId, contactIds };
  for (const chapter of chapters) await chapter(speaker.of(about), cast, person, about);
  speaker.of(about);
  if (stays) {
    // So that a room is empty in this story too.
    await speaker.say(manager, 'TransferPlacement', placementId, { roomId: ids['secondRoom'] });
    return person;
  }
  await clockAt(cast, '2026-08-10T09:00:00Z');
  await speaker.say(manager, 'TransferPlacement', placementId, { roomId: ids['secondRoom'] });
  await clockAt(cast, '2026-08-17T09:00:00Z');
  await speaker.say(manager, 'CorrectPlacementDate', placementId, { which: 'start', date: '2026-08-04' });
  await speaker.say(manager, 'EndPlacement', placementId, { terminationType: 'planned_move_on' });
  await leftBehind(speaker, cast, placementId, about);
  await settled(speaker, cast, account!.id);
  await cameBack(speaker, cast, residentId);
  return person;
}
