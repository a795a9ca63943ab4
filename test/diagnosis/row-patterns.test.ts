import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../src/core/diagnosis.js';
import type { RowDifference, Value } from '../../src/core/difference.js';
import type { KeyKind } from '../../src/core/encoding/key-bytes.js';
import type { TablePair } from '../../src/core/pairing.js';
import type { Table } from '../../src/core/schema.js';
import { compareKeys } from '../../src/diagnosis/key-order.js';
import { MissingRows } from '../../src/diagnosis/missing-rows.js';
import { MovedRows } from '../../src/diagnosis/moved-rows.js';
import { diagnoseRowCount, isRound } from '../../src/diagnosis/row-count.js';
import { SurvivingSiblings } from '../../src/diagnosis/surviving-siblings.js';
import { pairOf } from './diagnose-values.js';

const describeAll = (diagnoses: readonly Diagnosis[]): string[] =>
  diagnoses.map(
    ({ cause, confidence, rows, evidence: { detail, of } }) =>
      `${cause}, ${detail}: ${rows} of ${of} ${confidence}`,
  );

const range = (first: number, last: number, step = 1): number[] =>
  Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => first + i * step);

const ascending = (one: number, other: number): number => one - other;

const FACTS = {
  keyKinds: ['int'] as const,
  sourceRows: 10_000,
  targetRows: 9000,
  isConditional: false,
  showsKeys: true,
  areAll: true,
};

describe('missing rows', () => {
  const diagnose = (keys: readonly number[], lastTargetKey: readonly Value[] | null, isComplete = true) => {
    const missing = new MissingRows({ ...FACTS, lastTargetKey });
    for (const key of keys) missing.add([`${key}`]);
    return describeAll(missing.diagnose(isComplete));
  };

  it('are the tail where the target ends before the first of them', () => {
    expect(diagnose(range(9001, 10_000), ['9000'])).toEqual([
      'missing-tail, from key 9001 on: 1000 of 1000 proved',
    ]);
    expect(diagnose([9998, 10_000], ['9000'])).toEqual(['missing-tail, from key 9998 on: 2 of 2 proved']);
  });

  it.each([
    [false, 'target-empty, : 2 of 2 proved'],
    [true, 'target-empty, as far as the condition goes: 2 of 2 proved'],
  ])('are all of them where the target is empty, whatever tells rows apart', (isConditional, said) => {
    const facts = { ...FACTS, keyKinds: [], targetRows: 0, isConditional, lastTargetKey: null };
    const missing = new MissingRows(facts);
    for (const key of ['1', '5']) missing.add([key]);
    expect(describeAll(missing.diagnose(true))).toEqual([said]);
    expect(missing.diagnose(false)).toEqual([]);
  });

  it('are counted one by one where no key tells them apart', () => {
    const missing = new MissingRows({ ...FACTS, keyKinds: [], targetRows: 0, lastTargetKey: null });
    missing.add(null, 3);
    missing.add(null);
    expect(describeAll(missing.diagnose(true))).toEqual(['target-empty, : 4 of 4 proved']);
  });

  it('are told from keys that are booleans, too', () => {
    const missing = new MissingRows({ ...FACTS, sourceRows: 2, lastTargetKey: ['false'] });
    missing.add(['true']);
    expect(describeAll(missing.diagnose(true))).toEqual(['missing-tail, from key true on: 1 of 1 likely']);
  });

  it('are likely the tail where one is the last, or some are elsewhere', () => {
    expect(diagnose([10_000], ['9999'])).toEqual(['missing-tail, from key 10000 on: 1 of 1 likely']);
    expect(diagnose([17, ...range(9001, 10_000)], ['9000'])).toContain(
      'missing-tail, from key 9001 on: 1000 of 1001 likely',
    );
  });

  it('are at regular intervals where a copier drops a row at the edge of each chunk', () => {
    expect(diagnose(range(1000, 9000, 1000), ['10000'])).toEqual([
      'missing-at-intervals, every 1000 keys, from 1000 to 9000: 9 of 9 proved',
    ]);
    const withHoles = range(500, 9500, 500).filter((key) => key !== 3000);
    expect(diagnose(withHoles, ['10000'])).toEqual([
      'missing-at-intervals, every 500 keys, from 500 to 9500, but for 1 place: 18 of 18 proved',
    ]);
    expect(diagnose([...range(1000, 9000, 1000), 9123], ['10000'])).toEqual([
      'missing-at-intervals, every 1000 keys, from 1000 to 9000: 9 of 10 likely',
    ]);
  });

  it('are at intervals of each series where several lie in each other, and never at the distance between two', () => {
    expect(diagnose([...range(1, 991, 10), ...range(4, 994, 10)].sort(ascending), ['10000'])).toEqual([
      'missing-at-intervals, every 10 keys, from 1 to 991; from 4 to 994: 200 of 200 proved',
    ]);
    // The neighbours of each are two apart more often than not.
    expect(diagnose([...range(1, 91, 10), ...range(3, 93, 10)].sort(ascending), ['10000'])).toEqual([
      'missing-at-intervals, every 10 keys, from 1 to 91; from 3 to 93: 20 of 20 proved',
    ]);
    expect(diagnose([...range(0, 90, 10), ...range(1, 91, 20)].sort(ascending), ['10000'])).toEqual([
      'missing-at-intervals, every 20 keys, from 0 to 81, 2 in a row; from 10 to 90: 15 of 15 proved',
    ]);
    const [odd, even] = [range(100, 900, 100), range(77, 990, 83)];
    expect(diagnose([...odd, ...even].sort(ascending), ['10000'])).toEqual([]);
  });

  it('are at intervals without a word of keys where values are hidden', () => {
    const missing = new MissingRows({ ...FACTS, showsKeys: false, lastTargetKey: ['10000'] });
    for (const key of [...range(1, 91, 10), ...range(4, 94, 10)].sort(ascending)) missing.add([`${key}`]);
    expect(describeAll(missing.diagnose(true))).toEqual([
      'missing-at-intervals, every 10 keys, 2 times: 20 of 20 proved',
    ]);
  });

  it('are in runs where whole batches are gone', () => {
    expect(diagnose([...range(100, 199), ...range(700, 749)], ['10000'])).toEqual([
      'missing-runs, keys 100 to 199, 700 to 749: 150 of 150 proved',
    ]);
    expect(diagnose([...range(100, 199), 444, 555], ['10000'])).toEqual([
      'missing-runs, keys 100 to 199: 100 of 102 likely',
    ]);
  });

  it('show no pattern where there is none, or where not all rows were compared', () => {
    expect(diagnose([3, 17, 99, 1024, 5555, 7777], ['10000'])).toEqual([]);
    expect(diagnose([5], ['10000'])).toEqual([]);
    expect(diagnose(range(9001, 10_000), null)).toEqual([
      'missing-runs, keys 9001 to 10000: 1000 of 1000 proved',
    ]);
    expect(diagnose(range(9001, 10_000), ['9000'], false)).toEqual([]);
  });
});

