import pg from 'pg';
import { Refusal } from '../../kernel/rules.js';
import type { Position } from '../../event-store/event-store.js';
import type { Process } from './process.js';
import { parkedColumns, REQUESTED, type ParkedStream } from './process-tables.js';
import type { ProcessWatch } from './process-watch.js';
import { survivingLosses } from '../../platform/lossy-connections.js';

/** A parked stream, and what was done about it. */
export interface ParkedStatus extends ParkedStream {
  readonly parkedAt: string;
  readonly status: 'parked' | 'retried' | 'dropped';
  /** What somebody asked for and is not done yet. */
  readonly requested: 'retry' | 'drop' | null;
  readonly requestedBy: string | null;
  readonly requestedAt: string | null;
}

/** A process as people see it. */
export interface ProcessStatus {
  readonly name: string;
  readonly doc: string;
  /** Everything up to here has been worked on. */
  readonly position: Position;
  /** When that was last stored; null before the first time. */
  readonly movedAt: string | null;
  /** Timers of the organisation that are set. */
  readonly timers: number;
  /** Of the organisation, those that were retried or dropped included, the latest first. */
  readonly parked: readonly ParkedStatus[];
}

interface Person {
  readonly id: string;
  readonly organizationId: string;
}

const SHOWN = 200;
const statusColumns = `${parkedColumns}, parked_at as "parkedAt", status, requested, requested_by as "requestedBy", requested_at as "requestedAt"`;
type Row = Omit<ParkedStatus, 'parkedAt' | 'requestedAt' | 'position'> & { position: string | null; parkedAt: Date; requestedAt: Date | null };

/** What processes could not do, for one organisation, and what people decide about it. Works in any process of the installation. */
export class ParkedStreams {
  private readonly pool: pg.Pool;

  constructor(
    connectionString: string,
    private readonly processes: readonly Process[],
    private readonly watch: ProcessWatch,
  ) {
    this.pool = survivingLosses(new pg.Pool({ connectionString, max: 2, keepAlive: true }));
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  /** Every process, with what concerns this organisation. */
  async list(organizationId: string): Promise<ProcessStatus[]> {
    const [checkpoints, timers, parked] = await Promise.all([
      this.pool.query<{ process: string; position: string; moved_at: Date }>('select process, position, moved_at from app.process_checkpoints'),
      this.pool.query<{ process: string; count: string }>(
        'select process, count(*) from app.process_timers where organization_id = $1 group by process',
        [organizationId],
      ),
      this.pool.query<Row>(
        `select ${statusColumns} from app.process_parked where organization_id = $1 order by id desc limit $2`,
        [organizationId, SHOWN],
      ),
    ]);
    return this.processes.map(({ name, doc }) => {
      const checkpoint = checkpoints.rows.find((row) => row.process === name);
      return {
        name,
        doc,
        position: Number(checkpoint?.position ?? 0),
        movedAt: checkpoint?.moved_at.toISOString() ?? null,
        timers: Number(timers.rows.find((row) => row.process === name)?.count ?? 0),
        parked: parked.rows.filter((row) => row.process === name).map(statusOf),
      };
    });
  }

  /** Works on a parked stream again, from where it stopped. @returns how it stands afterwards. @throws Refusal NOT_FOUND */
  retry(process: string, stream: string, by: Person, withinMs = 10_000): Promise<ParkedStatus> {
    return this.ask('retry', process, stream, by, withinMs);
  }

  /** Leaves out what was refused and goes on with what waits behind it. @throws Refusal NOT_FOUND */
  drop(process: string, stream: string, by: Person, withinMs = 10_000): Promise<ParkedStatus> {
    return this.ask('drop', process, stream, by, withinMs);
  }

  private async ask(request: 'retry' | 'drop', process: string, stream: string, by: Person, withinMs: number): Promise<ParkedStatus> {
    const until = performance.now() + withinMs;
    const { rows } = await this.pool.query<{ id: string }>(
      `with asked as (
         update app.process_parked set requested = $1, requested_by = $2, requested_at = clock_timestamp()
         where process = $3 and stream = $4 and organization_id = $5 and status = 'parked' returning id)
       select id, pg_notify('${REQUESTED}', '') from asked`,
      [request, by.id, process, stream, by.organizationId],
    );
    const id = rows[0]?.id;
    if (!id) throw new Refusal('NOT_FOUND', 'Nothing of this process is parked there.', { status: 404 });
    for (;;) {
      const { seen } = this.watch;
      const now = await this.pool.query<Row>(`select ${statusColumns} from app.process_parked where id = $1`, [id]);
      const status = statusOf(now.rows[0]!);
      if (status.requested === null || performance.now() >= until) return status;
      await this.watch.changed(seen, until - performance.now());
    }
  }
}

const statusOf = (row: Row): ParkedStatus => ({
  ...row,
  position: row.position === null ? null : Number(row.position),
  parkedAt: row.parkedAt.toISOString(),
  requestedAt: row.requestedAt?.toISOString() ?? null,
});
