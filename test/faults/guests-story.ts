import type pg from 'pg';
import { jsonOf } from '../../src/event-store/metadata.js';

/** An event as it lies in the log. */
interface Told {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly organizationId: string;
}

/** What a row of `guests` must say. */
interface Expected {
  organization: string;
  revision: number;
  position: number;
  pence: number | null;
  steps: number | null;
  friends: string[];
  erased: boolean;
}

const idIn = (stream: string): string => stream.slice(stream.indexOf('-') + 1);
/** What no `bigint` column takes. */
const TOO_FAR = 2 ** 63;
/** What changes a guest; everything else is passed over. */
const KNOWN = ['GuestArrived', 'GuestChanged', 'FriendMade', 'FriendLost', 'GuestPaid', 'GuestWalked', 'GuestDataErased'];

/** Whether the world of the specs cannot take this event into a projection. */
function isPoison({ type, data }: Told, projection: string): boolean {
  if (type === 'GuestArrived') return data['$p'] === undefined;
  if (projection === 'visitors') return type === 'GuestVisited' && data['note'] === null;
  return (type === 'GuestPaid' && (data['pence'] === 13 || data['pence'] === undefined)) || (type === 'GuestWalked' && Number(data['steps']) >= TOO_FAR);
}

function changed(before: Expected | undefined, { type, data, revision, position, organizationId }: Told): Expected {
  const guest = before ?? { organization: organizationId, revision, position, pence: null, steps: null, friends: [], erased: false };
  const friend = String(data['friendId']);
  return {
    ...guest,
    revision,
    position,
    pence: type === 'GuestPaid' ? (guest.pence ?? 0) - Number(data['pence']) : guest.pence,
    steps: type === 'GuestWalked' ? Number(data['steps']) : guest.steps,
    friends: type === 'FriendMade' ? [...guest.friends, friend] : guest.friends.filter((one) => type !== 'FriendLost' || one !== friend),
  };
}

/** What the read tables must hold, reckoned from the log without any of the product's folding. */
class Story {
  readonly guests = new Map<string, Expected>();
  readonly visits = new Map<string, number>();
  readonly parked: string[] = [];
  readonly streams = new Map<string, Told>();

  constructor(
    events: readonly Told[],
    private readonly skipped: ReadonlySet<string>,
  ) {
    for (const [stream, told] of Map.groupBy(events, ({ stream: of }) => of)) {
      this.streams.set(stream, told[0]!);
      if (stream.startsWith('guest-')) this.guest(stream, told);
    }
    for (const event of events) this.visitors(event);
  }

  private guest(stream: string, told: readonly Told[]): void {
    let guest: Expected | undefined;
    let stopped = false;
    for (const event of told) {
      const left = !KNOWN.includes(event.type) || this.skipped.has(`guests ${event.id}`);
      if (!stopped && !left && isPoison(event, 'guests')) {
        stopped = true;
        this.parked.push(`guests ${stream} ${event.revision}`);
      }
      if (!stopped && left) guest = guest && { ...guest, revision: event.revision };
      else if (!stopped) guest = changed(guest, event);
      // Erasing is no part of the fold: it is done whatever stands still.
      if (guest && event.type === 'GuestDataErased') guest.erased = true;
    }
    if (guest) this.guests.set(idIn(stream), guest);
  }

  private visitors(event: Told): void {
    const { type, id, stream, data, revision } = event;
    if (!['GuestArrived', 'GuestVisited'].includes(type) || this.skipped.has(`visitors ${id}`)) return;
    if (isPoison(event, 'visitors')) return void this.parked.push(`visitors ${stream} ${revision}`);
    const guest = type === 'GuestArrived' ? idIn(stream) : String(data['guestId']);
    this.visits.set(guest, type === 'GuestArrived' ? 0 : (this.visits.get(guest) ?? 0) + 1);
  }
}

