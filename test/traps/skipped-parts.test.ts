import { beforeAll, describe, expect, it } from 'vitest';
import { compare, listDifferences, tableResult } from '../app/compare.js';
import { availableEngines, type TestEngine, useDatabase } from '../support/database.js';
import { runCli } from '../support/run-cli.js';
import { runOnBoth } from './type-words.js';

const UNRULED: Readonly<Record<TestEngine, string>> = {
  mariadb: 'geometry',
  mysql: 'geometry',
  postgresql: 'interval',
};

describe.each(availableEngines())('a column of %s that cannot be compared', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase(engine === 'postgresql' ? 'mariadb' : 'postgresql');

  beforeAll(async () => {
    await source.run(
      `CREATE TABLE place (id int PRIMARY KEY, word varchar(20), \`shape\` ${UNRULED[engine]})`.replaceAll(
        '`',
        engine === 'postgresql' ? '"' : '`',
      ),
    );
    await target.run('CREATE TABLE place (id int PRIMARY KEY, word varchar(20), shape varchar(20))');
    await runOnBoth([source, target], "INSERT INTO place (id, word) VALUES (1, 'a'), (2, 'b')");
  });

  const cli = (...flags: string[]) =>
    runCli(['verify', '--source', source.url, '--target', target.url, '--no-color', ...flags]);

  it('ends the program with 3 and is named in the last line', async () => {
    const { exitCode, stdout } = await cli();
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/shape/);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^UNVERIFIED: .*place/);
  });

  it('does not hide a difference in another column', async () => {
    await target.run("UPDATE place SET word = 'x' WHERE id = 2");
    const run = await compare({ source, target });
    await target.run("UPDATE place SET word = 'b' WHERE id = 2");
    expect(listDifferences(run)).toEqual(['changed 2 word']);
    expect(tableResult(run, 'place')).toMatchObject({
      verdict: 'different',
      columns: expect.arrayContaining([
        { source: 'shape', target: 'shape', compared: false, reason: expect.any(String) },
      ]),
    });
  });

  it('has no effect on the exit code where the user left it out, and is still listed', async () => {
    const { exitCode } = await cli('--ignore-columns', 'place.shape');
    expect(exitCode).toBe(0);
    const run = await compare({ source, target, flags: { 'ignore-columns': 'place.shape' } });
    expect(tableResult(run, 'place').columns).toContainEqual({
      source: 'shape',
      target: 'shape',
      compared: false,
      reason: 'left out as asked',
    });
  });
});
