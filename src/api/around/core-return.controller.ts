import { Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../../kernel/command.js';
import { covers } from '../../kernel/permissions.js';
import { coreReturn, type CoreLogRow, type CoreReturn } from '../../reports/core-return.js';
import { CommandGateway } from '../commands/command-gateway.js';
import { QueryReader, type Query } from '../http/query.js';
import { callerOf } from '../http/request-context.js';
import { API_PARTS, type ApiParts } from '../parts.js';
import { BadRequest, forbidden } from '../problems/errors.js';
import { RowService } from '../rows/row-service.js';

const TABLE = 'core_logs';
const TO_SEND = ['ready', 'exported'];
const PAGE = '500';
const WAIT_MS = 10_000;

/**
 * The bulk-upload file of the lettings return: read alone, or written down in the logs that stand in it. Special answers
 * are opened for it, and that is recorded before the file leaves.
 */
@Controller('/api/v1/core-logs/export')
export class CoreReturnController {
  constructor(
    @Inject(API_PARTS) private readonly parts: ApiParts,
    private readonly rows: RowService,
    private readonly gateway: CommandGateway,
  ) {}

  @Get()
  async read(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.send(reply, await this.written(request));
  }

  @Post()
  @HttpCode(200)
  async record(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const written = await this.written(request);
    await this.recordIn(written, request);
    await this.send(reply, written);
  }

  private async written(request: FastifyRequest): Promise<CoreReturn> {
    const actor = callerOf(request);
    if (!covers(actor.permissions, 'core_logs:export')) throw forbidden();
    const reader = new QueryReader(request.query as Query);
    reader.only('year', 'after');
    const year = reader.integer('year', 2000, 2199);
    if (year === undefined) throw new BadRequest('Say of which year: year=2026 is from 1 April 2026 to 31 March 2027.', 'VALIDATION', 'year');
    await this.rows.waitAfter(request.query as Query);
    return coreReturn(year, await this.logs(actor, year, TO_SEND, true), await this.logs(actor, year, ['accepted'], false));
  }

  /** @throws ApiError 403 where the role is not shown all answers: a file without them would be another one. */
  private async logs(actor: Actor, year: number, status: readonly string[], special: boolean): Promise<CoreLogRow[]> {
    const found: CoreLogRow[] = [];
    const asked = { year: String(year), status, sort: 'reference', limit: PAGE, ...(special ? { include: 'special' } : {}) };
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await this.parts.rows.list(TABLE, { ...asked, ...(cursor === '' ? {} : { cursor }) }, actor);
      if (special && page.items.some((row) => row['_masked'] !== undefined)) throw forbidden();
      found.push(...(page.items as readonly CoreLogRow[]));
      cursor = page.nextCursor;
    }
    return found;
  }

  /** Each log says in which file and line it was sent; one that has changed meanwhile is none of this file. */
  private async recordIn({ file, logs }: CoreReturn, request: FastifyRequest): Promise<void> {
    const declaration = this.parts.catalogue.command('RecordCoreLogExport')!;
    const { correlationId } = request;
    for (const [index, { id, revision, line }] of logs.entries()) {
      const body = { fileSha: file.sha, line };
      // The last is waited for, and so all of them: the same file can be asked for again at once.
      const wait = index === logs.length - 1 ? { wait: WAIT_MS } : {};
      await this.gateway.execute({ declaration, actor: callerOf(request), id, body, correlationId, route: `${declaration.name}/${id}`, ifMatch: revision, ...wait });
    }
  }

  private async send(reply: FastifyReply, { file }: CoreReturn): Promise<void> {
    await reply
      .header('content-type', 'text/csv; charset=utf-8; header=present')
      .header('content-disposition', 'attachment; filename="core-lettings.csv"')
      .header('repr-digest', `sha-256=:${Buffer.from(file.sha, 'hex').toString('base64')}:`)
      .send(file.text);
  }
}
