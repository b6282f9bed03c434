import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { CommandPipeline } from '../../src/commands/pipeline.js';
import { ClaimRecovery } from '../../src/commands/recovery.js';
import { Registers } from '../../src/commands/registers.js';
import { Streams } from '../../src/commands/streams.js';
import type { EventStore, RecordedEvent } from '../../src/event-store/event-store.js';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres-event-store.js';
import { Catalogue } from '../../src/kernel/catalogue.js';
import { CommandOf, DomainCommand } from '../../src/kernel/command.js';
import { Entity, State, type RegisterEntry } from '../../src/kernel/entity.js';
import { DomainEvent, EventOf } from '../../src/kernel/event.js';
import { Flag, Text } from '../../src/kernel/fields.js';
import { open, pseudonymous } from '../../src/kernel/privacy.js';
import { Refusal } from '../../src/kernel/rules.js';
import { OpenClaims } from '../../src/processes/claim-recovery.js';
import { ClearCodec } from '../support/clear-codec.js';
import { testDatabases, type TestDatabases } from '../support/databases.js';

@Entity('cups', 'A cup on a hook.', { category: 'cup' })
class Cup extends State {
  @Text(pseudonymous, { max: 36 }) hookId!: string;
  @Flag(open) hangs!: boolean;
  holds(): RegisterEntry[] {
    const entry = { kind: 'cup', key: this.hookId };
    return this.hangs ? [{ register: 'hook', owner: this.hookId, ...entry }, { register: 'wall', owner: this.hookId, ...entry }] : [];
  }
}
@EventOf(Cup, 'CupHung', 1)
class CupHung extends DomainEvent<Cup> {
  @Text(pseudonymous, { max: 36 }) hookId!: string;
  apply(cup: Cup): void {
    Object.assign(cup, { hookId: this.hookId, hangs: true });
  }
}
@EventOf(Cup, 'CupTaken', 1)
class CupTaken extends DomainEvent<Cup> {
  apply(cup: Cup): void {
    cup.hangs = false;
  }
}
@CommandOf(Cup, { permission: 'cups:hang', doc: 'Hang', creates: true, plain: true })
class HangCup extends DomainCommand<Cup> {
  @Text(pseudonymous, { max: 36 }) hookId!: string;
  decide() {
    return CupHung.of({ hookId: this.hookId });
  }
}
@CommandOf(Cup, { permission: 'cups:take', doc: 'Take' })
class TakeCup extends DomainCommand<Cup> {
  decide() {
    return CupTaken.of({});
  }
}

const catalogue = new Catalogue([Cup]);
const organizationId = randomUUID();
const actor = { id: randomUUID(), role: 'manager', organizationId, permissions: new Set(['*:*']) };
const clock = { now: () => Promise.resolve('2026-09-02T08:00:00.000Z') };

