import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { openCore } from '../../src/assembly/core.js';
import { loadConfiguration } from '../../src/platform/configuration.js';
import { median, rate, type Figures } from './measure.js';
import { measuredOrganization } from './people.js';
import { environmentOf } from './product-process.js';
import type { BenchServer } from './server.js';

const RESIDENTS = 2_000;
const EVENTS = 200_000;
const AT_ONCE = 64;

/**
 * A rebuild of all read tables from 200,000 events (residents with personal fields, agreements, rent accounts, and
 * properties whose facts change, ten events and more a row), against COPY of the residents' rows into a bare table.
 */
export async function rebuild(server: BenchServer): Promise<Figures> {
  const core = await openCore(loadConfiguration(environmentOf(server, 'projector')), server.urls, () => undefined);
  const { send, residents } = await measuredOrganization(core, RESIDENTS);
  let next = await core.store.head();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let n = next++; n < EVENTS; n = next++) {
        const id = residents[n % RESIDENTS]!;
        await send('CorrectResidentDetails', { preferredName: `Name ${n}`, reason: randomUUID() }, id);
      }
    }),
  );
  const events = await core.store.head();
  await core.engine.start();
  await core.readPosition.waitFor(events, 600_000);
  const start = performance.now();
  await core.engine.rebuild('all');
  const perSecond = events / ((performance.now() - start) / 1000);
  const copy = await copySeconds(server);
  await core.close();
  return { projection_rebuild: rate(perSecond, events / copy, `events/s of ${events} events, against COPY of the rows that they come to`) };
}

/** How long COPY takes to put all rows of the live tables into bare ones. */
async function copySeconds(server: BenchServer): Promise<number> {
  const client = new pg.Client({ connectionString: server.adminUrl });
  await client.connect();
  const { rows } = await client.query<{ table: string }>(
    "select unnest(tables) || '__' || version as table from read.projection_versions where state = 'live'",
  );
  const times: number[] = [];
  for (let round = 0; round < 3; round++) {
    let seconds = 0;
    for (const { table } of rows) {
      // Generated columns are computed and not copied; the files lie in the server's own folder.
      await client.query(`create table bare as select * from read.${client.escapeIdentifier(table)}`);
      await client.query("copy bare to 'bare.copy' (format binary)");
      await client.query('truncate bare');
      const start = performance.now();
      await client.query("copy bare from 'bare.copy' (format binary)");
      seconds += (performance.now() - start) / 1000;
      await client.query('drop table bare');
    }
    times.push(seconds);
  }
  await client.end();
  return median(times);
}
