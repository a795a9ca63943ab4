import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '../support/database.js';
import { runCli } from '../support/run-cli.js';

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

const REPAIR = `-- format: rowproof/repair@1 {"direction":"repair","engine":"postgresql","schema":"public","url":"postgres://host/shop","seed":"1","startedAt":"2026-01-01T00:00:00Z"}
-- table 1: {"schema":"public","name":"t","key":["id"],"columns":["id"]}
BEGIN;
/*r 1.1*/ DELETE FROM "public"."t" WHERE /*k*/ "id" = '5' /*g*/;
COMMIT;
-- End of the file: 1 row.
`;

describe('files of a run', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('mariadb');
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-files-'));
  const outputs = [
    '--differences',
    'rows.ndjson',
    '--repair',
    'fix.sql',
    '--report',
    'json=run.json',
    '--report',
    'table=run.txt',
  ];
  const written = ['fix.sql', 'fix.undo.sql', 'rows.ndjson', 'run.json', 'run.txt'];
  const verify = (flags: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    runCli(['verify', '--source', source.url, '--target', target.url, ...flags], { cwd: folder, env });

  beforeAll(async () => {
    await source.run(
      'CREATE TABLE t (id int PRIMARY KEY, a text); INSERT INTO t VALUES (1, $$x$$), (2, $$y$$)',
    );
    await target.run('CREATE TABLE t (id int PRIMARY KEY, a text); INSERT INTO t VALUES (1, "x"), (2, "z")');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('can be read by nobody but their owner', async () => {
    expect((await verify(outputs)).exitCode).toBe(1);
    expect(readdirSync(folder).sort()).toEqual(written);
    expect(written.map((name) => modeOf(join(folder, name)))).toEqual(written.map(() => '600'));
  });

  it('take the rights away that a file of their name gave to others, and keep what it refused', async () => {
    for (const name of written) chmodSync(join(folder, name), 0o664);
    chmodSync(join(folder, 'run.txt'), 0o200);
    expect((await verify(outputs)).exitCode).toBe(1);
    expect(written.map((name) => modeOf(join(folder, name)))).toEqual(['600', '600', '600', '600', '200']);
    chmodSync(join(folder, 'run.txt'), 0o600);
  });

  it('go through a pipe or device as they are', async () => {
    const before = modeOf('/dev/null');
    expect((await verify(['--differences', '/dev/null'])).exitCode).toBe(1);
    expect(modeOf('/dev/null')).toBe(before);
  });

  it('that hold passwords are passed over where the engine passes over them, with its sentence', {
    timeout: 300_000,
  }, async () => {
    const home = mkdtempSync(join(tmpdir(), 'rowproof-home-'));
    const bare = (url: string) => url.replace(/:[^:@/]*@/, '@');
    const args = ['verify', '--source', bare(source.url), '--target', bare(target.url)];
    const run = (env: Readonly<Record<string, string>> = {}) =>
      runCli(args, { cwd: home, env: { HOME: home, ...env } });
    const password = (url: string) => decodeURIComponent(new URL(url).password);
    writeFileSync(join(home, '.pgpass'), `*:*:*:*:${password(source.url)}\n`, { mode: 0o600 });
    writeFileSync(join(home, '.my.cnf'), `[client]\npassword=${password(target.url)}\n`, { mode: 0o644 });
    const repair = join(home, 'fix.sql');
    writeFileSync(repair, REPAIR);
    expect((await run()).exitCode).toBe(1);
    for (const mode of [0o640, 0o602]) {
      chmodSync(join(home, '.pgpass'), mode);
      const { exitCode, stderr } = await run();
      expect(stderr).toContain(
        '.pgpass" has group or world access; permissions should be u=rw (0600) or less',
      );
      expect(exitCode).toBe(4);
    }
    const applied = await runCli(['apply', repair, '--target', bare(source.url), '--other-target', '--yes'], {
      cwd: home,
      env: { HOME: home },
    });
    expect(applied.stderr).toContain('.pgpass" has group or world access');
    chmodSync(join(home, '.pgpass'), 0o600);
    chmodSync(join(home, '.my.cnf'), 0o666);
    const { exitCode, stderr } = await run();
    expect(stderr).toContain(`World-writable config file '${join(home, '.my.cnf')}' is ignored.`);
    expect(exitCode).toBe(4);
    chmodSync(join(home, '.my.cnf'), 0o600);
    writeFileSync(join(home, '.my.cnf'), `[client]\npassword = "${password(target.url)}" # of the copy\n`);
    const unread = {
      PGPASSFILE: join(home, '.my.cnf', 'pass'),
      PGHOST: 'elsewhere',
      PGSSLMODE: 'verify-full',
    };
    const refused = await run(unread);
    expect(refused.stderr).toContain('PGHOST, PGSSLMODE are set and are not read: each side is what its URL');
    expect(refused.stderr).not.toMatch(/ENOTDIR|\n\s+at /);
    expect(refused.exitCode).toBe(4);
    const folder = await run({ PGPASSFILE: home });
    expect(folder.stderr).toContain('is not a plain file, and is not used.');
    expect((await run()).exitCode).toBe(1);
    rmSync(home, { recursive: true });
  });
});

describe('a variable that is not read', () => {
  it.each(['verify', 'plan'])('is named once by %s, and not by Node.js too', async (command) => {
    const args = [
      command,
      '--source',
      'postgres://a@127.0.0.1:1/x',
      '--target',
      'postgres://a@127.0.0.1:1/y',
    ];
    const { stderr } = await runCli(args, { cwd: tmpdir(), env: { PGHOST: 'elsewhere' } });
    expect(stderr.match(/.*PGHOST.*/g)).toEqual([
      'Warning: PGHOST is set and is not read: each side is what its URL says.',
    ]);
  });
});

describe('a config file that is only found', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-found-'));
  const run = (flags: readonly string[]) => runCli(['verify', ...flags], { cwd: folder });
  const urls = ['--source', 'mysql://a@127.0.0.1:1/x', '--target', 'mysql://a@127.0.0.1:1/y'];
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['source: mysql://a@127.0.0.1:1/x\ntarget: mysql://a@127.0.0.1:1/y\nquiet: true\n', []],
    ['workers: 2\n', urls],
    ['report: [json=run.json]\n', urls],
  ])('is named on the first line, with --quiet too: %s', async (text, flags) => {
    writeFileSync(join(folder, 'rowproof.yaml'), text);
    const { stderr } = await run([...flags, '--quiet']);
    expect(stderr.split('\n')[0]).toBe('Settings from rowproof.yaml');
    const { stderr: without } = await run([...urls, '--quiet', '--no-config']);
    expect(without).not.toContain('rowproof.yaml');
    expect(readFileSync(join(folder, 'rowproof.yaml'), 'utf8')).toBe(text);
  });

  it('may end in .yml, and is refused where both are there', async () => {
    renameSync(join(folder, 'rowproof.yaml'), join(folder, 'rowproof.yml'));
    expect((await run([...urls, '--quiet'])).stderr.split('\n')[0]).toBe('Settings from rowproof.yml');
    const init = await runCli(['init', ...urls], { cwd: folder });
    expect(init.stderr).toContain('Cannot write rowproof.yml: there is such a file already.');
    writeFileSync(join(folder, 'rowproof.yaml'), 'workers: 2\n');
    const { exitCode, stderr } = await run(urls);
    expect(stderr).toContain('Expected one config file, found rowproof.yaml and rowproof.yml.');
    expect(exitCode).toBe(2);
  });

  it('cannot be named and refused at once', async () => {
    const { exitCode, stderr } = await run([...urls, '--config', 'rowproof.yaml', '--no-config']);
    expect(stderr).toContain('Expected --config or --no-config, got both.');
    expect(exitCode).toBe(2);
  });
});
