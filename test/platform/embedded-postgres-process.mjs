import '../support/typescript-loader.mjs';

/** A process with an embedded PostgreSQL, for the specs to kill: prints where it is, then waits. */
const { startEmbeddedPostgres } = await import('../../src/platform/embedded-postgres.ts');
try {
  const { adminUrl, pid } = await startEmbeddedPostgres({ dataDir: process.argv[2], log: () => undefined });
  process.stdout.write(`${JSON.stringify({ adminUrl, pid })}\n`);
  setInterval(() => undefined, 60_000);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: error.message })}\n`);
}
