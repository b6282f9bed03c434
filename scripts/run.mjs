/**
 * Behind the npm scripts. Runs on whatever Node the machine has (>= 20.19) and with nothing installed: installs what is
 * missing, builds what is stale, then works with the project's own Node.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const node = join(root, 'node_modules', '.bin', 'node');
const bin = (path) => join(root, 'node_modules', path);

/** Runs a command to its end; resolves with its exit code. */
function run(command, args, env = {}) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  return new Promise((resolve) => {
    child.on('error', () => resolve(127));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/** @param developing also what tests, benchmarks and documentation need; to run the product takes half of it. */
async function install(developing) {
  const installed = join(root, 'node_modules', '.package-lock.json');
  const there = existsSync(node) && existsSync(installed) && (!developing || existsSync(bin('jest/package.json')));
  if (there && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs) return;
  process.stdout.write('installing dependencies\n');
  // Whoever has the tools keeps them.
  const all = developing || existsSync(bin('jest/package.json'));
  const code = await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline', ...(all ? [] : ['--omit=dev'])]);
  if (code !== 0) process.exit(code);
}

/** Newest change of a file, or below a folder, in milliseconds; what decides whether the build is stale. */
function newest(path) {
  if (!existsSync(path)) return 0;
  if (!statSync(path).isDirectory()) return statSync(path).mtimeMs;
  return readdirSync(path, { withFileTypes: true, recursive: true }).reduce(
    (latest, entry) => Math.max(latest, statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs),
    statSync(path).mtimeMs,
  );
}

async function build() {
  const built = join(root, 'dist', 'src', 'main.js');
  const sources = ['src', 'projections', 'migrations', 'scripts/compile.mjs', 'scripts/fold-code.mjs', 'package-lock.json', '.swcrc'];
  const changed = Math.max(...sources.map((one) => newest(join(root, one))));
  if (existsSync(built) && statSync(built).mtimeMs > changed) return;
  const code = await run(node, [join(root, 'scripts', 'compile.mjs')]);
  if (code !== 0) process.exit(code);
}

/** Who started this; behind the shell in which npm runs a script, npm itself, where that can be looked up. */
function ancestry() {
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
    return process.env.npm_lifecycle_event && /^(sh|dash|bash)$/.test(name) ? `${process.ppid} ${parent}` : `${process.ppid}`;
  } catch {
    return `${process.ppid}`;
  }
}

/** Before anything is installed or built: whoever started this may be gone by the time that takes. */
const starters = ancestry();

/**
 * Runs the built product in the foreground. A signal to this process reaches it; it ends when this process does, also by
 * `kill -9` (it sees the channel close), and this process ends when whoever started it is gone.
 */
async function product(file, args, env = {}) {
  await build();
  const child = spawn(node, ['--enable-source-maps', join(root, 'dist', 'src', file), ...args], {
    cwd: root,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    // Compiled code is kept beside the build: the next start has less to do.
    env: { NODE_COMPILE_CACHE: join(root, 'dist', '.cache'), ...process.env, ...env, YUTHUB_PARENT: 'watch' },
  });
  let told = false;
  const tell = (signal) => {
    told = true;
    child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => tell(signal));
  const orphaned = setInterval(() => ancestry() !== starters && !told && tell('SIGTERM'), 500);
  const code = await new Promise((resolve) => {
    child.on('error', () => resolve(127));
    child.on('exit', (status, signal) => resolve(status ?? (signal === 'SIGINT' ? 130 : 1)));
  });
  clearInterval(orphaned);
  process.exit(code);
}

/** One stage of `npm test` that counts as one check. What it says comes in one piece: others may run beside it. */
async function stage(name, args) {
  const child = spawn(node, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  const code = await new Promise((resolve) => {
    child.on('error', () => resolve(127));
    child.on('close', (status) => resolve(status ?? 1));
  });
  process.stdout.write(`\n== ${name}\n${said}`);
  return { passed: code === 0 ? 1 : 0 };
}

async function jest(extra, rules) {
  process.stdout.write('\n== specs\n');
  const folder = mkdtempSync(join(tmpdir(), 'yuthub-test-'));
  const report = join(folder, 'report.json');
  const code = await run(node, [bin('jest/bin/jest.js'), '--json', `--outputFile=${report}`, '--maxWorkers=3', ...extra], {
    NODE_OPTIONS: '--experimental-vm-modules --no-warnings',
    YUTHUB_RULES_SEEN: rules,
  });
  const result = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
  rmSync(folder, { recursive: true, force: true });
  if (!result) return { passed: 0, failed: 1 };
  for (const suite of result.testResults) {
    for (const test of suite.assertionResults) {
      if (test.status === 'pending') process.stdout.write(`not run: ${test.fullName}\n`);
    }
  }
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  return { passed: result.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed };
}

async function test(extra) {
  const loader = ['--no-warnings', '--import', './test/support/typescript-loader.mjs'];
  const rules = mkdtempSync(join(tmpdir(), 'yuthub-rules-'));
  const stages = await Promise.all([
    stage('types', [bin('typescript/bin/tsc'), '--noEmit', '-p', '.']),
    stage('lint', [bin('eslint/bin/eslint.js'), '.']),
    stage('architecture', [bin('dependency-cruiser/bin/dependency-cruiser.mjs'), 'src', 'projections', 'migrations']),
  ]);
  // Journeys and fault tests start processes of the built product.
  await build();
  const specs = await jest(extra, rules);
  // Only a whole run can say that a rule was shown by no spec.
  if (extra.length === 0) stages.push(await stage('every rule is shown to accept and to refuse', [...loader, 'test/support/rules-seen.mjs', rules]));
  rmSync(rules, { recursive: true, force: true });
  const passed = specs.passed + stages.filter((one) => one.passed === 1).length;
  const failed = specs.failed + stages.filter((one) => one.passed === 0).length;
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  process.exit(failed === 0 ? 0 : 1);
}

/** Runs a TypeScript file as it is, beside a built product. */
async function typescript(file, args) {
  await build();
  process.exit(await run(node, ['--no-warnings', '--import', './test/support/typescript-loader.mjs', join(root, file), ...args]));
}

const tasks = {
  test,
  build,
  start: (args) => product('main.js', args),
  cli: (args) => product('cli.js', args),
  bench: (args) => typescript('test/bench/run.ts', args),
  docs: (args) => typescript('scripts/docs.mjs', args),
  eventstore: async (args) => {
    const env = { NODE_OPTIONS: '--experimental-vm-modules --no-warnings' };
    process.exit(await run(node, [bin('jest/bin/jest.js'), '--runInBand', '--verbose', 'test/eventstore', ...args], env));
  },
  faults: async (args) => {
    await build();
    const env = { NODE_OPTIONS: '--experimental-vm-modules --no-warnings', FAULTS: process.env.FAULTS ?? '100' };
    process.exit(await run(node, [bin('jest/bin/jest.js'), '--runInBand', '--testTimeout=3600000', 'test/faults', ...args], env));
  },
};

const [task, ...rest] = process.argv.slice(2);
if (!(task in tasks)) {
  process.stderr.write(`unknown task ${task}; there are ${Object.keys(tasks).join(', ')}\n`);
  process.exit(2);
}
await install(!['start', 'cli', 'build'].includes(task));
await tasks[task](rest);
