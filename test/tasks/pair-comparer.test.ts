import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseColumnRule, PLAIN } from '../../src/core/column-rule.js';
import type { ColumnPair, Side, TablePair } from '../../src/core/pairing.js';
import { SIDES } from '../../src/core/pairing.js';
import { parseRelaxation, type Relaxation } from '../../src/core/relaxation.js';
import type { Engine } from '../../src/engines/engine.js';
import { codecColumn, compileRuledCodec } from '../../src/engines/ruled-codec.js';
import type { Session } from '../../src/engines/session.js';
import { compileKernel } from '../../src/hashing/kernel-module.js';
import { PairKernel } from '../../src/hashing/pair-kernel.js';
import { createRowHash } from '../../src/hashing/row-hash.js';
import { RowReader } from '../../src/hashing/row-reader.js';
import { RowBatch } from '../../src/tasks/row-batch.js';
import { RowComparer } from '../../src/tasks/row-comparer.js';
import type { TableSide } from '../../src/tasks/table-side.js';
import { columnOf } from '../engines/codec-rows.js';
import { MYSQL_CASES, POSTGRESQL_CASES, type ValueCase } from '../hashing/kernel-cases.js';
import { MYSQL_FORMAT, POSTGRESQL_FORMAT, type WireFormat, type WireValue } from '../hashing/kernel-rows.js';

const hash = await createRowHash(7n);
const kernel = new PairKernel(compileKernel());
const RUNS = { numRuns: 15 };

interface CaseOf {
  readonly format: WireFormat;
  readonly value: ValueCase;
}
type SideCases = Readonly<Record<Side, CaseOf>>;

const CASES: readonly CaseOf[] = [
  ...MYSQL_CASES.map((value) => ({ format: MYSQL_FORMAT, value })),
  ...POSTGRESQL_CASES.map((value) => ({ format: POSTGRESQL_FORMAT, value })),
];
/** Each type against itself, and against the types of the other engine that are compared as it is. */
const PAIRS: readonly SideCases[] = CASES.flatMap((source) =>
  CASES.filter(
    (target) =>
      target === source ||
      (source.format === MYSQL_FORMAT &&
        target.format === POSTGRESQL_FORMAT &&
        target.value.canonical === source.value.canonical),
  ).map((target) => ({ source, target })),
);

const RELAXATIONS = [
  ...['trim', 'ignoreCase', 'nullAsEmpty', 'truncateTo=s', 'roundTo=ms', 'tolerance=0.5', 'tolerance=10%'],
].map((text) => parseRelaxation(text) as Relaxation);

const engines = { [MYSQL_FORMAT.name]: {} as Engine, [POSTGRESQL_FORMAT.name]: {} as Engine };

const named = ({ wire, type }: Pick<ValueCase, 'wire' | 'type'>, name: string) => ({
  ...columnOf(wire, type),
  name,
});

/** The value's column as it is compared, with or without a relaxation; null where the types do not allow it. */
function columnPairOf({ source, target }: SideCases, relaxation: Relaxation | null): ColumnPair | null {
  const [from, to] = [named(source.value, 'v'), named(target.value, 'v')];
  if (relaxation === null && source === target)
    return { source: from, target: to, canonical: source.value.canonical, rule: PLAIN };
  const timeZones = { source: null, target: null };
  const relaxations = relaxation === null ? [] : [relaxation];
  const choice = chooseColumnRule(from, to, { relaxations, uuidSwap: null, timeZones });
  return choice.kind === 'comparable' ? { source: from, target: to, ...choice } : null;
}

async function prepare(cases: SideCases, column: ColumnPair) {
  const key = {
    source: named(cases.source.format.id, 'id'),
    target: named(cases.target.format.id, 'id'),
    ...{ canonical: 'int' as const, rule: PLAIN, keyKind: 'int' as const },
  };
  const prepareSide = async (side: Side): Promise<TableSide> => {
    const { format } = cases[side];
    const session = { ask: async (_: string, columns: never) => format.compileColumns(columns) } as unknown;
    const codec = await compileRuledCodec(
      session as Session,
      [key, column].map((each) => codecColumn(each, side)),
    );
    const reader = new RowReader(codec, [{ column: key[side], keyKind: 'int' }]);
    const engine = engines[format.name] as Engine;
    const columns = [key[side], column[side]];
    return { side, engine, columns, reader, valueEncoders: codec.valueEncoders, selection: {} as never };
  };
  const sides = { source: await prepareSide('source'), target: await prepareSide('target') };
  return { pair: { key: [key], columns: [column] } as unknown as TablePair, sides };
}

type Values = Readonly<Record<Side, WireValue | undefined>>;

/** Rows in their places; a side has none where its value is undefined. Some lie as they were sent, some alone. */
function batchesOf(cases: SideCases, rows: readonly Values[]): Readonly<Record<Side, RowBatch>> {
  const fill = (side: Side): RowBatch => {
    const { format, value } = cases[side];
    const batch = new RowBatch();
    batch.reset(rows.length);
    for (const [place, values] of rows.entries()) {
      const wire = values[side];
      if (wire === undefined) continue;
      const header = format === MYSQL_FORMAT ? 4 : 0;
      const buffer = format.writeRow([format.id, value], [format.writeId(place), wire]);
      if (place % 3 === 0) batch.keep(place, { buffer, start: header, end: buffer.length });
      else {
        batch.place(place, batch.length + header, batch.length + buffer.length);
        batch.append(buffer, 0, buffer.length);
      }
    }
    return batch;
  };
  return { source: fill('source'), target: fill('target') };
}

