import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { entities } from '../../domain/index.js';
import { ReminderSent } from '../../domain/engagement/calendar-event/calendar-events.js';
import { Incident, IncidentEscalated, IncidentLogged } from '../../domain/safeguarding/incident/incident.js';
import { KeyWorkerAssigned, ResidentRegistered } from '../../domain/people/resident/resident-events.js';
import { ResidentKeyWorkerOverdue } from '../../domain/people/resident/duties.js';
import { Resident } from '../../domain/people/resident/resident.js';
import { User, UserNotificationPreferencesChanged, UserRegistered } from '../../domain/organisation/user/user.js';
import { ComplianceCertificateExpiring, Property, PropertyManagerAssigned, PropertyRegistered } from '../../domain/property/property/property.js';
import { PlacementTransferred } from '../../domain/tenancy/placement/placement.js';
import { Catalogue } from '../../kernel/catalogue.js';
import { entityOf, type State } from '../../kernel/entity.js';
import { declaredEvents, type DomainEvent } from '../../kernel/event.js';
import { Refusal } from '../../kernel/rules.js';
import { happened, someId, stateOf, type Happened } from '../../../test/support/given.js';
import type { DecodedEvent } from '../../privacy/codec.js';
import type { ProcessCommand, ProcessContext } from '../engine/process.js';
import { notices } from './notices.js';
import { noticesOf, notificationOf, notify } from './notify.js';

const catalogue = new Catalogue(entities);
const organizationId = someId('organisation');
const NOW = '2026-11-20T22:40:00.000Z';
const [incidentId, residentId, propertyId, kofi, priya, femi] = ['incident', 'resident', 'property', 'kofi', 'priya', 'femi'].map(someId) as [string, string, string, string, string, string];
const logged = (severity: 'low' | 'medium' | 'high' | 'critical', of: Partial<IncidentLogged> = { residentId, propertyId }): IncidentLogged =>
  Object.assign(new IncidentLogged(), { incidentType: 'safety', severity, occurredAt: NOW, title: 'Amara fell', description: 'Amara fell on the stairs.', ...of });
const registered = happened(ResidentRegistered, { firstName: 'Amara', lastName: 'N', dateOfBirth: '2009-03-14' });
const address = { line1: '1', town: 'London', postcode: 'E8 1AA' };
const house = happened(PropertyRegistered, { name: 'Mare Street House', propertyType: 'shared_housing', address, totalUnits: 12 });

interface Sent { readonly userId: string; readonly dedupeKey: string; readonly [field: string]: unknown }

/** The inboxes of an organisation, and what the process has to do with: no database, no clock of its own. */
class Inboxes {
  readonly sent: Sent[] = [];
  private readonly raised = new Set<string>();
  /** After which of what is told it is cut off. */
  cutOff: boolean[] = [];
  members = new Set([kofi, priya, femi]);
  roles: Readonly<Record<string, readonly string[]>> = { manager: [priya], finance: [femi] };
  private readonly process = notify(catalogue, (_organisation, role) => Promise.resolve(this.roles[role] ?? []));

  constructor(private readonly states: Readonly<Record<string, State>>) {}

  private readonly context = {
    organizationId,
    now: NOW,
    cause: 'cause',
    find: ((table: string, id: string) => Promise.resolve(table === 'notifications' ? undefined : this.states[id])) as ProcessContext['find'],
    send: async ({ id, body }: ProcessCommand): Promise<void> => {
      const sent = body as Sent;
      if (!this.members.has(sent.userId)) throw new Refusal('GEN-1', 'What is referred to does not exist in this organisation.');
      if (this.raised.has(id)) throw new Refusal('DUPLICATE', 'This record exists already.', { status: 409 });
      expect(id).toBe(notificationOf(organizationId, sent.userId, sent.dedupeKey));
      this.raised.add(id);
      this.sent.push(sent);
      // It is recorded, and whoever works on it is killed before they hear so.
      if (this.cutOff.shift()) throw new Error('killed');
    },
    schedule: () => undefined,
    cancel: () => undefined,
  };

  async react(stream: string, event: DomainEvent<never>, id = 'event'): Promise<this> {
    const declaration = declaredEvents().find((one) => one.event === (event.constructor as never))!;
    await this.process.react({ declaration, event, metadata: { recordedAt: NOW }, stored: { stream, id: someId(id), position: 1 } } as unknown as DecodedEvent, this.context);
    return this;
  }
  told(): string[] {
    return this.sent.map(({ userId, title }) => `${userId === kofi ? 'Kofi' : userId === priya ? 'Priya' : 'Femi'}: ${String(title)}`);
  }
}