describe('the recovery of claims', () => {
  let databases: TestDatabases;
  let store: PostgresEventStore;
  let pool: pg.Pool;

  beforeAll(async () => {
    databases = await testDatabases();
    store = await PostgresEventStore.open({ connectionString: databases.urls.app });
    pool = new pg.Pool({ connectionString: databases.urls.app, max: 1 });
  });
  afterAll(async () => {
    await pool.end();
    await store.close();
    await databases.drop();
  });

  function kitchen(over: EventStore = store) {
    const codec = new ClearCodec(catalogue);
    const registers = new Registers(over, {
      hook: (possible) => {
        if (possible.length > 1) throw new Refusal('CUP-1', 'A hook holds one cup.', { status: 409 });
      },
    });
    const pipeline = new CommandPipeline({
      catalogue, store: over, codec, registers, clock, serverKey: Buffer.alloc(32, 1), facts: () => Promise.resolve([]), reference: () => Promise.resolve(''),
    });
    const recovery = new ClaimRecovery(catalogue, over, new Streams(over, codec), registers);
    const execute = (Command: new () => DomainCommand<Cup>, body: object, id?: string) =>
      pipeline.execute({
        declaration: catalogue.command(Command.name)!, command: Object.assign(new Command(), body), body, actor,
        source: 'api', correlationId: randomUUID(), route: Command.name, ...(id ? { id } : {}),
      });
    return { execute, registers, recovery };
  }
  const openClaims = (graceMs: number, report = (_: string, error: unknown): void => void expect(error).toBeUndefined()) =>
    new OpenClaims({ store, ...kitchen(), clock, connectionString: databases.urls.app, graceMs, report });
  /** Resolves with the next such event after a position. */
  async function next(type: string, after: number): Promise<RecordedEvent> {
    const found = new AbortController();
    for await (const item of store.subscribeAll(after, found.signal)) if (item.kind === 'event' && item.type === type) return item;
    throw new Error('The log ended.');
  }
  async function during<T>(claims: OpenClaims, work: () => Promise<T>): Promise<T> {
    const stop = new AbortController();
    const running = claims.run(stop.signal);
    try {
      return await work();
    } finally {
      stop.abort();
      await running;
    }
  }
  /** Asks the database again and again: it has nothing to tell of by itself. */
  async function until(holds: () => Promise<boolean>): Promise<void> {
    while (!(await holds()));
  }
  const rows = async () => (await pool.query<{ owner: string }>('select owner from app.open_claims')).rows.map(({ owner }) => owner);

  it('frees a hook whose cup never came, and one whose cup was taken unheard', async () => {
    const [never, unheard] = [randomUUID(), randomUUID()];
    const { execute } = kitchen();
    const hung = await execute(HangCup, { hookId: unheard });
    await expect(kitchen(dying((stream) => stream.startsWith('cup-'))).execute(HangCup, { hookId: never })).rejects.toThrow('died');
    await expect(kitchen(dying((_, type) => type === 'RegisterSettled')).execute(TakeCup, {}, hung.id)).rejects.toThrow('died');
    for (const hookId of [never, unheard]) await expect(execute(HangCup, { hookId })).rejects.toMatchObject({ code: 'CUP-1' });
    const before = await store.head();
    await during(openClaims(30), async () => {
      const first = await next('RegisterSettled', before);
      await next('RegisterSettled', first.position);
      await until(async () => (await rows()).length === 0);
    });
    for (const hookId of [never, unheard]) expect(await execute(HangCup, { hookId })).toMatchObject({ revision: 0 });
  });

  it('leaves a claim alone until it is old, and remembers it over a restart', async () => {
    const hookId = randomUUID();
    await expect(kitchen(dying((stream) => stream.startsWith('cup-'))).execute(HangCup, { hookId })).rejects.toThrow('died');
    const end = await store.head();
    await kitchen().execute(HangCup, { hookId: randomUUID() });
    await during(openClaims(60_000), () => until(async () => (await rows()).length > 0));
    const { registers } = kitchen();
    const left = () => Promise.all(['hook', 'wall'].map(async (register) => (await registers.openClaims(organizationId, register, hookId)).length));
    expect([await rows(), await left()]).toEqual([[hookId, hookId], [1, 1]]);
    await during(openClaims(1), async () => {
      await next('CommandAbandoned', end);
      await until(async () => (await rows()).length === 0);
    });
    // Every register that the command had claimed something in, not only the last one.
    expect(await left()).toEqual([0, 0]);
    await expect(kitchen().execute(HangCup, { hookId })).resolves.toMatchObject({ revision: 0 });
  });

  /** The store, whose process dies instead of appending these. */
  function dying(dies: (stream: string, type: string) => boolean): EventStore {
    return Object.assign(Object.create(store) as EventStore, {
      append: (...[stream, expected, events]: Parameters<EventStore['append']>) =>
        dies(stream, events[0]!.type) ? Promise.reject(new Error('died')) : store.append(stream, expected, events),
      readStreams: (reads: Parameters<EventStore['readStreams']>[0]) => store.readStreams(reads),
    });
  }
});
