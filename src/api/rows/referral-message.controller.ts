import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../../kernel/command.js';
import { covers } from '../../kernel/permissions.js';
import { referralMessage } from '../../reports/referral-message.js';
import { idOf } from '../commands/command-gateway.js';
import { QueryReader, type Query } from '../http/query.js';
import { callerOf } from '../http/request-context.js';
import { API_PARTS, type ApiParts, type Row } from '../parts.js';
import { ApiError, forbidden, notFound } from '../problems/errors.js';
import { RowService } from './row-service.js';

/**
 * A referral to a health service as the message that such services take. What is special in it is opened, which is told to
 * the access log before the answer leaves; who is not shown all of it is shown none.
 */
@Controller('/api/v1/referrals')
export class ReferralMessageController {
  constructor(
    @Inject(API_PARTS) private readonly parts: ApiParts,
    private readonly rows: RowService,
  ) {}

  @Get(':id/fhir')
  async message(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const actor = callerOf(request);
    for (const table of ['referrals', 'residents']) if (!covers(actor.permissions, `${table}:read`)) throw forbidden();
    const query = request.query as Query;
    new QueryReader(query).only('after');
    await this.rows.waitAfter(query);
    const referral = await this.row('referrals', idOf((request.params as { id: string }).id), actor);
    if (referral['direction'] !== 'outbound' || referral['referralType'] !== 'health') {
      throw new ApiError(409, 'STATE', 'Only a referral of ours to a health service is told as a message.');
    }
    const resident = await this.row('residents', String(referral['residentId']), actor);
    if (resident['erasedAt'] !== null) throw new ApiError(410, 'ERASED', 'The personal data of this resident was erased: there is nothing to tell.');
    const organization = await this.row('organizations', actor.organizationId, actor);
    const livesHere = ['active', 'at_risk'].includes(String(resident['status'])) && typeof resident['propertyId'] === 'string';
    // Where somebody lives is told by those only who may know of houses; the message goes without it else.
    const told = livesHere && covers(actor.permissions, 'properties:read');
    const property = told ? await this.parts.rows.get('properties', String(resident['propertyId']), actor) : undefined;
    await reply
      .header('content-type', 'application/fhir+json; charset=utf-8')
      .send(JSON.stringify(referralMessage({ referral, resident, organization, property })));
  }

  /** @throws ApiError 404 where there is no such row; 403 where a part of it is masked. */
  private async row(table: string, id: string, actor: Actor): Promise<Row> {
    const row = await this.parts.rows.get(table, id, actor);
    if (!row) throw notFound();
    if (row['_masked'] !== undefined) throw forbidden();
    return row;
  }
}
