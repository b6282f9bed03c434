import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { Caller, type Json } from '../support/caller.js';
import { installation, type Installation, type RunningProduct } from '../support/product.js';
import { consistencySpecs } from './consistency.js';
import { everything } from './everything.js';

const README = join(import.meta.dirname, '..', '..', 'README.md');
const DEMO_PASSWORD = 'tour-password';
/** What the tour needs besides the product; a machine without them says so below. */
const missing = ['bash', 'curl'].filter((tool) => spawnSync(tool, ['--version']).status !== 0);
/** A week in Mare Street House, by component. */
const WEEKLY_PENCE = [18_240, 6_435, 2_150];

/** In the middle of the weeks; in the long walk also while people join. */
const EVENTS_AT_CUTS = process.env['FAULTS'] === undefined ? [1_100] : [12, 1_100];

/** What the nights from a day to Sunday cost, each component rounded by itself. */
function toSunday(day: Date): number {
  const weekday = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', weekday: 'short' }).format(day);
  const nights = 7 - ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(weekday);
  return WEEKLY_PENCE.reduce((sum, pence) => sum + Math.round((pence * nights) / 7), 0);
}

/** Runs what the README has for bash, as it stands. @returns what it printed, line by line. */
function paste(baseUrl: string): string[] {
  const blocks = [...readFileSync(README, 'utf8').matchAll(/```bash\n([\s\S]*?)```/g)].map(([, block]) => block!);
  expect(blocks.length).toBeGreaterThan(0);
  const { status, stdout, stderr } = spawnSync('bash', ['-e', '-u', '-o', 'pipefail'], {
    input: blocks.join('\n'),
    env: { ...process.env, PATH: `${join(process.execPath, '..')}:${process.env['PATH']}`, API: baseUrl, DEMO_PASSWORD },
    encoding: 'utf8',
  });
  expect({ status, stderr, stdout: status === 0 ? '' : stdout }).toEqual({ status: 0, stderr: '', stdout: '' });
  return stdout.trim().split('\n');
}

