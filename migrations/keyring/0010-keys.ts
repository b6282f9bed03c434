import { type Kysely, sql } from 'kysely';

const tables = `
-- Keys of organisations, wrapped by the installation's master key; they wrap the keys of data subjects.
create table keyring.kek_epoch (
  org        uuid not null,
  epoch      integer not null check (epoch > 0),
  wrapped    bytea not null,
  state      text not null default 'active' check (state in ('active', 'retiring')),
  created_at timestamptz not null default clock_timestamp(),
  primary key (org, epoch)
);
create unique index kek_epoch_active on keyring.kek_epoch (org) where state = 'active';

-- Keys of data subjects. A destroyed key leaves its row and fingerprint, so that it is told from a lost one for ever.
create table keyring.dek (
  org          uuid not null,
  subject      uuid not null,
  scope        text collate "C" not null check (scope ~ '^[a-z][a-zA-Z]*$'),
  rev          integer not null check (rev > 0),
  epoch        integer not null,
  wrapped      bytea,
  fp           text collate "C" not null unique,
  created_at   timestamptz not null default clock_timestamp(),
  destroyed_at timestamptz,
  primary key (org, subject, scope, rev),
  foreign key (org, epoch) references keyring.kek_epoch,
  check ((wrapped is null) = (destroyed_at is not null))
);

-- What may get no new key any more.
create table keyring.fence (
  org        uuid not null,
  subject    uuid not null,
  scope      text collate "C" not null check (scope ~ '^[a-z][a-zA-Z]*$'),
  erasure_id uuid not null,
  since      timestamptz not null default clock_timestamp(),
  primary key (org, subject, scope)
);

-- What was destroyed and when, each row bound to the one before it. Names the person by a hash alone.
create table keyring.erasure_ledger (
  seq             bigint primary key check (seq > 0),
  erasure_id      uuid not null,
  org             uuid not null,
  subject_binding bytea not null,
  scope           text collate "C" not null,
  fps             text[] collate "C" not null,
  at              timestamptz not null,
  prev            bytea not null,
  hash            bytea not null
);

-- One row, so that the ledger has no gaps and its numbers become visible in their order.
create table keyring.ledger_head (
  single boolean primary key default true check (single),
  seq    bigint not null,
  hash   bytea not null
);
insert into keyring.ledger_head (seq, hash) values (0, '\\x');
`;

const ledger = `
create function keyring.refuse_rewrite() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $body$
begin
  raise exception 'What was erased stays on record.' using errcode = 'insufficient_privilege';
end
$body$;
create trigger erasure_ledger_append_only before update or delete or truncate on keyring.erasure_ledger
  for each statement execute function keyring.refuse_rewrite();
create trigger fence_stays before delete or truncate on keyring.fence
  for each statement execute function keyring.refuse_rewrite();

create function keyring.ledger_hash(entry keyring.erasure_ledger) returns bytea
language sql stable set search_path = pg_catalog, pg_temp as $body$
  select sha256(convert_to(concat_ws('|', encode(entry.prev, 'hex'), entry.seq, entry.erasure_id, entry.org,
    encode(entry.subject_binding, 'hex'), entry.scope, array_to_string(entry.fps, ','),
    extract(epoch from entry.at)), 'UTF8'))
$body$;

-- The first entry that is missing, altered or unlinked; null where the ledger is whole.
create function keyring.ledger_broken_at() returns bigint
language sql stable security definer set search_path = pg_catalog, pg_temp as $body$
  with entries as (
    select e, e.seq, e.prev, e.hash, lag(e.hash, 1, '\\x'::bytea) over w as linked, row_number() over w as place
      from keyring.erasure_ledger e window w as (order by e.seq)
  )
  select min(seq) from (
    select place as seq from entries where seq <> place or prev <> linked or hash <> keyring.ledger_hash(e)
    union all
    select h.seq from keyring.ledger_head h
     where h.seq <> (select count(*) from entries)
        or h.hash <> coalesce((select hash from entries order by seq desc limit 1), '\\x')
  ) broken
$body$;
`;

const reading = `
create function keyring.get_keks(orgs uuid[])
returns table (org uuid, epoch integer, wrapped bytea, active boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp as $body$
  select k.org, k.epoch, k.wrapped, k.state = 'active' from keyring.kek_epoch k where k.org = any (orgs)
$body$;

-- Keeps the key that is there: whoever comes second reads it again.
create function keyring.add_kek(org uuid, wrapped bytea) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $body$
  insert into keyring.kek_epoch (org, epoch, wrapped) values (add_kek.org, 1, add_kek.wrapped) on conflict do nothing
$body$;

-- The keys of these fingerprints (wrapped is null where destroyed), and what was destroyed after entry 'since' of the ledger:
-- one snapshot, so that who keeps keys in memory knows of every erasure that had ended when it asked.
create function keyring.get_deks(since bigint, fingerprints text[], out head bigint, out gone text[], out keys jsonb)
language sql stable security definer set search_path = pg_catalog, pg_temp as $body$
  select h.seq,
         case when h.seq > since then
           (select coalesce(array_agg(fp), '{}') from keyring.erasure_ledger l, unnest(l.fps) fp where l.seq > since)
         else '{}' end,
         (select coalesce(jsonb_agg(jsonb_build_object('fp', d.fp, 'org', d.org, 'subject', d.subject, 'scope', d.scope,
                   'rev', d.rev, 'epoch', d.epoch, 'wrapped', encode(d.wrapped, 'base64'))), '[]')
            from keyring.dek d where d.fp = any (fingerprints))
    from keyring.ledger_head h
$body$;
`;

