import { describe, expect, it } from 'vitest';
import { pairSides, withOpenSides } from '../../src/app/open-run.js';
import { resolveFlags } from '../../src/config/resolve-flags.js';
import type { RowDifference } from '../../src/core/difference.js';
import type { Side, TablePair } from '../../src/core/pairing.js';
import type { Session } from '../../src/engines/session.js';
import { compileKernel } from '../../src/hashing/kernel-module.js';
import { LaneKernels } from '../../src/hashing/lane-kernels.js';
import { createRowHash } from '../../src/hashing/row-hash.js';
import { findDifferingRows, RowIndex } from '../../src/hashing/row-index.js';
import { planRereads, type RereadStep } from '../../src/tasks/plan-rereads.js';
import { type RereadKernels, type RereadOutcome, rereadDifferingRows } from '../../src/tasks/reread.js';
import { StepMemory } from '../../src/tasks/step-memory.js';
import { prepareTableSide, type TableSide } from '../../src/tasks/table-side.js';
import { compare } from '../app/compare.js';
import { type TestDatabase, type TestEngine, useDatabase } from '../support/database.js';
import { fillTable, runOnBoth, wordsOf } from '../traps/type-words.js';

const SIDES = ['source', 'target'] as const;
const SEED = 42n;
const hasher = { hash: await createRowHash(SEED), kernel: null, asSent: false };
const kernelModule = compileKernel();
const NO_KERNELS: RereadKernels = { source: null, target: null, pair: () => null };
const ROWS = 3000;

/** How rows are asked for by `rowsPerLookup`: never a range, always one, and what a run chooses. */
const WAYS = {
  'by their keys': 0,
  'with all rows between them': Number.POSITIVE_INFINITY,
  mixed: 8,
} as const;

/** Keys by the number of a row: the same order on every engine. */
const KEYS = {
  int: { names: ['id'], columns: () => 'id int', select: 'n' },
  text: { names: ['code'], columns: (text: string) => `code ${text}`, select: 'CONCAT(1000 + n)' },
  composite: {
    names: ['code', 'id'],
    columns: (text: string) => `code ${text}, id int`,
    select: "CASE WHEN n < 1700 THEN 'a' ELSE 'b' END, n",
  },
} as const;

/** The numbers from the first to the last, in steps. */
function inSteps(first: number, last: number, step: number): number[] {
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => first + i * step);
}

/** Numbers of rows and what is done to them on the target: clusters, every row, every other, every tenth, and alone. */
const DAMAGE = {
  missing: [1, 2, ...inSteps(1000, 1060, 4), 1697, 1698, 1900, ROWS - 1, ROWS],
  changed: [
    3,
    ...inSteps(500, 580, 1),
    ...inSteps(1001, 1061, 2),
    ...inSteps(1300, 1500, 10),
    1699,
    1700,
    2500,
  ],
  extra: [...inSteps(1002, 1062, 4), 1696, 1701, 1901, ROWS + 1, ROWS + 2],
};
/** What becomes of some of them before they are read again. */
const CAUGHT_UP = {
  missing: [2, 1004, 1698, ROWS],
  changed: [510, 511, 1001, 1310, 1699],
  extra: [1006, 1901],
};
/** Rows that were equal at first, or nowhere, and are no longer: those are for the next run. */
const LATER_CHANGED = [582, 1305];
const LATER_INSERTED = [ROWS + 10];

const left = (kind: keyof typeof DAMAGE): number[] =>
  DAMAGE[kind].filter((n) => !CAUGHT_UP[kind].includes(n));

async function prepareTables(databases: Readonly<Record<Side, TestDatabase>>, key: keyof typeof KEYS) {
  const { names, columns, select } = KEYS[key];
  for (const side of SIDES) {
    const database = databases[side];
    await database.run(`DROP TABLE IF EXISTS rows_again; CREATE TABLE rows_again
      (${columns(wordsOf(database).codepointText(20))}, n int, word varchar(20), PRIMARY KEY (${names.join()}))`);
    await fillTable(database, { table: 'rows_again', count: ROWS + 20, select: `${select}, n, 'word'` });
    const absent = [...(side === 'source' ? DAMAGE.extra : DAMAGE.missing), ...LATER_INSERTED];
    const beyond = `n > ${ROWS} AND n NOT IN (${DAMAGE.extra.join()})`;
    await database.run(`CREATE TABLE kept_${key} AS SELECT * FROM rows_again;
      DELETE FROM rows_again WHERE n IN (${absent.join()}) OR ${beyond}`);
  }
  const { target } = databases;
  await target.run(`UPDATE rows_again SET word = 'damaged' WHERE n IN (${DAMAGE.changed.join()})`);
}

