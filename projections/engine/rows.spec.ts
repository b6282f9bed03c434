import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Catalogue } from '../../src/kernel/catalogue.js';
import { Entity, State } from '../../src/kernel/entity.js';
import { Children, CivilDate, Flag, Group, Hidden, Instant, Int, List, Pence, Text } from '../../src/kernel/fields.js';
import { open, personal, pseudonymous, special } from '../../src/kernel/privacy.js';
import { Sealed, Tombstone } from '../../src/kernel/sealed.js';
import { Opened, type Openings } from './cells.js';
import { projectionsOf } from './derived-tables.js';
import { childRowOf, rowOf, stateFromRow, type Row } from './rows.js';

class Box {
  @Int(open) width!: number;
}
class Part {
  id!: string;
  @Text(personal('contact'), { subject: 'id' }) label!: string;
}
@Entity('parcels', 'A parcel.', { category: 'parcel' })
class Parcel extends State {
  @Text(personal('identity'), { optional: true }) owner?: string;
  @CivilDate(personal('identity'), { optional: true }) sentOn?: string;
  @Text(special('health'), { optional: true }) content?: string;
  @Pence(pseudonymous, { optional: true, decimal: 'price' }) pricePence?: number;
  @Instant(open, { optional: true }) arrivedAt?: string;
  @Flag(open, { optional: true }) fragile?: boolean;
  @List(open, { optional: true }) marks?: string[] = ['fresh'];
  @Group(open, () => Box, { optional: true }) box?: Box;
  @Children('parcel_parts', () => Part, { parent: 'parcelId' }) parts: Part[] = [];
  @Hidden(pseudonymous) seen?: string[] = [];
}
const catalogue = new Catalogue([Parcel]);
const { derived } = projectionsOf(catalogue)[0]!;
const { main, children: [partsTable] } = derived!;
const facts = {
  stream_revision: 0, created_at: 'c', created_by: 'a', updated_at: 'u', updated_by: 'a', last_event_id: 'e', last_position: 1, stale_reason: null,
};
const sealed = (field: string, k: string, l: 2 | 3 = 2): Sealed =>
  new Sealed({ v: 1, k, s: 's', c: 'identity', l, r: 0, f: [field], iv: 'iv', ct: k }, field, 'text', { organizationId: 'o', eventId: 'e', type: 'T', version: 1 });
const openings = (erased: readonly string[] = []): Openings => ({
  value: (value) => (value.bundle.k === 'dead' ? new Tombstone('text', 'identity') : `clear ${value.bundle.k}`),
  isErased: (key) => erased.includes(key),
});

const parcel = (values: Partial<Parcel> = {}): Parcel => Object.assign(new Parcel(), { id: 'p', organizationId: 'o' }, values);
/** As PostgreSQL would give the row back. */
function roundTrip(state: Parcel, erased: readonly string[] = []): Parcel {
  const row = JSON.parse(JSON.stringify(rowOf(derived!, state, facts, openings(erased)))) as Row;
  const rows = state.parts.map((part, index) => JSON.parse(JSON.stringify(childRowOf(partsTable!, state, part, index, openings(erased)))) as Row);
  return stateFromRow(derived!, row, new Map([['parcel_parts', rows]])) as Parcel;
}

