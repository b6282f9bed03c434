import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What the network does to bytes. */
export type Weather =
  | 'fine'
  /** Nothing comes through in either direction, and nobody is told; a connection that met it stays dead. */
  | 'black-hole'
  /** What the server says is kept back. */
  | 'answers-held'
  /** One byte at a time comes from the server. */
  | 'sliced'
  /** One byte at a time comes from the client. */
  | 'requests-sliced';

/** What becomes of the bytes of one direction; each of them happens once. */
class Way {
  /** Bytes until every connection is cut. */
  cutAfter = Infinity;
  /** From so many bytes on, one bit is wrong. */
  flipAt = Infinity;

  /** @returns what of these bytes arrives, and whether they are the last of the connection */
  carry(bytes: Buffer): { bytes: Buffer; last: boolean } {
    if (this.flipAt < bytes.length) {
      bytes[this.flipAt]! ^= 0x10;
      this.flipAt = Infinity;
    } else this.flipAt -= bytes.length;
    const last = this.cutAfter <= bytes.length;
    const arriving = last ? bytes.subarray(0, this.cutAfter) : bytes;
    this.cutAfter = last ? Infinity : this.cutAfter - bytes.length;
    return { bytes: arriving, last };
  }
}

/** A network between client and server that fails on demand. */
export class Wire {
  weather: Weather = 'fine';
  /** From the client to the server, and back. */
  readonly requests = new Way();
  readonly answers = new Way();
  /** Whether new connections are refused. */
  refuses = false;
  private readonly sockets = new Set<Socket>();
  private joined = 0;
  private told: (() => void)[] = [];

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async open(target: () => number): Promise<Wire> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const wire = new Wire(server, (server.address() as AddressInfo).port);
    server.on('connection', (socket) => wire.join(socket, target()));
    return wire;
  }

  /** Bytes from the server until the connection is cut. */
  get cutAfter(): number {
    return this.answers.cutAfter;
  }
  set cutAfter(bytes: number) {
    this.answers.cutAfter = bytes;
  }

  /** From so many bytes of the server on, one bit is wrong. */
  get flipAt(): number {
    return this.answers.flipAt;
  }
  set flipAt(bytes: number) {
    this.answers.flipAt = bytes;
  }

  get connectionString(): string {
    return `esdb://127.0.0.1:${this.port}?tls=false`;
  }

  /** Resets every connection. */
  cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
    this.sockets.clear();
  }

  /** How many connections were made. */
  get connections(): number {
    return this.joined;
  }

  /** Resolves once so many connections were made altogether. */
  async connected(count: number): Promise<void> {
    while (this.joined < count) await new Promise<void>((resolve) => this.told.push(resolve));
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(near: Socket, port: number): void {
    this.joined += 1;
    for (const tell of this.told.splice(0)) tell();
    if (this.refuses) return void near.resetAndDestroy();
    const far = connect(port, '127.0.0.1');
    for (const [socket, other] of [[near, far], [far, near]] as const) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    let dead = false;
    const passes = (): boolean => !(dead ||= this.weather === 'black-hole');
    near.on('data', (bytes: Buffer) => {
      if (passes()) dead = this.carry(this.requests, far, bytes, this.weather === 'requests-sliced');
    });
    far.on('data', (bytes: Buffer) => {
      if (passes() && this.weather !== 'answers-held') dead = this.carry(this.answers, near, bytes, this.weather === 'sliced');
    });
  }

  /** @returns whether this was the last of the connection */
  private carry(way: Way, to: Socket, sent: Buffer, sliced: boolean): boolean {
    const { bytes, last } = way.carry(sent);
    if (last) {
      to.write(bytes, () => this.cut());
      return true;
    }
    for (const part of sliced ? [...bytes].map((byte) => Buffer.of(byte)) : [bytes]) to.write(part);
    return false;
  }
}