async function storyOf(admin: pg.Pool): Promise<{ story: Story; head: number; visits: string[] }> {
  const { rows } = await admin.query<Omit<Told, 'data' | 'organizationId'> & { data: Buffer; metadata: Buffer }>(
    'select stream, revision, position::float8 as position, id, type, data, metadata from log.events order by position',
  );
  const events = rows.map(({ data, metadata, ...row }): Told => ({ ...row, data: jsonOf(data), organizationId: String(jsonOf(metadata)['organizationId']) }));
  const skipped = await admin.query<{ what: string }>(`select projection || ' ' || event_id as what from read.skipped_events`);
  const story = new Story(events, new Set(skipped.rows.map(({ what }) => what)));
  return { story, head: events.at(-1)?.position ?? 0, visits: events.filter(({ type }) => type === 'GuestVisited').map(({ stream }) => idIn(stream)) };
}

interface GuestRow {
  id: string;
  organization: string;
  revision: number;
  position: number;
  pence: number | null;
  steps: number | null;
  name: string | null;
  stale: boolean;
  friends: string[] | null;
}

const guestRows = `select g.id, g.organization_id as organization, g.stream_revision as revision, g.last_position::float8 as position,
  g.balance_pence::float8 as pence, g.steps::float8 as steps, g.name, g.stale_reason is not null as stale,
  (select array_agg(f.id::text order by f.ordinal) from read.friends f where f.organization_id = g.organization_id and f.guest_id = g.id) as friends
  from read.guests g`;

/**
 * I1, I4, I5, I8: what is wrong with the read tables, as sentences; nothing where each holds exactly what its events say, the
 * checkpoints stand at the head of the log, and parked is what must be. Call it when all has been taken in.
 */
export async function guestViolations(admin: pg.Pool): Promise<string[]> {
  const { story, head, visits } = await storyOf(admin);
  const wrong: string[] = [];
  const same = (what: string, is: unknown, should: unknown): void => {
    if (JSON.stringify(is) !== JSON.stringify(should)) wrong.push(`${what}: ${JSON.stringify(is)}, and should be ${JSON.stringify(should)}`);
  };
  const rows = new Map((await admin.query<GuestRow>(guestRows)).rows.map((row) => [row.id, row]));
  same('guests', [...rows.keys()].sort(), [...story.guests.keys()].sort());
  for (const [id, { erased, ...guest }] of story.guests) {
    const row = rows.get(id);
    if (!row) continue;
    const stale = story.parked.some((one) => one.startsWith(`guests guest-${id} `));
    const { name, ...is } = { ...row, friends: row.friends ?? [] };
    same(`guest ${id}`, sorted(is), sorted({ id, ...guest, stale }));
    if (erased !== (name === '[erased]')) wrong.push(`guest ${id} is called ${name} although ${erased ? '' : 'not '}erased`);
  }
  const counted = await admin.query<{ id: string; visits: number }>('select id, visits from read.guest_visits order by id');
  same('visits of guests', counted.rows.map(({ id, visits: count }) => [id, count]), [...story.visits].sort(([a], [b]) => (a < b ? -1 : 1)));
  const kept = await admin.query<{ id: string; organization: string }>('select id, organization_id as organization from read.visits');
  same('visits', kept.rows.map(({ id }) => id).sort(), visits.sort());
  same('organisations of visits', kept.rows.filter(({ id, organization }) => story.streams.get(`visit-${id}`)?.organizationId !== organization), []);
  const parked = await admin.query<{ what: string }>(
    `select p.projection || ' ' || p.stream || ' ' || p.revision as what from read.parked_streams p join read.projection_versions v using (projection, version) where v.state = 'live'`,
  );
  same('parked', parked.rows.map(({ what }) => what).sort(), story.parked.sort());
  const live = await admin.query<{ position: number }>(`select distinct position::float8 as position from read.projection_versions where state = 'live'`);
  same('checkpoints', live.rows.map(({ position }) => position), [head]);
  return wrong;
}

const sorted = (value: object): unknown => Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
