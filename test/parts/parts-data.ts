import type { TestDatabase, TestEngine } from '../support/database.js';

/** A table of both sides, its rows by their numbers, and the numbers of those that were damaged on the target. */
interface DamagedTable {
  readonly name: string;
  /** The target's name, where it is another one. */
  readonly targetName?: string;
  readonly columns: (engine: TestEngine) => string;
  /** The SQL values of a row, by its number; a damaged row has another mark. */
  readonly row: (at: number, mark: string) => string;
  /** The key as a difference names it. */
  readonly keyOf: (at: number) => string;
  readonly rows: number;
  readonly damage: Readonly<Record<'missing' | 'extra' | 'changed', readonly number[]>>;
}

const NO_DAMAGE = { missing: [], extra: [], changed: [] };
const pad = (at: number): string => String(at).padStart(3, '0');

/** Text that both sides sort by code points, without padding. */
const ordered = (engine: TestEngine): string =>
  engine === 'postgresql'
    ? 'varchar(20) COLLATE "C"'
    : 'varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin';
/** Text that no two engines sort alike. */
const unordered = (engine: TestEngine): string =>
  engine === 'postgresql' ? 'varchar(20)' : 'varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci';
const instant = (engine: TestEngine): string => (engine === 'postgresql' ? 'timestamptz' : 'datetime');

/** One table of each kind that a run divides, or does not divide, in a way of its own. */
export const TABLES: readonly DamagedTable[] = [
  {
    name: 'ints',
    columns: () => 'id int PRIMARY KEY, a int, b varchar(20)',
    row: (at, mark) => `${at * 3}, ${at % 7}, '${mark}'`,
    keyOf: (at) => String(at * 3),
    rows: 90,
    damage: { missing: [1, 2, 47], extra: [0, 61, 90], changed: [3, 30, 31, 32, 88] },
  },
  {
    name: 'composites',
    columns: () => 'tenant int, id int, a varchar(20), PRIMARY KEY (tenant, id)',
    row: (at, mark) => `${at % 20}, ${at}, '${mark}'`,
    keyOf: (at) => `${at % 20}/${at}`,
    rows: 60,
    damage: { missing: [4, 17], extra: [60, 63], changed: [0, 1, 2, 3, 59] },
  },
  {
    name: 'texts',
    columns: (engine) => `code ${ordered(engine)} PRIMARY KEY, a varchar(20)`,
    row: (at, mark) => `'${at % 2 === 0 ? 'a' : 'Ü'}${pad(at)}', '${mark}'`,
    keyOf: (at) => `${at % 2 === 0 ? 'a' : 'Ü'}${pad(at)}`,
    rows: 50,
    damage: { missing: [8], extra: [50, 51], changed: [0, 1, 48, 49] },
  },
  {
    name: 'buckets',
    columns: (engine) => `code ${unordered(engine)} PRIMARY KEY, a varchar(20)`,
    row: (at, mark) => `'k${pad(at)}', '${mark}'`,
    keyOf: (at) => `k${pad(at)}`,
    rows: 40,
    damage: { missing: [5], extra: [40], changed: [6, 39] },
  },
  {
    name: 'keyless',
    columns: () => 'a int, b varchar(20)',
    row: (at, mark) => `${Math.floor(at / 2)}, '${mark}'`,
    keyOf: () => '',
    rows: 30,
    damage: { missing: [4, 5], extra: [30], changed: [] },
  },
  {
    name: 'empties',
    columns: () => 'id int PRIMARY KEY, a varchar(20)',
    row: () => '',
    keyOf: String,
    rows: 0,
    damage: NO_DAMAGE,
  },
  {
    name: 'conditional',
    columns: () => 'id int PRIMARY KEY, a varchar(20)',
    row: (at, mark) => `${at}, '${mark}'`,
    keyOf: String,
    rows: 40,
    // Row 3 does not meet the condition.
    damage: { missing: [25], extra: [], changed: [3, 26] },
  },
  {
    name: 'renamed',
    targetName: 'named_anew',
    columns: () => 'id int PRIMARY KEY, a varchar(20)',
    row: (at, mark) => `${at}, '${mark}'`,
    keyOf: String,
    rows: 24,
    damage: { missing: [0], extra: [24], changed: [] },
  },
  {
    name: 'indexless',
    columns: () => 'id int NOT NULL, a varchar(20)',
    row: (at, mark) => `${at}, '${mark}'`,
    keyOf: String,
    rows: 20,
    damage: { missing: [19], extra: [], changed: [7] },
  },
  {
    name: 'doubtful',
    columns: (engine) => `id int PRIMARY KEY, a varchar(20), at ${instant(engine)}`,
    row: (at, mark) => `${at}, '${mark}', '2026-01-01 00:00:00'`,
    keyOf: String,
    rows: 20,
    damage: NO_DAMAGE,
  },
  {
    name: 'counted',
    columns: () => 'id int PRIMARY KEY, a varchar(20)',
    row: (at, mark) => `${at}, '${mark}'`,
    keyOf: String,
    rows: 15,
    damage: { missing: [3], extra: [], changed: [4] },
  },
  {
    name: 'sampled',
    columns: () => 'id int PRIMARY KEY, a varchar(20)',
    row: (at, mark) => `${at}, '${mark}'`,
    keyOf: String,
    rows: 80,
    damage: { missing: [], extra: [], changed: Array.from({ length: 80 }, (_, at) => at) },
  },
];

