import { Controller, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { bodyOf, CommandGateway, idOf } from '../../api/commands/command-gateway.js';
import { commandHeaders, etagOf } from '../../api/http/headers.js';
import { Anonymous, callerOf } from '../../api/http/request-context.js';
import { API_PARTS, type ApiParts, type HandWrittenCommand } from '../../api/parts.js';
import type { Access } from '../access.js';
import { ACCESS, tokenOf } from './access-provider.js';
import { MemberCommands } from './member-commands.js';

/** Routes of the commands that come with a password or a token. */
@Controller('/api/v1')
export class MembersController {
  private readonly commands: MemberCommands;

  constructor(
    @Inject(ACCESS) access: Access,
    @Inject(API_PARTS) private readonly parts: ApiParts,
    @Inject(CommandGateway) private readonly gateway: CommandGateway,
  ) {
    this.commands = new MemberCommands(access);
  }

  @Post('user-organizations/:id/accept-invitation')
  @Anonymous()
  acceptInvitation(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answer('AcceptInvitation', this.commands.acceptInvitation, request, reply);
  }

  @Post('users/:id/change-password')
  changePassword(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    callerOf(request);
    return this.answer('ChangePassword', this.commands.changePassword, request, reply);
  }

  @Post('users/:id/issue-api-token')
  issueApiToken(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    callerOf(request);
    return this.answer('IssueApiToken', this.commands.issueApiToken, request, reply);
  }

  private async answer(name: string, command: HandWrittenCommand, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const id = idOf((request.params as { id: string }).id);
    const call = {
      declaration: this.parts.catalogue.command(name)!,
      id,
      body: request.body,
      correlationId: request.correlationId,
      route: (request.routeOptions.url ?? '').replace(':id', id),
      ...commandHeaders(request.headers),
      ...(request.signedIn ? { actor: request.signedIn, token: tokenOf(request) } : {}),
    };
    const answer = await command(call, this.gateway);
    const { acknowledgement, waited } = answer;
    reply.header('etag', etagOf(acknowledgement.revision));
    if (acknowledgement.replayed) reply.header('idempotency-replayed', 'true');
    if (waited) reply.header('preference-applied', 'wait');
    await reply.status(200).send(bodyOf(answer));
  }
}
