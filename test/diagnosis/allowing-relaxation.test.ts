import { describe, expect, it } from 'vitest';
import { parseRelaxation } from '../../src/core/relaxation.js';
import { findAllowingRelaxation } from '../../src/diagnosis/allowing-relaxation.js';

describe('the relaxation that would allow a cause', () => {
  it.each([
    ['time-precision', 'rounded to milliseconds', 'roundTo=ms'],
    ['time-precision', 'rounded to seconds, on the source', 'roundTo=s'],
    ['time-precision', 'cut to minutes', 'truncateTo=min'],
    ['time-precision', 'rounded to 4 fraction digits', 'roundTo=4'],
    ['time-precision', 'cut to 1 fraction digit, on the source', 'truncateTo=1'],
    ['decimal-scale', 'rounded to 2 fraction digits', 'tolerance=0.005'],
    ['decimal-scale', 'rounded to 1 fraction digit, on the source', 'tolerance=0.05'],
    ['decimal-scale', 'rounded to 0 fraction digits', 'tolerance=0.5'],
  ] as const)('of %s, %s, is %s', (cause, detail, relaxation) => {
    expect(findAllowingRelaxation(cause, detail)).toBe(relaxation);
    expect(parseRelaxation(relaxation)).not.toBeNull();
  });

  it.each([
    ['time-precision', 'cut to days'],
    ['time-precision', 'rounded to minutes'],
    ['decimal-scale', 'cut to 2 fraction digits'],
    ['time-shift', 'by +01:00'],
    ['letter-case', 'lower-cased'],
  ] as const)('of %s, %s, does not exist', (cause, detail) => {
    expect(findAllowingRelaxation(cause, detail)).toBeNull();
  });
});
