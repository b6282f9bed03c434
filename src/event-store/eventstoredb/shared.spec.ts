import { describe, expect, it } from '@jest/globals';
import { Shared } from './shared.js';

describe('work that many ask for', () => {
  /** Work that ends when it is told to, with the number of times that it had begun. */
  const work = () => {
    const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
    const begin = (): Promise<number> =>
      new Promise((resolve, reject) => {
        const nth = ends.length + 1;
        ends.push({ resolve: () => resolve(nth), reject });
      });
    return { ends, begin };
  };

  it('is done once more for all who have asked while it was under way, after it', async () => {
    const [shared, { ends, begin }] = [new Shared<number>(), work()];
    const first = shared.get('a', begin);
    const others = [shared.get('a', begin), shared.get('a', begin)];
    expect(ends).toHaveLength(1);
    ends[0]!.resolve();
    expect(await first).toBe(1);
    expect(ends).toHaveLength(2);
    const last = shared.get('a', begin);
    ends[1]!.resolve();
    expect(await Promise.all(others)).toEqual([2, 2]);
    ends[2]!.resolve();
    expect(await last).toBe(3);
  });

  it('begins at once when nothing of that name is under way', async () => {
    const [shared, { ends, begin }] = [new Shared<number>(), work()];
    const [a, b] = [shared.get('a', begin), shared.get('b', begin)];
    for (const end of ends) end.resolve();
    expect(await Promise.all([a, b])).toEqual([1, 2]);
    const later = shared.get('a', begin);
    ends[2]!.resolve();
    expect(await later).toBe(3);
  });

  it('fails for those who asked before it began, and for nobody else', async () => {
    const [shared, { ends, begin }] = [new Shared<number>(), work()];
    const first = shared.get('a', begin);
    const second = shared.get('a', begin);
    ends[0]!.reject(new Error('lost'));
    await expect(first).rejects.toThrow('lost');
    ends[1]!.resolve();
    expect(await second).toBe(2);
  });
});
