import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import type { DomainCommand } from '../../../kernel/command.js';
import { declaredEvents, type DomainEvent } from '../../../kernel/event.js';
import { Refusal } from '../../../kernel/rules.js';
import { normalisePhone } from '../../phone.js';
import {
  AddEmergencyContact,
  LiftContactRestriction,
  RemoveEmergencyContact,
  RestrictContact,
  SetPrimaryContact,
  UpdateEmergencyContact,
} from './contact-commands.js';
import {
  EmergencyContactAdded,
  EmergencyContactRemoved,
  EmergencyContactRestricted,
  EmergencyContactRestrictionLifted,
  EmergencyContactUpdated,
  PrimaryContactChanged,
} from './contact-events.js';
import { EmergencyContactVerified, ReportContactsUnverified, ResidentContactsOverdue, VerifyEmergencyContact } from './contact-verification.js';
import { ResidentRegistered } from './resident-events.js';
import { MoveResidentIn, ResidentMovedIn } from './resident-moves.js';
import { Resident } from './resident.js';

const registered = happened(ResidentRegistered, { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' });
const mum = { contactType: 'family', name: 'Dana Ellis', relationship: 'mother', phone: '+447700900123' } as const;
const [first, second] = [someId('first'), someId('second')];
const one = happened(EmergencyContactAdded, { ...mum, contactId: first, isPrimary: true });
const two = happened(EmergencyContactAdded, { ...mum, contactId: second, isPrimary: false });
const restricted = happened(EmergencyContactRestricted, { contactId: second, reason: 'court order' });
const resident = (...more: Happened[]) => given(Resident, registered, ...more);

describe('emergency contacts', () => {
  it('EMC-1: the first one is the primary one, and it is not removed before another is', async () => {
    await resident().when(AddEmergencyContact, { ...mum, isPrimary: false }).records([EmergencyContactAdded, { ...mum, isPrimary: true }]);
    await resident(one).when(AddEmergencyContact, mum).records([EmergencyContactAdded, { isPrimary: false }]);
    await resident(one, two).when(RemoveEmergencyContact, { contactId: first }).refused('EMC-1', 'contactId');
    await resident(one, two).when(RemoveEmergencyContact, { contactId: second }).records(EmergencyContactRemoved);
    await resident(one).when(RemoveEmergencyContact, { contactId: first }).records(EmergencyContactRemoved);
    await resident(one, two).when(SetPrimaryContact, { contactId: second }).records([PrimaryContactChanged, { contactId: second }]);
    await resident(one, two).when(SetPrimaryContact, { contactId: first }).recordsNothing();
  });

  it('EMC-2: have a phone number that can be called from anywhere', async () => {
    await resident().when(AddEmergencyContact, { ...mum, phone: '07700 900123' }).refused('EMC-2', 'phone');
    await resident(one).when(UpdateEmergencyContact, { contactId: first, phone: 'none' }).refused('EMC-2', 'phone');
    await resident(one).when(UpdateEmergencyContact, { contactId: first, phone: '+33123456789' }).records([EmergencyContactUpdated, { phone: '+33123456789' }]);
    const written = { '07700 900123': '+447700900123', '020 7946 0000': '+442079460000', '0044 (0)20 7946 0000': '+442079460000', '+44 7700-900.123': '+447700900123' };
    for (const [as, kept] of Object.entries(written)) expect(normalisePhone(as)).toBe(kept);
  });

  it('are told in their history what changes, and nothing where nothing does', async () => {
    await resident(one).when(UpdateEmergencyContact, { contactId: first, name: 'Dana Ellis', phone: '+447700900123', email: null }).recordsNothing();
    const [changed] = await resident(one).when(UpdateEmergencyContact, { contactId: first, name: 'Dana Ellis', relationship: 'aunt', address: '1 Road' }).events();
    expect({ ...changed }).toEqual({ contactId: first, relationship: 'aunt', address: '1 Road' });
    const known = happened(EmergencyContactUpdated, { contactId: first, email: 'dana@example.org' });
    await resident(one, known).when(UpdateEmergencyContact, { contactId: first, email: null }).records([EmergencyContactUpdated, { email: null }]);
  });

  it('EMC-3: a restricted one is neither the primary one nor called', async () => {
    await resident(one, two, restricted).when(SetPrimaryContact, { contactId: second }).refused('EMC-3', 'contactId');
    await resident(one, two, restricted).when(UpdateEmergencyContact, { contactId: second, canContact: true }).refused('EMC-3', 'canContact');
    await resident(one, two, restricted).when(UpdateEmergencyContact, { contactId: second, notes: 'moved away' }).records(EmergencyContactUpdated);
    await resident(one, two).when(RestrictContact, { contactId: first, reason: 'court order' })
      .records([EmergencyContactRestricted, { contactId: first }], [PrimaryContactChanged, { contactId: second }]);
    await resident(one).when(RestrictContact, { contactId: first, reason: 'court order' }).records(EmergencyContactRestricted);
    expect(stateOf(Resident, [registered, one, two, restricted]).emergencyContacts[1]).toMatchObject({ restricted: true, canContact: false, isPrimary: false });
  });

  it('EMC-3: are forbidden until that is lifted, and are called then where that is said', async () => {
    const lift = { contactId: second, reason: 'the order has run out' };
    await resident(one, two, restricted).when(LiftContactRestriction, lift).records([EmergencyContactRestrictionLifted, lift]);
    await resident(one, two).when(LiftContactRestriction, lift).recordsNothing();
    const alone = happened(EmergencyContactRemoved, { contactId: first });
    await resident(one, two, restricted, alone).when(LiftContactRestriction, lift).records([EmergencyContactRestrictionLifted, lift], [PrimaryContactChanged, { contactId: second }]);
    await resident(one).when(LiftContactRestriction, lift).refused('GEN-1', 'contactId');
    const lifted = happened(EmergencyContactRestrictionLifted, lift);
    expect(stateOf(Resident, [registered, one, two, restricted, lifted]).emergencyContacts[1]).toMatchObject({ restricted: false, restrictionReason: undefined, canContact: false });
    await resident(one, two, restricted, lifted).when(UpdateEmergencyContact, { contactId: second, canContact: true }).records(EmergencyContactUpdated);
  });

  it('EMC-7: are seen to once a year while the resident lives here, whichever was not for longest', async () => {
    const where = { placementId: someId('placement'), propertyId: someId('property'), roomId: someId('room'), agreementId: someId('agreement') };
    const movedIn = happened(ResidentMovedIn, { ...where, on: '2026-08-20' });
    const due = (dueOn: string) => ({ verificationDue: { code: 'EMC-7', dueOn } });
    const verify = (on: string, ...history: Happened[]) => resident(...history).when(VerifyEmergencyContact, { contactId: first, on });
    await verify('2026-09-01', one, movedIn).records([EmergencyContactVerified, { contactId: first, on: '2026-09-01', ...due('2027-09-01') }]);
    await verify('2026-09-01', one, two, movedIn).records([EmergencyContactVerified, due('2027-08-20')]);
    const other = happened(EmergencyContactVerified, { contactId: second, on: '2026-08-31' });
    await verify('2026-09-02', one, two, movedIn, other).records([EmergencyContactVerified, due('2027-08-31')]);
    await verify('2026-09-01', one, two, movedIn, restricted).records([EmergencyContactVerified, due('2027-09-01')]);
    const [before] = await verify('2026-09-01', one).events();
    expect(before).not.toHaveProperty('verificationDue');
    await verify('2026-09-03', one).refused('GEN-3', 'on');
    await resident().when(VerifyEmergencyContact, { contactId: first }).refused('GEN-1', 'contactId');
    const done = happened(EmergencyContactVerified, { contactId: first, on: '2026-09-01', verificationDue: { code: 'EMC-7', basis: 'calendar', ruleBasis: 'policy', startsAt: 'x', dueAt: 'y' } });
    await verify('2026-09-01', one, movedIn, done).recordsNothing();
    const missed = { code: 'EMC-7', dueAt: '2027-09-01T23:00:00.000Z' };
    await resident(one, movedIn, done).as('system').when(ReportContactsUnverified, missed).records([ResidentContactsOverdue, { dueAt: missed.dueAt }]);
    await resident(one, movedIn, done, happened(ResidentContactsOverdue, { dueAt: missed.dueAt })).as('system').when(ReportContactsUnverified, missed).recordsNothing();
    await resident(one).as('system').when(ReportContactsUnverified, missed).recordsNothing();
    await resident(movedIn).when(AddEmergencyContact, mum).records([EmergencyContactAdded, due('2027-09-02')]);
    const [another] = await resident(movedIn, one).when(AddEmergencyContact, mum).events();
    expect(another).not.toHaveProperty('verificationDue');
    const world = [['placements', where.placementId], ['properties', where.propertyId], ['property_rooms', where.roomId], ['tenancy_agreements', where.agreementId]]
      .reduce((all, [table, id]) => all.where(table!, id!, stateOf(Resident, [], id)), resident(one).as('system'));
    await world.when(MoveResidentIn, { ...where, on: '2028-02-29' }).records([ResidentMovedIn, due('2029-02-28')]);
  });

  it('EMC-5: are people with keys of their own', () => {
    const about = declaredEvents().filter(({ entity, type }) => entity === Resident && /^EmergencyContact(Added|Updated|Removed)$/.test(type));
    const personal = about.flatMap(({ fields }) => fields.filter(({ privacy }) => privacy.class > 1));
    expect(personal.length).toBeGreaterThan(8);
    expect(personal.map(({ subject }) => subject)).toEqual(personal.map(() => 'contactId'));
  });

  it('are those of this resident, and have what a contact must have', async () => {
    await resident(one).when(SetPrimaryContact, { contactId: someId('stranger') }).refused('GEN-1', 'contactId');
    await resident(one).when(UpdateEmergencyContact, { contactId: first, canContact: null }).refused('VALIDATION', 'canContact');
    await resident(one).when(UpdateEmergencyContact, { contactId: first }).recordsNothing();
    const removed = happened(EmergencyContactRemoved, { contactId: first });
    await resident(one, removed).when(RestrictContact, { contactId: first, reason: 'r' }).refused('GEN-1', 'contactId');
  });

  it('EMC-1: have one primary one among those that may be called, after any sequence of commands', async () => {
    const asked = fc.record({ what: fc.constantFrom('add', 'addPrimary', 'remove', 'restrict', 'lift', 'primary'), which: fc.nat(4) });
    await fc.assert(
      fc.asyncProperty(fc.array(asked, { maxLength: 14 }), async (sequence) => {
        const history: Happened[] = [registered];
        for (const [index, { what, which }] of sequence.entries()) {
          const { emergencyContacts } = stateOf(Resident, history);
          const contactId = emergencyContacts[which]?.id ?? someId('nobody');
          const command = {
            add: () => Object.assign(new AddEmergencyContact(), mum),
            addPrimary: () => Object.assign(new AddEmergencyContact(), mum, { isPrimary: true }),
            remove: () => Object.assign(new RemoveEmergencyContact(), { contactId }),
            restrict: () => Object.assign(new RestrictContact(), { contactId, reason: 'order' }),
            lift: () => Object.assign(new LiftContactRestriction(), { contactId, reason: 'order ended' }),
            primary: () => Object.assign(new SetPrimaryContact(), { contactId }),
          }[what]!();
          history.push(...(await decided(command, history, index)));
          const after = stateOf(Resident, history);
          const callable = after.callableContacts();
          expect(callable.filter(({ isPrimary }) => isPrimary)).toHaveLength(callable.length > 0 ? 1 : 0);
          expect(after.emergencyContacts.filter(({ isPrimary }) => isPrimary)).toHaveLength(callable.length > 0 ? 1 : 0);
        }
      }),
      { numRuns: 80 },
    );
  });
});

/** What a command on this history records; nothing where it is refused. Each contact that it adds has an id of its own. */
async function decided(command: DomainCommand<Resident>, history: readonly Happened[], index: number): Promise<Happened[]> {
  const Command = command.constructor as new () => DomainCommand<Resident>;
  try {
    const events = await resident(...history.slice(1)).when(Command, { ...command }).events();
    for (const event of events) if (event instanceof EmergencyContactAdded) event.contactId = someId(`contact ${index}`);
    return events.map((event) => ({ event: event as unknown as DomainEvent<never> }));
  } catch (refused) {
    if (!(refused instanceof Refusal)) throw refused;
    return [];
  }
}
