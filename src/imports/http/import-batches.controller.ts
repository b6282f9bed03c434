import { Controller, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { bodyOf, CommandGateway } from '../../api/commands/command-gateway.js';
import { commandHeaders, etagOf } from '../../api/http/headers.js';
import { callerOf } from '../../api/http/request-context.js';
import { isFile, TakesFiles } from '../../api/http/uploads.js';
import { API_PARTS, type ApiParts } from '../../api/parts.js';
import { BadRequest } from '../../api/problems/errors.js';
import { ImportKind, type ImportKindName } from '../../domain/money/import-batch/file-names.js';
import { validateAs } from '../../kernel/validation.js';
import { piecesOf, type ArrivingFile, type ImportCommands } from './import-commands.js';
import { IMPORTS } from './imports-provider.js';
import { StartImportBody } from './start-import-body.js';

const PATH = '/api/v1/import-batches';

/** Files of payments, as the body itself or within a JSON body. */
@Controller(PATH)
export class ImportBatchesController {
  constructor(
    @Inject(IMPORTS) private readonly commands: ImportCommands,
    @Inject(API_PARTS) private readonly parts: ApiParts,
    @Inject(CommandGateway) private readonly gateway: CommandGateway,
  ) {}

  @Post('/')
  @TakesFiles()
  async start(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const actor = callerOf(request);
    const call = {
      declaration: this.parts.catalogue.command('StartImport')!,
      id: '', actor, body: {}, correlationId: request.correlationId, route: PATH, ...commandHeaders(request.headers),
    };
    const rejectedAt = (id: string): void => void reply.header('location', `${PATH}/${id}`);
    const answer = await this.commands.start(call, () => fileOf(request), this.gateway, rejectedAt);
    const { acknowledgement, waited } = answer;
    reply.header('etag', etagOf(acknowledgement.revision)).header('location', `${PATH}/${acknowledgement.id}`);
    if (acknowledgement.replayed) reply.header('idempotency-replayed', 'true');
    if (waited) reply.header('preference-applied', 'wait');
    await reply.status(201).send(bodyOf(answer));
  }
}

/** The file of a request. @throws BadRequest; InvalidInput */
function fileOf(request: FastifyRequest): ArrivingFile {
  const { body } = request;
  if (!isFile(body)) {
    const { kind, fileName, content } = validateAs(StartImportBody, body);
    return { kind, fileName, bytes: piecesOf(content) };
  }
  const { kind, fileName, ...others } = request.query as Readonly<Record<string, unknown>>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new BadRequest('There is no such parameter: a file is sent with kind and fileName.');
  if (typeof kind !== 'string' || !Object.hasOwn(ImportKind, kind)) {
    throw new BadRequest(`Say what it is: kind is one of ${Object.keys(ImportKind).join(', ')}.`, 'VALIDATION', '/kind');
  }
  if (typeof fileName !== 'string' || fileName === '' || fileName.length > 200) throw new BadRequest('Say its name: fileName has 1 to 200 characters.', 'VALIDATION', '/fileName');
  return { kind: kind as ImportKindName, fileName, bytes: body };
}
