import { expect } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ProjectionEngine } from '../../projections/engine/engine.js';
import { ELSEWHERE, FriendLost, FriendMade, GuestChanged, GuestDataErased, GuestWalked, guest, idOf, ORGANISATION, projectionWorld, type ProjectionWorld } from '../contract/projection-world.js';
import { guestViolations } from './guests-story.js';
import { installProbe, probeViolations } from './projection-probe.js';
import type { Phase } from './projector-phases.js';

const SCRIPT = fileURLToPath(new URL('../support/projector-phase.mjs', import.meta.url));

/** How a process ended, and what it said of the points that it came by and of its statements. */
export interface Ended {
  readonly signal: NodeJS.Signals | null;
  readonly points: readonly string[];
  readonly statements: number;
}

/** Where a process is to be struck; nowhere unless said. */
export interface Struck {
  readonly failpoint?: string;
  /** `n moment`: see `strikeAtStatement`. */
  readonly statement?: readonly [number, string];
}

/** How whoever is struck calls its connections. */
const STRUCK = 'struck';
const TEN_DAYS_MS = 864_000_000;
/** How often is looked whether something has come about. */
const POLL_MS = 10;

/** A log, read tables and whoever works on them, one of them in a process of its own that may be struck. */
export class ReadSide {
  /** A guest of an earlier time. */
  private regular: string | undefined;
  private live: ProjectionEngine | undefined;

  private constructor(
    readonly world: ProjectionWorld,
    /** Rebuilds, verifies and lets parked streams go on; it does not project. */
    readonly tools: ProjectionEngine,
  ) {}

  static async make(): Promise<ReadSide> {
    const world = await projectionWorld();
    await installProbe(world.admin);
    return new ReadSide(world, world.engine());
  }

  remove(): Promise<void> {
    return this.world.remove();
  }

  /** Lets this process project. @param leaseMs for how long it counts as alive when it is not heard of. */
  async goLive(leaseMs = 400): Promise<void> {
    if (this.live) return;
    this.live = this.world.engine({ leaseMs, keepOldMs: TEN_DAYS_MS });
    await this.live.start();
  }

  /** Lets this process project no more. */
  async standStill(): Promise<void> {
    await this.live?.stop();
    this.live = undefined;
  }

  /** Everything that can be in a log: new guests and known ones, friends, visits, an erasure, and poison of every kind. */
  async happenings(): Promise<void> {
    const { world } = this;
    const [sam, mid, last, gone, kim] = [guest(), guest(), guest(), guest(), randomUUID()];
    await world.appendRaw(guest(), 'GuestArrived', {});
    if (this.regular) {
      await world.pay(this.regular, 1_000);
      await world.append(this.regular, FriendMade.of({ friendId: randomUUID(), name: 'Another' }));
    }
    await world.arrive(sam);
    await world.append(sam, FriendMade.of({ friendId: kim, name: 'Kim', worry: 'debts' }));
    await world.append(sam, FriendMade.of({ friendId: randomUUID(), name: 'Robin' }));
    await world.arrive(mid);
    await world.visit(idOf(sam), 'came for tea');
    await world.pay(mid, 13);
    await world.pay(mid, 50);
    await world.append(sam, FriendLost.of({ friendId: kim }));
    await world.arrive(gone);
    await world.visit(idOf(gone), 'came once');
    await world.arrive(last);
    await world.appendRaw(`visit-${randomUUID()}`, 'GuestVisited', { guestId: idOf(sam), note: null });
    await world.appendRaw(sam, 'SomethingOfLater', {});
    const destroyed = await world.keyring.destroy({ erasureId: randomUUID(), organizationId: ORGANISATION, subject: idOf(gone), scopes: ['identity', 'contact', 'health'] });
    await world.append(gone, GuestDataErased.of({ scopes: ['identity'], keyFingerprints: [...destroyed] }));
    await world.arrive(guest(), {}, ELSEWHERE);
    await world.append(sam, GuestChanged.of({ floor: 3 } as never));
    await world.visit(idOf(sam), 'came again');
    await world.append(last, GuestWalked.of({ steps: 1e300 }));
    this.regular = sam;
  }

  /** What has to have happened before a phase begins; a first `prepare` wants a side that nobody has prepared. */
  async before(phase: Phase): Promise<void> {
    const { world, tools } = this;
    if (phase === 'prepare') return;
    await this.goLive();
    await this.happenings();
    await world.reached();
    await this.mourned();
    const kept = (await tools.status()).filter(({ state }) => state === 'old').map(({ projection }) => projection);
    if ((phase === 'rebuild' || phase === 'rollback') && kept.length < tools.projections.length) await tools.rebuild('all');
    if (phase === 'rollback') {
      // What has been left out since is left out of the kept tables, too.
      const [parked] = await tools.parked.list();
      await tools.parked.skip(parked!.projection, parked!.stream, 'operator');
      await this.happenings();
      await world.reached();
    }
    if (phase !== 'project') return;
    // There is something to be dropped, and nobody else projects.
    if (!kept.includes('visits')) await tools.rebuild(['visits']);
    await world.admin.query(`update read.projection_versions set retired_at = clock_timestamp() - interval '25 hours' where state = 'old'`);
    await this.standStill();
    await this.happenings();
  }

