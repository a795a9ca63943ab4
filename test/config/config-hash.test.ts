import { describe, expect, it } from 'vitest';
import { hashConfig } from '../../src/config/config-hash.js';
import { resolveConfig } from '../../src/config/resolve-config.js';

const flags = {
  source: 'mysql://reader:one@old/shop',
  target: 'postgres://new/shop?sslpassword=x&sslmode=require',
};

describe('the digest of a config', () => {
  it('is sixteen hex digits, the same for the same question', () => {
    expect(hashConfig(resolveConfig(flags))).toMatch(/^[0-9a-f]{16}$/);
    expect(hashConfig(resolveConfig(flags))).toBe(hashConfig(resolveConfig({ ...flags })));
  });

  it('does not depend on passwords', () => {
    const other = { source: 'mysql://reader:two@old/shop', target: 'postgres://new/shop?sslmode=require' };
    expect(hashConfig(resolveConfig(other))).toBe(hashConfig(resolveConfig(flags)));
  });

  it.each([
    { source: 'mysql://reader:one@old/other' },
    { where: ['orders:id > 3'] },
    { key: ['orders:id'] },
    { seed: '7' },
    { 'hide-values': true },
    { map: ['a=b'] },
  ])('changes with %j', (change) => {
    expect(hashConfig(resolveConfig({ ...flags, ...change }))).not.toBe(hashConfig(resolveConfig(flags)));
  });

  it('does not depend on the order in which tables were given their conditions', () => {
    const one = resolveConfig({ ...flags, where: ['a:x', 'b:y'] });
    const other = resolveConfig({ ...flags, where: ['b:y', 'a:x'] });
    expect(hashConfig(one)).toBe(hashConfig(other));
  });
});
