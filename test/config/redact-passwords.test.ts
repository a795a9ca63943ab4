import { describe, expect, it } from 'vitest';
import { findPasswords, redactPasswords } from '../../src/config/redact-passwords.js';

describe('redaction', () => {
  it.each([
    ['cannot reach mysql://root:s3cret@db:3306/shop now', 'cannot reach mysql://root:***@db:3306/shop now'],
    ['postgres://u:s3@cr/et@db/shop', 'postgres://u:***@db/shop'],
    ['postgres://:s3cret@db/shop', 'postgres://:***@db/shop'],
    ['postgres://db/shop?password=s3cret&sslmode=require', 'postgres://db/shop?password=***&sslmode=require'],
    ['postgres://db/shop?sslmode=require', 'postgres://db/shop?sslmode=require'],
    ['mysql://reader@db/shop', 'mysql://reader@db/shop'],
  ])('%s becomes %s', (text, redacted) => {
    expect(redactPasswords(text)).toBe(redacted);
  });

  it('finds the passwords of a command line, also those with spaces and in --flag=URL', () => {
    const argv = [
      'verify',
      '--source=mysql://u:a b@h/d',
      '--target',
      'postgres://u:x@y@h/d',
      '--where',
      'o:a = 1',
    ];
    expect(findPasswords(argv)).toEqual(['a b', 'x@y']);
  });
});
