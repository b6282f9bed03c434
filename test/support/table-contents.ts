import pg from 'pg';

/** Columns that say where in a log something stands, or when it was written: they differ from one log to another. */
const OF_A_LOG = ['last_position', 'log_position'];

/**
 * Every row of every live read table, by the table's name, without what belongs to the log that it was made from.
 * @param adminUrl of a superuser: no policy hides anything.
 */
export async function readTableContents(adminUrl: string): Promise<Record<string, unknown[]>> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      "select t.name from read.projection_versions v, unnest(v.tables) t(name) where v.state = 'live' order by 1",
    );
    const contents: Record<string, unknown[]> = {};
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: unknown }>(`select to_jsonb(t) - $1::text[] as row from read.${client.escapeIdentifier(name)} t order by organization_id, id`, [OF_A_LOG]);
      contents[name.replace(/__\d+$/, '')] = rows.map(({ row }) => row);
    }
    return contents;
  } finally {
    await client.end();
  }
}
