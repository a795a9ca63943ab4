import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, useDatabase } from '../support/database.js';

const PROGRAM = fileURLToPath(new URL('../../bin/rowproof.js', import.meta.url));
const LIST_LOADED = fileURLToPath(new URL('../support/list-loaded.cjs', import.meta.url));

/** What only other runs need: each would take every start a few milliseconds. */
const NEVER = ['picomatch', 'piscina', 'yaml', 'yargs', 'zod'];
const MYSQL = ['iconv-lite', 'mysql2', 'sql-escaper'];
const POSTGRESQL = ['pg', 'pg-protocol', 'pg-types'];
/** To find and to read a file takes longer than to compile what is in a small one. */
const MOST_OWN_FILES = 25;

interface Loaded {
  readonly packages: readonly string[];
  /** Names of files that are ours. */
  readonly own: readonly string[];
  readonly output: string;
}

/** Runs the program and says what its main thread had loaded when it ended. */
async function runAndList(...words: string[]): Promise<Loaded> {
  const child = spawn(process.execPath, ['--require', LIST_LOADED, PROGRAM, ...words], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const [output, errors, listed, [exitCode]] = await Promise.all([
    text(child.stdout as Readable),
    text(child.stderr as Readable),
    text(child.stdio[3] as Readable),
    once(child, 'close'),
  ]);
  expect(exitCode, errors).toBe(0);
  const files = JSON.parse(listed) as string[];
  const packages = files.flatMap((file) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []);
  return {
    packages: [...new Set(packages)],
    own: files.flatMap((file) => /\/dist\/bundle\/([^/]+)$/.exec(file)?.[1] ?? []),
    output,
  };
}

describe('a start loads', () => {
  const [mariadb, other, postgresql, another] = [
    ...[useDatabase('mariadb'), useDatabase('mariadb')],
    ...[useDatabase('postgresql'), useDatabase('postgresql')],
  ] as [TestDatabase, TestDatabase, TestDatabase, TestDatabase];

  beforeAll(async () => {
    for (const database of [mariadb, other, postgresql, another])
      await database.run('CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1), (2)');
  });

  const verify = (source: TestDatabase, target: TestDatabase, ...flags: string[]): Promise<Loaded> =>
    runAndList('verify', '--source', source.url, '--target', target.url, ...flags);

  it('next to nothing to say its version', async () => {
    const { packages, own, output } = await runAndList('--version');
    expect(output).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(packages).toEqual([]);
    expect(own).toEqual(['cli.cjs', 'start.cjs']);
  });

  it('no database package to explain its flags', async () => {
    const { packages } = await runAndList('verify', '--help');
    expect(packages).toContain('yargs');
    expect(packages.filter((name) => [...MYSQL, ...POSTGRESQL, 'zod', 'piscina'].includes(name))).toEqual([]);
  });

  it.each([
    { title: 'MariaDB', sides: [mariadb, other], needs: MYSQL, spares: POSTGRESQL },
    { title: 'PostgreSQL', sides: [postgresql, another], needs: POSTGRESQL, spares: MYSQL },
    { title: 'both', sides: [mariadb, postgresql], needs: [...MYSQL, ...POSTGRESQL], spares: [] },
  ] as const)('what a small run on $title needs, and no thread', async ({ sides, needs, spares }) => {
    const { packages, own } = await verify(...sides, '--tables', 't');
    expect(packages).toEqual(expect.arrayContaining([...needs]));
    expect(packages.filter((name) => [...NEVER, ...spares].includes(name))).toEqual([]);
    expect(own.length).toBeLessThanOrEqual(MOST_OWN_FILES);
    // What explains differences, and draws the reports of which nobody asked for one.
    expect(own.filter((file) => /explain|format-report|html|junit|gate|apply|evidence/.test(file))).toEqual(
      [],
    );
  });

  it('what a pattern is read by where there is one', async () => {
    expect((await verify(mariadb, other, '--tables', 't*')).packages).toContain('picomatch');
  });
});
