/**
 * One piece of work on a stream after the other, of those in this process that take turns: they do not keep overtaking
 * each other. Other processes still overtake; the log decides.
 */
export class Turns {
  /** The last piece of each stream that is under way or waits. */
  private readonly last = new Map<string, Promise<void>>();

  /** Does a piece of work when those that came before it are over, however they ended. */
  async take<T>(stream: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.last.get(stream) ?? Promise.resolve()).then(work);
    const over = mine.then(() => undefined, () => undefined);
    this.last.set(stream, over);
    try {
      return await mine;
    } finally {
      if (this.last.get(stream) === over) this.last.delete(stream);
    }
  }
}
