import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RememberedSteps } from '../../src/audit/steps.js';
import { entities } from '../../src/domain/index.js';
import type { EventStore, StreamRead } from '../../src/event-store/event-store.js';
import { Catalogue } from '../../src/kernel/catalogue.js';
import { entityOf } from '../../src/kernel/entity.js';
import { EventCodec } from '../../src/privacy/event-codec.js';
import { FixedKeyring } from '../support/fixed-keyring.js';
import { live, livesOf, ORGANIZATION } from './lives.js';

const catalogue = new Catalogue(entities);

describe('the steps of a life', () => {
  it('are the same from memory, and of what is remembered only what came since is read', async () => {
    for (const entity of entities.map((one) => entityOf(one))) {
      const [steps] = fc.sample(livesOf(catalogue, entity, 12), { numRuns: 1, seed: 7 });
      const { stream, id } = await live(catalogue, entity, steps!);
      const asked: number[] = [];
      let there = 1;
      const store = {
        readStreams: ([{ stream: name, from = 0 }]: [StreamRead]) => {
          asked.push(from);
          return Promise.resolve(new Map([[name, stream.slice(0, there).filter(({ revision }) => revision >= from)]]));
        },
      } as unknown as EventStore;
      const codec = new EventCodec(catalogue, new FixedKeyring().asKeyring());
      const remembered = new RememberedSteps({ catalogue, store, codec });
      for (; there <= stream.length; there++) await remembered.of(entity, id, ORGANIZATION);
      const whole = await remembered.of(entity, id, ORGANIZATION);
      const anew = await new RememberedSteps({ catalogue, store, codec }).of(entity, id, ORGANIZATION);
      expect(anew.length).toBe(stream.length);
      expect(whole).toEqual(anew);
      expect(asked).toEqual([...stream.keys(), stream.length, 0]);
    }
  });

  it('are nobody else’s', async () => {
    const entity = entityOf(entities.find((one) => entityOf(one).table === 'residents')!);
    const [steps] = fc.sample(livesOf(catalogue, entity), { numRuns: 1, seed: 3 });
    const { stream, id } = await live(catalogue, entity, steps!);
    const store = { readStreams: ([{ stream: name }]: [StreamRead]) => Promise.resolve(new Map([[name, stream]])) } as unknown as EventStore;
    const remembered = new RememberedSteps({ catalogue, store, codec: new EventCodec(catalogue, new FixedKeyring().asKeyring()) });
    expect((await remembered.of(entity, id, ORGANIZATION)).length).toBe(stream.length);
    expect(await remembered.of(entity, id, '6ba7b810-9dad-41d1-80b4-00c04fd430c8')).toEqual([]);
  });
});
