import type pg from 'pg';
import type { Catalogue } from '../kernel/catalogue.js';
import type { EntityDeclaration } from '../kernel/entity.js';
import { londonDate } from '../kernel/values.js';
import type { EventStore, Position, RecordedEvent } from '../event-store/event-store.js';
import { jsonOf, metadataOf } from '../event-store/metadata.js';

/** Name of its checkpoint. */
const NAME = 'reference-numbers';

/** The highest number in use of one kind in an organisation; `period` is a year, or empty. */
export interface ReferenceInUse {
  readonly organizationId: string;
  /** Read table of the entity. */
  readonly kind: string;
  readonly period: string;
  readonly highest: number;
}

interface Wanted {
  readonly organizationId: string;
  readonly kind: string;
  readonly period: string;
  readonly resolve: (number: number) => void;
  readonly reject: (error: unknown) => void;
}

const take = `
insert into app.reference_numbers as r (organization_id, kind, period, next)
select w."organizationId", w.kind, w.period, w.count + 1
from jsonb_to_recordset($1) as w("organizationId" uuid, kind text, period text, count bigint)
order by 1, 2, 3
on conflict (organization_id, kind, period) do update set next = r.next + excluded.next - 1
returning organization_id as "organizationId", kind, period, next`;
const raise = `
insert into app.reference_numbers as r (organization_id, kind, period, next)
select u."organizationId", u.kind, u.period, max(u.highest) + 1
from jsonb_to_recordset($1) as u("organizationId" uuid, kind text, period text, highest bigint)
group by 1, 2, 3 order by 1, 2, 3
on conflict (organization_id, kind, period) do update set next = greatest(r.next, excluded.next)`;

/** Gives out human references: each number once, with gaps where a command was refused after all. */
export class References {
  private waiting: Wanted[] = [];
  private sending: Promise<void> | undefined;

  constructor(private readonly pool: pg.Pool) {}

  /**
   * The next reference of an entity in an organisation, such as RES-000123, or INC-2026-0001 with numbers of a London
   * year. What is asked for at the same time is answered by one statement. @throws Error for an entity without references.
   */
  async next(entity: EntityDeclaration, organizationId: string, now: string): Promise<string> {
    const { reference } = entity.options;
    if (!reference) throw new Error(`${entity.name} has no reference: give its @Entity one.`);
    const period = reference.yearly ? londonDate(now).slice(0, 4) : '';
    const number = await new Promise<number>((resolve, reject) => {
      this.waiting.push({ organizationId, kind: entity.table, period, resolve, reject });
      this.sending ??= this.sendAll();
    });
    return [reference.prefix, ...(period ? [period] : []), String(number).padStart(reference.digits, '0')].join('-');
  }

  /** Goes on above what is in use; numbers never go back. */
  async raise(inUse: readonly ReferenceInUse[]): Promise<void> {
    await this.pool.query(raise, [JSON.stringify(inUse)]);
  }

  /**
   * Goes on above what the log shows, from where this was last done: for each start, since the log may have been restored
   * to a later moment than these numbers.
   */
  async catchUp(store: EventStore, catalogue: Catalogue): Promise<void> {
    const { rows } = await this.pool.query<{ position: string }>('select position from app.process_checkpoints where process = $1', [NAME]);
    const after = Number(rows[0]?.position ?? 0);
    const { inUse, position } = await inUseAfter(after, store, catalogue);
    await this.raise(inUse);
    await this.pool.query(
      `insert into app.process_checkpoints as c (process, position, fence) values ($1, $2, 0)
       on conflict (process) do update set position = greatest(c.position, excluded.position), moved_at = clock_timestamp()`,
      [NAME, position],
    );
  }

  private async sendAll(): Promise<void> {
    // After the other callbacks of this turn; those who come while a statement is under way make up the next one.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) await this.send(this.waiting.splice(0));
    this.sending = undefined;
  }

  private async send(wanted: readonly Wanted[]): Promise<void> {
    const groups = Map.groupBy(wanted, groupOf);
    const rows = [...groups.values()].map((group) => {
      const { organizationId, kind, period } = group[0]!;
      return { organizationId, kind, period, count: group.length };
    });
    try {
      const taken = await this.pool.query<ReferenceInUse & { next: string }>(take, [JSON.stringify(rows)]);
      for (const row of taken.rows) {
        const group = groups.get(groupOf(row)) ?? [];
        group.forEach(({ resolve }, index) => resolve(Number(row.next) - group.length + index));
      }
    } catch (error) {
      for (const { reject } of wanted) reject(error);
    }
  }
}

/** The highest number of each kind in what was recorded after a position, and where the log ends. */
async function inUseAfter(after: Position, store: EventStore, catalogue: Catalogue): Promise<{ inUse: ReferenceInUse[]; position: Position }> {
  const highest = new Map<string, ReferenceInUse>();
  const done = new AbortController();
  let position = after;
  if ((await store.head()) > after) {
    for await (const item of store.subscribeAll(after, done.signal)) {
      position = item.position;
      const used = item.kind === 'event' ? usedBy(item, catalogue) : undefined;
      if (used && used.highest > (highest.get(groupOf(used))?.highest ?? 0)) highest.set(groupOf(used), used);
      if (item.kind === 'mark' && item.caughtUp) done.abort();
    }
  }
  return { inUse: [...highest.values()], position };
}

function usedBy(event: RecordedEvent, catalogue: Catalogue): ReferenceInUse | undefined {
  const entity = catalogue.ofCategory(event.stream.slice(0, event.stream.indexOf('-')));
  // Only the event that makes an entity carries its reference.
  if (!entity?.options.reference || !catalogue.event(event.type)) return undefined;
  const { reference } = jsonOf(event.data);
  const used = typeof reference === 'string' ? numberOf(entity, reference) : undefined;
  return used && { organizationId: metadataOf(event).organizationId, kind: entity.table, period: used.period, highest: used.number };
}

const groupOf = ({ organizationId, kind, period }: { organizationId: string; kind: string; period: string }): string =>
  `${organizationId}|${kind}|${period}`;

/** The number in a reference and the period that it belongs to; undefined for a text that is no reference of the entity. */
export function numberOf(entity: EntityDeclaration, text: string): { period: string; number: number } | undefined {
  const { reference } = entity.options;
  const parts = text.split('-');
  if (!reference || parts[0] !== reference.prefix || parts.length !== (reference.yearly ? 3 : 2)) return undefined;
  const number = Number(parts.at(-1));
  return Number.isSafeInteger(number) ? { period: reference.yearly ? parts[1]! : '', number } : undefined;
}
