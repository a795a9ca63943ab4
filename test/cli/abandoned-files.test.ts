import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { markOfProcess } from '../../src/app/left-files.js';
import { openOutputFile } from '../../src/cli/output-file.js';
import { openPartFiles } from '../../src/cli/part-files.js';
import { sampleResult, sampleTable } from '../report/sample-result.js';
import { availableEngines, useDatabase } from '../support/database.js';
import { runCli, startCli } from '../support/run-cli.js';
import { endReadingSessions, slowCondition, waitForSlowRead } from '../traps/slow-reads.js';
import { fakeVerify, runVerifyCli } from './fake-io.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rowproof-abandoned-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The mark of a process of this machine that has come to its end. */
function deadMark(): string {
  const [machine] = markOfProcess().split('-');
  return `${machine}-${spawnSync(process.execPath, ['-e', '0']).pid}`;
}

/** The mark of a process that is alive, and is another one. */
function livingMark(): string {
  return `${markOfProcess().split('-')[0]}-${process.ppid}`;
}

describe('what a killed process left of an output', () => {
  it('is deleted by the next run with that output, and nothing of a process that is alive', () => {
    const kept = [`.rows.ndjson.${livingMark()}.ab.tmp`, `.other.ndjson.${deadMark()}.ab.tmp`];
    for (const name of [...kept, `.rows.ndjson.${deadMark()}.ab.tmp`]) writeFileSync(join(folder, name), '');
    openOutputFile({
      flag: '--differences',
      path: join(folder, 'rows.ndjson'),
      access: 'private',
    }).discard();
    expect(readdirSync(folder).sort()).toEqual(kept.sort());
  });

  it('is deleted of the rows of a part, whose name is another one each time', () => {
    const path = join(folder, 'part-1.json');
    const first = openPartFiles(path);
    const left = readdirSync(folder).map((name) => name.replace(markOfProcess(), deadMark()));
    first.discard();
    expect(left).toHaveLength(2);
    for (const name of left) writeFileSync(join(folder, name), '');
    openPartFiles(path).discard();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is deleted of a history', async () => {
    const history = join(folder, 'history');
    mkdirSync(history);
    const kept = `.unfinished-${livingMark()}.ab.tmp`;
    for (const name of [kept, `.unfinished-${deadMark()}.ab.tmp`]) writeFileSync(join(history, name), '');
    const result = sampleResult([sampleTable()], { startedAt: new Date().toISOString() });
    await runVerifyCli(['--history', history], fakeVerify(result));
    const nights = readdirSync(history).filter((name) => name.startsWith('night-'));
    expect(nights).toHaveLength(1);
    expect(readdirSync(history).sort()).toEqual([kept, ...nights].sort());
  });
});

describe.skipIf(process.platform === 'win32')('a run that is killed', () => {
  const [engine = 'mariadb'] = availableEngines();
  const source = useDatabase(engine);
  const target = useDatabase(engine);

  it('leaves files that the next run with the same outputs deletes', async () => {
    for (const { run } of [source, target])
      await run('CREATE TABLE rows_of (id int PRIMARY KEY); INSERT INTO rows_of VALUES (1), (2), (3)');
    const sides = ['verify', '--source', source.url, '--target', target.url, '--no-journal'];
    const outputs = ['--repair', join(folder, 'fix.sql'), '--differences', join(folder, 'rows.ndjson')];
    const slow = ['--where', `rows_of:${slowCondition(engine, 30)}`, '--target-where', 'rows_of:1 = 1'];
    const { child, result } = startCli([...sides, ...outputs, ...slow]);
    await waitForSlowRead(source);
    child.kill('SIGKILL');
    await result;
    expect(readdirSync(folder).map((name) => name.endsWith('.tmp'))).toEqual([true, true, true]);
    await endReadingSessions(source);
    expect((await runCli([...sides, ...outputs])).exitCode).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['fix.sql', 'fix.undo.sql', 'rows.ndjson']);
  });
});