describe('the order of keys as differences spell them', () => {
  it.each([
    ['int', '9', '10'],
    ['decimal', '-1.5', '-1.25'],
    ['date', '0999-12-31', '1000-01-01'],
    ['datetime', '2024-01-01 00:00:00', '2024-01-01 00:00:00.000001'],
    ['uuid', '0AAAAAAA-0000-0000-0000-000000000000', { hex: '0b000000000000000000000000000000' }],
    ['text', '\uffff', '😀'],
    ['bytes', { hex: '7f' }, { hex: '80' }],
  ] as const)('is that of the walk: %s', (kind: KeyKind, less: Value, more: Value) => {
    expect(compareKeys([kind], [less], [more])).toBeLessThan(0);
    expect(compareKeys([kind], [more], [less])).toBeGreaterThan(0);
    expect(compareKeys([kind, 'int'], [less, '1'], [less, '1'])).toBe(0);
  });

  it('is unknown where a value has no place in it', () => {
    expect(compareKeys(['int'], ['x'], ['1'])).toBeNull();
  });
});

const key = { ...pairOf('id', 'int'), keyKind: 'int' } as const;
const row = (kind: 'missing' | 'extra', id: number, name: string, paid = '1.50'): RowDifference => ({
  kind,
  key: { id: `${id}` },
  columns: ['id', 'name', 'paid'],
  source: kind === 'missing' ? { id: `${id}`, name, paid } : null,
  target: kind === 'extra' ? { id: `${id}`, name, paid } : null,
});

