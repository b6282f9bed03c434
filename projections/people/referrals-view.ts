import type { PublicView } from '../engine/projection.js';

/**
 * Referrals with who else they may be about (REF-6). Whoever is registered is compared, so that it does not matter in which
 * order referrals of one person come in, or whether they come at once: the later one shows as a possible duplicate.
 */
export const referralsView: PublicView = {
  name: 'referrals',
  columns: [
    { name: 'possible_duplicate', type: 'boolean', nullable: false, privacy: 1, doc: 'Somebody who was known before has the same NHS number, or was referred within 90 days under the same name and date of birth' },
    { name: 'duplicate_of', type: 'jsonb', nullable: false, privacy: 1, doc: 'Ids of the residents whom it may be about instead' },
  ],
  select: `
    select t.*, jsonb_array_length(others.ids) > 0 as possible_duplicate, others.ids as duplicate_of
    from {referrals} t
    left join {residents} who on who.organization_id = t.organization_id and who.id = t.resident_id
    cross join lateral (
      select coalesce(jsonb_agg(other.id order by other.reference), '[]'::jsonb) as ids
      from {residents} other
      where t.direction = 'inbound' and other.organization_id = t.organization_id and other.id <> t.resident_id
        and other.merged_into is distinct from who.id and who.merged_into is distinct from other.id
        and (other.created_at, other.reference) < (who.created_at, who.reference)
        and (other.nhs_number_index = who.nhs_number_index
          or (lower(other.first_name) = lower(who.first_name) and lower(other.last_name) = lower(who.last_name) and other.date_of_birth = who.date_of_birth
            and exists (select from {referrals} earlier
              where earlier.organization_id = t.organization_id and earlier.resident_id = other.id and earlier.direction = 'inbound'
                and abs(earlier.referral_date - t.referral_date) <= 90)))
    ) others`,
};
