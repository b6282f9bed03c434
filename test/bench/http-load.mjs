/**
 * Load generator in a process of its own: reads a plan from its input, keeps so many requests in flight over as many
 * connections, and prints rate and latencies. Plan: { baseUrl, token, concurrent, requests: [{ path, body }] }.
 *
 * It speaks over bare sockets, and looks for no more than the end of each answer: what it computes itself, the product
 * could not use on the same machine.
 */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

const plan = JSON.parse(await text(process.stdin));
const { hostname, port, host } = new URL(plan.baseUrl);
const bytes = plan.requests.map(({ path, body }) => {
  const json = JSON.stringify(body);
  const head = [`POST ${path} HTTP/1.1`, `host: ${host}`, `authorization: Bearer ${plan.token}`, 'content-type: application/json', `content-length: ${Buffer.byteLength(json)}`];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${json}`);
});
const latencies = new Float64Array(bytes.length);
let next = 0;

/** Sends one request after the other over one connection until there are none left. */
function work() {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    let began = 0;
    let current = -1;
    let received = '';
    const send = () => {
      current = next++;
      if (current >= bytes.length) {
        socket.end();
        return resolve();
      }
      began = performance.now();
      socket.write(bytes[current]);
    };
    socket.on('connect', send).on('error', reject).setEncoding('latin1');
    socket.on('data', (chunk) => {
      received += chunk;
      const body = received.indexOf('\r\n\r\n') + 4;
      if (body < 4) return;
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(received.slice(0, body))?.[1] ?? NaN);
      if (!(received.length >= body + length)) return;
      latencies[current] = performance.now() - began;
      if (!plan.anyStatus && !received.startsWith('HTTP/1.1 2')) return reject(new Error(received));
      received = '';
      send();
    });
  });
}

const start = performance.now();
await Promise.all(Array.from({ length: plan.concurrent }, work));
const seconds = (performance.now() - start) / 1000;
latencies.sort();
const at = (part) => latencies[Math.min(bytes.length - 1, Math.floor(bytes.length * part))];
process.stdout.write(JSON.stringify({ perSecond: bytes.length / seconds, p50: at(0.5), p99: at(0.99) }));
process.exit(0);
