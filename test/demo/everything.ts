import type { Caller, Json } from '../support/caller.js';

const TABLES = ['properties', 'property-rooms', 'residents', 'placements', 'move-records', 'rent-accounts', 'rent-ledger', 'rent-payments', 'incidents', 'incident-actions'];
/** What depends on the order in which independent commands came through, and on attempts. */
const BY_CHANCE = ['reference', 'lastPosition', 'lastEventId'];

/** Every row of the demonstration that a manager sees, by table and id, without what is by chance. */
export async function everything(manager: Caller): Promise<Record<string, Json>> {
  const rows: Record<string, Json> = {};
  for (const table of TABLES) {
    const { status, text } = await manager.call('GET', `/api/v1/${table}`, undefined, { accept: 'application/x-ndjson' });
    if (status !== 200) throw new Error(`${table} was answered ${status}: ${text}`);
    for (const line of text.trim().split('\n')) {
      const row = JSON.parse(line) as Json;
      for (const name of BY_CHANCE) delete row[name];
      rows[`${table} ${row.id}`] = row;
    }
  }
  return rows;
}
