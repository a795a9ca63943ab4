import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunResult } from 'rowproof';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '../support/database.js';
import { runCli } from '../support/run-cli.js';
import { fillTable } from '../traps/type-words.js';

const ROWS = 150_000;
const CHANGED = [1, 2, 10, 9_999, 70_000, 100_000, 149_999, 150_000];
const SECRET = 'confidential';

describe('what a run writes', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-outputs-'));
  const json = join(folder, 'run.json');
  const ndjson = join(folder, 'rows.ndjson');

  beforeAll(async () => {
    for (const database of [source, target]) {
      await database.run(
        `CREATE TABLE large (id int PRIMARY KEY, word varchar(40));
        CREATE TABLE "Aside" (id int PRIMARY KEY, word varchar(40))`.replaceAll(
          '"',
          database.engine === 'postgresql' ? '"' : '`',
        ),
      );
      await fillTable(database, { table: 'large', count: ROWS, select: `n, '${SECRET}'` });
    }
    await source.run(`INSERT INTO Aside VALUES (1, '${SECRET}'), (2, NULL)`);
    await target.run(`INSERT INTO "Aside" VALUES (1, NULL), (3, '${SECRET}');
      UPDATE large SET word = '${SECRET} too' WHERE id IN (${CHANGED.join(', ')})`);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const verify = (...flags: string[]) =>
    runCli([
      'verify',
      '--source',
      source.url,
      '--target',
      target.url,
      '--report',
      'table',
      '--report',
      `json=${json}`,
      '--differences',
      ndjson,
      ...flags,
    ]);
  const readLines = (): string[] => readFileSync(ndjson, 'utf8').trimEnd().split('\n');
  const readResult = (): RunResult => JSON.parse(readFileSync(json, 'utf8')) as RunResult;

  it('lists differences by table and by key as numbers, with several segments and workers', async () => {
    expect((await verify('--workers', '4', '--chunk-rows', '9000')).exitCode).toBe(1);
    const [header, ...lines] = readLines();
    expect(header).toBe(
      JSON.stringify({
        format: 'rowproof/differences@1',
        source: withoutAccount(source.url),
        target: withoutAccount(target.url).replace('postgresql:', 'postgres:'),
      }),
    );
    expect(lines).toEqual([
      '{"table":"public.Aside","kind":"changed","key":{"id":"1"},"columns":["word"],"source":{"word":"confidential"},"target":{"word":null}}',
      '{"table":"public.Aside","kind":"missing","key":{"id":"2"},"columns":["id","word"],"source":{"id":"2","word":null}}',
      '{"table":"public.Aside","kind":"extra","key":{"id":"3"},"columns":["id","word"],"target":{"id":"3","word":"confidential"}}',
      ...CHANGED.map((id) =>
        JSON.stringify({
          table: 'public.large',
          kind: 'changed',
          key: { id: `${id}` },
          columns: ['word'],
          source: { word: SECRET },
          target: { word: `${SECRET} too` },
        }),
      ),
    ]);
  });

  it('says in JSON what was compared, how, and what came out', async () => {
    await verify('--seed', '18446744073709551615');
    const result = readResult();
    expect(result).toMatchObject({
      format: 'rowproof/run@1',
      verdict: 'different',
      interrupted: false,
      mode: 'full',
      consistency: 'chunk',
      seed: '18446744073709551615',
      scope: { notChecked: expect.arrayContaining([expect.stringContaining('sequences')]), excluded: [] },
      source: { engine: 'mariadb', url: withoutAccount(source.url) },
      target: { engine: 'postgresql' },
      totals: {
        tables: 2,
        sourceRows: ROWS + 2,
        targetRows: ROWS + 2,
        missing: 1,
        extra: 1,
        changed: CHANGED.length + 1,
        inFlight: 0,
      },
      findings: [],
    });
    expect(Date.parse(result.startedAt)).toBeGreaterThan(Date.now() - 60_000);
    for (const hash of [result.askedHash, result.howHash]) expect(hash).toMatch(/^[0-9a-f]{16}$/);
    const large = result.tables.find((table) => table.target === 'public.large');
    expect(large).toMatchObject({
      source: `${source.name}.large`,
      verdict: 'different',
      strategy: 'range',
      key: ['id'],
      sourceRows: ROWS,
      targetRows: ROWS,
      missing: 0,
      extra: 0,
      changed: CHANGED.length,
      inFlight: 0,
      changedColumns: { word: CHANGED.length },
      findings: [],
      coverage: { rows: ROWS, unverifiedChunks: 0 },
      columns: [
        { source: 'id', target: 'id', compared: true },
        { source: 'word', target: 'word', compared: true },
      ],
    });
    expect(large?.coverage.chunks).toBeGreaterThan(1);
  });

  it('shows no password and no account', async () => {
    const { stdout, stderr } = await verify();
    for (const text of [stdout, stderr, readFileSync(json, 'utf8'), readFileSync(ndjson, 'utf8')]) {
      expect(text).not.toMatch(/verify:verify|verify@/);
    }
  });

  it('shows no value of a row with --hide-values, in no output', async () => {
    const shown = await verify();
    expect(shown.stdout).toContain(SECRET);
    const { exitCode, stdout, stderr } = await verify('--hide-values');
    expect(exitCode).toBe(1);
    for (const text of [stdout, stderr, readFileSync(json, 'utf8'), readFileSync(ndjson, 'utf8')]) {
      expect(text).not.toContain(SECRET);
    }
    expect(readLines()[1]).toBe(
      '{"table":"public.Aside","kind":"changed","key":{"id":"1"},"columns":["word"]}',
    );
    expect(stdout).toContain('word');
  });

  it('is the same set of differences with another seed and another way to cut the tables', async () => {
    await verify('--seed', '1', '--workers', '1', '--chunk-rows', '150000');
    const first = readLines();
    await verify('--seed', '2', '--workers', '3', '--chunk-rows', '1234');
    expect(readLines()).toEqual(first);
  });
});

function withoutAccount(url: string): string {
  const address = new URL(url);
  return `${address.protocol.replace('mariadb', 'mysql')}//${address.host}${address.pathname}`;
}
