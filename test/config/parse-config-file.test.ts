import { describe, expect, it } from 'vitest';
import { resolveFlags } from '../../src/config/resolve-flags.js';
import { faultOfFile, resolveFile, URL_LINES } from './config-file.js';

const URLS = { source: 'mysql://old/shop', target: 'postgres://new/shop' };

describe('a config file', () => {
  it.each([
    ['workers: 4.0', { workers: 4 }],
    ['minRows: 1e3', { minRows: 1000 }],
    ['minRows: 1.5e+3', { minRows: 1500 }],
    ['mode: spot\nratio: 1.0', { mode: 'full', ratio: 1 }],
  ])('takes %s for the whole number that it is', (line, expected) => {
    expect(resolveFile(`${URL_LINES}${line}`)).toMatchObject(expected);
  });

  it('comes to the same as the flags that it stands for', () => {
    const text = `${URL_LINES}
tables: [order*, items]
exclude: ["*_log"]
map: { Orders: public.orders }
matchNames: snake-case
columns: [orders.id]
ignoreColumns: ["*.updated_at"]
mode: spot
ratio: 5%
workers: 8
chunkRows: 5000
seed: 18446744073709551615
showValues: false
tableSettings:
  orders: { where: "a > 'x:y'", targetWhere: b > 1 }
  lines: { key: [order_id, line], columns: [total], ignoreColumns: [note, tmp*], target: rows }
`;
    const { columnMap, tableSettings, ...config } = resolveFile(text);
    const {
      columnMap: _,
      tableSettings: none,
      ...expected
    } = resolveFlags({
      ...URLS,
      tables: ['order*', 'items'],
      exclude: ['*_log'],
      map: ['Orders=public.orders', 'lines=rows'],
      'match-names': 'snake-case',
      columns: ['orders.id', 'lines.total'],
      'ignore-columns': ['*.updated_at', 'lines.note', 'lines.tmp*'],
      mode: 'spot',
      ratio: '0.05',
      workers: '8',
      'chunk-rows': '5000',
      seed: '18446744073709551615',
      'hide-values': true,
      where: ["orders:a > 'x:y'"],
      'target-where': ['orders:b > 1'],
      key: ['lines:order_id,line'],
    });
    expect(config).toEqual(expected);
    expect(columnMap).toEqual(new Map());
    expect([none, tableSettings]).toEqual([[], ['orders', 'lines']]);
  });

  it('takes names that a flag could not spell', () => {
    const config = resolveFile(
      `${URL_LINES}tableSettings: {"a:b=c": {target: "d=e", where: id > 1, key: ["x,y"], columnMap: {"p:q": r}}}`,
    );
    expect(config.map).toEqual([{ source: 'a:b=c', target: 'd=e' }]);
    expect(config.where).toEqual(new Map([['a:b=c', 'id > 1']]));
    expect(config.keys).toEqual(new Map([['a:b=c', ['x,y']]]));
    expect(config.columnMap).toEqual(new Map([['a:b=c', [{ source: 'p:q', target: 'r' }]]]));
  });

  it('that is empty leaves everything to the flags', () => {
    expect(resolveFile('# nothing\n', { flags: URLS })).toEqual(resolveFlags(URLS));
  });

  it.each([
    ['sorce: x', 'rowproof.yaml:1: sorce: unknown key, did you mean "source"?'],
    ['ignore-columns: []', 'rowproof.yaml:1: ignore-columns: unknown key, did you mean "ignoreColumns"?'],
    ['zzzzzzzz: 1', 'rowproof.yaml:1: zzzzzzzz: unknown key.'],
    ['where: id > 1', 'rowproof.yaml:1: where: belongs to a single table.'],
    [
      'tableSettings:\n  orders:\n    where: a\n    kye: [id]',
      'rowproof.yaml:4: tableSettings.orders.kye: unknown key, did you mean "key"?',
    ],
    ['tableSettings: {__proto__: {kye: 1}}', 'tableSettings.__proto__: this name cannot be used as a key.'],
    ['tableSettings: {"a b": }', 'tableSettings."a b": expected the settings of a table, got nothing.'],
    ['tables: orders', 'tables: expected a list of table names or globs, got "orders".'],
    ['tables: [a, 1]', 'tables.1: expected a text, got 1.'],
    ['tables: [""]', 'tables.0: expected a text, got "".'],
    ['\nworkers: 65', 'rowproof.yaml:2: workers: expected a whole number from 1 to 64, got 65.'],
    ['workers: 2.5', 'workers: expected a whole number from 1 to 64, got 2.5.'],
    ['seed: 18446744073709551616', 'seed: expected a whole number from 0 to 18446744073709551615'],
    ['mode: fast', 'mode: expected one of full, spot, count, got "fast".'],
    ['ratio: 200%', 'ratio: expected a share of the rows such as 10% or 0.1, got "200%".'],
    ['columns: [id]', 'columns.0: expected TABLE.COLUMN, got "id".'],
    ['quiet: yes', 'quiet: expected true or false, got "yes".'],
    ['tableSettings: {o: {key: [a, a]}}', 'tableSettings.o.key: expected a list of columns, each once'],
    ['tableSettings: {o: {columnMap: {a: x, b: x}}}', 'pairs of columns, each target once, got x twice.'],
    ['[a]', 'rowproof.yaml: expected settings, one KEY: VALUE a line, got a list.'],
    ['a: 1\na: 2', 'rowproof.yaml:2: not valid YAML: a key stands there twice.'],
    ['tables: *a', 'not valid YAML: an alias has no anchor'],
    ['source: !url x', 'rowproof.yaml:1: not valid YAML: tag resolve failed.'],
    ['a: 1\n---\nb: 2', 'not valid YAML: it holds more than one document.'],
  ])('%j is refused: %s', (text, message) => {
    const error = faultOfFile(text, { flags: URLS });
    expect(error.message).toContain(message);
    expect(error.code).toBe('usage');
  });

  it.each([
    ['source: {url: "mysql://a:s3cret@b/c"}', 'source: expected a URL, got a mapping.'],
    ['workers: mysql://a:s3cret@b/c', 'workers: expected a whole number'],
    ['source: "mysql://a:s3cret@b/c', 'not valid YAML: missing char.'],
    ['workers: ${PASSWORD}', 'workers: expected a whole number from 1 to 64, got "${PASSWORD}".'],
    ['columns: ["${PASSWORD}"]', 'columns.0: expected TABLE.COLUMN, got "${PASSWORD}".'],
  ])('%j is refused without the secret', (text, message) => {
    const { message: told, hint } = faultOfFile(text, { flags: URLS, variables: { PASSWORD: 's3cret' } });
    expect(told).toContain(message);
    expect(told + hint).not.toContain('s3cret');
  });
});