async function catchUp(databases: Readonly<Record<Side, TestDatabase>>, key: keyof typeof KEYS) {
  const { source, target } = databases;
  const insert = (rows: readonly number[]): string =>
    `INSERT INTO rows_again SELECT * FROM kept_${key} WHERE n IN (${rows.join()});`;
  await target.run(`UPDATE rows_again SET word = 'word' WHERE n IN (${CAUGHT_UP.changed.join()});
    ${insert(CAUGHT_UP.missing)} DELETE FROM rows_again WHERE n IN (${CAUGHT_UP.extra.join()});
    UPDATE rows_again SET word = 'later' WHERE n IN (${LATER_CHANGED.join()})`);
  await source.run(insert(LATER_INSERTED));
}

interface Reading {
  readonly pair: TablePair;
  readonly sides: Readonly<Record<Side, TableSide>>;
  readonly session: (side: Side) => Promise<Session>;
  readonly indexes: Readonly<Record<Side, RowIndex>>;
}

async function readFirst(
  { source, target }: Readonly<Record<Side, TestDatabase>>,
  work: (reading: Reading) => Promise<void>,
): Promise<void> {
  const config = resolveFlags({ source: source.url, target: target.url, tables: ['rows_again'] });
  await withOpenSides(config, async (open) => {
    const pair = (await pairSides(config, open)).tables[0]?.pair;
    if (pair === undefined || pair === null) throw new Error('The tables were not paired.');
    expect(pair.strategy).toBe('range');
    const sides = {
      source: await prepareTableSide(pair, 'source', open.source),
      target: await prepareTableSide(pair, 'target', open.target),
    };
    const indexes = { source: new RowIndex(), target: new RowIndex() };
    for (const side of SIDES) {
      const { selection, reader } = sides[side];
      await open[side].session.readRows(selection, (buffer, start, end, rows) => {
        reader.indexSpan({ buffer, start, end, rows }, indexes[side], hasher);
        return true;
      });
    }
    const reopened: Session[] = [];
    const session = async (side: Side): Promise<Session> => {
      const { session: first, engine, settings } = open[side];
      if (!first.broken) return first;
      reopened.push(await engine.open(settings));
      return reopened.at(-1) ?? first;
    };
    try {
      await work({ pair, sides, session, indexes });
    } finally {
      await Promise.all(reopened.map((each) => each.close()));
    }
  });
}

interface Reread {
  readonly steps: RereadStep[];
  readonly found: RowDifference[];
  readonly outcome: RereadOutcome;
}

/** Reads rows again in the kernel and without it, which must come to the same. */
async function reread(reading: Reading, rowsPerLookup: number): Promise<Reread> {
  const inKernel = await rereadBy(new LaneKernels(SEED, kernelModule), reading, rowsPerLookup);
  const specified = await rereadBy(NO_KERNELS, reading, rowsPerLookup);
  const { steps: _, ...made } = inKernel;
  expect(made).toEqual({ found: specified.found, outcome: specified.outcome });
  return inKernel;
}

async function rereadBy(
  kernels: RereadKernels,
  { pair, sides, session, indexes }: Reading,
  rowsPerLookup: number,
): Promise<Reread> {
  const steps = [
    ...planRereads({
      differing: findDifferingRows(indexes.source, indexes.target),
      indexes,
      keyKinds: pair.key.map(({ keyKind }) => keyKind),
      after: null,
      rowsPerLookup,
    }),
  ];
  const found: RowDifference[] = [];
  const outcome = await rereadDifferingRows({
    memory: new StepMemory(),
    ...{ pair, sides, kernels, steps, asSent: false, readKept: null, mostKeys: 0 },
    kept: { level: null, hash: () => 0n },
    readBoth: async (read) => {
      const [source, target] = await Promise.all([
        session('source').then((opened) => read('source', opened)),
        session('target').then((opened) => read('target', opened)),
      ]);
      return { source, target };
    },
    store: async (rows) => void found.push(...rows),
  });
  return { steps, found, outcome };
}

/** The number that a row's key was made of. */
function numberOf({ key }: RowDifference): number {
  return Number(key?.id ?? Number(key?.code) - 1000);
}

