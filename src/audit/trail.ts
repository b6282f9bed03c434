import type { Pool } from 'pg';
import type { Catalogue } from '../kernel/catalogue.js';
import type { Actor } from '../kernel/command.js';
import type { EntityDeclaration } from '../kernel/entity.js';
import { ruleOf } from '../kernel/rules.js';
import { isInstant } from '../kernel/values.js';
import { asOrganization } from '../platform/transactions.js';
import { SealBroken, UnreadableEvent } from '../privacy/codec.js';
import type { History, HistoryItem } from './history.js';

/** What an auditor asks the trail for. */
export interface TrailFilter {
  /** Read table of the entity. */
  readonly entity?: string;
  readonly entityId?: string;
  readonly actorId?: string;
  /** Type of event, or the code of a refusal. */
  readonly type?: string;
  /** Name of a field that changed; children as `people.role`. */
  readonly field?: string;
  /** Instants, inclusive. */
  readonly from?: string;
  readonly to?: string;
  readonly outcome?: 'accepted' | 'refused' | 'read' | 'skipped';
}

/** What happened outside the log: a command that was refused, special data that was read, an event that was left out of a read table. */
export interface AccessEntry {
  /** Ordered within the access log. */
  readonly id: string;
  readonly at: string;
  readonly actorId: string | null;
  readonly actorRole: string | null;
  readonly outcome: 'refused' | 'read' | 'skipped';
  /** Code of the refusal; the read table that an event was left out of. */
  readonly code: string | null;
  readonly command: string | null;
  readonly entity: string | null;
  readonly entityId: string | null;
  readonly correlationId: string | null;
}

export interface TrailItem extends Partial<HistoryItem> {
  readonly outcome: 'accepted' | 'refused' | 'read' | 'skipped';
  readonly recordedAt: string;
  readonly entity: string | null;
  readonly entityId: string | null;
  readonly code?: string | null;
}

export interface TrailPage {
  readonly items: readonly TrailItem[];
  readonly nextCursor: string | null;
}

/** Where a page begins, in each of the two sources: with what stands before this, newest first. */
interface Place {
  /** In the log. */
  readonly position: string;
  /** In the access log. */
  readonly access: AccessPlace;
}
interface AccessPlace {
  readonly at: string;
  readonly id: string;
}

export interface TrailParts {
  /** As the application's role: row-level security keeps to the organisation. */
  readonly pool: Pool;
  readonly catalogue: Catalogue;
  readonly history: History;
  /** Names of users, of those who have one. */
  readonly names: (userIds: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** Newest first; `before` excludes entries at or after it in (at, id). */
  readonly access: (organizationId: string, filter: TrailFilter, before: AccessPlace | undefined, limit: number) => Promise<readonly AccessEntry[]>;
}

interface Row {
  position: string;
  entity: string;
  entity_id: string;
  revision: number;
  type: string;
  at: string;
}

/** Who did, tried and saw what, across entities: newest first. */
export class AuditTrail {
  constructor(private readonly parts: TrailParts) {}

  /** A page of the trail. @param cursor of the page before. @throws BadCursor */
  async page(actor: Actor, filter: TrailFilter, limit: number, cursor?: string): Promise<TrailPage> {
    const place = cursor === undefined ? undefined : parsePlace(cursor);
    const more = limit + 1;
    const rows = filter.outcome === undefined || filter.outcome === 'accepted' ? await this.rows(actor, filter, place, more) : [];
    // A field changes by an event alone.
    const none = filter.outcome === 'accepted' || filter.field !== undefined;
    const entries = none ? [] : await this.parts.access(actor.organizationId, filter, place?.access, more);
    const shown = merged(rows, entries).slice(0, limit);
    const items = await this.show(actor, shown);
    if (rows.length + entries.length <= limit) return { items, nextCursor: null };
    return { items, nextCursor: cursorOf(placeAfter(shown, place, rows[0], entries[0])) };
  }

  private async rows(actor: Actor, filter: TrailFilter, place: Place | undefined, limit: number): Promise<Row[]> {
    const { rows } = await asOrganization(this.parts.pool, actor.organizationId, (client) =>
      client.query<Row>(
        `select log_position::text as position, entity_type as entity, entity_id, revision, event_type as type,
                to_char(timestamp at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
           from read.audit_trail
          where ($1::text is null or entity_type = $1) and ($2::uuid is null or entity_id = $2)
            and ($3::text is null or user_id = $3) and ($4::text is null or event_type = $4)
            and ($5::text is null or $5 = any (fields))
            and ($6::timestamptz is null or timestamp >= $6) and ($7::timestamptz is null or timestamp <= $7)
            and ($8::bigint is null or log_position < $8)
          order by log_position desc limit $9`,
        [
          filter.entity ?? null, filter.entityId ?? null, filter.actorId ?? null, filter.type ?? null, filter.field ?? null,
          filter.from ?? null, filter.to ?? null, place?.position ?? null, limit,
        ],
      ));
    return rows;
  }

