import { describe, expect, it } from '@jest/globals';
import sharedMessages from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import fc from 'fast-check';
import { setImmediate } from 'node:timers/promises';
import { StreamEnds } from './stream-ends.js';

type ReadEvent = InstanceType<typeof streams.ReadResp.ReadEvent>;

function message(stream: string, revision: number, position: number): ReadEvent {
  const [event, identifier, id] = [new streams.ReadResp.ReadEvent.RecordedEvent(), new sharedMessages.StreamIdentifier(), new sharedMessages.UUID()];
  identifier.setStreamName(new Uint8Array(Buffer.from(stream)));
  id.setString(`00000000-0000-4000-8000-${String(position).padStart(12, '0')}`);
  event.setId(id);
  event.setStreamIdentifier(identifier);
  event.setStreamRevision(String(revision));
  event.setCommitPosition(String(position));
  const made = new streams.ReadResp.ReadEvent();
  made.setEvent(event);
  return made;
}

/** A log, and reads of it that are answered when it is said: with what the log was at an earlier moment of their way. */
class World {
  readonly log: { stream: string; revision: number }[] = [];
  readonly ends = new StreamEnds({
    last: () => this.asked(() => (this.log.length === 0 ? undefined : this.at(this.log.length - 1))),
    from: (position, count) => this.asked(() => this.log.map((_, n) => this.at(n)).slice(position - 1, position - 1 + count)),
  });
  private pending: { see: () => void; answer: () => void; fail: () => void }[] = [];
  private reads: { stream: string; beginning: number | undefined; seen?: number }[] = [];

  get isAsked(): boolean {
    return this.pending.length > 0;
  }

  append(stream: string): void {
    this.log.push({ stream, revision: this.endOf(stream, this.log.length) + 1 });
  }

  /** Revision of a stream's last event when the log had so many. */
  endOf(stream: string, length: number): number {
    return this.log.slice(0, length).filter((one) => one.stream === stream).length - 1;
  }

  beginRead(stream: string): void {
    this.reads.push({ stream, beginning: this.ends.reading(stream) });
  }

  see(nth: number): void {
    const read = this.reads[nth % this.reads.length];
    if (read) read.seen ??= this.endOf(read.stream, this.log.length);
    this.pending[nth % this.pending.length]?.see();
  }

  endRead(): void {
    const read = this.reads.shift();
    if (read) this.ends.read(read.stream, read.seen ?? this.endOf(read.stream, this.log.length), read.beginning);
  }

  /** How the longest awaited question to the log ends. */
  async end(how: 'answer' | 'fail'): Promise<void> {
    this.pending.shift()?.[how]();
    await setImmediate();
  }

  private at(n: number): ReadEvent {
    const { stream, revision } = this.log[n]!;
    return message(stream, revision, n + 1);
  }

  private asked<T>(what: () => T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    let seen: { value: T } | undefined;
    const see = (): void => void (seen ??= { value: what() });
    this.pending.push({ see, answer: () => (see(), resolve(seen!.value)), fail: () => reject(new Error('The log does not answer.')) });
    return promise;
  }
}

const NAMES = ['one', 'two'];
type Step = ['append' | 'beginRead', string] | ['see', number] | ['endRead' | 'answer' | 'fail' | 'look'];
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom(...NAMES).map((name): Step => ['append', name]),
  fc.constantFrom(...NAMES).map((name): Step => ['beginRead', name]),
  fc.nat(5).map((n): Step => ['see', n]),
  fc.constantFrom<Step>(['endRead'], ['look']),
  fc.constantFrom<Step>(['answer'], ['answer'], ['answer'], ['fail']),
);

/** A read that began before a look failed ends after the next one, while another read of the stream is under way. */
const overtaken: Step[] = [
  ['append', 'one'], ['look'], ['answer'], ['beginRead', 'one'], ['see', 0], ['append', 'one'], ['look'], ['fail'],
  ['look'], ['answer'], ['beginRead', 'one'], ['endRead'], ['look'], ['answer'],
];

describe('the ends of streams', () => {
  it('are never before what the log had when a look was asked for, in whatever order reads and looks are answered', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80 }), async (steps) => {
      const world = new World();
      const failures: string[] = [];
      for (const [what, which] of steps) {
        if (what === 'append' || what === 'beginRead') world[what](which);
        else if (what === 'see') world.see(which);
        else if (what === 'endRead') world.endRead();
        else if (what === 'answer' || what === 'fail') await world.end(what);
        else {
          const had = world.log.length;
          world.ends.look().then(() => {
            for (const name of NAMES) if ((world.ends.of(name) ?? Infinity) < world.endOf(name, had)) failures.push(`${name} after ${had}`);
          }, () => undefined);
        }
      }
      while (world.isAsked) await world.end('answer');
      expect(failures).toEqual([]);
    }), { numRuns: 3_000, examples: [[overtaken]] });
  });
});
