import './typescript-loader.mjs';

/** A projector of its own for the specs to kill: `node projector-worker.mjs <URLs as JSON>`. */
const { projectorOn } = await import('../contract/projection-world.ts');
const engine = await projectorOn(JSON.parse(process.argv[2]));
await engine.start();
process.stdout.write('started\n');
setInterval(() => undefined, 60_000);
