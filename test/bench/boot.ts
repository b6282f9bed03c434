import { readFileSync } from 'node:fs';
import { time, type Figures } from './measure.js';
import { startProductProcess } from './product-process.js';
import type { BenchServer } from './server.js';

/**
 * From the start of a process with all roles to its readiness, on a database with nothing in it and on one that is
 * migrated, and what it holds in memory when nothing is asked of it; against a bare Node process that starts and ends.
 */
export async function boot(server: BenchServer): Promise<Figures> {
  const bare = await bareNode();
  const started = async (): Promise<{ ms: number; mib: number }> => {
    const start = performance.now();
    const product = await startProductProcess(server, 'api,projector,worker');
    const ms = performance.now() - start;
    const resident = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${product.pid}/status`, 'utf8'))?.[1] ?? '0';
    await product.stop();
    return { ms, mib: Number(resident) / 1024 };
  };
  const cold = await started();
  const warm = await started();
  return {
    boot_cold: time(cold.ms, bare.ms, 'ms to readiness, empty database, against a bare Node process'),
    boot_warm: time(warm.ms, bare.ms, 'ms to readiness, used database, against a bare Node process'),
    memory_at_rest: time(warm.mib, bare.mib, 'MiB resident, against a bare Node process'),
  };
}

async function bareNode(): Promise<{ ms: number; mib: number }> {
  const { execFile } = await import('node:child_process');
  const { promisify } = await import('node:util');
  const start = performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', 'process.stdout.write(String(process.memoryUsage().rss / 2 ** 20))']);
  return { ms: performance.now() - start, mib: Number(stdout) };
}
