import type { Provider, Type } from '@nestjs/common';
import { Command, type CommandBus, CommandHandler } from '@nestjs/cqrs';
import type { Acknowledgement, CommandRequest } from '../../commands/request.js';
import type { CommandDeclaration } from '../../kernel/command.js';
import { API_PARTS, type ApiParts } from '../parts.js';

/** A declared command on the bus; each has a class of its own, by which the bus finds its handler. */
export abstract class CommandMessage extends Command<Acknowledgement> {
  constructor(readonly request: CommandRequest) {
    super();
  }
}

const messages = new WeakMap<CommandDeclaration, new (request: CommandRequest) => CommandMessage>();

/** A declared command as the bus takes it. */
export function messageFor(request: CommandRequest): CommandMessage {
  return new (messageClass(request.declaration))(request);
}

function messageClass(declaration: CommandDeclaration): new (request: CommandRequest) => CommandMessage {
  const known = messages.get(declaration);
  if (known) return known;
  const made = named(class extends CommandMessage {}, declaration.name);
  messages.set(declaration, made);
  return made;
}

/** A handler for each command: it hands over to the pipeline. */
export function commandHandlers(declarations: readonly CommandDeclaration[]): Provider[] {
  return declarations.map((declaration) => {
    class Handler {
      constructor(private readonly parts: ApiParts) {}
      execute({ request }: CommandMessage): Promise<Acknowledgement> {
        return this.parts.commands.execute(request);
      }
    }
    const handler = named(Handler, `${declaration.name}Handler`);
    CommandHandler(messageClass(declaration))(handler);
    return { provide: handler, useFactory: (parts: ApiParts) => new handler(parts), inject: [API_PARTS] };
  });
}

/** Nest only warns of a second handler of one command, and forgets the first: here it refuses to boot. */
export function refuseSecondHandlers(bus: CommandBus): void {
  const bound = new Set<string>();
  const bind = bus.bind.bind(bus);
  bus.bind = (handler, id) => {
    if (bound.has(id)) throw new Error(`${String((handler.instance as object).constructor.name)} handles a command that has a handler already: remove one of them.`);
    bound.add(id);
    bind(handler, id);
  };
}

export function named<T extends Type | (abstract new (...args: never[]) => object)>(target: T, name: string): T {
  Object.defineProperty(target, 'name', { value: name, configurable: true });
  return target;
}
