/** Something that may have changed. Read `seen`, look, then wait: what happens in between is not missed. */
export class Signal {
  private count = 0;
  private readonly listeners = new Set<() => void>();

  get seen(): number {
    return this.count;
  }

  raise(): void {
    this.count += 1;
    for (const listener of [...this.listeners]) listener();
  }

  /** Resolves as soon as it was raised since `seen`, after `atMostMs`, or on abort. */
  after(seen: number, atMostMs: number, abort?: AbortSignal): Promise<void> {
    if (this.count !== seen || abort?.aborted || atMostMs <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.listeners.delete(done);
        abort?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, atMostMs);
      this.listeners.add(done);
      abort?.addEventListener('abort', done, { once: true });
    });
  }
}
