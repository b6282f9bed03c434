import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { CommandPipeline } from '../../src/commands/pipeline.js';
import { ClaimRecovery } from '../../src/commands/recovery.js';
import { Registers } from '../../src/commands/registers.js';
import type { CommandRequest } from '../../src/commands/request.js';
import { Streams } from '../../src/commands/streams.js';
import { OutcomeUncertain } from '../../src/event-store/errors.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres-event-store.js';
import { Catalogue } from '../../src/kernel/catalogue.js';
import { CommandOf, DomainCommand, type Context } from '../../src/kernel/command.js';
import { Entity, State, type RegisterEntry } from '../../src/kernel/entity.js';
import { DomainEvent, EventOf } from '../../src/kernel/event.js';
import { Flag, Int } from '../../src/kernel/fields.js';
import { open } from '../../src/kernel/privacy.js';
import { Refusal, rule } from '../../src/kernel/rules.js';
import { ClearCodec } from '../support/clear-codec.js';
import { testDatabases, type TestDatabases } from '../support/databases.js';

const REGISTER = 'bills';

@Entity('bills', 'Something that is numbered without a gap.', { category: 'bill' })
class Bill extends State {
  numbers: number[] = [];
  holds(): RegisterEntry[] {
    return this.numbers.map((number) => ({ register: REGISTER, owner: '2026', kind: 'number', key: String(number) }));
  }
}
@EventOf(Bill, 'BillWritten', 1)
class BillWritten extends DomainEvent<Bill> {
  @Int(open) number!: number;
  apply(bill: Bill): void {
    bill.numbers = [...bill.numbers, this.number];
  }
}
abstract class Writing extends DomainCommand<Bill> {
  @Flag(open, { optional: true }) wrong?: boolean;
  decide(_: Bill, { number }: Context) {
    const given = number(REGISTER, '2026');
    rule('BIL-0', 'a bill is right', !this.wrong, 'wrong');
    return BillWritten.of({ number: given });
  }
}
@CommandOf(Bill, { permission: 'bills:first', doc: 'Write the second, and no third' })
class WriteSecondBill extends DomainCommand<Bill> {
  decide(bill: Bill, { number }: Context) {
    rule('BIL-1', 'there are two at most', bill.numbers.length < 2);
    return BillWritten.of({ number: number(REGISTER, '2026') });
  }
}
@CommandOf(Bill, { permission: 'bills:write', doc: 'Write', creates: true, plain: true })
class WriteBill extends Writing {}
@CommandOf(Bill, { permission: 'bills:again', doc: 'Write another' })
class WriteBillAgain extends Writing {}

const catalogue = new Catalogue([Bill]);
const organizationId = randomUUID();
const actor = { id: randomUUID(), role: 'manager', organizationId, permissions: new Set(['bills:*']) };
const now = '2026-09-02T08:00:00.000Z';

