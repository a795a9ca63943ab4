import { describe, expect, it } from 'vitest';
import { damageBound, isDrawn } from '../../src/core/sampling.js';

describe('drawing a chunk', () => {
  it('takes the hashes below the share and no other', () => {
    const quarter = 2n ** 62n;
    expect(isDrawn(0n, 0.25)).toBe(true);
    expect(isDrawn(quarter - 1n, 0.25)).toBe(true);
    expect(isDrawn(quarter, 0.25)).toBe(false);
    expect(isDrawn(2n ** 64n - 1n, 1)).toBe(true);
  });
});

describe('the bound on damage that was not seen', () => {
  it('is the rule of three', () => {
    expect(damageBound(300)).toBe(0.01);
  });
  it('is not stated for so few chunks that it would allow everything', () => {
    expect(damageBound(3)).toBeNull();
  });
});
