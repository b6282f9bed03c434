import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { BenchServer } from './server.js';

const root = join(import.meta.dirname, '..', '..');

/** A process of the built product on the benchmark's databases. */
export interface ProductProcess {
  /** Empty where it has no API. */
  readonly baseUrl: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** The environment in which product and benchmark find the same databases and keys. */
export const environmentOf = (server: BenchServer, roles: string, more: Record<string, string> = {}): Record<string, string> => ({
  DATABASE_URL: server.adminUrl,
  MASTER_KEY: server.masterKey.toString('base64'),
  DATA_DIR: server.dataDir,
  DEMO: 'off',
  PORT: '0',
  ROLES: roles,
  LOG_LEVEL: 'warn',
  ...more,
});

/** Starts it; resolves once it serves. `more` is added to its environment. A profile of its processor time is written where BENCH_PROFILE names a folder. */
export async function startProductProcess(server: BenchServer, roles: string, more: Record<string, string> = {}): Promise<ProductProcess> {
  const profile = process.env['BENCH_PROFILE'];
  const product = spawn(process.execPath, [join(root, 'dist', 'src', 'main.js')], {
    env: { ...environmentOf(server, roles, more), PATH: process.env['PATH'], YUTHUB_PARENT: 'watch', ...(profile ? { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profile}` } : {}) },
    // It sees the channel close, and ends, where the benchmark has failed.
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const baseUrl = await new Promise<string>((resolve, reject) => {
    createInterface({ input: product.stdout! }).on('line', (line) => {
      const [word, where = ''] = line.split(' ');
      if (word === 'ready') resolve(where.startsWith('http') ? where : '');
    });
    product.once('exit', () => reject(new Error('The product ended before it served.')));
  });
  return {
    baseUrl,
    pid: product.pid!,
    stop: async () => {
      product.kill('SIGTERM');
      await once(product, 'exit');
    },
  };
}
