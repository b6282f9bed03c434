import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { Health } from '../platform/health.js';
import { Metrics } from '../platform/metrics.js';
import type { Process } from '../processes/engine/process.js';
import { ProcessWatch } from '../processes/engine/process-watch.js';
import type { JobDesk } from '../jobs/job-desk.js';
import type { Core } from './core.js';
import { followWithMetrics } from './lag-metrics.js';
import { probesOf } from './probes.js';

/** Health and metrics of a process that has no API: `/health/live`, `/health/ready`, `/metrics`. */
export async function startHealthServer(core: Core, processes: readonly Process[], desk: JobDesk, host: string, port: number): Promise<() => Promise<void>> {
  const watch = new ProcessWatch(core.urls.app, processes.map(({ name }) => name));
  watch.start();
  const health = new Health(probesOf(core, watch, desk));
  const metrics = new Metrics();
  followWithMetrics(metrics, core, watch.names, desk);
  const server = createServer((request, response) => {
    const send = (status: number, type: string, body: string): void => void response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    const answer = async (): Promise<void> => {
      if (request.url === '/health/live') return send(200, 'application/json', '{"status":"up"}');
      if (request.url === '/metrics') {
        const { type, body } = await metrics.text();
        return send(200, type, body);
      }
      if (request.url !== '/health/ready') return send(404, 'text/plain', 'Not found.\n');
      const readiness = await health.readiness();
      send(readiness.ready ? 200 : 503, 'application/json', JSON.stringify(readiness));
    };
    answer().catch(() => send(503, 'application/json', '{"ready":false}'));
  });
  await listening(server, host, port);
  return async () => {
    health.leave();
    server.close();
    server.closeIdleConnections();
    await watch.close();
  };
}

async function listening(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host);
  // An address that is taken is told as the error that it is.
  await once(server, 'listening');
}
