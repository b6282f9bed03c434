import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { ProjectionEngine } from '../../projections/engine/engine.js';
import { ReadPosition } from '../../projections/engine/read-position.js';
import { handWritten } from '../../projections/index.js';
import { moneyViews } from '../../projections/money/views.js';
import { CommandPipeline } from '../../src/commands/pipeline.js';
import { References } from '../../src/commands/references.js';
import { Registers } from '../../src/commands/registers.js';
import type { Acknowledgement } from '../../src/commands/request.js';
import { Streams } from '../../src/commands/streams.js';
import { entities } from '../../src/domain/index.js';
import { SetRentSchedule } from '../../src/domain/money/rent-account/charging-commands.js';
import { AdjustCharge, RecordPayment, ReversePayment } from '../../src/domain/money/rent-account/rent-account-commands.js';
import { rentAccountOf, type RentAccount } from '../../src/domain/money/rent-account/rent-account.js';
import { ResidentRegistered } from '../../src/domain/people/resident/resident-events.js';
import { Resident } from '../../src/domain/people/resident/resident.js';
import { Property, PropertyRegistered } from '../../src/domain/property/property/property.js';
import { Room, RoomAdded } from '../../src/domain/property/room/room.js';
import { Agreement, AgreementDrafted } from '../../src/domain/tenancy/agreement/agreement.js';
import { Placement, PlacementEnded, PlacementStarted } from '../../src/domain/tenancy/placement/placement.js';
import type { RecordedEvent } from '../../src/event-store/event-store.js';
import { metadataOf, jsonBytes } from '../../src/event-store/metadata.js';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres-event-store.js';
import { Catalogue } from '../../src/kernel/catalogue.js';
import type { DomainCommand } from '../../src/kernel/command.js';
import { entityOf } from '../../src/kernel/entity.js';
import type { Refusal } from '../../src/kernel/rules.js';
import { startOfLondonDay, uuidOf } from '../../src/kernel/values.js';
import { MovableClock } from '../../src/platform/movable-clock.js';
import { EventCodec } from '../../src/privacy/event-codec.js';
import { Keyring } from '../../src/privacy/keyring.js';
import { ProcessDeadlines } from '../../src/processes/engine/deadlines.js';
import { ProcessRunner } from '../../src/processes/engine/process-runner.js';
import { ProcessWatch } from '../../src/processes/engine/process-watch.js';
import { rentCharging } from '../../src/processes/rent-charging.js';
import { TEST_MASTER_KEY, testDatabases, type TestDatabases } from '../support/databases.js';
import { LICENCE } from '../support/rent-world.js';

const organizationId = uuidOf('organisation');
const [residentId, agreementId, propertyId, roomId] = ['jordan', 'agreement', 'house', 'room'].map((name) => uuidOf(name)) as [string, string, string, string];
const catalogue = new Catalogue(entities);
const LONG = 60_000;

