import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Catalogue } from './catalogue.js';
import { Entity, State } from './entity.js';
import { DomainEvent, EventOf, type Upcaster } from './event.js';
import { eventCatalogue, incompatibilities, mergedCatalogue, type EventCatalogue } from './event-catalogue.js';
import { declareField, type Field } from './fields.js';
import { open, personal, pseudonymous, sensitive, special } from './privacy.js';

let made = 0;
/** The catalogue of one entity with one event of these fields. */
function catalogueOf(fields: readonly Field[], { version = 1, table = 'things', release = '1.0.0', type = 'ThingDone' } = {}): EventCatalogue {
  class Thing extends State {}
  Entity(table, 'A thing.', { category: `thing${String.fromCharCode(97 + (++made % 26))}` })(Thing);
  class Done extends DomainEvent<Thing> {
    apply(): void {}
  }
  for (const field of fields) declareField(Done, field);
  const upcasters: Record<number, Upcaster> = Object.fromEntries(Array.from({ length: version - 1 }, (_, from) => [from + 1, (data) => data]));
  EventOf(Thing, type, version, { upcasters })(Done);
  return eventCatalogue(new Catalogue([Thing]), release);
}

const nested = (fields: readonly Field[]) => {
  class Inner {}
  for (const field of fields) declareField(Inner, field);
  return () => Inner;
};

const named = (name: string, rest: Partial<Field> = {}): Field => ({ name, kind: 'text', privacy: open, optional: false, ...rest });
const privacy = fc.constantFrom(open, pseudonymous, sensitive, personal('identity'), personal('contact'), special('health'));
const plainKind = fc.constantFrom('text', 'ref', 'instant', 'date', 'pence', 'int', 'decimal', 'flag').map((kind): Partial<Field> =>
  ({ kind: kind as Field['kind'], ...(kind === 'ref' ? { table: 'rooms' } : {}) }));
const choiceKind = fc.constantFrom<Partial<Field>>({ kind: 'choice', values: ['a', 'b', 'c'] }, { kind: 'list', values: ['a', 'b', 'c'] });
const groupKind = fc.constantFrom('group', 'children', 'list').map((kind): Partial<Field> =>
  ({ kind: kind as Field['kind'], of: nested([named('inside'), named('maybe', { optional: true })]), table: `rows_of_${kind}` }));
const fieldArb = fc
  .tuple(fc.oneof(plainKind, choiceKind, groupKind), privacy, fc.boolean(), fc.option(fc.constant('otherId'), { nil: undefined }))
  .map(([kind, classified, optional, subject]): Omit<Field, 'name'> =>
    ({ kind: 'text', ...kind, privacy: classified, optional, ...(subject && classified.class >= 2 ? { subject } : {}) }));
/** Some fields, and one among them of which this holds: something happens to it. */
const fieldsWhere = (only: (field: Field) => boolean = () => true) =>
  fc.tuple(fc.array(fieldArb, { maxLength: 4 }), fieldArb.filter((field) => only({ ...field, name: '' })), fc.nat()).map(([others, chosen, place]) => {
    const at = place % (others.length + 1);
    return { fields: others.toSpliced(at, 0, chosen).map((field, index): Field => ({ ...field, name: `f${index}` })), at };
  });

/** What the change of one field is said to break, if anything. */
function verdict(fields: readonly Field[], at: number, change: (field: Field) => Field | undefined): string[] {
  const changed = fields.flatMap((field, index) => (index === at ? (change(field) ?? []) : [field]));
  return incompatibilities(catalogueOf(fields), catalogueOf(changed));
}

/** Whatever the fields are, this change of one of them is refused with a sentence that names it. */
function refuses(change: (field: Field) => Field | undefined, only?: (field: Field) => boolean): void {
  fc.assert(fc.property(fieldsWhere(only), ({ fields, at }) => {
    const sentences = verdict(fields, at, change);
    expect(sentences.length).toBeGreaterThan(0);
    for (const sentence of sentences) {
      expect(sentence).toContain('ThingDone version 1');
      expect(sentence).toContain(`field f${at}`);
      expect(sentence).toContain('add a version and an upcaster');
    }
  }), { numRuns: 50 });
}
function allows(change: (field: Field) => Field, only?: (field: Field) => boolean): void {
  fc.assert(fc.property(fieldsWhere(only), ({ fields, at }) => expect(verdict(fields, at, change)).toEqual([])), { numRuns: 50 });
}

const isPersonal = ({ privacy: { class: level } }: Field): boolean => level >= 2;
const ofChoice = ({ values }: Field): boolean => values !== undefined;
const ofGroup = ({ of }: Field): boolean => of !== undefined;

