import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { RawFlags } from '../../src/config/raw-flags.js';
import { resolveFlags } from '../../src/config/resolve-flags.js';
import { RowproofError } from '../../src/core/errors.js';

const URLS = { source: 'mysql://old/shop', target: 'postgres://new/shop' };

function refusal(flags: RawFlags): RowproofError {
  try {
    resolveFlags(flags);
  } catch (error) {
    if (error instanceof RowproofError) return error;
    throw error;
  }
  throw new Error('The flags were accepted.');
}

describe('a resolved config', () => {
  it('leaves nothing open when only the two URLs are given', () => {
    expect(resolveFlags(URLS)).toEqual({
      sourceUrl: 'mysql://old/shop',
      targetUrl: 'postgres://new/shop',
      tables: [],
      exclude: [],
      map: [],
      matchNames: 'exact',
      relax: [],
      uuidSwap: [],
      sourceTimezone: null,
      targetTimezone: null,
      mode: 'full',
      ratio: 1,
      tableSettings: [],
      tableModes: new Map(),
      minRows: null,
      tableMinRows: new Map(),
      columns: [],
      ignoreColumns: [],
      where: new Map(),
      targetWhere: new Map(),
      keys: new Map(),
      columnMap: new Map(),
      workers: Math.max(1, Math.min(4, availableParallelism())),
      fixesWorkers: false,
      chunkRows: null,
      chunkTimeMs: 500,
      maxDifferences: null,
      maxRuntimeMs: null,
      recheckForMs: null,
      snapshot: false,
      snapshotLock: null,
      pauseReplicaMs: null,
      maxSnapshotAgeMs: 3_600_000,
      maxLagMs: null,
      maxLagWaitMs: 1_800_000,
      waitForServerMs: 300_000,
      limits: { maxRowsPerSecond: null, maxBytesPerSecond: null, maxLoad: null },
      fenceTable: null,
      fenceCommand: null,
      fenceOrder: 'table',
      checksumOn: 'client',
      seed: null,
      canary: false,
      showValues: true,
      showColumns: [],
      hashKeys: false,
      keyFile: null,
    });
  });

  it('reads every flag in its documented form', () => {
    const config = resolveFlags({
      ...URLS,
      tables: ['order*', 'items'],
      exclude: ['*_log'],
      map: ['Orders=public.orders'],
      'match-names': 'snake-case',
      columns: ['orders.id'],
      'ignore-columns': ['*.updated_at', 'shop.orders.note'],
      where: ["orders:created_at > '2024-01-01 00:00:00'"],
      'target-where': ['orders:created_at > now()'],
      key: ['lines:order_id, line'],
      workers: '64',
      'chunk-rows': '5000',
      'chunk-time': '1.5s',
      'max-rows-per-second': '20000',
      'max-bytes-per-second': '8MiB',
      'max-load': '25',
      'min-rows': '1000',
      seed: '18446744073709551615',
      'hide-values': true,
      'show-columns': 'orders.status',
      'hash-keys': true,
      'key-file': 'key',
    });
    expect(config).toMatchObject({
      tables: ['order*', 'items'],
      exclude: ['*_log'],
      map: [{ source: 'Orders', target: 'public.orders' }],
      matchNames: 'snake-case',
      columns: [{ table: 'orders', column: 'id' }],
      ignoreColumns: [
        { table: '*', column: 'updated_at' },
        { table: 'shop.orders', column: 'note' },
      ],
      workers: 64,
      fixesWorkers: true,
      minRows: 1000,
      chunkRows: 5000,
      chunkTimeMs: 1500,
      maxRuntimeMs: null,
      recheckForMs: null,
      maxLagMs: null,
      maxLagWaitMs: 1_800_000,
      limits: { maxRowsPerSecond: 20_000, maxBytesPerSecond: 8_388_608, maxLoad: 25 },
      seed: 18446744073709551615n,
      showValues: false,
      showColumns: [{ table: 'orders', column: 'status' }],
      hashKeys: true,
      keyFile: 'key',
    });
    expect(config.where.get('orders')).toBe("created_at > '2024-01-01 00:00:00'");
    expect(config.targetWhere.get('orders')).toBe('created_at > now()');
    expect(config.keys.get('lines')).toEqual(['order_id', 'line']);
  });

  it.each<[RawFlags, string]>([
    [{ target: URLS.target }, 'Expected --source URL, got none.'],
    [{ ...URLS, target: 'shop' }, 'Expected --target to be a URL, got something else.'],
    [{ ...URLS, source: ['mysql://a/b', 'mysql://c/d'] }, 'Expected --source once, got it 2 times.'],
    [{ ...URLS, workers: '-1' }, 'Expected --workers to be a whole number from 1 to 64, got -1.'],
    [{ ...URLS, workers: '65' }, 'Expected --workers to be a whole number from 1 to 64, got 65.'],
    [{ ...URLS, workers: '2.5' }, 'Expected --workers to be a whole number from 1 to 64, got 2.5.'],
    [{ ...URLS, workers: '1e1' }, 'Expected --workers to be a whole number from 1 to 64, got 1e1.'],
    [{ ...URLS, 'chunk-rows': '0' }, 'Expected --chunk-rows to be a whole number from 1 to 10000000, got 0.'],
    [{ ...URLS, 'chunk-time': '500' }, 'Expected --chunk-time to be a time from 10ms to 60s, got 500.'],
    [{ ...URLS, 'chunk-time': '9ms' }, 'Expected --chunk-time to be a time from 10ms to 60s, got 9ms.'],
    [{ ...URLS, 'chunk-time': '61s' }, 'Expected --chunk-time to be a time from 10ms to 60s, got 61s.'],
    [{ ...URLS, 'chunk-time': '-1s' }, 'Expected --chunk-time to be a time from 10ms to 60s, got -1s.'],
    [
      { ...URLS, 'max-rows-per-second': '0' },
      'Expected --max-rows-per-second to be a whole number from 1 to 1000000000, got 0.',
    ],
    [
      { ...URLS, 'max-bytes-per-second': '10 MBit' },
      'Expected --max-bytes-per-second to be a size from 1kB to 1000GB, got 10 MBit.',
    ],
    [
      { ...URLS, 'max-bytes-per-second': '5000' },
      'Expected --max-bytes-per-second to be a size from 1kB to 1000GB, got 5000.',
    ],
    [{ ...URLS, 'max-load': '0' }, 'Expected --max-load to be a whole number from 1 to 100000, got 0.'],
    [
      { ...URLS, seed: '18446744073709551616' },
      'Expected --seed to be a whole number from 0 to 18446744073709551615, got 18446744073709551616.',
    ],
    [
      { ...URLS, 'match-names': 'fuzzy' },
      'Expected --match-names to be one of exact, ignore-case, snake-case, got fuzzy.',
    ],
    [
      { ...URLS, 'checksum-on': 'both' },
      'Expected --checksum-on to be one of auto, client, server, got both.',
    ],
    [{ ...URLS, map: ['orders'] }, 'Expected --map in the form SOURCE=TARGET, got orders.'],
    [{ ...URLS, map: ['a=x', 'b=x'] }, 'Expected --map to name each target table once, got x twice.'],
    [{ ...URLS, columns: ['id'] }, 'Expected --columns in the form TABLE.COLUMN, got id.'],
    [
      { ...URLS, 'ignore-columns': ['orders.'] },
      'Expected --ignore-columns in the form TABLE.COLUMN, got orders..',
    ],
    [{ ...URLS, where: ['orders'] }, 'Expected --where in the form TABLE:SQL, got orders.'],
    [{ ...URLS, where: ['orders: '] }, 'Expected --where in the form TABLE:SQL, got orders: .'],
    [{ ...URLS, where: ['o:a', 'o:b'] }, 'Expected one --where for o, got two.'],
    [{ ...URLS, key: ['o:a,,b'] }, 'Expected --key to name each column of o once, got a,,b.'],
    [{ ...URLS, key: ['o:a,a'] }, 'Expected --key to name each column of o once, got a,a.'],
    [{ ...URLS, tables: [''] }, 'Expected --tables to have a value, got an empty one.'],
    [
      { ...URLS, 'show-values': true, 'hide-values': true },
      'Expected --show-values or --hide-values, got both.',
    ],
    [{ ...URLS, 'hide-values': false }, 'Expected --hide-values to have no value, got one.'],
  ])('%j is refused: %s', (flags, message) => {
    const error = refusal(flags);
    expect(error.message).toBe(message);
    expect(error.code).toBe('usage');
    expect(error.hint).not.toBe('');
    const [flag] = /--[a-z-]+/.exec(message) ?? [];
    expect(error.option).toMatchObject({ flag, given: flag, setting: expect.any(String) });
  });

  it.each([
    'mysql://root:pa#s3cret@h:3306/d',
    'mysql://root:s3cret@h:port/d',
    'root:s3cret@h/d',
    'mysql:root:s3cret@h',
  ])('a URL that cannot be read is refused without being repeated: %s', (source) => {
    const error = refusal({ ...URLS, source });
    expect(error.message + error.hint).not.toContain('s3cret');
  });
});

