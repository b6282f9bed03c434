import { Body, Controller, Get, HttpCode, Inject, Param, Post, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { consistencyChecks } from '../../audit/consistency.js';
import { covers } from '../../kernel/permissions.js';
import { Instant, Text } from '../../kernel/fields.js';
import { open, pseudonymous } from '../../kernel/privacy.js';
import { validateAs } from '../../kernel/validation.js';
import { callerOf } from '../http/request-context.js';
import { API_PARTS, type ApiParts, type ClockControl, type SignedIn } from '../parts.js';
import { forbidden, notFound } from '../problems/errors.js';

/** Where the clock is to be moved. */
export class ClockMove {
  @Instant(open, { doc: 'Never back: the clock moves forward only' }) now!: string;
}
/** What is to be tried again, or given up. */
export class ParkedStream {
  @Text(pseudonymous, { max: 200, doc: 'Stream that is parked, as the list gives it' }) stream!: string;
}

/** What operators and training sessions use. */
@Controller('/api/v1')
export class OperationsController {
  constructor(@Inject(API_PARTS) private readonly parts: ApiParts) {}

  @Get('consistency')
  async consistency(@Req() request: FastifyRequest): Promise<object> {
    const { organizationId } = allowed(request, 'audit_trail:read');
    return { checks: consistencyChecks.map(({ check, sentence }) => ({ check, sentence })), items: await this.parts.consistency(organizationId) };
  }

  @Get('processes')
  async processes(@Req() request: FastifyRequest): Promise<object> {
    return { items: await this.parts.processes.list(allowed(request, 'processes:read')) };
  }

  @Post('processes/:process/retry')
  @HttpCode(204)
  retry(@Req() request: FastifyRequest, @Param('process') process: string, @Body() body: unknown): Promise<void> {
    const actor = allowed(request, 'processes:retry');
    return this.parts.processes.retry(process, validateAs(ParkedStream, body).stream, actor);
  }

  @Post('processes/:process/drop')
  @HttpCode(204)
  drop(@Req() request: FastifyRequest, @Param('process') process: string, @Body() body: unknown): Promise<void> {
    const actor = allowed(request, 'processes:drop');
    return this.parts.processes.drop(process, validateAs(ParkedStream, body).stream, actor);
  }

  @Get('clock')
  async clock(): Promise<object> {
    return { now: await this.control().now() };
  }

  @Put('clock')
  async move(@Body() body: unknown): Promise<object> {
    const control = this.control();
    await control.moveTo(validateAs(ClockMove, body).now);
    return { now: await control.now() };
  }

  /** @throws ApiError 404 where the clock follows the real time. */
  private control(): ClockControl {
    if (!this.parts.clock) throw notFound();
    return this.parts.clock;
  }
}

function allowed(request: FastifyRequest, permission: string): SignedIn {
  const actor = callerOf(request);
  if (!covers(actor.permissions, permission)) throw forbidden();
  return actor;
}
