import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Catalogue } from '../../src/kernel/catalogue.js';
import { CommandOf, DomainCommand } from '../../src/kernel/command.js';
import { rule, Refusal } from '../../src/kernel/rules.js';
import { Entity, State, type RegisterEntry } from '../../src/kernel/entity.js';
import { DomainEvent, EventOf } from '../../src/kernel/event.js';
import { Choice, Int, Text } from '../../src/kernel/fields.js';
import { open, pseudonymous } from '../../src/kernel/privacy.js';
import { CommandPipeline } from '../../src/commands/pipeline.js';
import type { CommandRequest } from '../../src/commands/request.js';
import { ClaimRecovery } from '../../src/commands/recovery.js';
import { Registers } from '../../src/commands/registers.js';
import { Streams } from '../../src/commands/streams.js';
import { WrongRevision } from '../../src/event-store/errors.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { jsonOf, metadataOf } from '../../src/event-store/metadata.js';
import { leafHash } from '../../src/event-store/leaf-hash.js';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres-event-store.js';
import { ClearCodec } from '../support/clear-codec.js';
import { testDatabases, type TestDatabases } from '../support/databases.js';

const Status = { staying: 'staying', left: 'left' } as const;

@Entity('stays', 'A stay in a bed.', { category: 'stay', reference: { prefix: 'STY', digits: 6 } })
class Stay extends State {
  @Text(pseudonymous, { max: 36 }) bedId!: string;
  @Int(open) nights!: number;
  @Choice(open, 'StayStatus', Status) status!: keyof typeof Status;
  holds(): RegisterEntry[] {
    return this.status === 'staying' ? [{ register: 'bed', owner: this.bedId, kind: 'stay', key: this.bedId }] : [];
  }
}
@EventOf(Stay, 'StayStarted', 1, { to: 'staying' })
class StayStarted extends DomainEvent<Stay> {
  @Text(pseudonymous, { max: 36 }) bedId!: string;
  apply(stay: Stay): void {
    Object.assign(stay, { bedId: this.bedId, nights: 0 });
  }
}
@EventOf(Stay, 'StayLasted', 1)
class StayLasted extends DomainEvent<Stay> {
  @Int(open) nights!: number;
  apply(stay: Stay): void {
    stay.nights += this.nights;
  }
}
@EventOf(Stay, 'StayEnded', 1, { to: 'left' })
class StayEnded extends DomainEvent<Stay> {
  apply(): void {}
}
@CommandOf(Stay, { permission: 'stays:start', doc: 'Start', creates: true, plain: true })
class StartStay extends DomainCommand<Stay> {
  @Text(pseudonymous, { max: 36 }) bedId!: string;
  decide() {
    return StayStarted.of({ bedId: this.bedId });
  }
}
@CommandOf(Stay, { permission: 'stays:last', doc: 'Another night', from: ['staying'] })
class LastStay extends DomainCommand<Stay> {
  @Int(open) nights!: number;
  decide() {
    rule('STY-1', 'a stay lasts whole nights', this.nights >= 0);
    return this.nights === 0 ? undefined : StayLasted.of({ nights: this.nights });
  }
}
@CommandOf(Stay, { permission: 'stays:end', doc: 'End', from: ['staying'] })
class EndStay extends DomainCommand<Stay> {
  decide() {
    return StayEnded.of({});
  }
}

const catalogue = new Catalogue([Stay]);
const organizationId = randomUUID();
const actor = { id: randomUUID(), role: 'manager', organizationId, permissions: new Set(['stays:*']) };
const now = '2026-09-02T08:00:00.000Z';

function pipelineOn(store: EventStore) {
  const codec = new ClearCodec(catalogue);
  const registers = new Registers(store, {
    bed: (possible) => {
      if (possible.length > 1) throw new Refusal('STY-2', 'one stay at a time in a bed', { status: 409 });
    },
  });
  let next = 0;
  const pipeline = new CommandPipeline({
    catalogue,
    store,
    codec,
    registers,
    clock: { now: () => Promise.resolve(now) },
    serverKey: Buffer.alloc(32, 1),
    facts: () => Promise.resolve([]),
    reference: () => Promise.resolve(`STY-${String(++next).padStart(6, '0')}`),
  });
  const streams = new Streams(store, codec);
  return { pipeline, registers, streams, recovery: new ClaimRecovery(catalogue, store, streams, registers) };
}

function request(Command: new () => DomainCommand<Stay>, body: object, change: Partial<CommandRequest> = {}): CommandRequest {
  return {
    declaration: catalogue.command(Command.name)!,
    command: Object.assign(new Command(), body),
    body,
    actor,
    source: 'api',
    correlationId: randomUUID(),
    route: change.id ?? '/stays',
    ...change,
  };
}

