import type pg from 'pg';
import { rowPool } from '../../../projections/engine/connection.js';
import type { Actor } from '../../kernel/command.js';
import { covers } from '../../kernel/permissions.js';
import { ERASED_TEXT, type Privacy } from '../../kernel/privacy.js';
import { Sealed, Tombstone } from '../../kernel/sealed.js';
import { isUuid } from '../../kernel/values.js';
import { asOrganization } from '../../platform/transactions.js';
import type { Codec } from '../../privacy/codec.js';
import { sealedFromColumn } from '../../privacy/sealed-column.js';
import type { ListParameters, Row, RowPage, Rows } from '../parts.js';
import { ApiError, BadRequest } from '../problems/errors.js';
import { condition, filterName, quoted, searchCondition, Statement } from './conditions.js';
import { afterCursor, cursorAfter, orderBy, orderOf, type SortKey } from './order.js';
import type { ReadableColumn, ReadableTable } from './readable-tables.js';

/** What reading needs besides the tables. */
export interface RowReaderParts {
  /** Connection string of the role `yuthub_app`, which row-level security binds. */
  readonly connectionString: string;
  readonly tables: readonly ReadableTable[];
  readonly codec: Pick<Codec, 'unseal'>;
  readonly maySee: (actor: Actor, privacy: Privacy) => boolean;
  /** Told before special data leaves; what it throws keeps the answer back. */
  readonly specialRead: (actor: Actor, table: string, id?: string) => Promise<void>;
  /** What a sealed value is found by. */
  readonly blindIndex: (organizationId: string, field: string, value: string) => string;
  readonly connections?: number;
}

const PARAMETERS = new Set(['sort', 'limit', 'cursor', 'q', 'include']);
const LIMIT = { usual: 50, most: 500 };
const STREAM_PAGE = 500;
const TIMEOUTS = '-c statement_timeout=20000 -c idle_in_transaction_session_timeout=20000';

/** What a list is asked for. */
interface Asked {
  readonly table: ReadableTable;
  readonly actor: Actor;
  readonly conditions: readonly string[];
  readonly statement: Statement;
  readonly order: readonly SortKey[];
  readonly special: boolean;
}

/** Rows of the public views as an actor may see them: of their organisation, by row-level security, and masked for their role. */
export class RowReader implements Rows {
  private readonly pool: pg.Pool;
  private readonly byName: ReadonlyMap<string, ReadableTable>;

