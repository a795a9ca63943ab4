import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSecret } from '../../src/secrets/read-secret.js';
import { Secret } from '../../src/secrets/secret.js';

const TEXT = 'sixteen bytes at least';
const NOWHERE = { besides: [], inside: [] };
let folder = '';
const place = (name: string): string => join(folder, name);
const read = (
  variables: Record<string, string>,
  keyFile: string | null = null,
  protects = NOWHERE as never,
) => readSecret({ variables, keyFile, protects });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rowproof-secret-'));
  for (const [name, mode] of [
    ['mine', 0o600],
    ['open', 0o644],
    ['group', 0o640],
  ] as const) {
    writeFileSync(place(name), `${TEXT}\n`);
    chmodSync(place(name), mode);
  }
  writeFileSync(place('short'), 'short\n', { mode: 0o600 });
  mkdirSync(place('history/deep'), { recursive: true });
  writeFileSync(place('history/deep/mine'), TEXT, { mode: 0o600 });
  symlinkSync(place('history'), place('link'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the secret', () => {
  it('is none where nobody gives one', () => {
    expect(read({})).toBeNull();
    expect(read({ ROWPROOF_KEY: '', ROWPROOF_KEY_FILE: '' })).toBeNull();
  });

  it('is the same from the environment and from a file, whose last line may end', () => {
    const hashes = [
      read({ ROWPROOF_KEY: TEXT }),
      read({ ROWPROOF_KEY_FILE: place('mine') }),
      read({}, place('mine')),
    ];
    expect(new Set(hashes.map((each) => each?.hasherFor('waivers')('a').toString('hex'))).size).toBe(1);
  });

  it.each([
    ['open', {}, /^Others may read the key file /],
    ['group', {}, /^Others may read the key file /],
    ['short', {}, /holds 5 bytes, and a secret has 16 at least/],
    ['nobody', {}, /there is no such file/],
    ['history', {}, /is no regular file/],
    ['mine', { ROWPROOF_KEY: TEXT }, /^Expected one secret, got ROWPROOF_KEY and --key-file/],
  ])('is refused from %s with %j', (name, variables, message) => {
    expect(() => read(variables, place(name))).toThrow(message);
  });

  it('is refused where it lies with the hashes that it protects, by whatever way', () => {
    const beside = { besides: [folder], inside: [] } as never;
    const inside = { besides: [], inside: [place('link')] } as never;
    expect(() => read({}, place('mine'), beside)).toThrow(/whose hashes it is to protect/);
    expect(() => read({}, place('history/deep/mine'), inside)).toThrow(/whose hashes it is to protect/);
    expect(read({}, place('mine'), inside)).not.toBeNull();
  });

  it('makes another key for each purpose, and is in no text', () => {
    const secret = new Secret(Buffer.from(TEXT));
    const hashes = (['waivers', 'history', 'hash-keys'] as const).map((purpose) =>
      secret.hasherFor(purpose)('a').toString('hex'),
    );
    expect(new Set(hashes).size).toBe(3);
    const shown = [JSON.stringify(secret), inspect(secret, { showHidden: true }), String(secret)].join('\n');
    expect(shown).not.toContain(TEXT);
    expect(shown).not.toContain(Buffer.from(TEXT).toString('hex'));
  });

  it('is in no message about it', () => {
    const messages = ['open', 'short'].map((name) => {
      try {
        read({}, place(name));
        return 'read';
      } catch (error) {
        return inspect(error);
      }
    });
    for (const message of messages) expect(message).not.toMatch(/sixteen|'short'/);
  });
});
