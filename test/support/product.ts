import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Caller, type Json } from './caller.js';
import { TEST_MASTER_KEY, testDatabases, type TestDatabases } from './databases.js';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const built = (file: string): string[] => ['--enable-source-maps', join(root, 'dist', 'src', file)];

/** Databases of one's own, and processes of the built product on them. */
export interface Installation {
  readonly databases: TestDatabases;
  readonly dataDir: string;
  /** Starts a process; resolves once it serves. */
  start(env?: Record<string, string>): Promise<RunningProduct>;
  /** As `start`, by the script behind `npm start`: the process is that script's, which has the product as its child. */
  startByScript(env?: Record<string, string>): Promise<RunningProduct>;
  /** Starts a process and ends it by `kill -9` once a moment has come, whether or not it serves by then. */
  cutOff(hasCome: () => Promise<boolean>, env?: Record<string, string>): Promise<void>;
  /** Runs a command line to its end. @returns what it printed. @throws with it when the command failed. */
  cli(...args: string[]): Promise<string>;
  /** Runs a command line to its end, however that comes about. @returns exit code, or null where it was killed, and what it printed. */
  command(args: readonly string[], env?: Record<string, string>): Promise<{ readonly code: number | null; readonly output: string }>;
  /** Stops what still runs and drops the databases. */
  remove(): Promise<void>;
}

export interface RunningProduct {
  /** Of its API; what else it does where it has no API. */
  readonly baseUrl: string;
  readonly process: ChildProcess;
  /** Everything that it has written so far. */
  output(): string;
  /** Sends a signal and waits for the end. @returns exit code, or null where the signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/**
 * An installation with nothing in it; the clock stands at 2026-08-03T08:00:00Z until it is moved.
 * @param common what all of its processes find in their environment.
 * @param server where its databases are; the test run's unless said.
 */
export async function installation(common: Record<string, string> = {}, server?: string): Promise<Installation> {
  const databases = await testDatabases(server);
  const dataDir = mkdtempSync(join(tmpdir(), 'yuthub-product-'));
  const running = new Set<ChildProcess>();
  const environment = (env: Record<string, string>): NodeJS.ProcessEnv => ({
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    DATABASE_URL: databases.adminUrl,
    MASTER_KEY: TEST_MASTER_KEY.toString('base64'),
    DATA_DIR: dataDir,
    PORT: '0',
    DEMO: 'off',
    CLOCK_CONTROL: 'on',
    // Fault tests start the product again and again: most of a start is the reading of its code.
    NODE_COMPILE_CACHE: join(tmpdir(), `yuthub-compiled-${process.getuid?.() ?? 0}`),
    ...common,
    ...env,
  });
  const launch = (args: string[], env: Record<string, string>): ChildProcess => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: environment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    return child;
  };
  return {
    databases,
    dataDir,
    start: (env = {}) => serving(launch(built('main.js'), env)),
    startByScript: (env = {}) => serving(launch([join(root, 'scripts', 'run.mjs'), 'start'], env)),
    cutOff: async (hasCome, env = {}) => {
      const child = launch(built('main.js'), env);
      const ended = once(child, 'exit');
      const output = collect(child);
      while (!(await hasCome())) if (child.exitCode !== null) throw new Error(`The product ended by itself:\n${output()}`);
      child.kill('SIGKILL');
      await ended;
    },
    cli: async (...args) => {
      const { code, output } = await finished(launch([...built('cli.js'), ...args], {}));
      if (code !== 0) throw new Error(`The command failed (${code}):\n${output}`);
      return output;
    },
    command: (args, env = {}) => finished(launch([...built('cli.js'), ...args], env)),
    remove: async () => {
      await Promise.all([...running].map(async (child) => (child.kill('SIGKILL'), once(child, 'exit'))));
      await databases.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function collect(child: ChildProcess): () => string {
  let text = '';
  const add = (chunk: Buffer): void => void (text += chunk.toString());
  child.stdout?.on('data', add);
  child.stderr?.on('data', add);
  return () => text;
}

async function serving(child: ChildProcess): Promise<RunningProduct> {
  const output = collect(child);
  const ended = once(child, 'exit');
  const baseUrl = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const ready = /^ready (.+)/.exec(line);
      if (ready) resolve(ready[1]!);
    });
    void ended.then(() => reject(new Error(`The product ended before it served:\n${output()}`)));
  });
  return {
    baseUrl,
    process: child,
    output,
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await ended;
      return child.exitCode;
    },
  };
}

async function finished(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  const output = collect(child);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output: output() };
}

/** An organisation's people, each signed in. */
export interface Organisation {
  readonly id: string;
  readonly owner: Caller;
  /** Invites somebody, accepts for them, and signs them in. @returns who they are and their caller. */
  member(role: string, extra?: Record<string, unknown>): Promise<{ caller: Caller; userId: string }>;
}

export const PASSWORD = 'correct horse battery staple';
let addresses = 0;
const address = (role: string): string => `${role.replaceAll('_', '-')}-${++addresses}-${process.pid}@spec.example`;

/** Makes an organisation as an operator and its first owner would: by the command line, the invitation, and signing in. */
export async function organisation(at: Installation, baseUrl: string, name = 'Hackney Young Futures'): Promise<Organisation> {
  const email = address('owner');
  const printed = await at.cli('organization', 'create', '--name', name, '--type', 'housing_provider', '--owner', email, '--json');
  const made = JSON.parse(printed.trim().split('\n').at(-1)!) as { organizationId: string; membershipId: string; token: string };
  const anyone = new Caller(baseUrl);
  const signedIn = async (membershipId: string, token: string, who: string) => {
    const accepted = await anyone.post(`/user-organizations/${membershipId}/accept-invitation`, {
      token, firstName: 'Sam', lastName: 'Spec', password: PASSWORD,
    });
    if (accepted.status >= 300) throw new Error(`The invitation was not accepted: ${accepted.status} ${accepted.text}`);
    const session = await anyone.post<{ token: string; user: Json }>('/sign-in', { email: who, password: PASSWORD, organizationId: made.organizationId });
    if (session.status !== 200) throw new Error(`Signing in failed: ${session.status} ${session.text}`);
    return { caller: anyone.as(session.body.token), userId: session.body.user.id };
  };
  const { caller: owner } = await signedIn(made.membershipId, made.token, email);
  return {
    id: made.organizationId,
    owner,
    member: async (role, extra = {}) => {
      const who = address(role);
      const invited = await owner.did('/user-organizations', { email: who, role, ...extra });
      return signedIn(invited.id, String(invited['invitationToken']), who);
    },
  };
}
