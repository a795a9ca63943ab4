import { describe, expect, it } from 'vitest';
import { expectedShare } from '../../src/plan/spot-planner.js';

describe('the share of a table that a sample reads', () => {
  it.each([
    [0, 0.1, 1],
    [40, 0.1, 1],
    [1000, 0.01, 1],
    [2000, 0.1, 0.55],
    [1_000_000, 0.01, 0.01099],
  ])('is, of %i rows at %f, %f: the first and the last chunk are always in it', (rows, ratio, share) => {
    expect(expectedShare(rows, ratio)).toBeCloseTo(share, 10);
  });
});
