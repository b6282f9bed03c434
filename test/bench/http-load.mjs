/**
 * Load generator in a process of its own: reads a plan from its input, keeps so many requests in flight over as many
 * connections, and prints rate and latencies. Plan: { baseUrl, token, concurrent, requests: [{ path, body }] }.
 */
import { request, Agent } from 'node:http';
import { text } from 'node:stream/consumers';

const plan = JSON.parse(await text(process.stdin));
const agent = new Agent({ keepAlive: true, maxSockets: plan.concurrent, scheduling: 'lifo' });
const { hostname, port } = new URL(plan.baseUrl);

function send({ path, body }) {
  return new Promise((resolve, reject) => {
    const bytes = Buffer.from(JSON.stringify(body));
    const sent = request(
      { hostname, port, path, method: 'POST', agent, headers: { authorization: `Bearer ${plan.token}`, 'content-type': 'application/json', 'content-length': bytes.length } },
      (response) => {
        let answer = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => (answer += chunk));
        response.on('end', () => (response.statusCode < 300 ? resolve() : reject(new Error(`${response.statusCode} ${answer}`))));
      },
    );
    sent.on('error', reject);
    sent.end(bytes);
  });
}

const { requests } = plan;
const latencies = new Float64Array(requests.length);
let next = 0;
const start = performance.now();
await Promise.all(
  Array.from({ length: plan.concurrent }, async () => {
    for (let n = next++; n < requests.length; n = next++) {
      const began = performance.now();
      await send(requests[n]);
      latencies[n] = performance.now() - began;
    }
  }),
);
const seconds = (performance.now() - start) / 1000;
latencies.sort();
const at = (part) => latencies[Math.min(requests.length - 1, Math.floor(requests.length * part))];
process.stdout.write(JSON.stringify({ perSecond: requests.length / seconds, p50: at(0.5), p99: at(0.99) }));
process.exit(0);
