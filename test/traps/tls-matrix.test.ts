import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SqlSession } from '../../src/engines/sql-session.js';
import { type Certificate, type CertificateWish, createAuthority } from '../support/certificates.js';
import { findServerAccount } from '../support/kept-server.js';
import { postgresqlAdmin } from '../support/postgresql-admin.js';
import { type PrivateServer, startPrivateMariadb } from '../support/private-mariadb.js';
import { startPrivatePostgres } from '../support/private-postgres.js';
import { runCli } from '../support/run-cli.js';
import { OTHER_ADDRESS, openTcpProxy } from '../support/tcp-proxy.js';
import { openWorkerSession } from '../support/worker-session.js';

const HOSTS = ['127.0.0.1', 'localhost'] as const;
const START_LIMIT_MS = 300_000;

interface CertificateCase extends CertificateWish {
  readonly title: string;
  /** Whether it comes from the authority and is in its time. */
  readonly isTrusted: boolean;
  /** The hosts that it names. */
  readonly hosts: readonly string[];
}

const GOOD = { signedBy: 'the authority', isExpired: false, isTrusted: true } as const;
const CERTIFICATES: readonly CertificateCase[] = [
  { title: 'for the address', commonName: 'server', names: ['IP:127.0.0.1'], hosts: ['127.0.0.1'], ...GOOD },
  { title: 'for the name', commonName: 'server', names: ['DNS:localhost'], hosts: ['localhost'], ...GOOD },
  {
    title: 'for name and address',
    commonName: 'server',
    names: ['DNS:localhost', 'IP:127.0.0.1'],
    hosts: HOSTS,
    ...GOOD,
  },
  { title: 'for a common name only', commonName: 'localhost', names: [], hosts: ['localhost'], ...GOOD },
  {
    title: 'with the address written as a name',
    commonName: '127.0.0.1',
    names: ['DNS:127.0.0.1'],
    hosts: [],
    ...GOOD,
  },
  {
    title: 'for another host',
    commonName: 'localhost',
    names: ['DNS:db.example.com', 'IP:192.0.2.7'],
    hosts: [],
    ...GOOD,
  },
  {
    title: 'that has expired',
    commonName: 'localhost',
    names: ['DNS:localhost', 'IP:127.0.0.1'],
    hosts: HOSTS,
    signedBy: 'the authority',
    isExpired: true,
    isTrusted: false,
  },
  {
    title: 'that it signed itself',
    commonName: 'localhost',
    names: ['DNS:localhost', 'IP:127.0.0.1'],
    hosts: HOSTS,
    signedBy: 'itself',
    isExpired: false,
    isTrusted: false,
  },
  {
    title: 'of another authority',
    commonName: 'localhost',
    names: ['DNS:localhost', 'IP:127.0.0.1'],
    hosts: HOSTS,
    signedBy: 'another authority',
    isExpired: false,
    isTrusted: false,
  },
];

/** What the engines' clients call the same five modes. */
const MODES = [
  { mysql: 'DISABLED', postgresql: 'disable', encrypts: false, checks: 'nothing' },
  { mysql: 'PREFERRED', postgresql: 'prefer', encrypts: true, checks: 'nothing' },
  { mysql: 'REQUIRED', postgresql: 'require', encrypts: true, checks: 'nothing' },
  { mysql: 'VERIFY_CA', postgresql: 'verify-ca', encrypts: true, checks: 'authority' },
  { mysql: 'VERIFY_IDENTITY', postgresql: 'verify-full', encrypts: true, checks: 'authority and host' },
] as const;

interface TlsServer {
  readonly options: { readonly mode: string; readonly ca: string };
  start(folder: string, files: Record<'certificate' | 'key', string>): Promise<PrivateServer>;
  /** Makes the server take the certificate that lies in its file now. */
  readonly reload: string;
  readonly cipher: string;
}

const SERVERS: Readonly<Record<'mysql' | 'postgresql', TlsServer>> = {
  mysql: {
    options: { mode: 'ssl-mode', ca: 'ssl-ca' },
    start: (folder, { certificate, key }) =>
      startPrivateMariadb(folder, [`--ssl-cert=${certificate}`, `--ssl-key=${key}`]),
    reload: 'FLUSH SSL',
    cipher:
      "SELECT VARIABLE_VALUE AS cipher FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'Ssl_cipher'",
  },
  postgresql: {
    options: { mode: 'sslmode', ca: 'sslrootcert' },
    start: startPostgresWithTls,
    reload: 'SELECT pg_reload_conf()',
    cipher: 'SELECT cipher FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
  },
};

async function startPostgresWithTls(
  folder: string,
  { certificate, key }: Record<'certificate' | 'key', string>,
): Promise<PrivateServer> {
  const server = await startPrivatePostgres(folder);
  const session = await postgresqlAdmin(server.url).openSession(server.url);
  for (const [name, value] of [
    ['ssl_cert_file', certificate],
    ['ssl_key_file', key],
    ['ssl', 'on'],
  ]) {
    await session.run(`ALTER SYSTEM SET ${name} = '${value}'`);
  }
  await session.run('SELECT pg_reload_conf()');
  await session.close();
  return server;
}

function open(url: string, options: Readonly<Record<string, string>> = {}): Promise<SqlSession> {
  const address = new URL(url);
  if (address.pathname === '/') address.pathname = '/information_schema';
  return openWorkerSession(address.href, options);
}

