import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readableTables } from '../../src/api/reads/readable-tables.js';
import { RowReader } from '../../src/api/reads/row-reader.js';
import { organisationEntities } from '../../src/domain/organisation/index.js';
import { Catalogue } from '../../src/kernel/catalogue.js';
import type { Actor } from '../../src/kernel/command.js';
import { PLATFORM } from '../../src/kernel/entity.js';
import { maySeeWith } from '../../src/kernel/permissions.js';
import { EventCodec } from '../../src/privacy/event-codec.js';
import { ELSEWHERE, ORGANISATION, projectionWorld, type ProjectionWorld } from './projection-world.js';

const catalogue = new Catalogue(organisationEntities);
let world: ProjectionWorld;
let reader: RowReader;
let codec: EventCodec;

beforeAll(async () => {
  world = await projectionWorld();
  codec = new EventCodec(catalogue, world.keyring);
  const engine = world.engine({ catalogue, codec, handWritten: [], views: [] });
  await engine.start();
  reader = new RowReader({
    connectionString: world.databases.urls.app,
    tables: readableTables(catalogue, engine.shown),
    codec,
    maySee: (actor, privacy) => maySeeWith(actor.permissions, privacy),
    specialRead: () => Promise.resolve(),
    blindIndex: () => '',
  });
});
afterAll(async () => {
  await reader.close();
  await world.remove();
});

/** Appends what the fields of an event say, those that are required filled in. */
async function record(type: string, stream: string, organizationId: string, given: Record<string, unknown> = {}): Promise<void> {
  const declaration = catalogue.event(type)!;
  const filled = Object.fromEntries(declaration.fields.filter(({ optional }) => !optional).map((field) => {
    const byKind: Record<string, unknown> = { instant: '2026-09-02T08:00:00.000Z', ref: randomUUID(), list: [], int: 0, flag: false };
    return [field.name, byKind[field.kind] ?? field.values?.[0] ?? randomUUID()];
  }));
  const eventId = randomUUID();
  const event = Object.assign(new declaration.event(), filled, given);
  const { data } = await codec.encode(event, declaration, { organizationId, entityId: stream.slice(stream.indexOf('-') + 1), eventId });
  await world.appendRaw(stream, type, JSON.parse(Buffer.from(data).toString()) as object, organizationId, eventId);
}

const actor = (organizationId: string): Actor => ({ id: 'reader', role: 'manager', organizationId, permissions: new Set(['*:*', 'personal:*', 'special:*', 'sensitive:read']) });
const seenBy = async (organizationId: string): Promise<Set<unknown>> => new Set((await reader.list('users', {}, actor(organizationId))).items.map(({ id }) => id));

describe('users, who belong to the platform', () => {
  it('are seen by the organisations that they are members of, for as long as they are, and by nobody else', async () => {
    const [ours, both, theirs, nobodys] = Array.from({ length: 4 }, () => randomUUID());
    for (const id of [ours, both, theirs, nobodys]) await record('UserRegistered', `user-${id}`, PLATFORM, { firstName: 'Sam' });
    const memberships = new Map<string, string>();
    const join = async (userId: string, organizationId: string): Promise<void> => {
      const stream = `membership-${randomUUID()}`;
      memberships.set(`${userId}${organizationId}`, stream);
      await record('UserInvited', stream, organizationId, { userId, role: 'manager' });
      await record('MembershipAccepted', stream, organizationId);
    };
    await join(ours!, ORGANISATION);
    await join(both!, ORGANISATION);
    await join(both!, ELSEWHERE);
    await join(theirs!, ELSEWHERE);
    const invited = `membership-${randomUUID()}`;
    await record('UserInvited', invited, ORGANISATION, { userId: nobodys, role: 'manager' });
    await world.reached();
    expect(await seenBy(ORGANISATION)).toEqual(new Set([ours, both]));
    expect(await seenBy(ELSEWHERE)).toEqual(new Set([both, theirs]));
    expect(await seenBy(randomUUID())).toEqual(new Set());
    expect(await reader.get('users', theirs!, actor(ORGANISATION))).toBeUndefined();
    expect(await reader.get('users', ours!, actor(ORGANISATION))).toMatchObject({ firstName: 'Sam', organizationId: PLATFORM });
    await record('MembershipSuspended', memberships.get(`${ours}${ORGANISATION}`)!, ORGANISATION);
    await record('MembershipEnded', memberships.get(`${both}${ORGANISATION}`)!, ORGANISATION);
    await world.reached();
    expect(await seenBy(ORGANISATION)).toEqual(new Set([ours]));
    expect(await seenBy(ELSEWHERE)).toEqual(new Set([both, theirs]));
  });
});
