import { Writable } from 'node:stream';
import { authorise } from '../../src/commands/authorise.js';
import type { Acknowledgement, CommandRequest } from '../../src/commands/request.js';
import { Catalogue } from '../../src/kernel/catalogue.js';
import { changing, CommandOf, commandWith, DomainCommand } from '../../src/kernel/command.js';
import { Entity, stateWith } from '../../src/kernel/entity.js';
import { EventOf, eventWith } from '../../src/kernel/event.js';
import { Children, Choice, CivilDate, Group, Instant, List, Pence, Ref, Text } from '../../src/kernel/fields.js';
import { open, personal } from '../../src/kernel/privacy.js';
import { Refusal } from '../../src/kernel/rules.js';
import { uuidOf } from '../../src/kernel/values.js';
import type { ApiParts, ListParameters, ReadColumn, ReadSchema, Row, SignedIn } from '../../src/api/parts.js';
import { ApiError } from '../../src/api/problems/errors.js';
import { createLogger } from '../../src/platform/logging.js';
import { Metrics } from '../../src/platform/metrics.js';

const Status = { open: 'open', shut: 'shut' } as const;
export class Charges {
  @Pence(open) corePence!: number;
  @Pence(open, { optional: true }) supportPence?: number;
}
class CottageFacts {
  @Text(personal('location'), { min: 2, max: 100, code: 'COT-1', doc: 'What it is called' }) name!: string;
  @Ref(open, 'cottages', { optional: true }) nextToId?: string;
  @CivilDate(open, { optional: true }) builtOn?: string;
  @Instant(open, { optional: true }) seenAt?: string;
  @List(open, { optional: true }) tags?: string[];
  @Group(open, () => Charges, { optional: true }) charges?: Charges;
}
class Guest {
  id!: string;
  @Text(personal('identity')) firstName!: string;
}
@Entity('cottages', 'A small house.', { category: 'cottage' })
export class Cottage extends stateWith(CottageFacts) {
  @Choice(open, 'CottageStatus', Status) status!: keyof typeof Status;
  @Children('cottage_guests', () => Guest, { parent: 'cottageId' }) guests!: Guest[];
}
@EventOf(Cottage, 'CottageOpened', 1, { to: 'open' })
export class CottageOpened extends eventWith(Cottage, CottageFacts) {}
@EventOf(Cottage, 'CottageShut', 1, { to: 'shut' })
export class CottageShut extends eventWith(Cottage, CottageFacts) {}
@CommandOf(Cottage, { permission: 'cottages:open', doc: 'Opens a cottage.', creates: true, plain: true })
export class OpenCottage extends commandWith(Cottage, CottageFacts) {
  decide(): undefined {}
}
@CommandOf(Cottage, { permission: 'cottages:change', doc: 'Changes a cottage.' })
export class ChangeCottage extends changing(Cottage, CottageFacts) {
  decide(): undefined {}
}
@CommandOf(Cottage, { permission: 'cottages:shut', doc: 'Shuts a cottage.', from: ['open'] })
export class ShutCottage extends DomainCommand<Cottage> {
  @Choice(open, 'ShutReason', { storm: 'storm', sale: 'sale' }, { optional: true }) reason?: string;
  decide(): undefined {}
}
@CommandOf(Cottage, { doc: 'Repairs a cottage.', internal: true })
export class RepairCottage extends DomainCommand<Cottage> {
  decide(): undefined {}
}

const someId = (name: string): string => uuidOf('spec', name);
const column = (name: string, type: string): ReadColumn => ({ name, type, nullable: true, doc: `${name}.`, privacy: 0, filterable: type !== 'jsonb', sortable: type !== 'jsonb' });
export const readSchemas: readonly ReadSchema[] = [
  {
    table: 'cottages',
    doc: 'A small house.',
    searchable: true,
    columns: [
      column('id', 'uuid'), column('name', 'text'), column('nextToId', 'uuid'), column('builtOn', 'date'), column('seenAt', 'timestamptz'),
      column('tags', 'text[]'), column('charges', 'jsonb'), column('status', 'text'), column('rentPence', 'bigint'), column('streamRevision', 'integer'),
    ],
  },
  { table: 'cottage_guests', doc: 'A guest.', columns: [column('id', 'uuid'), column('cottageId', 'uuid'), column('firstName', 'text')] },
];

export const MANAGER = 'manager-token';
export const READER = 'reader-token';
const signedIn = (name: string, permissions: string[]): SignedIn => ({
  id: someId(name),
  role: name,
  organizationId: someId('organization'),
  permissions: new Set(permissions),
  user: { id: someId(name), name: 'Ann' },
  organization: { id: someId('organization'), name: 'House' },
});

