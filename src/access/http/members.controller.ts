import { Controller, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { bodyOf, type CommandAnswer, CommandGateway, idOf } from '../../api/commands/command-gateway.js';
import { commandHeaders, etagOf } from '../../api/http/headers.js';
import { Anonymous, callerOf } from '../../api/http/request-context.js';
import { API_PARTS, type ApiParts } from '../../api/parts.js';
import type { Actor } from '../../kernel/command.js';
import { validateAs } from '../../kernel/validation.js';
import type { Access } from '../access.js';
import { AcceptInvitationBody, ChangePasswordBody, IssueApiTokenBody } from '../bodies.js';
import { ACCESS, tokenOf } from './access-provider.js';

/** Commands that come with a password or a token: what is secret in them stays out of the log, and the rest goes the way of every command. */
@Controller('/api/v1')
export class MembersController {
  constructor(
    @Inject(ACCESS) private readonly access: Access,
    @Inject(API_PARTS) private readonly parts: ApiParts,
    @Inject(CommandGateway) private readonly gateway: CommandGateway,
  ) {}

  @Post('user-organizations/:id/accept-invitation')
  @Anonymous()
  async acceptInvitation(@Param('id') text: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const id = idOf(text);
    const { idempotencyKey } = commandHeaders(request.headers);
    const body = validateAs(AcceptInvitationBody, request.body);
    const ready = await this.access.invitations.accept(id, body, request.correlationId, idempotencyKey !== undefined);
    await send(reply, await this.execute(ready.name, ready.actor, id, ready.body, request));
  }

  @Post('users/:id/change-password')
  async changePassword(@Param('id') text: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const actor = callerOf(request);
    const id = idOf(text);
    // For anybody else's account the pipeline says no, and the auditor is told.
    if (!isOwn(actor, id)) return send(reply, await this.execute('ChangePassword', actor, id, {}, request));
    const body = validateAs(ChangePasswordBody, request.body);
    const credentialId = await this.access.passwords.change(id, body, commandHeaders(request.headers).idempotencyKey);
    const answer = await this.execute('ChangePassword', actor, id, { credentialId }, request);
    await this.access.passwords.changed(actor, tokenOf(request));
    await send(reply, answer);
  }

  @Post('users/:id/issue-api-token')
  async issueApiToken(@Param('id') text: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const actor = callerOf(request);
    const id = idOf(text);
    if (!isOwn(actor, id)) return send(reply, await this.execute('IssueApiToken', actor, id, {}, request));
    const { name, scopes, expiresAt } = validateAs(IssueApiTokenBody, request.body);
    const { tokenId, token } = await this.access.apiTokens.prepare(id, actor.organizationId, commandHeaders(request.headers).idempotencyKey);
    const answer = await this.execute('IssueApiToken', actor, id, { tokenId, name, scopes, expiresAt }, request);
    await send(reply, answer, { tokenId, token });
  }

  private execute(name: string, actor: Actor, id: string, body: object, request: FastifyRequest): Promise<CommandAnswer> {
    return this.gateway.execute({
      declaration: this.parts.catalogue.command(name)!,
      actor,
      id,
      body,
      correlationId: request.correlationId,
      route: (request.routeOptions.url ?? '').replace(':id', id),
      ...commandHeaders(request.headers),
    });
  }
}

const isOwn = (actor: Actor, id: string): boolean => actor.id === id && !actor.byToken;

async function send(reply: FastifyReply, answer: CommandAnswer, shownOnce: object = {}): Promise<void> {
  const { acknowledgement, waited } = answer;
  reply.header('etag', etagOf(acknowledgement.revision));
  if (acknowledgement.replayed) reply.header('idempotency-replayed', 'true');
  if (waited) reply.header('preference-applied', 'wait');
  await reply.status(200).send({ ...bodyOf(answer), ...shownOnce });
}
