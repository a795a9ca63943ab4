import { describe, expect, it } from 'vitest';
import { PLAIN } from '../../src/core/column-rule.js';
import type { RowDifference, Value } from '../../src/core/difference.js';
import { diagnoseChanges } from '../../src/diagnosis/column-causes.js';
import { diagnose, pairOf, reversed } from './diagnose-values.js';

describe('changed UUIDs', () => {
  const uuid = pairOf('token', 'uuid');
  const plain = '6ccd780c-baba-1026-9564-5b8c656024db';

  it('have their groups swapped as the swap flag of UUID_TO_BIN does', () => {
    const swapped = { hex: '1026baba6ccd780c95645b8c656024db' };
    expect(diagnose(uuid, [[plain, swapped]])).toEqual([
      "uuid-groups-swapped, as UUID_TO_BIN's swap flag does: 1 of 1 proved",
    ]);
    expect(diagnose(uuid, reversed([[plain, swapped]]))).toEqual([
      "uuid-groups-swapped, as UUID_TO_BIN's swap flag does, on the source: 1 of 1 proved",
    ]);
  });

  it('have their first bytes reversed as in a GUID', () => {
    expect(diagnose(uuid, [[plain, '0C78CD6C-BABA-2610-9564-5B8C656024DB']])).toContain(
      'uuid-groups-swapped, bytes of the first three reversed, as in a GUID: 1 of 1 proved',
    );
  });

  it('are no longer swapped where the user said that they are', () => {
    const target = { kind: 'adapted', canonical: 'uuid', steps: [{ kind: 'unswap-uuid' }] } as const;
    const rule = {
      kind: 'adapted',
      source: PLAIN,
      target,
      tolerance: null,
      assumed: ['swapped'],
      relaxed: [],
    } as const;
    const swapped = { hex: '1026baba6ccd780c95645b8c656024db' };
    expect(diagnose({ ...uuid, rule }, [[plain, swapped]])).toEqual([]);
    expect(diagnose({ ...uuid, rule }, [[plain, { hex: plain.replaceAll('-', '') }]])).toEqual([
      "uuid-groups-swapped, as UUID_TO_BIN's swap flag does, on the source: 1 of 1 proved",
    ]);
  });

  it('are something else where a digit differs', () => {
    expect(diagnose(uuid, [[plain, { hex: '1026baba6ccd780c95645b8c656024dc' }]])).toEqual([]);
  });
});

describe('columns of one row', () => {
  const pairs = [pairOf('first_name', 'text'), pairOf('last_name', 'text'), pairOf('price', 'decimal')];
  const changed = (
    source: Record<string, Value>,
    target: Record<string, Value>,
    id = '1',
  ): RowDifference => ({
    kind: 'changed',
    key: { id },
    columns: Object.keys(source),
    source,
    target,
  });
  const diagnoseRows = (rows: readonly RowDifference[]) => {
    return diagnoseChanges(pairs, rows);
  };

  it('are found swapped, as one diagnosis of both', () => {
    const rows = [
      changed(
        { first_name: 'Ada', last_name: 'Lovelace' },
        { first_name: 'Lovelace', last_name: 'Ada' },
        '1',
      ),
      changed({ first_name: 'Alan', last_name: 'Turing' }, { first_name: 'Turing', last_name: 'Alan' }, '2'),
      changed(
        { first_name: 'Grace', last_name: 'Hopper' },
        { first_name: 'Hopper', last_name: 'Grace' },
        '3',
      ),
    ];
    expect(diagnoseRows(rows)).toEqual([
      {
        cause: 'columns-swapped',
        confidence: 'proved',
        columns: ['first_name', 'last_name'],
        rows: 3,
        evidence: {
          detail: '',
          of: 3,
          examples: [
            { key: { id: '1' }, column: 'first_name', source: 'Ada', target: 'Lovelace' },
            { key: { id: '2' }, column: 'first_name', source: 'Alan', target: 'Turing' },
            { key: { id: '3' }, column: 'first_name', source: 'Grace', target: 'Hopper' },
          ],
        },
      },
    ]);
  });

  it('are not swapped where one is only copied, or both are flags', () => {
    for (const target of [
      { first_name: 'Lovelace', last_name: 'Somebody' },
      { first_name: 'Somebody', last_name: 'Augusta' },
    ]) {
      const rows = ['1', '2', '3'].map((id) =>
        changed({ first_name: 'Augusta', last_name: 'Lovelace' }, target, id),
      );
      expect(diagnoseRows(rows)).toEqual([]);
    }
    expect(
      diagnoseRows([changed({ first_name: 'Ada', last_name: 'L' }, { first_name: 'L', last_name: 'M' })]),
    ).toEqual([]);
    expect(
      diagnoseRows([changed({ first_name: '0', last_name: '1' }, { first_name: '1', last_name: '0' })]),
    ).toEqual([]);
  });

  it('are diagnosed each for itself', () => {
    const rows = [1, 2, 3].map((i) =>
      changed(
        { first_name: `Ann${i}`, price: `1${i}.125` },
        { first_name: `ANN${i}`, price: `1${i}.12` },
        `${i}`,
      ),
    );
    expect(diagnoseRows(rows).map(({ cause, columns, rows: count }) => [cause, columns, count])).toEqual([
      ['letter-case', ['first_name'], 3],
      ['decimal-scale', ['price'], 3],
    ]);
  });

  it('give no example of a value too long for a report', () => {
    const long = 'x'.repeat(500);
    const [diagnosis] = diagnoseRows([changed({ first_name: `${long} ` }, { first_name: long })]);
    expect(diagnosis).toMatchObject({ cause: 'edge-spaces', evidence: { examples: [] } });
  });
});

describe('a pair of values that comes up again', () => {
  it('is explained anew where another column changed with it', () => {
    const columns = [pairOf('updated_at', 'datetime'), pairOf('name', 'text')];
    const before = { updated_at: '2024-01-01 10:00:01.123456', name: 'Ada' };
    const after = { updated_at: '2024-01-01 10:00:03.654321', name: 'Lovelace' };
    const rows = Array.from({ length: 20 }, (_, i): RowDifference => {
      const changed = i % 4 === 3 ? ['updated_at', 'name'] : ['updated_at'];
      return { kind: 'changed', key: { id: `${i}` }, columns: changed, source: before, target: after };
    });
    expect(
      diagnoseChanges(columns, rows).map(({ cause, rows: count, evidence }) => [cause, count, evidence.of]),
    ).toEqual([['auto-updated', 15, 20]]);
  });
});
