import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A line to a server that specs can cut, silence and restore. Its address stays the same all the time. */
export class Line {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private server: Server | undefined;
  private silent = false;

  private constructor(
    private readonly host: string,
    private readonly farPort: number,
    /** Of the near end, on 127.0.0.1. */
    readonly port: number,
  ) {}

  /** @param url of the server that it leads to. */
  static async to(url: string): Promise<Line> {
    const { hostname, port } = new URL(url);
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const line = new Line(hostname, Number(port), (probe.address() as { port: number }).port);
    probe.close();
    await once(probe, 'close');
    await line.restore();
    return line;
  }

  /** The same connection string, over this line. */
  over(url: string): string {
    const changed = new URL(url);
    changed.host = `127.0.0.1:${this.port}`;
    return changed.href;
  }

  /** Ends every connection that there is; new ones are let through. */
  cut(): void {
    for (const [near, far] of this.pairs) {
      near.resetAndDestroy();
      far.destroy();
    }
    this.pairs.clear();
  }

  /** Ends every connection and refuses new ones. */
  async take(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server) {
      const closed = once(server, 'close');
      server.close();
      this.cut();
      await closed;
    }
  }

  /** Lets everybody through, also after `take` and `silence`. */
  async restore(): Promise<void> {
    if (this.silent) this.cut();
    this.silent = false;
    if (this.server) return;
    this.server = createServer((near) => this.join(near)).listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  /** Nothing comes through any more, in either direction, and nobody is told: as if somebody had pulled the plug. */
  silence(): void {
    this.silent = true;
    for (const pair of this.pairs) for (const socket of pair) socket.pause();
  }

  private join(near: Socket): void {
    const far = connect(this.farPort, this.host);
    const pair = [near, far] as const;
    this.pairs.add(pair);
    const end = (): void => {
      near.destroy();
      far.destroy();
      this.pairs.delete(pair);
    };
    for (const socket of pair) {
      socket.on('error', end);
      socket.on('close', end);
    }
    near.pipe(far);
    far.pipe(near);
    if (this.silent) for (const socket of pair) socket.unpipe().pause();
  }
}
