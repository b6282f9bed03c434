import type { FileEncoding } from '../domain/money/import-batch/import-batch.js';
import { Unreadable } from './formats/row.js';

export type EncodingName = keyof typeof FileEncoding;

/** Bytes as text, in pieces. A byte order mark is no part of the text. @throws Unreadable for bytes that are not of the encoding. */
export async function* decoded(bytes: AsyncIterable<Uint8Array>, encoding: EncodingName): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding === 'utf_8' ? 'utf-8' : 'windows-1252', { fatal: encoding === 'utf_8' });
  try {
    for await (const piece of bytes) yield decoder.decode(piece, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw new Unreadable('It is not written in UTF-8.');
    throw error;
  }
}

/**
 * Finds out, while the bytes go by, in what they are written: UTF-8 where all of them are that, Windows-1252 otherwise,
 * as older bank software writes.
 */
export class EncodingWatch {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });
  private isUtf8 = true;
  private hasNul = false;

  see(piece: Uint8Array): void {
    this.hasNul ||= piece.includes(0);
    this.check(() => this.decoder.decode(piece, { stream: true }));
  }

  /** To be asked once, when all has gone by. @throws Unreadable for what is no text. */
  found(): EncodingName {
    this.check(() => this.decoder.decode());
    if (this.hasNul) throw new Unreadable('It is no text: files are written in UTF-8 or Windows-1252.');
    return this.isUtf8 ? 'utf_8' : 'windows_1252';
  }

  private check(decode: () => string): void {
    if (!this.isUtf8) return;
    try {
      decode();
    } catch {
      this.isUtf8 = false;
    }
  }
}
