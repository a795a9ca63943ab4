import { describe, expect, it } from 'vitest';
import { parseConfigFile } from '../../src/config/parse-config-file.js';
import { RowproofError } from '../../src/core/errors.js';
import { isNestedDeeperThan } from '../../src/core/nesting.js';
import { parseSavedResult } from '../../src/report/saved-result.js';
import { sampleResult, sampleTable } from '../report/sample-result.js';

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof RowproofError && error.code === 'usage') return error.message;
    throw error;
  }
  return 'accepted';
}

const laughs = ['a: &a [x, x, x, x, x, x, x, x, x]']
  .concat([...'bcdefghi'].map((name, index) => `${name}: &${name} [${`*${'abcdefgh'[index]}, `.repeat(9)}]`))
  .join('\n');

describe('a hostile config file', () => {
  it.each([
    ['an alias inside its own anchor', 'tables: &a [*a]'],
    ['an alias that branches into itself', 'tables: &a [*a, *a]\nexclude: *a'],
    ['a mapping that holds itself', 'tableSettings: &a\n  orders: *a'],
    ['aliases of aliases of aliases', laughs],
    ['lists in lists', `tables: ${'['.repeat(50_000)}`],
    ['lists in lists that end', `tables: ${'['.repeat(40)}${']'.repeat(40)}`],
    [
      'mappings in mappings',
      `${Array.from({ length: 60 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')} 1`,
    ],
    ['an alias without an anchor', 'tables: *a'],
    ['a prototype as a key', '__proto__: { source: x }'],
    ['a prototype in a table', 'tableSettings: { orders: { __proto__: { where: "1" } } }'],
    ['a merge key', 'tableSettings: { orders: { <<: { where: "1" } } }'],
    ['a tag', 'source: !!js/function "x"'],
  ])('ends with one sentence: %s', (_, text) => {
    const message = refusal(() => parseConfigFile({ path: 'rowproof.yaml', text, variables: {} }));
    expect(message).toMatch(/^rowproof\.yaml.*\.$/s);
    expect(message.split('\n')).toHaveLength(1);
  });
});

describe('a hostile saved result', () => {
  const table = sampleTable({ verdict: 'different', changed: 1 });
  const good = sampleResult([table]);
  const change = (path: string, value: unknown): string => {
    const copy = structuredClone(good) as unknown as Record<string, unknown>;
    const steps = path.split('.');
    const parent = steps.slice(0, -1).reduce((each, step) => each[step] as Record<string, unknown>, copy);
    parent[steps.at(-1) ?? ''] = value;
    return JSON.stringify(copy);
  };

  it.each([
    ['verdict', 'constructor'],
    ['verdict', 'verified'],
    ['mode', '\u001b[2J'],
    ['source.engine', '__proto__'],
    ['source.url', 7],
    ['elapsedMs', -1],
    ['elapsedMs', 1e300],
    ['totals.missing', '1'],
    ['startedAt', null],
    ['tables.0.verdict', '\n::error::x'],
    ['tables.0.strategy', 'toString'],
    ['tables.0.checksum', 'constructor'],
    ['tables.0.changedColumns', { note: {} }],
    ['tables.0.columns', [{}]],
    ['tables.0.sample', [{ kind: '\u001b[31m', key: null, columns: [], source: null, target: null }]],
    ['tables.0.sample', [{ kind: 'missing', key: { id: 7 }, columns: [], source: null, target: null }]],
    ['tables.0.findings', [{ code: 'constructor', message: 'x', hint: '' }]],
    ['tables.0.diagnoses', [{ cause: 'toString' }]],
    ['load', { maxLoad: {} }],
    ['scope', { notChecked: [1], excluded: [] }],
  ])('is refused where its %s is %j', (path, value) => {
    expect(refusal(() => parseSavedResult(JSON.stringify(good), 'run.json'))).toBe('accepted');
    expect(refusal(() => parseSavedResult(change(path, value), 'run.json'))).toMatch(/^run\.json/);
  });

  it('is refused where it is nested more deeply than any writer of it can take', () => {
    const text = JSON.stringify(good).replace(
      /\}$/,
      `,"extra":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    );
    expect(refusal(() => parseSavedResult(text, 'run.json'))).toMatch(/^run\.json is incomplete/);
  });
});

describe('the measure of nesting', () => {
  it('counts levels and ends on what holds itself', () => {
    const loop: unknown[] = [];
    loop.push(loop, loop);
    expect(isNestedDeeperThan(loop, 64)).toBe(true);
    expect(isNestedDeeperThan([[[1]]], 3)).toBe(false);
    expect(isNestedDeeperThan([[[1]]], 2)).toBe(true);
  });
});
