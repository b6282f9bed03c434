import { afterAll, beforeAll } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { CommandPipeline } from '../../src/commands/pipeline.js';
import { Registers, type RegisterRule } from '../../src/commands/registers.js';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres-event-store.js';
import type { Catalogue } from '../../src/kernel/catalogue.js';
import type { Actor, DomainCommand } from '../../src/kernel/command.js';
import { Refusal } from '../../src/kernel/rules.js';
import { ClearCodec } from '../support/clear-codec.js';
import { testDatabases, type TestDatabases } from '../support/databases.js';

/** Sends a command through one of two processes. @returns the id, or the code of the refusal. */
export type Send = (Command: new () => DomainCommand<never>, body: object, id?: string) => Promise<string>;

/** Two processes on one log, for the specs of the block that asks for them: commands go to the one and the other in turn. */
export function twoProcesses(catalogue: Catalogue, rules: Readonly<Record<string, RegisterRule>>, actor: Actor): Send {
  let databases: TestDatabases;
  let stores: PostgresEventStore[];
  let pipelines: CommandPipeline[];
  let turn = 0;

  beforeAll(async () => {
    databases = await testDatabases();
    stores = await Promise.all([1, 2].map(() => PostgresEventStore.open({ connectionString: databases.urls.app })));
    let next = 0;
    pipelines = stores.map((store) => new CommandPipeline({
      catalogue, store, codec: new ClearCodec(catalogue), registers: new Registers(store, rules), serverKey: Buffer.alloc(32, 1),
      clock: { now: () => Promise.resolve('2026-09-02T08:00:00.000Z') }, facts: () => Promise.resolve([]),
      reference: (entity) => Promise.resolve(`${entity.options.reference!.prefix}-${++next}`),
    }));
  });
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await databases.drop();
  });

  return async (Command, body, id) => {
    const request = {
      declaration: catalogue.command(Command.name)!, command: Object.assign(new Command(), body), body, actor,
      source: 'api' as const, correlationId: randomUUID(), route: `/${Command.name}/${id ?? ''}`, ...(id ? { id } : {}),
    };
    try {
      return (await pipelines[turn++ % 2]!.execute(request)).id;
    } catch (error) {
      if (error instanceof Refusal) return error.code;
      throw error;
    }
  };
}
