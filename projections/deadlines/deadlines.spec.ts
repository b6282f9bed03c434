import { describe, expect, it } from '@jest/globals';
import { catalogueOf } from '../../test/support/given.js';
import { Deadline, declareDeadline } from '../../src/kernel/deadline.js';
import { Entity, State } from '../../src/kernel/entity.js';
import { declaredEvents, DomainEvent, EventOf } from '../../src/kernel/event.js';
import { CivilDate, Group, Instant, Ref } from '../../src/kernel/fields.js';
import { open } from '../../src/kernel/privacy.js';
import { uuidOf } from '../../src/kernel/values.js';
import type { DecodedEvent } from '../../src/privacy/codec.js';
import type { BatchContext, ColumnValue } from '../engine/projection.js';
import { deadlinesProjection } from './deadlines.js';

declareDeadline('EXM-1', { about: 'examples', doc: 'The example is answered.', ruleBasis: 'statutory' });
declareDeadline('EXM-2', { about: 'examples', doc: 'The example is heard.', ruleBasis: 'policy' });

@Entity('examples', 'Something that must be answered.', { category: 'example' })
class Example extends State {
  @Ref(open, 'residents', { optional: true }) residentId?: string;
}
@EventOf(Example, 'ExampleSet', 1)
class ExampleSet extends DomainEvent<Example> {
  @Group(open, () => Deadline) answerBy!: Deadline;
  @Group(open, () => Deadline, { optional: true }) hearBy?: Deadline;
  apply(): void {}
}
@EventOf(Example, 'ExampleAnswered', 1, { deadlines: { met: ['EXM-1'], at: 'on' } })
class ExampleAnswered extends DomainEvent<Example> {
  @CivilDate(open, { optional: true }) on?: string;
  @Group(open, () => Deadline, { optional: true }) answerBy?: Deadline;
  apply(): void {}
}
@EventOf(Example, 'ExampleHeard', 1, { deadlines: { met: ['EXM-2'], at: 'heardAt' } })
class ExampleHeard extends DomainEvent<Example> {
  @Instant(open) heardAt!: string;
  apply(): void {}
}
@EventOf(Example, 'ExampleDropped', 1, { deadlines: { waived: ['EXM-1', 'EXM-2'] } })
class ExampleDropped extends DomainEvent<Example> {
  apply(): void {}
}

@EventOf(Example, 'ExampleAnswerCorrected', 1, { deadlines: { corrected: ['EXM-1'], at: 'on', was: 'was' } })
class ExampleAnswerCorrected extends DomainEvent<Example> {
  @CivilDate(open, { optional: true }) on?: string;
  @CivilDate(open, { optional: true }) was?: string;
  apply(): void {}
}

const [organizationId, exampleId, residentId] = [uuidOf('organisation'), uuidOf('example'), uuidOf('sam')];
const projection = deadlinesProjection(catalogueOf(Example));
type Row = Record<string, ColumnValue>;

/** The rows after some events, each recorded at an instant. */
async function after(...events: readonly (readonly [string, DomainEvent<never>])[]): Promise<Row[]> {
  const rows = new Map<string, Row>();
  const context = {
    state: () => Promise.resolve({ id: exampleId, residentId }),
    rows: (_table: string, _organization: string, where: Row) =>
      Promise.resolve([...rows.values()].filter((row) => Object.entries(where).every(([name, value]) => (row[name] ?? null) === value))),
  } as unknown as BatchContext;
  for (const [index, [recordedAt, event]] of events.entries()) {
    const decoded = {
      stored: { stream: `example-${exampleId}`, id: uuidOf('event', index) },
      declaration: declaredEvents().find((one) => one.event === (event.constructor as never)),
      event,
      metadata: { organizationId, recordedAt },
    } as unknown as DecodedEvent;
    for (const { id, values } of await projection.apply(decoded, context)) rows.set(id, { id, ...rows.get(id), ...values });
  }
  return [...rows.values()];
}

const byDay = (dueOn: string, dueAt: string): Deadline =>
  Object.assign(new Deadline(), { code: 'EXM-1', basis: 'working', ruleBasis: 'statutory', startsAt: '2026-08-02T23:00:00.000Z', dueAt, dueOn, calendarVersion: 'v1' });
const hearBy = Object.assign(new Deadline(), { code: 'EXM-2', basis: 'hours', ruleBasis: 'policy', startsAt: '2026-11-20T22:40:00.000Z', dueAt: '2026-11-21T22:40:00.000Z' });
const answerBy = byDay('2026-08-17', '2026-08-17T23:00:00.000Z');
const set: readonly [string, DomainEvent<never>] = ['2026-08-03T09:05:00.000Z', ExampleSet.of({ answerBy })];