  /** Folds each entity of the page once; what the reader does not see (another organisation's) is not there to begin with. */
  private async show(actor: Actor, shown: readonly One[]): Promise<TrailItem[]> {
    const wanted = Map.groupBy(shown.flatMap((one) => ('row' in one ? [one.row] : [])), (row) => `${row.entity}|${row.entity_id}`);
    const items = new Map<string, Told>();
    for (const [key, rows] of wanted) {
      const entity = this.parts.catalogue.entity(rows[0]!.entity);
      if (!entity) continue;
      for (const item of await this.itemsOf(entity, rows, actor)) items.set(`${key}|${item.revision}`, item);
    }
    const names = await this.parts.names([...new Set(shown.flatMap((one) => ('entry' in one && one.entry.actorId ? [one.entry.actorId] : [])))]);
    return shown.flatMap((one): TrailItem[] => {
      if ('entry' in one) return [fromAccess(one.entry, names)];
      const { entity, entity_id: entityId, revision } = one.row;
      const item = items.get(`${entity}|${entityId}|${revision}`);
      return item ? [{ ...item, outcome: 'accepted', entity, entityId }] : [];
    });
  }

  private async itemsOf(entity: EntityDeclaration, rows: readonly Row[], actor: Actor): Promise<readonly Told[]> {
    try {
      return await this.parts.history.some(entity, rows[0]!.entity_id, actor, new Set(rows.map(({ revision }) => revision)));
    } catch (error) {
      if (error instanceof UnreadableEvent || error instanceof SealBroken) return rows.map(unreadable);
      throw error;
    }
  }
}

type Told = Partial<HistoryItem> & Pick<HistoryItem, 'revision' | 'recordedAt'>;

/** What is left of an event that cannot be read or opened: that it happened. The other entities of the page are not kept back by it. */
const unreadable = ({ revision, position, type, at }: Row): Told => ({
  revision,
  position: Number(position),
  type,
  recordedAt: at,
  sentence: 'What was recorded here cannot be read: it is damaged.',
  changes: [],
});

type One = { readonly row: Row } | { readonly entry: AccessEntry };

/**
 * Both sources as one, newest first. Each keeps its own order: commands that raced may stand in the log against their
 * instants, and a page that sorted them again would leave one out for ever.
 */
function merged(rows: readonly Row[], entries: readonly AccessEntry[]): One[] {
  const all: One[] = [];
  let [row, entry] = [0, 0];
  while (row < rows.length || entry < entries.length) {
    const isRow = entry === entries.length || (row < rows.length && rows[row]!.at >= entries[entry]!.at);
    all.push(isRow ? { row: rows[row++]! } : { entry: entries[entry++]! });
  }
  return all;
}

/**
 * Where the next page begins. A source of which nothing was shown yet begins with the first that was found of it, so that
 * what comes in meanwhile does not push its way in.
 */
function placeAfter(shown: readonly One[], place: Place | undefined, row: Row | undefined, entry: AccessEntry | undefined): Place {
  const lastRow = shown.findLast((one) => 'row' in one)?.row;
  const lastEntry = shown.findLast((one) => 'entry' in one)?.entry;
  const including = (number: string): string => String(BigInt(number) + 1n);
  return {
    position: lastRow?.position ?? place?.position ?? (row ? including(row.position) : '0'),
    access: lastEntry
      ? { at: lastEntry.at, id: lastEntry.id }
      : (place?.access ?? (entry ? { at: entry.at, id: including(entry.id) } : { at: BEGINNING, id: '0' })),
  };
}

/** Before everything that is recorded. */
const BEGINNING = '1900-01-01T00:00:00.000Z';

function fromAccess({ at, outcome, code, command, entity, entityId, correlationId, actorId, actorRole }: AccessEntry, names: ReadonlyMap<string, string>): TrailItem {
  return {
    outcome,
    recordedAt: at,
    actor: { id: actorId ?? '', name: names.get(actorId ?? '') ?? null, role: actorRole ?? '' },
    command,
    code,
    entity,
    entityId,
    ...(correlationId ? { correlationId } : {}),
    sentence: sentenceOf(outcome, code),
    changes: [],
  };
}

function sentenceOf(outcome: AccessEntry['outcome'], code: string | null): string {
  if (outcome === 'refused') return `Refused: ${code ?? 'no code'}. ${ruleOf(code ?? '')?.sentence ?? ''}`.trim();
  return outcome === 'read' ? 'Special data was read.' : `An event was left out of the read table ${code ?? ''}.`;
}

const cursorOf = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url');

/** A cursor that cannot be read. */
export class BadCursor extends Error {
  override readonly name = 'BadCursor';
  readonly status = 400;
  readonly code = 'VALIDATION';
  readonly pointer = 'cursor';
}

function parsePlace(cursor: string): Place {
  try {
    const { position, access } = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as Place;
    const fine = isInstant(access.at) && [position, access.id].every((one) => typeof one === 'string' && /^\d{1,18}$/.test(one));
    if (fine) return { position, access: { at: access.at, id: access.id } };
  } catch {
    // Told below, with everything else that is no cursor.
  }
  throw new BadCursor('This cursor is none of ours: begin again without one.');
}
