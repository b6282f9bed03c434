import { Controller, Get, Inject, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Actor } from '../../kernel/command.js';
import { covers } from '../../kernel/permissions.js';
import { isCivilDate } from '../../kernel/values.js';
import { declineMonitoring, type DeclineMonitoring } from '../../reports/decline-monitoring.js';
import { QueryReader, type Query } from '../http/query.js';
import { callerOf } from '../http/request-context.js';
import { API_PARTS, type ApiParts, type ListParameters, type Row } from '../parts.js';
import { forbidden } from '../problems/errors.js';
import { RowService } from './row-service.js';

const PAGE = 500;
/** Statuses of a referral that was answered. */
const ANSWERED = ['accepted', 'completed', 'declined'];

/**
 * Whom declining referrals to us meets (REF-4), in figures: who is not shown what people say of themselves is not shown
 * them either, and that it was read is told to the access log.
 */
@Controller('/api/v1/referrals/decline-monitoring')
export class DeclineMonitoringController {
  constructor(
    @Inject(API_PARTS) private readonly parts: ApiParts,
    private readonly rows: RowService,
  ) {}

  @Get()
  async figures(@Req() request: FastifyRequest): Promise<DeclineMonitoring> {
    const actor = callerOf(request);
    for (const table of ['referrals', 'residents']) if (!covers(actor.permissions, `${table}:read`)) throw forbidden();
    const query = request.query as Query;
    const reader = new QueryReader(query);
    reader.only('from', 'to', 'after');
    const [from, to] = [day(reader, 'from'), day(reader, 'to')];
    await this.rows.waitAfter(query);
    const answered = await this.all('referrals', { direction: 'inbound', status: ANSWERED, ...(from ? { 'referralDate[gte]': from } : {}), ...(to ? { 'referralDate[lte]': to } : {}) }, actor);
    return declineMonitoring(answered, await this.residents(new Set(answered.map((row) => String(row['residentId']))), actor));
  }

  private async residents(ids: ReadonlySet<string>, actor: Actor): Promise<Map<string, Row>> {
    const found = new Map<string, Row>();
    const all = [...ids];
    for (let at = 0; at < all.length; at += PAGE) {
      const page = await this.all('residents', { id: all.slice(at, at + PAGE), include: 'special' }, actor);
      if (page.some((row) => row['_masked'] !== undefined)) throw forbidden();
      for (const row of page) found.set(String(row['id']), row);
    }
    return found;
  }

  private async all(table: string, asked: ListParameters, actor: Actor): Promise<Row[]> {
    const found: Row[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await this.parts.rows.list(table, { ...asked, limit: String(PAGE), ...(cursor === '' ? {} : { cursor }) }, actor);
      found.push(...page.items);
      cursor = page.nextCursor;
    }
    return found;
  }
}

/** @throws BadRequest */
const day = (reader: QueryReader, name: string): string | undefined => reader.text(name, isCivilDate, `${name} is a date, such as 2026-04-01.`);
