import { execFile, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Run } from './measure.js';
import type { Asked } from './peers-process.js';
import type { BenchServer } from './server.js';

/** What we are measured against, and what it must find beside it, as it was published. */
const PEERS = {
  '@castore/core': '2.4.2',
  '@castore/event-storage-adapter-postgres': '2.4.2',
  '@event-driven-io/dumbo': '0.12.7',
  '@event-driven-io/emmett': '0.42.0',
  '@event-driven-io/emmett-postgresql': '0.42.0',
  '@event-driven-io/pongo': '0.16.11',
  '@eventide/message-db': '1.3.1',
  pg: '8.23.1',
};

/**
 * Installs the peers from the package registry into a folder of their own, which is kept for the next run; they are no
 * dependencies of the project.
 * @returns the folder
 */
async function installPeers(): Promise<string> {
  const folder = join(tmpdir(), 'yuthub-bench-peers');
  const wanted = JSON.stringify({ name: 'yuthub-bench-peers', private: true, dependencies: PEERS }, undefined, 2);
  const [asked, done] = [join(folder, 'package.json'), join(folder, 'node_modules', '.package-lock.json')];
  if (existsSync(done) && readFileSync(asked, 'utf8') === wanted) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(asked, wanted);
  await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--loglevel=error'], { cwd: folder });
  return folder;
}

/** The peers at work, in a process of their own and in databases of their own on the benchmark's server. */
export class Peers {
  private constructor(private readonly process: ChildProcess) {}

  static async start(server: BenchServer): Promise<Peers> {
    const folder = await installPeers();
    // What loads TypeScript here loads it there.
    return new Peers(fork(join(import.meta.dirname, 'peers-process.ts'), [folder, server.adminUrl], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }));
  }

  /** Has one of them do something, and waits for what it measured. @throws what it failed with */
  ask(asked: Asked): Promise<Run> {
    return new Promise((resolve, reject) => {
      const gone = (): void => reject(new Error('The process of the peers has ended.'));
      this.process.once('exit', gone);
      this.process.once('message', (answer: { run: Run } | { failure: string }) => {
        this.process.off('exit', gone);
        if ('run' in answer) resolve(answer.run);
        else reject(new Error(answer.failure));
      });
      this.process.send(asked);
    });
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null) return;
    const gone = once(this.process, 'exit');
    this.process.kill();
    await gone;
  }
}
