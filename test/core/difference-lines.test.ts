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

  it('are no bytes for no rows', () => {
    expect(encodeDifferenceLines([])).toHaveLength(0);
  });
});
