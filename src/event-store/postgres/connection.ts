import pg from 'pg';
import { to } from 'pg-copy-streams';
import { LogUnavailable } from '../errors.js';
import { survivingLosses } from '../../platform/lossy-connections.js';

type Parse = (value: string) => unknown;

const parsers: Readonly<Record<number, Parse>> = {
  16: (value) => value === 't',
  17: (value) => Buffer.from(value.slice(2), 'hex'),
  20: Number,
  23: Number,
  1007: integers,
  1016: integers,
};

function integers(value: string): (number | null)[] {
  return value.length === 2
    ? []
    : value
        .slice(1, -1)
        .split(',')
        .map((item) => (item === 'NULL' ? null : Number(item)));
}

/** Positions arrive as numbers, here only: the rest of the process keeps its own parsers. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number): Parse => parsers[oid] ?? String) as pg.CustomTypesConfig['getTypeParser'],
};

/**
 * Settings of every connection to the log. Each of its queries follows an
 * index; a plan made while the table was small must not outlive that.
 */
export function connectionConfig(connectionString: string, answerWithinMs: number): pg.ClientConfig {
  return {
    connectionString,
    types,
    options: '-c enable_seqscan=off -c plan_cache_mode=force_generic_plan',
    connectionTimeoutMillis: answerWithinMs,
    query_timeout: answerWithinMs,
    keepAlive: true,
  };
}

/**
 * Whether this says that the connection or the server is gone, not that the
 * server has refused the statement. In the former case nobody knows what
 * became of a statement that had been sent.
 */
export function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) {
    return false;
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (!/^[0-9A-Z]{5}$/.test(code) || !('severity' in error)) {
    return true;
  }
  return code.startsWith('08') || code.startsWith('57P') || code === '53300';
}

/** Runs reads on a pool, and repeats them when only the connection was at fault. */
export class ReadConnections {
  private readonly pool: pg.Pool;

  constructor(config: pg.ClientConfig, size: number) {
    this.pool = survivingLosses(new pg.Pool({ ...config, max: size }));
  }

  /** @throws {LogUnavailable} the log could not be reached, several times over */
  async rows<Row extends unknown[]>(name: string, text: string, values: unknown[]): Promise<Row[]> {
    return (await this.repeated(() => this.pool.query<Row>({ name, text, values, rowMode: 'array' }))).rows;
  }

  /** All that a COPY to the client sends. @throws {LogUnavailable} the log could not be reached, several times over */
  copied(text: string): Promise<Buffer> {
    return this.repeated(async () => {
      const client = await this.pool.connect();
      let failure: Error | undefined;
      try {
        return await copiedFrom(client, text);
      } catch (error) {
        // One that did not answer in time may still send what nobody waits for.
        failure = error as Error;
        throw error;
      } finally {
        client.release(failure);
      }
    });
  }

  private async repeated<T>(read: () => Promise<T>): Promise<T> {
    // Every idle connection of the pool may be dead at once; one more attempt must open a new one.
    for (let left = this.pool.totalCount + 1; ; left -= 1) {
      try {
        return await read();
      } catch (error) {
        if (!isConnectionLoss(error)) {
          throw error;
        }
        if (left <= 0 || this.pool.ending) {
          throw new LogUnavailable(undefined, { cause: error });
        }
      }
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

/** The client puts its limit of time into the call that ends a query, if there is one. */
async function copiedFrom(client: pg.ClientBase, text: string): Promise<Buffer> {
  const copy = Object.assign(to(text), { callback: () => undefined as void });
  const parts: Buffer[] = [];
  try {
    for await (const part of client.query(copy)) {
      parts.push(part as Buffer);
    }
  } finally {
    copy.callback();
  }
  return Buffer.concat(parts);
}
