import { Controller, Post, Req, Res, type Type } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Catalogue, pathOf, routeOf } from '../../kernel/catalogue.js';
import type { CommandDeclaration } from '../../kernel/command.js';
import { named } from './command-bus.js';
import { CommandGateway } from './command-gateway.js';

/** The commands that have a route. */
export const routedCommands = (catalogue: Catalogue): CommandDeclaration[] => catalogue.commands.filter(({ options }) => !options.internal);

/** Name of a command as a method and an operation: `closeIncident`. */
export const operationOf = ({ name }: CommandDeclaration): string => name[0]!.toLowerCase() + name.slice(1);

/**
 * A controller for each entity, with a method for each of its commands.
 * @param taken commands whose routes are written by hand.
 * @throws Error where nobody answers for a command that needs no session.
 */
export function commandControllers(catalogue: Catalogue, taken: ReadonlySet<string>): Type[] {
  for (const name of taken) {
    if (!catalogue.command(name)) throw new Error(`A route of ${name} is written by hand, and there is no such command: remove it from the list.`);
  }
  return catalogue.entities.flatMap((entity) => {
    const commands = routedCommands(catalogue).filter((command) => command.entity === entity.state && !taken.has(command.name));
    if (commands.length === 0) return [];
    class Commands {
      constructor(readonly gateway: CommandGateway) {}
    }
    const controller = named(Commands, `${entity.name}Commands`);
    Reflect.defineMetadata('design:paramtypes', [CommandGateway], controller);
    Controller(pathOf(entity))(controller);
    for (const command of commands) addRoute(controller, command, pathOf(entity));
    return [controller];
  });
}

function addRoute(controller: Type<{ gateway: CommandGateway }>, command: CommandDeclaration, base: string): void {
  if (command.options.anonymous) throw new Error(`${command.name} needs no session and has no route written by hand: nobody knows who its actor is.`);
  const name = operationOf(command);
  const route = routeOf(command).slice(base.length).replace('{id}', ':id');
  const prototype = controller.prototype as { gateway: CommandGateway };
  const value = function (this: { gateway: CommandGateway }, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.gateway.answer(command, request, reply);
  };
  addMethod(prototype, name, value, Post(route === '' ? '/' : route));
}

/** Adds a route to a controller that is made at run time. The method takes the request and the reply, which it sends. */
export function addMethod(
  prototype: object,
  name: string,
  method: (request: FastifyRequest, reply: FastifyReply) => Promise<void>,
  ...decorators: MethodDecorator[]
): void {
  const descriptor = { value: named(method as never, name) as unknown, writable: true, configurable: true, enumerable: false };
  Object.defineProperty(prototype, name, descriptor);
  for (const decorate of decorators) decorate(prototype, name, descriptor);
  Req()(prototype, name, 0);
  Res()(prototype, name, 1);
}
