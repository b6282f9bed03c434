import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { jsonOf } from '../../src/event-store/metadata.js';
import { StandIn } from '../support/eventstoredb/stand-in.js';
import { Traffic } from '../support/eventstoredb/traffic.js';
import { Wire, type Weather } from '../support/eventstoredb/wire.js';
import { installation, type Installation, type RunningProduct } from '../support/product.js';
import { CLOCK_START, FIRST_DAY, house } from './house.js';
import type { Told } from './log-story.js';
import { Chance, Load } from './load.js';
import { Oracle } from './oracle.js';

/** Ten minutes with a restart every 20 s in `npm run test:faults`; a few seconds in `npm test`. */
const long = process.env['FAULTS'] !== undefined;
const SECONDS = Number(process.env['SOAK_SECONDS'] ?? (long ? 600 : 6));
const RESTART_EVERY_MS = long ? 20_000 : 2_000;
/** For how long there has been work when something happens. */
const AT_WORK_MS = 300;
const SEED = Number(process.env['FAULTS_SEED'] ?? randomInt(2 ** 31));
const LONG = 300_000 + SECONDS * 2_000;

/** A node behind a network, and what becomes of both while others work. */
class Soak {
  restarts = 0;
  private constructor(
    readonly node: StandIn,
    readonly wire: Wire,
    private readonly chance: Chance,
  ) {}

  static async start(seed: number): Promise<Soak> {
    const node = await StandIn.start();
    return new Soak(node, await Wire.open(() => node.port), new Chance(seed));
  }

  /** Restarts the node at its pace, with something else between. Before each `begin` sets to work, and after it `recovered` says that work goes on. */
  async run(recovered: () => Promise<void>, begin: () => void = () => undefined): Promise<void> {
    const until = performance.now() + SECONDS * 1_000;
    while (performance.now() < until) {
      await delay(RESTART_EVERY_MS / 2);
      begin();
      await delay(AT_WORK_MS);
      await this.trouble();
      await recovered();
      await delay(RESTART_EVERY_MS / 2);
      begin();
      await delay(AT_WORK_MS);
      this.node.stop();
      // A server takes its time to come up; nobody is answered meanwhile.
      await delay(this.chance.below(RESTART_EVERY_MS / 4));
      await this.node.start();
      this.restarts += 1;
      await recovered();
    }
  }

  async close(): Promise<void> {
    await this.wire.close();
    this.node.stop();
  }

  private async trouble(): Promise<void> {
    const { wire, node, chance } = this;
    const troubles: (() => unknown)[] = [
      () => wire.cut(),
      () => (wire.requests.cutAfter = chance.below(20_000)),
      () => (wire.answers.cutAfter = chance.below(20_000)),
      () => this.while('black-hole'),
      () => this.while('sliced'),
      () => void node.faults.appends.push('lose-answer', 'swallow', 'not-ready', 'time-out'),
      () => node.faults.dropSubscriptions(),
    ];
    await chance.of(troubles)!();
  }

  private async while(weather: Weather): Promise<void> {
    this.wire.weather = weather;
    await delay(this.chance.below(RESTART_EVERY_MS / 2));
    this.wire.weather = 'fine';
  }
}

describe(`EventStoreDB that is restarted again and again for ${SECONDS} s (FAULTS_SEED=${SEED})`, () => {
  it('loses nothing of what the adapter has acknowledged, and delivers all of it once', async () => {
    process.stdout.write(`SOAK_SECONDS=${SECONDS} FAULTS_SEED=${SEED}\n`);
    const soak = await Soak.start(SEED);
    const store = await EventStoreDbEventStore.open({ connectionString: soak.wire.connectionString, answerWithinMs: 1_000, quietMs: 1_000, patienceMs: 120_000 });
    // At a pace that ten minutes of it fit into memory.
    const traffic = new Traffic(store, 8, 20);
    await soak.run(() => traffic.more(20));
    expect(await traffic.violations(soak.node.log)).toEqual([]);
    process.stdout.write(`${traffic.appends} appends acknowledged over ${soak.restarts} restarts\n`);
    await store.close();
    await soak.close();
  }, LONG);
});

describe(`the product on such an EventStoreDB (FAULTS_SEED=${SEED})`, () => {
  let soak: Soak;
  let at: Installation;
  let products: RunningProduct[];
  let oracle: Oracle;

  beforeAll(async () => {
    soak = await Soak.start(SEED);
    at = await installation({ CLOCK_START, CLAIM_GRACE_MS: '300', EVENTSTORE_URL: soak.wire.connectionString });
  });
  afterAll(async () => {
    await oracle?.close();
    await at.remove();
    await soak.close();
  });

  it('has every answered command once, its tables say what the log says, and no process has ended', async () => {
    products = await Promise.all([at.start(), at.start()]);
    const bases = products.map(({ baseUrl }) => baseUrl);
    const home = await house(at, bases[0]!);
    const rooms = await Promise.all([1, 1, 1, 1, 2, 2].map((beds) => home.room(beds)));
    const load = new Load(home, await home.lodgers(12), rooms, new Chance(SEED), FIRST_DAY);
    const store = await EventStoreDbEventStore.open({ connectionString: soak.node.connectionString, patienceMs: 60_000 });
    oracle = await Oracle.open(at.databases, { store, told: () => toldBy(soak.node) });
    const recovered = async (): Promise<void> => {
      const enough = load.done.length + 5;
      while (load.done.length < enough && load.broken.length === 0) await delay(20);
      // Between what happens there is rest: the account of ten minutes' work would take longer than the work.
      await load.pause();
    };
    await soak.run(recovered, () => load.start(bases, 4));
    await load.settle(bases);
    expect(load.broken).toEqual([]);
    await oracle.claimsSettled();
    await oracle.quiesce();
    expect(await oracle.violations(load.answered)).toEqual([]);
    expect(await oracle.verify()).toEqual([]);
    expect(products.map(({ process: { exitCode, signalCode } }) => [exitCode, signalCode])).toEqual(products.map(() => [null, null]));
    process.stdout.write(`${load.done.length} commands recorded over ${soak.restarts} restarts\n`);
  }, LONG);
});

/** What lies in the node's log of ours. */
const toldBy = (node: StandIn): Told[] =>
  node.log.all
    .filter(({ type }) => !type.startsWith('$'))
    .map(({ stream, revision, id, type, data, metadata }, index) => ({
      position: index + 1, stream, revision: Number(revision), id, type,
      bytes: { data: Buffer.from(data), metadata: Buffer.from(metadata) }, data: jsonOf(data), metadata: jsonOf(metadata) as Record<string, string>,
    }));
