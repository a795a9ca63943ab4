import { beforeAll, describe, expect, it } from 'vitest';
import { availableEngines, type TestDatabase, urlOfDatabase, useDatabase } from '../support/database.js';
import { runCli } from '../support/run-cli.js';

const withPassword = ({ url }: TestDatabase, password: string): string => {
  const address = new URL(url);
  address.password = password;
  return address.href;
};

describe.each(availableEngines())('the program on %s', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase(engine === 'postgresql' ? 'mariadb' : 'postgresql');
  const verify = (...flags: string[]) =>
    runCli(['verify', '--source', source.url, '--target', target.url, ...flags]);

  beforeAll(async () => {
    await source.run(`CREATE TABLE same (id int PRIMARY KEY); INSERT INTO same VALUES (1);
      CREATE TABLE changed (id int PRIMARY KEY, word varchar(20)); INSERT INTO changed VALUES (1, 'secret one');
      CREATE TABLE ruleless (id int PRIMARY KEY, at date); INSERT INTO ruleless VALUES (1, NULL)`);
    await target.run(`CREATE TABLE same (id int PRIMARY KEY); INSERT INTO same VALUES (1);
      CREATE TABLE changed (id int PRIMARY KEY, word varchar(20)); INSERT INTO changed VALUES (1, 'secret two');
      CREATE TABLE ruleless (id int PRIMARY KEY, at int); INSERT INTO ruleless VALUES (1, NULL)`);
  });

  it('ends with 0 where everything that was asked for is equal', async () => {
    const { exitCode, stdout } = await verify('--tables', 'same');
    expect(exitCode).toBe(0);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^VERIFIED: /);
  });

  it('ends with 1 where rows differ, and the last line also says what is unverified', async () => {
    const { exitCode, stdout } = await verify();
    expect(exitCode).toBe(1);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^DIFFERENT: .*ruleless/);
  });

  it('ends with 3 where nothing differs but something was not checked', async () => {
    const { exitCode, stdout } = await verify('--exclude', 'changed');
    expect(exitCode).toBe(3);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^UNVERIFIED: .*ruleless/);
  });

  it.each([
    ['a table that does not exist', ['--tables', 'sam'], /"sam"/],
    ['an excluded table that does not exist', ['--exclude', 'chnged'], /"chnged"/],
    ['a condition on a table that does not exist', ['--where', 'sme:1=1'], /"sme"/],
    ['a partner that does not exist', ['--map', 'same=other'], /"other"/],
    ['nothing left to compare', ['--exclude', '*'], /no table to compare/],
    ['an unknown flag', ['--tabels', 'same'], /--tables/],
    ['a table in other letters', ['--tables', 'SAME'], /Did you mean same\?/],
    ['a mistyped column', ['--columns', 'same.idd'], /Did you mean id\?/],
  ] as const)('ends with 2 for %s', async (_, flags, message) => {
    const { exitCode, stdout, stderr } = await verify(...flags);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('ends with 4 for a wrong password, which is printed nowhere', async () => {
    const wrong = 'wr0ng-pa:ss@word';
    const outcome = await runCli(['verify', '--source', withPassword(source, wrong), '--target', target.url]);
    expect(outcome).toMatchObject({ exitCode: 4, stdout: '' });
    expect(outcome.stderr).toContain('Cannot connect to the source');
    for (const spelling of [wrong, encodeURIComponent(wrong), 'wr0ng'])
      expect(outcome.stderr).not.toContain(spelling);
  });

  it('ends with 4 for a server that does not answer and for a database that does not exist', async () => {
    const nowhere = new URL(source.url);
    nowhere.port = '1';
    for (const url of [nowhere.href, urlOfDatabase(source.url, 'no_such_database')]) {
      const { exitCode, stdout, stderr } = await runCli(['verify', '--source', target.url, '--target', url]);
      expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' });
      expect(stderr).toContain('Cannot connect to the target');
      expect(stderr).not.toMatch(/\n\s+at /);
    }
  });

  it('ends with 4 where a server of another engine answers, and says which URL is meant long before the timeout', async () => {
    const wrong = new URL(source.url.replace(/^\w+:/, `${target.url.split(':')[0]}:`));
    wrong.searchParams.set('connect-timeout', '40');
    const args = ['verify', '--source', wrong.href, '--target', target.url];
    const { exitCode, stderr } = await runCli(args, { timeoutMs: 20_000 });
    expect(exitCode).toBe(4);
    const meant =
      engine === 'postgresql'
        ? /: A PostgreSQL server answers there\.\n {2}Write the URL with postgres:\/\//
        : /: A MySQL or MariaDB server answers there\.\n {2}Write the URL with mysql:\/\//;
    expect(stderr).toMatch(meant);
  });

  it('ends with 4 and a sentence where there is no folder for temporary files', async () => {
    const args = ['verify', '--source', source.url, '--target', target.url];
    const { exitCode, stdout, stderr } = await runCli(args, { env: { TMPDIR: '/no/such/folder' } });
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' });
    expect(stderr).toMatch(
      /Cannot make a folder for temporary files in \/no\/such\/folder: .*\n {2}.* TMPDIR\./,
    );
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('ends with 2 where the condition of the user is no SQL of that server, and quotes the server', async () => {
    const { exitCode, stdout, stderr } = await verify(
      '--tables',
      'same',
      '--where',
      'same:no_such_column = 1',
    );
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('no_such_column');
  });

  it('takes the password from the environment', async () => {
    const withoutPassword = withPassword(source, '');
    const variable = engine === 'postgresql' ? 'PGPASSWORD' : 'MYSQL_PWD';
    const args = ['verify', '--source', withoutPassword, '--target', target.url, '--tables', 'same'];
    expect((await runCli(args, { env: { [variable]: 'verify' } })).exitCode).toBe(0);
    expect((await runCli(args, { env: { [variable]: 'wrong' } })).exitCode).toBe(4);
  });
});
