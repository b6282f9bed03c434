/**
 * Work that many ask for under one name. What is asked for while it is under way begins anew when that has ended, once for
 * all who have asked meanwhile: nobody is given an answer that is older than the question.
 */
export class Shared<T> {
  private readonly underWay = new Map<string, { readonly running: Promise<T>; next?: Promise<T> }>();

  /** Resolves, or fails, with what came of work that began after the call. */
  get(name: string, begin: () => Promise<T>): Promise<T> {
    const current = this.underWay.get(name);
    if (current === undefined) {
      return this.start(name, begin);
    }
    const again = (): Promise<T> => this.start(name, begin);
    return (current.next ??= current.running.then(again, again));
  }

  private start(name: string, begin: () => Promise<T>): Promise<T> {
    const running = begin();
    const entry: { readonly running: Promise<T>; next?: Promise<T> } = { running };
    this.underWay.set(name, entry);
    const ended = (): void => {
      if (entry.next === undefined) {
        this.underWay.delete(name);
      }
    };
    running.then(ended, ended);
    return running;
  }
}
