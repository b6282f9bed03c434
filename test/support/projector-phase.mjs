import './typescript-loader.mjs';

/**
 * One phase of the read side's work in a process of its own: `node projector-phase.mjs <URLs as JSON> <phase> [n moment]`. It
 * ends with 0 when all is done, or is killed by its FAILPOINT or at its nth statement.
 */
const { runPhase, strikeAtStatement } = await import('../faults/projector-phases.ts');
const [urls, phase, nth, moment] = process.argv.slice(2);
if (nth !== undefined) strikeAtStatement(Number(nth), moment);
await runPhase(phase, JSON.parse(urls));
process.exit(0);