describe('a rate of bytes', () => {
  it.each([
    ['500kB', 500_000],
    ['500 KB', 500_000],
    ['1.5mb', 1_500_000],
    ['2GB', 2_000_000_000],
    ['64KiB', 65_536],
    ['1GiB', 1_073_741_824],
    ['2000B', 2000],
  ])('%s is %d bytes a second', (text, bytes) => {
    const { limits } = resolveFlags({ ...URLS, 'max-bytes-per-second': text });
    expect(limits.maxBytesPerSecond).toBe(bytes);
  });
});

describe('a URL that names a unix socket', () => {
  it('may leave the host out', () => {
    const config = resolveFlags({
      source: 'mysql://a:b@/shop?socket=/run/my.sock',
      target: 'postgres://a@/shop?host=/run',
    });
    expect([config.sourceUrl, config.targetUrl]).toEqual([
      'mysql://a:b@localhost/shop?socket=/run/my.sock',
      'postgres://a@localhost/shop?host=/run',
    ]);
  });
});

describe('the mode and its ratio', () => {
  const resolve = (flags: Record<string, string>) =>
    resolveFlags({ source: 'mysql://a@b/c', target: 'mysql://a@d/c', ...flags });
  it('takes a percentage or a fraction', () => {
    expect(resolve({ mode: 'spot', ratio: '5%' }).ratio).toBe(0.05);
    expect(resolve({ mode: 'spot', ratio: '.25' }).ratio).toBe(0.25);
    expect(resolve({ mode: 'spot' })).toMatchObject({ mode: 'spot', ratio: 0.1 });
  });
  it.each(['0', '0%', '101%', '1.5', 'x', '-5%', ''])('refuses the ratio "%s"', (ratio) => {
    expect(() => resolve({ mode: 'spot', ratio })).toThrow(/Expected --ratio/);
  });
  it('refuses a ratio that would have no effect', () => {
    expect(() => resolve({ mode: 'full', ratio: '5%' })).toThrow(/only where the mode of the run is spot/);
  });
});
