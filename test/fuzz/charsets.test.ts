import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteSink } from '../../src/core/encoding/byte-sink.js';
import { encodeText, loadCharset, toUtf8 } from '../../src/engines/mysql/charset.js';
import type { ControlRow } from '../../src/engines/session.js';
import type { SqlSession } from '../../src/engines/sql-session.js';
import { fuzzAsync, fuzzTimeoutMs } from './fuzz.js';

const SETS = ['latin1', 'swe7', 'gbk', 'sjis', 'ujis', 'eucjpms', 'gb18030', 'utf16', 'utf32', 'ucs2'];

const hexadecimal = fc.oneof(
  fc.integer({ min: 0, max: 0xffffffff }).map((n) => n.toString(16).toUpperCase().padStart(8, '0')),
  fc.integer({ min: 0, max: 0xffff }).map((n) => n.toString(16).toUpperCase().padStart(8, '0')),
);
const answer = fc.oneof(
  hexadecimal,
  fc.string(),
  fc.constant(null),
  fc.constantFrom('0000D800', '00110000', '-0000001'),
);
const code = fc.oneof(
  fc.integer({ min: 0x80, max: 0xff }).map((n) => n.toString(16).toUpperCase()),
  fc.integer({ min: 0, max: 0xffff }).map((n) => n.toString(16).toUpperCase()),
  fc.string(),
  fc.constant(null),
);
const rows = fc.array(fc.record({ code, point: answer, n: code }), { minLength: 100, maxLength: 200 });

/** A server that answers every question with the same rows. */
const lyingSession = (answers: readonly ControlRow[]): SqlSession =>
  ({ query: async () => answers }) as unknown as SqlSession;

describe('the tables of a character set, whatever a server says they are', () => {
  it('give text that is UTF-8, or none', { timeout: fuzzTimeoutMs() }, async () => {
    const texts = fc.array(fc.uint8Array({ maxLength: 4 }), { minLength: 200, maxLength: 400 });
    await fuzzAsync(
      'character sets',
      fc.tuple(fc.constantFrom(...SETS), rows, texts),
      async ([name, answers, bytes]) => {
        const charset = await loadCharset(lyingSession(answers), name);
        for (const each of bytes) {
          const buffer = Buffer.from(each);
          const span = { buffer, start: 0, end: buffer.length };
          encodeText(charset, span, new ByteSink());
          const utf8 = toUtf8(charset, span);
          if (utf8 !== null) expect(isUtf8(utf8)).toBe(true);
        }
      },
    );
  });
});
