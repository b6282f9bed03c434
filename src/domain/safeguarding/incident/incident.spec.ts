import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import {
  AcknowledgeIncident,
  AddIncidentAction,
  AddPersonInvolved,
  AmendIncidentDescription,
  CloseIncident,
  CompleteIncidentAction,
  EscalateIncident,
  LogIncident,
  LogIncidentOfDeath,
  ReclassifyIncident,
  ReopenIncident,
  ResolveIncident,
  StartIncidentInvestigation,
} from './incident-commands.js';
import {
  Incident,
  IncidentAcknowledged,
  IncidentActionAdded,
  IncidentActionCompleted,
  IncidentClosed,
  IncidentDescriptionAmended,
  IncidentEscalated,
  IncidentInvestigationStarted,
  IncidentLogged,
  IncidentPersonAdded,
  IncidentReclassified,
  IncidentReopened,
  IncidentResolved,
  type SeverityLevel,
} from './incident.js';

const facts = {
  occurredAt: '2026-09-02T07:00:00Z',
  incidentType: 'violence',
  severity: 'medium',
  title: 'A quarrel in the kitchen',
  description: 'Two residents quarrelled.',
} as const;
const logged = (severity: SeverityLevel = 'medium', by = 'kofi') => happened(IncidentLogged, { ...facts, severity, harmLevel: 'none' }, { by, at: '2026-09-02T07:30:00.000Z' });
const investigating = happened(IncidentInvestigationStarted, { leadId: someId('priya') }, { by: 'priya', at: '2026-09-02T07:40:30.000Z' });
const resolved = happened(IncidentResolved, { resolution: 'They have made it up.' });
const action = (name: string) => happened(IncidentActionAdded, { actionId: someId(name), description: 'Talk to both.' });
const done = (name: string) => happened(IncidentActionCompleted, { actionId: someId(name) });
const user = stateOf(Incident, []);

