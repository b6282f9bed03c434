import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { StandIn } from '../support/eventstoredb/stand-in.js';
import { installation, type Installation } from '../support/product.js';
import { CLOCK_START, house, place } from './house.js';

const LONG = 300_000;

/** As an operator does it: a fresh server, one command with the administrator's password, and never that password again. */
describe('the product on an EventStoreDB with TLS and users', () => {
  let node: StandIn;
  let at: Installation;
  let env: Record<string, string>;

  beforeAll(async () => {
    node = await StandIn.startSecure();
    env = { EVENTSTORE_URL: node.connectionStringOf('yuthub', 'of the product') };
    at = await installation({ CLOCK_START, ...env });
  });
  afterAll(async () => {
    await at.remove();
    node.stop();
  });

  it('says on the command line what is missing', async () => {
    expect(await at.command(['log', 'prepare'])).toMatchObject({ code: 2, output: expect.stringContaining('EVENTSTORE_ADMIN_URL names no administrator') });
    expect(await at.command(['log', 'prepare'], { EVENTSTORE_URL: '' })).toMatchObject({ code: 2, output: expect.stringContaining('EVENTSTORE_URL names no log') });
    const wrong = { EVENTSTORE_ADMIN_URL: node.connectionStringOf('admin', 'forgotten') };
    expect(await at.command(['log', 'prepare'], wrong)).toMatchObject({ code: 1, output: expect.stringContaining('EVENTSTORE_ADMIN_URL') });
  }, LONG);

  it('is prepared once, and works from then on as a user that is no administrator', async () => {
    const admin = { EVENTSTORE_ADMIN_URL: node.connectionStringOf('admin', 'changeit') };
    const { code, output } = await at.command(['log', 'prepare'], admin);
    expect([code, output]).toEqual([0, expect.stringContaining('yuthub reads the log, and is no administrator.')]);
    expect(output).not.toContain('of the product');
    expect((await at.command(['log', 'prepare'], admin)).output).toContain('Streams were closed to everybody else already.');

    const product = await at.start();
    const home = await house(at, product.baseUrl);
    const [lodger] = await home.lodgers(1);
    const placed = await home.manager.did('/placements', place(lodger!, await home.room()));
    expect(await home.finance.rows(`/rent-accounts?placementId=${placed.id}`)).toHaveLength(1);
    await product.stop();
    expect((await at.command(['projections', 'verify'])).code).toBe(0);
  }, LONG);

  it('is not started in production on the password of a fresh server', async () => {
    const production = { NODE_ENV: 'production', CLOCK_CONTROL: '', EVENTSTORE_URL: node.connectionStringOf('admin', 'changeit') };
    await expect(at.start(production)).rejects.toThrow(/EVENTSTORE_URL must not name an administrator/);
  }, LONG);
});