describe.each(['mysql', 'postgresql'] as const)(
  'TLS to a server that speaks the protocol of %s',
  (engine) => {
    const { options, start, reload, cipher } = SERVERS[engine];
    const folder = mkdtempSync(join(tmpdir(), 'rowproof-tls-'));
    const authority = createAuthority(join(folder, 'authority'));
    const issued = new Map(CERTIFICATES.map((wish) => [wish.title, authority.issue(wish)]));
    const files = { certificate: join(folder, 'tls', 'server.pem'), key: join(folder, 'tls', 'server.key') };
    let server: PrivateServer;

    beforeAll(async () => {
      chmodSync(folder, 0o755);
      mkdirSync(join(folder, 'tls'));
      present(issued.get('for the name') as Certificate);
      server = await start(folder, files);
    }, START_LIMIT_MS);
    afterAll(async () => {
      await server?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    /** Puts a certificate where the server reads it. */
    function present({ certificate, key }: Certificate): void {
      writeFileSync(files.certificate, certificate);
      writeFileSync(files.key, key, { mode: 0o600 });
      const { uid, gid } = findServerAccount(engine === 'mysql' ? 'mysql' : 'postgres');
      if (uid !== undefined && gid !== undefined) chownSync(files.key, uid, gid);
    }

    function openAt(host: string, mode: string, caPath: string | null): Promise<SqlSession> {
      const address = new URL(server.url);
      address.hostname = host;
      return open(address.href, {
        [options.mode]: mode,
        ...(caPath === null ? {} : { [options.ca]: caPath }),
      });
    }

    describe.each(CERTIFICATES)('with a certificate $title', ({ title, isTrusted, hosts }) => {
      beforeAll(async () => {
        present(issued.get(title) as Certificate);
        const session = await open(server.url);
        await session.query(reload);
        await session.close();
        // PostgreSQL answers before its first process has read its files again.
        await new Promise((resolve) => setTimeout(resolve, 500));
      });

      it.each(HOSTS.flatMap((host) => MODES.map((mode) => ({ host, mode, name: mode[engine] }))))(
        'is met at $host with $name as that mode says',
        async ({ host, mode, name }) => {
          const isTaken =
            mode.checks === 'nothing' || (isTrusted && (mode.checks === 'authority' || hosts.includes(host)));
          const opening = openAt(host, name, mode.checks === 'nothing' ? null : authority.caPath);
          if (!isTaken)
            return expect(opening).rejects.toMatchObject({
              code: 'connect',
              message: expect.stringContaining('certificate'),
            });
          const session = await opening;
          const [row] = await session.query(cipher);
          await session.close();
          expect((row?.cipher ?? '') !== '').toBe(mode.encrypts);
        },
      );
    });

    it.runIf(engine === 'postgresql' && OTHER_ADDRESS !== null)(
      'is told the password by a run that says so, where it is on another address and not proved',
      async () => {
        present(issued.get('for the name') as Certificate);
        const admin = await postgresqlAdmin(server.url).openSession(server.url);
        await admin.run('CREATE TABLE t (id int PRIMARY KEY)');
        await admin.run('CREATE DATABASE other');
        const otherUrl = server.url.replace(/postgres$/, 'other');
        const other = await postgresqlAdmin(server.url).openSession(otherUrl);
        await other.run('CREATE TABLE t (id int PRIMARY KEY)');
        await other.close();
        const [[file] = []] = await admin.query('SHOW hba_file');
        await admin.run(`COPY (SELECT 'host all all all password') TO '${file}'; SELECT pg_reload_conf()`);
        await admin.close();
        await new Promise((resolve) => setTimeout(resolve, 500));
        const proxy = await openTcpProxy(() => server.url, undefined, OTHER_ADDRESS ?? '');
        try {
          for (const [tls, warns] of [
            ['sslmode=require', true],
            [`sslmode=verify-ca&sslrootcert=${authority.caPath}`, false],
          ] as const) {
            const urls = [
              '--source',
              `${proxy.urlFor(server.url)}?${tls}`,
              '--target',
              `${otherUrl}?sslmode=require`,
            ];
            const { exitCode, stdout } = await runCli(['verify', ...urls, '--report', 'json']);
            expect(exitCode).toBe(0);
            const message = `Source: The password went to ${OTHER_ADDRESS} in clear, through TLS that does not prove who is there`;
            const readable = JSON.parse(stdout).findings.filter(
              ({ code }: { code: string }) => code === 'password-readable',
            );
            expect(readable).toMatchObject(warns ? [{ message: expect.stringContaining(message) }] : []);
          }
        } finally {
          await proxy.close();
        }
      },
    );

    it('does not take an authority that is not in the file, nor a file without one', async () => {
      present(issued.get('for name and address') as Certificate);
      const full = MODES[4][engine];
      await expect(openAt('localhost', full, null)).rejects.toMatchObject({ code: 'connect' });
      const empty = join(folder, 'empty.pem');
      writeFileSync(empty, '');
      for (const path of [empty, join(folder, 'missing.pem')])
        await expect(openAt('localhost', full, path)).rejects.toMatchObject({
          code: 'usage',
          message: /pem/,
        });
    });
  },
);
