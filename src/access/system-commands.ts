import { randomUUID } from 'node:crypto';
import type { Acknowledgement, CommandRequest } from '../commands/request.js';
import type { Catalogue } from '../kernel/catalogue.js';
import { validateCommand } from '../kernel/validation.js';

/** What the product itself asks for, where nobody signed in does. */
export interface SystemCommand {
  readonly name: string;
  readonly id?: string;
  readonly body: object;
  readonly organizationId: string;
  /** Whose doing it is recorded as. */
  readonly actorId: string;
  readonly correlationId?: string;
  readonly commandId?: string;
}

export type Execute = (request: CommandRequest) => Promise<Acknowledgement>;

/** Sends commands in the role `system`. */
export class SystemCommands {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly execute: Execute,
  ) {}

  /** @throws InvalidInput; Refusal and whatever the pipeline throws. */
  async send({ name, id, body, organizationId, actorId, correlationId, commandId }: SystemCommand): Promise<Acknowledgement> {
    const declaration = this.catalogue.command(name);
    if (!declaration) throw new Error(`There is no command ${name}: signing in and members depend on it.`);
    return this.execute({
      declaration,
      command: validateCommand(declaration, body),
      body,
      actor: { id: actorId, role: 'system', organizationId, permissions: new Set() },
      source: 'process',
      correlationId: correlationId ?? randomUUID(),
      route: name,
      ...(id ? { id } : {}),
      ...(commandId ? { commandId } : {}),
    });
  }
}