describe('rows that are missing here and extra there', () => {
  const diagnose = (rows: readonly RowDifference[], sourceRows: readonly Record<string, Value>[] = []) => {
    const moved = new MovedRows({
      key: [key],
      columns: [pairOf('name', 'text'), pairOf('paid', 'decimal')],
      sourceRows,
    });
    for (const each of rows) moved.add(each);
    return describeAll(moved.diagnose());
  };

  it('have another key where all other columns are equal, however each engine writes them', () => {
    expect(diagnose([row('missing', 7, 'Ada Lovelace'), row('extra', 99, 'Ada Lovelace', '1.5000')])).toEqual(
      ['key-changed, all other columns are equal: 1 of 1 proved'],
    );
  });

  it('have keys that were all moved by the same step', () => {
    const rows = [1, 2, 3].flatMap((i) => [
      row('missing', i, `customer ${i}`),
      row('extra', i + 1000, `customer ${i}`),
    ]);
    expect(diagnose(rows)).toEqual([
      'key-changed, all other columns are equal; every key by +1000: 3 of 3 proved',
    ]);
  });

  it('say how a text key was changed, by the causes of changed values', () => {
    const name = { ...pairOf('id', 'text'), keyKind: 'text' } as const;
    const moved = new MovedRows({ key: [name], columns: [pairOf('name', 'text')], sourceRows: [] });
    for (const id of ['Ada', 'Bob', 'Eve']) {
      const lower = id.toLowerCase();
      const known = { columns: ['id', 'name'], source: null, target: null };
      moved.add({ ...known, kind: 'missing', key: { id }, source: { id, name: `customer ${id}` } });
      moved.add({
        ...known,
        kind: 'extra',
        key: { id: lower },
        target: { id: lower, name: `customer ${id}` },
      });
    }
    expect(describeAll(moved.diagnose())).toEqual([
      'key-changed, all other columns are equal; of the key: letter case, lower-cased: 3 of 3 proved',
    ]);
  });

  it('name the parts of a key that changed, each with its old and its new value', () => {
    const kinds = { order: 'int', line: 'int', sku: 'text' } as const;
    const parts = (['order', 'line'] as const).map(
      (name) => ({ ...pairOf(name, 'int'), keyKind: 'int' }) as const,
    );
    const moved = (targets: readonly (readonly [number, number])[]) => {
      const rows = new MovedRows({ key: parts, columns: [pairOf('sku', kinds.sku)], sourceRows: [] });
      targets.forEach(([order, line], i) => {
        const from = { order: `${i}`, line: '1', sku: `stock unit ${i}` };
        const to = { ...from, order: `${order}`, line: `${line}` };
        const keyOf = ({ order: first, line: second }: typeof from) => ({ order: first, line: second });
        const known = { columns: Object.keys(kinds), source: null, target: null };
        rows.add({ ...known, kind: 'missing', key: keyOf(from), source: from });
        rows.add({ ...known, kind: 'extra', key: keyOf(to), target: to });
      });
      const [found] = rows.diagnose();
      const examples = found?.evidence.examples.map(({ column, source, target }) => [column, source, target]);
      return { columns: found?.columns, detail: found?.evidence.detail, examples };
    };
    expect(
      moved([
        [0, 11],
        [1, 11],
      ]),
    ).toEqual({
      columns: ['line'],
      detail: 'all other columns are equal; every key by +10',
      examples: [
        ['line', '1', '11'],
        ['line', '1', '11'],
      ],
    });
    expect(
      moved([
        [7, 2],
        [1, 3],
      ]),
    ).toEqual({
      columns: ['order', 'line'],
      detail: 'all other columns are equal',
      examples: [
        ['order', '0', '7'],
        ['line', '1', '2'],
        ['line', '1', '3'],
      ],
    });
  });

  it('are likely to have another key where some are left', () => {
    const rows = [
      row('missing', 7, 'Ada Lovelace'),
      row('extra', 99, 'Ada Lovelace'),
      row('missing', 8, 'Alan Turing'),
    ];
    expect(diagnose(rows)).toEqual(['key-changed, all other columns are equal: 1 of 2 likely']);
  });

  it('are unrelated where another column differs, where several look alike, or where they hold too little', () => {
    expect(diagnose([row('missing', 7, 'Ada Lovelace'), row('extra', 99, 'Ada Lovelace', '1.51')])).toEqual(
      [],
    );
    const alike = [1, 2].flatMap((i) => [
      row('missing', i, 'Ada Lovelace'),
      row('extra', i + 5, 'Ada Lovelace'),
    ]);
    expect(diagnose(alike).filter((line) => line.startsWith('key-changed'))).toEqual([]);
    const twins = [
      row('missing', 1, 'Ada Lovelace'),
      row('extra', 5, 'Ada Lovelace'),
      row('extra', 6, 'Ada Lovelace'),
    ];
    expect(diagnose(twins).filter((line) => line.startsWith('key-changed'))).toEqual([]);
    expect(diagnose([row('missing', 7, 'A', '1'), row('extra', 99, 'A', '1')])).toEqual([]);
  });

  it('are no copies of rows that are missing themselves', () => {
    const source = [{ id: '7', name: 'Ada Lovelace', paid: '1.5' }];
    expect(diagnose([row('missing', 7, 'Ada Lovelace'), row('extra', 99, 'Ada Lovelace')], source)).toEqual([
      'key-changed, all other columns are equal: 1 of 1 proved',
    ]);
  });

  it('are copies where extra rows repeat rows of the source', () => {
    const source = range(1, 4).map((i) => ({ id: `${i}`, name: `customer ${i}`, paid: '1.5' }));
    const extra = range(1, 4).map((i) => row('extra', i + 4, `customer ${i}`));
    expect(diagnose(extra, source)).toEqual([
      'rows-duplicated, equal to another row but for the key: 4 of 4 proved',
    ]);
    expect(diagnose([...extra, row('extra', 9, 'customer 9')], source)).toEqual([
      'rows-duplicated, equal to another row but for the key: 4 of 5 likely',
    ]);
    expect(diagnose([row('extra', 9, 'customer 9'), row('extra', 10, 'customer 10')], source)).toEqual([]);
  });

  it('are copies where a table without a key has them more often on the target', () => {
    const copy = { ...row('extra', 1, 'Ada Lovelace'), key: null, sourceCopies: 1, targetCopies: 2 };
    expect(diagnose([copy])).toEqual([
      'rows-duplicated, equal to another row but for the key: 1 of 1 proved',
    ]);
    expect(diagnose([{ ...copy, targetCopies: 4 }])).toEqual([
      'rows-duplicated, equal to another row but for the key: 3 of 3 proved',
    ]);
    expect(diagnose([{ ...copy, sourceCopies: 0, targetCopies: 1 } as RowDifference])).toEqual([]);
  });
});

