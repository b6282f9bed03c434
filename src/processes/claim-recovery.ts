import pg from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClaimRecovery } from '../commands/recovery.js';
import type { RegisterEvent } from '../commands/register.js';
import type { Registers } from '../commands/registers.js';
import type { EventStore, Position, RecordedEvent } from '../event-store/event-store.js';
import { jsonOf, metadataOf } from '../event-store/metadata.js';
import type { Clock } from '../platform/clock.js';
import type { Report } from './engine/outcome.js';
import { FencedOff, ProcessTables } from './engine/process-tables.js';
import { Signal } from './engine/signal.js';
import { survivingLosses } from '../platform/lossy-connections.js';

/** What the recovery of claims works with. */
export interface OpenClaimsParts {
  readonly store: EventStore;
  readonly registers: Registers;
  readonly recovery: ClaimRecovery;
  readonly clock: Clock;
  /** Of yuthub_app. */
  readonly connectionString: string;
  readonly report?: Report;
  /** Real time after which a command that has claimed and not answered is given up. */
  readonly graceMs?: number;
}

interface OpenClaim {
  readonly claimId: string;
  readonly organizationId: string;
  readonly stream: string;
  readonly register: string;
  readonly owner: string;
  readonly target: string;
  readonly base: number;
  /** Real time, milliseconds since 1970. */
  readonly seenAt: number;
}

/** Name of its checkpoint. */
const NAME = 'claim-recovery';
const GRACE_MS = 30_000;
/** How often it looks for old claims, and writes down those that are still open. */
const TURN_MS = 1_000;

/**
 * Knows the claims whose command has not answered, and settles those that are old: their command died before its event,
 * or between its event and telling the register. Runs beside the processes, on the worker that leads them.
 */
export class OpenClaims {
  private readonly open = new Map<string, OpenClaim>();
  private readonly unsaved = { opened: new Set<string>(), closed: new Set<string>() };
  private readonly caughtUp = new Signal();
  private position: Position = 0;
  private readonly graceMs: number;

  constructor(private readonly parts: OpenClaimsParts) {
    this.graceMs = parts.graceMs ?? GRACE_MS;
  }

  /** Follows and settles until the signal is aborted. @throws FencedOff when somebody else has taken over. */
  async run(leading: AbortSignal): Promise<void> {
    const pool = survivingLosses(new pg.Pool({ connectionString: this.parts.connectionString, max: 1, keepAlive: true }));
    try {
      const start = (await new ProcessTables(pool).takeOver([NAME])).get(NAME)!;
      this.position = start.position;
      await this.load(pool);
      const ended = new AbortController();
      const signal = AbortSignal.any([leading, ended.signal]);
      const parts = [this.follow(signal), this.settleInTurns(pool, start.fence, signal)];
      await Promise.all(parts.map((part) => part.finally(() => ended.abort())));
    } finally {
      await pool.end();
    }
  }

  private async load(pool: pg.Pool): Promise<void> {
    this.open.clear();
    this.unsaved.opened.clear();
    this.unsaved.closed.clear();
    const { rows } = await pool.query<Omit<OpenClaim, 'seenAt'> & { seenAt: Date }>(
      `select claim_id as "claimId", organization_id as "organizationId", stream, register, owner, target, base, seen_at as "seenAt"
       from app.open_claims`,
    );
    for (const row of rows) this.open.set(row.claimId, { ...row, seenAt: row.seenAt.getTime() });
  }

  private async follow(leading: AbortSignal): Promise<void> {
    for await (const item of this.parts.store.subscribeAll(this.position, leading)) {
      if (item.kind === 'event' && item.stream.startsWith('register-')) this.note(item);
      this.position = item.position;
      if (item.kind === 'mark') this.caughtUp.raise();
    }
  }

  private note(event: RecordedEvent): void {
    const said = { ...jsonOf(event.data), type: event.type } as RegisterEvent;
    if (said.type === 'RegisterClaimed') {
      const { claimId, target, base, held, wanted } = said;
      const [entry] = [...wanted, ...held];
      if (!entry) return;
      const { organizationId } = metadataOf(event);
      const { register, owner } = entry;
      this.open.set(claimId, { claimId, organizationId, stream: event.stream, register, owner, target, base, seenAt: Date.now() });
      this.unsaved.opened.add(claimId);
    } else if (said.type === 'RegisterReleased') {
      this.close(said.claimId);
    } else {
      for (const claim of [...this.open.values()]) {
        if (claim.stream === event.stream && claim.target === said.target && claim.base < said.revision) this.close(claim.claimId);
      }
    }
  }

  /** A claim that was closed before anybody wrote it down is never written: that is nearly all of them. */
  private close(claimId: string): void {
    if (!this.open.delete(claimId)) return;
    if (!this.unsaved.opened.delete(claimId)) this.unsaved.closed.add(claimId);
  }

  private async settleInTurns(pool: pg.Pool, fence: number, leading: AbortSignal): Promise<void> {
    // Old claims are settled once it is known which of them were answered meanwhile.
    await this.caughtUp.after(0, this.graceMs, leading);
    while (!leading.aborted) {
      try {
        for (const claim of [...this.open.values()]) {
          if (Date.now() - claim.seenAt >= this.graceMs && !leading.aborted) await this.settle(claim);
        }
        await this.save(pool, fence);
      } catch (error) {
        if (error instanceof FencedOff) throw error;
        this.parts.report?.('Open claims could not be settled yet.', error);
      }
      await delay(Math.min(TURN_MS, this.graceMs), undefined, { signal: leading }).catch(() => undefined);
    }
    await this.save(pool, fence).catch(() => undefined);
  }

  private async settle({ claimId, organizationId, register, owner }: OpenClaim): Promise<void> {
    const place = { organizationId, register, owner };
    const claim = (await this.parts.registers.openClaims(organizationId, register, owner)).find((one) => one.claimId === claimId);
    if (claim) await this.parts.recovery.settle(claim, place, await this.parts.clock.now());
    // It may have been overtaken by something that does not name it.
    else this.close(claimId);
  }

  /** What is open, and how far that is known, in one transaction. */
  private async save(pool: pg.Pool, fence: number): Promise<void> {
    const opened = [...this.unsaved.opened].flatMap((id) => this.open.get(id) ?? []).map((claim) => ({ ...claim, seenAt: new Date(claim.seenAt) }));
    const closed = [...this.unsaved.closed];
    const { rowCount } = await pool.query(
      `with mine as (
         update app.process_checkpoints set position = greatest(position, $2), moved_at = clock_timestamp()
         where process = $1 and fence = $3 returning process),
       gone as (delete from app.open_claims where claim_id = any($4::uuid[]) and exists (select from mine)),
       put as (
         insert into app.open_claims (claim_id, organization_id, stream, register, owner, target, base, seen_at)
         select "claimId", "organizationId", stream, register, owner, target, base, "seenAt"
         from jsonb_to_recordset($5) as o("claimId" uuid, "organizationId" uuid, stream text, register text, owner text,
                                          target text, base integer, "seenAt" timestamptz)
         where exists (select from mine)
         on conflict (claim_id) do nothing)
       select from mine`,
      [NAME, this.position, fence, closed, JSON.stringify(opened)],
    );
    if (rowCount === 0) throw new FencedOff('Another process has taken over.');
    for (const claimId of closed) this.unsaved.closed.delete(claimId);
    for (const { claimId } of opened) {
      this.unsaved.opened.delete(claimId);
      // Closed while it was being written.
      if (!this.open.has(claimId)) this.unsaved.closed.add(claimId);
    }
  }
}