describe('the command pipeline', () => {
  let databases: TestDatabases;
  let stores: PostgresEventStore[];
  let one: ReturnType<typeof pipelineOn>;
  let two: ReturnType<typeof pipelineOn>;

  beforeAll(async () => {
    databases = await testDatabases();
    stores = await Promise.all([1, 2].map(() => PostgresEventStore.open({ connectionString: databases.urls.app })));
    one = pipelineOn(stores[0]!);
    two = pipelineOn(stores[1]!);
  });
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await databases.drop();
  });

  const start = (bedId: string, change: Partial<CommandRequest> = {}, by = one) =>
    by.pipeline.execute(request(StartStay, { bedId }, change));

  it('creates, changes and acknowledges', async () => {
    const begun = await start(randomUUID());
    expect(begun).toMatchObject({ revision: 0, reference: expect.stringMatching(/^STY-\d{6}$/), replayed: false });
    const lasted = await one.pipeline.execute(request(LastStay, { nights: 3 }, { id: begun.id }));
    expect(lasted).toMatchObject({ id: begun.id, revision: 1, reference: begun.reference, events: [{ type: 'StayLasted', revision: 1 }] });
    expect(lasted.position).toBeGreaterThan(begun.position);
    expect(await one.pipeline.execute(request(LastStay, { nights: 0 }, { id: begun.id }))).toMatchObject({ revision: 1, events: [] });
  });

  it('records every one of 50 commands on one stream over two processes', async () => {
    const { id } = await start(randomUUID());
    const done = await Promise.allSettled(Array.from({ length: 50 }, (_, n) => (n % 2 ? one : two).pipeline.execute(request(LastStay, { nights: n + 1 }, { id }))));
    expect(done.filter(({ status }) => status === 'rejected')).toEqual([]);
    const recorded = (await stores[0]!.readStreams([{ stream: `stay-${id}` }])).get(`stay-${id}`)!;
    expect(recorded.slice(1).reduce((sum, { data }) => sum + Number(jsonOf(data)['nights']), 0)).toBe(1_275);
  });

  it('links every event of a stream to the one before it', async () => {
    const { id } = await start(randomUUID());
    await one.pipeline.execute(request(LastStay, { nights: 1 }, { id }));
    const recorded = (await stores[0]!.readStreams([{ stream: `stay-${id}` }])).get(`stay-${id}`)!;
    expect(metadataOf(recorded[0]!).prev).toBeUndefined();
    expect(metadataOf(recorded[1]!).prev).toBe(leafHash(`stay-${id}`, 0, recorded[0]!));
  });

  it('answers 50 repeats of one key over two processes with one event', async () => {
    const bedId = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => start(bedId, { idempotencyKey: 'k' }, n % 2 ? one : two)),
    );
    expect(new Set(answers.map(({ id, position }) => `${id}/${position}`)).size).toBe(1);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    await expect(start(randomUUID(), { idempotencyKey: 'k' })).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', status: 422 });
  });

  it('gives one bed once to 50 racing commands over two processes, and again when it is left', async () => {
    const bedId = randomUUID();
    const race = () => Promise.allSettled(Array.from({ length: 50 }, (_, n) => start(bedId, {}, n % 2 ? one : two)));
    const answers = await race();
    const won = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    expect(won).toHaveLength(1);
    for (const answer of answers) if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'STY-2' });
    await expect(start(bedId)).rejects.toMatchObject({ code: 'STY-2' });
    await one.pipeline.execute(request(EndStay, {}, { id: won[0]!.id }));
    await start(bedId, {}, two);
  });

  it('checks If-Match before it decides', async () => {
    const { id } = await start(randomUUID());
    await one.pipeline.execute(request(EndStay, {}, { id }));
    await expect(one.pipeline.execute(request(LastStay, { nights: 1 }, { id, ifMatch: 0 }))).rejects.toBeInstanceOf(WrongRevision);
    await expect(one.pipeline.execute(request(LastStay, { nights: 1 }, { id }))).rejects.toMatchObject({ code: 'STATE' });
  });

  it('decides on what it remembers only where an append proves that nothing has changed', async () => {
    const begun = await start(randomUUID());
    const { id } = begun;
    const last = (nights: number, by: typeof one, change: Partial<CommandRequest> = {}) =>
      by.pipeline.execute(request(LastStay, { nights }, { id, ...change }));
    const first = await last(1, one, { idempotencyKey: 'first' });
    expect(first).toMatchObject({ revision: 1 });
    // The other process goes on; this one remembers revision 1.
    expect(await last(2, two)).toMatchObject({ revision: 2 });
    expect(await last(0, one)).toMatchObject({ revision: 2, events: [] });
    expect(await last(3, two)).toMatchObject({ revision: 3 });
    await expect(last(1, one, { ifMatch: 2 })).rejects.toMatchObject({ actual: 3 });
    expect(await last(1, two)).toMatchObject({ revision: 4 });
    expect(await last(1, one, { ifMatch: 4 })).toMatchObject({ revision: 5 });
    expect(await last(1, one, { idempotencyKey: 'first' })).toMatchObject({ revision: 1, replayed: true });
    await two.pipeline.execute(request(EndStay, {}, { id }));
    await expect(last(1, one)).rejects.toMatchObject({ code: 'STATE' });
    const events = (await stores[0]!.readStreams([{ stream: `stay-${id}` }])).get(`stay-${id}`)!;
    events.slice(1).forEach((event, before) => expect(metadataOf(event).prev).toBe(leafHash(`stay-${id}`, before, events[before]!)));
  });

  it('reads nothing of the log to change what it remembers', async () => {
    const { id } = await start(randomUUID());
    let reads = 0;
    const counting = new Proxy(stores[0]!, {
      get: (store, name) => {
        if (name === 'readStreams') reads += 1;
        const value: unknown = Reflect.get(store, name);
        return typeof value === 'function' ? (value as () => unknown).bind(store) : value;
      },
    });
    const { pipeline } = pipelineOn(counting);
    for (let n = 1; n <= 4; n++) expect(await pipeline.execute(request(LastStay, { nights: 1 }, { id }))).toMatchObject({ revision: n });
    expect(reads).toBe(1);
  });

  it('answers for another organisation as for nothing at all', async () => {
    const { id } = await start(randomUUID());
    const stranger = { ...actor, organizationId: randomUUID() };
    for (const unknown of [id, randomUUID()]) {
      await expect(one.pipeline.execute(request(EndStay, {}, { id: unknown, actor: stranger }))).rejects.toMatchObject({ code: 'NOT_FOUND', status: 404 });
    }
  });

  it('recovers a claim whose command died before its event, and the claimant can no longer append', async () => {
    const bedId = randomUUID();
    const store = stores[0]!;
    const dying = pipelineOn(diesAppending(store, 'stay-'));
    await expect(dying.pipeline.execute(request(StartStay, { bedId }, { idempotencyKey: bedId }))).rejects.toThrow('died');
    await expect(start(bedId)).rejects.toMatchObject({ code: 'STY-2' });
    const place = { organizationId, register: 'bed', owner: bedId };
    const [claim] = await one.registers.openClaims(organizationId, 'bed', bedId);
    expect(await Promise.all([one.recovery.settle(claim!, place, now), two.recovery.settle(claim!, place, now)])).toEqual(['abandoned', 'abandoned']);
    const frozen = { id: randomUUID(), type: 'StayStarted', data: Buffer.from('{}'), metadata: Buffer.from('{}') };
    await expect(store.append(claim!.target, 'no-stream', [frozen])).rejects.toBeInstanceOf(WrongRevision);
    const missing = claim!.target.slice('stay-'.length);
    await expect(one.pipeline.execute(request(EndStay, {}, { id: missing }))).rejects.toMatchObject({ status: 404 });
    expect(await start(bedId, { idempotencyKey: bedId })).toMatchObject({ replayed: false });
  });

  it('recovers a claim whose command died after its event', async () => {
    const bedId = randomUUID();
    const { id } = await start(bedId);
    const dying = pipelineOn(diesSettling(stores[0]!));
    await expect(dying.pipeline.execute(request(EndStay, {}, { id }))).rejects.toThrow('died');
    await expect(start(bedId)).rejects.toMatchObject({ code: 'STY-2' });
    expect(await one.recovery.settleAll({ organizationId, register: 'bed', owner: bedId }, now)).toBe(1);
    expect(await start(bedId)).toMatchObject({ revision: 0 });
  });
});

/** A store whose process dies instead of appending to these streams. */
function diesAppending(store: EventStore, prefix: string): EventStore {
  return interposed(store, (stream) => stream.startsWith(prefix));
}
/** A store whose process dies instead of settling. */
function diesSettling(store: EventStore): EventStore {
  return interposed(store, (_, type) => type === 'RegisterSettled');
}
function interposed(store: EventStore, dies: (stream: string, type: string) => boolean): EventStore {
  return Object.assign(Object.create(store) as EventStore, {
    append: (...[stream, expected, events]: Parameters<EventStore['append']>) =>
      dies(stream, events[0]!.type) ? Promise.reject(new Error('died')) : store.append(stream, expected, events),
    readStreams: (reads: Parameters<EventStore['readStreams']>[0]) => store.readStreams(reads),
  });
}
