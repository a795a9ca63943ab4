import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { compare, tableResult } from '../app/compare.js';
import { availableEngines, type TestDatabase, useDatabase } from '../support/database.js';
import { propertySeed } from '../support/property-seed.js';
import { schemaOf } from './alike-values.js';
import { type RandomValues, randomValuesOf } from './random-values.js';
import { openRowHashes } from './row-hashes.js';

const RUNS = Math.ceil(Number(process.env.ROWPROOF_PROPERTY_CASES ?? '8') / 8);
const MS_PER_RUN = 60_000;
/** Every value of one side stands beside every one of the other. */
const VALUES = 14;

const seen = { proved: 0, readEqual: 0, different: 0 };
afterAll(() => {
  console.log(
    `Of random pairs of values ${seen.proved} were proved equal by hashes, ${seen.readEqual} by a read only, ${seen.different} differed.`,
  );
});

describe.each(availableEngines())('the hashes that %s makes of random values', (engine) => {
  const sides = { source: useDatabase(engine), target: useDatabase(engine) };
  const columns = randomValuesOf(engine);
  const pools = fc.tuple(
    ...columns.map(({ value }) => fc.array(value, { minLength: VALUES, maxLength: VALUES, size: 'max' })),
  );

  it(
    'are never equal where a read finds a difference',
    async () => {
      for (const side of ['source', 'target'] as const) await sides[side].run(schemaOf(engine, side));
      await fc.assert(
        fc.asyncProperty(pools, async (drawn) => {
          for (const [i, column] of columns.entries()) await fill(sides, column, drawn[i] ?? []);
          await expectReads(sides, columns);
          for (const { name } of columns)
            for (const side of [sides.source, sides.target]) await side.run(`DROP TABLE ${name}`);
        }),
        { numRuns: RUNS, endOnFailure: true, ...propertySeed() },
      );
      expect(Math.min(seen.proved, seen.different)).toBeGreaterThan(0);
    },
    RUNS * MS_PER_RUN,
  );
});

async function fill(
  sides: Record<'source' | 'target', TestDatabase>,
  { name, type, targetType }: RandomValues,
  values: readonly string[],
): Promise<void> {
  const rowsOf = (pick: (one: string, other: string) => string): string =>
    values
      .flatMap((one, i) => values.map((other, j) => `(${i * VALUES + j}, ${pick(one, other)})`))
      .join(', ');
  const write = (database: TestDatabase, declared: string, rows: string) =>
    database.run(
      `CREATE TABLE ${name} (id int PRIMARY KEY, v ${declared}); INSERT INTO ${name} VALUES ${rows}`,
    );
  await write(
    sides.source,
    type,
    rowsOf((one) => one),
  );
  await write(
    sides.target,
    targetType ?? type,
    rowsOf((_, other) => other),
  );
}

async function expectReads(
  sides: Record<'source' | 'target', TestDatabase>,
  columns: readonly RandomValues[],
): Promise<void> {
  const read = await compare({ ...sides, flags: { 'checksum-on': 'client' } });
  const found = await compare({ ...sides, flags: { 'checksum-on': 'server' } });
  expect(found.differences).toEqual(read.differences);
  const hashes = await Promise.all([sides.source, sides.target].map(({ url }) => openRowHashes(url)));
  try {
    const ids = Array.from({ length: VALUES * VALUES }, (_, id) => id);
    for (const { name } of columns) {
      expect([name, tableResult(found, name).findings]).toEqual([name, []]);
      const changed = new Set(
        read.differences
          .filter(({ table }) => table.endsWith(`.${name}`))
          .map(({ difference }) => Number(difference.key?.id)),
      );
      const [one, other] = await Promise.all(hashes.map((each) => each.read(name, ids)));
      for (const id of ids) {
        const hash = one?.get(id) ?? null;
        const isProved = hash !== null && hash === other?.get(id);
        if (isProved) expect([name, id, changed.has(id)]).toEqual([name, id, false]);
        seen[isProved ? 'proved' : changed.has(id) ? 'different' : 'readEqual']++;
      }
    }
  } finally {
    for (const each of hashes) await each.close();
  }
}
