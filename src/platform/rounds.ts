/**
 * Answers what is asked at the same time by one piece of work. A question is never answered by work that began before
 * it was asked; what comes in while a round is under way waits for the next.
 */
export class Rounds<Q, A> {
  private waiting: { question: Q; resolve: (answer: A) => void; reject: (error: unknown) => void }[] = [];
  private scheduled = false;

  /** @param work answers in the order of the questions; where it throws, everyone who asked is told. */
  constructor(private readonly work: (questions: readonly Q[]) => Promise<readonly A[]>) {}

  ask(question: Q): Promise<A> {
    return new Promise<A>((resolve, reject) => {
      this.waiting.push({ question, resolve, reject });
      if (this.scheduled) return;
      this.scheduled = true;
      // Others may ask in this very turn.
      setImmediate(() => void this.run());
    });
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      const asked = this.waiting;
      this.waiting = [];
      try {
        const answers = await this.work(asked.map(({ question }) => question));
        asked.forEach(({ resolve }, index) => resolve(answers[index]!));
      } catch (error) {
        for (const { reject } of asked) reject(error);
      }
    }
    this.scheduled = false;
  }
}
