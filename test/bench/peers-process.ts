/** The process of the peers, which have their own versions of what we use too: does what it is asked, and answers with what it measured. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { rebuiltByEmmett } from './emmett-rebuild.js';
import { load, type Run } from './measure.js';
import { openPeer, type PeerName } from './peer-stores.js';

/** So many appends with so many at once through a peer; or a rebuild of the first so many events of our log. */
export type Asked = { readonly append: PeerName; readonly times: number; readonly concurrent: number } | { readonly rebuild: number };

const [folder, adminUrl] = process.argv.slice(2) as [string, string];
const peers = createRequire(join(folder, 'package.json'));
const opened = new Map<PeerName, ReturnType<typeof openPeer>>();

async function done(asked: Asked): Promise<Run> {
  if ('rebuild' in asked) return rebuiltByEmmett(peers, adminUrl, asked.rebuild);
  const peer = opened.get(asked.append) ?? openPeer(asked.append, peers, adminUrl);
  opened.set(asked.append, peer);
  return load(asked.times, asked.concurrent, await peer);
}

process.on('message', (asked: Asked) => {
  void done(asked).then(
    (run) => process.send!({ run }),
    (error: Error) => process.send!({ failure: error.stack }),
  );
});
