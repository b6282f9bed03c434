import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { ProjectionEngine } from '../../projections/engine/engine.js';
import type { HandWrittenProjection, PublicView } from '../../projections/engine/projection.js';
import { ReadPosition } from '../../projections/engine/read-position.js';
import type { EventStore, RecordedEvent } from '../../src/event-store/event-store.js';
import { jsonBytes } from '../../src/event-store/metadata.js';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres-event-store.js';
import { Catalogue } from '../../src/kernel/catalogue.js';
import { Entity, State, stateWith } from '../../src/kernel/entity.js';
import { changeWith, DomainEvent, EventOf, eventWith } from '../../src/kernel/event.js';
import { Children, Choice, CivilDate, Group, Hidden, Instant, Int, List, Pence, Ref, Text } from '../../src/kernel/fields.js';
import { open, personal, pseudonymous, sensitive, special } from '../../src/kernel/privacy.js';
import { EventCodec } from '../../src/privacy/event-codec.js';
import { Keyring } from '../../src/privacy/keyring.js';
import { survivingLosses } from '../../src/platform/lossy-connections.js';
import { TEST_MASTER_KEY, testDatabases, type TestDatabases } from '../support/databases.js';

const Status = { waiting: 'waiting', home: 'home' } as const;
export const Mood = { calm: 'calm', upset: 'upset' } as const;

class Address {
  @Text(personal('contact')) line1!: string;
  @Text(personal('contact'), { optional: true }) postcode?: string;
}
class Friend {
  id!: string;
  @Text(personal('contact'), { subject: 'id' }) name!: string;
  @Text(special('safeguarding'), { optional: true }) worry?: string;
  @Int(open, { optional: true }) closeness?: number;
}
export class GuestFacts {
  @Text(personal('identity')) name!: string;
  @CivilDate(personal('identity'), { keepYear: true, optional: true }) dateOfBirth?: string;
  @Text(special('health'), { optional: true, blind: true }) nhsNumber?: string;
  @Group(personal('contact'), () => Address, { optional: true }) address?: Address;
  @List(open, { optional: true }) tags?: string[];
  @Choice(sensitive, 'Mood', Mood, { optional: true }) mood?: keyof typeof Mood;
  @Int(open, { optional: true }) floor?: number;
  @Instant(open, { optional: true }) calledAt?: string;
}

@Entity('guests', 'Somebody who stays.', { category: 'guest', reference: { prefix: 'GST', digits: 6 }, search: ['name'] })
export class Guest extends stateWith(GuestFacts) {
  @Choice(open, 'GuestStatus', Status) status!: keyof typeof Status;
  @Children('friends', () => Friend, { parent: 'guestId' }) friends: Friend[] = [];
  @Pence(pseudonymous, { optional: true, decimal: 'balance', min: -1_000_000 }) balancePence?: number;
  @Int(open, { optional: true, max: Number.MAX_SAFE_INTEGER }) steps?: number;
  @Hidden(pseudonymous) payments?: { id: string; pence: number }[];
}
@EventOf(Guest, 'GuestArrived', 1, { to: 'home' })
export class GuestArrived extends eventWith(Guest, GuestFacts) {}
@EventOf(Guest, 'GuestChanged', 1)
export class GuestChanged extends changeWith(Guest, GuestFacts) {}
@EventOf(Guest, 'FriendMade', 1)
export class FriendMade extends DomainEvent<Guest> {
  @Text(pseudonymous) friendId!: string;
  @Text(personal('contact'), { subject: 'friendId' }) name!: string;
  @Text(special('safeguarding'), { subject: 'friendId', optional: true }) worry?: string;
  apply(guest: Guest): void {
    const { friendId, name, worry } = this;
    guest.friends = [...guest.friends, { id: friendId, name, ...(worry ? { worry } : {}), closeness: guest.friends.length }];
  }
}
@EventOf(Guest, 'FriendLost', 1)
export class FriendLost extends DomainEvent<Guest> {
  @Text(pseudonymous) friendId!: string;
  apply(guest: Guest): void {
    guest.friends = guest.friends.filter(({ id }) => id !== this.friendId);
  }
}
/** What a repaired product does with what stopped it. */
export const thirteen = { accepted: false };
@EventOf(Guest, 'GuestPaid', 1)
export class GuestPaid extends DomainEvent<Guest> {
  @Pence(pseudonymous) pence!: number;
  @Text(pseudonymous) paymentId!: string;
  apply(guest: Guest): void {
    if (this.pence === 13 && !thirteen.accepted) throw new Error('Thirteen pence cannot be paid.');
    guest.payments = [...(guest.payments ?? []), { id: this.paymentId, pence: this.pence }];
    guest.balancePence = guest.payments.reduce((sum, { pence }) => sum - pence, 0);
  }
}
@EventOf(Guest, 'GuestWalked', 1)
export class GuestWalked extends DomainEvent<Guest> {
  @Int(open, { max: Number.MAX_VALUE }) steps!: number;
  apply(guest: Guest): void {
    guest.steps = this.steps;
  }
}
@EventOf(Guest, 'GuestDataErased', 1, { toOneOf: ['waiting'] })
export class GuestDataErased extends DomainEvent<Guest> {
  @List(open) scopes!: string[];
  @List(open, { max: 1000 }) keyFingerprints!: string[];
  apply(): void {}
}

