import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { authorise } from '../../commands/authorise.js';
import type { Acknowledgement, CommandRequest } from '../../commands/request.js';
import { WrongRevision } from '../../event-store/errors.js';
import { pathOf } from '../../kernel/catalogue.js';
import type { Actor, CommandDeclaration } from '../../kernel/command.js';
import { entityOf } from '../../kernel/entity.js';
import { Refusal } from '../../kernel/rules.js';
import { InvalidInput, validateCommand } from '../../kernel/validation.js';
import { isUuid } from '../../kernel/values.js';
import { commandHeaders, etagOf } from '../http/headers.js';
import { callerOf } from '../http/request-context.js';
import { API_PARTS, type ApiParts } from '../parts.js';
import { notFound, stale } from '../problems/errors.js';
import { problemOf } from '../problems/problem.js';
import { messageFor } from './command-bus.js';

/** A command as it came in, by whatever door. */
export interface CommandCall {
  readonly declaration: CommandDeclaration;
  readonly actor: Actor;
  /** Of the entity, as it was sent; absent where the command creates it. */
  readonly id?: string;
  readonly body: unknown;
  readonly correlationId: string;
  /** Path with ids: the scope of the idempotency key. */
  readonly route: string;
  readonly idempotencyKey?: string;
  readonly ifMatch?: number;
  /** Milliseconds to wait for the read side. */
  readonly wait?: number;
}

/** What a command is answered with. */
export interface CommandAnswer {
  readonly acknowledgement: Acknowledgement;
  /** Whether the read tables contain it and all that followed; only where it was waited for. */
  readonly waited: boolean;
  readonly parked: readonly string[];
}

/** The way of every command from outside: validated, sent over the bus to the pipeline, waited for where asked. */
@Injectable()
export class CommandGateway {
  constructor(
    private readonly bus: CommandBus,
    @Inject(API_PARTS) private readonly parts: ApiParts,
  ) {}

  /** @throws whatever `problemOf` knows. */
  async execute(call: CommandCall): Promise<CommandAnswer> {
    const { name } = call.declaration;
    try {
      const acknowledgement = await this.send(call);
      this.parts.metrics.command(name, outcomeOf(acknowledgement));
      return await this.follow(acknowledgement, call.wait);
    } catch (error) {
      this.parts.metrics.command(name, problemOf(error).code);
      throw error instanceof WrongRevision && call.ifMatch !== undefined ? stale() : error;
    }
  }

  /** Answers a request for a derived route of this command. */
  async answer(declaration: CommandDeclaration, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { id } = request.params as { id?: string };
    const answer = await this.execute({
      declaration,
      actor: callerOf(request),
      ...(id === undefined ? {} : { id }),
      body: request.body,
      correlationId: request.correlationId,
      route: routeOfCall(request, id),
      ...commandHeaders(request.headers),
    });
    const { acknowledgement } = answer;
    reply.header('etag', etagOf(acknowledgement.revision));
    if (acknowledgement.replayed) reply.header('idempotency-replayed', 'true');
    if (answer.waited) reply.header('preference-applied', 'wait');
    const { creates } = declaration.options;
    if (creates) reply.header('location', `${pathOf(entityOf(declaration.entity))}/${acknowledgement.id}`);
    await reply.status(creates ? 201 : 200).send(bodyOf(answer));
  }

  private async send(call: CommandCall): Promise<Acknowledgement> {
    const { body, wait: _wait, id, ...rest } = call;
    const target = id === undefined ? undefined : idOf(id);
    const request = { ...rest, ...(target === undefined ? {} : { id: target }), body: body ?? {}, source: 'api' as const };
    return this.bus.execute(messageFor({ ...request, command: await this.commandOf(request) }));
  }

  /**
   * Who may not do it at all is told that, and not what is wrong with the body: the command goes on as it is, and the
   * pipeline refuses it and tells the auditor.
   */
  private async commandOf(request: Omit<CommandRequest, 'command'>): Promise<object> {
    try {
      authorise(request.declaration, request.actor, request.id);
    } catch (error) {
      if (error instanceof Refusal) return new request.declaration.command();
      throw error;
    }
    try {
      return validateCommand(request.declaration, request.body);
    } catch (error) {
      if (error instanceof InvalidInput && error.status === 422) await this.tellOfRule(request, error);
      throw error;
    }
  }

  /** Tells the auditor of a command that was refused before the pipeline had it. */
  async tellOf({ declaration, actor, id, correlationId, route }: CommandCall, refusal: Refusal): Promise<void> {
    const command = new declaration.command();
    await this.parts.commands.refused?.({ declaration, command, body: {}, actor, correlationId, route, source: 'api', ...(id === undefined ? {} : { id }) }, refusal);
  }

  /** A rule of the domain that validation finds broken is a refusal like any other. */
  private async tellOfRule(request: Omit<CommandRequest, 'command'>, { problems }: InvalidInput): Promise<void> {
    const { code, message, pointer } = problems[0]!;
    await this.tellOf(request, new Refusal(code, message, { field: pointer.slice(1) }));
  }

  private async follow(acknowledgement: Acknowledgement, wait: number | undefined): Promise<CommandAnswer> {
    if (wait === undefined) return { acknowledgement, waited: false, parked: [] };
    const deadline = performance.now() + wait;
    const { position, settled, parked } = await this.parts.waits.followConsequences(acknowledgement.correlationId, acknowledgement.position, wait);
    const left = Math.max(0, deadline - performance.now());
    const waited = settled && (await this.parts.waits.waitForReads(position, left));
    return { acknowledgement: waited ? { ...acknowledgement, position } : acknowledgement, waited, parked };
  }
}

/** The acknowledgement as JSON: `{ id, reference?, revision, position, events }`, and a secret that is shown once. */
export function bodyOf({ acknowledgement, parked }: CommandAnswer): Record<string, unknown> {
  const { id, reference, revision, position, events, revealed } = acknowledgement;
  return { id, ...(reference ? { reference } : {}), revision, position, events, ...revealed, ...(parked.length > 0 ? { parked } : {}) };
}

/** An id from a path; malformed and nil ones are answered as unknown ones are. @throws ApiError 404 */
export function idOf(text: string): string {
  const id = text.toLowerCase();
  if (!isUuid(id)) throw notFound();
  return id;
}

const routeOfCall = (request: FastifyRequest, id: string | undefined): string => {
  const route = request.routeOptions.url ?? '';
  return id === undefined ? route : route.replace(':id', id.toLowerCase());
};

function outcomeOf({ replayed, events }: Acknowledgement): string {
  if (replayed) return 'replayed';
  return events.length === 0 ? 'unchanged' : 'accepted';
}
