import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DifferenceKind, RowDifference, StoredRow, Value } from '../../src/core/difference.js';
import { encodeDifferenceLines } from '../../src/core/difference-lines.js';
import { formatDifferenceLine } from '../../src/report/differences-line.js';
import { retellLines } from '../../src/report/kept-lines.js';
import { wholeLines } from '../../src/state/whole-lines.js';
import { propertySeed } from '../support/property-seed.js';

/** Texts that look like parts of the lines themselves. */
const PARTS = [
  ...['source', 'target', 'columns', 'kind', 'key', 'draw', 'sourceCopies', '__proto__', 'constructor', '1'],
  ...[
    '],"source":null,',
    ',"target":null}\n',
    '\n{',
    '],',
    ']',
    ',"target":null}',
    '"target":null}\n{"',
    '$&',
  ],
  ...['##[x]', '\u2028', '\ud800', 'é', '\u001b[2J', '\\', '"', '\\"],\\"draw\\":', '😀', '\u200b'],
];
const text = fc.oneof(
  fc.constantFrom(...PARTS),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.array(fc.constantFrom(...PARTS), { maxLength: 3 }).map((parts) => parts.join('')),
);
const value: fc.Arbitrary<Value> = fc.oneof(
  fc.constant(null),
  text,
  fc.uint8Array({ maxLength: 4 }).map((bytes) => ({ hex: Buffer.from(bytes).toString('hex') })),
);
const values = fc
  .array(fc.tuple(text, value), { maxLength: 4 })
  .map((entries): Record<string, Value> => Object.fromEntries(entries));
const copies = fc.option(fc.nat(9), { nil: undefined });
const row = fc
  .record({
    kind: fc.constantFrom<DifferenceKind>('missing', 'extra', 'changed'),
    key: fc.option(values),
    columns: fc.array(text, { maxLength: 4 }),
    source: fc.option(values),
    target: fc.option(values),
    sourceCopies: copies,
    targetCopies: copies,
    draw: fc.option(fc.nat(40), { nil: undefined, freq: 1 }),
  })
  .map(
    (each) =>
      Object.fromEntries(Object.entries(each).filter(([, of]) => of !== undefined)) as StoredRow & object,
  );

function linesOf(rows: readonly RowDifference[]): string {
  return Buffer.from(encodeDifferenceLines(rows)).toString('utf8');
}

describe('lines as a run keeps them', () => {
  it('become the lines of a differences file, whatever they hold', () => {
    fc.assert(
      fc.property(text, fc.array(row, { minLength: 1, maxLength: 6 }), (table, rows) => {
        const lines = linesOf(rows);
        const read = lines
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line) as RowDifference);
        const expected = read.map((each) => formatDifferenceLine(table, each)).join('');
        expect(retellLines({ table, text: lines })).toBe(expected);
      }),
      { numRuns: 3000, ...propertySeed() },
    );
  });

  it('lose the side that has no row, and not a column of that name', () => {
    const rows: RowDifference[] = [
      {
        kind: 'missing',
        key: { id: '1' },
        columns: ['target'],
        source: { id: '1', target: null },
        target: null,
      },
      {
        kind: 'extra',
        key: { id: '2' },
        columns: ['source', 'target'],
        source: null,
        target: { source: null, target: { hex: '00' } },
      },
    ];
    expect(retellLines({ table: 's.$&', text: linesOf(rows) })).toBe(
      [
        '{"table":"s.$&","kind":"missing","key":{"id":"1"},"columns":["target"],"source":{"id":"1","target":null}}\n',
        '{"table":"s.$&","kind":"extra","key":{"id":"2"},"columns":["source","target"],"target":{"source":null,"target":{"hex":"00"}}}\n',
      ].join(''),
    );
  });

  it('come whole from pieces of any length', async () => {
    const lines = 'a\nbc\n\ndéf\n'.repeat(5);
    for (let length = 1; length < lines.length + 1; length++) {
      async function* pieces() {
        for (let at = 0; at < lines.length; at += length) yield lines.slice(at, at + length);
      }
      const whole: string[] = [];
      for await (const each of wholeLines(pieces())) whole.push(each);
      expect(whole.every((each) => each.endsWith('\n'))).toBe(true);
      expect(whole.join('')).toBe(lines);
    }
  });
});