describe('the demo organisation', () => {
  let at: Installation;
  let product: RunningProduct;
  let made: Record<string, Json>;
  const anyone = () => new Caller(product.baseUrl);
  const signedIn = async (email: string, password = DEMO_PASSWORD): Promise<Caller> => {
    const answer = await anyone().post<{ token: string }>('/sign-in', { email, password });
    if (answer.status !== 200) throw new Error(`${email} cannot sign in: ${answer.text}`);
    return anyone().as(answer.body.token);
  };
  const head = async (): Promise<number> => (await anyone().call<{ checks: { log: { head: number } } }>('GET', '/health/ready')).body.checks.log.head;
  const settings = { DEMO: 'on', DEMO_PASSWORD, CLOCK_CONTROL: 'off' };

  beforeAll(async () => {
    at = await installation();
    product = await at.start(settings);
    made = await everything(await signedIn('manager@demo.example'));
  });
  afterAll(() => at.remove());

  it('has 4 properties, 40 rooms and 30 residents with half a year behind them', async () => {
    const manager = await signedIn('manager@demo.example');
    const count = async (table: string): Promise<number> => (await manager.rows(`/${table}?limit=500`)).length;
    expect(await count('properties')).toBe(4);
    expect(await count('property-rooms')).toBe(40);
    expect(await count('residents')).toBe(30);
    expect(await count('placements')).toBe(30);
    expect(await count('incidents')).toBeGreaterThanOrEqual(20);
    expect(await count('assessment-forms')).toBe(30);
    expect(await count('risk-assessments')).toBeGreaterThan(30);
    expect(await count('support-plans')).toBe(30);
    expect(await count('rent-payments')).toBeGreaterThan(400);
    const [placed] = await manager.rows('/residents?status=active&sort=moveInDate&limit=1');
    const history = (await manager.row(`/residents/${placed!.id}/history`)) as unknown as { items: Json[] };
    expect(history.items.length).toBeGreaterThanOrEqual(5);
    const accounts = await manager.rows('/rent-accounts?limit=500');
    for (const account of accounts) {
      const lines = await manager.rows(`/rent-ledger?rentAccountId=${account.id}&limit=500`);
      expect(lines.reduce((sum, line) => sum + Number(line['amountPence']), 0)).toBe(account['balancePence']);
    }
  });

  it('has transfers, departures and corrected dates, and incidents in every state', async () => {
    const manager = await signedIn('manager@demo.example');
    const happened = async (type: string): Promise<number> => (await manager.rows(`/audit-trail?type=${type}&limit=100`)).length;
    expect(await happened('PlacementTransferred')).toBe(3);
    expect(await happened('PlacementEnded')).toBe(4);
    expect(await happened('PlacementDateCorrected')).toBe(3);
    const states = new Set((await manager.rows('/incidents?limit=500')).map(({ status }) => status));
    expect([...states]).toEqual(expect.arrayContaining(['investigating', 'resolved', 'closed']));
  });

  it('parks nothing, and lets everybody whom it names sign in', async () => {
    for (const name of ['owner', 'manager', 'keyworker', 'finance', 'auditor', 'dpo']) await signedIn(`${name}@demo.example`);
    const other = await signedIn('manager@other.example');
    expect(await other.rows('/residents')).toEqual([]);
    const owner = await signedIn('owner@demo.example');
    const { items } = (await owner.row('/processes')) as unknown as { items: { parked: unknown[] }[] };
    expect(items.length).toBeGreaterThan(0);
    expect(items.flatMap(({ parked }) => parked)).toEqual([]);
    const { text } = await anyone().call('GET', '/metrics');
    expect(text.match(/^yuthub_process_lag_(events|seconds)\{.*\} 0$/gm)).toHaveLength(2 * items.length);
  });

  consistencySpecs(() => at, () => signedIn('auditor@demo.example'));

  it('is shown by the tour of the README, pasted as it stands', () => {
    if (missing.length > 0) {
      process.stdout.write(`the tour was not run: this machine has no ${missing.join(', ')}\n`);
      return;
    }
    const today = new Date();
    const lines = paste(product.baseUrl);
    const answers = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Json & { items: Json[]; data: Record<string, unknown> });
    const [residents, history] = answers;
    expect(residents!.items.map(({ status }) => status)).toEqual(['active', 'active', 'active']);
    expect(history!.items[0]).toMatchObject({ changes: expect.any(Array), actor: expect.objectContaining({ role: expect.any(String) }) });
    // The bed that is taken, and what the first nights cost.
    const taken = lines.indexOf('1');
    expect(lines.slice(taken, taken + 2)).toEqual(['1', String(toSunday(today))]);
    const ledger = answers.find(({ items }) => items?.[0]?.['rentAccountId']);
    expect(ledger!.items.reduce((sum, line) => sum + Number(line['amountPence']), 0)).toBe(toSunday(today));
    expect(answers.filter(({ status }) => status === 422)).toEqual([expect.objectContaining({ code: 'RES-6' })]);
    const closed = lines.indexOf('closed');
    expect(lines.slice(closed, closed + 2)).toEqual(['closed', 'resolved']);
    expect(answers.find(({ items }) => items?.[0]?.['outcome'] === 'refused')!.items[0]).toMatchObject({ code: 'RES-6' });
    const [asked, done] = answers.filter(({ data }) => data).map(({ data }) => data);
    expect(asked).toEqual({ resident: { firstName: 'Robin', status: 'active', property: { name: expect.stringMatching(/^Tour House/) }, room: { roomNumber: 'R1' } } });
    expect(done).toMatchObject({ markAtRisk: { events: [{ type: expect.any(String) }] } });
  });

  it('is found again, and not made a second time', async () => {
    const before = await head();
    expect(await product.stop()).toBe(0);
    product = await at.start(settings);
    expect(await head()).toBe(before);
  });

  it('gives the sign-ins the password of the start, and tells which one they have where it is given none', async () => {
    await product.stop();
    product = await at.start({ ...settings, DEMO_PASSWORD: 'another-password' });
    await signedIn('manager@other.example', 'another-password');
    expect((await anyone().post('/sign-in', { email: 'owner@demo.example', password: DEMO_PASSWORD })).status).toBe(401);
    await product.stop();
    product = await at.start({ DEMO: 'on', CLOCK_CONTROL: 'off' });
    expect(product.output()).toContain('another-password');
    await signedIn('owner@demo.example', 'another-password');
  });

  it('is completed by the next start where kill -9 cut off its making, as if it had been made in one go', async () => {
    await product.stop();
    const cut = await installation();
    const client = new pg.Client({ connectionString: cut.databases.adminUrl });
    await client.connect();
    const recorded = async (): Promise<number> => Number((await client.query<{ n: string }>('select count(*) as n from log.events')).rows[0]!.n);
    try {
      for (const events of EVENTS_AT_CUTS) await cut.cutOff(async () => (await recorded()) >= events, settings);
      product = await cut.start(settings);
      await signedIn('manager@other.example');
      expect(await everything(await signedIn('manager@demo.example'))).toEqual(made);
    } finally {
      await client.end();
      await cut.remove();
    }
  });
});