const resident = stateOf(Resident, [registered, happened(KeyWorkerAssigned, { userId: kofi, from: '2026-09-02' })], residentId);
const property = (...more: Happened[]): Property => stateOf(Property, [house, happened(PropertyManagerAssigned, { managerId: priya }), ...more], propertyId);
const incident = (event: IncidentLogged): Incident => Object.assign(stateOf(Incident, [{ event }], incidentId), { reference: 'INC-2026-0001' });
const world = (event = logged('high'), more: Readonly<Record<string, State>> = {}): Inboxes =>
  new Inboxes({ [incidentId]: incident(event), [residentId]: resident, [propertyId]: property(), ...more });

describe('who is told', () => {
  it('of an incident of high severity: the key worker of the resident and the manager of the property', async () => {
    const inboxes = await world().react(`incident-${incidentId}`, logged('high'));
    expect(inboxes.told()).toEqual(['Kofi: An incident of high severity was logged', 'Priya: An incident of high severity was logged']);
    expect(inboxes.sent[0]).toMatchObject({
      priority: 'urgent', entityType: 'incidents', entityId: incidentId, actionUrl: `/api/v1/incidents/${incidentId}`, actionRequired: true, sourceEventId: someId('event'),
      message: 'Take notice of it within two hours. (INC-2026-0001)', dedupeKey: `incident-high|${incidentId}|2026-11-20`,
    });
  });

  it('of a critical one managers too, each once; of lesser ones nobody', async () => {
    expect((await world(logged('critical')).react(`incident-${incidentId}`, logged('critical'))).told()).toEqual(['Kofi: A critical incident was logged', 'Priya: A critical incident was logged']);
    for (const severity of ['low', 'medium'] as const) expect((await world(logged(severity)).react(`incident-${incidentId}`, logged(severity))).told()).toEqual([]);
  });

  it('in their place whoever stands in, where nobody is there to be told', async () => {
    const alone = logged('high', {});
    expect((await world(alone).react(`incident-${incidentId}`, alone)).told()).toEqual(['Priya: An incident of high severity was logged']);
    const gone = world();
    gone.members = new Set([femi]);
    gone.roles = { manager: [femi] };
    expect((await gone.react(`incident-${incidentId}`, logged('high'))).told()).toEqual(['Femi: An incident of high severity was logged']);
  });

  it('the manager of the house where the resident lives, where the event names no property', async () => {
    const of = logged('high', { residentId });
    const lives = Object.assign(stateOf(Resident, [registered], residentId), { propertyId });
    expect((await world(of, { [residentId]: lives }).react(`incident-${incidentId}`, of)).told()).toEqual(['Priya: An incident of high severity was logged']);
  });

  it('nobody who has muted it, but those who stand in for them; what is urgent is told all the same', async () => {
    const muted = stateOf(User, [happened(UserRegistered, { firstName: 'Kofi', lastName: 'Mensah' }), happened(UserNotificationPreferencesChanged, { mutedNotifications: ['alert', 'message'] })], kofi);
    const alert = Object.assign(new ResidentKeyWorkerOverdue(), { dueAt: NOW });
    expect((await world().react(`resident-${residentId}`, alert)).told()).toEqual(['Kofi: Missed: resident key worker']);
    expect((await world(logged('high'), { [kofi]: muted }).react(`resident-${residentId}`, alert)).told()).toEqual(['Priya: Missed: resident key worker']);
    expect((await world(logged('high'), { [kofi]: muted }).react(`incident-${incidentId}`, logged('high'))).told()).toContain('Kofi: An incident of high severity was logged');
    expect((await world(logged('critical'), { [kofi]: muted }).react(`incident-${incidentId}`, logged('critical'))).told()).toContain('Kofi: A critical incident was logged');
  });

  it('the user whom the event names', async () => {
    const assigned = Object.assign(new KeyWorkerAssigned(), { userId: kofi, from: '2026-09-02' });
    const inboxes = await world().react(`resident-${residentId}`, assigned);
    expect(inboxes.told()).toEqual(['Kofi: You are the key worker of a resident']);
    expect(inboxes.sent[0]!.dedupeKey).toBe(`key-worker|${residentId}|2026-09-02`);
  });
});

describe('of an event in the calendar', () => {
  it('those who are invited are reminded, and residents among them have no inbox of it', async () => {
    const reminder = { occurrenceDate: '2026-11-21', startTime: '2026-11-21T10:00:00.000Z', to: [kofi, residentId, priya] };
    const inboxes = await world().react(`calendarEvent-${someId('event')}`, Object.assign(new ReminderSent(), reminder));
    expect(inboxes.told()).toEqual(['Kofi: An event is about to begin', 'Priya: An event is about to begin']);
    expect(inboxes.sent[0]!.dedupeKey).toBe(`event|${someId('event')}|2026-11-21T10:00:00.000Z|2026-11-21`);
  });
});

