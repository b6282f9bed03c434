import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVENTS_FILE } from '../../src/documents/documents.js';
import { entities } from '../../src/domain/index.js';
import { Catalogue } from '../../src/kernel/catalogue.js';
import { entityOf } from '../../src/kernel/entity.js';
import type { EventCatalogue } from '../../src/kernel/event-catalogue.js';
import { evolve, unborn } from '../../src/kernel/fold.js';
import { Sealed, Tombstone } from '../../src/kernel/sealed.js';
import { firstEventOf } from '../support/event-values.js';
import { recordedOf, sampleCodec, samples, type Sample } from './samples.js';

const catalogue = new Catalogue(entities);
const codec = sampleCodec(catalogue);
const all = samples();
const { events: written } = JSON.parse(readFileSync(join(import.meta.dirname, '../..', EVENTS_FILE), 'utf8')) as EventCatalogue;
const ajv = new Ajv2020({ strict: false });
(formats as unknown as (to: Ajv2020) => void)(ajv);

const fileOf = ({ type, version }: { type: string; version: number }): string => `${type}.v${version}.json`;
const decoded = (sample: Sample) => {
  const event = codec.decode(recordedOf(sample));
  if (!event) throw new Error(`${sample.type} is no event that the product knows.`);
  return event;
};
const plain = (value: object): Record<string, unknown> => JSON.parse(JSON.stringify(value)) as Record<string, unknown>;

describe('events as they were stored', () => {
  it('are kept of every version that was ever written: run `npm run docs` for those of a new one, and never remove any', () => {
    const versions = catalogue.events.flatMap(({ type, version }) => Array.from({ length: version }, (_, index) => ({ type, version: index + 1 })));
    expect([...all.keys()].sort()).toEqual(versions.map(fileOf).sort());
    expect(written.map(fileOf).sort()).toEqual(versions.map(fileOf).sort());
  });

  it.each([...all])('%s is read as the current version says it', async (file, sample) => {
    expect(fileOf({ type: sample.type, version: sample.metadata.schemaVersion })).toBe(file);
    const { declaration, event } = decoded(sample);
    const [opened] = await codec.unseal([event]);
    const says = plain(opened!);
    for (const { name, kind } of declaration.fields) if (kind !== 'hidden') delete says[`${name}Index`];
    if (declaration.version === sample.metadata.schemaVersion) expect(says).toEqual(sample.says);
    const schema = written.find(({ type, version }) => type === sample.type && version === declaration.version)!.schema;
    expect([ajv.validate(schema, plain(opened!)), ajv.errorsText()]).toEqual([true, 'No errors']);
  });

  it.each([...all])('%s can be folded, sealed as it is, and leaves no value of the event open', (_, sample) => {
    const { declaration, event, recorded } = decoded(sample);
    const entity = entityOf(declaration.entity);
    const first = firstEventOf(catalogue, entity);
    const id = sample.stream.slice(entity.options.category.length + 1);
    const begun = evolve(unborn(entity, id, recorded.organizationId), decoded(all.get(fileOf(first))!));
    const after = evolve(begun, { declaration, event, recorded });
    const { to } = declaration.options;
    if (to) expect((after as { status?: string }).status).toBe(to);
    for (const { name, privacy } of declaration.fields) {
      const value = (event as unknown as Record<string, unknown>)[name];
      if (privacy.class >= 2 && value !== undefined && value !== null) expect(value).toBeInstanceOf(Sealed);
      else expect(value).not.toBeInstanceOf(Tombstone);
    }
  });
});
