import type pg from 'pg';

/**
 * Lets the database itself note which transactions wrote rows of read tables, which moved a checkpoint and from where, and
 * which let a parked stream go on. A transaction that was rolled back has noted nothing.
 */
const notes = `
create schema probe;
create table probe.moves (seq bigint generated always as identity, projection text, version integer, was bigint, now bigint, xid text);
create table probe.writes (table_name text, xid text, primary key (table_name, xid));
create table probe.releases (xid text);

create function probe.moved() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
begin
  insert into probe.moves (projection, version, was, now, xid)
    values (new.projection, new.version, case when tg_op = 'UPDATE' then old.position end, new.position, pg_current_xact_id()::text);
  return null;
end
$body$;
create function probe.written() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
begin
  insert into probe.writes values (tg_table_name, pg_current_xact_id()::text) on conflict do nothing;
  return null;
end
$body$;
create function probe.released() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
begin
  insert into probe.releases values (pg_current_xact_id()::text);
  return null;
end
$body$;
create trigger probe after insert or update of position on read.projection_versions for each row execute function probe.moved();
create trigger probe after delete on read.parked_streams for each row execute function probe.released();

-- Read tables are made by the product, whenever it builds them.
create function probe.watch() returns event_trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
declare
  made record;
begin
  for made in select c.relname from pg_event_trigger_ddl_commands() d join pg_class c on c.oid = d.objid
               where d.command_tag = 'CREATE TABLE' and c.relnamespace = 'read'::regnamespace and c.relname ~ '__[0-9]+$' loop
    execute format('create trigger probe after insert or update or delete on read.%I for each statement execute function probe.written()', made.relname);
  end loop;
end
$body$;
create event trigger probe on ddl_command_end when tag in ('CREATE TABLE') execute function probe.watch();
`;

/** @param admin a superuser's connections to an installation without read tables. */
export async function installProbe(admin: pg.Pool): Promise<void> {
  await admin.query(notes);
}

const questions: Readonly<Record<string, string>> = {
  'checkpoints that went on from elsewhere than where they were': `
    select projection, version, before, was, now from (select *, lag(now) over (partition by projection, version order by seq) as before from probe.moves) m
     where was is not null and was is distinct from before`,
  'checkpoints that went back': 'select projection, version, was, now from probe.moves where was > now',
  'rows that were written without their checkpoint': `
    select * from probe.writes where xid not in (select xid from probe.moves where was is not null) and xid not in (select xid from probe.releases)`,
  'tables that belong to no version': `
    select relname from pg_class where relnamespace = 'read'::regnamespace and relkind = 'r' and relname ~ '__[0-9]+$'
       and relname not in (select unnest(tables) from read.projection_versions)`,
  'versions without their tables': `
    select projection, version from read.projection_versions v where exists (select from unnest(v.tables) t where to_regclass(format('read.%I', t)) is null)`,
  'projections that are not live once': `
    select projection from read.projection_versions group by projection having count(*) filter (where state = 'live') <> 1`,
  'what was parked in versions that are gone': `
    select p.* from read.parked_streams p left join read.projection_versions v using (projection, version) where v.projection is null`,
};

/** I5, and what a crash may leave lying: what the notes say is wrong; call it when nobody is at work. */
export async function probeViolations(admin: pg.Pool): Promise<string[]> {
  const wrong: string[] = [];
  for (const [what, question] of Object.entries(questions)) {
    const { rows } = await admin.query<Record<string, unknown>>(question);
    if (rows.length > 0) wrong.push(`${what}: ${JSON.stringify(rows.slice(0, 5))}`);
  }
  return wrong;
}
