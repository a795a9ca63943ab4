import { describe, expect, it } from 'vitest';
import { hashConfig } from '../../src/config/config-hash.js';
import { resolveFlags } from '../../src/config/resolve-flags.js';

const flags = {
  source: 'mysql://reader:one@old/shop',
  target: 'postgres://new/shop?sslpassword=x&sslmode=require',
};

describe('the digest of a config', () => {
  it('is sixteen hex digits, the same for the same question', () => {
    expect(hashConfig(resolveFlags(flags))).toMatch(/^[0-9a-f]{16}$/);
    expect(hashConfig(resolveFlags(flags))).toBe(hashConfig(resolveFlags({ ...flags })));
  });

  it('does not depend on passwords', () => {
    const other = { source: 'mysql://reader:two@old/shop', target: 'postgres://new/shop?sslmode=require' };
    expect(hashConfig(resolveFlags(other))).toBe(hashConfig(resolveFlags(flags)));
  });

  it.each([
    { source: 'mysql://reader:one@old/other' },
    { where: ['orders:id > 3'] },
    { key: ['orders:id'] },
    { seed: '7' },
    { 'hide-values': true },
    { map: ['a=b'] },
  ])('changes with %j', (change) => {
    expect(hashConfig(resolveFlags({ ...flags, ...change }))).not.toBe(hashConfig(resolveFlags(flags)));
  });

  it('does not depend on the order in which tables were given their conditions', () => {
    const one = resolveFlags({ ...flags, where: ['a:x', 'b:y'] });
    const other = resolveFlags({ ...flags, where: ['b:y', 'a:x'] });
    expect(hashConfig(one)).toBe(hashConfig(other));
  });
});