describe('a version that was written', () => {
  it('loses no field', () => refuses(() => undefined));
  it('does not change the kind of a field', () => {
    refuses((field) => ({ ...field, kind: field.kind === 'int' ? 'pence' : 'int', of: undefined, values: undefined }));
  });
  it('does not come to require a field', () => refuses((field) => ({ ...field, optional: false }), ({ optional }) => optional));
  it('gains no required field', () => {
    fc.assert(fc.property(fieldsWhere(), ({ fields }) => {
      const sentences = incompatibilities(catalogueOf(fields), catalogueOf([...fields, named('fresh')]));
      expect(sentences).toEqual(['ThingDone version 1 requires a new field fresh, which stored events lack: add a version and an upcaster.']);
    }), { numRuns: 50 });
  });
  it('loses no value of an enum', () => refuses((field) => ({ ...field, values: ['a', 'c'] }), ofChoice));
  it('keeps class, scope, sensitivity and subject', () => {
    refuses((field) => ({ ...field, privacy: { ...field.privacy, class: field.privacy.class === 3 ? 2 : 3, scope: field.privacy.scope ?? 'health' } }));
    refuses((field) => ({ ...field, privacy: { ...field.privacy, scope: 'finance' } }), isPersonal);
    refuses((field) => ({ ...field, privacy: { ...field.privacy, sensitive: !field.privacy.sensitive } }));
    refuses((field) => ({ ...field, subject: 'somebodyElseId' }), isPersonal);
  });
  it('refers to the same table', () => refuses((field) => ({ ...field, table: 'houses' }), ({ kind }) => kind === 'ref'));
  it('is as strict about what is inside groups, children and lists', () => {
    refuses((field) => ({ ...field, of: nested([named('inside')]) }), ofGroup);
    refuses((field) => ({ ...field, of: nested([named('inside', { privacy: personal('identity') }), named('maybe', { optional: true })]) }), ofGroup);
    refuses((field) => ({ ...field, of: nested([named('inside'), named('maybe')]) }), ofGroup);
    allows((field) => ({ ...field, of: nested([named('inside'), named('maybe', { optional: true }), named('more', { optional: true })]) }), ofGroup);
  });

  it('may gain an optional field, a value, and looser or stricter bounds', () => {
    allows((field) => ({ ...field, values: ['a', 'b', 'c', 'd'] }), ofChoice);
    allows((field) => ({ ...field, optional: true }));
    allows((field) => ({ ...field, min: 3, max: 7, doc: 'said better' }), ({ kind }) => kind === 'text' || kind === 'int');
    fc.assert(fc.property(fieldsWhere(), fieldArb, ({ fields }, more) => {
      const added: Field = { ...more, name: 'fresh', optional: true };
      expect(incompatibilities(catalogueOf(fields), catalogueOf([...fields, added]))).toEqual([]);
    }), { numRuns: 50 });
  });

  it('stays declared, of its entity, and is not gone back from', () => {
    const frozen = catalogueOf([named('a')], { version: 2 });
    expect(incompatibilities(frozen, { events: [] })).toEqual([expect.stringContaining('ThingDone version 2 was written and is declared no more')]);
    expect(incompatibilities(frozen, catalogueOf([named('a')]))).toEqual([expect.stringContaining('versions do not go back')]);
    expect(incompatibilities(frozen, catalogueOf([named('a')], { version: 2, table: 'others' }))).toEqual([expect.stringContaining('happened to things')]);
  });

  it('may be followed by one that is quite different', () => {
    const frozen = catalogueOf([named('a')]);
    expect(incompatibilities(frozen, catalogueOf([named('b', { kind: 'int' })], { version: 2 }))).toEqual([]);
  });
});

describe('the catalogue of events', () => {
  it('keeps every version for ever, as it was, with the release that first wrote it', () => {
    const first = catalogueOf([named('a')]);
    const second = mergedCatalogue(first, catalogueOf([named('b')], { version: 2, release: '1.1.0' }));
    const third = mergedCatalogue(second, catalogueOf([named('b'), named('c', { optional: true })], { version: 2, release: '1.2.0' }));
    expect(third.events.map(({ version, since }) => `${version} ${since}`)).toEqual(['1 1.0.0', '2 1.1.0']);
    expect(third.events[0]).toEqual(first.events[0]);
    expect(third.events[1]!.schema['properties']).toHaveProperty('c');
    expect(mergedCatalogue(third, { events: [] })).toEqual(third);
  });

  it('says of a field what it is to privacy, and leaves bounds to the commands', () => {
    const [event] = catalogueOf([
      named('born', { kind: 'date', privacy: personal('identity'), keepYear: true }),
      named('number', { privacy: special('health'), blind: true, subject: 'contactId', max: 10, pattern: /^\d+$/ }),
    ]).events;
    expect(event).toMatchObject({ type: 'ThingDone', version: 1, entity: 'things', says: 'Thing done.' });
    expect(event!.schema).toEqual({
      type: 'object',
      additionalProperties: false,
      required: ['born', 'number'],
      properties: {
        born: { type: 'string', format: 'date', 'x-kind': 'date', 'x-class': 2, 'x-scope': 'identity', 'x-subject': 'id', 'x-keepsYear': true },
        number: { type: 'string', 'x-kind': 'text', 'x-class': 3, 'x-scope': 'health', 'x-subject': 'contactId' },
        numberIndex: {
          type: ['string', 'null'], description: 'Blind index of number', 'x-kind': 'text', 'x-class': 2, 'x-scope': 'health', 'x-subject': 'contactId',
        },
      },
    });
  });
});
