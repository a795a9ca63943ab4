import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { deriveKey, readSecret } from '../../src/secrets/read-secret.js';

const TEXT = 'a secret of more than sixteen bytes';
const folder = mkdtempSync(join(tmpdir(), 'rowproof-secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));

function keyFile(name: string, { text = `${TEXT}\n`, mode = 0o600 } = {}): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode });
  return path;
}

const read = (from: { env?: NodeJS.ProcessEnv; path?: string; protects?: readonly string[] }) =>
  readSecret({ env: from.env ?? {}, keyFile: from.path ?? null, protects: from.protects ?? [] });

describe('the secret', () => {
  it('is that of the file, without the line break of an editor, or else of the environment', () => {
    const env = { ROWPROOF_KEY: 'another secret of the environment' };
    expect(read({ env, path: keyFile('a') })?.toString()).toBe(TEXT);
    expect(read({ env })?.toString()).toBe(env.ROWPROOF_KEY);
    expect(read({})).toBeNull();
    expect(read({ env: { ROWPROOF_KEY: '' } })).toBeNull();
  });

  it.each([
    [
      'others may read its file',
      () => ({ path: keyFile('b', { mode: 0o640 }) }),
      'Others may read the key file',
    ],
    ['its file is not there', () => ({ path: join(folder, 'none') }), 'Cannot read the key file'],
    ['it can be guessed', () => ({ env: { ROWPROOF_KEY: 'fifteen letters' } }), 'could be guessed'],
    ['its file is no line', () => ({ path: keyFile('c', { text: 'x'.repeat(5000) }) }), 'is too large'],
  ])('is refused where %s', (_title, from, message) => {
    expect(() => read(from())).toThrow(message);
  });

  it('is refused where it lies in what it protects, at any depth, and not beside it', () => {
    mkdirSync(join(folder, 'in', 'deep'), { recursive: true });
    const path = keyFile('in/deep/key');
    expect(() => read({ path, protects: [join(folder, 'in')] })).toThrow('which it protects');
    expect(read({ path, protects: [join(folder, 'i')] })?.toString()).toBe(TEXT);
  });

  it('makes a key for each purpose, that of HKDF', () => {
    const keys = (['waivers', 'history', 'hash-keys'] as const).map((purpose) =>
      deriveKey(Buffer.from(TEXT), purpose).toString('hex'),
    );
    expect(new Set(keys).size).toBe(3);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{64}$/);
  });
});
