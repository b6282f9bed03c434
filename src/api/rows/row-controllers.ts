import { Controller, Get, type Type } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { named } from '../commands/command-bus.js';
import { addMethod } from '../commands/command-controllers.js';
import { RowService } from './row-service.js';
import type { ShownTable } from './tables.js';

/** A controller for each table that can be read: one row, the list, and an entity's history. */
export function rowControllers(tables: readonly ShownTable[]): Type[] {
  return tables.map((table) => {
    class Rows {
      constructor(readonly rows: RowService) {}
    }
    const controller = named(Rows, `${table.type}Rows`);
    Reflect.defineMetadata('design:paramtypes', [RowService], controller);
    Controller(table.path)(controller);
    const prototype = Rows.prototype as object;
    addMethod(prototype, 'list', function (this: Rows, request: FastifyRequest, reply: FastifyReply) {
      return this.rows.list(table, request, reply);
    }, Get('/'));
    addMethod(prototype, 'get', function (this: Rows, request: FastifyRequest, reply: FastifyReply) {
      return this.rows.get(table, request, reply);
    }, Get(':id'));
    const { entity } = table;
    if (entity) {
      addMethod(prototype, 'history', function (this: Rows, request: FastifyRequest, reply: FastifyReply) {
        return this.rows.history(table, entity, request, reply);
      }, Get(':id/history'));
    }
    return controller;
  });
}
