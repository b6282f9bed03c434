/**
 * Behind `npm start` and `npm test`. Runs on whatever Node the machine has (>= 20.19) and with nothing installed:
 * installs what is missing, then works with the project's own Node.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
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

async function install() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  const fresh = existsSync(node) && existsSync(installed);
  if (fresh && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs) return;
  process.stdout.write('installing dependencies\n');
  const code = await run('npm', ['ci', '--no-audit', '--no-fund']);
  if (code !== 0) process.exit(code);
}

/** One stage of `npm test` that counts as one check. */
async function stage(name, args) {
  process.stdout.write(`\n== ${name}\n`);
  return { passed: (await run(node, args)) === 0 ? 1 : 0 };
}

async function jest(extra) {
  process.stdout.write('\n== specs\n');
  const folder = mkdtempSync(join(tmpdir(), 'yuthub-test-'));
  const report = join(folder, 'report.json');
  const code = await run(node, [bin('jest/bin/jest.js'), '--json', `--outputFile=${report}`, '--maxWorkers=2', ...extra], {
    NODE_OPTIONS: '--experimental-vm-modules --no-warnings',
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
  const stages = [
    await stage('types', [bin('typescript/bin/tsc'), '--noEmit', '-p', '.']),
    await stage('lint', [bin('eslint/bin/eslint.js'), '.']),
    await stage('architecture', [bin('dependency-cruiser/bin/dependency-cruiser.mjs'), 'src', 'migrations']),
  ];
  const specs = await jest(extra);
  const passed = specs.passed + stages.filter((one) => one.passed === 1).length;
  const failed = specs.failed + stages.filter((one) => one.passed === 0).length;
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  process.exit(failed === 0 ? 0 : 1);
}

const [task, ...rest] = process.argv.slice(2);
await install();
if (task === 'test') await test(rest);
else {
  process.stderr.write(`unknown task ${task}\n`);
  process.exit(2);
}
