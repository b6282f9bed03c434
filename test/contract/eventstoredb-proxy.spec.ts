import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import type { NewEvent } from '../../src/event-store/event-store.js';
import { StandIn } from '../support/eventstoredb/stand-in.js';
import { Traffic } from '../support/eventstoredb/traffic.js';
import { Wire } from '../support/eventstoredb/wire.js';
import { event } from './event-store-events.js';
import { aStream } from './eventstoredb-world.js';

/** Silences are found out soon; nothing is given up because the machine is busy. */
const times = { answerWithinMs: 500, quietMs: 500, patienceMs: 60_000 };
const LARGE = 'x'.repeat(2_000);

/** A node, a network before it, and the store behind both. */
class World {
  node!: StandIn;
  wire!: Wire;
  store!: EventStoreDbEventStore;

  constructor(secure: boolean) {
    beforeEach(async () => {
      this.node = await (secure ? StandIn.startSecure() : StandIn.start());
      this.wire = await Wire.open(() => this.node.port);
      const url = new URL(secure ? this.node.connectionStringOf('admin', 'changeit') : this.node.connectionString);
      url.port = String(this.wire.port);
      this.store = await EventStoreDbEventStore.open({ connectionString: url.href, ...times });
    });
    afterEach(async () => {
      await this.store.close();
      await this.wire.close();
      this.node.stop();
    });
  }

  /** Appends at once, each to a stream of its own. @returns what is wrong with what the log has of them */
  async appended(count: number): Promise<string[]> {
    const sent: [string, NewEvent][] = Array.from({ length: count }, () => [aStream(), event('Happened', { LARGE })]);
    const answers = await Promise.all(sent.map(([stream, one]) => this.store.append(stream, 'no-stream', [one])));
    return sent.flatMap(([stream, one], at) => {
      const stored = this.node.log.all.filter((each) => each.stream === stream);
      const isRight = stored.length === 1 && stored[0]!.id === one.id && Buffer.compare(stored[0]!.data, one.data) === 0 && Number(stored[0]!.position) === answers[at]!.position;
      return isRight ? [] : [`${stream} has ${stored.length} events, and was acknowledged with one`];
    });
  }
}

describe.each([
  ['plain', false],
  ['with TLS', true],
] as const)('EventStoreDB over a network that fails, %s', (_, secure) => {
  const world = new World(secure);

  it.each(['requests', 'answers'] as const)('stores what it acknowledges, once, wherever in the %s the connection is cut', async (way) => {
    for (const bytes of [1, 9, 10, 70, 300, ...(way === 'requests' ? [2_500, 9_000, 16_000] : [])]) {
      world.wire[way].cutAfter = bytes;
      expect(await world.appended(8)).toEqual([]);
      expect(world.wire[way].cutAfter).toBe(Infinity);
    }
  });

  it.each(['sliced', 'requests-sliced'] as const)('takes its time where bytes come one by one: %s', async (weather) => {
    world.wire.weather = weather;
    expect(await world.appended(3)).toEqual([]);
  });

  it('keeps its account through resets, restarts, silence, slices and cuts', async () => {
    const { node, wire } = world;
    const traffic = new Traffic(world.store);
    const silence = async (weather: Wire['weather']): Promise<void> => {
      wire.weather = weather;
      await wire.connected(wire.connections + 1);
      wire.weather = 'fine';
    };
    const slices = async (weather: Wire['weather']): Promise<void> => {
      wire.weather = weather;
      await traffic.more(4);
      wire.weather = 'fine';
    };
    const troubles: (() => unknown)[] = [
      () => wire.cut(), () => silence('black-hole'), () => slices('sliced'), () => (wire.requests.cutAfter = 5_000), () => silence('answers-held'),
      async () => (node.stop(), node.start()), () => slices('requests-sliced'), () => (wire.answers.cutAfter = 700), () => void node.faults.appends.push('lose-answer', 'swallow', 'store-late'),
      () => wire.cut(), () => node.faults.storeLate(), () => node.faults.dropSubscriptions(),
    ];
    for (const trouble of troubles) {
      await trouble();
      await traffic.more(20);
    }
    expect(await traffic.violations(node.log)).toEqual([]);
  });
});

describe('bits that arrive wrong, with TLS', () => {
  const world = new World(true);

  it.each(['requests', 'answers'] as const)('store nothing wrong: in the %s of an append', async (way) => {
    for (const at of [0, 2, 4, 30, 200, ...(way === 'requests' ? [1_500, 4_000, 9_000] : [])]) {
      world.wire[way].flipAt = at;
      expect(await world.appended(6)).toEqual([]);
      expect(world.wire[way].flipAt).toBe(Infinity);
    }
  });

  it.each(['requests', 'answers'] as const)('store nothing wrong: in the %s of a connection that is being made', async (way) => {
    for (const at of [0, 3, 40, 250]) {
      world.wire.cut();
      world.wire[way].flipAt = at;
      expect(await world.appended(2)).toEqual([]);
      expect(world.wire[way].flipAt).toBe(Infinity);
    }
  });

  it('never reach the reader of everything, and cost it no event', async () => {
    const traffic = new Traffic(world.store);
    for (let n = 0; n < 24; n++) {
      // Into whatever goes over the wire then: appends, their answers, what is delivered.
      world.wire[n % 2 === 0 ? 'answers' : 'requests'].flipAt = (n * 977) % 6_000;
      await traffic.more(20);
    }
    expect(await traffic.violations(world.node.log)).toEqual([]);
  });
});
