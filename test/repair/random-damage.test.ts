import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { availableEngines, openTestDatabase, type TestEngine } from '../support/database.js';
import { propertySeed } from '../support/property-seed.js';
import { expectRoundTrip, type RepairSides } from './repair-round.js';

/** How many random schemas each engine gets. */
const RUNS = Number(process.env.ROWPROOF_REPAIR_RUNS ?? 3);

interface Shape {
  readonly codeNullable: boolean;
  readonly parentNullable: boolean;
  readonly cascade: boolean;
  readonly uniqueChild: boolean;
}
interface ParentRow {
  readonly id: number;
  readonly code: string | null;
  readonly word: string | null;
  readonly bytes: string;
}
interface ChildRow {
  readonly id: number;
  readonly parent: number | null;
  readonly boss: number | null;
  readonly rank: number | null;
  readonly n: number;
}
interface Rows {
  readonly parents: readonly ParentRow[];
  readonly children: readonly ChildRow[];
}

const hostile = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replaceAll('\0', ''));
const hex = fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const ids = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 9 });

/** Rows that meet every constraint: unique codes and ranks are dealt from a shuffled pack, parents exist. */
function rowsFor(shape: Shape): fc.Arbitrary<Rows> {
  const deal = fc.shuffledSubarray(
    Array.from({ length: 12 }, (_, i) => i),
    { minLength: 12 },
  );
  const choice = fc.array(fc.nat(1000), { minLength: 60, maxLength: 60 });
  return fc
    .tuple(
      ids,
      ids,
      deal,
      deal,
      choice,
      fc.array(fc.option(hostile), { minLength: 12, maxLength: 12 }),
      fc.array(hex, { minLength: 12, maxLength: 12 }),
    )
    .map(([parentIds, childIds, codes, ranks, dice, words, data]) => ({
      parents: parentIds.map((id, i) => ({
        id,
        code: shape.codeNullable && (dice[i] ?? 0) % 4 === 0 ? null : `code-${codes[i]}`,
        word: words[i] ?? null,
        bytes: data[i] ?? '',
      })),
      children: childIds.map((id, i) => ({
        id,
        parent: shape.uniqueChild
          ? (parentIds[i] ?? null)
          : shape.parentNullable && (dice[12 + i] ?? 0) % 4 === 0
            ? null
            : (parentIds[(dice[12 + i] ?? 0) % parentIds.length] ?? null),
        boss:
          (dice[24 + i] ?? 0) % 3 === 0 ? null : (childIds[(dice[24 + i] ?? 0) % childIds.length] ?? null),
        rank: (dice[36 + i] ?? 0) % 4 === 0 ? null : (ranks[i] ?? null),
        n: (dice[48 + i] ?? 0) % 50,
      })),
    }));
}

function tablesOf(engine: TestEngine, shape: Shape): string {
  const isPostgres = engine === 'postgresql';
  const nullable = (allowed: boolean) => (allowed ? '' : 'NOT NULL');
  return `CREATE TABLE z_parent (id INT NOT NULL PRIMARY KEY, code VARCHAR(20) ${nullable(shape.codeNullable)} UNIQUE,
      word ${isPostgres ? 'TEXT' : 'TEXT CHARACTER SET utf8mb4'}, data ${isPostgres ? 'BYTEA' : 'BLOB'});
    CREATE TABLE a_child (id INT ${isPostgres ? 'GENERATED ALWAYS AS IDENTITY' : 'AUTO_INCREMENT'} PRIMARY KEY,
      parent_id INT ${nullable(shape.parentNullable || shape.uniqueChild)} ${shape.uniqueChild ? 'UNIQUE' : ''}, boss_id INT,
      place INT UNIQUE, n INT NOT NULL, twice INT GENERATED ALWAYS AS (n * 2) STORED,
      FOREIGN KEY (parent_id) REFERENCES z_parent (id) ${shape.cascade ? 'ON DELETE CASCADE' : ''},
      FOREIGN KEY (boss_id) REFERENCES a_child (id))`;
}

function insertsOf(engine: TestEngine, { parents, children }: Rows): string {
  const isPostgres = engine === 'postgresql';
  const bytes = (digits: string) => (isPostgres ? `decode('${digits}', 'hex')` : `x'${digits}'`);
  const text = (value: string | null) => {
    if (value === null) return 'NULL';
    const digits = Buffer.from(value, 'utf8').toString('hex');
    return isPostgres
      ? `convert_from(decode('${digits}', 'hex'), 'UTF8')`
      : `CONVERT(x'${digits}' USING utf8mb4)`;
  };
  const rows = parents.map(
    (row) =>
      `(${row.id}, ${row.code === null ? 'NULL' : `'${row.code}'`}, ${text(row.word)}, ${bytes(row.bytes)})`,
  );
  const override = isPostgres ? 'OVERRIDING SYSTEM VALUE' : '';
  return [
    `INSERT INTO z_parent VALUES ${rows.join(', ')}`,
    ...children.map(
      (row) =>
        `INSERT INTO a_child (id, parent_id, place, n) ${override} VALUES (${row.id}, ${row.parent}, ${row.rank}, ${row.n})`,
    ),
    ...children.map((row) => `UPDATE a_child SET boss_id = ${row.boss} WHERE id = ${row.id}`),
  ].join(';\n');
}

const shapes = fc.record({
  codeNullable: fc.boolean(),
  parentNullable: fc.boolean(),
  cascade: fc.boolean(),
  uniqueChild: fc.boolean(),
});
const cases = shapes.chain((shape) =>
  fc.record({ shape: fc.constant(shape), source: rowsFor(shape), target: rowsFor(shape) }),
);

async function checkCase(
  engines: { readonly source: TestEngine; readonly target: TestEngine },
  { shape, source, target }: { shape: Shape; source: Rows; target: Rows },
): Promise<void> {
  const sides: RepairSides = {
    source: await openTestDatabase(engines.source),
    target: await openTestDatabase(engines.target),
  };
  try {
    for (const [side, rows] of [
      ['source', source],
      ['target', target],
    ] as const) {
      const { engine } = sides[side];
      await sides[side].run(`${tablesOf(engine, shape)};\n${insertsOf(engine, rows)}`);
    }
    fc.pre(JSON.stringify(source) !== JSON.stringify(target));
    const { repair } = await expectRoundTrip(sides);
    expect(repair).toContain(' 0 left alone.');
  } finally {
    await Promise.all([sides.source.drop(), sides.target.drop()]);
  }
}

describe.each(
  availableEngines().map(
    (target) => ({ target, source: target === 'postgresql' ? 'mariadb' : 'postgresql' }) as const,
  ),
)('random damage to $target, repaired from $source', (engines) => {
  it(
    'is repaired and undone exactly',
    async () => {
      await fc.assert(
        fc.asyncProperty(cases, (each) => checkCase(engines, each)),
        { numRuns: RUNS, endOnFailure: true, ...propertySeed() },
      );
    },
    RUNS * 30_000,
  );
});
