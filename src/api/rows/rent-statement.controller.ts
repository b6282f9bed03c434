import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { stringify } from 'csv-stringify/sync';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { statedFrom } from '../../domain/money/rent-account/pre-action.js';
import type { Actor } from '../../kernel/command.js';
import { covers } from '../../kernel/permissions.js';
import { instantText, isCivilDate, londonDate } from '../../kernel/values.js';
import { handedStatement, statementSheet } from '../../reports/rent-statement.js';
import { idOf } from '../commands/command-gateway.js';
import { QueryReader, type Query } from '../http/query.js';
import { callerOf } from '../http/request-context.js';
import { API_PARTS, type ApiParts, type Row } from '../parts.js';
import { BadRequest, forbidden, notFound } from '../problems/errors.js';
import { contentTypes, exportForm } from './export.js';
import { RowService } from './row-service.js';

/** The rent statement of an account: what was charged, adjusted and paid from one day to another, and the balances before and after. */
@Controller('/api/v1/rent-accounts')
export class RentStatementController {
  constructor(
    @Inject(API_PARTS) private readonly parts: ApiParts,
    private readonly rows: RowService,
  ) {}

  @Get(':id/statement')
  async statement(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const actor = callerOf(request);
    if (!covers(actor.permissions, 'rent_accounts:read')) throw forbidden();
    const id = idOf((request.params as { id: string }).id);
    const query = request.query as Query;
    const reader = new QueryReader(query);
    reader.only('from', 'to', 'after');
    const [first, last] = [day(reader, 'from'), day(reader, 'to')];
    await this.rows.waitAfter(query);
    const account = await this.parts.rows.get('rent_accounts', id, actor);
    if (!account) throw notFound();
    const to = last ?? (await this.today());
    const from = first ?? statedFrom(to);
    if (from > to) throw new BadRequest('from is the first day of the statement and to the last: it does not end before it begins.', 'VALIDATION', 'from');
    const [ledger, receipts] = [await this.all('rent_ledger', id, actor), await this.all('rent_receipts', id, actor)];
    const statement = handedStatement(account, ledger, receipts, from, to);
    if (exportForm(request.headers.accept) !== 'csv') return void (await reply.send(statement));
    await reply.header('content-type', contentTypes.csv).header('content-disposition', 'attachment; filename="rent-statement.csv"')
      .send(stringify([...statementSheet(statement)] as string[][], { record_delimiter: 'windows' }));
  }

  private async today(): Promise<string> {
    return londonDate(this.parts.clock ? await this.parts.clock.now() : instantText(Date.now()));
  }

  private async all(table: string, rentAccountId: string, actor: Actor): Promise<Row[]> {
    const found: Row[] = [];
    for await (const row of this.parts.rows.stream(table, { rentAccountId }, actor)) found.push(row);
    return found;
  }
}

/** @throws BadRequest */
const day = (reader: QueryReader, name: string): string | undefined => reader.text(name, isCivilDate, `${name} is a date, such as 2026-04-01.`);