describe('an incident', () => {
  it('INC-1: is described', async () => {
    await given(Incident).when(LogIncident, facts).records([IncidentLogged, { ...facts, harmLevel: 'none' }]);
    await given(Incident).when(LogIncident, { ...facts, description: 'A fight' }).refused('INC-1', 'description');
    await given(Incident, logged()).when(AmendIncidentDescription, { description: 'A fight', reason: 'x' }).refused('INC-1', 'description');
    await given(Incident, logged())
      .when(AmendIncidentDescription, { description: 'Three residents quarrelled.', reason: 'a witness came' })
      .records([IncidentDescriptionAmended, { description: 'Three residents quarrelled.' }]);
  });

  it('of a death is logged once, by who found them or else of itself', async () => {
    const residentId = someId('jordan');
    const death = { ...facts, incidentType: 'death', severity: 'critical', residentId } as const;
    const itself = (kind?: string) => given(Incident).as('system').where('residents', residentId, user)
      .holding('resident', residentId, kind ? [{ register: 'resident', owner: residentId, kind, key: someId('other') }] : []).when(LogIncidentOfDeath, death);
    await itself().records([IncidentLogged, { ...death, harmLevel: 'none' }]);
    await itself('placement').records(IncidentLogged);
    await itself('death_incident').refused('DUPLICATE', 'residentId');
    expect(stateOf(Incident, [happened(IncidentLogged, death)]).holds()).toMatchObject([{ register: 'resident', owner: residentId, kind: 'death_incident' }]);
    expect(stateOf(Incident, [happened(IncidentLogged, { ...death, residentId: undefined })]).holds()).toEqual([]);
    expect(stateOf(Incident, [happened(IncidentLogged, { ...death, incidentType: 'medical' })]).holds()).toEqual([]);
    expect(stateOf(Incident, [happened(IncidentLogged, { ...death, incidentType: 'medical' }), happened(IncidentReclassified, { ...death, reason: 'They died.' })]).holds()).toHaveLength(1);
  });

  it('INC-2: happens, is discovered and is logged in this order', async () => {
    const log = (occurredAt: string, discoveredAt?: string) => given(Incident).when(LogIncident, { ...facts, occurredAt, discoveredAt });
    await log('2026-09-02T08:00:00Z', '2026-09-02T08:00:00.000Z').records(IncidentLogged);
    await log('2026-09-02T08:00:01Z').refused('INC-2', 'occurredAt');
    await log('2026-09-02T07:00:00Z', '2026-09-02T06:59:00Z').refused('INC-2', 'discoveredAt');
    await log('2026-09-02T07:00:00Z', '2026-09-02T08:01:00Z').refused('INC-2', 'discoveredAt');
  });

  it('happens in a room of the property that it names', async () => {
    const [roomId, propertyId] = [someId('R04'), someId('Property')];
    const at = (property: string) =>
      given(Incident)
        .where('properties', propertyId, user)
        .where('property_rooms', roomId, Object.assign(stateOf(Incident, []), { propertyId: property }))
        .when(LogIncident, { ...facts, propertyId, roomId });
    await at(propertyId).records(IncidentLogged);
    await at(someId('another')).refused('GEN-1', 'roomId');
  });

  it('INC-3: of high or critical severity is investigated first', async () => {
    const resolve = { resolution: 'They have made it up.' };
    await given(Incident, logged('low')).when(ResolveIncident, resolve).records([IncidentResolved, resolve]);
    await given(Incident, logged('high')).when(ResolveIncident, resolve).refused('INC-3');
    await given(Incident, logged('critical'), investigating).when(ResolveIncident, resolve).records(IncidentResolved);
    const raised = happened(IncidentReclassified, { severity: 'high', reason: 'it was worse' });
    await given(Incident, logged('low'), resolved, raised).when(CloseIncident).refused('INC-3');
  });

  it('INC-4: is closed when every action is done', async () => {
    await given(Incident, logged(), action('a'), action('b'), done('a'), resolved).when(CloseIncident).refused('INC-4');
    await given(Incident, logged(), action('a'), done('a'), resolved).when(CloseIncident, { lessons: 'Cook in turns.' }).records([IncidentClosed, { lessons: 'Cook in turns.' }]);
  });

  it('INC-5: is made less severe by a manager, with a reason', async () => {
    const lower = { severity: 'low', reason: 'nobody was hurt' } as const;
    await given(Incident, logged('high')).as('manager', 'priya').when(ReclassifyIncident, lower).records([IncidentReclassified, lower]);
    await given(Incident, logged('high')).as('key_worker', 'kofi').when(ReclassifyIncident, lower).refused('INC-5', 'severity');
    await given(Incident, logged('high')).as('manager', 'priya').when(ReclassifyIncident, { ...lower, reason: ' ' }).refused('INC-5', 'severity');
    await given(Incident, logged('low')).as('key_worker', 'kofi').when(ReclassifyIncident, { severity: 'high', reason: 'worse' }).records(IncidentReclassified);
  });

  it('INC-6: of high or critical severity is not closed by who reported it', async () => {
    const history = (severity: SeverityLevel): Happened[] => [logged(severity, 'priya'), investigating, resolved];
    await given(Incident, ...history('high')).as('manager', 'priya').when(CloseIncident).refused('SOD');
    await given(Incident, ...history('high')).as('manager', 'ola').when(CloseIncident).records(IncidentClosed);
    await given(Incident, ...history('low')).as('manager', 'priya').when(CloseIncident).records(IncidentClosed);
  });

  it('INC-7: is critical where somebody died or was harmed badly', async () => {
    await given(Incident).when(LogIncident, { ...facts, incidentType: 'death', severity: 'high' }).refused('INC-7', 'severity');
    await given(Incident).when(LogIncident, { ...facts, incidentType: 'death', severity: 'critical' }).records(IncidentLogged);
    await given(Incident).when(LogIncident, { ...facts, harmLevel: 'life_threatening' }).refused('INC-7', 'severity');
    await given(Incident, logged('high')).when(ReclassifyIncident, { harmLevel: 'severe', reason: 'a broken arm' }).refused('INC-7', 'severity');
  });

  it('is acknowledged once, by investigating too', async () => {
    await given(Incident, logged()).when(AcknowledgeIncident).records(IncidentAcknowledged);
    const taken = happened(IncidentAcknowledged, {}, { by: 'priya', at: '2026-09-02T08:00:59.000Z' });
    await given(Incident, logged(), taken).when(AcknowledgeIncident).recordsNothing();
    expect(stateOf(Incident, [logged(), taken])).toMatchObject({ acknowledgedBy: someId('priya'), ackMinutes: 30 });
    expect(stateOf(Incident, [logged(), investigating])).toMatchObject({ acknowledgedBy: someId('priya'), ackMinutes: 10 });
  });

  it('names people by reference, each once in a role', async () => {
    const sam = someId('sam');
    const world = given(Incident, logged(), happened(IncidentPersonAdded, { personId: someId('p'), residentId: sam, role: 'witness' })).where('residents', sam, user);
    await world.when(AddPersonInvolved, { residentId: sam, role: 'victim', injuries: 'a black eye' }).records([IncidentPersonAdded, { residentId: sam, role: 'victim' }]);
    await world.when(AddPersonInvolved, { residentId: sam, role: 'witness' }).refused('DUPLICATE', 'role');
    await world.when(AddPersonInvolved, { residentId: sam, otherPerson: 'a neighbour', role: 'witness' }).refused('VALIDATION');
    await world.when(AddPersonInvolved, { role: 'witness' }).refused('VALIDATION');
    await world.when(AddPersonInvolved, { otherPerson: 'a neighbour', role: 'witness' }).records(IncidentPersonAdded);
  });

  it('has actions that are done once', async () => {
    await given(Incident, logged()).when(AddIncidentAction, { description: 'Talk to both.' }).records([IncidentActionAdded, { description: 'Talk to both.' }]);
    await given(Incident, logged(), action('a')).when(CompleteIncidentAction, { actionId: someId('a'), outcome: 'Talked.' }).records([IncidentActionCompleted, { outcome: 'Talked.' }]);
    await given(Incident, logged(), action('a'), done('a')).when(CompleteIncidentAction, { actionId: someId('a') }).recordsNothing();
    await given(Incident, logged()).when(CompleteIncidentAction, { actionId: someId('a') }).refused('GEN-1', 'actionId');
  });

  it('is escalated upwards, to level 4, while it is not resolved', async () => {
    const reason = 'The team needs help.';
    const at = (level: number) => happened(IncidentEscalated, { level, auto: false, reason });
    await given(Incident, logged('high')).when(EscalateIncident, { reason }).records([IncidentEscalated, { level: 1, auto: false }]);
    await given(Incident, logged('high'), at(2)).when(EscalateIncident, { level: 2, reason }).refused('STATE', 'level');
    await given(Incident, logged('high'), at(4)).when(EscalateIncident, { reason }).refused('STATE', 'level');
    await given(Incident, logged('low'), resolved).when(EscalateIncident, { reason }).refused('STATE', 'level');
    await given(Incident, logged('high'), at(2)).as('system').when(EscalateIncident, { level: 2, reason }).recordsNothing();
    await given(Incident, logged('high'), at(2)).as('system').when(EscalateIncident, { reason }).records([IncidentEscalated, { level: 3, auto: true }]);
  });

  it('goes its way from open to closed and back', async () => {
    const lead = someId('priya');
    await given(Incident, logged('high')).where('users', lead, user).when(StartIncidentInvestigation, { leadId: lead }).records([IncidentInvestigationStarted, { leadId: lead }]);
    await given(Incident, logged('high'), investigating).when(StartIncidentInvestigation).refused('STATE');
    await given(Incident, logged('high'), investigating).when(CloseIncident).refused('STATE');
    const closed = [logged('high'), investigating, resolved, happened(IncidentClosed, { lessons: 'Cook in turns.' })];
    await given(Incident, ...closed).when(AddIncidentAction, { description: 'x' }).refused('STATE');
    await given(Incident, ...closed).when(ReopenIncident, { reason: 'it happened again' }).records(IncidentReopened);
    const reopened = stateOf(Incident, [...closed, happened(IncidentReopened, { reason: 'again' })]);
    expect(reopened).toMatchObject({ status: 'investigating', resolvedAt: undefined, closedAt: undefined, lessons: 'Cook in turns.' });
  });

  it('INC-8: keeps every person and action, whatever happens', () => {
    const events = fc.array(
      fc.constantFrom(
        action('a'), action('b'), done('a'), investigating, resolved, happened(IncidentClosed, {}), happened(IncidentReopened, { reason: 'x' }),
        happened(IncidentPersonAdded, { personId: someId('p'), residentId: someId('sam'), role: 'victim' }),
        happened(IncidentDescriptionAmended, { description: 'It was otherwise.', reason: 'x' }),
      ),
    );
    fc.assert(
      fc.property(events, (later) => {
        const all = later.map((_, index) => stateOf(Incident, [logged(), ...later.slice(0, index + 1)]));
        all.reduce((before, after) => {
          const ids = (incident: Incident) => [...incident.people, ...incident.actions].map(({ id }) => id);
          expect(ids(after)).toEqual(expect.arrayContaining(ids(before)));
          return after;
        }, stateOf(Incident, [logged()]));
      }),
    );
  });
});
