import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Caller, type Json } from '../support/caller.js';
import { installation, type Installation, type RunningProduct } from '../support/product.js';

const README = join(import.meta.dirname, '..', '..', 'README.md');
const DEMO_PASSWORD = 'tour-password';
/** What the tour needs besides the product; a machine without them says so below. */
const missing = ['bash', 'curl'].filter((tool) => spawnSync(tool, ['--version']).status !== 0);

describe('the demo organisation', () => {
  let at: Installation;
  let product: RunningProduct;
  const anyone = () => new Caller(product.baseUrl);
  const signedIn = async (email: string): Promise<Caller> => {
    const answer = await anyone().post<{ token: string }>('/sign-in', { email, password: DEMO_PASSWORD });
    if (answer.status !== 200) throw new Error(`${email} cannot sign in: ${answer.text}`);
    return anyone().as(answer.body.token);
  };
  const settings = { DEMO: 'on', DEMO_PASSWORD, CLOCK_CONTROL: 'off' };

  beforeAll(async () => {
    at = await installation();
    product = await at.start(settings);
  }, 180_000);
  afterAll(() => at.remove());

  it('has 4 properties, 40 rooms and 30 residents with half a year behind them', async () => {
    const manager = await signedIn('manager@demo.example');
    const count = async (table: string): Promise<number> => (await manager.rows(`/${table}?limit=500`)).length;
    expect(await count('properties')).toBe(4);
    expect(await count('property-rooms')).toBe(40);
    expect(await count('residents')).toBe(30);
    expect(await count('placements')).toBe(30);
    expect(await count('incidents')).toBeGreaterThanOrEqual(20);
    expect(await count('rent-payments')).toBeGreaterThan(400);
    const [placed] = await manager.rows('/residents?status=active&sort=moveInDate&limit=1');
    const history = (await manager.row(`/residents/${placed!.id}/history`)) as unknown as { items: Json[] };
    expect(history.items.length).toBeGreaterThanOrEqual(5);
    const accounts = await manager.rows('/rent-accounts?limit=500');
    for (const account of accounts) {
      const lines = await manager.rows(`/rent-ledger?rentAccountId=${account.id}&limit=500`);
      expect(lines.reduce((sum, line) => sum + Number(line['amountPence']), 0)).toBe(account['balancePence']);
    }
  }, 60_000);

  it('parks nothing, and lets everybody of api.md sign in', async () => {
    for (const name of ['owner', 'manager', 'keyworker', 'finance', 'auditor', 'dpo']) await signedIn(`${name}@demo.example`);
    const other = await signedIn('manager@other.example');
    expect(await other.rows('/residents')).toEqual([]);
    const owner = await signedIn('owner@demo.example');
    const processes = (await owner.row('/processes')) as unknown as { items?: { parked: unknown[] }[] };
    expect((processes.items ?? (processes as unknown as { parked: unknown[] }[])).flatMap(({ parked }) => parked)).toEqual([]);
  }, 60_000);

  it('is shown by the tour of the README, pasted as it stands', () => {
    if (missing.length > 0) {
      process.stdout.write(`the tour was not run: this machine has no ${missing.join(', ')}\n`);
      return;
    }
    const blocks = [...readFileSync(README, 'utf8').matchAll(/```bash\n([\s\S]*?)```/g)].map(([, block]) => block!);
    expect(blocks.length).toBeGreaterThan(0);
    const { status, stdout, stderr } = spawnSync('bash', ['-e', '-u', '-o', 'pipefail'], {
      input: blocks.join('\n'),
      env: { ...process.env, PATH: `${join(process.execPath, '..')}:${process.env['PATH']}`, API: product.baseUrl, DEMO_PASSWORD },
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('"RES-');
    expect(stdout).toContain('"markAtRisk"');
    expect(stdout).toMatch(/"code":"(RES-6|ROM-2|RES-5)"/);
    expect(stdout).toContain('"outcome":"refused"');
  }, 120_000);

  it('is found again, and not made a second time', async () => {
    const before = (await anyone().call<{ checks: { log: { head: number } } }>('GET', '/health/ready')).body.checks.log.head;
    expect(await product.stop()).toBe(0);
    product = await at.start(settings);
    const after = (await anyone().call<{ checks: { log: { head: number } } }>('GET', '/health/ready')).body.checks.log.head;
    expect(after).toBe(before);
  }, 120_000);
});