describe('a state in its row', () => {
  it('comes back as it was, absent values as absent ones, whatever its class begins with', () =>
    fc.assert(
      fc.property(
        fc.record({
          pricePence: fc.option(fc.integer(), { nil: null }),
          arrivedAt: fc.option(fc.constant('2026-09-02T08:00:00.000Z'), { nil: null }),
          fragile: fc.option(fc.boolean(), { nil: null }),
          marks: fc.option(fc.array(fc.string()), { nil: null }),
          box: fc.option(fc.record({ width: fc.nat() }), { nil: null }),
          seen: fc.option(fc.array(fc.string()), { nil: null }),
        }),
        (values) => {
          const back = roundTrip(parcel(values as Partial<Parcel>)) as unknown as Record<string, unknown>;
          for (const [name, value] of Object.entries(values)) expect(back[name] ?? null).toEqual(value);
        },
      ),
    ));

  it('keeps with every opened value the key that it was sealed under, through any number of rows', () => {
    const state = parcel({ owner: sealed('owner', 'k1') as never, sentOn: sealed('sentOn', 'k2') as never, parts: [{ id: 'x', label: sealed('label', 'k3') as never }] });
    expect(rowOf(derived!, state, facts, openings())).toMatchObject({ owner: 'clear k1', _keys: { k1: { owner: '[erased]' }, k2: { sent_on: null } } });
    const back = roundTrip(roundTrip(state));
    expect(back.owner).toEqual(new Opened('clear k1', 'k1'));
    expect(back.parts[0]!.label).toEqual(new Opened('clear k3', 'k3'));
    expect(JSON.stringify(back)).not.toMatch(/clear/);
  });

  it('holds nothing of what was sealed under a destroyed key, known to the keyring or not', () => {
    const state = parcel({ owner: sealed('owner', 'dead') as never, sentOn: sealed('sentOn', 'k2') as never, content: sealed('content', 'k3', 3) as never });
    const row = rowOf(derived!, state, facts, openings(['k2', 'k3']));
    expect(row).toMatchObject({ owner: '[erased]', sent_on: null, content: { erased: true } });
    expect(rowOf(derived!, roundTrip(state), facts, openings(['k1', 'k2', 'k3']))).toMatchObject({ owner: '[erased]', sent_on: null, content: { erased: true } });
  });

  it('keeps the key of what is erased until it is purged: a row that a rebuild writes in two batches is purged like one written in one', () => {
    const state = parcel({ owner: sealed('owner', 'k1') as never, content: sealed('content', 'k3', 3) as never });
    const erased = openings(['k1', 'k3']);
    const once = rowOf(derived!, state, facts, erased);
    expect(once).toMatchObject({ _keys: { k1: { owner: '[erased]' }, k3: { content: { erased: true } } } });
    expect(rowOf(derived!, roundTrip(state, ['k1', 'k3']), facts, erased)).toEqual(once);
    const purged = stateFromRow(derived!, { ...(JSON.parse(JSON.stringify(once)) as Row), _keys: null }, new Map()) as Parcel;
    expect(rowOf(derived!, purged, facts, erased)).toMatchObject({ content: { erased: true }, _keys: null });
  });

  it('is refused where something would be lost, or would stand in the clear', () => {
    expect(() => rowOf(derived!, parcel({ colour: 'red' } as never), facts, openings())).toThrow('"colour" that no field declares');
    expect(() => childRowOf(partsTable!, parcel(), { id: 'x', size: 1 }, 0, openings())).toThrow('"size" that no field declares');
    expect(() => rowOf(derived!, parcel({ content: 'pills' }), facts, openings())).toThrow('holds special data');
    expect(() => rowOf(derived!, parcel({ owner: sealed('owner', 'k1', 3) as never }), facts, openings())).toThrow('was given special data');
    expect(() => rowOf(derived!, parcel({ arrivedAt: sealed('arrivedAt', 'k1') as never }), facts, openings())).toThrow('was given a sealed value');
  });

  it('has a decimal column beside its pence, and no required ones but its ids', () => {
    expect(main.columns.find(({ name }) => name === 'price')).toMatchObject({ type: 'numeric(14,2)', generated: 'round("price_pence"::numeric / 100, 2)' });
    expect(main.columns.filter(({ nullable }) => !nullable).map(({ name }) => name)).toEqual(['id', 'organization_id']);
  });
});

describe('a clear group with something personal inside', () => {
  it('is refused at the start', () => {
    class Journey {
      @Text(personal('location')) to!: string;
    }
    @Entity('trips', 'A trip.', { category: 'trip' })
    class Trip extends State {
      @Group(open, () => Journey) journey!: Journey;
    }
    expect(() => projectionsOf(new Catalogue([Trip]))).toThrow('trips: journey.to is personal inside a clear group');
  });
});
