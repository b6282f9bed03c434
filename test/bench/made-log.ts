import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Core } from '../../src/assembly/core.js';
import {
  KeyWorkerAssigned,
  ResidentAtRiskCleared,
  ResidentDetailsCorrected,
  ResidentLegalStatusRecorded,
  ResidentMarkedAtRisk,
  ResidentRegistered,
} from '../../src/domain/people/resident/resident-events.js';
import { leafHash } from '../../src/event-store/leaf-hash.js';
import { jsonBytes } from '../../src/event-store/metadata.js';
import type { DomainEvent } from '../../src/kernel/event.js';
import { instantText } from '../../src/kernel/values.js';
import type { BenchServer } from './server.js';

/** Events of each resident. */
export const EACH = 10;
/** Residents whose events lie interleaved in the log. */
const AT_A_TIME = 2_000;
const START = Date.parse('2026-01-05T08:00:00.000Z');

/** One resident's life: registered, and then what happens to a resident, with personal values in most of it. */
const lives: readonly ((n: number) => DomainEvent<object>)[] = [
  (n) => ResidentRegistered.of({ firstName: `First${n}`, lastName: `Last${n}`, dateOfBirth: '2006-05-02', email: `n${n}@bench.example` }),
  () => KeyWorkerAssigned.of({ userId: randomUUID(), from: '2026-09-02' }),
  (n) => ResidentDetailsCorrected.of({ preferredName: `Name ${n}`, reason: 'As they wish to be called.' }),
  (n) => ResidentMarkedAtRisk.of({ reason: `Was not seen for ${n % 30} days, and does not answer the phone.` }),
  () => ResidentAtRiskCleared.of({}),
  () => ResidentLegalStatusRecorded.of({ legalStatus: 'care_leaver', responsibleLa: 'Hackney' }),
  (n) => ResidentDetailsCorrected.of({ email: `new${n}@bench.example`, reason: 'A new address.' }),
  (n) => ResidentMarkedAtRisk.of({ reason: `Money is short: ${n % 90} pounds until Friday.` }),
  () => ResidentAtRiskCleared.of({}),
  (n) => ResidentDetailsCorrected.of({ preferredName: `Again ${n}`, reason: 'Misspelt.' }),
];

interface Made {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

/** Who the events are of, and where in the log the next one comes to stand. */
interface Place {
  readonly organizationId: string;
  readonly actorId: string;
  position: number;
}

/**
 * Fills a log as commands would have, sealed with the keyring's keys, and stored directly: a million commands would take
 * longer than what is to be measured. Residents come in groups; the events of a group lie interleaved.
 */
export async function makeLog(core: Core, server: BenchServer, residents: number): Promise<{ events: number; organizationId: string }> {
  const place = { organizationId: randomUUID(), actorId: randomUUID(), position: await core.store.head() };
  const client = new pg.Client({ connectionString: server.adminUrl });
  await client.connect();
  for await (const made of turns(core, place, residents)) await store(client, place.position, made);
  await client.query('update log.counter set position = $1', [place.position]);
  await client.query('analyze log.events');
  await client.end();
  return { events: place.position, organizationId: place.organizationId };
}

/** The same through the log's own appends, one for each resident: for a log that is no table. */
export async function appendLog(core: Core, residents: number): Promise<void> {
  const place = { organizationId: randomUUID(), actorId: randomUUID(), position: 0 };
  let streams = new Map<string, Made[]>();
  const append = async (): Promise<void> => {
    const waiting = streams.entries();
    streams = new Map();
    const some = async (): Promise<void> => {
      for (const [stream, events] of waiting) await core.store.append(stream, 'no-stream', events);
    };
    await Promise.all(Array.from({ length: 32 }, some));
  };
  for await (const made of turns(core, place, residents)) {
    for (const event of made) streams.set(event.stream, [...(streams.get(event.stream) ?? []), event]);
    if (made[0]!.revision === EACH - 1) await append();
  }
}

/** What happens next to each resident of a group, turn by turn. */
async function* turns(core: Core, place: Place, residents: number): AsyncGenerator<Made[], void, undefined> {
  const { organizationId, actorId } = place;
  for (let from = 0; from < residents; from += AT_A_TIME) {
    const size = Math.min(AT_A_TIME, residents - from);
    const ids = Array.from({ length: size }, () => randomUUID());
    const last = new Array<string | undefined>(size);
    for (const [revision, happen] of lives.entries()) {
      const made = await Promise.all(ids.map((id, at) => one(core, { organizationId, actorId, id, revision, prev: last[at], event: happen(from + at), nth: place.position + at })));
      made.forEach((event, at) => (last[at] = leafHash(event.stream, revision, event)));
      yield made;
      place.position += size;
    }
  }
}

interface Wanted {
  readonly organizationId: string;
  readonly actorId: string;
  readonly id: string;
  readonly revision: number;
  readonly prev: string | undefined;
  readonly event: DomainEvent<object>;
  readonly nth: number;
}

async function one({ catalogue, codec }: Core, { organizationId, actorId, id, revision, prev, event, nth }: Wanted): Promise<Made> {
  const eventId = randomUUID();
  const declaration = catalogue.eventOf(event.constructor as never)!;
  const { type, version, data } = await codec.encode(event, declaration, { organizationId, entityId: id, eventId });
  const commandId = randomUUID();
  const metadata = jsonBytes({
    recordedAt: instantText(START + nth), effectiveDate: '2026-09-02', organizationId, actorId, actorRole: 'manager', source: 'api', commandId,
    command: 'BenchCommand', bodyHmac: 'x'.repeat(43), correlationId: randomUUID(), causationId: commandId, schemaVersion: version, ...(prev ? { prev } : {}),
  });
  return { stream: `resident-${id}`, revision, id: eventId, type, data, metadata };
}

async function store(client: pg.Client, after: number, made: readonly Made[]): Promise<void> {
  const column = <K extends keyof Made>(name: K): Made[K][] => made.map((event) => event[name]);
  await client.query({
    name: 'make-log',
    text: `insert into log.events (position, stream, revision, id, type, data, metadata)
      select $1 + n, stream, revision, id, type, data, metadata
        from unnest($2::text[], $3::integer[], $4::uuid[], $5::text[], $6::bytea[], $7::bytea[])
             with ordinality u(stream, revision, id, type, data, metadata, n)`,
    values: [after, column('stream'), column('revision'), column('id'), column('type'), column('data').map((bytes) => Buffer.from(bytes)), column('metadata').map((bytes) => Buffer.from(bytes))],
  });
}