  /** Does a phase in a process of its own until that ends, in whichever way. */
  doing(phase: Phase, struck: Struck = {}): Promise<Ended> {
    if (phase !== 'rebuild') return this.run(phase, struck);
    return this.overtaken((begun) => this.run(phase, struck, begun));
  }

  /**
   * Lets more happen, and be projected, between the filling of new tables and their swap: what an earlier rebuild has begun is
   * kept from being indexed until then.
   */
  private async overtaken(work: (begun: (child: ChildProcess) => Promise<void>) => Promise<Ended>): Promise<Ended> {
    const { tools, world } = this;
    const stop = new AbortController();
    await expect(tools.rebuild(['guests', 'visitors'], { signal: stop.signal, onProgress: () => stop.abort() })).rejects.toThrow();
    const building = (await tools.status()).find(({ state, projection }) => state === 'building' && projection === 'visitors')!;
    const holding = await world.admin.connect();
    try {
      await holding.query(`begin; lock table read."${building.tables[0]!}" in row exclusive mode`);
      return await work(async (child) => {
        const waits = `select exists (select from pg_locks where not granted and relation = to_regclass('read."${building.tables[0]!}"')) as waits`;
        while (alive(child) && !(await world.admin.query<{ waits: boolean }>(waits)).rows[0]!.waits) await delay(POLL_MS);
        await this.happenings();
        await world.reached();
        await holding.query('rollback');
      });
    } finally {
      holding.release(true);
    }
  }

  private async run(phase: Phase, { failpoint = '', statement }: Struck, begun?: (child: ChildProcess) => Promise<void>): Promise<Ended> {
    const words = [SCRIPT, JSON.stringify(this.world.databases.urls), phase, ...(statement ?? []).map(String)];
    const child = spawn(process.execPath, ['--no-warnings', ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '', FAILPOINT: failpoint, PGAPPNAME: STRUCK },
    });
    let [said, told] = ['', ''];
    child.stdout.on('data', (text: Buffer) => void (told += text.toString()));
    child.stderr.on('data', (text: Buffer) => void (said += text.toString()));
    const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    await begun?.(child);
    const [code, signal] = await ended;
    if (code !== 0 && signal === null) throw new Error(`The phase ${phase} failed:\n${said}`);
    const points = [...said.matchAll(/^failpoint (.+)$/gm)].map(([, name]) => name!);
    return { signal, points, statements: Number(/^statements (\d+)$/m.exec(told)?.[1] ?? 0) };
  }

  /** Resolves when the server has noticed that whoever was struck is gone: until then it holds its locks. */
  async mourned(): Promise<void> {
    const there = 'select from pg_stat_activity where datname = current_database() and application_name = $1';
    while ((await this.world.admin.query(there, [STRUCK])).rowCount! > 0) await delay(POLL_MS);
  }

  /** Goes on where the other was struck, and holds the invariants against what comes of it. */
  async after(phase: Phase): Promise<void> {
    const { tools } = this;
    // Whoever takes over the projecting does not wait for anybody.
    if (phase === 'prepare') await this.happenings();
    await this.goLive();
    await this.mourned();
    if (phase === 'rebuild') await tools.rebuild('all');
    if (phase === 'rollback') await tools.rollback('all');
    if (phase === 'retry') for (const { projection, stream } of await tools.parked.list()) expect(await tools.parked.retry(projection, stream)).toBe(false);
    if (phase === 'skip') for (const { projection, stream } of await tools.parked.list()) expect(await tools.parked.skip(projection, stream, 'operator')).toBe(true);
    await this.allGood();
    // What is poison is found by halves, again with every rebuild: a long log would have too much of it.
    for (const { projection, stream } of await tools.parked.list()) await tools.parked.skip(projection, stream, 'operator');
  }

  /** Holds the invariants against what is there: I1, I3 to I5, I8, and that whatever was left out is told to the auditor once. */
  async allGood(): Promise<void> {
    const { world, tools } = this;
    await world.reached();
    expect(await guestViolations(world.admin)).toEqual([]);
    expect(await tools.verify()).toEqual([]);
    expect(await probeViolations(world.admin)).toEqual([]);
    const { rows } = await world.admin.query<{ left: number; told: number }>(
      `select (select count(*) from read.skipped_events)::int as left, (select count(*) from app.access_log where outcome = 'skipped')::int as told`,
    );
    expect(rows[0]!.told).toBe(rows[0]!.left);
  }
}

const alive = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null;
