import { readFileSync } from 'node:fs';
import type { TableResult } from 'rowproof';
import { describe, expect, it } from 'vitest';
import { mergeSettings } from '../../src/config/merge-settings.js';
import { parseConfigFile } from '../../src/config/parse-config-file.js';
import type { RunConfig } from '../../src/config/run-config.js';
import { type Comparison, compareWith, findingCodes, listDifferences } from '../app/compare.js';
import { fewEnginePairs, type TestDatabase, useDatabase } from '../support/database.js';
import {
  type ExpectedResult,
  type ExpectedTable,
  emptyDatabase,
  fillSide,
  fits,
  readScenarios,
  type Scenario,
  type ScenarioCase,
} from '../support/scenario.js';

const SCENARIOS = readScenarios();
const PAIRS = fewEnginePairs();
/** So many pairs play each scenario, in turns, where not all of them are asked for. */
const PLAYED = process.env.ROWPROOF_TEST_PAIRS === 'all' ? PAIRS.length : 2;

const pairsOf = (scenario: Scenario, at: number): typeof PAIRS => {
  const fitting = PAIRS.filter((pair) => fits(scenario, pair));
  return fitting.filter((_, i) => (i + fitting.length - (at % fitting.length)) % fitting.length < PLAYED);
};

interface Sides {
  readonly source: TestDatabase;
  readonly target: TestDatabase;
}

function readConfig({ configPath: path }: ScenarioCase, { source, target }: Sides): RunConfig {
  const text = readFileSync(path, 'utf8');
  const file = parseConfigFile({ path, text, variables: {}, replaced: ['source', 'target'] });
  return mergeSettings({ source: source.url, target: target.url, workers: '1' }, file).config;
}

/** What stands behind the schema, which is another one on every engine. */
const bare = (name: string | null): string => (name ?? '').slice((name ?? '').indexOf('.') + 1);

function expectTable(found: TableResult, expected: ExpectedTable): void {
  const { rows, findings, target, columnsCompared, ...same } = expected;
  expect(found).toMatchObject(same);
  if (rows !== undefined) expect([found.sourceRows, found.targetRows]).toEqual(rows);
  if (target !== undefined) expect(bare(found.target)).toBe(target);
  if (columnsCompared !== undefined)
    expect(found.columns.flatMap(({ compared, source }) => (compared ? [source] : []))).toEqual(
      columnsCompared,
    );
  const codes = findings.map((each) => (typeof each === 'string' ? each : Object.keys(each)[0]));
  expect(findingCodes(found)).toEqual(codes);
  for (const [at, each] of findings.entries())
    if (typeof each !== 'string') expect(found.findings[at]?.message).toContain(Object.values(each)[0]);
}

function expectResult(found: Comparison, expected: ExpectedResult): void {
  const { result } = found;
  const rows = expected.differences.map((each) => (typeof each === 'string' ? { row: each } : each));
  expect(listDifferences(found)).toEqual(rows.map(({ row }) => row));
  for (const [at, { row: _, ...values }] of rows.entries())
    expect(found.differences[at]?.difference).toMatchObject(values);
  expect(result.tables.map(({ source }) => bare(source))).toEqual(Object.keys(expected.tables));
  for (const [at, table] of Object.values(expected.tables).entries()) {
    const each = result.tables[at];
    if (each !== undefined) expectTable(each, table);
  }
  expect(findingCodes(result)).toEqual(expected.findings);
  if (expected.excluded !== undefined) expect(result.scope.excluded.map(bare)).toEqual(expected.excluded);
  if (expected.relaxations !== undefined)
    expect(result.scope.relaxations.map(({ remarks }) => remarks)).toEqual(expected.relaxations);
  expect(result.verdict).toBe(expected.verdict);
}

it('every scenario is played on some pair of engines', () => {
  expect(SCENARIOS.filter((scenario, at) => pairsOf(scenario, at).length === 0)).toEqual([]);
});

describe.each(PAIRS)('from $source to $target', (engines) => {
  const source = useDatabase(engines.source);
  const target = useDatabase(engines.target);
  const sides = { source, target };

  it.each(SCENARIOS.filter((scenario, at) => pairsOf(scenario, at).includes(engines)))(
    '$name',
    async (scenario) => {
      for (const side of ['source', 'target'] as const) {
        await emptyDatabase(sides[side]);
        await fillSide(scenario, side, sides[side]);
      }
      for (const each of scenario.cases) {
        const { expected } = each;
        const running = (async () => compareWith(readConfig(each, sides)))();
        // The name of the case is in what a failure says.
        if ('refused' in expected) await expect(running, each.name).rejects.toThrow(expected.refused);
        else inCase(each.name, expectResult, await running, expected);
      }
    },
  );
});

function inCase(name: string, check: typeof expectResult, ...of: Parameters<typeof expectResult>): void {
  try {
    check(...of);
  } catch (error) {
    if (error instanceof Error && name !== '') error.message = `${name}: ${error.message}`;
    throw error;
  }
}