/** About a guest, and not a stream of theirs. */
@Entity('visits', 'A visit to a guest.', { category: 'visit', subject: 'guestId' })
export class Visit extends State {
  @Ref(pseudonymous, 'guests') guestId!: string;
  @Text(personal('contact')) note!: string;
}
@EventOf(Visit, 'GuestVisited', 1)
export class GuestVisited extends DomainEvent<Visit> {
  @Ref(pseudonymous, 'guests') guestId!: string;
  @Text(personal('contact')) note!: string;
  apply(visit: Visit): void {
    Object.assign(visit, { guestId: this.guestId, note: this.note });
  }
}

export const catalogue = new Catalogue([Guest, Visit]);

/** How many visits each guest had, and what was said at the last one. */
export const visitors: HandWrittenProjection = {
  name: 'visitors',
  version: 1,
  on: ['GuestVisited', 'GuestArrived'],
  tables: [
    {
      name: 'guest_visits',
      columns: [
        { name: 'guest_id', type: 'uuid', nullable: false, doc: 'Whose', privacy: 1 },
        { name: 'visits', type: 'integer', nullable: false, doc: 'How many', privacy: 0 },
        { name: 'last_note', type: 'text', nullable: true, doc: 'What was said', privacy: 2, scope: 'contact' },
      ],
      indexes: [['guest_id']],
    },
  ],
  async apply(event, context) {
    const { organizationId } = event.metadata;
    if (event.stored.type === 'GuestArrived') {
      const id = event.stored.stream.slice('guest-'.length);
      return [{ table: 'guest_visits', organizationId, id, values: { guest_id: id, visits: 0 } }];
    }
    const { guestId, note } = await context.state<Visit>(event);
    if (note === undefined || note === null) throw new Error('A visit without a note.');
    const [row] = await context.rows('guest_visits', organizationId, { guest_id: guestId });
    return [{ table: 'guest_visits', organizationId, id: guestId, values: { guest_id: guestId, visits: Number(row?.['visits'] ?? 0) + 1, last_note: note as never } }];
  },
};

export const guestsView: PublicView = {
  name: 'guests',
  columns: [{ name: 'visits', type: 'integer', nullable: false, doc: 'How many visits', privacy: 0 }],
  select: `select g.*, coalesce(v.visits, 0) as visits from {guests} g left join {guest_visits} v on v.organization_id = g.organization_id and v.id = g.id`,
};

export const ORGANISATION = '6a1f7c2e-0d5b-5a34-9c1e-2b7f8d3e4a51';
export const ELSEWHERE = '6a1f7c2e-0d5b-5a34-9c1e-2b7f8d3e4a52';
/** Who records everything. */
export const WORKER = '6a1f7c2e-0d5b-5a34-9c1e-2b7f8d3e4a53';
const KEY_WAIT_MS = 200_000;

/** A stream of a guest that nobody knows yet. */
export const guest = (): string => `guest-${randomUUID()}`;
export const idOf = (stream: string): string => stream.slice(stream.indexOf('-') + 1);

/** Databases, a log, keys, and engines over them. */
export interface ProjectionWorld {
  readonly databases: TestDatabases;
  readonly store: EventStore;
  readonly keyring: Keyring;
  readonly codec: EventCodec;
  readonly position: ReadPosition;
  /** Rows as they lie there, past every policy. */
  readonly admin: pg.Pool;
  engine(change?: Partial<ConstructorParameters<typeof ProjectionEngine>[0]>): ProjectionEngine;
  /** Appends an event at the end of its stream. */
  append(stream: string, event: object, organizationId?: string): Promise<RecordedEvent>;
  appendRaw(stream: string, type: string, data: object, organizationId?: string, eventId?: string): Promise<RecordedEvent>;
  /** Waits until the live tables have everything. */
  reached(position?: number): Promise<void>;
  rows(table: string): Promise<Record<string, unknown>[]>;
  row(table: string, id: string): Promise<Record<string, unknown> | undefined>;
  arrive(stream: string, change?: Partial<GuestArrived>, organizationId?: string): Promise<RecordedEvent>;
  pay(stream: string, pence: number): Promise<RecordedEvent>;
  visit(guestId: string, note: string): Promise<RecordedEvent>;
  remove(): Promise<void>;
}

