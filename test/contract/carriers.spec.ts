import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { type Carrier, type Delivery, WrittenDown } from '../../src/jobs/deliveries.js';
import { idOf } from '../../src/jobs/job.js';
import { type Letter, MailCarrier, type MailCarrierParts, type MailOutcome, type NoLetter } from '../../src/jobs/mail/mail-carrier.js';
import { MailFailed } from '../../src/jobs/mail/mailer.js';
import { SmtpMailer, type SmtpSettings } from '../../src/jobs/mail/smtp-mailer.js';
import { describeError } from '../../src/platform/logging.js';
import { testDatabases, type TestDatabases } from '../support/databases.js';
import { mailServer, type MailServer } from '../support/mail-server.js';

const id = () => idOf(randomUUID());
const delivery = (kind: Delivery['kind'] = 'notification'): Delivery => ({ id: id(), kind, organizationId: id(), subjectId: id() });
const KOFI = 'kofi.mensah@spec.example';
const title = 'An incident was escalated';
const letter: Letter = { to: KOFI, subject: title, link: 'https://yuthub.example/api/v1/notifications/1' };

describe('what carries messages', () => {
  let databases: TestDatabases;
  let pool: pg.Pool;
  let book: WrittenDown;
  let server: MailServer;
  let told: MailOutcome[];

  beforeAll(async () => {
    databases = await testDatabases();
    pool = new pg.Pool({ connectionString: databases.urls.app, max: 4 });
    book = new WrittenDown(pool);
  });
  afterAll(async () => {
    await pool.end();
    await databases.drop();
  });
  beforeEach(async () => {
    server = await mailServer();
    told = [];
  });
  afterEach(() => server.close());

  const written = async (one: Delivery): Promise<unknown[]> => (await pool.query('select kind, subject_id from app.deliveries where delivery_id = $1', [one.id])).rows;
  const smtp = (settings: Partial<SmtpSettings> = {}) => new SmtpMailer({ url: server.url, from: 'YUTHUB <no-reply@yuthub.example>', requireTls: false, ...settings });
  const byMail = (parts: Partial<MailCarrierParts> = {}, to: Letter | NoLetter = letter): Carrier =>
    new MailCarrier({ mailer: smtp(), book, letterOf: () => Promise.resolve(to), report: (_, outcome) => Promise.resolve(void told.push(outcome)), ...parts });

  describe.each([['by the book alone', () => book], ['by e-mail', () => byMail()]] as const)('%s', (_name, made) => {
    it.each(['invitation', 'notification'] as const)('carries one (%s) once, however often it is asked', async (kind) => {
      const one = delivery(kind);
      const carrier: Carrier = made();
      for (let times = 0; times < 3; times++) await carrier.carry(one);
      expect(await written(one)).toEqual([{ kind, subject_id: one.subjectId }]);
      expect(await book.has(one.id)).toBe(true);
      expect(await book.has(id())).toBe(false);
      expect(server.received.length).toBeLessThanOrEqual(1);
    });
  });

  it('says the title and where to read more, and nothing else', async () => {
    const one = delivery();
    await byMail().carry(one);
    expect(told).toEqual([{ outcome: 'sent', providerRef: one.subjectId }]);
    const [{ from, to, headers, body, user }] = server.received as [MailServer['received'][number]];
    expect([from, to, user]).toEqual(['no-reply@yuthub.example', [KOFI], 'yuthub']);
    expect([headers.get('subject'), headers.get('from'), headers.get('to')]).toEqual([title, 'YUTHUB <no-reply@yuthub.example>', KOFI]);
    expect(headers.get('message-id')).toBe(`<${one.subjectId}@yuthub.example>`);
    expect(headers.get('auto-submitted')).toBe('auto-generated');
    expect(body.trim()).toBe(`${title}.\r\n\r\nSign in to read what it is about:\r\n${letter.link}`);
  });

  it('sends it again under the same Message-ID where it is not certain that it has gone', async () => {
    const one = delivery();
    let away = true;
    const forgetful = { has: (of: Delivery['id']) => book.has(of), carry: (of: Delivery) => (away ? Promise.reject(new Error('away')) : book.carry(of)) };
    await expect(byMail({ book: forgetful }).carry(one)).rejects.toThrow('away');
    away = false;
    await byMail({ book: forgetful }).carry(one);
    await byMail({ book: forgetful }).carry(one);
    expect(server.received.map(({ headers }) => headers.get('message-id'))).toEqual(Array.from({ length: 2 }, () => `<${one.subjectId}@yuthub.example>`));
    expect(told.map(({ outcome }) => outcome)).toEqual(['sent', 'sent']);
  });

  it('tells again that it has gone, without sending it, where that could not be told', async () => {
    const one = delivery();
    await expect(byMail({ report: () => Promise.reject(new Error('log away')) }).carry(one)).rejects.toThrow('log away');
    await byMail().carry(one);
    expect([server.received.length, told]).toEqual([1, [{ outcome: 'sent', providerRef: one.subjectId }]]);
  });

  it('tries a dead address no more, and the others are not kept waiting', async () => {
    server.answers.set(KOFI, 550);
    const others = ['priya@spec.example', 'femi@spec.example'];
    const all = [KOFI, ...others].map((to) => byMail({}, { ...letter, to }).carry(delivery()));
    expect((await Promise.allSettled(all)).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    expect(server.received.flatMap(({ to }) => to).sort()).toEqual([...others].sort());
    expect(told.filter(({ outcome }) => outcome === 'failed')).toEqual([{ outcome: 'failed', code: 'smtp_550', permanent: true }]);
  });

  /** What is told, and thrown, of a mail that does not go; a second try goes once whatever it was is over. */
  async function failsFor(code: string, mailer = smtp()): Promise<void> {
    const one = delivery();
    const error: unknown = await byMail({ mailer }).carry(one).then(() => undefined, (thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(MailFailed);
    expect(told).toEqual([{ outcome: 'failed', code, permanent: false }]);
    expect(await written(one)).toEqual([]);
    const { message, stack, cause } = error as Error;
    expect(JSON.stringify([message, stack, cause, describeError(error)])).not.toContain('kofi');
  }
  it('is tried again where the mailbox is full, the server is away, does not know us, or cannot be spoken to in secret', async () => {
    server.answers.set(KOFI, 452);
    await failsFor('smtp_452');
    told = [];
    await failsFor('smtp_535', smtp({ url: server.url.replace('secret', 'wrong') }));
    told = [];
    await failsFor('smtp_500', smtp({ requireTls: true }));
    told = [];
    const gone = await mailServer();
    await gone.close();
    await failsFor('esocket', smtp({ url: gone.url }));
    expect(server.received).toEqual([]);
  });

  it('speaks in secret where the server can, and not to one whose certificate it does not know', async () => {
    const safe = await mailServer({ tls: true });
    const unknown = delivery();
    await expect(byMail({ mailer: smtp({ url: safe.url, requireTls: true }) }).carry(unknown)).rejects.toBeInstanceOf(MailFailed);
    await byMail({ mailer: smtp({ url: `${safe.url}?tls.rejectUnauthorized=false`, requireTls: true }) }).carry(unknown);
    expect(safe.received.map(({ encrypted }) => encrypted)).toEqual([true]);
    await safe.close();
  });

  it('NOT-3: goes to nobody who may not read it, and leaves to others what is no e-mail', async () => {
    const [noAccess, noAddress, text] = [delivery(), delivery(), delivery()];
    await byMail({}, 'no_access').carry(noAccess);
    await byMail({}, 'no_address').carry(noAddress);
    expect(told).toEqual([{ outcome: 'failed', code: 'no_access', permanent: true }, { outcome: 'failed', code: 'no_address', permanent: true }]);
    await byMail({}, 'other_channel').carry(text);
    expect([await written(noAccess), await written(noAddress), (await written(text)).length, server.received, told.length]).toEqual([[], [], 1, [], 2]);
  });

  it('takes what is no address for a failure that does not pass', async () => {
    await byMail({}, { ...letter, to: 'nobody\r\nBcc: x@spec.example' }).carry(delivery());
    expect([server.received.flatMap(({ to }) => to).includes('x@spec.example'), told.length]).toEqual([false, 1]);
  });
});
