import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Anonymous } from '../http/request-context.js';
import { OpenApi } from '../openapi/openapi.js';
import { API_PARTS, type ApiParts } from '../parts.js';
import { codePage } from '../problems/code-page.js';
import { notFound } from '../problems/errors.js';
import { Health } from '../../platform/health.js';
import { docsAsset } from './docs-assets.js';

/** What needs no session: health, metrics, and the documentation. */
@Controller()
export class PublicController {
  constructor(
    @Inject(API_PARTS) private readonly parts: ApiParts,
    private readonly health: Health,
    private readonly openApi: OpenApi,
  ) {}

  @Get('health/live')
  @Anonymous()
  live(): object {
    return { status: 'up' };
  }

  @Get('health/ready')
  @Anonymous()
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const { ready, checks } = await this.health.readiness();
    await reply.status(ready ? 200 : 503).send({ status: ready ? 'up' : 'down', checks });
  }

  @Get('metrics')
  @Anonymous()
  async metrics(@Res() reply: FastifyReply): Promise<void> {
    const { type, body } = await this.parts.metrics.text();
    await reply.header('content-type', type).send(body);
  }

  @Get('api/openapi.json')
  @Anonymous()
  async document(@Res() reply: FastifyReply): Promise<void> {
    await reply.header('content-type', 'application/json; charset=utf-8').send(this.openApi.text());
  }

  @Get(['api/docs', 'api/docs/:asset'])
  @Anonymous()
  async docs(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { asset } = request.params as { asset?: string };
    const found = await docsAsset(asset ?? 'index.html');
    if (!found) throw notFound();
    await reply.header('content-type', found.type).header('content-security-policy', found.policy).send(found.body);
  }

  @Get('problems/:code')
  @Anonymous()
  async problem(@Param('code') code: string, @Res() reply: FastifyReply): Promise<void> {
    const page = codePage(code, this.parts.rules());
    if (page === undefined) throw notFound();
    await reply.header('content-type', 'text/html; charset=utf-8').send(page);
  }
}
