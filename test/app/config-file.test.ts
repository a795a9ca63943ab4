import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '../support/database.js';
import { runCli } from '../support/run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'rowproof-config-run-'));
afterAll(() => rmSync(folder, { recursive: true }));

const passwordOf = (url: string) => decodeURIComponent(new URL(url).password);

describe('a config file from mariadb to postgresql', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');
  const env = () => ({
    ROWPROOF_SOURCE_PASSWORD: passwordOf(source.url),
    ROWPROOF_TARGET_PASSWORD: passwordOf(target.url),
  });
  const verify = (...flags: string[]) => runCli(['verify', ...flags], { cwd: folder, env: env() });

  beforeAll(async () => {
    await source.run(`CREATE TABLE clients (id int PRIMARY KEY, code int NOT NULL UNIQUE, note varchar(20) NOT NULL);
      INSERT INTO clients VALUES (1, 11, 'a'), (2, 12, 'b'), (3, 13, 'old')`);
    await target.run(`CREATE TABLE customers (id int PRIMARY KEY, code int NOT NULL UNIQUE, remark varchar(20) NOT NULL);
      INSERT INTO customers VALUES (1, 11, 'a'), (2, 12, 'b')`);
    const written = await runCli(['init', '--source', source.url, '--target', target.url], { cwd: folder });
    expect(written).toMatchObject({ exitCode: 0, stderr: '' });
    appendFileSync(
      join(folder, 'rowproof.yaml'),
      `workers: 1
report: [json=run.json]
tableSettings:
  clients:
    target: customers
    key: [code]
    where: id < 3
    columnMap: { note: remark }
`,
    );
  });

  it('pairs tables and columns whose names differ, by the key and within the condition that it gives', async () => {
    const { exitCode, stderr } = await verify();
    expect(stderr).toContain('Settings from rowproof.yaml');
    expect(exitCode).toBe(0);
    expect(JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'))).toMatchObject({
      verdict: 'verified',
      totals: { sourceRows: 2, targetRows: 2 },
      tables: [{ key: ['code'], columns: expect.arrayContaining([pairOf('note', 'remark')]) }],
    });
  });

  it('gives way to a flag', async () => {
    const { exitCode, stdout } = await verify('--where', 'clients:id < 9', '--report', 'table');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/1 missing/);
  });

  it('sees a value that differs under the other name', async () => {
    await target.run("UPDATE customers SET remark = 'z' WHERE id = 2");
    const { exitCode, stdout } = await verify('--report', 'json');
    await target.run("UPDATE customers SET remark = 'b' WHERE id = 2");
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ tables: [{ changed: 1, changedColumns: { remark: 1 } }] });
  });

  it('is refused where it maps a column that the table does not have', async () => {
    const text = readFileSync(join(folder, 'rowproof.yaml'), 'utf8');
    writeFileSync(join(folder, 'wrong.yaml'), text.replaceAll('{ note:', '{ notte:'));
    const { exitCode, stderr } = await verify('--config', 'wrong.yaml');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /wrong\.yaml:\d+: tableSettings\.\w+\.columnMap names "notte", but clients on the source/,
    );
  });
});

function pairOf(source: string, target: string): unknown {
  return { source, target, compared: true };
}
