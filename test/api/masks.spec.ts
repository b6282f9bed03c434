import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Privacy } from '../../src/kernel/privacy.js';
import { maySeeWith } from '../../src/kernel/permissions.js';
import { permissionsOf, type SystemRole } from '../../src/kernel/system-roles.js';
import { Canaries } from '../privacy/canaries.js';
import { connectionQueries, lists } from '../privacy/shown.js';
import { type Caller, type Json } from '../support/caller.js';
import { installation, organisation, type Installation, type RunningProduct } from '../support/product.js';
import { bodyFields, catalogue, pathFor, Speaker } from '../support/speaker.js';
import { applicant, house, tenant, type Cast, type Person } from '../support/story.js';

const LONG = 300_000;
const AT = '2026-08-03T10:00:00Z';
const ROLES: readonly SystemRole[] = ['owner', 'admin', 'manager', 'key_worker', 'finance', 'maintenance', 'auditor', 'dpo', 'integration'];

/** Roles that may be shown everything. */
const SEE_ALL = new Set<SystemRole>(['owner', 'manager', 'key_worker', 'dpo']);

/** A word that was said, and what it is to privacy. */
interface Word {
  readonly value: string;
  readonly field: string;
  readonly privacy: Privacy;
}

/** What each role is shown, of everything that was ever said. */
describe('a role', () => {
  let at: Installation;
  let product: RunningProduct;
  let cast: Cast;
  let person: Person;
  let words: Word[];
  const callers = new Map<string, Caller>();

  beforeAll(async () => {
    at = await installation();
    product = await at.start();
    const canaries = new Canaries();
    const speaker = new Speaker(canaries.for);
    cast = await house(speaker, await organisation(at, product.baseUrl));
    await applicant(speaker, cast, 'applicant');
    person = await tenant(speaker, cast, 'tenant', true);
    words = speaker.said.flatMap(({ command, field, value }): Word[] => {
      const { privacy } = bodyFields(catalogue.command(command)!).find(({ name }) => name === field)!;
      // A day of birth may be anybody's; a word of our own is that person's alone.
      return value.startsWith(canaries.mark) || /^\d{10}$/.test(value) ? [{ value, field, privacy }] : [];
    });
    for (const role of ROLES) callers.set(role, role === 'owner' ? cast.organisation.owner : (await cast.organisation.member(role)).caller);
  }, LONG);
  afterAll(() => at.remove());

  const visible = (role: SystemRole, { privacy }: Word): boolean => maySeeWith(permissionsOf(role), privacy);

  /**
   * Everything that somebody is given of what they ask for; what is refused to them is not asked again.
   * @param rows how many of each list are asked for by themselves.
   */
  async function given(caller: Caller, rows = Infinity): Promise<string> {
    const texts: string[] = [];
    const ask = async (path: string, headers: Record<string, string> = {}): Promise<string | undefined> => {
      const { status, text } = await caller.get(path, headers);
      if (status === 200) texts.push(text);
      else if (status !== 403 && status !== 404) throw new Error(`GET ${path} was answered ${status}: ${text}`);
      return status === 200 ? text : undefined;
    };
    for (const { path, history } of await lists(caller)) {
      const page = await ask(`${path}?limit=500&include=special`);
      for (const accept of ['text/csv', 'application/x-ndjson']) await ask(path, { accept });
      if (page === undefined) continue;
      for (const { id } of (JSON.parse(page) as { items: Json[] }).items.slice(0, rows)) {
        await ask(`${path}/${id}`);
        await ask(`${path}/${id}?at=${AT}`);
        if (history) await ask(`${path}/${id}/history?limit=500`);
      }
    }
    await ask('/audit-trail?limit=500');
    for (const query of await connectionQueries(caller)) texts.push(JSON.stringify(await caller.graphql(query)));
    return texts.join('\n');
  }

  it.each(ROLES)('of %s is shown what its permissions say, and nothing else', async (role) => {
    // Who may see everything is asked whether they do; the others, whether they are shown anything more.
    const text = await given(callers.get(role)!, SEE_ALL.has(role) ? 3 : Infinity);
    const leaked = words.filter((word) => !visible(role, word) && text.includes(word.value));
    expect(leaked).toEqual([]);
    const hidden = words.filter((word) => !visible(role, word));
    if (!SEE_ALL.has(role)) expect(hidden.length).toBeGreaterThan(0);
    if (SEE_ALL.has(role) && role !== 'key_worker') {
      const unseen = new Set(words.filter((word) => visible(role, word) && !text.includes(word.value)).map(({ field }) => field));
      const seen = new Set(words.filter((word) => visible(role, word) && text.includes(word.value)).map(({ field }) => field));
      expect({ role, neverSeen: [...unseen].filter((field) => !seen.has(field)) }).toEqual({ role, neverSeen: [] });
    }
  }, LONG);

  it('finds, filters and sorts by nothing that is masked for it', async () => {
    for (const role of ['finance', 'maintenance', 'auditor'] as const) {
      const caller = callers.get(role)!;
      for (const { path } of await lists(caller)) {
        const { status, body } = await caller.get<{ items: Json[] }>(`${path}?limit=1`);
        if (status !== 200) continue;
        for (const field of (body.items[0]?.['_masked'] as string[] | undefined) ?? []) {
          for (const query of [`${field}=x`, `sort=${field}`, `sort=-${field}`]) {
            const refused = await caller.get<{ code: string }>(`${path}?${query}`);
            expect({ role, path, query, status: refused.status }).toEqual({ role, path, query, status: refused.status === 400 ? 400 : 403 });
          }
        }
      }
    }
  }, LONG);

  it('of a resident is shown their own rows alone', async () => {
    const { caller } = await cast.organisation.member('resident', { residentId: person.residentId });
    const { body: me } = await caller.get<{ items: Json[] }>('/residents?limit=50');
    expect(me.items.map(({ id }) => id)).toEqual([person.residentId]);
    const others = (await cast.organisation.owner.rows('/residents?limit=50')).map(({ id }) => id).filter((id) => id !== person.residentId);
    expect(others.length).toBeGreaterThan(0);
    for (const id of others) {
      expect((await caller.get(`/residents/${id}`)).status).toBe(404);
      expect((await caller.get(`/residents/${id}/history`)).status).toBe(404);
    }
    for (const { path } of await lists(caller)) {
      const { status, text } = await caller.get(`${path}?limit=500`);
      if (status === 200) for (const id of others) expect({ path, told: text.includes(id) }).toEqual({ path, told: false });
    }
  }, LONG);

  it('that is changed counts from the next request on', async () => {
    const { caller, userId } = await cast.organisation.member('manager');
    expect((await caller.get(`/residents/${person.residentId}`)).text).not.toContain('"_masked"');
    const [member] = await cast.organisation.owner.rows(`/user-organizations?userId=${userId}`);
    await cast.organisation.owner.did(pathFor('ChangeMemberRole', member!.id), { role: 'maintenance' });
    const after = await caller.get(`/residents/${person.residentId}`);
    expect([401, 403].includes(after.status) || after.text.includes('"_masked"')).toBe(true);
  });
});
