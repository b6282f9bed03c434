import pg from 'pg';
import { ProjectionEngine } from '../../projections/engine/engine.js';
import { ReadPosition } from '../../projections/engine/read-position.js';
import { handWritten, views } from '../../projections/index.js';
import type { Core } from '../../src/assembly/core.js';
import { processesOf } from '../../src/assembly/processes.js';
import { applyToRegister, certainEntries, emptyRegister, openClaims, type Register, type RegisterEvent } from '../../src/commands/register.js';
import { entities } from '../../src/domain/index.js';
import { jsonOf } from '../../src/event-store/metadata.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres-event-store.js';
import { Catalogue } from '../../src/kernel/catalogue.js';
import { EventCodec } from '../../src/privacy/event-codec.js';
import { Keyring } from '../../src/privacy/keyring.js';
import { ProcessDeadlines } from '../../src/processes/engine/deadlines.js';
import { ProcessWatch } from '../../src/processes/engine/process-watch.js';
import { TEST_MASTER_KEY, type TestDatabases } from '../support/databases.js';
import { accountsOf, bedViolations, chainViolations, chargeViolations, consequenceViolations, heldBy, heldText, staysOf, type Told } from './log-story.js';
import { FIRST_DAY } from './house.js';

const catalogue = new Catalogue(entities);
const PATIENCE_MS = 200_000;

/** A command that was answered: where its event must stand. */
export interface Answered {
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
}

/** A log that is no table: how it is read through its port, and as it lies there, with its events numbered from 1. */
export interface OtherLog {
  readonly store: EventStore;
  told(): Told[];
}

/**
 * Says what is wrong with an installation, from outside: the log is read as it lies in its table, and what should be is
 * reckoned from it without the product's own folding.
 */
export class Oracle {
  /** London's day by the product's clock: the weeks up to it are charged. */
  today = FIRST_DAY;
  private told: Told[] = [];

  private constructor(
    private readonly admin: pg.Pool,
    private readonly app: pg.Pool,
    private readonly store: EventStore,
    private readonly keyring: Keyring,
    private readonly engine: ProjectionEngine,
    private readonly reads: ReadPosition,
    private readonly watch: ProcessWatch,
    private readonly other: OtherLog | undefined,
  ) {}

  /**
   * @param databases of an installation that has been started once.
   * @param other its log, where that does not lie in them; its store is closed with the oracle.
   */
  static async open({ urls, adminUrl }: TestDatabases, other?: OtherLog): Promise<Oracle> {
    const pool = (connectionString: string): pg.Pool => {
      const made = new pg.Pool({ connectionString, max: 3 });
      made.on('error', () => undefined);
      return made;
    };
    const [admin, app] = [pool(adminUrl), pool(urls.app)];
    const store = other?.store ?? (await PostgresEventStore.open({ connectionString: urls.app }));
    const keyring = await Keyring.open({ connectionString: urls.keyring, masterKey: TEST_MASTER_KEY });
    const codec = new EventCodec(catalogue, keyring);
    const engine = new ProjectionEngine({ catalogue, store, codec, handWritten: handWritten(catalogue), views, connectionString: urls.projector });
    const reads = await new ReadPosition(urls.app).open();
    const watch = new ProcessWatch(urls.app, processesOf({ catalogue, keyring, pool: app } as unknown as Core).map(({ name }) => name));
    watch.start();
    return new Oracle(admin, app, store, keyring, engine, reads, watch, other);
  }

  async close(): Promise<void> {
    await this.watch.close();
    await this.reads.close();
    await this.engine.stop();
    await this.store.close();
    await this.keyring.close();
    await Promise.all([this.app.end(), this.admin.end()]);
  }

  head(): Promise<number> {
    return this.store.head();
  }

