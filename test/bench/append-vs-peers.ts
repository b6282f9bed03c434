import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres-event-store.js';
import { bareInserts, sample } from './append.js';
import { inRotation, load, rate, type Figures } from './measure.js';
import type { PeerName } from './peer-stores.js';
import { Peers } from './peers.js';
import type { BenchServer } from './server.js';

const CONCURRENT = 16;
const TIMES = Number(process.env['BENCH_APPENDS'] ?? 8_000);
const ROUNDS = 5;

/**
 * One event of the same bytes to a new stream that is expected to be new, 16 callers at once: through our adapter, through
 * each peer's, and as a bare INSERT, all on one PostgreSQL in turns.
 */
export async function appendVsPeers(server: BenchServer): Promise<Figures> {
  // First, for it fails where nothing can be installed.
  const peers = await Peers.start(server);
  const store = await PostgresEventStore.open({ connectionString: server.urls.app });
  const pool = new pg.Pool({ connectionString: server.adminUrl, max: CONCURRENT });
  pool.on('error', () => undefined);
  const insert = await bareInserts(pool);
  const ours = () => store.append(`placement-${randomUUID()}`, 'no-stream', [{ id: randomUUID(), type: 'PlacementStarted', ...sample }]);
  const peer = (append: PeerName) => () => peers.ask({ append, times: TIMES / 4, concurrent: CONCURRENT });
  const runners = {
    ours: () => load(TIMES, CONCURRENT, ours),
    insert: () => load(TIMES, CONCURRENT, insert),
    emmett: peer('emmett'),
    castore: peer('castore'),
    messageDb: peer('message-db'),
  };
  try {
    // Once before it counts: connections, tables, statements, compiled code.
    await inRotation(1, runners);
    const { ours: us, insert: bare, emmett, castore, messageDb } = await inRotation(ROUNDS, runners);
    const best = Math.max(emmett.perSecond, castore.perSecond, messageDb.perSecond);
    const at = `events/s at ${CONCURRENT} at once, against`;
    return {
      append_vs_peers: rate(us.perSecond, best, `${at} the best of the peers`),
      append_vs_emmett: rate(us.perSecond, emmett.perSecond, `${at} emmett-postgresql`),
      append_vs_castore: rate(us.perSecond, castore.perSecond, `${at} castore`),
      append_vs_message_db: rate(us.perSecond, messageDb.perSecond, `${at} message-db`),
      append_vs_insert: rate(us.perSecond, bare.perSecond, `${at} bare INSERT`),
    };
  } finally {
    await peers.stop();
    await store.close();
    await pool.end();
  }
}
