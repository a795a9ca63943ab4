import { describe, expect, it } from 'vitest';
import type { RowDifference } from '../../src/core/difference.js';
import { encodeDifferenceLines } from '../../src/core/difference-lines.js';

const ROWS: readonly RowDifference[] = [
  {
    kind: 'changed',
    key: { id: '1', '__proto__ "x"': { hex: '00ff' } },
    columns: ['a"\n', 'b'],
    source: { 'a"\n': '\u2028 "😀"\\', b: { hex: '' } },
    target: { 'a"\n': null, b: '' },
  },
  { kind: 'missing', key: null, columns: [], source: {}, target: null },
  {
    kind: 'extra',
    key: null,
    columns: ['é'],
    source: null,
    target: { é: '1' },
    sourceCopies: 0,
    targetCopies: 2,
  },
];

describe('lines of differences', () => {
  it('read back as the rows they were made of, one a line', () => {
    const text = Buffer.from(encodeDifferenceLines(ROWS)).toString('utf8');
    expect(text.endsWith('\n')).toBe(true);
    expect(
      text
        .slice(0, -1)
        .split('\n')
        .map((line) => JSON.parse(line) as RowDifference),
    ).toEqual(ROWS);
  });

  it('escape what JSON escapes, in text of every length', () => {
    const ends = ['', '"', '\\', '\u001f', '\u007f', '\u0080', '\ud800', '~', ' '];
    const values = ends.flatMap((end) =>
      [0, 1, 255, 256, 257, 5000].map((length) => 'x'.repeat(length) + end),
    );
    const rows = [...values, ...values.map((value) => ({ hex: Buffer.from(value).toString('hex') }))].map(
      (value): RowDifference => ({ kind: 'extra', key: null, columns: [], source: null, target: { value } }),
    );
    const lines = Buffer.from(encodeDifferenceLines(rows)).toString('utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as RowDifference)).toEqual(rows);
  });

  it('are no bytes for no rows', () => {
    expect(encodeDifferenceLines([])).toHaveLength(0);
  });
});
