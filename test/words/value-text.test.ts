import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatValue, formatValuePair } from '../../src/words/value-text.js';

const pair = (source: string, target: string, limit = 60) => formatValuePair({ source, target, limit });

describe('a value', () => {
  it.each([
    [null, 'NULL'],
    ['NULL', "'NULL'"],
    ['', "''"],
    ['42', '42'],
    ['-1.50', '-1.50'],
    ['1 ', "'1␠'"],
    ['  a  b ', "'␠␠a  b␠'"],
    ['a\nb\r\t\0', "'a\\nb\\r\\t\\0'"],
    ["it's", "'it\\'s'"],
    ['C:\\n', "'C:\\\\n'"],
    ['\u001b[31mred', "'\\u{1b}[31mred'"],
    ['a\u00a0b\u200b', "'a\\u{a0}b\\u{200b}'"],
    ['\ud800', "'\\u{d800}'"],
    ['Grüße', "'Grüße'"],
    [{ hex: '' }, '0x'],
    [{ hex: '00ff' }, '0x00ff'],
  ])('%j is shown as %s', (value, shown) => {
    expect(formatValue(value, 60)).toBe(shown);
  });

  it('loses its middle and tells its length when it is long', () => {
    expect(formatValue('a'.repeat(1000) + 'z'.repeat(1000), 9)).toBe("'aaaaaa…zzz' (2,000 characters)");
    expect(formatValue({ hex: '00'.repeat(50) + 'ff'.repeat(50) }, 9)).toBe(
      '0x000000000000…ffffff (100 bytes)',
    );
  });

  it('prints unlike any other value as long as it is shown in full', () => {
    const text = fc.string({ unit: 'binary', maxLength: 30 });
    fc.assert(
      fc.property(text, text, (one, other) => {
        fc.pre(one !== other);
        expect(formatValue(one, 60)).not.toBe(formatValue(other, 60));
      }),
    );
  });

  it('never sends a control character to a terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(formatValue(text, 20)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe('the values of a changed column', () => {
  it('show the place where long values differ, on both sides alike', () => {
    const before = 'x'.repeat(5000);
    const [source, target] = pair(`${before}ONE${before}`, `${before}TWO${before}`);
    expect(source).toBe(
      `'…${'x'.repeat(20)}ONE${'x'.repeat(37)}…'\n(10,003 characters, differs at character 5,001)`,
    );
    expect(target).toContain(`'…${'x'.repeat(20)}TWO`);
  });

  it('show where a cut-off value ends', () => {
    const [source, target] = pair('y'.repeat(300), 'y'.repeat(255));
    expect(source).toContain('(300 characters, differs at character 256)');
    expect(target).toBe(`'…${'y'.repeat(20)}'\n(255 characters, differs at character 256)`);
  });

  it('count bytes where they are bytes', () => {
    const long = '00'.repeat(100);
    const [source] = formatValuePair({
      source: { hex: `${long}01` },
      target: { hex: `${long}02` },
      limit: 10,
    });
    expect(source).toBe('0x…00000001\n(101 bytes, differs at byte 101)');
  });

  it('are spelled out where they only look alike', () => {
    expect(pair('Zo\u00eb', 'Zoe\u0308')).toEqual(["'Zo\\u{eb}'", "'Zoe\\u{308}'"]);
    expect(pair('a b', 'a\u00a0b')).toEqual(["'a b'", "'a\\u{a0}b'"]);
    expect(pair('ﬁ', 'fi')).toEqual(["'\\u{fb01}'", "'fi'"]);
  });

  it('always print differently', () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(text, text, fc.string({ unit: 'binary', maxLength: 200 }), (one, other, shared) => {
        fc.pre(one !== other);
        const [source, target] = pair(shared + one, shared + other, 30);
        expect(source).not.toBe(target);
      }),
    );
  });
});