describe('the deadlines projection', () => {
  it('opens a row for each, with what it was reckoned from', async () => {
    const [row, ...others] = await after(set);
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      rule_code: 'EXM-1', entity_type: 'examples', entity_id: exampleId, resident_id: residentId, key: '', basis: 'working',
      rule_basis: 'statutory', due_at: '2026-08-17T23:00:00.000Z', due_date: '2026-08-17', calendar_version: 'v1', outcome: null,
    });
  });

  it('meets one on its last day, and not on the day after', async () => {
    const answered = (on: string) => after(set, ['2026-09-01T08:00:00.000Z', ExampleAnswered.of({ on })]);
    expect(await answered('2026-08-14')).toMatchObject([{ outcome: 'met', variance_days: -3 }]);
    expect(await answered('2026-08-17')).toMatchObject([{ outcome: 'met', variance_days: 0 }]);
    expect(await answered('2026-08-18')).toMatchObject([{ outcome: 'late', variance_days: 1 }]);
    expect(await after(set, ['2026-08-17T22:59:59.000Z', ExampleAnswered.of({})])).toMatchObject([{ outcome: 'met', variance_days: 0 }]);
    expect(await after(set, ['2026-08-17T23:00:00.000Z', ExampleAnswered.of({})])).toMatchObject([{ outcome: 'late', variance_days: 1 }]);
  });

  it('counts one in hours to the minute', async () => {
    const heard = (heardAt: string) => after(['2026-11-20T22:40:00.000Z', ExampleSet.of({ answerBy, hearBy })], ['2026-11-23T08:00:00.000Z', ExampleHeard.of({ heardAt })]);
    expect((await heard('2026-11-22T00:10:00.000Z'))[1]).toMatchObject({ outcome: 'late', variance_minutes: 90, variance_days: null });
    expect((await heard('2026-11-21T22:39:00.000Z'))[1]).toMatchObject({ outcome: 'met', variance_minutes: -1 });
  });

  it('moves one that is open, and opens another after one that was met', async () => {
    const later = byDay('2026-08-24', '2026-08-24T23:00:00.000Z');
    expect(await after(set, ['2026-08-04T08:00:00.000Z', ExampleSet.of({ answerBy: later })])).toMatchObject([{ due_date: '2026-08-24', outcome: null }]);
    const next = await after(set, ['2026-08-10T08:00:00.000Z', ExampleAnswered.of({ on: '2026-08-10', answerBy: later })]);
    expect(next).toMatchObject([{ due_date: '2026-08-17', outcome: 'met' }, { due_date: '2026-08-24', outcome: null }]);
  });

  it('says of one that was met that it was so on another day, and leaves what is open, waived or another one', async () => {
    const answered: readonly [string, DomainEvent<never>] = ['2026-08-10T08:00:00.000Z', ExampleAnswered.of({ on: '2026-08-10', answerBy: byDay('2026-08-24', '2026-08-24T23:00:00.000Z') })];
    const corrected = (on: string | undefined, was?: string): readonly [string, DomainEvent<never>] => ['2026-08-30T08:00:00.000Z', ExampleAnswerCorrected.of({ on, was })];
    expect(await after(set, answered, corrected('2026-08-18'))).toMatchObject([{ outcome: 'late', met_at: '2026-08-17T23:00:00.000Z', variance_days: 1, settled_event_id: uuidOf('event', 2) }, { outcome: null }]);
    const again: readonly [string, DomainEvent<never>] = ['2026-08-25T08:00:00.000Z', ExampleAnswered.of({ on: '2026-08-25' })];
    expect(await after(set, answered, again, corrected('2026-08-24'))).toMatchObject([{ outcome: 'met', variance_days: -7 }, { outcome: 'met', variance_days: 0 }]);
    expect(await after(set, answered, again, corrected('2026-08-11', '2026-08-10'))).toMatchObject([{ outcome: 'met', variance_days: -6 }, { outcome: 'late', variance_days: 1 }]);
    expect(await after(set, answered, corrected('2026-08-11', '2026-08-09'))).toMatchObject([{ variance_days: -7 }, { outcome: null }]);
    expect(await after(set, answered, corrected(undefined))).toMatchObject([{ variance_days: -7 }, { outcome: null }]);
    expect(await after(set, corrected('2026-08-18'))).toMatchObject([{ outcome: null }]);
    expect(await after(set, ['2026-08-20T08:00:00.000Z', ExampleDropped.of({})], corrected('2026-08-18'))).toMatchObject([{ outcome: 'waived' }]);
  });

  it('waives what need not be done any more, and leaves what is settled as it is', async () => {
    const dropped: readonly [string, DomainEvent<never>] = ['2026-08-20T08:00:00.000Z', ExampleDropped.of({})];
    expect(await after(set, dropped)).toMatchObject([{ outcome: 'waived', met_at: null }]);
    expect(await after(set, ['2026-08-10T08:00:00.000Z', ExampleAnswered.of({})], dropped)).toMatchObject([{ outcome: 'met' }]);
    expect(await after(dropped)).toEqual([]);
  });
});
