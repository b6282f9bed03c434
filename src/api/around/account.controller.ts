import { Controller, Get, Inject, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { callerOf } from '../http/request-context.js';
import { API_PARTS, type ApiParts } from '../parts.js';

/** Who asks, and the rules of the house. */
@Controller('/api/v1')
export class AccountController {
  constructor(@Inject(API_PARTS) private readonly parts: ApiParts) {}

  @Get('me')
  me(@Req() request: FastifyRequest): object {
    const { user, organization, role, permissions, residentId, organizationPaused } = callerOf(request);
    return {
      user,
      organization,
      role,
      permissions: [...permissions].sort(),
      ...(residentId ? { residentId } : {}),
      ...(organizationPaused ? { organizationPaused } : {}),
    };
  }

  @Get('rules')
  rules(): object {
    return { items: this.parts.rules() };
  }
}
