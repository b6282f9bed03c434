import fc from 'fast-check';
import { homeOf, streamOf } from '../../src/commands/streams.js';
import { History, type HistoryItem, type HistoryParts } from '../../src/audit/history.js';
import type { EventStore, RecordedEvent } from '../../src/event-store/event-store.js';
import { jsonBytes } from '../../src/event-store/metadata.js';
import type { Catalogue } from '../../src/kernel/catalogue.js';
import type { Actor } from '../../src/kernel/command.js';
import type { EntityDeclaration, State } from '../../src/kernel/entity.js';
import type { DomainEvent, EventDeclaration } from '../../src/kernel/event.js';
import { evolve, unborn } from '../../src/kernel/fold.js';
import { instantText, uuidOf } from '../../src/kernel/values.js';
import { EventCodec } from '../../src/privacy/event-codec.js';
import { dataOf, firstEventOf } from '../support/event-values.js';
import { FixedKeyring } from '../support/fixed-keyring.js';

export const ORGANIZATION = uuidOf('audit', 'organization');
export const actor: Actor = { id: uuidOf('audit', 'auditor'), role: 'auditor', organizationId: ORGANIZATION, permissions: new Set() };
const START = Date.parse('2026-09-02T08:00:00.000Z');
const ids = ['one', 'two', 'three'].map((name) => uuidOf('audit', name));

/** Something that may happen to an entity: which event, with which data, how long after the one before. */
interface Step {
  readonly type: string;
  readonly values: Record<string, unknown>;
  readonly minutes: number;
}

/** What may happen to an entity: its first event, and then any others in any order. */
export function livesOf(catalogue: Catalogue, entity: EntityDeclaration, maxLength = 10): fc.Arbitrary<readonly Step[]> {
  const first = firstEventOf(catalogue, entity);
  const others = catalogue.events.filter((event) => event.entity === entity.state && event !== first);
  const step = (declaration: EventDeclaration): fc.Arbitrary<Step> =>
    fc.record({ type: fc.constant(declaration.type), values: dataOf(declaration, { ids, marked: true }), minutes: fc.integer({ min: 0, max: 90 }) });
  const more = others.length > 0 ? fc.array(fc.oneof(...others.map(step)), { maxLength }) : fc.constant<Step[]>([]);
  return fc.tuple(step(first), more).map(([begun, rest]) => [begun, ...rest]);
}

/** The history of an entity whose stream is in memory, with everything that it was told. */
export interface Life {
  readonly entity: EntityDeclaration;
  readonly id: string;
  readonly history: History;
  readonly stream: readonly RecordedEvent[];
  readonly keyring: FixedKeyring;
  /** In order: what was announced as read, and when values were opened. */
  readonly told: string[];
  page(from?: number, limit?: number): Promise<readonly HistoryItem[]>;
  at(instant: string): Promise<Record<string, unknown> | undefined>;
}



/**
 * Records what can have happened of these steps. What no command would record is left out: a child that is there already,
 * or what cannot be applied to what came before.
 */
export async function live(
  catalogue: Catalogue,
  entity: EntityDeclaration,
  steps: readonly Step[],
  parts: { maySee?: HistoryParts['maySee']; specialRead?: HistoryParts['specialRead'] } = {},
): Promise<Life> {
  const keyring = new FixedKeyring();
  const codec = new EventCodec(catalogue, keyring.asKeyring());
  const id = entity.options.home === 'self' ? ORGANIZATION : uuidOf('audit', entity.table);
  const stream = await recorded(catalogue, codec, entity, id, steps);
  const told: string[] = [];
  const store = { readStreams: () => Promise.resolve(new Map([[streamOf(entity, id), stream]])) } as unknown as EventStore;
  const history = new History({
    catalogue,
    store,
    codec: {
      encode: codec.encode.bind(codec),
      decode: codec.decode.bind(codec),
      checkFences: codec.checkFences.bind(codec),
      unseal: (objects, opening) => {
        told.push('opened');
        return codec.unseal(objects, opening);
      },
    },
    maySee: parts.maySee ?? (() => true),
    names: (of) => Promise.resolve(new Map(of.map((one) => [one, `name of ${one}`]))),
    specialRead: async (who, table, of) => {
      told.push(`read ${table} ${of}`);
      await parts.specialRead?.(who, table, of);
    },
  });
  return {
    entity, id, history, stream, keyring, told,
    page: async (from = 0, limit = 1000) => (await history.of(entity, id, actor, { from, limit }))!.items,
    at: (instant) => history.at(entity, id, actor, instant),
  };
}

async function recorded(
  catalogue: Catalogue,
  codec: EventCodec,
  entity: EntityDeclaration,
  id: string,
  steps: readonly Step[],
): Promise<RecordedEvent[]> {
  const organizationId = homeOf(entity, id, ORGANIZATION);
  const stream: RecordedEvent[] = [];
  let state: State = unborn(entity, id, organizationId);
  let now = START;
  for (const { type, values, minutes } of steps) {
    const declaration = catalogue.event(type)!;
    const revision = stream.length;
    now += minutes * 60_000;
    const reference = revision === 0 && entity.options.reference ? { reference: `${entity.options.reference.prefix}-000001` } : {};
    const event = Object.assign(new declaration.event(), values, reference) as DomainEvent<object>;
    const eventId = uuidOf('audit', entity.table, 'event', revision);
    const subject = (state as unknown as Record<string, unknown>)[entity.options.subject ?? ''] as string | undefined;
    const { version, data } = await codec.encode(event, declaration, { organizationId, entityId: id, eventId, ...(subject ? { subject } : {}) });
    const metadata = {
      schemaVersion: version, recordedAt: instantText(now), effectiveDate: instantText(now).slice(0, 10), organizationId, actorId: ids[revision % 3]!,
      actorRole: 'manager', source: 'api', commandId: uuidOf('audit', 'command', revision), command: 'DoIt', correlationId: 'c', causationId: 'c',
    };
    const stored: RecordedEvent = {
      kind: 'event', id: eventId, type, stream: streamOf(entity, id), revision, position: revision + 1, data, metadata: jsonBytes(metadata),
    };
    const after = possible(() => evolve(state, codec.decode(stored)!));
    if (!after || hasTwins(entity, after)) continue;
    state = after;
    stream.push(stored);
  }
  return stream;
}

function possible(apply: () => State): State | undefined {
  try {
    return apply();
  } catch {
    return undefined;
  }
}

/** Whether two children have one id. */
function hasTwins(entity: EntityDeclaration, state: State): boolean {
  return entity.fields.filter(({ kind }) => kind === 'children').some(({ name }) => {
    const children = (state as unknown as Record<string, { id: string }[] | undefined>)[name] ?? [];
    return new Set(children.map((child) => child.id)).size < children.length;
  });
}
