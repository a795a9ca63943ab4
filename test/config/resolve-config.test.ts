import { type VerifySettings as BuiltSettings, resolveConfig as resolveBuilt } from 'rowproof';
import { describe, expect, it } from 'vitest';
import type { VerifySettings } from '../../src/config/options/setting-types.js';
import { resolveConfig } from '../../src/config/resolve-config.js';
import { resolveFlags } from '../../src/config/resolve-flags.js';
import { RowproofError } from '../../src/core/errors.js';
import { resolveFile } from './config-file.js';

const URLS = { source: 'mysql://old/shop', target: 'postgres://new/shop' };

function refusal(settings: unknown): RowproofError {
  try {
    resolveConfig(settings as VerifySettings);
  } catch (error) {
    if (error instanceof RowproofError) return error;
    throw error;
  }
  throw new Error('The settings were accepted.');
}

describe('the settings of a program', () => {
  it('come to the same as a config file and flags that say the same', () => {
    expect(resolveConfig(URLS)).toEqual(resolveFlags(URLS));
    const settings: VerifySettings = {
      ...URLS,
      tables: ['order*'],
      map: { Orders: 'public.orders' },
      ignoreColumns: ['*.updated_at'],
      mode: 'spot',
      ratio: 0.05,
      workers: 2,
      chunkRows: 5000n,
      seed: 18446744073709551615n,
      showValues: false,
      relax: ['*.email:trim,ignoreCase'],
      tableSettings: { orders: { where: "note <> '${HOME}'", key: ['id'], mode: 'count' } },
    };
    // JSON is YAML too; there `$${` is what a program writes as `${`.
    const file = JSON.stringify(settings, (_, value) => (typeof value === 'bigint' ? String(value) : value));
    expect(resolveConfig(settings)).toEqual(resolveFile(file.replaceAll('${', () => '$${')));
    expect(resolveConfig(settings).seed).toBe(18446744073709551615n);
    expect(resolveConfig(settings).showValues).toBe(false);
    expect(resolveConfig({ ...settings, showValues: undefined }).showValues).toBe(true);
  });

  it.each<[unknown, string, string]>([
    [undefined, 'settings: expected an object with source and target, got nothing.', ''],
    [{ source: URLS.source }, 'settings: target: expected a URL, got nothing.', ''],
    [
      { ...URLS, source: 'shop' },
      'settings: Expected source to be a URL, got something else.',
      'A URL starts',
    ],
    [
      { ...URLS, tables: [] },
      'settings: tables: expected a list of table names or globs, got an empty list.',
      '',
    ],
    [
      { ...URLS, minRows: 0 },
      'settings: minRows: expected a whole number from 1 to 1000000000000, got 0.',
      '',
    ],
    [{ ...URLS, minRows: 1.5 }, 'settings: minRows: expected a whole number', ''],
    [
      { ...URLS, tableSettings: { o: { key: ['a', 'a'] } } },
      'settings: tableSettings.o.key: expected a list of columns, each once, got a twice.',
      '',
    ],
    [
      { ...URLS, source: 'mysql://a:x/b' },
      'settings: Expected source to be a URL, got one whose port is none.',
      'A port',
    ],
    [{ ...URLS, hideValues: true }, 'settings: hideValues: is no setting here.', 'Write showValues: false.'],
    [
      { ...URLS, 'ignore-columns': ['*.note'] },
      'settings: ignore-columns: unknown key, did you mean "ignoreColumns"?',
      'Known keys: source, target, tables,',
    ],
    [
      { ...URLS, max_bytes_per_second: '1MB' },
      'settings: max_bytes_per_second: unknown key, did you mean "maxBytesPerSecond"?',
      'Known keys',
    ],
    [{ ...URLS, tabels: ['a'] }, 'settings: tabels: unknown key, did you mean "tables"?', 'Known keys'],
    [{ ...URLS, config: 'rowproof.yaml' }, 'settings: config: is no setting here.', 'give the settings'],
    [{ ...URLS, report: ['json'] }, 'settings: report: is no setting here.', 'formatReport('],
    [{ ...URLS, differences: 'a' }, 'settings: differences: is no setting here.', 'outcome.differences()'],
    [{ ...URLS, repair: 'a' }, 'settings: repair: is no setting here.', 'rowproof verify --repair'],
    [{ ...URLS, 'no-color': true }, 'settings: no-color: is no setting here.', 'formatReport'],
    [
      { ...URLS, 'target-where': ['orders:id > 3'] },
      'settings: target-where: belongs to a single table.',
      'tableSettings: { TABLE: { targetWhere: … } }',
    ],
    [
      { ...URLS, tableSettings: { orders: { kye: ['id'] } } },
      'settings: tableSettings.orders.kye: unknown key, did you mean "key"?',
      'Known keys: target, key,',
    ],
    [{ ...URLS, tables: 'orders' }, 'settings: tables: expected a list of table names', ''],
    [{ ...URLS, workers: 2.5 }, 'settings: workers: expected a whole number from 1 to 64, got 2.5.', ''],
    [{ ...URLS, seed: 2 ** 60 }, 'settings: seed: expected a whole number', ''],
    [{ ...URLS, mode: 'fast' }, 'settings: mode: expected one of full, spot, count, got "fast".', ''],
    [
      { ...URLS, ratio: '5%' },
      'settings: Expected ratio only where the mode of the run is spot.',
      'Add mode spot,',
    ],
    [
      { ...URLS, tableSettings: { o: { ratio: 0.5 } } },
      'settings: tableSettings.o.ratio: expected only with mode: spot.',
      'Add mode: spot to o',
    ],
    [
      { ...URLS, tableSettings: JSON.parse('{"__proto__": {"key": ["id"]}}') },
      'settings: tableSettings.__proto__: this name cannot be used as a key.',
      '',
    ],
  ])('%j are refused: %s', (settings, message, hint) => {
    const error = refusal(settings);
    expect(error.message.slice(0, message.length)).toBe(message);
    expect(error.hint).toContain(hint);
    expect(error.code).toBe('usage');
  });

  it.each<[unknown, object | null]>([
    [
      { ...URLS, ratio: '5%' },
      { setting: 'ratio', flag: '--ratio', given: 'ratio' },
    ],
    [
      { ...URLS, minRows: 0 },
      { setting: 'minRows', flag: '--min-rows', given: 'minRows' },
    ],
    [
      { ...URLS, tableSettings: { o: { ratio: 0.5 } } },
      { setting: 'ratio', flag: '--ratio', given: 'tableSettings.o.ratio' },
    ],
    [
      { ...URLS, tabels: ['a'] },
      { setting: null, flag: null, given: 'tabels' },
    ],
    [undefined, null],
  ])('%j are refused with the name of the option', (settings, option) => {
    expect(refusal(settings).option).toEqual(option);
  });

  it('that hold themselves are refused, and what is handed in stays as it is', () => {
    const circle: Record<string, unknown> = { ...URLS };
    circle.map = circle;
    expect(refusal(circle).message).toContain('too deeply');
    const frozen = Object.freeze({ ...URLS, tables: Object.freeze(['a']), workers: 3 });
    expect(resolveConfig(frozen).workers).toBe(3);
  });

  it('are typed: the compiler finds a misspelt one, and takes numbers as programs have them', () => {
    const build = (settings: BuiltSettings) => () => resolveBuilt(settings);
    expect(build({ ...URLS, workers: 2, seed: 7n, ratio: 0.5, mode: 'spot' })).not.toThrow();
    // @ts-expect-error a misspelt name
    expect(build({ ...URLS, tabels: ['a'] })).toThrow('did you mean "tables"?');
    // @ts-expect-error a word that is none of the modes
    expect(build({ ...URLS, mode: 'fast' })).toThrow('expected one of full, spot, count');
    // @ts-expect-error a misspelt name of a single table
    expect(build({ ...URLS, tableSettings: { o: { kye: ['id'] } } })).toThrow('did you mean "key"?');
    // @ts-expect-error both sides are needed
    expect(build({ source: URLS.source })).toThrow('target: expected a URL');
  });
});
