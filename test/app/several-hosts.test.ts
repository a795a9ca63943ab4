import { beforeAll, describe, expect, it } from 'vitest';
import { availableEngines, useDatabase } from '../support/database.js';
import { runHere } from '../support/run-here.js';

/** Nobody listens there: the port is kept for a service that no machine has any more. */
const DEAD = '127.0.0.1:1';

/** A URL with a list of hosts in the place of its own, which is `LIVE` in the list. */
function withHosts(url: string, hosts: string): string {
  const { host } = new URL(url);
  return url.replace(`@${host}/`, `@${hosts.replaceAll('LIVE', host)}/`);
}

describe.each(availableEngines())('a side of %s with several hosts', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase(engine);
  const word = engine === 'postgresql' ? 'postgres' : 'mysql';
  const place = (): string => `${word}://${new URL(source.url).host}/${source.name}`;

  beforeAll(async () => {
    for (const database of [source, target])
      await database.run('CREATE TABLE item (id int PRIMARY KEY); INSERT INTO item VALUES (1), (2)');
  });
  const verify = (url: string, ...flags: string[]) =>
    runHere(['verify', '--source', url, '--target', target.url, '--workers', '2', ...flags]);

  it('is the first that can be reached, and says so on stderr and in the result', async () => {
    const url = withHosts(source.url, `${DEAD},LIVE`);
    const { exitCode, stdout, stderr } = await verify(url, '--report', 'json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: 'verified',
      source: { url: place() },
      totals: { sourceRows: 2 },
    });
    expect(stderr).toContain(
      `The source is ${place()} to the end of the run. Passed over: ${word}://${DEAD}`,
    );
    expect(stderr).toContain('(nothing listens on port 1 of 127.0.0.1)');
    expect((await verify(url, '--quiet')).stderr).toBe('');
  });

  it('is the first of two that can be reached', async () => {
    const { stderr } = await verify(withHosts(source.url, `LIVE,${DEAD}`));
    expect(stderr).toContain(`The source is ${place()} to the end of the run.\n`);
  });

  it('is none where none can be reached, and each is named with its reason', async () => {
    const { exitCode, stderr } = await verify(withHosts(source.url, `${DEAD},no-such-host.invalid:2`));
    expect(exitCode).toBe(4);
    expect(stderr).toContain('Cannot connect to the source: none of its servers can be used.');
    expect(stderr).toMatch(/:1\/\w+ \(nothing listens.*:2\/\w+ \(the host name no-such-host.invalid is not/);
  });

  it('is not the next one where the first refuses the login', async () => {
    const url = withHosts(source.url.replace(source.name, 'no_such_database'), `LIVE,${DEAD}`);
    const { exitCode, stderr } = await verify(url);
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/Cannot connect to the source \S+\/no_such_database: /);
    expect(stderr).not.toContain('Passed over');
    const second = await verify(
      withHosts(source.url.replace(source.name, 'no_such_database'), `${DEAD},LIVE`),
    );
    expect(second.stderr).toMatch(
      /no_such_database: .* Passed over before: \w+:\/\/127\.0\.0\.1:1\/no_such_database \(nothing listens/,
    );
  });
});

describe('hosts as libpq spells them', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('postgresql');
  beforeAll(async () => {
    for (const database of [source, target]) await database.run('CREATE TABLE item (id int PRIMARY KEY)');
  });

  it('may stand in options, with one port each, and the role of the server is asked for', async () => {
    const { hostname, port, username, password } = new URL(source.url);
    const url = `postgres://${username}:${password}@/${source.name}?host=127.0.0.1,${hostname}&port=1,${port}`;
    const verify = (role: string) =>
      runHere(['verify', '--source', `${url}&target_session_attrs=${role}`, '--target', target.url]);
    for (const role of ['any', 'primary', 'read-write', 'prefer-standby']) {
      const { exitCode, stderr } = await verify(role);
      expect(stderr).toContain(`The source is postgres://${hostname}:${port}/${source.name} to the end`);
      expect(exitCode).toBe(0);
    }
    const { exitCode, stderr } = await verify('standby');
    expect(exitCode).toBe(4);
    expect(stderr).toContain('The server is a primary, and the URL asks for target_session_attrs=standby');
  });
});
