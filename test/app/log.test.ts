import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '../support/database.js';
import { runCli } from '../support/run-cli.js';

type Line = Readonly<Record<string, unknown>>;

const DEBUG = { ROWPROOF_LOG: 'debug' };
/** A value of a row, which a condition names too. */
const VALUE = 'planted-value';

function parseLines(text: string): Line[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

describe('the log of a command', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-log-'));
  const urls = ['--source', source.url, '--target', target.url];
  const where = `t:note <> '${VALUE}'`;
  let run = 0;
  /** Runs a command with a log of its own. */
  const logged = async (args: readonly string[], env: Readonly<Record<string, string>> = DEBUG) => {
    const path = join(folder, `run-${++run}.log`);
    const result = await runCli([...args, '--log', path], { cwd: folder, env });
    const text = readFileSync(path, 'utf8');
    return { ...result, path, text, lines: parseLines(text) };
  };
  const eventsOf = (lines: readonly Line[], event: string) => lines.filter((line) => line.event === event);

  beforeAll(async () => {
    const table = 'CREATE TABLE t (id int PRIMARY KEY, note varchar(40));';
    await source.run(`${table} INSERT INTO t VALUES (1, 'a'), (2, 'b')`);
    await target.run(`${table} INSERT INTO t VALUES (1, 'a'), (2, 'c'), (3, 'd')`);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('says what was decided and sent, and how it ended, in a file of its owner alone', async () => {
    const { exitCode, path, lines } = await logged(['verify', ...urls, '--where', where]);
    expect(exitCode).toBe(1);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const [plan] = eventsOf(lines, 'table:plan');
    expect(plan).toMatchObject({ table: 'public.t', strategy: 'range', key: ['id'] });
    const sent = eventsOf(lines, 'sql:send').filter(({ use }) => use === 'rows');
    expect(new Set(sent.map(({ side }) => side))).toEqual(new Set(['source', 'target']));
    expect(String(sent[0]?.sql)).toContain(VALUE);
    const sessions = (event: string) => eventsOf(lines, event).map(({ session }) => session);
    expect(sessions('session:close').sort()).toEqual(sessions('session:open').sort());
    expect(eventsOf(lines, 'run:result')).toMatchObject([{ verdict: 'different', totals: { extra: 1 } }]);
    expect(lines.at(-1)).toMatchObject({ event: 'command:end', exitCode: 1 });
  });

  it('holds few lines, and no statement, unless the level is debug', async () => {
    const { lines } = await logged(['verify', ...urls], {});
    expect(lines.filter(({ level }) => level === 'debug')).toEqual([]);
    expect(eventsOf(lines, 'sql:send')).toEqual([]);
    expect(lines.length).toBeLessThan(30);
    expect((await logged(['verify', ...urls], { ROWPROOF_LOG: 'error' })).text).toBe('');
  });

  it('holds no value where values are hidden', async () => {
    const { text, lines } = await logged(['verify', ...urls, '--where', where, '--hide-values']);
    expect(eventsOf(lines, 'sql:send').length).toBeGreaterThan(5);
    expect(text).not.toContain(VALUE);
    expect(text).not.toMatch(/IN \(1|ARRAY\[1/);
  });

  it('says why a statement failed with the codes of the server', async () => {
    const { exitCode, lines } = await logged(['verify', ...urls, '--where', 't:nope = 1'], {});
    expect(exitCode).toBe(2);
    const [failed] = eventsOf(lines, 'sql:fail').filter(({ side }) => side === 'target');
    expect(failed).toMatchObject({ use: 'parse', causes: [{ sqlState: '42703' }] });
    expect(String(failed?.sql)).toContain('nope = 1');
    expect(lines.at(-1)).toMatchObject({ level: 'error', event: 'command:fail', code: 'usage', exitCode: 2 });
  });

  it('holds no password, whether a URL, a variable or a server says it', async () => {
    const planted = ['planted/one', 'planted-two', 'planted-three'];
    const withPassword = (url: string, password: string): string => {
      const parsed = new URL(url);
      parsed.password = encodeURIComponent(password);
      return parsed.href;
    };
    const [one = '', two = '', three = ''] = planted;
    const wrong = ['--source', withPassword(source.url, one), '--target', withPassword(target.url, two)];
    const refused = await logged(['verify', ...wrong]);
    expect(refused.exitCode).toBe(4);
    // Some servers let everybody in from their own machine.
    expect(eventsOf(refused.lines, 'session:fail').length).toBeGreaterThan(0);
    const nobody = new URL(target.url);
    nobody.password = '';
    const asked = ['--source', source.url, '--target', nobody.href, '--where', `t:note <> '${three}'`];
    const byVariable = await logged(['verify', ...asked], { ...DEBUG, PGPASSWORD: three });
    expect([1, 4]).toContain(byVariable.exitCode);
    for (const { text } of [refused, byVariable])
      for (const password of [...planted, encodeURIComponent(one)]) expect(text).not.toContain(password);
    // A condition quotes the password with which both servers let us in.
    const { password } = new URL(source.url);
    const quoted = await logged(['verify', ...urls, '--where', `t:note <> '${password}'`]);
    expect(quoted.exitCode).toBe(1);
    expect(quoted.text).toContain("note <> '***'");
  });

  it('goes to stderr for "-", apart from the result', async () => {
    const { stdout, stderr } = await runCli(['verify', ...urls, '--log', '-', '--report', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'different' });
    expect(parseLines(stderr).at(-1)).toMatchObject({ event: 'command:end' });
  });

  it('is added to a file that is there, which becomes private', async () => {
    const path = join(folder, 'again.log');
    await runCli(['verify', ...urls, '--log', path]);
    const earlier = readFileSync(path, 'utf8');
    chmodSync(path, 0o644);
    await runCli(['verify', ...urls, '--log', path]);
    const both = readFileSync(path, 'utf8');
    expect(both.startsWith(earlier)).toBe(true);
    expect(both.slice(earlier.length)).toMatch(/^\{"time"/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is refused by a file that holds something else, which stays as it is', async () => {
    const path = join(folder, 'fix-me.sql');
    for (const text of ['-- rowproof/repair@1\n', '{"time":"now"}\n', '\n', 'x']) {
      writeFileSync(path, text);
      chmodSync(path, 0o644);
      const { exitCode, stderr } = await runCli(['verify', ...urls, '--log', path]);
      expect(exitCode).toBe(2);
      expect(stderr).toContain('it holds something else than a log of Rowproof.\n');
      expect(readFileSync(path, 'utf8')).toBe(text);
      expect(statSync(path).mode & 0o777).toBe(0o644);
    }
    writeFileSync(path, '');
    expect((await runCli(['verify', ...urls, '--log', path])).exitCode).toBe(1);
  });

  it('is refused where something else is read or written, and where no file can be', async () => {
    const config = join(folder, 'asked.yaml');
    writeFileSync(config, 'workers: 1\n');
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const refuse = async (flags: readonly string[], env = {}) => {
      const { exitCode, stderr } = await runCli(['verify', ...urls, ...flags], { cwd: folder, env });
      expect(exitCode).toBe(2);
      return stderr;
    };
    expect(await refuse(['--config', config, '--log', config])).toContain('the command reads it');
    expect(readFileSync(config, 'utf8')).toBe('workers: 1\n');
    expect(await refuse(['--differences', 'one', '--log', './one'])).toContain(
      'a file of its own for each output',
    );
    for (const path of [folder, pipe, '/dev/stdout'])
      expect(await refuse(['--log', path])).toContain('it is no regular file');
    expect(await refuse(['--log', join(folder, 'missing', 'run.log')])).toContain('Cannot write --log');
    expect(await refuse(['--log', 'loud.log'], { ROWPROOF_LOG: 'loud' })).toContain(
      'Expected ROWPROOF_LOG to be',
    );
  });

  it('is kept of a plan too', async () => {
    const { exitCode, lines } = await logged(['plan', ...urls], {});
    expect(exitCode).toBe(0);
    expect(lines.map(({ event }) => event)).toContain('table:plan');
    expect(lines.at(-1)).toMatchObject({ event: 'command:end', exitCode: 0 });
  });

  it('is kept of a repair without its values', async () => {
    const repair = join(folder, 'fix.sql');
    await runCli(['verify', ...urls, '--repair', repair]);
    const apply = ['apply', repair, '--target', target.url, '--yes'];
    const { exitCode, lines, text } = await logged(apply);
    expect(exitCode).toBe(0);
    const written = eventsOf(lines, 'sql:send').filter(({ use }) => use === 'write');
    expect(written.map(({ sql }) => String(sql)).join()).toMatch(/UPDATE "public"\."t" SET "note" = \?/);
    const sessions = eventsOf(lines, 'session:open').filter(({ writes }) => writes === true);
    expect(sessions.length).toBeGreaterThan(0);
    expect(sessions.every(({ session }) => /^\d+$/.test(String(session)))).toBe(true);
    expect(text).not.toContain("'b'");
    expect(eventsOf(lines, 'apply:result')).toMatchObject([{ applied: 2, refused: 0, differing: 0 }]);
    const refused = await runCli([...apply, '--log', repair]);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('the command reads it');
  });
});
