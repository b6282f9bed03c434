import fc from 'fast-check';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeOf, streamOf } from '../../src/commands/streams.js';
import type { RecordedEvent } from '../../src/event-store/event-store.js';
import { jsonBytes, jsonOf, type EventMetadata } from '../../src/event-store/metadata.js';
import type { Catalogue } from '../../src/kernel/catalogue.js';
import { entityOf } from '../../src/kernel/entity.js';
import type { DomainEvent, EventDeclaration } from '../../src/kernel/event.js';
import { uuidOf } from '../../src/kernel/values.js';
import { EventCodec } from '../../src/privacy/event-codec.js';
import { dataOf, firstEventOf } from '../support/event-values.js';
import { FixedKeyring } from '../support/fixed-keyring.js';

/** An event as it was stored when its version was current, and what it said then. Made once, and never again. */
export interface Sample {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  readonly metadata: EventMetadata;
  /** As stored, personal values sealed. */
  readonly data: Record<string, unknown>;
  /** The same opened. */
  readonly says: Record<string, unknown>;
}

const FOLDER = join(import.meta.dirname, 'events');
const ORGANIZATION = uuidOf('golden', 'organization');
/** So that a sample does not depend on the day on which it is made. */
const SEED = 20_260_902;

const fileOf = (type: string, version: number): string => join(FOLDER, `${type}.v${version}.json`);

/** Every sample there is, by file name. */
export function samples(): ReadonlyMap<string, Sample> {
  return new Map(readdirSync(FOLDER).filter((name) => name.endsWith('.json')).sort().map((name) =>
    [name, JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Sample]));
}

/** The event of a sample as the log gives it. */
export const recordedOf = ({ id, type, stream, revision, metadata, data }: Sample): RecordedEvent => ({
  kind: 'event', id, type, stream, revision, position: revision + 1, data: jsonBytes(data), metadata: jsonBytes(metadata),
});

export const sampleCodec = (catalogue: Catalogue): EventCodec => new EventCodec(catalogue, new FixedKeyring().asKeyring());

/** Writes the samples of versions that have none; those that are there are never touched. @returns the new files. */
export async function writeMissingSamples(catalogue: Catalogue): Promise<string[]> {
  const missing = catalogue.events.filter(({ type, version }) => !existsSync(fileOf(type, version)));
  for (const event of missing) {
    const sample = await sampleOf(catalogue, event);
    writeFileSync(fileOf(event.type, event.version), `${JSON.stringify(sample, null, 2)}\n`, { flag: 'wx' });
  }
  return missing.map(({ type, version }) => `test/golden/events/${type}.v${version}.json`);
}

async function sampleOf(catalogue: Catalogue, declaration: EventDeclaration): Promise<Sample> {
  const { type, version } = declaration;
  const entity = entityOf(declaration.entity);
  const isFirst = firstEventOf(catalogue, entity) === declaration;
  const entityId = uuidOf('golden', entity.table);
  const ids = ['one', 'two', 'three'].map((name) => uuidOf('golden', name));
  const [values] = fc.sample(dataOf(declaration, { ids, marked: false }), { seed: SEED, numRuns: 1 });
  const { options } = entity;
  const reference = isFirst && options.reference ? { reference: `${options.reference.prefix}-000001` } : {};
  const event = Object.assign(new declaration.event(), values, reference) as DomainEvent<object>;
  const organizationId = homeOf(entity, entityId, ORGANIZATION);
  const id = uuidOf('golden', type, version);
  const subject = uuidOf('golden', 'subject');
  const encoded = await sampleCodec(catalogue).encode(event, declaration, { organizationId, entityId, eventId: id, subject });
  return {
    id,
    type,
    stream: streamOf(entity, entityId),
    revision: isFirst ? 0 : 1,
    metadata: {
      schemaVersion: version,
      recordedAt: '2026-09-02T08:00:00.000Z',
      effectiveDate: '2026-09-02',
      organizationId,
      actorId: uuidOf('golden', 'actor'),
      actorRole: 'manager',
      source: 'api',
      commandId: uuidOf('golden', 'command', type),
      command: 'SomeCommand',
      correlationId: uuidOf('golden', 'correlation', type),
      causationId: uuidOf('golden', 'causation', type),
    },
    data: jsonOf(encoded.data),
    says: { ...values, ...reference },
  };
}
