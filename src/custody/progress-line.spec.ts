import { describe, expect, it } from '@jest/globals';
import { progressLine } from './progress-line.js';

describe('a line of progress', () => {
  it('says how far, how fast, and how long it still takes', () => {
    expect(progressLine('copying', { share: 0.25, events: 5_000, since: 1_000 }, 6_000)).toBe('copying    █████░░░░░░░░░░░░░░░ 25 %  5000 events, 1000 a second, about 15 s left');
  });

  it('is full where more came than was there when it began, and guesses nothing before there is anything', () => {
    expect(progressLine('verifying', { share: 1.2, events: 10, since: 0 }, 1_000)).toBe('verifying  ████████████████████ 100 %  10 events, 10 a second, about 0 s left');
    expect(progressLine('copying', { share: 0, events: 0, since: 0 }, 1_000)).toBe('copying    ░░░░░░░░░░░░░░░░░░░░ 0 %  0 events, 0 a second');
  });
});
