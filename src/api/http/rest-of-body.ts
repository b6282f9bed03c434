import type { IncomingMessage } from 'node:http';

const MOST_BYTES = 16 * 1024 * 1024;
const MOST_MS = 2_000;

/**
 * Reads away what is still on its way of a body that is not wanted, and goes on. A client that is cut off while it writes
 * never hears why; one that sends without end is not waited for.
 */
export function afterTheRest(request: IncomingMessage, goOn: () => void): void {
  if (request.complete || request.destroyed) return goOn();
  let left = MOST_BYTES;
  const count = (chunk: Buffer): void => {
    left -= chunk.length;
    if (left < 0) done();
  };
  const done = (): void => {
    clearTimeout(timer);
    request.off('data', count).off('end', done).off('close', done);
    goOn();
  };
  const timer = setTimeout(done, MOST_MS);
  request.on('data', count).once('end', done).once('close', done).resume();
}
