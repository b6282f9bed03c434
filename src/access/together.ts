interface Waiting<Key, Value> {
  readonly key: Key;
  readonly resolve: (value: Value | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** What several callers ask for in the same turn, or while a question is under way, becomes one question. */
export class Together<Key, Value> {
  private waiting: Waiting<Key, Value>[] = [];
  private asking = false;

  /** @param ask answers by position; undefined where there is nothing. */
  constructor(private readonly ask: (keys: readonly Key[]) => Promise<readonly (Value | undefined)[]>) {}

  get(key: Key): Promise<Value | undefined> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ key, resolve, reject });
      if (this.asking) return;
      this.asking = true;
      setImmediate(() => void this.send());
    });
  }

  private async send(): Promise<void> {
    while (this.waiting.length > 0) {
      const asked = this.waiting;
      this.waiting = [];
      try {
        const answers = await this.ask(asked.map(({ key }) => key));
        asked.forEach(({ resolve }, index) => resolve(answers[index]));
      } catch (error) {
        for (const { reject } of asked) reject(error);
      }
    }
    this.asking = false;
  }
}
