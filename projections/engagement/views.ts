import { columnsWith, type PublicView } from '../engine/projection.js';
import { mayRead } from './may-read.js';

const column = columnsWith({ nullable: true, privacy: 1 });

/** Events with what is known of all their occurrences; of a confidential property the location says no more than that. */
const calendarEvents: PublicView = {
  name: 'calendar_events',
  columns: [
    { ...column('location', 'text', 'Where it is; of a confidential property only that it is one', true, 2), scope: 'location' },
    column('series_id', 'uuid', 'The id, of an event that recurs', true, 0),
    column('occurrence_date', 'date', 'London date of its first occurrence', true, 0),
    column('recurrence_rule', 'jsonb', 'Rule and left-out dates of an event that recurs', true, 0),
    column('next_start_time', 'timestamptz', 'When what is still to come of it begins', true, 0),
    column('attended', 'jsonb', 'Of each occurrence that is over: its date, who came and who did not', false),
  ],
  select: `
select t.*,
  case when given.location is not null and home.confidential_location then 'Confidential address' else given.location end as location,
  case when t.is_recurring then t.id end as series_id,
  (t.start_time at time zone 'Europe/London')::date as occurrence_date,
  case when t.is_recurring then jsonb_build_object('rrule', t.rrule, 'exdates', to_jsonb(t.exdates)) end as recurrence_rule,
  times.next_start_time,
  times.attended
from {calendar_events except location} t
join {calendar_events} given on given.organization_id = t.organization_id and given.id = t.id
left join {properties} home on home.organization_id = t.organization_id and home.id = t.property_id
cross join lateral (
  select min(o.start_time) filter (where o.status in ('scheduled', 'in_progress')) as next_start_time,
    coalesce(jsonb_agg(jsonb_build_object('occurrenceDate', o.occurrence_date, 'attended', to_jsonb(o.attended), 'dna', to_jsonb(o.dna))
      order by o.occurrence_date) filter (where o.status = 'completed'), '[]'::jsonb) as attended
  from {calendar_occurrences} o
  where o.organization_id = t.organization_id and o.calendar_event_id = t.id
) times`,
};

/** Occurrences with the series that they are of. */
const calendarOccurrences: PublicView = {
  name: 'calendar_occurrences',
  columns: [column('series_id', 'uuid', 'The event, where it recurs', true, 0), column('event_type', 'text', 'Kind of the event', false, 0)],
  select: `
select t.*,
  case when e.is_recurring then e.id end as series_id,
  e.event_type
from {calendar_occurrences} t
join {calendar_events} e on e.organization_id = t.organization_id and e.id = t.calendar_event_id`,
};

/** Notifications, without those that were cleared away. */
const notifications: PublicView = {
  name: 'notifications',
  columns: [],
  select: 'select t.* from {notifications} t where t.purged_at is null',
};

/**
 * What goes by another channel too: the outbox of whoever carries messages. It says to whom and by which channel, and the
 * title, which is of nobody in particular; not what it is about. What was read meanwhile, or is about what they may not see any more
 * (NOT-3), is withheld: asked whenever somebody looks what is to be sent.
 */
const notificationDeliveries: PublicView = {
  name: 'notification_deliveries',
  columns: [
    column('id', 'uuid', 'The notification', false),
    column('organization_id', 'uuid', 'Organisation that it belongs to', false),
    column('user_id', 'uuid', 'To whom', false),
    column('channel', 'text', 'email or sms', false, 0),
    column('status', 'text', 'requested, withheld (nobody needs it any more, or may see what it is about), sent, delivered or failed', false, 0),
    column('title', 'text', 'What is sent: it names nobody', false, 0),
    column('requested_at', 'timestamptz', 'Since when it is to be sent', false, 0),
    column('failures', 'bigint', 'How often sending it has failed', false, 0),
    column('failure_code', 'text', 'Why it failed last', true, 0),
    column('reported_at', 'timestamptz', 'When whoever carries it last said something of it', true, 0),
    column('provider_ref', 'text', 'What whoever carries it calls it'),
  ],
  select: `
    select t.id, t.organization_id, t.user_id, t.channel,
      case when t.channel_status <> 'requested' or (t.status = 'unread' and ${mayRead({ organization: 't.organization_id', user: 't.user_id', table: 't.entity_type' })})
        then t.channel_status else 'withheld' end as status,
      t.title, t.channel_requested_at as requested_at,
      t.channel_failures as failures, t.channel_failure_code as failure_code, t.channel_reported_at as reported_at, t.provider_ref
    from {notifications} t
    where t.channel is not null and t.purged_at is null`,
};

/** The public views of this context. */
export const engagementViews: readonly PublicView[] = [calendarEvents, calendarOccurrences, notifications, notificationDeliveries];
