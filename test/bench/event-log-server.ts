import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** The server behind the figures that are of EventStoreDB. */
export interface EventLogServer {
  readonly connectionString: string;
  /** What it is, for those who read the figures. */
  readonly name: string;
  stop(): Promise<void>;
}

/**
 * The server that EVENTSTORE_URL names: best an empty one, for everything in it is read; else the stand-in of the tests, in a
 * process of its own. The stand-in is one thread of Node with a log in memory, and shares the machine with what it serves.
 */
export async function eventLogServer(): Promise<EventLogServer> {
  const connectionString = process.env['EVENTSTORE_URL'];
  if (connectionString) return { connectionString, name: 'EventStoreDB', stop: () => Promise.resolve() };
  const standIn = fork(join(import.meta.dirname, 'stand-in-process.ts'), [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const [where] = (await once(standIn, 'message')) as [string];
  return {
    connectionString: where,
    name: 'the stand-in',
    stop: async () => {
      standIn.kill();
      await once(standIn, 'exit');
    },
  };
}
