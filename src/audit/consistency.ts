import type { Pool } from 'pg';
import { entities } from '../domain/index.js';
import { entityOf } from '../kernel/entity.js';
import { asOrganization } from '../platform/transactions.js';

/** Something that does not agree with something else. */
export interface Inconsistency {
  readonly check: string;
  /** Read table and id of what is wrong. */
  readonly table: string;
  readonly id: string;
  /** What exactly, in figures and ids: nothing personal. */
  readonly what: string;
}

/** What must agree across records. */
export interface ConsistencyCheck {
  readonly check: string;
  /** For people: what is compared with what. */
  readonly sentence: string;
  readonly table: string;
  /** Gives `id` and `what` of each record that is wrong, of the organisation of the session. */
  readonly select: string;
}

const LIVES_HERE = "r.status in ('active', 'at_risk')";
/** Every entity's rows, each with the event that it stands at; what the platform has is in the trail of the platform. */
const standing = entities
  .map((entity) => entityOf(entity).table)
  .map((table) => `select '${table}' as entity_type, id, last_event_id from read.${table} where organization_id = current_setting('yuthub.organization')::uuid`)
  .join(' union all ');

/** What no single record can promise by itself, because each record's rules see that record alone. */
export const consistencyChecks: readonly ConsistencyCheck[] = [
  {
    check: 'occupied-units',
    sentence: 'The occupied units of a property are its residents who live there.',
    table: 'properties',
    select: `select p.id, 'occupied units ' || p.occupied_units || ', residents ' || count(r.id) as what
      from read.properties p left join read.residents r on r.property_id = p.id and ${LIVES_HERE}
      group by p.id, p.occupied_units having p.occupied_units <> count(r.id)`,
  },
  {
    check: 'beds',
    sentence: 'No room has more people in it on any night than it has beds.',
    table: 'property_rooms',
    // A maximum is reached on some first night, so those are enough to look at.
    select: `select o.room_id as id, 'on ' || o.from_date || ' ' || count(*) || ' people in ' || m.capacity || ' beds' as what
      from read.room_occupancies o
      join read.room_occupancies other on other.room_id = o.room_id and other.from_date <= o.from_date and (other.to_date is null or other.to_date > o.from_date)
      join read.property_rooms m on m.id = o.room_id
      where o.to_date is null or o.to_date > o.from_date
      group by o.room_id, o.id, o.from_date, m.capacity having count(*) > m.capacity`,
  },
  {
    check: 'stays',
    sentence: 'Every stay in a room belongs to one placement of the same resident, and every placement has its stays.',
    table: 'placements',
    select: `select coalesce(p.id, o.placement_id) as id, case when p.id is null then 'a stay without its placement' else 'a placement without a stay' end as what
      from read.placements p full join (select distinct placement_id, resident_id from read.room_occupancies) o
        on o.placement_id = p.id and o.resident_id = p.resident_id
      where (p.id is null or o.placement_id is null) and coalesce(p.status, 'active') in ('active', 'ended')`,
  },
  {
    check: 'one-bed',
    sentence: 'Nobody is in two rooms on one night.',
    table: 'residents',
    select: `select distinct o.resident_id as id, 'on ' || o.from_date || ' in two rooms' as what
      from read.room_occupancies o join read.room_occupancies other on other.resident_id = o.resident_id and other.id <> o.id
      where (o.to_date is null or o.to_date > o.from_date) and (other.to_date is null or other.to_date > other.from_date)
        and other.from_date <= o.from_date and (other.to_date is null or other.to_date > o.from_date)`,
  },
  {
    check: 'ledger',
    sentence: 'The balance of a rent account is the sum of its ledger.',
    table: 'rent_accounts',
    select: `select a.id, 'balance ' || a.balance_pence || ', ledger ' || coalesce(sum(l.amount_pence), 0) || ' pence' as what
      from read.rent_accounts a left join read.rent_ledger l on l.rent_account_id = a.id
      group by a.id, a.balance_pence having a.balance_pence <> coalesce(sum(l.amount_pence), 0)`,
  },
  {
    check: 'running-balance',
    sentence: 'The balance after each line of a ledger is the sum of the lines up to it.',
    table: 'rent_accounts',
    select: `select rent_account_id as id, 'after line ' || ordinal || ' balance ' || balance_pence || ', lines ' || lines || ' pence' as what
      from (select *, sum(amount_pence) over (partition by rent_account_id order by ordinal) as lines from read.rent_ledger) l where balance_pence <> lines`,
  },
  {
    check: 'books',
    sentence: 'The rent in the books is what the ledgers charge and adjust.',
    table: 'rent_accounts',
    select: `select a.id, 'books ' || b.booked || ', ledger ' || l.charged || ' pence' as what from read.rent_accounts a
      cross join lateral (select coalesce(sum(net_signed_amount_pence), 0) as booked from read.financial_postings p
        where p.source_type = 'rent_account' and p.source_id = a.id and p.category in ('rent_charge', 'rent_adjustment')) b
      cross join lateral (select coalesce(sum(amount_pence), 0) as charged from read.rent_ledger l where l.rent_account_id = a.id and l.line_type in ('charge', 'adjustment')) l
      where b.booked <> l.charged`,
  },
  {
    check: 'import-rows',
    sentence: 'Every row of a file that was worked through is there, with what became of it.',
    table: 'import_batches',
    select: `select b.id, 'rows worked through ' || b.processed_rows || ', told of ' || count(r.id) as what
      from read.import_batches b left join read.import_batch_rows r on r.import_batch_id = b.id
      where b.status in ('completed', 'partial') group by b.id, b.processed_rows having b.processed_rows <> count(r.id)`,
  },
  {
    check: 'demands',
    sentence: 'What is unpaid of the demands less what is left of receipts is the balance.',
    table: 'rent_accounts',
    select: `select a.id, 'balance ' || a.balance_pence || ', unpaid ' || d.unpaid || ', left over ' || f.free || ' pence' as what
      from read.rent_accounts a
      cross join lateral (select coalesce(sum(p.outstanding_balance_pence), 0) as unpaid from read.rent_payments p where p.rent_account_id = a.id) d
      cross join lateral (select coalesce(sum(c.unallocated_pence), 0) as free from read.rent_receipts c where c.rent_account_id = a.id) f
      where a.balance_pence <> d.unpaid - f.free`,
  },
  {
    check: 'key-worker',
    sentence: 'Everybody who lives here has a key worker.',
    table: 'residents',
    select: `select r.id, 'no key worker' as what from read.residents r where ${LIVES_HERE} and r.key_worker_id is null`,
  },
  {
    check: 'agreement',
    sentence: 'Everybody who lives here has an active agreement.',
    table: 'residents',
    select: `select r.id, 'no active agreement' as what from read.residents r where ${LIVES_HERE}
      and not exists (select from read.tenancy_agreements a where a.resident_id = r.id and a.status = 'active')`,
  },
  {
    check: 'risk-assessment',
    sentence: 'Everybody who lives here has a risk assessment in force.',
    table: 'residents',
    select: `select r.id, 'no active risk assessment' as what from read.residents r where ${LIVES_HERE}
      and not exists (select from read.risk_assessments a where a.resident_id = r.id and a.status = 'active')`,
  },
  {
    check: 'rent-account',
    sentence: 'Everybody who lives here has a rent account that is in use.',
    table: 'residents',
    select: `select r.id, 'no active rent account' as what from read.residents r where ${LIVES_HERE}
      and not exists (select from read.rent_accounts a where a.resident_id = r.id and a.placement_id = r.placement_id and a.status = 'active')`,
  },
  {
    check: 'core-log',
    sentence: 'Every stay has its log of the lettings return, but with private landlords.',
    table: 'placements',
    select: `select p.id, 'no lettings log' as what from read.placements p where p.status in ('active', 'ended') and not exists (select from read.core_logs c where c.placement_id = p.id)
      and exists (select from read.organizations g where g.id = p.organization_id and g.organization_type <> 'private')`,
  },
  {
    check: 'statutory',
    sentence: 'What the law asks for by a day was done, or was told of as missed.',
    table: 'deadlines',
    // The night in which it is told of is left to it.
    select: `select d.id, d.rule_code || ' was due on ' || d.due_date || ', and nobody was told' as what from read.deadlines d
      left join read.core_logs c on c.id = d.entity_id left join read.tenancy_agreements a on a.id = d.entity_id
      where d.status = 'missed' and d.due_at < read.product_now() - interval '1 day'
        and ((d.rule_code = 'UK-R1' and c.status <> 'accepted' and c.overdue_since is null)
          or (d.rule_code in ('UK-T7', 'UK-T7.information') and a.deposit_status <> 'returned' and not a.deposit_protection_overdue))`,
  },
  {
    check: 'trail',
    sentence: 'The trail has the event at which every record stands.',
    table: 'audit_trail',
    select: `select s.id, s.entity_type || ' stands at an event that the trail has not' as what from (${standing}) s
      where s.last_event_id is not null and not exists (select from read.audit_trail t where t.id = s.last_event_id)`,
  },
  {
    check: 'joined-trail',
    sentence: 'What a change found before it is what the change before it left.',
    table: 'audit_trail',
    // Values of a child are kept under one name for all children of a kind: they are compared by the history of each.
    select: `select id, f || ' of ' || entity_type || ' ' || entity_id || ' is not as it was left' as what from (
        select id, entity_type, entity_id, f, coalesce(old_values -> f, 'null') as before,
          lag(coalesce(new_values -> f, 'null')) over (partition by entity_id, f order by revision) as known
        from read.audit_trail cross join lateral unnest(fields) f where f not like '%.%') steps
      where known <> before`,
  },
];

/** Compares the records of an organisation with each other. */
export class Consistency {
  /** @param pool as yuthub_app. */
  constructor(private readonly pool: Pool) {}

  /** What does not agree, at one moment of the read tables; nothing where all is well. */
  async of(organizationId: string): Promise<Inconsistency[]> {
    return asOrganization(this.pool, organizationId, async (client) => {
      const found: Inconsistency[] = [];
      for (const { check, table, select } of consistencyChecks) {
        const { rows } = await client.query<{ id: string; what: string }>(`${select} order by 1, 2`);
        found.push(...rows.map(({ id, what }) => ({ check, table, id, what })));
      }
      return found;
    }, 'snapshot');
  }
}