/** What must be found, by the numbers of rows, which are in key order. */
function expectedRows(): [number, string][] {
  return (['missing', 'changed', 'extra'] as const)
    .flatMap((kind) => left(kind).map((n): [number, string] => [n, kind]))
    .sort(([one], [other]) => one - other);
}

const PAIRINGS: readonly (readonly [TestEngine, TestEngine])[] = [
  ['mariadb', 'postgresql'],
  ['postgresql', 'postgresql'],
  ['mariadb', 'mariadb'],
];

describe.each(PAIRINGS)('rows that differ between %s and %s', (sourceEngine, targetEngine) => {
  const databases = { source: useDatabase(sourceEngine), target: useDatabase(targetEngine) };

  it.each(Object.keys(KEYS) as (keyof typeof KEYS)[])(
    'are exactly those that still differ, in the order of their %s key, whichever way they are read again',
    async (key) => {
      await prepareTables(databases, key);
      await readFirst(databases, async (reading) => {
        await catchUp(databases, key);
        const outcomes = [];
        for (const [way, rowsPerLookup] of Object.entries(WAYS)) {
          const { steps, found, outcome } = await reread(reading, rowsPerLookup);
          const ways = new Set(steps.map((step) => ('range' in step ? 'range' : 'keys')));
          expect([...ways].sort(), way).toEqual(way === 'by their keys' ? ['keys'] : ['keys', 'range']);
          expect(found.map((row) => [numberOf(row), row.kind])).toEqual(expectedRows());
          outcomes.push({ found, outcome });
        }
        const [first, ...others] = outcomes;
        for (const other of others) expect(other).toEqual(first);
        const { explained, ...counted } = first?.outcome ?? {};
        expect(explained?.columns.map(([name, { rows }]) => [name, rows])).toEqual([
          ['word', left('changed').length],
        ]);
        expect(counted).toEqual({
          counts: {
            missing: left('missing').length,
            extra: left('extra').length,
            changed: left('changed').length,
            inFlight: Object.values(CAUGHT_UP).flat().length,
          },
          changedColumns: { word: left('changed').length },
          undecidedColumns: {},
          respelled: 0,
          differingKeys: null,
          present: expect.anything(),
          // What was deleted meanwhile on the side that had it is to be looked for without an index.
          unfound: { source: [], target: CAUGHT_UP.extra.map(() => expect.any(Uint8Array)), beyond: 0 },
        });
        const changed = first?.found.find(({ kind }) => kind === 'changed');
        expect(changed).toMatchObject({
          columns: ['word'],
          source: { word: 'word' },
          target: { word: 'damaged' },
        });
      });
      const run = await compare({ ...databases, flags: { tables: ['rows_again'], 'chunk-rows': '50' } });
      expect(run.differences.map(({ difference }) => [numberOf(difference), difference.kind])).toEqual(
        [
          ...expectedRows(),
          ...LATER_CHANGED.map((n): [number, string] => [n, 'changed']),
          ...LATER_INSERTED.map((n): [number, string] => [n, 'missing']),
        ].sort(([one], [other]) => Number(one) - Number(other)),
      );
      const both = [databases.source, databases.target];
      await runOnBoth(both, `DROP TABLE rows_again; DROP TABLE kept_${key}`);
    },
  );
});

describe('a row that comes up in a range and has no place in its order', () => {
  const databases = { source: useDatabase('postgresql'), target: useDatabase('postgresql') };

  it('has the others looked up by their keys', async () => {
    const { source, target } = databases;
    const rest = '-0000-4000-8000-000000000000';
    for (const [database, type] of [
      [source, 'varchar(36) COLLATE "C"'] as const,
      [target, 'uuid'] as const,
    ]) {
      await database.run(`CREATE TABLE rows_again (id ${type} PRIMARY KEY, word varchar(20));
        INSERT INTO rows_again SELECT (lpad(to_hex(n), 8, '0') || '${rest}')::${type.split(' ')[0]}, 'word'
        FROM generate_series(1, 100) n`);
    }
    await target.run("UPDATE rows_again SET word = 'damaged'");
    await readFirst(databases, async (reading) => {
      await source.run(`INSERT INTO rows_again VALUES ('0000000A${rest}', 'word')`);
      const { steps, found } = await reread(reading, WAYS.mixed);
      expect(steps.map((step) => ('range' in step ? step.range.after : undefined))).toEqual([null]);
      expect(found.map(({ kind }) => kind)).toEqual(Array(100).fill('changed'));
    });
  });
});
