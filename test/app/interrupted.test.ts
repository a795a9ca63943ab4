import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunEvent } from 'rowproof';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RawFlags } from '../../src/config/raw-flags.js';
import { availableEngines, useDatabase } from '../support/database.js';
import { runCli, startCli } from '../support/run-cli.js';
import { slowCondition, waitForSlowRead } from '../traps/slow-reads.js';
import { fillTable } from '../traps/type-words.js';
import { compare, tableResult } from './compare.js';

const ROWS = 1000;

/** The databases are dropped after the tests, which fails where a session of a run is still in one. */
describe.each(availableEngines())('a run from %s that is interrupted', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase(engine === 'postgresql' ? 'mariadb' : 'postgresql');
  /** A chunk of these rows takes the best part of an hour, so a run that ends has cut it off. */
  const where = `late:id <= 200 OR ${slowCondition(engine, 30)}`;

  beforeAll(async () => {
    for (const database of [source, target]) {
      await database.run('CREATE TABLE early (id int PRIMARY KEY); CREATE TABLE late (id int PRIMARY KEY)');
      await fillTable(database, { table: 'early', count: ROWS, select: 'n' });
      await fillTable(database, { table: 'late', count: ROWS, select: 'n' });
    }
  });

  /** The chunks of the first rows are fast; the promise resolves once they are done and the next one is being read. */
  function compareUntilSlow(request: { flags: RawFlags; signal: AbortSignal }) {
    let fastChunks = 0;
    let onFastChunksDone: () => void = () => undefined;
    const fastChunksDone = new Promise<void>((resolve) => {
      onFastChunksDone = resolve;
    });
    const onEvent = (event: RunEvent): void => {
      if ((event.type === 'chunk:verified' || event.type === 'chunk:differs') && event.table.endsWith('late'))
        fastChunks++;
      if (fastChunks === 2) onFastChunksDone();
    };
    const running = compare({ source, target, ...request, onEvent });
    return { running, atSlowChunk: fastChunksDone.then(() => waitForSlowRead(source)) };
  }

  it('says so, keeps what was verified, and ends its sessions', async () => {
    const abort = new AbortController();
    const flags = { where, 'target-where': 'late:1 = 1', 'chunk-rows': '100', workers: '1' };
    const { running, atSlowChunk } = compareUntilSlow({ flags, signal: abort.signal });
    await atSlowChunk;
    abort.abort();
    const run = await running;
    expect(run.result).toMatchObject({ interrupted: true, verdict: 'unverified' });
    expect(tableResult(run, 'early').verdict).toBe('verified');
    expect(tableResult(run, 'late')).toMatchObject({
      verdict: 'unverified',
      sourceRows: 200,
      missing: 0,
      findings: [{ code: 'interrupted' }],
    });
  });

  it('keeps the differences that it had found', async () => {
    await target.run('DELETE FROM late WHERE id = 3');
    const abort = new AbortController();
    const flags = { where, 'target-where': 'late:1 = 1', 'chunk-rows': '100', workers: '1' };
    const { running, atSlowChunk } = compareUntilSlow({ flags, signal: abort.signal });
    await atSlowChunk;
    abort.abort();
    const run = await running;
    await target.run('INSERT INTO late VALUES (3)');
    expect(run.result).toMatchObject({ interrupted: true, verdict: 'different', totals: { missing: 1 } });
    expect(run.differences).toHaveLength(1);
  });

  const sides = () => ['verify', '--source', source.url, '--target', target.url, '--workers', '1'];

  async function interruptAtSlowRead(flags: readonly string[]) {
    const conditions = ['--where', where, '--target-where', 'late:1 = 1', '--chunk-rows', '100'];
    const { child, result } = startCli([...sides(), ...conditions, ...flags]);
    await waitForSlowRead(source);
    child.kill('SIGINT');
    return await result;
  }

  it.runIf(process.platform !== 'win32')('from the terminal ends with 130', async () => {
    const { exitCode, stdout } = await interruptAtSlowRead([]);
    expect(exitCode).toBe(130);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/INTERRUPTED/);
  });

  it.runIf(process.platform !== 'win32')(
    'leaves the repair of the last run where it found nothing',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'rowproof-interrupted-'));
      const outputs = ['--repair', join(folder, 'fix.sql'), '--differences', join(folder, 'rows.ndjson')];
      const readAll = () =>
        readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
      await target.run('DELETE FROM late WHERE id = 3');
      const earlier = await runCli([...sides(), ...outputs]);
      await target.run('INSERT INTO late VALUES (3)');
      const files = readAll();
      const interrupted = await interruptAtSlowRead(outputs);
      expect([earlier.exitCode, interrupted.exitCode]).toEqual([1, 130]);
      expect(files).toHaveLength(3);
      expect(readAll()).toEqual(files);
      expect(interrupted.stderr).toContain('fix.sql are left as they were');
      rmSync(folder, { recursive: true });
    },
  );
});
