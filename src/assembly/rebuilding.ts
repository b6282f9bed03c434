import pg from 'pg';
import type { Rebuilt } from '../custody/restore-command-line.js';
import type { Terminal } from '../../projections/engine/command-line.js';
import type { Configuration } from '../platform/configuration.js';
import type { DatabaseUrls } from '../platform/databases.js';
import { openCore, type Core } from './core.js';

const LOOK_MS = 500;
const KEYS_AT_ONCE = 1_000;

/** Makes the read tables from the log, and looks whether they, the keys and the erasure ledger are as they should be. */
export async function rebuildAndVerify(configuration: Configuration, urls: DatabaseUrls, { progress, line }: Terminal): Promise<Rebuilt> {
  const core = await openCore(configuration, urls, line);
  try {
    await core.engine.start();
    const head = await core.store.head();
    while (!(await core.readPosition.waitFor(head, LOOK_MS))) progress(`read tables at ${core.readPosition.position}, the log at ${head}`);
    await core.engine.settled();
    const differing = await core.engine.verify('all', { onProgress: ({ events }) => progress(`comparing every row, ${events} events`) });
    return { differing, ...(await openedKeys(core)), ledgerBrokenAt: await core.keyring.ledgerBrokenAt() };
  } finally {
    await core.close();
  }
}

async function openedKeys({ keyring, urls }: Core): Promise<{ keys: number; opened: number }> {
  const client = new pg.Client({ connectionString: urls.keyringOwner });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ fp: string }>('select fp from keyring.dek where wrapped is not null order by fp');
    let opened = 0;
    for (let at = 0; at < rows.length; at += KEYS_AT_ONCE) opened += (await keyring.toOpen(rows.slice(at, at + KEYS_AT_ONCE).map(({ fp }) => fp))).size;
    return { keys: rows.length, opened };
  } finally {
    await client.end();
  }
}