/** One process: a pipeline with a store of its own. */
function processOn(store: EventStore) {
  const codec = new ClearCodec(catalogue);
  const registers = new Registers(store, {});
  const pipeline = new CommandPipeline({
    catalogue, store, codec, registers, clock: { now: () => Promise.resolve(now) }, serverKey: Buffer.alloc(32, 1),
    facts: () => Promise.resolve([]), reference: () => Promise.resolve('B'),
  });
  const recovery = new ClaimRecovery(catalogue, store, new Streams(store, codec), registers);
  const write = async (Command: new () => DomainCommand<Bill>, body: Partial<Writing> = {}, change: Partial<CommandRequest> = {}): Promise<string> =>
    (await pipeline.execute({
      declaration: catalogue.command(Command.name)!, command: Object.assign(new Command(), body), body, actor, source: 'api', correlationId: randomUUID(), route: '/bills', ...change,
    })).id;
  const numbers = async (): Promise<number[]> => (await registers.certain(organizationId, REGISTER, '2026')).map(({ key }) => Number(key)).sort((a, b) => a - b);
  const open = () => registers.openClaims(organizationId, REGISTER, '2026');
  return { write, numbers, recovery, open };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('numbers without gaps', () => {
  let databases: TestDatabases;
  const stores: PostgresEventStore[] = [];
  const start = async (): Promise<ReturnType<typeof processOn>> => {
    const store = await PostgresEventStore.open({ connectionString: databases.urls.app });
    stores.push(store);
    return processOn(store);
  };

  beforeAll(async () => {
    databases = await testDatabases();
  });
  afterAll(async () => {
    for (const store of stores) await store.close();
    await databases.drop();
  });

  it('are 1 to 50 for fifty commands that race over two processes, some of them on one stream', async () => {
    const [one, two] = [await start(), await start()];
    const shared = await one.write(WriteBill);
    const racing = upTo(49).map((index) => (index % 2 ? one : two).write(index % 5 ? WriteBill : WriteBillAgain, {}, index % 5 ? {} : { id: shared, idempotencyKey: randomUUID() }));
    await Promise.all(racing);
    expect(await one.numbers()).toEqual(upTo(50));
    expect(await two.numbers()).toEqual(upTo(50));
  });

  it('are given back by who is refused, and given to the next', async () => {
    const one = await start();
    await expect(one.write(WriteBill, { wrong: true })).rejects.toThrow(Refusal);
    await one.write(WriteBill);
    expect(await one.numbers()).toEqual(upTo(51));
  });

  it('are the same for a repeat of the command', async () => {
    const one = await start();
    const key = { idempotencyKey: randomUUID() };
    expect(await one.write(WriteBill, {}, key)).toBe(await one.write(WriteBill, {}, key));
    expect(await one.numbers()).toEqual(upTo(52));
  });

  it('go to the next where a process died between its number and its event', async () => {
    const one = await start();
    const real = await PostgresEventStore.open({ connectionString: databases.urls.app });
    stores.push(real);
    const dying = processOn({
      append: (stream: string, ...rest: [never, never]) => (stream.startsWith('bill-') ? Promise.reject(new OutcomeUncertain(stream)) : real.append(stream, ...rest)),
      readStream: real.readStream.bind(real), readStreams: real.readStreams.bind(real), head: real.head.bind(real), subscribeAll: real.subscribeAll.bind(real),
    } as unknown as EventStore);
    await expect(dying.write(WriteBill)).rejects.toThrow(OutcomeUncertain);
    await one.write(WriteBill);
    expect(await one.numbers()).toEqual([...upTo(52), 54]);
    await one.recovery.settleAll({ organizationId, register: REGISTER, owner: '2026' }, now);
    await one.write(WriteBill);
    expect(await one.numbers()).toEqual(upTo(54));
  });

  it('are free at once, and nothing is left to recover, where another was first and nothing came of it', async () => {
    const one = await start();
    const id = await one.write(WriteBill);
    const real = await PostgresEventStore.open({ connectionString: databases.urls.app });
    stores.push(real);
    let others = 1;
    const slow = processOn({
      append: async (stream: string, ...rest: [never, never]) => {
        if (stream.startsWith('bill-') && others-- > 0) await one.write(WriteSecondBill, {}, { id });
        return real.append(stream, ...rest);
      },
      readStream: real.readStream.bind(real), readStreams: real.readStreams.bind(real), head: real.head.bind(real), subscribeAll: real.subscribeAll.bind(real),
    } as unknown as EventStore);
    await expect(slow.write(WriteSecondBill, {}, { id })).rejects.toThrow(/^BIL-1/);
    expect(await one.open()).toEqual([]);
    // The other was given the one behind it; the next who asks is given what came back.
    expect(await one.numbers()).toEqual([...upTo(55), 57]);
    await one.write(WriteBill);
    expect(await one.numbers()).toEqual(upTo(57));
  });
});