describe('the number of rows that arrived', () => {
  it('is round where a limit may have cut the rest off', () => {
    const counts = { targetRows: 1000, missing: 234, extra: 0 };
    expect(diagnoseRowCount({ ...counts, isTailProved: false })).toMatchObject({
      confidence: 'likely',
      rows: 234,
    });
    expect(diagnoseRowCount({ ...counts, isTailProved: true })).toMatchObject({ confidence: 'proved' });
    expect(diagnoseRowCount({ ...counts, extra: 1, isTailProved: false })).toBeNull();
    expect(diagnoseRowCount({ ...counts, missing: 0, isTailProved: false })).toBeNull();
  });

  it('is round for one digit and zeros, powers of two, and limits of spreadsheets', () => {
    expect(
      [100, 5000, 1_000_000, 1024, 65_536, 65_535, 1_048_575].filter((count) => !isRound(count)),
    ).toEqual([]);
    expect([0, 10, 64, 999, 1001, 1234, 12_000, 65_537].filter(isRound)).toEqual([]);
  });
});

describe('rows that a unique key kept out', () => {
  const email = pairOf('email', 'text');
  const target: Table = {
    ...{ schema: 's', name: 't', kind: 'table', columns: [], estimatedRows: null, estimatedRowBytes: null },
    ...{ unreadable: null, only: false, identity: null, heirs: [], members: [], unread: [] },
    keys: [{ name: 'email', columns: ['email'], primary: false, unique: true, ineligible: null }],
  };
  const pair: TablePair = {
    id: '0',
    strategy: 'range',
    unproven: [],
    unwalkable: null,
    source: target,
    target,
    key: [key],
    columns: [email],
    where: { source: null, target: null },
  };
  const missing = (id: number, value: string): RowDifference => ({
    kind: 'missing',
    key: { id: `${id}` },
    columns: ['id', 'email'],
    source: { id: `${id}`, email: value },
    target: null,
  });
  const diagnose = async (rows: readonly RowDifference[], survivors: readonly string[]) => {
    const siblings = new SurvivingSiblings(pair);
    for (const each of rows) siblings.add(each);
    return describeAll(await siblings.diagnose(async () => survivors));
  };

  it('have a sibling on the target that the collation holds equal', async () => {
    expect(await diagnose([missing(2, 'Ada@x'), missing(5, 'josé@x')], ['ada@x', 'jose@x'])).toEqual([
      'sibling-survived, : 2 of 2 proved',
    ]);
    expect(
      await diagnose([missing(2, 'Ada@x'), missing(5, 'b@x'), missing(6, 'C@x')], ['ada@x', 'c@x']),
    ).toEqual(['sibling-survived, : 2 of 3 likely']);
  });

  it('have none where the value is the same or another', async () => {
    expect(await diagnose([missing(2, 'ada@x')], ['ada@x'])).toEqual([]);
    expect(await diagnose([missing(2, 'ada@x')], ['bob@x'])).toEqual([]);
    expect(await diagnose([missing(2, 'ada@x')], [])).toEqual([]);
  });

  it('are not looked up where the target has no unique key of text', async () => {
    const siblings = new SurvivingSiblings({ ...pair, target: { ...target, keys: [] } });
    siblings.add(missing(2, 'Ada@x'));
    expect(await siblings.diagnose(() => Promise.reject(new Error('asked')))).toEqual([]);
  });
});
