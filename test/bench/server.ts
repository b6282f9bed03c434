import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareDatabases, withDatabase, type DatabaseUrls } from '../../src/platform/databases.js';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.js';

/** A PostgreSQL of the benchmark's own, as durable as in production. */
export interface BenchServer {
  readonly dataDir: string;
  readonly adminUrl: string;
  readonly urls: DatabaseUrls;
  readonly masterKey: Buffer;
  stop(): Promise<void>;
}

export async function benchServer(): Promise<BenchServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'yuthub-bench-'));
  const masterKey = Buffer.alloc(32, 9);
  const server = await startEmbeddedPostgres({ dataDir, log: () => undefined });
  const adminUrl = withDatabase(server.adminUrl, 'yuthub');
  const urls = await prepareDatabases({ adminUrl, masterKey });
  return {
    dataDir,
    adminUrl,
    urls,
    masterKey,
    stop: async () => {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
