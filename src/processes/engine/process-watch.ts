import pg from 'pg';
import type { Position } from '../../event-store/event-store.js';
import { Notifications } from '../../platform/notifications.js';
import { MOVED } from './process-tables.js';
import { Signal } from './signal.js';
import { survivingLosses } from '../../platform/lossy-connections.js';

/** Looks by itself this often while somebody waits: a notification may have been lost. */
const LOOK_AGAIN_MS = 1_000;

/** How far each process is, told from any process of the installation, without asking while nobody waits. */
export class ProcessWatch {
  private readonly pool: pg.Pool;
  private readonly notifications: Notifications;
  private readonly known = new Map<string, Position>();
  private readonly moved = new Signal();

  /** @param names of the processes that count; checkpoints of retired ones do not. */
  constructor(
    connectionString: string,
    readonly names: readonly string[],
  ) {
    this.pool = survivingLosses(new pg.Pool({ connectionString, max: 2, keepAlive: true }));
    this.notifications = new Notifications(connectionString, [MOVED], {
      notified: (_, payload) => this.heard(payload),
      connected: () => void this.look(),
    });
  }

  start(): void {
    this.notifications.start();
  }

  async close(): Promise<void> {
    await this.notifications.close();
    this.moved.raise();
    await this.pool.end();
  }

  /** Everything up to here has been worked on by this process; 0 before it is heard of. */
  position(process: string): Position {
    return this.known.get(process) ?? 0;
  }

  /** Resolves to true when every process has passed a position, to false after `withinMs`. */
  passed(position: Position, withinMs: number): Promise<boolean> {
    return this.passedEach(new Map(this.names.map((name) => [name, position])), withinMs);
  }

  /** As `passed`, each process at its own position. */
  async passedEach(wanted: ReadonlyMap<string, Position>, withinMs: number): Promise<boolean> {
    const until = performance.now() + withinMs;
    for (;;) {
      const { seen } = this.moved;
      if ([...wanted].every(([process, position]) => this.position(process) >= position)) return true;
      const left = until - performance.now();
      if (left <= 0) return false;
      await this.changed(seen, left);
    }
  }

  /** Counts the changes: read it before looking at anything that processes change. */
  get seen(): number {
    return this.moved.seen;
  }

  /** Resolves when some process has stored something since `seen`, at the latest after `withinMs`. */
  async changed(seen: number, withinMs: number): Promise<void> {
    await this.moved.after(seen, Math.min(withinMs, LOOK_AGAIN_MS));
    if (this.moved.seen === seen) await this.look();
  }

  private heard(payload: string): void {
    const at = payload.lastIndexOf(':');
    this.note(payload.slice(0, at), Number(payload.slice(at + 1)));
    this.moved.raise();
  }

  private note(process: string, position: Position): void {
    if (position > this.position(process)) this.known.set(process, position);
  }

  private async look(): Promise<void> {
    try {
      const { rows } = await this.pool.query<{ process: string; position: string }>(
        'select process, position from app.process_checkpoints where process = any($1)',
        [this.names],
      );
      for (const { process, position } of rows) this.note(process, Number(position));
    } catch {
      // Whoever waits looks again.
    }
    this.moved.raise();
  }
}