describe('rent accounts on a real log, with two workers', () => {
  let databases: TestDatabases;
  let store: PostgresEventStore;
  let keyring: Keyring;
  let codec: EventCodec;
  let clock: MovableClock;
  let pipeline: CommandPipeline;
  let streams: Streams;
  let engine: ProjectionEngine;
  let reads: ReadPosition;
  let watch: ProcessWatch;
  let pool: pg.Pool;
  let admin: pg.Pool;
  const runners: ProcessRunner[] = [];

  beforeAll(async () => {
    databases = await testDatabases();
    const connectionString = databases.urls.app;
    store = await PostgresEventStore.open({ connectionString });
    keyring = await Keyring.open({ connectionString: databases.urls.keyring, masterKey: TEST_MASTER_KEY });
    codec = new EventCodec(catalogue, keyring);
    clock = await MovableClock.open({ connectionString, store, start: '2026-09-02T08:00:00Z' });
    pool = new pg.Pool({ connectionString, max: 3 });
    admin = new pg.Pool({ connectionString: databases.adminUrl, max: 2 });
    streams = new Streams(store, codec);
    const references = new References(pool);
    pipeline = new CommandPipeline({
      catalogue, store, codec, registers: new Registers(store, {}), clock, serverKey: Buffer.alloc(32, 1),
      facts: () => Promise.resolve([]),
      reference: (entity, organization, now) => references.next(entity, organization, now),
    });
    engine = new ProjectionEngine({ catalogue, store, codec, handWritten: handWritten(catalogue), views: moneyViews, connectionString: databases.urls.projector });
    await engine.start();
    reads = await new ReadPosition(connectionString).open();
    watch = new ProcessWatch(connectionString, [rentCharging.name]);
    watch.start();
    work();
    await happen(Resident, residentId, ResidentRegistered.of({ firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' }));
    await happen(Property, propertyId, PropertyRegistered.of({ name: 'House', propertyType: 'house', totalUnits: 1, address: { line1: '1 Mare Street', town: 'London', postcode: 'E8 3RH' } }));
    await happen(Room, roomId, RoomAdded.of({ propertyId, roomNumber: 'R04', roomType: 'single', capacity: 1, availableFrom: '2026-08-01' }));
    await happen(Agreement, agreementId, AgreementDrafted.of({ residentId, propertyId, roomId, agreementType: 'license', startDate: '2026-09-02', weeklyCharges: LICENCE }));
  }, LONG);
  afterAll(async () => {
    await Promise.all(runners.map((runner) => runner.stop()));
    await engine.stop();
    await reads.close();
    await watch.close();
    await clock.close();
    await store.close();
    await keyring.close();
    await pool.end();
    await admin.end();
    await databases.drop();
  }, LONG);

  function work(): void {
    for (let worker = 0; worker < 2; worker++) {
      const runner = new ProcessRunner({ catalogue, store, codec, pipeline, clock, connectionString: databases.urls.app, processes: [rentCharging], lease: { retryMs: 25, graceMs: 2_000 } });
      runners.push(runner);
      runner.start();
    }
  }

  const recorded = async (stream: string): Promise<RecordedEvent[]> => (await store.readStreams([{ stream }])).get(stream) ?? [];

  async function happen(entity: new () => object, id: string, event: object): Promise<void> {
    const stream = `${entityOf(entity).options.category}-${id}`;
    const eventId = randomUUID();
    const declaration = catalogue.eventOf(event.constructor as never)!;
    const { type, data } = await codec.encode(event as never, declaration, { organizationId, entityId: id, eventId });
    const metadata = jsonBytes({
      schemaVersion: 1, recordedAt: await clock.now(), effectiveDate: '2026-09-02', organizationId, actorId: uuidOf('worker'), actorRole: 'manager',
      source: 'api', commandId: randomUUID(), correlationId: randomUUID(), causationId: randomUUID(),
    });
    const last = (await recorded(stream)).at(-1);
    await store.append(stream, last ? last.revision : 'no-stream', [{ id: eventId, type, data, metadata }]);
  }
  const begin = async (name: string, on: string): Promise<string> => {
    const placementId = uuidOf('placement', name);
    await happen(Placement, placementId, PlacementStarted.of({ moveId: uuidOf('move', name), residentId, propertyId, roomId, agreementId, on, weeklyCharges: LICENCE }));
    return rentAccountOf(placementId);
  };
  const at = async (date: string): Promise<void> => {
    await clock.moveTo(startOfLondonDay(date), new ProcessDeadlines(pool, store, watch));
  };
  const ask = <C extends DomainCommand<RentAccount>>(Command: new () => C, id: string, body: Partial<Omit<C, 'decide'>>): Promise<Acknowledgement> =>
    pipeline.execute({
      declaration: catalogue.command(Command.name)!,
      id,
      command: Object.assign(new Command(), body),
      body,
      actor: { id: uuidOf('femi'), role: 'finance', organizationId, permissions: new Set(['rent_accounts:*']) },
      source: 'api', correlationId: randomUUID(), route: Command.name,
    });
  const settled = async (): Promise<void> => {
    expect(await new ProcessDeadlines(pool, store, watch).settle(await clock.now())).toBe(true);
    expect((await admin.query('select * from app.process_parked')).rows).toEqual([]);
    expect(await reads.waitFor(await store.head(), 90_000)).toBe(true);
  };
  const accountNow = async (id: string): Promise<RentAccount> =>
    (await streams.load(catalogue.entity('rent_accounts')!, id, organizationId)).state as RentAccount;
  const rows = async (table: string, id: string): Promise<Record<string, unknown>[]> =>
    (await admin.query<Record<string, unknown>>(`select * from read."${table}" where ${table === 'rent_accounts' ? 'id' : 'rent_account_id'} = $1 ${table === 'rent_accounts' ? '' : 'order by ordinal'}`, [id])).rows;

  it('charges every week once, whoever works, and shows what is overdue today', async () => {
    const id = await begin('jordan', '2026-09-02');
    await settled();
    const [payment] = await rows('rent_payments', id);
    expect(payment).toMatchObject({ amount: '191.61', payment_status: 'pending', days_overdue: 0, outstanding_balance: '191.61', payment_period: 'weekly', allocation: [] });
    await at('2026-09-16');
    runners[0]!.stop().catch(() => undefined);
    await at('2026-10-07');
    await settled();
    const all = await rows('rent_payments', id);
    expect(all.map(({ amount }) => amount)).toEqual(['191.61', '268.25', '268.25', '268.25', '268.25', '268.25']);
    expect(all.map(({ payment_status, days_overdue }) => [payment_status, days_overdue]).slice(0, 2)).toEqual([['overdue', 35], ['overdue', 30]]);
    expect((await rows('rent_accounts', id))[0]).toMatchObject({
      reference: 'RNT-000001', status: 'active', balance: '1532.86', collectable: '1532.86', anticipated_hb: '0.00', weekly_total: '268.25', weekly_core: '182.40',
    });
    expect((await rows('rent_ledger', id)).map(({ balance }) => balance)).toEqual(['191.61', '459.86', '728.11', '996.36', '1264.61', '1532.86']);
  }, LONG);

  it('keeps personal words of payments from everybody, and finds a payment again all the same (RNT-5)', async () => {
    const id = await begin('kim', '2026-09-28');
    await settled();
    const payment = { amountPence: 10_000, method: 'bank_transfer', on: '2026-10-01', externalRef: 'SMITH J RENT' } as const;
    const { events } = await ask(RecordPayment, id, payment);
    expect(events).toHaveLength(1);
    await expect(ask(RecordPayment, id, payment)).rejects.toMatchObject({ code: 'RNT-5', status: 409 } satisfies Partial<Refusal>);
    const stored = await recorded(`rentAccount-${id}`);
    expect(stored.map(({ data }) => Buffer.from(data).toString()).join()).not.toContain('SMITH');
    await settled();
    const [receipt] = await rows('rent_receipts', id);
    expect(receipt).toMatchObject({ external_ref: 'SMITH J RENT', amount: '100.00', allocated: '100.00', unallocated: '0.00', payer: 'resident' });
    expect((await rows('rent_payments', id))[0]).toMatchObject({ allocation: [{ receiptId: receipt!['id'], amountPence: 7_850, payer: 'resident', components: { ineligibleServicePence: 2_150 } }] });
    await ask(ReversePayment, id, { receiptId: String(receipt!['id']), reason: 'It was somebody else\'s.' });
    await settled();
    expect(await rows('rent_allocations', id)).toEqual([]);
    expect((await rows('rent_receipts', id))[0]).toMatchObject({ reversed_on: expect.anything(), reversal_reason: 'It was somebody else\'s.' });
  }, LONG);

  it('shows a price from its day on, and adjusts and reprices what is charged', async () => {
    const id = await begin('lee', '2026-10-05');
    await settled();
    await ask(SetRentSchedule, id, { from: '2026-10-12', weeklyCharges: { ...LICENCE, corePence: 20_000 } });
    await settled();
    expect((await rows('rent_accounts', id))[0]).toMatchObject({ weekly_core: '182.40' });
    await at('2026-10-12');
    await settled();
    expect((await rows('rent_accounts', id))[0]).toMatchObject({ weekly_core: '200.00', weekly_total_pence: '28585' });
    const { payments } = await accountNow(id);
    await ask(AdjustCharge, id, { chargeId: payments[1]!.id, delta: { corePence: -5_000 }, reason: 'No hot water.' });
    await happen(Placement, uuidOf('placement', 'lee'), PlacementEnded.of({ moveId: uuidOf('out'), residentId, propertyId, roomId, on: '2026-10-12', terminationType: 'planned_move_on', agreementId } as never));
    await settled();
    expect((await rows('rent_payments', id)).map(({ amount, payment_status }) => [amount, payment_status])).toEqual([['268.25', 'overdue'], ['0.00', 'cancelled']]);
    expect((await rows('rent_accounts', id))[0]).toMatchObject({ status: 'former', balance: '268.25' });
  }, LONG);

  it('comes out the same from the rows as from the log, and no command did anything twice', async () => {
    expect(await engine.verify()).toEqual([]);
    for (const name of ['jordan', 'kim', 'lee']) {
      const id = rentAccountOf(uuidOf('placement', name));
      const { balancePence } = await accountNow(id);
      expect(Number((await rows('rent_accounts', id))[0]!['balance_pence'])).toBe(balancePence);
      expect((await rows('rent_ledger', id)).reduce((sum, { amount_pence }) => sum + Number(amount_pence), 0)).toBe(balancePence);
    }
    const events = await recorded(`rentAccount-${rentAccountOf(uuidOf('placement', 'jordan'))}`);
    const commands = events.map((event) => metadataOf(event)).map(({ command, causationId }) => `${command} ${causationId}`);
    // The schedule and the first charge are of one command; everything else is of its own.
    expect(new Set(commands).size).toBe(events.length - 1);
  }, LONG);
});
