import { type RowDifference, resolveConfig, type TableResult, verify } from 'rowproof';
import { beforeAll, describe, expect, it } from 'vitest';
import { enginePairs, type TestEngine, useDatabase } from '../support/database.js';
import { addresses, spelledAddresses } from './addresses.js';
import { wideTexts } from './charsets.js';
import { bitFieldsAgainstStrings, bitStrings, bytes, documents, uuids } from './documents.js';
import { doubles, mixedFloats, singles } from './floats.js';
import { daysAgainstTimes, setsAgainstArrays, textsInBytes } from './mixed-pairs.js';
import { bitWidths, decimals, integers } from './numbers.js';
import { amounts, intervalsAgainstTimes, scalars } from './scalars.js';
import { pointsAcross, shapes } from './shapes.js';
import { doublesAgainstNumbers, singlesAgainstNumbers } from './spelled-floats.js';
import { arrays, composites, ranges } from './structures.js';
import { dates, datetimes, instants, times } from './temporals.js';
import { enums, sets, setsAgainstText, texts } from './texts.js';
import { buildTypeTables, type TypeTables } from './type-tables.js';
import { incomparableColumns } from './without-rule.js';

const GROUPS = [
  ...[integers, bitWidths, decimals, singles, doubles, mixedFloats],
  ...[singlesAgainstNumbers, doublesAgainstNumbers],
  ...[texts, enums, sets, setsAgainstText],
  ...[bytes, bitStrings, bitFieldsAgainstStrings, uuids, documents],
  ...[dates, times, datetimes, instants],
  ...[arrays, ranges, composites, scalars, amounts, intervalsAgainstTimes],
  ...[addresses, spelledAddresses, shapes, pointsAcross, wideTexts],
  ...[textsInBytes, daysAgainstTimes, setsAgainstArrays],
];

/** What must run first: zero dates are allowed, and MySQL's session is in another zone than UTC. */
const PRELUDE: Readonly<Record<TestEngine, string>> = {
  mysql: "SET time_zone = '-05:00', sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES'",
  mariadb: "SET time_zone = '-05:00', sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES'",
  postgresql: "SET TimeZone = 'America/New_York'",
};

describe.each(enginePairs())('types of $source and $target', (engines) => {
  const source = useDatabase(engines.source);
  const target = useDatabase(engines.target);
  const groups = GROUPS.flatMap((group, i) => buildTypeTables(group, i, engines) ?? []);
  const incomparable = incomparableColumns(engines.source, engines.target);
  const results = new Map<string, TableResult>();
  const differences = new Map<string, RowDifference[]>();

  beforeAll(async () => {
    for (const [side, database] of [
      ['source', source],
      ['target', target],
    ] as const) {
      await database.run(PRELUDE[database.engine]);
      for (const group of groups) await database.run(group.scripts[side]);
      const columns = incomparable.map((column) => `${column.name} ${column[side]}`).join(', ');
      await database.run(
        `CREATE TABLE without_rule (id int PRIMARY KEY, ${columns}); INSERT INTO without_rule (id) VALUES (1)`,
      );
    }
    const config = resolveConfig({ source: source.url, target: target.url, workers: 2 });
    const outcome = await verify(config, { onEvent: () => {}, signal: new AbortController().signal });
    for (const table of outcome.result.tables) results.set(table.source?.split('.')[1] ?? '', table);
    for await (const { table, difference } of outcome.differences()) {
      const name = table.split('.')[1] ?? '';
      differences.set(name, [...(differences.get(name) ?? []), difference]);
    }
    await outcome.close();
  }, 300_000);

  const sum = (count: (group: TypeTables) => number): number =>
    groups.reduce((total, group) => total + count(group), 0);
  const counts = {
    types: new Set(groups.flatMap(({ types }) => types)).size,
    columns: sum(({ columns }) => columns.length),
    equal: sum(({ equalValues }) => equalValues),
    near: sum(({ misses }) => misses.size),
  };

  it(`compares ${counts.equal} equal values and ${counts.near} near misses of ${counts.types} types in ${counts.columns} columns`, () => {
    const rows = [...results.values()].reduce((total, { sourceRows }) => total + sourceRows, 0);
    expect(rows).toBe(sum(({ equalRows }) => equalRows) + counts.near + 1);
    const compared = groups.flatMap(({ equalTable }) => results.get(equalTable)?.columns ?? []);
    expect(compared.filter((column) => column.compared)).toHaveLength(counts.columns + groups.length);
  });

  it.each(groups)('takes equal $group for equal in $columns.length columns', (group) => {
    expect(differences.get(group.equalTable) ?? []).toEqual([]);
    expect(results.get(group.equalTable)).toMatchObject({
      verdict: 'verified',
      sourceRows: group.equalRows,
      targetRows: group.equalRows,
      // They were taken for equal by their hashes, not only when they were read again.
      inFlight: 0,
      findings: [],
    });
  });

  it.each(groups)('reports each of $misses.size near misses of $group by column and value', (group) => {
    const found = (differences.get(group.nearTable) ?? []).map((difference) => [
      difference.key?.id,
      difference,
    ]);
    const expected = [...group.misses].map(([id, { column, ...values }]) => [
      id,
      {
        kind: 'changed',
        key: { id },
        columns: [column],
        source: { [column]: values.source },
        target: { [column]: values.target },
      },
    ]);
    expect(found).toEqual(expected);
    expect(results.get(group.nearTable)).toMatchObject({ verdict: 'different', changed: group.misses.size });
  });

  it(`leaves ${incomparable.length} columns without a rule unverified, each by name`, () => {
    const result = results.get('without_rule');
    expect(result?.verdict).toBe('unverified');
    const unverified = result?.columns.filter(({ compared }) => !compared) ?? [];
    expect(unverified.map((column) => column.source)).toEqual(incomparable.map(({ name }) => name));
    expect(unverified.every(({ reason }) => (reason ?? '') !== '')).toBe(true);
    for (const { name } of incomparable) {
      const named = result?.findings.filter(({ message }) => message.startsWith(`Column ${name} `)) ?? [];
      expect(named.map(({ code }) => code)).toEqual(['column-unverified']);
    }
  });
});
