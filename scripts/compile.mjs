/**
 * Compiles the product into `dist` with the settings of `.swcrc`, as `nest build` does, with nothing but the compiler: so
 * that `npm start` on a fresh machine need not wait for the tools of those who develop. Beside the code it leaves the hashes by
 * which read tables are known to have been made by other code.
 */
import { transformFile } from '@swc/core';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { foldCode } from './fold-code.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const ENTRY = join('src', 'main.ts');

const sources = ['src', 'projections', 'migrations'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .map((file) => join(folder, file))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts')),
);

async function compile(source) {
  const target = join(root, 'dist', source.replace(/\.ts$/, '.js'));
  const { code, map } = await transformFile(join(root, source), { sourceFileName: relative(dirname(target), join(root, source)) });
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(`${target}.map`, map);
  writeFileSync(target, `${code}\n//# sourceMappingURL=${basename(target)}.map\n`);
  return [source.replace(/\.ts$/, '.js'), code];
}

const started = performance.now();
rmSync(join(root, 'dist'), { recursive: true, force: true });
const modules = await Promise.all(sources.filter((source) => source !== ENTRY).map(compile));
writeFileSync(join(root, 'dist', 'projections', 'engine', 'fold-code.json'), JSON.stringify(await foldCode(new Map(modules)), undefined, 1));
// Last: whoever finds it knows that everything else is there.
await compile(ENTRY);
process.stdout.write(`compiled ${sources.length} files in ${Math.round(performance.now() - started)} ms\n`);
