import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import './typescript-loader.mjs';

/** Starts the one PostgreSQL of the test run. */
export default async function globalSetup() {
  const { startEmbeddedPostgres } = await import('../../src/platform/embedded-postgres.ts');
  const dataDir = mkdtempSync(join(tmpdir(), 'yuthub-test-'));
  const server = await startEmbeddedPostgres({
    dataDir,
    fsync: false,
    maxConnections: 600,
    log: (message) => process.stdout.write(`${message}\n`),
  });
  watch(server.pid, dataDir);
  process.env.YUTHUB_TEST_POSTGRES_URL = server.adminUrl;
  globalThis.yuthubTestServer = { server, dataDir };
}

/**
 * Jest does not tear down when it is interrupted or killed. This process sees
 * its input end when Jest is gone, however that came about, and cleans up.
 */
function watch(pid, dataDir) {
  const script = `cat >/dev/null
if [ -d "$2" ]; then
  case "$(tr '\\0' ' ' </proc/$1/cmdline 2>/dev/null)" in *"$2"*) kill -QUIT "$1" 2>/dev/null ;; esac
  n=0; while [ -e "$2/postgres/postmaster.pid" ] && [ $n -lt 50 ]; do sleep 0.1; n=$((n + 1)); done
  rm -rf "$2"
fi`;
  const watcher = spawn('/bin/sh', ['-c', script, 'sh', `${pid}`, dataDir], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watcher.unref();
  watcher.stdin.unref();
}