/** What of a run the tables need to be compared as they are meant to be. */
export const SETTINGS = `
chunkRows: 4
workers: 1
seed: 4711
tableSettings:
  conditional: { where: id > 10 }
  renamed: { target: named_anew }
  indexless: { key: [id] }
  counted: { mode: count }
  sampled: { mode: spot, ratio: 40% }
`;

/** Tables whose differing rows no run lists in full: they are counted, or a sample of them is drawn. */
const UNLISTED = ['counted', 'sampled', 'keyless'];

/** Makes and fills the tables of one side, and one more that the other side does not have. */
export async function fillSide(database: TestDatabase, side: 'source' | 'target'): Promise<void> {
  const { engine } = database;
  const scripts = TABLES.map((table) => {
    const { name, targetName, columns, row, rows, damage } = table;
    const own = side === 'source' ? name : (targetName ?? name);
    const numbers = Array.from({ length: rows }, (_, at) => at);
    const there = side === 'source' ? numbers.filter((at) => !damage.extra.includes(at)) : numbers;
    const kept = side === 'source' ? there : there.filter((at) => !damage.missing.includes(at));
    const all = side === 'source' ? kept : [...new Set([...kept, ...damage.extra])];
    const values = all.map((at) => {
      const isChanged = side === 'target' && damage.changed.includes(at);
      return `(${row(at, isChanged ? 'other' : 'same')})`;
    });
    const filled = values.length === 0 ? '' : `; INSERT INTO ${own} VALUES ${values.join(', ')}`;
    const counted = engine === 'postgresql' ? `; ANALYZE ${own}` : `; ANALYZE TABLE ${own}`;
    return `CREATE TABLE ${own} (${columns(engine)})${filled}${counted}`;
  });
  await database.run(`${scripts.join(';\n')}; CREATE TABLE only_${side} (id int PRIMARY KEY)`);
}

/** What was put in, as `kind table key`, in the order in which a run lists it within a table. */
export function injected(): string[] {
  return TABLES.filter(({ name }) => !UNLISTED.includes(name)).flatMap(
    ({ name, targetName, damage, keyOf }) =>
      (['missing', 'extra', 'changed'] as const).flatMap((kind) =>
        damage[kind]
          .filter((at) => name !== 'conditional' || at > 10)
          .map((at) => `${kind} public.${targetName ?? name} ${keyOf(at)}`),
      ),
  );
}