describe('how often', () => {
  it('NOT-1: once for each matter and day, however often and in whatever order its events are worked on', async () => {
    const stages = [1, 2, 3].map((level) => Object.assign(new IncidentEscalated(), { level, auto: true, reason: 'nobody came' }));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...stages), { minLength: 1, maxLength: 12 }), async (events) => {
        const inboxes = world();
        for (const [index, event] of events.entries()) await inboxes.react(`incident-${incidentId}`, event, String(index));
        expect(inboxes.sent).toHaveLength(new Set(events).size);
        expect(new Set(inboxes.sent.map(({ userId, dedupeKey }) => `${userId} ${dedupeKey}`)).size).toBe(inboxes.sent.length);
      }),
    );
  });

  it('NOT-1: everybody once, and nobody forgotten, wherever the work on it is cut off and begun again', async () => {
    const critical = logged('critical');
    const all = [critical, ...[1, 2].map((level) => Object.assign(new IncidentEscalated(), { level, to: kofi, auto: true, reason: 'nobody came' }))];
    const whole = world(critical);
    for (const [index, event] of all.entries()) await whole.react(`incident-${incidentId}`, event, String(index));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 12 }), fc.array(fc.nat({ max: 2 }), { maxLength: 3 }), async (cutOff, again) => {
        const inboxes = world(critical);
        inboxes.cutOff = [...cutOff];
        // What was worked on since the last checkpoint is worked on again.
        for (const index of [...all.keys(), ...again]) {
          while (!(await inboxes.react(`incident-${incidentId}`, all[index]!, String(index)).then(() => true, (error: Error) => error.message !== 'killed'))) continue;
        }
        const keys = ({ sent }: Inboxes): string[] => sent.map(({ userId, dedupeKey }) => `${userId} ${dedupeKey}`).toSorted();
        expect(keys(inboxes)).toEqual(keys(whole));
      }),
    );
  });

  it('of certificates of two kinds that run out on one day by each, and on each of the days before it', async () => {
    const expiring = (kind: 'gas_safety' | 'eicr', daysLeft: number) => Object.assign(new ComplianceCertificateExpiring(), { certificateId: someId(kind), kind, expiresOn: '2027-04-10', daysLeft });
    const inboxes = world();
    for (const [index, event] of [expiring('gas_safety', 30), expiring('eicr', 30), expiring('gas_safety', 7), expiring('gas_safety', 7)].entries()) await inboxes.react(`property-${propertyId}`, event, String(index));
    expect(inboxes.sent.map(({ dedupeKey }) => dedupeKey.slice(dedupeKey.indexOf(propertyId) + propertyId.length))).toEqual(['|gas_safety|30|2027-04-10', '|eicr|30|2027-04-10', '|gas_safety|7|2027-04-10']);
    expect(inboxes.told()).toEqual(Array(3).fill('Priya: A certificate of a property runs out'));
  });
});

describe('the table of notices', () => {
  const known = noticesOf(catalogue.events);

  it('MOV-3: tells the managers of a move in an emergency, and of no other', async () => {
    const inboxes = new Inboxes({});
    const moved = (emergency: boolean) => Object.assign(new PlacementTransferred(), { moveId: someId('move'), residentId, propertyId, on: '2027-01-04', emergency });
    await inboxes.react(`placement-${someId('placement')}`, moved(false));
    expect(inboxes.sent).toEqual([]);
    await inboxes.react(`placement-${someId('placement')}`, moved(true));
    expect(inboxes.sent).toMatchObject([{ userId: priya, priority: 'urgent', title: 'A resident was moved in an emergency' }]);
  });

  it('tells of every missed deadline, also of those that have no row', () => {
    const missed = catalogue.events.map(({ type }) => type).filter((type) => type.endsWith('Overdue'));
    expect(missed.length).toBeGreaterThan(0);
    for (const type of missed) expect([type, known.get(type)?.length]).toEqual([type, 1]);
    expect(known.get('CoreLogOverdue')).toMatchObject([{ title: 'Missed: core log', day: 'dueAt' }]);
  });

  it('NOT-4: tells an emergency to more than one, and urgently', () => {
    for (const { notificationType, priority, to } of notices.filter((one) => one.notificationType === 'emergency')) {
      expect([notificationType, priority, to.length > 1]).toEqual(['emergency', 'urgent', true]);
    }
  });

  it('has codes of its own for each matter, words without names, and fields that the events have', () => {
    const rules = notices.map(({ rule }) => rule);
    expect(rules.filter((rule, index) => rules.indexOf(rule) !== index)).toEqual([]);
    for (const { on, day, part, title, message } of notices) {
      expect([title.length <= 200, message.length <= 500, /[A-Z][a-z]+ [A-Z]/.test(title.slice(1).replaceAll('Housing Benefit', ''))]).toEqual([true, true, false]);
      const declared = catalogue.event(on);
      if (!declared) continue;
      const fields = declared.fields.map(({ name }) => name);
      for (const field of [day, part].flat()) if (field) expect([on, field, fields.includes(field)]).toEqual([on, field, true]);
    }
    for (const { type, entity } of catalogue.events) if (known.has(type)) expect(entityOf(entity).table).toMatch(/^[a-z_]+$/);
  });
});