/** All that is said of rows; of one that cannot be read, in which words. */
function describeRows(comparer: RowComparer, batches: Readonly<Record<Side, RowBatch>>, count: number) {
  comparer.begin(batches, count);
  return Array.from({ length: count }, (_, place) => {
    try {
      const result = comparer.compare(place);
      if (result.kind === null) return { result };
      const values = result.kind === 'changed' ? null : comparer.hashValues(result.kind, hash);
      return { result, row: comparer.describe(result.kind), key: comparer.readKey(result.kind), values };
    } catch (error) {
      return String(error);
    }
  });
}

const drawRows = ({ source, target }: SideCases): fc.Arbitrary<readonly Values[]> => {
  const wireOf = ({ value }: CaseOf): fc.Arbitrary<WireValue> =>
    fc.oneof(
      fc.constantFrom(...value.hard.map((text) => Buffer.from(text, 'hex'))),
      value.drawn,
      fc.constant(null),
    );
  const isAlike = source.format === target.format;
  const row = fc
    .tuple(wireOf(source), wireOf(target), fc.integer({ min: 0, max: 9 }))
    .map(([one, other, how]): Values => {
      if (how === 0) return { source: one, target: undefined };
      if (how === 1) return { source: undefined, target: other };
      if (how === 2) return { source: undefined, target: undefined };
      return { source: one, target: isAlike && how > 5 ? one : other };
    });
  return fc.array(row, { minLength: 1, maxLength: 40 });
};

const nameOf = ({ source, target }: SideCases): string =>
  `${source.value.wire} as ${source.value.canonical} (${source.format.name}) to ${target.value.wire} (${target.format.name})`;

describe('rows compared in the kernel', () => {
  it.each(PAIRS.map((pair) => [nameOf(pair), pair] as const))(
    'are told as those compared field by field: %s',
    async (_, cases) => {
      for (const relaxation of [null, ...RELAXATIONS]) {
        const column = columnPairOf(cases, relaxation);
        if (column === null) continue;
        const { pair, sides } = await prepare(cases, column);
        const inKernel = new RowComparer(pair, sides, { asSent: false, kernel });
        const specified = new RowComparer(pair, sides, { asSent: false, kernel: null });
        fc.assert(
          fc.property(drawRows(cases), (rows) => {
            const batches = batchesOf(cases, rows);
            expect(describeRows(inKernel, batches, rows.length)).toEqual(
              describeRows(specified, batches, rows.length),
            );
          }),
          RUNS,
        );
      }
    },
  );

  it('are left to the other way where they are very long, and those behind them are not', async () => {
    const value = POSTGRESQL_CASES.find(({ wire }) => wire === 'bytea') as ValueCase;
    const cases = {
      source: { format: POSTGRESQL_FORMAT, value },
      target: { format: POSTGRESQL_FORMAT, value },
    };
    const { pair, sides } = await prepare(cases, columnPairOf(cases, null) as ColumnPair);
    const long = Buffer.alloc(300_000, 1);
    const longer = Buffer.concat([long, Buffer.alloc(1)]);
    const short = Buffer.from('ab');
    const rows: Values[] = [
      ...[short, long, short, long].map((source) => ({ source, target: source })),
      ...[short, long].map((source) => ({ source, target: longer })),
      { source: longer, target: undefined },
      { source: undefined, target: short },
    ];
    const comparer = new RowComparer(pair, sides, { asSent: false, kernel });
    const told = describeRows(comparer, batchesOf(cases, rows), rows.length);
    expect(told.map((each) => (typeof each === 'string' ? each : each.result.kind))).toEqual([
      ...[null, null, null, null, 'changed', 'changed', 'missing', 'extra'],
    ]);
  });

  it('are many more than fit into one call, each told by its own fields', async () => {
    const value = MYSQL_CASES.find(({ wire }) => wire === 'int') as ValueCase;
    const cases = { source: { format: MYSQL_FORMAT, value }, target: { format: MYSQL_FORMAT, value } };
    const { pair, sides } = await prepare(cases, columnPairOf(cases, null) as ColumnPair);
    const numberOf = (n: number): Buffer => {
      const bytes = Buffer.alloc(4);
      bytes.writeInt32LE(n);
      return bytes;
    };
    const count = 50_000;
    const rows = Array.from(
      { length: count },
      (_, n): Values => ({
        source: numberOf(n),
        target: numberOf(n % 7 === 0 ? n + 1 : n),
      }),
    );
    const comparer = new RowComparer(pair, sides, { asSent: false, kernel });
    const batches = batchesOf(cases, rows);
    comparer.begin(batches, count);
    for (let place = 0; place < count; place++) {
      const { kind } = comparer.compare(place);
      if (place % 7 !== 0) {
        if (kind !== null) throw new Error(`Row ${place} is not told as equal.`);
        continue;
      }
      if (place % 7000 !== 0) continue;
      expect(kind).toBe('changed');
      const shown = { source: { v: `${place}` }, target: { v: `${place + 1}` } };
      expect(comparer.describe('changed')).toMatchObject({ columns: ['v'], ...shown });
      expect(comparer.readKey('changed')).toEqual({ id: `${place}` });
    }
  });
});

it('every type is among those that are compared, on both sides', () => {
  for (const side of SIDES)
    expect(new Set(PAIRS.map((pair) => pair[side].value.canonical)).size).toBeGreaterThan(9);
});
