import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import pg from 'pg';
import { openCore, type Core } from '../../src/assembly/core.js';
import { loadConfiguration } from '../../src/platform/configuration.js';
import { generated, paymentsInto } from './commands.js';
import { appendLog, EACH, makeLog } from './made-log.js';
import { median, rate, type Figures } from './measure.js';
import { measuredOrganization } from './people.js';
import { environmentOf, startProductProcess, type ProductProcess } from './product-process.js';
import type { BenchServer } from './server.js';

const PROCESSES = [1, 2, 4];
const COMMANDS = Number(process.env['BENCH_SCALE_COMMANDS'] ?? 6_000);
const CONCURRENT = 32;
const BACKLOG = Number(process.env['BENCH_SCALE_EVENTS'] ?? 10_000);
const ROUNDS = 3;
/** Of one clock tick of the kernel. */
const TICK_MS = 10;

/** A rate, and the processor's time that one command or event took: of the role's processes, and of everything on the machine. */
interface Effort {
  readonly perSecond: number;
  readonly busy: number;
  readonly roleMs: number;
  readonly allMs: number;
}

/**
 * Commands a second by several api processes, and events a second of a backlog by several projectors, of which one works and
 * the others stand by; each against one process. The log is in PostgreSQL, or on the server that EVENTSTORE_URL names.
 */
export async function scaleOut(server: BenchServer): Promise<Figures> {
  const url = process.env['EVENTSTORE_URL'];
  const environment: Record<string, string> = url ? { EVENTSTORE_URL: url } : {};
  const core = await openCore(loadConfiguration(environmentOf(server, 'api', environment)), server.urls, () => undefined);
  const { accounts, token } = await measuredOrganization(core, 200);
  const started = (count: number, role: string): Promise<ProductProcess[]> =>
    Promise.all(Array.from({ length: count }, () => startProductProcess(server, role, environment)));
  const figures: Figures = {};
  const note = (name: string, what: string, efforts: readonly Effort[]): void =>
    efforts.forEach(({ perSecond, busy, roleMs, allMs }, at) => {
      const unit = `${what} by ${PROCESSES[at]}, against one; log ${url ? 'on EventStoreDB' : 'in PostgreSQL'}; ${cpus().length} cores ${Math.round(busy * 100)} % busy; ms of processor for each: ${roleMs.toFixed(3)} in the role, ${allMs.toFixed(3)} in all`;
      figures[`${name}_${PROCESSES[at]}`] = rate(perSecond, efforts[0]!.perSecond, unit);
    });
  const [commands, projected]: [Effort[], Effort[]] = [[], []];
  for (const count of PROCESSES) commands.push(await commandsBy(await started(count, 'api'), token, accounts));
  for (const count of PROCESSES) projected.push(await projectedBy(await started(count, 'projector'), core, server, url !== undefined));
  note('scale_out_api', 'HTTP commands/s', commands);
  note('scale_out_projector', 'projected events/s', projected);
  await core.close();
  return figures;
}

async function commandsBy(apis: readonly ProductProcess[], token: string, accounts: readonly string[]): Promise<Effort> {
  const share = async (requests: number): Promise<number> => {
    const runs = await Promise.all(
      apis.map(({ baseUrl }, at) => {
        // Not all of them at the same account at the same time.
        const first = (accounts.length / apis.length) * at;
        const turned = [...accounts.slice(first), ...accounts.slice(0, first)];
        return generated({ baseUrl, token, concurrent: CONCURRENT / apis.length, requests: paymentsInto(turned, requests / apis.length) });
      }),
    );
    return runs.reduce((sum, { perSecond }) => sum + perSecond, 0);
  };
  // Each of them compiles its code for itself.
  await share((COMMANDS / 2) * apis.length);
  const efforts: Effort[] = [];
  for (let round = 0; round < ROUNDS; round++) efforts.push(await effort(apis, COMMANDS, () => share(COMMANDS)));
  await Promise.all(apis.map((api) => api.stop()));
  return middle(efforts);
}

async function projectedBy(projectors: readonly ProductProcess[], core: Core, server: BenchServer, byAppends: boolean): Promise<Effort> {
  const caughtUp = async (): Promise<void> => {
    if (!(await core.readPosition.waitFor(await core.store.head(), 600_000))) throw new Error('The read tables do not catch up.');
  };
  await caughtUp();
  const speaker = new pg.Client({ connectionString: server.adminUrl });
  await speaker.connect();
  const efforts: Effort[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const { pid } of projectors) process.kill(pid, 'SIGSTOP');
    await (byAppends ? appendLog(core, BACKLOG / EACH) : makeLog(core, server, BACKLOG / EACH));
    for (const { pid } of projectors) process.kill(pid, 'SIGCONT');
    efforts.push(await effort(projectors, BACKLOG, async () => {
      const start = performance.now();
      // As an append would: what is made is stored past it.
      await speaker.query('notify yuthub_log');
      await caughtUp();
      return (BACKLOG / (performance.now() - start)) * 1_000;
    }));
  }
  await speaker.end();
  await Promise.all(projectors.map((projector) => projector.stop()));
  return middle(efforts);
}

async function effort(processes: readonly ProductProcess[], times: number, work: () => Promise<number>): Promise<Effort> {
  const role = (): number => processes.reduce((sum, { pid }) => sum + processorMs(pid), 0);
  const [roleBefore, before, start] = [role(), machineMs(), performance.now()];
  const perSecond = await work();
  const [taken, busy] = [performance.now() - start, machineMs() - before];
  return { perSecond, busy: busy / (taken * cpus().length), roleMs: (role() - roleBefore) / times, allMs: busy / times };
}

const middle = (efforts: readonly Effort[]): Effort => {
  const of = (key: keyof Effort): number => median(efforts.map((one) => one[key]));
  return { perSecond: of('perSecond'), busy: of('busy'), roleMs: of('roleMs'), allMs: of('allMs') };
};

/** Time that a process has computed, its own and the kernel's for it. */
function processorMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(11, 13);
  return (Number(user) + Number(system)) * TICK_MS;
}

/** Time that all processors were not idle. */
const machineMs = (): number => cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0);
