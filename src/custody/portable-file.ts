import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip, type Gzip } from 'node:zlib';

/** A file of a backup, by which it is known to be whole. */
export interface WrittenFile {
  readonly name: string;
  readonly lines: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** One JSON value a line, compressed. */
export class PortableWriter {
  private lines = 0;
  private readonly gzip: Gzip = createGzip();
  private readonly written: Promise<void>;

  private constructor(
    private readonly path: string,
    private readonly name: string,
  ) {
    this.written = pipeline(this.gzip, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
    // Whoever writes next, or ends it, hears of it.
    this.written.catch(() => undefined);
  }

  /** @throws Error where there is such a file. */
  static create(path: string, name: string): PortableWriter {
    return new PortableWriter(path, name);
  }

  /** Waits where the disk does. */
  async write(value: unknown): Promise<void> {
    this.lines += 1;
    if (this.gzip.write(`${JSON.stringify(value)}\n`)) return;
    await Promise.race([once(this.gzip, 'drain'), this.written]);
  }

  /** The file is on the disk, and no more is written to it. */
  async end(): Promise<WrittenFile> {
    this.gzip.end();
    await this.written;
    const file = await open(this.path, 'r');
    await file.sync();
    await file.close();
    return { name: this.name, lines: this.lines, ...(await sumOf(this.path)) };
  }

  /** Gives it up: what was written stays, and is no backup. */
  async abandon(): Promise<void> {
    this.gzip.destroy();
    await this.written.catch(() => undefined);
  }
}

/** Size and SHA-256 of a file as it lies on the disk. */
export async function sumOf(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** The values of a file, in their order. @throws Error where it cannot be read to its end */
export async function* portableValues(path: string): AsyncGenerator<unknown, void, undefined> {
  const [file, gunzip] = [createReadStream(path), createGunzip()];
  file.on('error', (error) => gunzip.destroy(error));
  try {
    for await (const line of createInterface({ input: file.pipe(gunzip), crlfDelay: Infinity })) yield JSON.parse(line) as unknown;
  } finally {
    file.destroy();
    gunzip.destroy();
  }
}
