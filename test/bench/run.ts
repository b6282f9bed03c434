import { arch, cpus, totalmem } from 'node:os';
import { append } from './append.js';
import { appendToVisible } from './append-to-visible.js';
import { appendVsPeers } from './append-vs-peers.js';
import { commands } from './commands.js';
import { growth } from './growth.js';
import { history } from './history.js';
import { esdbAppend } from './esdb-append.js';
import { esdbDelivery } from './esdb-delivery.js';
import type { Figures } from './measure.js';
import { boot } from './boot.js';
import { rebuild } from './rebuild.js';
import { rebuildVsEmmett } from './rebuild-vs-emmett.js';
import { scaleOut } from './scale-out.js';
import { benchServer } from './server.js';

/** Benchmarks by name; `npm run bench -- append history_1000 --json`. */
const benchmarks = {
  append,
  append_vs_peers: appendVsPeers,
  command_throughput: commands,
  append_to_visible: appendToVisible,
  growth,
  history_1000: history,
  projection_rebuild: rebuild,
  rebuild_vs_emmett: rebuildVsEmmett,
  esdb_delivery: esdbDelivery,
  esdb_append: esdbAppend,
  scale_out: scaleOut,
  boot,
};

const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const json = process.argv.includes('--json');
const unknown = names.filter((name) => !(name in benchmarks));
if (unknown.length > 0) throw new Error(`There is no benchmark ${unknown.join(', ')}; there are ${Object.keys(benchmarks).join(', ')}.`);

const figures: Figures = {};
for (const [name, benchmark] of Object.entries(benchmarks)) {
  if (names.length > 0 && !names.includes(name)) continue;
  if (!json) process.stderr.write(`${name} …\n`);
  const server = await benchServer();
  try {
    Object.assign(figures, await benchmark(server));
  } catch (error) {
    // The others have their figures all the same.
    process.stderr.write(`${name} has no figures: ${(error as Error).stack}\n`);
    process.exitCode = 1;
  } finally {
    await server.stop();
  }
}
if (json) process.stdout.write(`${JSON.stringify(figures)}\n`);
else {
  process.stdout.write(`${cpus().length} × ${cpus()[0]?.model ?? arch()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}\n`);
  const shown = Object.entries(figures).map(([name, { ours, yardstick, ratio, unit }]) => ({
    name, ours: +ours.toPrecision(4), yardstick: +yardstick.toPrecision(4), ratio: +ratio.toFixed(2), unit,
  }));
  const line = (cells: (string | number)[]) => `| ${cells.join(' | ')} |\n`;
  process.stdout.write(line(['benchmark', 'ours', 'yardstick', 'ratio', 'unit']) + line(Array(5).fill('---')));
  for (const { name, ours, yardstick, ratio, unit } of shown) process.stdout.write(line([name, ours, yardstick, ratio, unit]));
}
