import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** How far something that follows the log is behind it. */
export interface Lag {
  readonly name: string;
  readonly events: number;
  readonly seconds: number;
}

const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What Prometheus reads. Labels are route templates, names and codes: nothing personal, and few of them. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly requests = new Histogram({
    name: 'yuthub_http_request_seconds',
    help: 'Duration of HTTP requests',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers: [this.registry],
  });
  private readonly commands = new Counter({
    name: 'yuthub_commands_total',
    help: 'Commands by outcome: accepted, unchanged, replayed, or the code of the refusal',
    labelNames: ['command', 'outcome'],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  request(method: string, route: string, status: number, seconds: number): void {
    this.requests.observe({ method, route, status: String(status) }, seconds);
  }

  command(name: string, outcome: string): void {
    this.commands.inc({ command: name, outcome });
  }

  /** Adds gauges of what follows the log, asked at each scrape. @param kind such as `projection` or `process`. */
  lag(kind: string, ask: () => Promise<readonly Lag[]>): void {
    const figures = { seconds: `For how long a ${kind} has left events unseen`, events: `Events that a ${kind} has not seen` } as const;
    for (const [figure, help] of Object.entries(figures) as [keyof typeof figures, string][]) {
      new Gauge({
        name: `yuthub_${kind}_lag_${figure}`,
        help,
        labelNames: ['name'],
        registers: [this.registry],
        async collect() {
          for (const lag of await ask()) this.set({ name: lag.name }, lag[figure]);
        },
      });
    }
  }

  /** Adds a gauge, asked at each scrape. @param ask answers a value for each name of what is counted. */
  gauge(name: string, help: string, ask: () => Promise<Readonly<Record<string, number>>>): void {
    new Gauge({
      name,
      help,
      labelNames: ['name'],
      registers: [this.registry],
      async collect() {
        this.reset();
        for (const [label, value] of Object.entries(await ask())) this.set({ name: label }, value);
      },
    });
  }

  /** The text that Prometheus scrapes, and its content type. */
  async text(): Promise<{ type: string; body: string }> {
    return { type: this.registry.contentType, body: await this.registry.metrics() };
  }
}
