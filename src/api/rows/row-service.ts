import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../../kernel/command.js';
import type { EntityDeclaration } from '../../kernel/entity.js';
import { covers } from '../../kernel/permissions.js';
import { idOf } from '../commands/command-gateway.js';
import { etagOf } from '../http/headers.js';
import { QueryReader, type Query } from '../http/query.js';
import { callerOf } from '../http/request-context.js';
import { API_PARTS, type ApiParts, type ListParameters, type Row } from '../parts.js';
import { forbidden, notFound, notYet } from '../problems/errors.js';
import { begun, contentTypes, exported, exportForm } from './export.js';
import type { ShownTable } from './tables.js';

const AFTER_MS = 5_000;
const HISTORY = { limit: 100, most: 1_000 };

/** What every read does: may the actor, is it there yet, and not cached. */
@Injectable()
export class RowService {
  constructor(@Inject(API_PARTS) private readonly parts: ApiParts) {}

  /** @throws ApiError 403 */
  checkMayRead(actor: Actor, { permission }: Pick<ShownTable, 'permission'>): void {
    if (!covers(actor.permissions, permission)) throw forbidden();
  }

  /** Waits for the position that `?after=` names. @throws ApiError 503 NOT_YET; BadRequest */
  async waitAfter(query: Query): Promise<void> {
    const after = new QueryReader(query).integer('after', 0, Number.MAX_SAFE_INTEGER);
    if (after !== undefined && !(await this.parts.waits.waitForAfter(after, AFTER_MS))) throw notYet();
  }

  async get(table: ShownTable, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { actor, id, query, reader } = this.asked(table, request);
    reader.only('after', 'at');
    const at = reader.instant('at');
    await this.waitAfter(query);
    const row = at === undefined ? await this.parts.rows.get(table.table, id, actor) : await this.at(table, id, actor, at);
    if (!row) throw notFound();
    const revision = row['streamRevision'] ?? row['revision'];
    if (typeof revision === 'number') reply.header('etag', etagOf(revision));
    await reply.send(row);
  }

  async list(table: ShownTable, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const actor = callerOf(request);
    this.checkMayRead(actor, table);
    const query = request.query as Query;
    await this.waitAfter(query);
    const { after: _after, ...parameters } = query;
    const form = exportForm(request.headers.accept);
    if (form === undefined) {
      const { items, nextCursor } = await this.parts.rows.list(table.table, parameters as ListParameters, actor);
      await reply.send({ items, nextCursor });
      return;
    }
    const rows = await begun(this.parts.rows.stream(table.table, parameters as ListParameters, actor));
    const { logger } = this.parts;
    const failed = (err: unknown): void => logger.warn({ correlationId: request.correlationId, err }, 'An export broke off.');
    await reply.header('content-type', contentTypes[form]).send(exported(form, table, rows, failed));
  }

  async history(table: ShownTable, entity: EntityDeclaration, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { actor, id, query, reader } = this.asked(table, request);
    reader.only('after', 'limit', 'cursor');
    const limit = reader.integer('limit', 1, HISTORY.most) ?? HISTORY.limit;
    const from = reader.integer('cursor', 0, 2 ** 31) ?? 0;
    await this.waitAfter(query);
    await this.checkShown(table, id, actor);
    const page = await this.parts.audit.of(entity, id, actor, { from, limit });
    if (!page && !(await this.parts.rows.get(table.table, id, actor))) throw notFound();
    // What the read side makes of other records (a rent charge among the books) is there and has no past of its own.
    await reply.send(page ?? { items: [], nextCursor: null });
  }

  private asked(table: ShownTable, request: FastifyRequest) {
    const actor = callerOf(request);
    this.checkMayRead(actor, table);
    const query = request.query as Query;
    return { actor, id: idOf((request.params as { id: string }).id), query, reader: new QueryReader(query) };
  }

  /** What is no entity has no past of its own. */
  private async at(table: ShownTable, id: string, actor: Actor, instant: string): Promise<Row | undefined> {
    if (!table.entity) return undefined;
    await this.checkShown(table, id, actor);
    return this.parts.audit.at(table.entity, id, actor, instant);
  }

  /**
   * The past of an entity is read from its stream, which knows its organisation and no more. What only the row decides
   * (a user is a member here, a resident sees what is their own) is asked of the row. @throws ApiError 404
   */
  private async checkShown({ table, entity }: ShownTable, id: string, actor: Actor): Promise<void> {
    const { home, shownTo } = entity?.options ?? {};
    const byRow = home === 'platform' || shownTo !== undefined || actor.residentId !== undefined || actor.role === 'resident';
    if (byRow && !(await this.parts.rows.get(table, id, actor))) throw notFound();
  }
}
