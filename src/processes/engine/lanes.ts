/** Work in lanes: one after the other in a lane, side by side between lanes, never more than some at once. */
export class Lanes {
  private readonly tails = new Map<string, Promise<void>>();
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  /** Does the work after everything that was given to its lane before, whatever became of that. */
  run(lane: string, work: () => Promise<void>): Promise<void> {
    const done = (this.tails.get(lane) ?? Promise.resolve()).then(() => this.inSlot(work));
    const tail = done
      .catch(() => undefined)
      .then(() => {
        if (this.tails.get(lane) === tail) this.tails.delete(lane);
      });
    this.tails.set(lane, tail);
    return done;
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    while (this.tails.size > 0) await Promise.all(this.tails.values());
  }

  private async inSlot(work: () => Promise<void>): Promise<void> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    }
  }
}