const writing = `
create function keyring.subject_lock(org uuid, subject uuid) returns bigint
language sql immutable set search_path = pg_catalog, pg_temp as $body$
  select hashtextextended(org || '|' || subject, 1)
$body$;

-- For each name the live key of the highest revision; where there is none, the candidate becomes it; under a fence null.
create function keyring.get_or_add(orgs uuid[], subjects uuid[], scopes text[], epochs integer[], candidates bytea[], fingerprints text[])
returns table (n integer, fp text, rev integer, epoch integer, wrapped bytea)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $body$
#variable_conflict use_column
begin
  -- An erasure of the same subject comes before or after; in one order, so that two batches do not wait for each other.
  perform pg_advisory_xact_lock_shared(l.lock)
     from (select distinct keyring.subject_lock(o, s) as lock from unnest(orgs, subjects) u(o, s) order by 1) l;
  insert into keyring.dek (org, subject, scope, rev, epoch, wrapped, fp)
  select u.org, u.subject, u.scope, 1, u.epoch, u.wrapped, u.fp
    from unnest(orgs, subjects, scopes, epochs, candidates, fingerprints) u(org, subject, scope, epoch, wrapped, fp)
   where not exists (select from keyring.fence f where (f.org, f.subject, f.scope) = (u.org, u.subject, u.scope))
   order by u.org, u.subject, u.scope
      on conflict (org, subject, scope, rev) do nothing;
  return query
  select u.n::integer, d.fp, d.rev, d.epoch, d.wrapped
    from unnest(orgs, subjects, scopes) with ordinality u(org, subject, scope, n)
    left join lateral (
      select * from keyring.dek k
       where (k.org, k.subject, k.scope) = (u.org, u.subject, u.scope) and k.wrapped is not null
         and not exists (select from keyring.fence f where (f.org, f.subject, f.scope) = (u.org, u.subject, u.scope))
       order by k.rev desc limit 1) d on true
   order by u.n;
end
$body$;

-- First the fence, then the keys, then the record, in one transaction. Answers every destroyed key of these scopes,
-- also those of an earlier time, so that a repeat gets the same answer.
create function keyring.fence_and_destroy(erasure_id uuid, org uuid, subject uuid, scopes text[]) returns text[]
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $body$
#variable_conflict use_column
declare
  wanted text;
  ended  text[];
  entry  keyring.erasure_ledger;
begin
  if org is null or subject is null or erasure_id is null then
    raise exception 'An erasure names its organisation, subject and id.' using errcode = 'invalid_parameter_value';
  end if;
  perform pg_advisory_xact_lock(keyring.subject_lock(fence_and_destroy.org, fence_and_destroy.subject));
  for wanted in select distinct s from unnest(scopes) s order by s loop
    insert into keyring.fence (org, subject, scope, erasure_id)
    values (fence_and_destroy.org, fence_and_destroy.subject, wanted, fence_and_destroy.erasure_id) on conflict do nothing;
    continue when not found;
    with destroyed as (
      update keyring.dek d set wrapped = null, destroyed_at = clock_timestamp()
       where d.org = fence_and_destroy.org and d.subject = fence_and_destroy.subject and d.scope = wanted and d.wrapped is not null
      returning d.fp)
    select coalesce(array_agg(fp order by fp collate "C"), '{}') into ended from destroyed;
    -- Takes the row for the rest of the transaction.
    update keyring.ledger_head h set seq = h.seq + 1 returning h.seq, h.hash into entry.seq, entry.prev;
    entry.erasure_id := fence_and_destroy.erasure_id;
    entry.org := fence_and_destroy.org;
    entry.subject_binding := sha256(convert_to(fence_and_destroy.org || '|' || fence_and_destroy.subject, 'UTF8'));
    entry.scope := wanted;
    entry.fps := ended;
    entry.at := clock_timestamp();
    entry.hash := keyring.ledger_hash(entry);
    insert into keyring.erasure_ledger select (entry).*;
    update keyring.ledger_head h set hash = entry.hash;
  end loop;
  return (select coalesce(array_agg(d.fp order by d.fp collate "C"), '{}') from keyring.dek d
           where d.org = fence_and_destroy.org and d.subject = fence_and_destroy.subject
             and d.scope = any (scopes) and d.wrapped is null);
end
$body$;
`;

const grants = `
revoke all on all tables in schema keyring from public, yuthub_keyring_app;
revoke all on all functions in schema keyring from public;
grant execute on function
  keyring.get_keks(uuid[]), keyring.add_kek(uuid, bytea), keyring.get_deks(bigint, text[]),
  keyring.get_or_add(uuid[], uuid[], text[], integer[], bytea[], text[]),
  keyring.fence_and_destroy(uuid, uuid, uuid, text[]), keyring.ledger_broken_at()
  to yuthub_keyring_app;
`;

/** Keys, fences and the erasure ledger; the application's role sees them through these functions alone. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statements of [tables, ledger, reading, writing, grants]) await sql.raw(statements).execute(db);
}
