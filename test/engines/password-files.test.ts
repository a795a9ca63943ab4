import { describe, expect, it } from 'vitest';
import type { Environment } from '../../src/engines/connection-settings.js';
import { resolveMysqlConnection } from '../../src/engines/mysql/connection.js';
import { resolvePostgresqlConnection } from '../../src/engines/postgresql/connection.js';

interface Home {
  readonly files: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
}

/** A computer with these files and no others. */
function environmentOf({ files, variables = {} }: Home): Environment {
  return {
    variables,
    readFile: (path) => files[path] ?? null,
    homeFolder: '/home/ann',
    userName: 'ann',
  };
}

function mysqlLogin(url: string, home: Home) {
  const { user, password } = resolveMysqlConnection(new URL(url), environmentOf(home));
  return { user, password: password.text };
}

function postgresqlPassword(url: string, home: Home): string | null {
  return resolvePostgresqlConnection(new URL(url), environmentOf(home)).password.text;
}

describe('the login of a MySQL URL', () => {
  const files = { '/home/ann/.my.cnf': '[client]\nuser=reader\npassword=from-file\n' };

  it('is that of ~/.my.cnf as far as the URL says none', () => {
    expect(mysqlLogin('mysql://host/shop', { files })).toEqual({ user: 'reader', password: 'from-file' });
    expect(mysqlLogin('mysql://bob@host/shop', { files })).toEqual({ user: 'bob', password: 'from-file' });
  });

  it('is that of the URL or of MYSQL_PWD before that of the file', () => {
    const variables = { MYSQL_PWD: 'from-variable' };
    expect(mysqlLogin('mysql://host/shop', { files, variables }).password).toBe('from-variable');
    expect(mysqlLogin('mysql://bob:from-url@host/shop', { files, variables }).password).toBe('from-url');
  });

  it('is that of nobody but the account where there is no file', () => {
    expect(mysqlLogin('mysql://host/shop', { files: {} })).toEqual({ user: 'ann', password: null });
  });
});

describe('the password of a PostgreSQL URL', () => {
  const URL_OF_ANN = 'postgres://ann@db.example.com:5433/shop';
  const inPgpass = (...lines: readonly string[]): Home => ({
    files: { '/home/ann/.pgpass': `${lines.join('\n')}\n` },
  });

  it.each([
    ['db.example.com:5433:shop:ann:word'],
    ['*:5433:shop:ann:word'],
    ['db.example.com:*:shop:ann:word'],
    ['db.example.com:5433:*:ann:word'],
    ['db.example.com:5433:shop:*:word'],
    ['*:*:*:*:word'],
  ])('is that of the line %s in ~/.pgpass', (line) => {
    expect(postgresqlPassword(URL_OF_ANN, inPgpass(line))).toBe('word');
  });

  it.each([
    ['other.example.com:*:*:*:word'],
    ['*:5432:*:*:word'],
    ['*:*:stock:*:word'],
    ['*:*:*:bob:word'],
    ['#*:*:*:*:word'],
    ['db.*:*:*:*:word'],
  ])('is not that of the line %s', (line) => {
    expect(postgresqlPassword(URL_OF_ANN, inPgpass(line))).toBeNull();
  });

  it('is that of the first line that fits, with what is written with a backslash', () => {
    const home = inPgpass('# passwords', '*:*:*:bob:his', '*:*:*:ann:her\\:s\\\\', '*:*:*:*:anybody');
    expect(postgresqlPassword(URL_OF_ANN, home)).toBe('her:s\\');
  });

  it('is that of the file which PGPASSFILE names, and of PGPASSWORD before it', () => {
    const files = { '/home/ann/.pgpass': '*:*:*:*:home', '/secret': '*:*:*:*:named' };
    const PGPASSFILE = '/secret';
    expect(postgresqlPassword(URL_OF_ANN, { files, variables: { PGPASSFILE } })).toBe('named');
    const variables = { PGPASSFILE, PGPASSWORD: 'variable' };
    expect(postgresqlPassword(URL_OF_ANN, { files, variables })).toBe('variable');
  });

  it('is looked up as that of localhost through a socket', () => {
    const url = 'postgres://ann@db.example.com/shop?host=/var/run/postgresql';
    expect(postgresqlPassword(url, inPgpass('localhost:*:shop:ann:word'))).toBe('word');
  });
});
