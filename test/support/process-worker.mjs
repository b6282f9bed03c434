import './typescript-loader.mjs';

/** A worker of its own for the specs to kill and to freeze: `node process-worker.mjs <connection string> <grace in ms>`. */
const { House } = await import('./process-world.ts');
const house = await House.open(process.argv[2], { now: () => Promise.resolve('2026-09-02T08:00:00.000Z') });
const runner = house.runner({ lease: { retryMs: 25, graceMs: Number(process.argv[3]) } });
runner.start();
process.stdout.write('started\n');
setInterval(() => undefined, 60_000);
