import { describe, expect, it } from '@jest/globals';
import { evolve } from '../kernel/fold.js';
import { entityOf } from '../kernel/entity.js';
import { unborn } from '../kernel/fold.js';
import { declaredEvents, type DomainEvent } from '../kernel/event.js';
import { plusMinutes, uuidOf } from '../kernel/values.js';
import { EscalateIncident } from '../domain/safeguarding/incident/incident-commands.js';
import {
  Incident,
  IncidentAcknowledged,
  IncidentEscalated,
  IncidentLogged,
  IncidentReclassified,
  IncidentResolved,
} from '../domain/safeguarding/incident/incident.js';
import type { DecodedEvent } from '../privacy/codec.js';
import type { ProcessContext, ProcessTimer } from './engine/process.js';
import { incidentEscalation } from './incident-escalation.js';

const START = '2026-11-20T22:40:00.000Z';
const at = (minutes: number): string => plusMinutes(START, minutes);
const organizationId = uuidOf('organisation');

/** One incident, a clock, and the process; what the engine does, without a database. */
class Night {
  private incident = unborn(entityOf(Incident), uuidOf('incident'), organizationId) as Incident;
  private timers = new Map<string, ProcessTimer>();
  private now = START;
  readonly escalations: [number, string][] = [];

  private readonly context: ProcessContext = {
    organizationId,
    now: START,
    cause: 'cause',
    find: (<S>() => Promise.resolve(this.incident as unknown as S)) as ProcessContext['find'],
    send: async ({ body }) => {
      const command = Object.assign(new EscalateIncident(), body);
      const decided = command.decide(this.incident, { now: this.now, actor: { id: 'system', role: 'system' } } as never);
      for (const event of [decided].flat()) await this.record(event, false);
    },
    schedule: (timer) => void this.timers.set(timer.key, timer),
    cancel: (key) => void this.timers.delete(key),
  };

  private async record(event: DomainEvent<never>, react: boolean): Promise<void> {
    const declaration = declaredEvents().find((one) => one.event === (event.constructor as never))!;
    const recorded = { recordedAt: this.now, actorId: 'kofi', actorRole: 'key_worker', organizationId, revision: 0, effectiveDate: '', eventId: '', commandId: '' };
    const decoded = { declaration, event, recorded, metadata: { recordedAt: this.now }, stored: { stream: `incident-${this.incident.id}` } };
    this.incident = evolve(this.incident, decoded as never) as Incident;
    if (event instanceof IncidentEscalated) this.escalations.push([event.level, this.now]);
    if (react && incidentEscalation.on.includes(declaration.type)) await incidentEscalation.react(decoded as unknown as DecodedEvent, this.context);
  }

  /** Moves the clock, stopping where a timer is due. */
  async until(minutes: number): Promise<this> {
    for (;;) {
      const [due] = [...this.timers.values()].filter(({ dueAt }) => dueAt <= at(minutes)).sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1));
      if (!due) break;
      this.timers.delete(due.key);
      this.now = due.dueAt;
      await incidentEscalation.fire!(due, this.context);
    }
    this.now = at(minutes);
    return this;
  }
  async happens(event: DomainEvent<never>): Promise<this> {
    await this.record(event, true);
    return this;
  }
  get waiting(): number {
    return this.timers.size;
  }
}

const logged = (severity: 'low' | 'high' | 'critical') =>
  IncidentLogged.of({ severity, incidentType: 'safeguarding', harmLevel: 'moderate', occurredAt: START, title: 'x', description: 'An allegation.' });

describe('an incident that nobody acknowledges', () => {
  it('of high severity goes up after two hours and then every hour, to level 4, each at its instant', async () => {
    const night = await (await new Night().happens(logged('high'))).until(24 * 60);
    expect(night.escalations).toEqual([[1, at(120)], [2, at(180)], [3, at(240)], [4, at(300)]]);
    expect(night.waiting).toBe(0);
  });

  it('that is critical is at level 1 at once', async () => {
    const night = await (await new Night().happens(logged('critical'))).until(24 * 60);
    expect(night.escalations).toEqual([[1, START], [2, at(120)], [3, at(180)], [4, at(240)]]);
    expect(night.waiting).toBe(0);
  });

  it('of low severity stays where it is until it is reclassified', async () => {
    const night = await (await new Night().happens(logged('low'))).until(600);
    expect(night.escalations).toEqual([]);
    await (await night.happens(IncidentReclassified.of({ severity: 'high', reason: 'worse' }))).until(721);
    expect(night.escalations).toEqual([[1, at(720)]]);
    await (await night.happens(IncidentReclassified.of({ severity: 'low', reason: 'not so bad' }))).until(6000);
    expect(night.escalations).toHaveLength(1);
  });

  it('keeps its deadlines when it becomes critical', async () => {
    const night = await (await new Night().happens(logged('high'))).until(130);
    await (await night.happens(IncidentReclassified.of({ severity: 'critical', reason: 'worse' }))).until(200);
    expect(night.escalations).toEqual([[1, at(120)], [2, at(180)]]);
  });
});

describe('taking notice', () => {
  it.each([
    ['acknowledged', IncidentAcknowledged.of({})],
    ['resolved', IncidentResolved.of({ resolution: 'done' })],
  ])('ends it: %s', async (_name, event) => {
    const night = await (await new Night().happens(logged('high'))).until(150);
    await (await night.happens(event)).until(24 * 60);
    expect(night.escalations).toEqual([[1, at(120)]]);
    expect(night.waiting).toBe(0);
  });
});
