import { createHmac } from 'node:crypto';
import pg from 'pg';
import { AccessLog } from '../access/access-log.js';
import { makeAccess, type Access } from '../access/access.js';
import { accessFacts } from '../access/facts.js';
import { CommandPipeline } from '../commands/pipeline.js';
import { References } from '../commands/references.js';
import { Registers } from '../commands/registers.js';
import { Streams } from '../commands/streams.js';
import { entities, registerRules } from '../domain/index.js';
import { refuseOlderKeyring } from '../custody/erasure-gate.js';
import { admitLog } from '../custody/log-in-use.js';
import type { EventStore } from '../event-store/event-store.js';
import { Catalogue } from '../kernel/catalogue.js';
import type { Clock } from '../platform/clock.js';
import type { Configuration } from '../platform/configuration.js';
import type { DatabaseUrls } from '../platform/databases.js';
import { MovableClock, realTime } from '../platform/movable-clock.js';
import { EventCodec } from '../privacy/event-codec.js';
import { Keyring } from '../privacy/keyring.js';
import { ProjectionEngine } from '../../projections/engine/engine.js';
import { ReadPosition } from '../../projections/engine/read-position.js';
import { handWritten, views } from '../../projections/index.js';
import { erasureGateParts } from './erasure-gate.js';
import { answering, residentFacts } from './facts.js';
import { openLog } from './log.js';
import { referencesInUse } from './references-in-use.js';
import { survivingLosses } from '../platform/lossy-connections.js';

/** Told sentences for the operator; nothing personal is in them. */
export type Tell = (message: string) => void;

/** The one way for commands, at the time of one clock. */
export interface Commands {
  readonly clock: Clock;
  readonly pipeline: CommandPipeline;
  readonly access: Access;
  readonly accessLog: AccessLog;
}

/** What every role of the product has: the log, the keys, the one way for commands, and how far the reads are. */
export interface Core extends Commands {
  readonly configuration: Configuration;
  readonly urls: DatabaseUrls;
  readonly catalogue: Catalogue;
  readonly store: EventStore;
  readonly keyring: Keyring;
  readonly codec: EventCodec;
  readonly registers: Registers;
  readonly streams: Streams;
  /** Follows from the master key: of what is sealed or signed beside the keyring. */
  readonly serverKey: Buffer;
  /** The product's clock, where it may be moved. */
  readonly movable: MovableClock | undefined;
  /** The same at the time of another clock: the demo organisation's half year is recorded with one. */
  commandsAt(clock: Clock): Commands;
  readonly readPosition: ReadPosition;
  /** Prepared and not started: the projector's role starts it. */
  readonly engine: ProjectionEngine;
  /** As yuthub_app. */
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

/** For how long a fact that is asked of tables waits for them. */
const CATCH_UP_MS = 5_000;

/**
 * Opens the write side.
 * @param role the product says which clock these databases go by; a command line beside it follows.
 * @throws with a sentence for the operator where something it needs does not answer.
 */
export async function openCore(configuration: Configuration, urls: DatabaseUrls, tell: Tell, role: 'product' | 'beside' = 'product'): Promise<Core> {
  const catalogue = new Catalogue(entities);
  const store = await openLog(configuration, urls);
  const presence = await admitLog(store, urls);
  const keyring = await Keyring.open({ connectionString: urls.keyring, masterKey: configuration.masterKey });
  await refuseOlderKeyring(erasureGateParts(catalogue, store, keyring, urls));
  const pool = survivingLosses(new pg.Pool({ connectionString: urls.app, max: 12, keepAlive: true }));
  const codec = new EventCodec(catalogue, keyring);
  const registers = new Registers(store, registerRules);
  const streams = new Streams(store, codec);
  const { clock, movable } = await openClock(configuration, urls, store, role);
  const engine = new ProjectionEngine({ catalogue, store, codec, handWritten: handWritten(catalogue), views, connectionString: urls.projector, log: tell, keepOldMs: configuration.keepOldTablesHours * 3_600_000, now: () => clock.now() });
  await engine.prepare();
  const readPosition = await new ReadPosition(urls.app).open();
  const references = new References(pool);
  await references.raise(await referencesInUse(catalogue, urls.projector));
  const serverKey = createHmac('sha256', configuration.masterKey).update('server').digest();
  const caughtUp = async (): Promise<void> => {
    if (await readPosition.waitFor(await store.head(), CATCH_UP_MS)) return;
    throw new ReadsBehind('The read tables are behind the log: try again in a moment.');
  };
  const tables = engine.shown.map(({ name }) => name);
  const shared = { pool, catalogue, store, codec, streams, registers, serverKey };
  const commandsAt = (at: Clock): Commands => {
    const parts = { ...shared, clock: at };
    const accessLog = new AccessLog(pool, at);
    const access = makeAccess({ ...parts, execute: (request) => pipeline.execute(request) });
    const pipeline = new CommandPipeline({
      ...parts,
      facts: answering(
        accessFacts({ ...parts, tables, authority: access.authority, settled: caughtUp }),
        residentFacts({ ...parts, caughtUp }),
      ),
      reference: (entity, organizationId, now) => references.next(entity, organizationId, now),
      refused: accessLog.refused,
    });
    return { clock: at, accessLog, access, pipeline };
  };
  const close = async (): Promise<void> => {
    await engine.stop();
    await readPosition.close();
    await movable?.close();
    await store.close();
    await keyring.close();
    await pool.end();
    await presence.end();
  };
  return { configuration, urls, ...shared, ...commandsAt(clock), commandsAt, keyring, movable, readPosition, engine, close };
}

async function openClock({ clockControl, clockStart, production }: Configuration, urls: DatabaseUrls, store: EventStore, role: 'product' | 'beside') {
  if (!clockControl) {
    const inUse = role === 'beside' && !production ? await MovableClock.inUse(urls.app) : undefined;
    return { clock: inUse ?? (await realTime(urls.app)), movable: inUse };
  }
  const movable = await MovableClock.open({ connectionString: urls.app, store, start: clockStart });
  return { clock: movable as Clock, movable };
}

/** A decision needs the read tables, and they are behind. Answers 503. */
export class ReadsBehind extends Error {
  override readonly name = 'ReadsBehind';
  readonly status = 503;
  readonly code = 'NOT_YET';
}
