import { spawn } from 'node:child_process';
import { json } from 'node:stream/consumers';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { openCore } from '../../src/assembly/core.js';
import { loadConfiguration } from '../../src/platform/configuration.js';
import { bareInserts } from './append.js';
import { inTurns, load, rate, time, type Figures, type Run } from './measure.js';
import { measuredOrganization } from './people.js';
import { environmentOf, startProductProcess } from './product-process.js';
import type { BenchServer } from './server.js';

const ACCOUNTS = 200;
const REQUESTS = 6_000;

/**
 * Full HTTP commands: a rent payment is signed in, authorised, validated, decided on its account, its reference
 * encrypted, appended and acknowledged. The api role runs in one process, the load generator in another; the read
 * tables are no part of an acknowledgement, and no projector runs here.
 */
export async function commands(server: BenchServer): Promise<Figures> {
  const core = await openCore(loadConfiguration(environmentOf(server, 'api')), server.urls, () => undefined);
  const { accounts, token } = await measuredOrganization(core, ACCOUNTS);
  await core.close();
  const product = await startProductProcess(server, 'api');
  const { baseUrl } = product;
  const pool = new pg.Pool({ connectionString: server.adminUrl, max: 64 });
  pool.on('error', () => undefined);
  const insert = await bareInserts(pool);
  const ours = (concurrent: number) => (): Promise<Run> =>
    generated({
      baseUrl, token, concurrent,
      requests: paymentsInto(accounts, REQUESTS),
    });
  const figures: Figures = {};
  await ours(16)();
  await load(2_000, 16, insert);
  for (const concurrent of [16, 64]) {
    const run = await inTurns(3, ours(concurrent), () => load(REQUESTS * 2, concurrent, insert));
    figures[`command_throughput_${concurrent}`] = rate(run.ours.perSecond, run.yardstick.perSecond, 'HTTP commands/s against bare INSERT');
    figures[`command_p50_${concurrent}`] = time(run.ours.p50, run.yardstick.p50, 'ms against bare INSERT');
    figures[`command_p99_${concurrent}`] = time(run.ours.p99, run.yardstick.p99, 'ms against bare INSERT');
  }
  await product.stop();
  await pool.end();
  return figures;
}

/** So many rent payments, into one account after the other. */
export const paymentsInto = (accounts: readonly string[], times: number): { path: string; body: object }[] =>
  Array.from({ length: times }, (_, n) => ({
    path: `/api/v1/rent-accounts/${accounts[n % accounts.length]}/record-payment`,
    body: { amountPence: 1_000 + Math.floor(Math.random() * 90_000), method: 'bank_transfer', externalRef: `BACS ${randomUUID()}` },
  }));

/** One run of the load generator. */
export async function generated(plan: object): Promise<Run> {
  const generator = spawn(process.execPath, [join(import.meta.dirname, 'http-load.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] });
  generator.stdin.end(JSON.stringify(plan));
  return (await json(generator.stdout)) as Run;
}
