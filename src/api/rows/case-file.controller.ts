import { Controller, Get, Inject, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Actor } from '../../kernel/command.js';
import { covers } from '../../kernel/permissions.js';
import { idOf } from '../commands/command-gateway.js';
import { QueryReader, type Query } from '../http/query.js';
import { callerOf } from '../http/request-context.js';
import { API_PARTS, type ApiParts, type Row, type RowPage } from '../parts.js';
import { notFound } from '../problems/errors.js';
import { RowService } from './row-service.js';
import { shownTables, type ShownTable } from './tables.js';

const RESIDENTS = 'residents';
/** Rows of one list that a case file has at most; the others are had from the list itself. */
const MOST = 500;

/** What a case file has of one list: its rows, and the cursor of the next ones, as the list itself answers. */
type Section = Pick<RowPage, 'items' | 'nextCursor'>;

/** A list of a case file, and the column by which its rows are the resident's, or those of another list's rows. */
interface Chapter {
  readonly table: ShownTable;
  readonly column: string;
  /** The list whose rows they belong to; absent where they name the resident. */
  readonly of?: string;
}

/**
 * Everything of one resident in one answer: of each list that names a resident, and of what belongs to its rows, as far as
 * whoever asks may read it, masked for them, and special data told to the access log before it leaves. A list that comes
 * to the product later joins by itself.
 */
@Controller('/api/v1/residents')
export class CaseFileController {
  private readonly residents: ShownTable | undefined;
  private readonly chapters: readonly Chapter[];

  constructor(
    @Inject(API_PARTS) private readonly parts: ApiParts,
    private readonly rows: RowService,
  ) {
    const tables = shownTables(parts.catalogue, parts.readSchemas);
    this.residents = tables.find(({ table }) => table === RESIDENTS);
    const has = ({ columns }: ShownTable, column: string): boolean => columns.some(({ name, filterable }) => name === column && filterable);
    const own = tables.filter((table) => has(table, 'residentId')).map((table): Chapter => ({ table, column: 'residentId' }));
    const named = new Set(own.map(({ table }) => table.table));
    // What is the resident's own under another name, such as siblings.
    own.push(...tables.filter(({ table, parent }) => parent?.table === RESIDENTS && !named.has(table)).map((table): Chapter => ({ table, column: table.parent!.column })));
    const inner = tables.flatMap((table): Chapter[] =>
      table.parent && named.has(table.parent.table) && !named.has(table.table) && has(table, table.parent.column)
        ? [{ table, column: table.parent.column, of: table.parent.table }] : []);
    this.chapters = [...own, ...inner];
  }

  @Get(':id/case-file')
  async caseFile(@Req() request: FastifyRequest): Promise<object> {
    const actor = callerOf(request);
    if (!this.residents) throw notFound();
    this.rows.checkMayRead(actor, this.residents);
    const id = idOf((request.params as { id: string }).id);
    const query = request.query as Query;
    new QueryReader(query).only('after');
    await this.rows.waitAfter(query);
    const resident = await this.parts.rows.get(RESIDENTS, id, actor);
    if (!resident) throw notFound();
    const merged = await this.list(RESIDENTS, 'mergedInto', [id], actor);
    return { resident, mergedRecords: merged.items, lists: await this.lists([id, ...merged.items.map((row) => String(row['id']))], actor) };
  }

  private async lists(ids: readonly string[], actor: Actor): Promise<Record<string, Section>> {
    const lists: Record<string, Section> = {};
    const found = new Map<string, readonly string[]>();
    for (const { table, column, of } of this.chapters) {
      const owners = of === undefined ? ids : (found.get(of) ?? []);
      if (!covers(actor.permissions, table.permission) || owners.length === 0) continue;
      const section = await this.list(table.table, column, owners, actor);
      lists[table.many] = section;
      found.set(table.table, section.items.map((row: Row) => String(row['id'])));
    }
    return lists;
  }

  private async list(table: string, column: string, ids: readonly string[], actor: Actor): Promise<Section> {
    const { items, nextCursor } = await this.parts.rows.list(table, { [column]: ids, limit: String(MOST), include: 'special' }, actor);
    return { items, nextCursor };
  }
}
