import { type Kysely, sql } from 'kysely';

const tables = `
create table log.events (
  position bigint not null,
  revision integer not null check (revision >= 0),
  id       uuid not null,
  stream   text collate "C" not null,
  type     text collate "C" not null,
  data     bytea not null,
  metadata bytea not null,
  constraint events_pkey primary key (position),
  constraint events_stream_revision_key unique (stream, revision)
);

-- Personal values are sealed and do not compress: do not try.
alter table log.events alter column data set storage external;
alter table log.events alter column metadata set storage external;

-- One row, so that positions are gap-free and become visible in their order.
create table log.counter (
  single   boolean primary key default true check (single),
  position bigint not null
) with (fillfactor = 10, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);
insert into log.counter (position) values (0);
`;

/** Nobody rewrites the log: not even the owner, by mistake. */
const guards = `
create function log.refuse_rewrite() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $body$
begin
  raise exception 'The log is append-only.' using errcode = 'insufficient_privilege';
end
$body$;

create trigger events_append_only before update or delete or truncate on log.events
  for each statement execute function log.refuse_rewrite();
create trigger counter_stays before delete or truncate on log.counter
  for each statement execute function log.refuse_rewrite();
`;

/**
 * Append i has stream, expected revision (-1: no stream) and number of events;
 * events lie flat, in the order of the appends, with their data and metadata
 * one after the other in `bytes`. The answer to append i is the revision and
 * position of its last event, or no position and the stream's actual revision.
 */
const appendBatch = `
create function log.append_batch(
  streams text[], expected integer[], counts integer[],
  ids uuid[], types text[], data_sizes integer[], metadata_sizes integer[], bytes bytea,
  out revisions integer[], out positions bigint[]
) returns record
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $body$
declare
  total    constant integer := cardinality(ids);
  appends  constant integer := cardinality(streams);
  base     bigint;      -- the last position before this batch
  taken    integer := 0; -- events accepted so far
  stored   integer := 0; -- events inserted so far
  first    integer := 0; -- events of earlier appends
  current  integer;
  found_at integer[];   -- the stream's revision before the batch
  previous integer[];   -- the previous append of this batch to the same stream
  current_after integer[] := '{}'; -- the stream's revision after each append
  befores  bigint[] := '{}';       -- of accepted appends still to insert: the position before their first event
  kept     integer;
  last     bigint;
begin
  if total = 0 or array_position(counts, 0) is not null
     or cardinality(expected) <> appends or cardinality(counts) <> appends
     or total <> (select sum(c) from unnest(counts) c)
     or cardinality(types) <> total or cardinality(data_sizes) <> total or cardinality(metadata_sizes) <> total then
    raise exception 'The batch does not add up.' using errcode = 'invalid_parameter_value';
  end if;

  -- Takes the row for the rest of the transaction. What follows sees all that earlier holders committed.
  update log.counter set position = position + total returning position - total into base;

  select array_agg(coalesce(e.revision, -1) order by a.n), array_agg(a.previous order by a.n)
    into found_at, previous
    from (select stream, n, lag(n) over (partition by stream collate "C" order by n) as previous
            from unnest(streams) with ordinality s(stream, n)) a
    left join lateral (select revision from log.events
                        where stream = a.stream order by revision desc limit 1) e on true;

  revisions := '{}';
  positions := '{}';
  for i in 1 .. appends loop
    current := case when previous[i] is null then found_at[i] else current_after[previous[i]] end;
    befores[i] := null;
    if expected[i] = current then
      befores[i] := base + taken;
      taken := taken + counts[i];
      current := current + counts[i];
      revisions[i] := current;
      positions[i] := base + taken;
    else
      last := null;
      if expected[i] + counts[i] <= current then
        -- A repeat of something in this very batch must find it in the table.
        if previous[i] is not null and stored < taken then
          <<insert_events>>
        end if;
        select count(*), max(e.position) into kept, last
          from unnest(ids[first + 1 : first + counts[i]]) with ordinality x(id, k)
          join log.events e on e.stream = streams[i] and e.revision = expected[i] + x.k and e.id = x.id;
        if kept < counts[i] then
          last := null;
        end if;
      end if;
      revisions[i] := case when last is null then current else expected[i] + counts[i] end;
      positions[i] := last;
    end if;
    current_after[i] := current;
    first := first + counts[i];
  end loop;

  if stored < taken then
    <<insert_events>>
  end if;
  if taken < total then
    update log.counter set position = base + taken;
  end if;
  if taken > 0 then
    perform pg_notify('yuthub_log', (base + taken)::text);
  end if;
end
$body$;
`;

/** Stores what has been accepted since the last time, in one statement. */
const insertEvents = `
          insert into log.events (position, stream, revision, id, type, data, metadata)
          select a.before + k, a.stream, a.after - a.count + k, e.id, e.type,
                 substring(bytes from e.at::integer for e.data_size),
                 substring(bytes from e.at::integer + e.data_size for e.metadata_size)
            from (select *, sum(count) over (order by n) - count as first
                    from unnest(streams, counts, revisions, befores)
                         with ordinality u(stream, count, after, before, n)) a
           cross join lateral generate_series(1, a.count) k
            join (select *, 1 + sum(data_size + metadata_size) over (order by n) - data_size - metadata_size as at
                    from unnest(ids, types, data_sizes, metadata_sizes)
                         with ordinality u(id, type, data_size, metadata_size, n)) e
              on e.n = a.first + k
           where a.before is not null;
          stored := taken;
          befores := array_fill(null::bigint, array[cardinality(befores)]);
`;

const grants = `
revoke all on all tables in schema log from public;
revoke all on all functions in schema log from public;
grant usage on schema log to yuthub_app, yuthub_projector;
grant select on log.events, log.counter to yuthub_app, yuthub_projector;
grant execute on function log.append_batch(text[], integer[], integer[], uuid[], text[], integer[], integer[], bytea)
  to yuthub_app;
`;

/** The embedded log: one table, one counter, one way in. */
export async function up<T>(db: Kysely<T>): Promise<void> {
  const { rows } = await sql<{ there: boolean }>`select to_regnamespace('log') is not null as there`.execute(db);
  if (!rows[0]?.there) {
    await sql`create schema log`.execute(db);
  }
  // A copy in the loop's rare branch and one after it: one statement, written once.
  const statements = [tables, guards, appendBatch.replaceAll('<<insert_events>>', () => insertEvents), grants];
  for (const statement of statements) {
    await sql.raw(statement).execute(db);
  }
}
