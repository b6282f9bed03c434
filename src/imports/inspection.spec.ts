import { describe, expect, it } from '@jest/globals';
import { readable, rowsIn } from './inspection.js';

async function* text(...pieces: string[]): AsyncGenerator<string> {
  for (const piece of pieces) yield await Promise.resolve(piece);
}
const rows = (kind: 'cash' | 'mt940' | 'camt053', ...pieces: string[]) => readable(() => rowsIn(kind, () => text(...pieces)));

describe('a file that comes in', () => {
  it('IMP-3: is read to its end before any of it is posted', async () => {
    expect(await rows('cash', 'date,reference,amount\n2026-10-26,R1,1.00\n', '2026-10-26,R2,2.00\n')).toBe(2);
    await expect(rows('camt053', '<Document><unclosed>')).rejects.toThrow(/^IMP-3/);
    await expect(rows('cash', 'this,is,no,cash,file\n1,2,3,4,5\n')).rejects.toThrow(/^IMP-3/);
  });

  it('IMP-2: has something in it', async () => {
    await expect(rows('cash', '', ' \r\n')).rejects.toThrow(/^IMP-2/);
  });
});
