import { describe, expect, it } from 'vitest';
import { combineVerdicts, type Verdict } from '../../src/core/verdict.js';

describe('the verdict of a run', () => {
  it.each<[Verdict[], Verdict]>([
    [['verified', 'verified'], 'verified'],
    [['verified', 'sampled'], 'sampled'],
    [['sampled', 'counted', 'verified'], 'counted'],
    [['counted', 'unverified', 'sampled'], 'unverified'],
    [['unverified', 'different', 'counted'], 'different'],
    [['waived', 'verified'], 'waived'],
    [['waived', 'counted', 'sampled'], 'waived'],
    [['waived', 'unverified'], 'unverified'],
    [['waived', 'different'], 'different'],
    [[], 'verified'],
  ])('of %j is %s, in whatever order they come', (verdicts, expected) => {
    expect(combineVerdicts(verdicts)).toBe(expected);
    expect(combineVerdicts(verdicts.toReversed())).toBe(expected);
  });
});
