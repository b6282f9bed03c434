import { rmSync } from 'node:fs';

/** Stops the test run's PostgreSQL and removes its folder; Jest calls it when tests have failed, too. */
export default async function globalTeardown() {
  const { server, dataDir } = globalThis.yuthubTestServer;
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
