import { TooManyWaiting } from './credentials.js';

/** Work under one key is done one after the other: so many guesses at once do not count as one. */
export class OneAtATime {
  private readonly queues = new Map<string, { tail: Promise<unknown>; length: number }>();

  /** @param limit how many may wait under one key. */
  constructor(private readonly limit = 20) {}

  /** @throws TooManyWaiting */
  async under<T>(key: string, work: () => Promise<T>): Promise<T> {
    const queue = this.queues.get(key) ?? { tail: Promise.resolve(), length: 0 };
    if (queue.length >= this.limit) throw new TooManyWaiting();
    queue.length += 1;
    this.queues.set(key, queue);
    const turn = queue.tail.then(work);
    queue.tail = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      queue.length -= 1;
      if (queue.length === 0) this.queues.delete(key);
    }
  }
}
