import { describe, expect, it } from '@jest/globals';
import { catalogueOf } from '../../test/support/given.js';
import { Deadline, declareDeadline } from '../kernel/deadline.js';
import { Entity, State } from '../kernel/entity.js';
import { declaredEvents, DomainEvent, EventOf } from '../kernel/event.js';
import { Group, Text } from '../kernel/fields.js';
import { open } from '../kernel/privacy.js';
import type { DecodedEvent } from '../privacy/codec.js';
import { deadlineBook } from './deadline-book.js';
import type { ProcessCommand, ProcessContext, ProcessTimer } from './engine/process.js';

declareDeadline('SPC-1', { about: 'specimens', doc: 'The specimen is looked at.', ruleBasis: 'policy', missed: 'ReportSpecimenForgotten', reportedAt: '09:00' });
declareDeadline('SPC-2', { about: 'specimens', doc: 'The specimen is thrown away.', ruleBasis: 'statutory' });

@Entity('specimens', 'Something that must be looked at.', { category: 'specimen' })
class Specimen extends State {}
@EventOf(Specimen, 'SpecimenTaken', 1)
class SpecimenTaken extends DomainEvent<Specimen> {
  @Group(open, () => Deadline) lookBy!: Deadline;
  @Group(open, () => Deadline, { optional: true }) throwBy?: Deadline;
  apply(): void {}
}
@EventOf(Specimen, 'SpecimenLookedAt', 1, { deadlines: { met: ['SPC-1'], keyField: 'which' } })
class SpecimenLookedAt extends DomainEvent<Specimen> {
  @Text(open, { optional: true }) which?: string;
  apply(): void {}
}

const due = (code: string, dueAt: string, key?: string): Deadline =>
  Object.assign(new Deadline(), { code, ...(key ? { key } : {}), basis: 'calendar', ruleBasis: 'policy', startsAt: dueAt, dueAt });
const happened = (event: DomainEvent<never>): DecodedEvent => ({
  stored: { stream: 'specimen-s1', id: 'e1' },
  event,
  declaration: declaredEvents().find((one) => one.event === (event.constructor as never)),
}) as unknown as DecodedEvent;

function world() {
  const timers = new Map<string, ProcessTimer>();
  const sent: ProcessCommand[] = [];
  const context = {
    schedule: (timer: ProcessTimer) => void timers.set(timer.key, timer),
    cancel: (key: string) => void timers.delete(key),
    send: (command: ProcessCommand) => Promise.resolve(void sent.push(command)),
  } as unknown as ProcessContext;
  return { timers, sent, context };
}

describe('the book of deadlines', () => {
  const book = deadlineBook(catalogueOf(Specimen));

  it('listens to what opens or settles deadlines', () => {
    expect(book.on).toEqual(['SpecimenTaken', 'SpecimenLookedAt']);
  });

  it('wakes up where somebody is to be told, at the hour for it, and tells them once', async () => {
    const { timers, sent, context } = world();
    const taken = SpecimenTaken.of({ lookBy: due('SPC-1', '2026-12-03T00:00:00.000Z'), throwBy: due('SPC-2', '2026-12-04T00:00:00.000Z') });
    await book.react(happened(taken), context);
    expect([...timers.values()].map(({ dueAt }) => dueAt)).toEqual(['2026-12-03T09:00:00.000Z']);
    await book.fire!([...timers.values()][0]!, context);
    expect(sent).toEqual([{ step: 'missed', command: 'ReportSpecimenForgotten', id: 's1', body: { code: 'SPC-1', dueAt: '2026-12-03T00:00:00.000Z' } }]);
  });

  it('moves one that is set again, keeps keys apart, and forgets what is met', async () => {
    const { timers, context } = world();
    for (const [at, key] of [['2026-12-03T00:00:00.000Z', 'a'], ['2026-12-05T00:00:00.000Z', 'b'], ['2026-12-09T00:00:00.000Z', 'a']] as const) {
      await book.react(happened(SpecimenTaken.of({ lookBy: due('SPC-1', at, key) })), context);
    }
    expect([...timers.values()].map(({ dueAt }) => dueAt)).toEqual(['2026-12-09T09:00:00.000Z', '2026-12-05T09:00:00.000Z']);
    await book.react(happened(SpecimenLookedAt.of({ which: 'b' })), context);
    await book.react(happened(SpecimenLookedAt.of({})), context);
    expect([...timers.values()].map(({ payload }) => payload['key'])).toEqual(['a']);
  });
});
