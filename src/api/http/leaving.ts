import type { FastifyInstance } from 'fastify';

/**
 * Once the server closes, each connection ends with the answer that is under way on it. Node closes those that are idle
 * at that moment; one that a client keeps open after its last answer would hold up the end until it times out.
 */
export function addLeaving(instance: FastifyInstance): void {
  let leaving = false;
  instance.addHook('preClose', (done) => {
    leaving = true;
    done();
  });
  instance.addHook('onSend', (_request, reply, payload, done) => {
    if (leaving) reply.header('connection', 'close');
    done(null, payload);
  });
  // Of an answer whose headers were sent before.
  instance.addHook('onResponse', (_request, _reply, done) => {
    if (leaving) setImmediate(() => instance.server.closeIdleConnections());
    done();
  });
}
