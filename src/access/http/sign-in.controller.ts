import { Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Anonymous, callerOf } from '../../api/http/request-context.js';
import { Refusal } from '../../kernel/rules.js';
import { validateAs } from '../../kernel/validation.js';
import type { Access } from '../access.js';
import { SignInBody } from '../bodies.js';
import type { SignInAnswer } from '../sign-in.js';
import { ACCESS, tokenOf } from './access-provider.js';

/** Signing in and out. */
@Controller('/api/v1')
export class SignInController {
  constructor(@Inject(ACCESS) private readonly access: Access) {}

  @Post('sign-in')
  @Anonymous()
  @HttpCode(200)
  signIn(@Req() request: FastifyRequest): Promise<SignInAnswer> {
    return this.access.signIn.signIn(validateAs(SignInBody, request.body));
  }

  @Post('sign-out')
  @HttpCode(204)
  async signOut(@Req() request: FastifyRequest): Promise<void> {
    // A program's token is revoked by its user; to say that it is signed out would be untrue.
    if (callerOf(request).byToken) throw new Refusal('FORBIDDEN', 'An API token has no session: it ends when its user revokes it.', { status: 403 });
    await this.access.signIn.signOut(tokenOf(request));
  }
}