  constructor(private readonly parts: RowReaderParts) {
    this.pool = rowPool(parts.connectionString, parts.connections ?? 8, TIMEOUTS);
    this.byName = new Map(parts.tables.map((table) => [table.table, table]));
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  /** One row, special data opened for who may see it; undefined where the organisation has no such row. */
  async get(name: string, id: string, actor: Actor): Promise<Row | undefined> {
    const table = this.tableOf(name);
    if (!isUuid(id)) return undefined;
    const statement = new Statement();
    const conditions = [`id = ${statement.value(id, 'uuid')}`, ...this.own(statement, table, actor)];
    const [row] = await this.query(actor, table, statement, conditions, 'limit 1');
    return row && (await this.shown(table, [row], actor, true))[0];
  }

  async list(name: string, parameters: ListParameters, actor: Actor): Promise<RowPage> {
    const asked = this.asked(name, parameters, actor);
    const limit = limitOf(parameters['limit']);
    const after = parameters['cursor'] === undefined ? [] : [afterCursor(asked.statement, asked.table, asked.order, parameters['cursor'])];
    const rows = await this.page(asked, after, limit + 1);
    const page = rows.slice(0, limit);
    const cursorOf = (index: number): string => cursorAfter(asked.table, asked.order, page[index]!);
    const nextCursor = rows.length > limit ? cursorOf(page.length - 1) : null;
    return { items: await this.shown(asked.table, page, actor, asked.special), nextCursor, cursorOf };
  }

  /** All rows of a list; special data stays sealed. */
  async *stream(name: string, parameters: ListParameters, actor: Actor): AsyncGenerator<Row, void, undefined> {
    for (const paging of ['limit', 'cursor', 'include']) {
      if (parameters[paging] !== undefined) throw new BadRequest(`An export is the whole list, without special data: leave ${paging} out.`, 'UNKNOWN', paging);
    }
    for (let cursor: string | undefined; ; ) {
      const asked = this.asked(name, parameters, actor);
      const after = cursor === undefined ? [] : [afterCursor(asked.statement, asked.table, asked.order, cursor)];
      const rows = await this.page(asked, after, STREAM_PAGE);
      yield* await this.shown(asked.table, rows, actor, false);
      if (rows.length < STREAM_PAGE) return;
      cursor = cursorAfter(asked.table, asked.order, rows.at(-1)!);
    }
  }

  private tableOf(name: string): ReadableTable {
    const table = this.byName.get(name);
    if (!table) throw new ApiError(404, 'NOT_FOUND', 'There is no such list.');
    return table;
  }

  private asked(name: string, parameters: ListParameters, actor: Actor): Asked {
    const table = this.tableOf(name);
    const statement = new Statement();
    const conditions = this.own(statement, table, actor);
    const blindIndex = (field: string, value: string): string => this.parts.blindIndex(actor.organizationId, field, value);
    for (const [parameter, given] of Object.entries(parameters)) {
      if (PARAMETERS.has(parameter) || given === undefined) continue;
      const { name: wanted, operator } = filterName(parameter);
      const column = table.columns.find((one) => one.filterable && one.name === wanted);
      if (!column) throw unknownFilter(table, parameter);
      this.refuseMasked(table, actor, column);
      conditions.push(condition(statement, column, operator, given, blindIndex));
    }
    if (parameters['q'] !== undefined) conditions.push(this.search(statement, table, actor, parameters['q']));
    const order = orderOf(table, parameters['sort']);
    for (const { column } of order) this.refuseMasked(table, actor, column);
    return { table, actor, statement, conditions, order, special: includesSpecial(parameters['include']) };
  }

  private search(statement: Statement, table: ReadableTable, actor: Actor, q: string | readonly string[]): string {
    if (!table.searchable) throw unknownFilter(table, 'q');
    const visible = table.search.filter(({ classification }) => this.parts.maySee(actor, classification));
    if (!visible.some(({ privacy }) => privacy >= 2) && table.search.some(({ privacy }) => privacy >= 2)) throw maskedFor();
    return searchCondition(statement, visible, q);
  }

  private refuseMasked(table: ReadableTable, actor: Actor, column: ReadableColumn): void {
    if (this.isMasked(table, column, actor)) throw maskedFor();
  }

  /** What is said to somebody alone is masked for nobody. */
  private isMasked({ shownTo }: ReadableTable, { classification }: ReadableColumn, actor: Actor): boolean {
    return !shownTo && !this.parts.maySee(actor, classification);
  }

  /** A young person sees what is theirs, and nothing else; what is for one user is shown to that one. */
  private own(statement: Statement, { resident, shownTo }: ReadableTable, actor: Actor): string[] {
    if (shownTo) return this.addressed(statement, shownTo, actor);
    const { role, residentId } = actor;
    if (residentId === undefined && role !== 'resident') return [];
    if (residentId === undefined || resident === undefined) return ['false'];
    return [`${quoted(resident)} = ${statement.value(residentId, 'uuid')}`];
  }

  /** What is for this user, as long as they may read the table that it is about. */
  private addressed(statement: Statement, { user, about }: NonNullable<ReadableTable['shownTo']>, { id, permissions }: Actor): string[] {
    if (!isUuid(id)) return ['false'];
    const own = `${quoted(user)} = ${statement.value(id, 'uuid')}`;
    if (!about) return [own];
    const tables = [...this.byName.keys()].filter((table) => covers(permissions, `${table}:read`));
    return [own, `${quoted(about)} = any (${statement.value(tables, 'text[]')})`];
  }

  private page({ table, actor, conditions, statement, order }: Asked, after: readonly string[], limit: number): Promise<Record<string, unknown>[]> {
    return this.query(actor, table, statement, [...conditions, ...after], `order by ${orderBy(order)} limit ${limit}`);
  }

  private async query(actor: Actor, table: ReadableTable, statement: Statement, conditions: readonly string[], end: string): Promise<Record<string, unknown>[]> {
    if (!isUuid(actor.organizationId)) return [];
    const columns = table.columns.map(({ column }) => quoted(column)).join(', ');
    const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : '';
    const text = `select ${columns} from read.${quoted(table.table)} ${where} ${end}`;
    try {
      return (await asOrganization(this.pool, actor.organizationId, (client) => client.query<Record<string, unknown>>(text, statement.values))).rows;
    } catch (error) {
      throw answerable(error);
    }
  }

  /** Rows as answers have them: named, masked, and special data opened where it is asked for and may be seen. */
  private async shown(table: ReadableTable, rows: readonly Record<string, unknown>[], actor: Actor, special: boolean): Promise<Row[]> {
    const masked = table.columns.filter((column) => this.isMasked(table, column, actor));
    const maskedNames = masked.map(({ name }) => name);
    const values = rows.map((row) => {
      const shown: Record<string, unknown> = {};
      for (const column of table.columns) shown[column.name] = masked.includes(column) ? null : valueShown(column, row[column.column], special);
      if (maskedNames.length > 0) shown['_masked'] = maskedNames;
      return shown;
    });
    const sealed = values.filter((row) => Object.values(row).some((value) => value instanceof Sealed));
    if (sealed.length === 0) return values;
    for (const row of sealed) await this.parts.specialRead(actor, table.table, String(row['id']));
    const opened = await this.parts.codec.unseal(values);
    for (const row of opened) for (const [name, value] of Object.entries(row)) if (value instanceof Tombstone) row[name] = value.toJSON();
    return opened;
  }
}

function valueShown({ privacy, field }: ReadableColumn, stored: unknown, special: boolean): unknown {
  if (privacy < 3 || stored === null || stored === undefined) return stored ?? null;
  if ('erased' in (stored as object)) return (field?.kind ?? 'text') === 'text' ? ERASED_TEXT : null;
  return special ? sealedFromColumn(stored) : null;
}

const maskedFor = (): ApiError => new ApiError(403, 'FORBIDDEN', 'Your role does not see this field: it can be neither filtered, searched nor sorted by.');

function unknownFilter(table: ReadableTable, parameter: string): BadRequest {
  const known = table.columns.filter(({ filterable }) => filterable).map(({ name }) => name);
  const others = [...PARAMETERS].filter((name) => name !== 'q' || table.searchable);
  return new BadRequest(`There is no such filter. Known are: ${known.join(', ')}; and ${others.join(', ')}.`, 'UNKNOWN', parameter.slice(0, 60));
}

function includesSpecial(include: string | readonly string[] | undefined): boolean {
  if (include === undefined) return false;
  if (include !== 'special') throw new BadRequest('include is: special.', 'VALIDATION', 'include');
  return true;
}

function limitOf(given: string | readonly string[] | undefined): number {
  if (given === undefined) return LIMIT.usual;
  const limit = typeof given === 'string' && /^\d{1,4}$/.test(given) ? Number(given) : 0;
  if (limit < 1 || limit > LIMIT.most) throw new BadRequest(`limit is a whole number from 1 to ${LIMIT.most}.`, 'VALIDATION', 'limit');
  return limit;
}

/** What the database says while a table is being built anew, or to a question that takes too long. */
function answerable(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === '42P01' || code === '42703') return new ApiError(503, 'NOT_YET', 'This list is being built anew: try again soon.', 5);
  if (code === '57014') return new ApiError(503, 'TOO_LONG', 'This list took too long: narrow it by a filter.', 30);
  return error;
}
