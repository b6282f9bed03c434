import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, Json } from '../support/caller.js';
import { installation, organisation, type Installation, type Organisation, type RunningProduct } from '../support/product.js';

const LONG = 300_000;
/** For how long the product waits, when it stops, for what is under way. */
const STOP_WITHIN_MS = 25_000;
/** How long after the first signal a second one means it. */
const INSISTING_MS = 600;

/** Asks again and again until the process no longer calls itself ready; refusing connections is as good. */
async function untilNotReady(baseUrl: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${baseUrl}/health/ready`).catch(() => undefined);
    await answer?.text();
    if (answer?.status !== 200) return;
  }
}

/** The processes that were started by a process, and by those. */
function descendants(pid: number): number[] {
  const parents = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    try {
      return [[Number(name), Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))![1])] as const];
    } catch {
      return [];
    }
  });
  const of = (parent: number): number[] => parents.filter(([, its]) => its === parent).flatMap(([child]) => [child, ...of(child)]);
  return of(pid);
}
/** Zombies that nobody has collected yet do nothing any more. */
const lives = (pid: number): boolean => existsSync(`/proc/${pid}`) && !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

describe('stopping', () => {
  let at: Installation;
  let survivor: RunningProduct;
  let ours: Organisation;

  beforeAll(async () => {
    at = await installation();
    survivor = await at.start();
    ours = await organisation(at, survivor.baseUrl);
  }, LONG);
  afterAll(() => at.remove(), LONG);

  const resident = (index: number) => ({ firstName: `Lodger ${index}`, lastName: 'Ellis', dateOfBirth: '2006-05-02' });

  /** A read that waits for an event that is still to come, once it is under way. */
  async function waiting(baseUrl: string): Promise<{ answer: Promise<Answer<Json> | 'none'> }> {
    const { position } = (await ours.owner.post<Json & { position: number }>('/residents', resident(0))).body;
    const answer = ours.owner.at(baseUrl).get<Json>(`/residents?after=${position + 1}`).catch(() => 'none' as const);
    // Whoever answers this has read the other request before.
    await ours.owner.at(baseUrl).get('/me');
    return { answer };
  }

  /** A command of which the product has the beginning, and will not have the rest. @returns what becomes of it. */
  async function halfSent(baseUrl: string): Promise<{ answer: Promise<number | 'none'> }> {
    const sent = request(`${baseUrl}/api/v1/residents`, { method: 'POST', headers: { ...ours.owner.headers(), 'content-type': 'application/json', 'content-length': 100 } });
    const answer = once(sent, 'response').then(([{ statusCode }]) => statusCode as number, () => 'none' as const);
    await new Promise<void>((written) => sent.write('{', () => written()));
    await ours.owner.at(baseUrl).get('/me');
    return { answer };
  }

  it('is not ready any more, answers what is under way and exits with 0', async () => {
    const leaving = await at.start({ ROLES: 'api' });
    const { answer } = await waiting(leaving.baseUrl);
    const began = performance.now();
    const stopped = leaving.stop('SIGTERM');
    await untilNotReady(leaving.baseUrl);
    expect(leaving.process.exitCode).toBeNull();
    expect((await ours.owner.post('/residents', resident(1))).status).toBe(201);
    expect(await answer).toMatchObject({ status: 200 });
    expect(await stopped).toBe(0);
    expect(performance.now() - began).toBeLessThan(10_000);
  }, LONG);

  it('loses no command that is under way, with all roles', async () => {
    const leaving = await at.start();
    const before = (await ours.owner.rows('/residents?limit=500')).length;
    const keys = Array.from({ length: 40 }, () => randomUUID());
    const send = (baseUrl: string, index: number) =>
      ours.owner.at(baseUrl).post<Json>('/residents', resident(100 + index), { 'idempotency-key': keys[index]!, prefer: 'wait=5' });
    const first = Promise.all(keys.map((_, index) => send(leaving.baseUrl, index).catch(() => undefined)));
    await ours.owner.at(leaving.baseUrl).get('/me');
    expect(await leaving.stop('SIGTERM')).toBe(0);
    const answers = await first;
    expect(answers.filter((answer) => answer && answer.status !== 201 && answer.status !== 503)).toEqual([]);
    const repeats = await Promise.all(keys.map((_, index) => send(survivor.baseUrl, index)));
    repeats.forEach(({ status, body, headers }, index) => {
      expect(status).toBe(201);
      if (answers[index]?.status === 201) expect([body.id, headers.get('idempotency-replayed')]).toEqual([answers[index].body.id, 'true']);
    });
    expect(new Set(repeats.map(({ body }) => body.id)).size).toBe(keys.length);
    expect(await ours.owner.rows('/residents?limit=500')).toHaveLength(before + keys.length);
  }, LONG);

  it('exits at once when it is told so a second time', async () => {
    const leaving = await at.start({ ROLES: 'api' });
    const { answer } = await halfSent(leaving.baseUrl);
    const began = performance.now();
    leaving.process.kill('SIGTERM');
    await untilNotReady(leaving.baseUrl);
    // A signal that comes twice at once, from a terminal and from a script, is one.
    await delay(INSISTING_MS);
    expect(await leaving.stop('SIGTERM')).toBe(1);
    expect(performance.now() - began).toBeLessThan(STOP_WITHIN_MS);
    expect(await answer).toBe('none');
  }, LONG);

  it('leaves no process behind when the script that started it is killed', async () => {
    const started = await at.startByScript();
    expect((await fetch(`${started.baseUrl}/health/live`)).status).toBe(200);
    const children = descendants(started.process.pid!);
    expect(children.length).toBeGreaterThan(0);
    await started.stop('SIGKILL');
    expect(started.process.signalCode).toBe('SIGKILL');
    await untilNotReady(started.baseUrl);
    while (children.some(lives)) await fetch(`${survivor.baseUrl}/health/live`).then((answer) => answer.text());
    expect(children.filter(lives)).toEqual([]);
  }, LONG);

  it('is passed on by the script that started it', async () => {
    const started = await at.startByScript();
    const children = descendants(started.process.pid!);
    expect(await started.stop('SIGINT')).toBe(0);
    expect(children.filter(lives)).toEqual([]);
  }, LONG);
});
