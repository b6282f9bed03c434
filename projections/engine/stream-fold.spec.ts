import { describe, expect, it } from '@jest/globals';
import { Catalogue } from '../../src/kernel/catalogue.js';
import { Entity, State } from '../../src/kernel/entity.js';
import { DomainEvent, EventOf } from '../../src/kernel/event.js';
import { Int, List, Text } from '../../src/kernel/fields.js';
import { open } from '../../src/kernel/privacy.js';
import type { DecodedEvent } from '../../src/privacy/codec.js';
import { projectionsOf } from './derived-tables.js';
import { newEntry, take, type Entry, type Read } from './stream-fold.js';

@Entity('kettles', 'A kettle.', { category: 'kettle' })
class Kettle extends State {
  @Int(open, { optional: true }) litres?: number;
  @List(open, { optional: true }) marks?: string[] = [];
}
@EventOf(Kettle, 'KettleFilled', 1)
class KettleFilled extends DomainEvent<Kettle> {
  @Int(open) litres!: number;
  @Text(open, { optional: true }) flaw?: string;
  apply(kettle: Kettle): void {
    kettle.litres = this.litres;
    kettle.marks = [...(kettle.marks ?? []), `${this.litres}`];
    if (this.flaw) throw new Error(this.flaw);
  }
}

const catalogue = new Catalogue([Kettle]);
const derived = projectionsOf(catalogue)[0]!.derived!;
const ID = '0d5d8fd2-9d9e-4a29-8c52-6d6b3a3f7c11';
const metadata = { organizationId: 'o', recordedAt: '2026-01-05T08:00:00.000Z', actorId: 'a' };

function filled(revision: number, values: { litres: number; flaw?: string }): Read {
  const stored = { kind: 'event', stream: `kettle-${ID}`, revision, position: revision + 1, id: `e${revision}`, type: 'KettleFilled', data: Buffer.of(), metadata: Buffer.of() } as const;
  const event = KettleFilled.of(values);
  return { stored, event: { stored, metadata, event, declaration: catalogue.event('KettleFilled')!, recorded: { ...metadata, revision } } as unknown as DecodedEvent };
}
const begun = (...reads: readonly Read[]): Entry => {
  const entry = newEntry(derived, `kettle-${ID}`, ID, 'o');
  for (const one of reads) take(entry, one, new Set());
  return entry;
};

describe('the fold of a stream', () => {
  it('knows the state before an event and after it', () => {
    const entry = begun(filled(0, { litres: 1 }));
    expect([entry.before, entry.state]).toMatchObject([undefined, { litres: 1, marks: ['1'] }]);
    take(entry, filled(1, { litres: 2 }), new Set());
    expect([entry.before, entry.state]).toMatchObject([{ litres: 1, marks: ['1'] }, { litres: 2, marks: ['1', '2'] }]);
    expect(entry.facts).toMatchObject({ stream_revision: 1, last_event_id: 'e1', stale_reason: null });
  });

  it('changes nothing by an event that is left out', () => {
    const entry = begun(filled(0, { litres: 1 }));
    take(entry, filled(1, { litres: 2 }), new Set(['e1']));
    expect(entry.state).toMatchObject({ litres: 1 });
    expect(entry.before).toEqual(entry.state);
    expect(entry.revision).toBe(1);
  });

  it('keeps nothing of an event that fails half way', () => {
    const entry = begun(filled(0, { litres: 1 }), filled(1, { litres: 2, flaw: 'Cracked.' }));
    expect(entry.state).toMatchObject({ litres: 1, marks: ['1'] });
    expect(entry.failure?.reason).toBe('Error: Cracked.');
    expect(entry.facts).toMatchObject({ stream_revision: 0, stale_reason: 'Error: Cracked.' });
    expect(begun(filled(0, { litres: 2, flaw: 'Cracked.' }))).toMatchObject({ state: undefined, revision: -1 });
  });
});
