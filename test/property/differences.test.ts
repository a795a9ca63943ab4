import fc from 'fast-check';
import { type RowDifference, resolveConfig, type TableResult, verify } from 'rowproof';
import { afterAll, describe, expect, it } from 'vitest';
import { enginePairs, type TestDatabase, useDatabase } from '../support/database.js';
import { propertySeed } from '../support/property-seed.js';
import { compareKeyValues, readKeyValue, UNORDERED_KINDS } from './column-kinds.js';
import { caseArbitrary, expectedDifferences, type RandomCase } from './random-table.js';
import { dropTable, writeTable } from './write-table.js';

const CASES = Number(process.env.ROWPROOF_PROPERTY_CASES ?? '8');
const MS_PER_CASE = 10_000;

let ran = 0;
const strategies = new Set<string>();
afterAll(() => {
  console.log(`${ran} random tables were damaged and verified: ${[...strategies].sort().join(', ')}.`);
});

describe.each(enginePairs())('random tables on $source and $target', (engines) => {
  const source = useDatabase(engines.source);
  const target = useDatabase(engines.target);

  it(
    `reports exactly the damage of ${CASES} tables, in key order`,
    async () => {
      await fc.assert(
        fc.asyncProperty(caseArbitrary, async (random) => {
          ran++;
          await checkCase(random, { source, target });
        }),
        {
          numRuns: CASES,
          unbiased: true,
          ...propertySeed(),
          interruptAfterTimeLimit: CASES * MS_PER_CASE,
          markInterruptAsFailure: true,
        },
      );
    },
    CASES * MS_PER_CASE + 60_000,
  );
});

async function checkCase(
  random: RandomCase,
  databases: Readonly<Record<'source' | 'target', TestDatabase>>,
): Promise<void> {
  const sides = ['source', 'target'] as const;
  try {
    for (const side of sides) await writeTable(databases[side], random, side);
    const { table, differences } = await verifyTable(random, databases);
    strategies.add(
      `${table?.strategy} by ${table?.key.length === 0 ? 'rows' : 'key'}, hashed by ${table?.checksum}`,
    );
    if (random.index === 'none') return expectBag(random, { table, differences });
    const expected = expectedDifferences(random);
    const found = differences.map(
      (difference) =>
        [keyOf(random, difference), { kind: difference.kind, columns: difference.columns }] as const,
    );
    const byKey = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
      compareKeys(random, one, other);
    const key = random.columns.slice(0, random.keyCount);
    const isOrdered = random.index === 'primary' && !key.some(({ kind }) => UNORDERED_KINDS.has(kind.name));
    if (!isOrdered) found.sort(byKey);
    expect(found).toEqual([...expected].sort(byKey));
    const countOf = (kind: string): number =>
      [...expected.values()].filter((difference) => difference.kind === kind).length;
    expect(table).toMatchObject({
      verdict: expected.size === 0 ? 'verified' : 'different',
      sourceRows: random.source.size,
      targetRows: random.target.size,
      missing: countOf('missing'),
      extra: countOf('extra'),
      changed: countOf('changed'),
      inFlight: 0,
      findings: [],
    });
  } finally {
    for (const side of sides) await dropTable(databases[side], random);
  }
}

/** Without a key a changed row is one that is missing and another that is extra. */
function expectBag(
  random: RandomCase,
  { table, differences }: { table: TableResult | undefined; differences: readonly RowDifference[] },
): void {
  const expected = [...expectedDifferences(random)].flatMap(([key, { kind }]) =>
    kind === 'changed' ? [`missing ${key}`, `extra ${key}`] : [`${kind} ${key}`],
  );
  const found = differences.map((difference) => {
    expect(difference).toMatchObject({
      key: null,
      sourceCopies: difference.kind === 'missing' ? 1 : 0,
      targetCopies: difference.kind === 'missing' ? 0 : 1,
    });
    return `${difference.kind} ${keyOf(random, { key: difference.source ?? difference.target })}`;
  });
  expect(found.sort()).toEqual(expected.sort());
  const countOf = (kind: string): number => expected.filter((each) => each.startsWith(kind)).length;
  expect(table).toMatchObject({
    verdict: expected.length === 0 ? 'verified' : 'different',
    strategy: 'bucket',
    key: [],
    missing: countOf('missing'),
    extra: countOf('extra'),
    changed: 0,
    findings: [],
  });
}

async function verifyTable(
  random: RandomCase,
  { source, target }: Readonly<Record<'source' | 'target', TestDatabase>>,
): Promise<{ table: TableResult | undefined; differences: RowDifference[] }> {
  const config = resolveConfig({
    source: source.url,
    target: target.url,
    chunkRows: random.chunkRows,
    workers: random.workers,
    checksumOn: random.checksumOn,
  });
  const outcome = await verify(config, { onEvent: () => {}, signal: new AbortController().signal });
  const differences: RowDifference[] = [];
  for await (const { difference } of outcome.differences()) differences.push(difference);
  await outcome.close();
  const [table] = outcome.result.tables;
  // That a table was read although the servers were to hash it is no damage.
  const findings = table?.findings.filter(({ code }) => code !== 'checksum-on-client') ?? [];
  return { table: table === undefined ? table : { ...table, findings }, differences };
}

function keyOf({ columns, keyCount }: RandomCase, { key }: Pick<RowDifference, 'key'>): string {
  return JSON.stringify(columns.slice(0, keyCount).map(({ name, kind }) => readKeyValue(kind, key?.[name])));
}

function compareKeys({ columns }: RandomCase, one: string, other: string): number {
  const [left, right] = [JSON.parse(one) as string[], JSON.parse(other) as string[]];
  for (const [i, value] of left.entries()) {
    const column = columns[i];
    const order = column === undefined ? 0 : compareKeyValues(column.kind, value, right[i] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}