export const ids = { one: someId('cottage one'), two: someId('cottage two') };
const cottages: readonly Row[] = [
  { id: ids.one, name: '=Rose', nextToId: ids.two, status: 'open', charges: { corePence: 5 }, rentPence: 3_000_000_000, streamRevision: 4, _masked: ['builtOn'] },
  { id: ids.two, name: 'Mill', nextToId: ids.one, status: 'shut', charges: null, rentPence: 1, streamRevision: 0 },
];
const guests: readonly Row[] = [{ id: someId('guest'), cottageId: ids.one, firstName: 'Zoë' }];

function matching(table: string, parameters: ListParameters): Row[] {
  const rows = table === 'cottages' ? cottages : guests;
  const filters = Object.entries(parameters).filter(([name]) => !['limit', 'cursor', 'sort', 'q'].includes(name));
  const known = readSchemas.find((schema) => schema.table === table)!.columns.map(({ name }) => name);
  for (const [name] of filters) if (!known.includes(name.split('[')[0]!)) throw new ApiError(400, 'UNKNOWN', `There is no such filter. Known are: ${known.join(', ')}.`);
  return rows.filter((row) => filters.every(([name, value]) => name.includes('[') || [value].flat().includes(String(row[name]))));
}

/** What the fakes were asked, and what they answer where a test says so. */
export interface Fakes {
  readonly parts: ApiParts;
  readonly requests: CommandRequest[];
  readonly refusals: Refusal[];
  /** Number of list calls. */
  lists: number;
  log: string;
  execute: (request: CommandRequest) => Promise<Acknowledgement>;
  inTime: boolean;
  /** Exports fail after their last row. */
  breaksOff: boolean;
}

export function fakes(change: Partial<ApiParts> = {}): Fakes {
  const requests: CommandRequest[] = [];
  const refusals: Refusal[] = [];
  const fake: Fakes = {
    requests,
    refusals,
    lists: 0,
    log: '',
    inTime: true,
    breaksOff: false,
    execute: (request) =>
      Promise.resolve({
        id: request.id ?? ids.one, reference: 'COT-1', revision: 5, position: 70, events: [{ type: 'CottageOpened', revision: 5 }], replayed: false, correlationId: request.correlationId,
      }),
    parts: {
      catalogue: new Catalogue([Cottage]),
      commands: {
        execute: async (request) => {
          requests.push(request);
          authorise(request.declaration, request.actor, request.id);
          return fake.execute(request);
        },
        refused: (_request, refusal) => Promise.resolve(void refusals.push(refusal)),
      },
      sessions: {
        actorOf: (token) => Promise.resolve({ [MANAGER]: signedIn('manager', ['*:*']), [READER]: signedIn('reader', ['cottages:read']) }[token]),
      },
      rows: {
        get: (table, id) => Promise.resolve((table === 'cottages' ? cottages : guests).find((row) => row['id'] === id)),
        list: async (table, parameters) => {
          fake.lists++;
          return { items: matching(table, parameters), nextCursor: parameters['limit'] === '1' ? 'next' : null };
        },
        async *stream(table, parameters) {
          yield* matching(table, parameters);
          if (fake.breaksOff) throw new Error('Ann Smith');
        },
      },
      readSchemas,
      audit: {
        of: (_entity, id, _actor, { from, limit }) => Promise.resolve(id === ids.one ? { items: [], nextCursor: `${from}/${limit}` } : undefined),
        at: (_entity, id, _actor, instant) => Promise.resolve(id === ids.one && instant > '2026-01-01' ? { id, revision: 2, seen: instant } : undefined),
        trail: (_actor, filter, limit, cursor) => Promise.resolve({ items: [{ ...filter, limit, cursor } as never], nextCursor: null }),
      },
      waits: {
        waitForReads: () => Promise.resolve(fake.inTime),
        followConsequences: (_correlation, position) => Promise.resolve({ position: position + 1, settled: true, parked: [] }),
        waitForAfter: (position) => Promise.resolve(position < 100),
      },
      processes: {
        list: () => Promise.resolve([{ name: 'moves' }]),
        retry: (process) => (process === 'moves' ? Promise.resolve() : Promise.reject(new Refusal('NOT_FOUND', 'Nothing is parked there.', { status: 404 }))),
        drop: () => Promise.resolve(),
      },
      changes: (_actor, after, limit) => Promise.resolve({ items: [], next: after + limit }),
      consistency: () => Promise.resolve([]),
      rules: () => [{ code: 'COT-1', sentence: 'A cottage has a name.', about: 'cottages', later: false, identity: false }],
      health: [],
      metrics: new Metrics(),
      logger: createLogger('info', new Writable({ write: (chunk: Buffer, _encoding, done) => ((fake.log += chunk.toString()), done()) })),
      handWritten: { controllers: [], commands: {} },
      version: '1',
      ...change,
    },
  };
  return fake;
}
