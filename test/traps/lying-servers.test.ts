import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import * as lyingMysql from '../support/lying-mysql.js';
import * as lyingPostgres from '../support/lying-postgres.js';
import type { LyingServer } from '../support/lying-server.js';
import { runCli } from '../support/run-cli.js';

const servers: LyingServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function startPostgres(lies: lyingPostgres.PostgresLies): Promise<string> {
  const server = await lyingPostgres.startLyingPostgres(lies);
  servers.push(server);
  return `postgres://reader:S3cr3t@127.0.0.1:${server.port}/shop`;
}

async function startMysql(lies: lyingMysql.MysqlLies): Promise<string> {
  const server = await lyingMysql.startLyingMysql(lies);
  servers.push(server);
  return `mysql://reader:S3cr3t@127.0.0.1:${server.port}/shop`;
}

const HOSTILE = 'no\n::error::taken\n##vso[task.complete]x\r\u001b[2J\u202e';

async function verify(source: string, target = source) {
  const result = await runCli(['verify', '--source', source, '--target', target]);
  expect(result.stderr).not.toMatch(/This is a bug|^\s+at /m);
  expect(result.stderr).not.toMatch(/^\s*::|##[\w.-]*\[/m);
  expect(result.stderr).not.toMatch(/[^\P{C}\n]/u);
  expect(result.stderr).not.toContain('S3cr3t');
  expect(result.stdout).toBe('');
  expect(result.exitCode).toBe(4);
  return result;
}

describe('a PostgreSQL server that lies', () => {
  it.each([
    [7, 'GSSAPI'],
    [9, 'SSPI'],
    [2, 'Kerberos'],
    [99, 'number 99'],
  ])('is told what cannot be done where it asks for the login %i', async (code, name) => {
    const url = await startPostgres({
      onStartup: (socket) => socket.write(lyingPostgres.authentication(code)),
    });
    const { stderr } = await verify(url);
    expect(stderr).toContain(name);
  });

  it.each([
    ['an error', lyingPostgres.errorResponse(HOSTILE, { severity: 'FATAL', code: '28000' })],
    ['bytes of no protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['a message that ends too early', lyingPostgres.message('T', Buffer.from([0, 9, 65]))],
    ['an error without an end', lyingPostgres.message('E', Buffer.from('Mno'))],
  ])('ends a login with one sentence where it sends %s', async (_, bytes) => {
    await verify(
      await startPostgres({
        onStartup: (socket) => {
          socket.write(bytes);
          socket.end();
        },
      }),
    );
  });

  it('prints nothing that a build server obeys where a statement fails', async () => {
    await verify(
      await startPostgres({
        onQuery: () => Buffer.concat([lyingPostgres.errorResponse(HOSTILE), lyingPostgres.ready()]),
      }),
    );
  });

  it('is not believed where it answers nothing to everything', async () => {
    await verify(await startPostgres({}));
  });
});

describe('a MySQL server that lies', () => {
  it('gets no file of the client, however it asks for one', async () => {
    const path = fileURLToPath(import.meta.url);
    for (const first of [0, 1]) {
      let statements = 0;
      const url = await startMysql({
        greeting: { localFiles: true },
        onQuery: () =>
          statements++ < first ? undefined : lyingMysql.packet(1, Buffer.from(`\xfb${path}`, 'latin1')),
      });
      await verify(url);
    }
    const heard = Buffer.concat(servers.flatMap(({ received }) => received)).toString('latin1');
    expect(heard).toContain('SELECT');
    expect(heard).not.toContain('gets no file of the client');
  });

  it('is never spoken to in compressed packets, which could hold a thousand times their size', async () => {
    const flags: number[] = [];
    const url = await startMysql({
      greeting: { compression: true },
      onLogin: (socket, packet) => {
        flags.push(packet.readUInt32LE(0));
        socket.end();
      },
    });
    await verify(url);
    expect(flags.length).toBeGreaterThan(0);
    expect(flags.filter((sent) => (sent & lyingMysql.COMPRESSION) !== 0)).toEqual([]);
  });

  it.each([
    ['an error', lyingMysql.packet(0, lyingMysql.error(HOSTILE))],
    ['bytes of no protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['a greeting that ends too early', lyingMysql.packet(0, Buffer.from([10, 56]))],
    ['an unknown way to log in', Buffer.concat([lyingMysql.greeting({ plugin: 'x\n::error::y' })])],
  ])('ends a login with one sentence where it sends %s', async (_, bytes) => {
    await verify(
      await startMysql({
        greeting: null,
        onLogin: (socket, __, sequence) =>
          socket.end(lyingMysql.packet(sequence + 1, lyingMysql.authSwitch('x\n::error::y'))),
        onConnect: (socket) => socket.write(bytes),
      }),
    );
  });

  it('prints nothing that a build server obeys where a statement fails', async () => {
    await verify(await startMysql({ onQuery: () => lyingMysql.packet(1, lyingMysql.error(HOSTILE)) }));
  });

  it('is not believed where it answers nothing to everything', async () => {
    await verify(await startMysql({}));
  });
});
