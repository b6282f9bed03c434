import { randomUUID } from 'node:crypto';
import { openCore } from '../../src/assembly/core.js';
import { loadConfiguration } from '../../src/platform/configuration.js';
import { median, time, type Figures } from './measure.js';
import { measuredOrganization } from './people.js';
import { environmentOf, startProductProcess } from './product-process.js';
import type { BenchServer } from './server.js';

const EVENTS = 1_000;
const ROUNDS = 15;

/**
 * `GET history` of a stream of 1,000 events in one answer, before and after values by folding, over HTTP as JSON; against
 * reading the same stream raw from the log in this process. Two streams: a property whose facts change, and a rent account
 * whose every event books a ledger line, a receipt and its allocations.
 */
export async function history(server: BenchServer): Promise<Figures> {
  const core = await openCore(loadConfiguration(environmentOf(server, 'api')), server.urls, () => undefined);
  const { send, accounts, propertyId, token } = await measuredOrganization(core, 1);
  for (let n = 1; n < EVENTS; n++) {
    await send('SetBuildingFacts', { storeys: 1 + (n % 9), hasGas: n % 2 === 0, constructionYear: 1900 + (n % 100) }, propertyId);
    await send('RecordPayment', { amountPence: 1_000 + n, method: 'bank_transfer', externalRef: randomUUID() }, accounts[0]);
  }
  const product = await startProductProcess(server, 'api');
  const page = async (path: string): Promise<void> => {
    const answer = await fetch(`${product.baseUrl}/api/v1${path}/history?limit=1000`, { headers: { authorization: `Bearer ${token}` } });
    const body = await answer.text();
    if (answer.status !== 200 || body.length < 100 * EVENTS) throw new Error(`The history was answered ${answer.status}.`);
  };
  const raw = async (stream: string): Promise<void> => {
    let read = 0;
    for await (const one of core.store.readStream(stream)) if (one) read++;
    if (read < EVENTS) throw new Error(`The stream has ${read} events.`);
  };
  const figures: Figures = {};
  const subjects = { history_1000: [`/properties/${propertyId}`, `property-${propertyId}`], history_1000_ledger: [`/rent-accounts/${accounts[0]}`, `rentAccount-${accounts[0]}`] } as const;
  for (const [name, [path, stream]] of Object.entries(subjects)) {
    const [ours, theirs]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await timed(() => page(path)));
      theirs.push(await timed(() => raw(stream)));
    }
    figures[name] = time(median(ours), median(theirs), 'ms for 1,000 events, against reading them raw');
  }
  await product.stop();
  await core.close();
  return figures;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
