import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InvalidConfiguration, loadConfiguration } from '../../src/platform/configuration.js';

const MASTER_KEY = Buffer.alloc(32, 1).toString('base64');

describe('the configuration', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'yuthub-configuration-'));
  });
  afterEach(() => {
    rmSync(dataDir, { recursive: true, force: true });
  });

  const problems = (env: Record<string, string>): readonly string[] => {
    try {
      loadConfiguration({ DATA_DIR: dataDir, ...env });
    } catch (error) {
      if (error instanceof InvalidConfiguration) return error.problems;
      throw error;
    }
    return [];
  };

  it('has a default for everything in development', () => {
    expect(loadConfiguration({ DATA_DIR: dataDir })).toMatchObject({
      production: false,
      host: '127.0.0.1',
      port: 3000,
      databaseUrl: undefined,
      keyringDatabaseUrl: undefined,
      demo: true,
      clockControl: false,
      clockStart: '2026-08-03T08:00:00Z',
      claimGraceMs: 30_000,
      keepOldTablesHours: 24,
      roles: ['api', 'projector', 'worker'],
    });
  });

  it('generates the development key once, for its owner only', () => {
    const { masterKey } = loadConfiguration({ DATA_DIR: dataDir });
    expect(masterKey).toHaveLength(32);
    expect(statSync(join(dataDir, 'master.key')).mode & 0o777).toBe(0o400);
    expect(loadConfiguration({ DATA_DIR: dataDir }).masterKey).toEqual(masterKey);
  });

  it('sends mail where a server, a sender and the address of the product are named, in production over TLS alone', () => {
    const mail = { SMTP_URL: 'smtp://u:p@mail.example:587', MAIL_FROM: 'YUTHUB <no-reply@yuthub.example>', PUBLIC_URL: 'https://yuthub.example/' };
    const settings = (env: Record<string, string>) => loadConfiguration({ DATA_DIR: dataDir, ...mail, ...env }).mail;
    expect(settings({})).toEqual({ smtpUrl: mail.SMTP_URL, from: mail.MAIL_FROM, publicUrl: 'https://yuthub.example', requireTls: false });
    expect(settings({ SMTP_URL: '' })).toBeUndefined();
    const production = { NODE_ENV: 'production', MASTER_KEY, DATABASE_URL: 'postgresql://a:b@db/yuthub' };
    expect(settings(production)?.requireTls).toBe(true);
    for (const host of ['localhost', '127.0.0.1:25', '[::1]']) expect(settings({ ...production, SMTP_URL: `smtp://u:p@${host}` })?.requireTls).toBe(false);
    expect(settings({ ...production, SMTP_URL: 'smtp://u:p@localhost.example' })?.requireTls).toBe(true);
    expect(problems({ ...mail, MAIL_FROM: '', PUBLIC_URL: '' })).toEqual([expect.stringContaining('MAIL_FROM'), expect.stringContaining('PUBLIC_URL')]);
    expect(problems({ ...mail, MAIL_FROM: 'nobody' })).toEqual(expect.arrayContaining([expect.stringContaining('MAIL_FROM must be an address')]));
    expect(problems({ ...mail, ...production, SMTP_URL: 'smtp://u:@mail.example' })).toEqual([expect.stringContaining('SMTP_URL has an empty password')]);
  });

  it('takes a free port, an empty variable as unset, and roles in any order', () => {
    expect(
      loadConfiguration({ DATA_DIR: dataDir, MASTER_KEY, PORT: '0', DATABASE_URL: '', ROLES: 'worker, api' }),
    ).toMatchObject({
      port: 0,
      databaseUrl: undefined,
      roles: ['api', 'worker'],
    });
  });

  it('derives the keyring from the main database', () => {
    const configuration = loadConfiguration({
      DATA_DIR: dataDir,
      DATABASE_URL: 'postgresql://me:secret@db:5433/homes?sslmode=require',
    });
    expect(configuration.keyringDatabaseUrl).toBe('postgresql://me:secret@db:5433/homes_keyring?sslmode=require');
  });

  it.each([
    ['PORT', '70000'],
    ['PORT', 'abc'],
    ['DEMO', 'yes'],
    ['CLOCK_CONTROL', 'true'],
    ['CLOCK_START', '2026-02-31T08:00:00Z'],
    ['CLOCK_START', '2026-08-03'],
    ['KEEP_OLD_TABLES_HOURS', '-1'],
    ['KEEP_OLD_TABLES_HOURS', 'a day'],
    ['CLAIM_GRACE_MS', '0'],
    ['CLAIM_GRACE_MS', '1s'],
    ['MASTER_KEY', 'c2hvcnQ='],
    ['ROLES', 'api,cook'],
    ['DATABASE_URL', 'mysql://me:hunter22@db/x'],
    ['REDIS_URL', 'http://redis'],
    ['EVENTSTORE_URL', 'http://eventstore'],
    ['DEMO_PASSWORD', 'short'],
    ['KEYRING_DATABASE_URL', 'postgresql://db/x'],
  ])('says what is wrong with %s=%s, without repeating it', (name, value) => {
    const found = problems({ [name]: value });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^${name} .*\\.$`));
    expect(found[0]).not.toContain('hunter22');
  });

  it('names every wrong variable at once', () => {
    expect(problems({ PORT: 'x', DEMO: 'x' })).toHaveLength(2);
  });

  it('refuses in production a password that was not filled in', () => {
    const env = {
      NODE_ENV: 'production', MASTER_KEY, DATABASE_URL: 'postgresql://postgres:@postgres:5432/yuthub', KEYRING_DATABASE_URL: 'postgresql://postgres:word@keyring:5432/yuthub_keyring',
      EVENTSTORE_URL: 'esdb://yuthub:@one:2113,two:2113?tls=true', REDIS_URL: 'redis://:@redis:6379',
    };
    expect(problems(env).map((problem) => problem.split(' ')[0])).toEqual(['DATABASE_URL', 'EVENTSTORE_URL', 'REDIS_URL']);
    expect(problems({ ...env, NODE_ENV: '' })).toEqual([]);
  });

  it('refuses in production to work as an administrator of the log', () => {
    const env = { NODE_ENV: 'production', MASTER_KEY, EVENTSTORE_URL: 'esdb://admin:changeit@one:2113?tls=true' };
    expect(problems(env)).toEqual([expect.stringMatching(/^EVENTSTORE_URL must not name an administrator/)]);
    expect(problems({ ...env, EVENTSTORE_URL: 'esdb://yuthub:word@one:2113?tls=true' })).toEqual([]);
  });

  it.each([
    ['esdb://yuthub:word@one:2113,two:2113?tls=false', 1],
    ['esdb+discover://eventstore?keepAliveInterval=5000&tls=false', 1],
    ['esdb://localhost:2113,two:2113?tls=false', 1],
    ['esdb://yuthub:word@one:2113,two:2113?tls=true', 0],
    ['esdb://yuthub:word@one:2113', 0],
    ['esdb://localhost:2113?tls=false', 0],
    ['esdb://127.0.0.1:2111,127.0.0.1:2112,[::1]:2113?tls=false', 0],
  ])('refuses in production a log across a network without TLS: %s', (EVENTSTORE_URL, count) => {
    const env = { MASTER_KEY, EVENTSTORE_URL };
    expect(problems({ ...env, NODE_ENV: 'production' })).toEqual(Array(count).fill(expect.stringMatching(/^EVENTSTORE_URL must ask for TLS/)));
    expect(problems(env)).toEqual([]);
  });

  it('refuses in production what belongs to development', () => {
    const production = { NODE_ENV: 'production' };
    expect(
      problems({ ...production, CLOCK_CONTROL: 'on', DEMO: 'on', DEMO_PASSWORD: 'long enough' }).map(
        (text) => text.split(/[ =]/)[0],
      ),
    ).toEqual(['MASTER_KEY', 'CLOCK_CONTROL', 'DEMO_PASSWORD', 'DEMO']);
    expect(() => statSync(join(dataDir, 'master.key'))).toThrow();
    expect(loadConfiguration({ ...production, DATA_DIR: dataDir, MASTER_KEY })).toMatchObject({
      host: '0.0.0.0',
      demo: false,
    });
  });
});