  /** The events after a position; the log is append-only, so what was read stays. */
  async events(after = 0): Promise<Told[]> {
    if (this.other) return this.other.told().filter(({ position }) => position > after);
    const { rows } = await this.admin.query<Omit<Told, 'bytes' | 'data' | 'metadata'> & { data: Buffer; metadata: Buffer }>(
      'select position::float8 as position, stream, revision, id, type, data, metadata from log.events where position > $1 order by position',
      [this.told.at(-1)?.position ?? 0],
    );
    for (const { data, metadata, ...row } of rows) {
      this.told.push({ ...row, bytes: { data, metadata }, data: jsonOf(data), metadata: jsonOf(metadata) as Record<string, string> });
    }
    return this.told.filter(({ position }) => position > after);
  }

  /** Resolves when the processes and the read tables have done all that there is to do. @throws where they do not. */
  async quiesce(): Promise<void> {
    // Not the end of the day: in summer London's next day begins before it, with what is due then.
    const now = `${this.today}T12:00:00.000Z`;
    if (!(await new ProcessDeadlines(this.app, this.store, this.watch, PATIENCE_MS).settle(now))) throw new Error('The processes do not get on.');
    if (!(await this.reads.waitFor(await this.store.head(), PATIENCE_MS))) throw new Error('The read tables do not get on.');
  }

  /** Resolves when every claim's outcome is known. @throws where recovery leaves one. */
  async claimsSettled(): Promise<void> {
    const stop = AbortSignal.timeout(PATIENCE_MS);
    if ((await this.pending()).length === 0) return;
    for await (const item of this.store.subscribeAll(await this.store.head(), stop)) {
      if ((item.kind === 'mark' || item.stream.startsWith('register-')) && (await this.pending()).length === 0) return;
    }
    throw new Error(`Claims are left whose outcome nobody settles: ${JSON.stringify(await this.pending())}`);
  }

  private async pending(): Promise<unknown[]> {
    return [...registersOf(await this.events()).values()].flatMap(openClaims);
  }

  /** What is wrong with log, registers and read tables; call it when all is quiet. */
  async violations(answered: readonly Answered[] = []): Promise<string[]> {
    const events = await this.events();
    const stays = staysOf(events);
    const { accounts, wrong } = accountsOf(events);
    return [
      ...chainViolations(events),
      ...answerViolations(events, answered),
      ...bedViolations(events, stays, this.today),
      ...registerViolations(events, heldBy(stays)),
      ...consequenceViolations(events),
      ...wrong,
      ...chargeViolations(stays, accounts, this.today),
      ...(await this.tableViolations(events)),
    ];
  }

  /** `projections verify`: folds every stream again and compares every row (I4). @returns what differs. */
  verify(): Promise<string[]> {
    return this.engine.verify('all') as Promise<string[]>;
  }

