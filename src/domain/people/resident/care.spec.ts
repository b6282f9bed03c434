import { describe, expect, it } from '@jest/globals';
import { given, happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { AssignSocialWorker, PlacementPlanRecorded, RecordPlacementPlan, SocialWorkerAssigned, SocialWorkerUnassigned } from './care.js';
import { EmergencyContactAdded, EmergencyContactRemoved } from './contact-events.js';
import { RecordDeath, ResidentDeathRecorded } from './death.js';
import { AddAlert, EndAlert, PersonAlertAdded, PersonAlertEnded } from './person-alert.js';
import { DepositPossessions, PossessionsDeposited, PossessionsReturned, ReturnPossessions } from './possessions.js';
import { ResidentRegistered } from './resident-events.js';
import { ResidentMovedIn } from './resident-moves.js';
import { Resident } from './resident.js';
import { keptUntil } from './retention.js';

const [contactId, alertId, possessionId] = ['contact', 'alert', 'possession'].map(someId) as [string, string, string];
const registered = happened(ResidentRegistered, { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2009-05-02' });
const contact = (contactType: 'family' | 'social_worker') =>
  happened(EmergencyContactAdded, { contactId, contactType, name: 'Dana', relationship: 'r', phone: '+447700900123', isPrimary: true });
const movedIn = happened(ResidentMovedIn, { placementId: someId('placement'), propertyId: someId('property'), roomId: someId('room'), agreementId: someId('agreement'), on: '2026-08-20' });
const world = (...history: Happened[]) => given(Resident, registered, ...history);

describe('the social worker of a resident', () => {
  const assigned = happened(SocialWorkerAssigned, { contactId, from: '2026-09-01' });
  it('EMC-6: is one of the contacts, recorded as a social worker', async () => {
    await world(contact('social_worker')).when(AssignSocialWorker, { contactId }).records([SocialWorkerAssigned, { contactId, from: '2026-09-02' }]);
    await world(contact('family')).when(AssignSocialWorker, { contactId }).refused('EMC-6', 'contactId');
    await world().when(AssignSocialWorker, { contactId }).refused('GEN-1', 'contactId');
    await world(contact('social_worker'), happened(EmergencyContactRemoved, { contactId })).when(AssignSocialWorker, { contactId }).refused('GEN-1', 'contactId');
    await world(contact('social_worker')).when(AssignSocialWorker).refused('VALIDATION', 'contactId');
  });
  it('is assigned once, from another day, or nobody', async () => {
    const known = world(contact('social_worker'), assigned);
    await known.when(AssignSocialWorker, { contactId }).recordsNothing();
    await known.when(AssignSocialWorker, { contactId, from: '2026-08-01' }).records([SocialWorkerAssigned, { from: '2026-08-01' }]);
    await known.when(AssignSocialWorker, { contactId, from: '2026-09-03' }).records([SocialWorkerAssigned, { from: '2026-09-03' }]);
    await known.when(AssignSocialWorker, { contactId: null }).records(SocialWorkerUnassigned);
    await world().when(AssignSocialWorker, { contactId: null }).recordsNothing();
    expect(stateOf(Resident, [registered, contact('social_worker'), assigned]).socialWorker()).toMatchObject({ id: contactId });
    expect(stateOf(Resident, [registered, contact('social_worker'), assigned, happened(SocialWorkerUnassigned)]).socialWorkerId).toBeUndefined();
  });
});

describe('a placement plan', () => {
  it('RES-12: is agreed on, and looked at again after that', async () => {
    await world().when(RecordPlacementPlan, { agreedOn: '2026-09-01', reviewOn: '2026-10-01' }).records([PlacementPlanRecorded, { agreedOn: '2026-09-01' }]);
    await world().when(RecordPlacementPlan, { reviewOn: '2026-09-02' }).refused('RES-12', 'reviewOn');
    await world().when(RecordPlacementPlan, { agreedOn: '2026-09-03' }).refused('GEN-3', 'agreedOn');
  });
});

describe('an alert', () => {
  const added = happened(PersonAlertAdded, { alertId, hactCode: 'code_20_30', on: '2026-09-01' });
  it('RES-12: holds until it is ended, once for each code', async () => {
    await world().when(AddAlert, { hactCode: 'code_20_30', reviewOn: '2026-12-01' }).records([PersonAlertAdded, { hactCode: 'code_20_30', on: '2026-09-02' }]);
    await world().when(AddAlert, { hactCode: 'code_1', reviewOn: '2026-09-02' }).refused('RES-12', 'reviewOn');
    await world(added).when(AddAlert, { hactCode: 'code_20_30' }).refused('DUPLICATE', 'hactCode');
    await world(added).when(EndAlert, { alertId }).records([PersonAlertEnded, { alertId, on: '2026-09-02' }]);
    await world().when(EndAlert, { alertId }).refused('GEN-1', 'alertId');
    const ended = happened(PersonAlertEnded, { alertId, on: '2026-09-02' });
    await world(added, ended).when(EndAlert, { alertId }).recordsNothing();
    await world(added, ended).when(AddAlert, { hactCode: 'code_20_30' }).records(PersonAlertAdded);
    expect(stateOf(Resident, [registered, added]).alerts).toEqual(['code_20_30']);
    expect(stateOf(Resident, [registered, added, ended])).toMatchObject({ alerts: [], personAlerts: [{ endedOn: '2026-09-02' }] });
  });
});

describe('possessions in keeping', () => {
  const deposited = happened(PossessionsDeposited, { possessionId, on: '2026-08-20', items: 'a ring', valuePence: 12_000 });
  it('RES-13: are given back once, on the day or later', async () => {
    await world().when(DepositPossessions, { items: 'a ring', valuePence: 12_000 }).records([PossessionsDeposited, { items: 'a ring', on: '2026-09-02' }]);
    await world().when(DepositPossessions, { items: 'a ring', on: '2026-09-03' }).refused('GEN-3', 'on');
    await world(deposited).when(ReturnPossessions, { possessionId }).records([PossessionsReturned, { possessionId, on: '2026-09-02' }]);
    await world(deposited).when(ReturnPossessions, { possessionId, on: '2026-08-19' }).refused('RES-13', 'on');
    await world(deposited).when(ReturnPossessions, { possessionId, on: '2026-09-03' }).refused('GEN-3', 'on');
    await world().when(ReturnPossessions, { possessionId }).refused('GEN-1', 'possessionId');
    const returned = happened(PossessionsReturned, { possessionId, on: '2026-08-25', to: 'her aunt' });
    await world(deposited, returned).when(ReturnPossessions, { possessionId }).refused('STATE', 'possessionId');
    expect(stateOf(Resident, [registered, deposited, returned]).possessions).toMatchObject([{ returnedOn: '2026-08-25', returnedTo: 'her aunt', valuePence: 12_000 }]);
  });
});

describe('the death of a resident', () => {
  it('RES-4: is recorded once, on the day or later, and not before they moved in', async () => {
    await world(movedIn).when(RecordDeath, { on: '2026-09-01', circumstances: 'c' }).records([ResidentDeathRecorded, { on: '2026-09-01' }]);
    await world(movedIn).when(RecordDeath, { on: '2026-08-19' }).refused('RES-4', 'on');
    await world().when(RecordDeath, { on: '2026-09-03' }).refused('GEN-3', 'on');
    await world(happened(ResidentDeathRecorded, { on: '2026-09-01' })).when(RecordDeath).refused('STATE');
  });
  it('under 18 and looked after has the record kept for 15 years from then', () => {
    const died = Object.assign(stateOf(Resident, [registered, movedIn, happened(ResidentDeathRecorded, { on: '2026-09-01' })]), { everLookedAfter: true, moveOutDate: '2026-09-01' });
    expect(keptUntil(died, 'identity')).toEqual({ code: 'R-CH75', until: '2041-09-01' });
    expect(keptUntil(Object.assign(died, { diedOn: '2027-05-02' }), 'identity')).toEqual({ code: 'R-CH75', until: '2084-05-02' });
  });
});
