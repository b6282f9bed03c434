import pg from 'pg';
import { Refusal } from '../kernel/rules.js';
import { isInstant } from '../kernel/values.js';
import type { EventStore, Position } from '../event-store/event-store.js';
import { ownMetadataOf } from '../event-store/metadata.js';
import { realClock, type Clock } from './clock.js';
import { survivingLosses } from './lossy-connections.js';

/** What is due by the product's clock, and whether it has been worked through. */
export interface Deadlines {
  /** The first instant at which something is due, not after `through`. */
  next(through: string): Promise<string | undefined>;
  /** Waits until everything due by `now` has happened, with its consequences; false where that does not come about. */
  settle(now: string): Promise<boolean>;
}

/** What a movable clock is opened with. */
export interface MovableClockOptions {
  /** Of yuthub_app. */
  readonly connectionString: string;
  readonly store: EventStore;
  /** Where it starts on an empty installation. */
  readonly start: string;
}

/** What is due at an instant is not worked through, so the clock stays there. Answers 503. */
export class ClockHeldUp extends Error {
  override readonly name = 'ClockHeldUp';
  readonly status = 503;
  readonly code = 'CLOCK';
  constructor(readonly now: string) {
    super(`The clock stands at ${now}: what is due then has not been worked through. Is a worker running?`);
  }
}

/** Channel on which it is said that the clock was moved. */
export const CLOCK_MOVED = 'yuthub_clock';
/** Only one at a time may move it. */
const MOVING = [0x59_55_43_4c, 1];

const read = `select to_char(instant at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as now, position from app.clock`;
const set = `update app.clock set instant = greatest(instant, $1::timestamptz) returning pg_notify('${CLOCK_MOVED}', '')`;

/** A clock that stands still until it is moved: one row of the database, so that every process tells the same time. */
export class MovableClock implements Clock {
  private asking: Promise<string> | undefined;
  private moving: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly pool: pg.Pool,
    private readonly connectionString: string,
  ) {}

  /**
   * Takes the clock into use: at `start` on an empty installation, where it stood on a used one, and never before the
   * last recorded event.
   */
  static async open({ connectionString, store, start }: MovableClockOptions): Promise<MovableClock> {
    const pool = survivingLosses(new pg.Pool({ connectionString, max: 3, keepAlive: true }));
    const { rows } = await pool.query<{ now: string; position: string }>(read);
    const recorded = await lastRecorded(store, Number(rows[0]?.position ?? 0));
    await pool.query(
      `insert into app.clock (instant, active, position) values ($1, true, $2)
       on conflict (single) do update set instant = greatest(clock.instant, $3::timestamptz), active = true,
         position = greatest(clock.position, excluded.position)`,
      [recorded.at ?? start, recorded.position, recorded.at ?? null],
    );
    return new MovableClock(pool, connectionString);
  }

  /** The clock that the product of these databases goes by, for who works beside it; undefined where that is real time. */
  static async inUse(connectionString: string): Promise<MovableClock | undefined> {
    const pool = survivingLosses(new pg.Pool({ connectionString, max: 3, keepAlive: true }));
    const { rows } = await pool.query('select from app.clock where active');
    if (rows.length > 0) return new MovableClock(pool, connectionString);
    await pool.end();
    return undefined;
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  /** Who asks in the same turn is answered by one query: the clock may have been moved by any process. */
  now(): Promise<string> {
    this.asking ??= new Promise<string>((resolve, reject) => {
      setImmediate(() => {
        this.asking = undefined;
        this.read().then(resolve, reject);
      });
    });
    return this.asking;
  }

  /**
   * Moves the clock, stopping at each instant at which something is due on the way until that has happened with all its
   * consequences. Answers where it then stands. @throws Refusal CLOCK for a time that has passed; ClockHeldUp.
   */
  moveTo(instant: string, deadlines: Deadlines): Promise<string> {
    const moved = this.moving.then(() => this.alone(() => this.move(instant, deadlines)));
    this.moving = moved.catch(() => undefined);
    return moved;
  }

  private async move(instant: string, deadlines: Deadlines): Promise<string> {
    if (!isInstant(instant)) throw new Refusal('CLOCK', 'The clock is set to an instant in UTC, such as 2026-09-02T08:00:00Z.', { field: 'now' });
    const target = new Date(instant).toISOString();
    let now = await this.read();
    if (target < now) throw new Refusal('CLOCK', `The clock only moves forward, and it is ${now} already.`, { field: 'now', status: 409 });
    for (;;) {
      // What was recorded before may set timers on the way.
      if (!(await deadlines.settle(now))) throw new ClockHeldUp(now);
      if (now === target) return now;
      const next = await deadlines.next(target);
      await this.pool.query(set, [next !== undefined && next > now ? next : target]);
      now = await this.read();
    }
  }

  private async alone<T>(work: () => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: this.connectionString, keepAlive: true });
    client.on('error', () => undefined);
    await client.connect();
    try {
      await client.query('select pg_advisory_lock($1, $2)', MOVING);
      return await work();
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  private async read(): Promise<string> {
    const { rows } = await this.pool.query<{ now: string }>({ name: 'clock', text: read });
    if (!rows[0]) throw new Error('The clock is gone from the database: start the product again.');
    return rows[0].now;
  }
}

/** The time of the machine, from now on in the database's views too. */
export async function realTime(connectionString: string): Promise<Clock> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('update app.clock set active = false where active');
  } finally {
    await client.end();
  }
  return realClock;
}

/** The latest instant at which something after a position was recorded, and where the log ends. */
async function lastRecorded(store: EventStore, after: Position): Promise<{ at?: string; position: Position }> {
  let at: string | undefined;
  if ((await store.head()) === 0) return { position: 0 };
  const done = new AbortController();
  for await (const item of store.subscribeAll(after, done.signal)) {
    if (item.kind === 'event') {
      const recordedAt = ownMetadataOf(item)?.recordedAt;
      if (recordedAt && (!at || recordedAt > at)) at = recordedAt;
    } else if (item.caughtUp) {
      done.abort();
      return { at, position: item.position };
    }
  }
  return { at, position: after };
}