  private async tableViolations(events: readonly Told[]): Promise<string[]> {
    const stays = staysOf(events);
    const { accounts } = accountsOf(events);
    const wrong: string[] = [];
    const rows = async (query: string): Promise<Record<string, string>[]> => (await this.admin.query<Record<string, string>>(query)).rows;
    const same = (what: string, is: unknown, should: unknown): void => {
      if (JSON.stringify(is) !== JSON.stringify(should)) wrong.push(`${what}: ${JSON.stringify(is)}, and should be ${JSON.stringify(should)}`);
    };
    const balances = await rows(`select a.id, a.balance_pence::text as balance,
      (select coalesce(sum(amount_pence), 0)::text from read.rent_ledger l where l.rent_account_id = a.id) as ledger,
      (select coalesce(sum(amount_pence), 0)::text from read.rent_payments p where p.rent_account_id = a.id) as charged,
      (select coalesce(sum(amount_pence) filter (where reversed_on is null), 0)::text from read.rent_receipts r where r.rent_account_id = a.id) as paid
      from read.rent_accounts a`);
    same('rent accounts', balances.map(({ id }) => id).sort(), [...accounts.keys()].sort());
    for (const { id, balance, ledger, charged, paid } of balances) {
      same(`balance of ${id}`, [balance, ledger, String(Number(charged) - Number(paid))], Array(3).fill(String(accounts.get(id!)?.balancePence)));
    }
    const active = [...stays].filter(([, { ended }]) => !ended);
    same('placements', (await rows('select id from read.placements')).map(({ id }) => id).sort(), [...stays.keys()].sort());
    same('active placements', (await rows(`select id from read.placements where status = 'active'`)).map(({ id }) => id).sort(), active.map(([id]) => id).sort());
    const [units] = await rows('select coalesce(sum(occupied_units), 0)::text as occupied from read.properties');
    same('occupied beds', Number(units!['occupied']), active.length);
    const incidents = events.filter(({ type }) => type === 'IncidentLogged').map(({ stream }) => stream.slice(stream.indexOf('-') + 1));
    same('incidents', (await rows('select id from read.incidents')).map(({ id }) => id).sort(), incidents.sort());
    same('parked streams of processes', await rows('select * from app.process_parked'), []);
    same('parked streams of projections', await rows('select * from read.parked_streams'), []);
    // I8: a row's organisation is its event's; there is one that has placements.
    const organisations = [...new Set(events.filter(({ type }) => type.startsWith('Placement')).map(({ metadata }) => metadata['organizationId']))].sort();
    same('organisations', (await rows('select distinct organization_id::text as id from read.placements')).map(({ id }) => id).sort(), organisations);
    return wrong;
  }
}

/** I1, I2: what was answered stands where the answer said, each in an event of its own, and in one command's append. */
function answerViolations(events: readonly Told[], answered: readonly Answered[]): string[] {
  const at = new Map(events.map((event) => [`${event.stream} ${event.revision}`, event]));
  const streams = new Map<string, string>();
  const wrong: string[] = [];
  for (const { stream, metadata, type } of events) {
    if (type.startsWith('Register') || type === 'CommandAbandoned') continue;
    const other = streams.get(metadata['commandId']!);
    if (other !== undefined && other !== stream) wrong.push(`command ${metadata['commandId']} is in ${other} and in ${stream}`);
    streams.set(metadata['commandId']!, stream);
  }
  const seen = new Set<string>();
  for (const { stream, revision, type } of answered) {
    const place = `${stream} ${revision}`;
    if (at.get(place)?.type !== type) wrong.push(`${place} is ${at.get(place)?.type ?? 'nothing'}, and was answered as ${type}`);
    if (seen.has(place)) wrong.push(`${place} was answered to two commands`);
    seen.add(place);
  }
  // Whoever was not answered that it was recorded was answered otherwise in the end: nothing else may have appeared.
  if (answered.length > 0) {
    const recorded = events.filter(({ metadata, type, revision, stream }) =>
      metadata['actorRole'] !== 'system' && answered.some((one) => one.type === type) && !seen.has(`${stream} ${revision}`));
    for (const { stream, revision, type } of recorded) wrong.push(`${type} at ${stream} ${revision} was answered to nobody`);
  }
  return wrong;
}

function registersOf(events: readonly Told[]): Map<string, Register> {
  const registers = new Map<string, Register>();
  for (const { stream, type, data } of events) {
    if (!stream.startsWith('register-')) continue;
    registers.set(stream, applyToRegister(registers.get(stream) ?? emptyRegister, { ...data, type } as unknown as RegisterEvent));
  }
  return registers;
}

/** What placements hold in the registers is what the log says: no bed is lost, none is given twice. */
function registerViolations(events: readonly Told[], should: readonly string[]): string[] {
  const held = [...registersOf(events).values()].flatMap(certainEntries).filter(({ kind, register }) => kind === 'placement' && (register === 'property' || register === 'resident'));
  const is = held.map(({ target, ...entry }) => heldText(target, entry)).sort();
  return [
    ...is.filter((one) => !should.includes(one)).map((one) => `held and by nobody: ${one}`),
    ...should.filter((one) => !is.includes(one)).map((one) => `not held: ${one}`),
  ];
}