export async function projectionWorld(): Promise<ProjectionWorld> {
  const databases = await testDatabases();
  const store = await PostgresEventStore.open({ connectionString: databases.urls.app });
  const keyring = await Keyring.open({ connectionString: databases.urls.keyring, masterKey: TEST_MASTER_KEY });
  const codec = new EventCodec(catalogue, keyring);
  const position = await new ReadPosition(databases.urls.app).open();
  const admin = survivingLosses(new pg.Pool({ connectionString: databases.adminUrl, max: 2 }));
  const engines: ProjectionEngine[] = [];
  const revisions = new Map<string, number>();
  let second = 0;

  const appendRaw = async (stream: string, type: string, data: object | Uint8Array, organizationId = ORGANISATION, id: string = randomUUID()) => {
    const revision = revisions.get(stream) ?? -1;
    const recordedAt = new Date(Date.UTC(2026, 8, 2, 8, 0, second++)).toISOString();
    const metadata = jsonBytes({
      schemaVersion: 1, recordedAt, effectiveDate: '2026-09-02', organizationId, actorId: WORKER, actorRole: 'manager',
      source: 'api', commandId: randomUUID(), correlationId: randomUUID(), causationId: randomUUID(),
    });
    const event = { id, type, data: data instanceof Uint8Array ? data : jsonBytes(data), metadata };
    const appended = await store.append(stream, revision < 0 ? 'no-stream' : revision, [event]);
    revisions.set(stream, appended.revision);
    return { ...event, kind: 'event' as const, stream, ...appended };
  };

  const append: ProjectionWorld['append'] = async (stream, event, organizationId = ORGANISATION) => {
    const declaration = catalogue.eventOf(event.constructor as never)!;
    const eventId = randomUUID();
    const { type, data } = await codec.encode(event as never, declaration, { organizationId, entityId: idOf(stream), eventId });
    return appendRaw(stream, type, data, organizationId, eventId);
  };
  const rows: ProjectionWorld['rows'] = async (table) =>
    (await admin.query<Record<string, unknown>>(`select * from read."${table}" order by organization_id, id`)).rows;

  return {
    databases, store, keyring, codec, position, admin, append, rows,
    row: async (table, id) => (await rows(table)).find((one) => one['id'] === id),
    arrive: (stream, change = {}, organizationId = ORGANISATION) =>
      append(stream, GuestArrived.of({ name: 'Sam Canary', dateOfBirth: '2006-02-01', nhsNumber: '9434765919', ...change }), organizationId),
    pay: (stream, pence) => append(stream, GuestPaid.of({ pence, paymentId: randomUUID() })),
    visit: (guestId, note) => append(`visit-${randomUUID()}`, GuestVisited.of({ guestId, note })),
    engine(change = {}) {
      const engine = new ProjectionEngine({ catalogue, store, codec, handWritten: [visitors], views: [guestsView], connectionString: databases.urls.projector, ...change });
      engines.push(engine);
      return engine;
    },
    appendRaw,
    async reached(to) {
      const wanted = to ?? (await store.head());
      if (!(await position.waitFor(wanted, KEY_WAIT_MS))) throw new Error(`The read tables are at ${position.position}, not at ${wanted}.`);
    },
    async remove() {
      await Promise.all(engines.map((engine) => engine.stop().catch(() => undefined)));
      await Promise.all([position.close(), store.close(), keyring.close(), admin.end()]);
      await databases.drop();
    },
  };
}

/** An engine as another process would have it, on the same databases. */
export async function projectorOn(urls: TestDatabases['urls'], leaseMs = 400): Promise<ProjectionEngine> {
  const store = await PostgresEventStore.open({ connectionString: urls.app });
  const keyring = await Keyring.open({ connectionString: urls.keyring, masterKey: TEST_MASTER_KEY });
  const codec = new EventCodec(catalogue, keyring);
  return new ProjectionEngine({ catalogue, store, codec, handWritten: [visitors], views: [guestsView], connectionString: urls.projector, leaseMs });
}
