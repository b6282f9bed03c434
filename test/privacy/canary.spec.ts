import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Json } from '../support/caller.js';
import { installation, organisation, type Installation, type RunningProduct } from '../support/product.js';
import { pathFor, personalFields, routedCommands, Speaker } from '../support/speaker.js';
import { applicant, colleague, house, paused, tenant, type Cast, type Person } from '../support/story.js';
import { Canaries } from './canaries.js';
import { holding, inDirectory, inFiles, inRows, onEach, readTables, type Found, type Wanted } from './disk.js';
import { noise } from './noise.js';
import { everythingShown } from './shown.js';

const LONG = 300_000;
const AT = ['2026-08-03T12:00:00Z', '2199-01-01T00:00:00Z'];

/** Everything personal that can be said is said in words that stand nowhere else; then they are looked for everywhere. */
describe('what people write', () => {
  const canaries = new Canaries();
  const speaker = new Speaker(canaries.for);
  let at: Installation;
  let product: RunningProduct;
  let cast: Cast;
  let applied: Person;
  let moved: Person;

  const isCanary = (text: string): boolean => text.startsWith(canaries.mark) || canaries.shaped.includes(text);
  const wanted = (): Wanted => ({ mark: canaries.mark, words: canaries.shaped });
  const wordOf = (text: string): string => holding(text, wanted())[0] ?? text;
  /** Words that were accepted, of a class, about somebody. */
  const words = (level: 2 | 3, ...about: string[]): string[] =>
    speaker.said.filter((one) => one.level === level && isCanary(one.value) && (about.length === 0 || about.includes(one.about))).map(({ value }) => wordOf(value));
  /** Sentences about what was found where it should not be. */
  const misplaced = (found: readonly Found[], fine: (one: Found) => boolean): string[] =>
    [...new Set(found.filter((one) => !fine(one)).map(({ text, place }) => `${sourceOf(text)} in ${place}`))];
  const sourceOf = (text: string): string => {
    const one = speaker.said.find(({ value }) => wordOf(value) === text);
    return one ? `${one.command}.${one.field} of the ${one.about}` : `what was never recorded, ${text}`;
  };
  const admin = (): string => at.databases.adminUrl;

  beforeAll(async () => {
    at = await installation();
    product = await at.start();
    cast = await house(speaker, await organisation(at, product.baseUrl));
    await colleague(speaker, cast, { password: canaries.word() });
    applied = await applicant(speaker, cast, 'applicant');
    moved = await tenant(speaker, cast, 'tenant');
    await paused(speaker, at, cast.organisation.id);
    await noise({ at, cast, product, canaries, person: applied });
  }, LONG);
  afterAll(() => at.remove());

  it('was said in every personal field of every command', () => {
    const said = new Set(speaker.said.map(({ command, field }) => `${command}.${field}`));
    const all = routedCommands.flatMap((command) => personalFields(command).map(({ name }) => `${command.name}.${name}`));
    expect(all.filter((one) => !said.has(one))).toEqual([]);
    expect(all.length).toBeGreaterThan(80);
  });

  it('is shown to who may see it', async () => {
    const text = (await everythingShown(cast.dpo, AT)).map((one) => one.text).join('\n');
    // What was corrected later is in the history alone, and the password and the operator's words are nobody's to read.
    const unseen = [...words(2, 'applicant', 'tenant', 'incident of tenant'), ...words(3)].filter((word) => !text.includes(word));
    expect(unseen.map(sourceOf)).toEqual([]);
  }, LONG);

  it('is in no line that the product writes', () => {
    expect(product.output()).toContain('"route"');
    expect(holding(product.output(), wanted()).map(sourceOf)).toEqual([]);
  });

  it('of class 3 is nowhere on the disk, and of class 2 in read tables alone', async () => {
    await onEach(admin(), 'analyze');
    const personal = new Set(words(2));
    const inReadTable = ({ text, place }: Found): boolean => personal.has(text) && /^read\.\w+__\d+$/.test(place);
    const [rows, files] = [await inRows(admin(), wanted()), await inFiles(admin(), wanted())];
    expect(rows.some(inReadTable) && files.some(inReadTable)).toBe(true);
    expect(misplaced(rows, inReadTable)).toEqual([]);
    // The write-ahead log repeats what is written to the tables, and passes. A word across two of its pages is half a word, and
    // so is one in a table whose row has moved within its page and was half written over where it had been.
    const inPassing = ({ text, place }: Found): boolean =>
      (place.startsWith('pg_wal/') && (personal.has(text) || text === canaries.mark)) || (/^read\.\w+__\d+$/.test(place) && text === canaries.mark);
    expect(misplaced(files, (one) => inReadTable(one) || inPassing(one))).toEqual([]);
    expect(inDirectory(at.dataDir, wanted())).toEqual([]);
  }, LONG);

  describe('once the applicant is erased, who never moved in', () => {
    let shown: Awaited<ReturnType<typeof everythingShown>>;
    const own = (): Set<string> => new Set([...words(2, 'applicant'), ...words(3, 'applicant')]);

    beforeAll(async () => {
      const { status, text } = await cast.manager.post(pathFor('EraseResident', applied.residentId));
      expect([status, text.includes('FORBIDDEN')]).toEqual([403, true]);
      const erased = await cast.dpo.did(pathFor('EraseResident', applied.residentId));
      expect(erased['events']).toEqual([{ type: 'ResidentErasureDecided', revision: expect.any(Number) }]);
      shown = await everythingShown(cast.dpo, AT);
    }, LONG);

    it('shows none of it to anybody, in any list, row, export, past state, history or trail', () => {
      const left = shown.flatMap(({ where, text }) => holding(text, wanted()).filter((one) => own().has(one)).map((one) => `${sourceOf(one)} at ${where}`));
      expect(left).toEqual([]);
    });

    it('shows tombstones in its place, and what is no text as absent', async () => {
      const row = await cast.dpo.row(`/residents/${applied.residentId}`);
      expect(row).toMatchObject({ status: 'erased', firstName: '[erased]', lastName: '[erased]', phone: '[erased]', nhsNumber: '[erased]', ethnicity: '[erased]', dateOfBirth: null, retainedScopes: [] });
      expect(row['erasedScopes']).toHaveLength(8);
      const past = await cast.dpo.row(`/residents/${applied.residentId}?at=${AT[0]}`);
      expect(past).toMatchObject({ firstName: '[erased]', nationalInsuranceNumber: '[erased]', dateOfBirth: null });
      const { items } = (await cast.dpo.row(`/residents/${applied.residentId}/history`)) as unknown as { items: { type: string; changes: { field: string; before: unknown; after: unknown }[] }[] };
      expect(items[0]!.changes).toEqual(expect.arrayContaining([{ field: 'firstName', before: null, after: '[erased]' }]));
      expect(items.at(-1)!.type).toBe('ResidentPersonalDataErased');
      const [contact] = await cast.dpo.rows(`/emergency-contacts?residentId=${applied.residentId}`);
      expect(contact).toMatchObject({ name: '[erased]', phone: '[erased]', notes: '[erased]' });
    });

    it('finds nobody by what was erased', async () => {
      for (const one of speaker.said.filter(({ about, command }) => about === 'applicant' && ['RegisterApplicant', 'CorrectResidentDetails', 'RecordNhsNumber'].includes(command))) {
        if (one.field === 'reason') continue;
        expect(await cast.dpo.rows(`/residents?${one.field}=${encodeURIComponent(one.value)}`)).toEqual([]);
        if (one.field.endsWith('Name')) expect(await cast.dpo.rows(`/residents?q=${one.value}`)).toEqual([]);
      }
    });

    it('takes nothing more about the person (410)', async () => {
      const { residentId, agreementId, accountId } = applied;
      const asked: [string, string | undefined, Record<string, unknown>][] = [
        ['CorrectResidentDetails', residentId, {}],
        ['RecordNhsNumber', residentId, {}],
        ['GiveConsent', residentId, { purpose: 'research' }],
        ['DraftAgreement', undefined, { residentId, propertyId: cast.ids['properties'], agreementType: 'license', startDate: '2026-08-10', weeklyCharges: { corePence: 1, eligibleServicePence: 0, ineligibleServicePence: 0, supportPence: 0 } }],
        ['RecordPayment', accountId, { amountPence: 1, method: 'cash' }],
        ['StartPlacement', undefined, { residentId, agreementId, roomId: cast.ids['property_rooms'], startDate: '2026-08-10' }],
        ['ReserveRoom', cast.ids['secondRoom'], { residentId, from: '2026-09-20' }],
      ];
      for (const [name, id, given] of asked) {
        const { status, body } = await cast.organisation.owner.post<Json>(pathFor(name, id), speaker.body(name, given));
        expect([name, status, body['code']]).toEqual([name, 410, 'ERASED']);
      }
    });
  });

  it('is erased of the tenant as far as may be, and the answer says what is kept and why', async () => {
    await cast.dpo.did(pathFor('EraseResident', moved.residentId));
    const row = await cast.dpo.row(`/residents/${moved.residentId}`);
    expect(row).toMatchObject({ status: 'moved_out', erasedScopes: ['consentBased', 'statutoryCase'], responsibleLa: '[erased]', legalStatusFrom: null });
    expect(row['retainedScopes']).toEqual([
      'identity:R-TEN until 2032-08-17', 'contact:R-TEN until 2032-08-17', 'location:R-TEN until 2032-08-17', 'health:R-SUP until 2033-08-17',
      'safeguarding:R-SG25 until 2051-08-17', 'finance:R-FIN until 2033-03-31',
    ]);
    expect(String(row['firstName'])).toContain(canaries.mark);
    const again = await cast.dpo.post<Json>(pathFor('EraseResident', moved.residentId));
    expect([again.status, again.body['code']]).toEqual([422, 'RES-11']);
    expect(again.body['detail']).toContain('R-SG25 until 2051-08-17');
  });

  describe('once all that may be erased is, a quarter of a century later', () => {
    const gone = (): Set<string> => new Set(words(2, 'applicant', 'tenant').concat(words(3, 'applicant', 'tenant')));

    beforeAll(async () => {
      const moved_ = await cast.manager.call('PUT', '/api/v1/clock', { now: '2053-01-01T09:00:00Z' });
      expect(moved_.status).toBe(200);
      await cast.dpo.did(pathFor('EraseResident', moved.residentId));
    }, LONG);

    it('shows nothing of either', async () => {
      expect(await cast.dpo.row(`/residents/${moved.residentId}`)).toMatchObject({ status: 'erased', firstName: '[erased]', ethnicity: '[erased]' });
      const shown = await everythingShown(cast.dpo, [...AT, '2053-01-01T12:00:00Z']);
      const left = shown.flatMap(({ where, text }) => holding(text, wanted()).filter((one) => gone().has(one)).map((one) => `${sourceOf(one)} at ${where}`));
      expect(left).toEqual([]);
    }, LONG);

    it('is in no row and, once the tables are vacuumed, in no file of them', async () => {
      const hit = ({ text }: Found): boolean => !gone().has(text);
      expect(misplaced(await inRows(admin(), wanted()), hit)).toEqual([]);
      await onEach(admin(), 'vacuum full');
      const files = await inFiles(admin(), wanted(), (path) => !path.startsWith('pg_wal/'));
      expect(files.length).toBeGreaterThan(0);
      expect(misplaced(files, hit)).toEqual([]);
    }, LONG);

    it('is built anew just as it stands', async () => {
      const before = await readTables(admin());
      expect(await at.cli('projections', 'verify')).toContain('Every row is what its events say.');
      await at.cli('projections', 'rebuild', 'all');
      expect(await readTables(admin())).toEqual(before);
      expect(await at.cli('projections', 'verify')).toContain('Every row is what its events say.');
      expect(misplaced(await inRows(admin(), wanted()), ({ text }) => !gone().has(text))).toEqual([]);
    }, LONG);

    it('was in no line that the product wrote all the while', () => {
      expect(holding(product.output(), wanted()).map(sourceOf)).toEqual([]);
    });
  });
});
