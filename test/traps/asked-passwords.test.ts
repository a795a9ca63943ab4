import { constants, generateKeyPairSync, privateDecrypt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { PasswordGate } from '../../src/engines/clear-password.js';
import { engineFor } from '../../src/engines/registry.js';
import { availableEngines, useDatabase } from '../support/database.js';
import * as mysql from '../support/lying-mysql.js';
import * as postgres from '../support/lying-postgres.js';
import { type LyingServer, startLyingServer } from '../support/lying-server.js';
import { runCli } from '../support/run-cli.js';
import { OTHER_ADDRESS, openTcpProxy } from '../support/tcp-proxy.js';
import { openWorkerSession } from '../support/worker-session.js';

const PASSWORD = 'S3cr3t-of-the-test';
const SCRAMBLE = Buffer.from('abcdefghijklmnopqrst');
const open: LyingServer[] = [];
afterEach(() => Promise.all(open.splice(0).map((server) => server.close())));

function keep(server: LyingServer): LyingServer {
  open.push(server);
  return server;
}

function urlOf(scheme: string, { port }: LyingServer): string {
  return `${scheme}://reader:${PASSWORD}@127.0.0.1:${port}/shop`;
}

/** Everything that a server was told. */
function heard({ received }: LyingServer): string {
  return Buffer.concat([...received]).toString('latin1');
}

describe('a MySQL server that asks for the password', () => {
  const keys = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });

  /** Asks by one of the ways in which it can be sent, and offers its own public key to whoever wants one. */
  async function startAsker(plugin: string, greeting: mysql.GreetingOptions = {}): Promise<LyingServer> {
    const server = await mysql.startLyingMysql({
      greeting,
      onLogin: (socket, _packet, sequence) => {
        socket.write(
          mysql.packet(sequence + 1, mysql.authSwitch(plugin, Buffer.concat([SCRAMBLE, Buffer.from([0])]))),
        );
      },
      onAuthentication: (socket, packet, sequence) => {
        const wantsKey = packet.length === 1;
        const further = wantsKey ? Buffer.from(keys.publicKey) : Buffer.from([4]);
        socket.write(mysql.packet(sequence + 1, mysql.authMoreData(further)));
      },
    });
    return keep(server);
  }

  /** What the asker can make of what it heard: the password, if it was encrypted with the key that it offered. */
  function decrypted({ received }: LyingServer): string | null {
    for (const bytes of received) {
      try {
        const hidden = privateDecrypt(
          { key: keys.privateKey, oaepHash: 'sha1', padding: constants.RSA_PKCS1_OAEP_PADDING },
          bytes.subarray(4),
        );
        return Buffer.from(hidden.map((byte, i) => byte ^ (SCRAMBLE[i % 20] as number))).toString();
      } catch {
        // Another packet.
      }
    }
    return null;
  }

  it.each(['mysql_clear_password', 'sha256_password', 'caching_sha2_password'])(
    'by %s without TLS gets none, in no form that it can read',
    async (plugin) => {
      for (const greeting of [{}, { plugin }]) {
        const server = await startAsker(plugin, greeting);
        await expect(openWorkerSession(urlOf('mysql', server))).rejects.toMatchObject({
          code: 'connect',
          message: expect.stringContaining(plugin),
          hint: expect.stringContaining('VERIFY_IDENTITY'),
        });
        expect(heard(server)).toContain('reader');
        expect(heard(server)).not.toContain(PASSWORD);
        expect(decrypted(server)).toBeNull();
      }
    },
  );

  it('gets it in clear where the URL says so', async () => {
    const server = await startAsker('mysql_clear_password');
    const opening = openWorkerSession(urlOf('mysql', server), {
      'enable-cleartext-plugin': 'true',
      'connect-timeout': '1',
    });
    await expect(opening).rejects.toThrow();
    expect(heard(server)).toContain(PASSWORD);
  });

  it.each(['sha256_password', 'caching_sha2_password'])(
    'by %s gets it with its own key where the URL says so',
    async (plugin) => {
      const server = await startAsker(plugin);
      const options = { 'get-server-public-key': 'true', 'connect-timeout': '1' };
      await expect(openWorkerSession(urlOf('mysql', server), options)).rejects.toThrow();
      expect(heard(server)).not.toContain(PASSWORD);
      expect(decrypted(server)).toBe(`${PASSWORD}\0`);
    },
  );

  it('gets it with the key that the URL names, which only the real server can read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rowproof-key-'));
    const path = join(folder, 'public_key.pem');
    const { publicKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    for (const [text, readable] of [
      [publicKey, null],
      [keys.publicKey, `${PASSWORD}\0`],
    ] as const) {
      writeFileSync(path, text);
      const server = await startAsker('caching_sha2_password');
      const options = { 'server-public-key-path': path, 'connect-timeout': '1' };
      await expect(openWorkerSession(urlOf('mysql', server), options)).rejects.toThrow();
      expect(decrypted(server)).toBe(readable);
    }
    rmSync(folder, { recursive: true });
  });

  it.each(['dialog', 'client_ed25519', 'parsec', 'mysql_old_password', 'toString', '__proto__'])(
    'by %s is answered with a sentence',
    async (plugin) => {
      const server = await startAsker(plugin);
      await expect(openWorkerSession(urlOf('mysql', server))).rejects.toMatchObject({
        code: 'connect',
        message: `The server asks for a login by ${plugin}, which Rowproof does not know.`,
      });
      expect(heard(server)).not.toContain(PASSWORD);
    },
  );

  it('before TLS has begun gets none', async () => {
    const asking = mysql.packet(2, mysql.authSwitch('mysql_clear_password'));
    for (const stray of [asking, asking.subarray(0, 9)]) {
      const mixing = keep(
        await startLyingServer((socket) => {
          socket.write(Buffer.concat([mysql.greeting({ tls: true }), stray]));
        }),
      );
      await expect(
        openWorkerSession(urlOf('mysql', mixing), { 'ssl-mode': 'REQUIRED', 'connect-timeout': '1' }),
      ).rejects.toMatchObject({ code: 'connect', message: expect.stringContaining('Unencrypted bytes') });
      expect(heard(mixing)).not.toContain(PASSWORD);
    }
  });

  it.each(['REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'])(
    'and says that it has no TLS is not told even the account with ssl-mode=%s',
    async (mode) => {
      const server = await startAsker('mysql_clear_password');
      await expect(openWorkerSession(urlOf('mysql', server), { 'ssl-mode': mode })).rejects.toMatchObject({
        code: 'connect',
        message: expect.stringContaining('no TLS'),
      });
      expect(heard(server)).not.toContain('reader');
    },
  );
});

describe('a PostgreSQL server that asks for the password', () => {
  const asking = { onStartup: (socket: Socket) => void socket.write(postgres.authentication(3)) };

  it('in clear without TLS gets none, under the default mode and without TLS', async () => {
    for (const sslmode of ['prefer', 'allow', 'disable']) {
      const server = keep(await postgres.startLyingPostgres(asking));
      await expect(openWorkerSession(urlOf('postgres', server), { sslmode })).rejects.toMatchObject({
        code: 'connect',
        message: expect.stringContaining('in clear'),
        hint: expect.stringContaining('verify-full'),
      });
      expect(heard(server)).toContain('reader');
      expect(heard(server)).not.toContain(PASSWORD);
    }
  });

  it('gets it in clear where the URL says so', async () => {
    const server = keep(await postgres.startLyingPostgres(asking));
    const options = { 'allow-cleartext-password': 'true' };
    await expect(openWorkerSession(urlOf('postgres', server), options)).rejects.toThrow();
    expect(heard(server)).toContain(PASSWORD);
  });

  it.each(['require', 'verify-ca', 'verify-full'])(
    'and says that it has no TLS is not told even the account with sslmode=%s',
    async (sslmode) => {
      const server = keep(await postgres.startLyingPostgres(asking));
      await expect(openWorkerSession(urlOf('postgres', server), { sslmode })).rejects.toMatchObject({
        code: 'connect',
        message: expect.stringContaining('no TLS'),
      });
      expect(heard(server)).not.toContain('reader');
    },
  );

  it('in the same breath as it takes up TLS gets none', async () => {
    const server = keep(
      await postgres.startLyingPostgres({
        onTlsRequest: (socket) =>
          void socket.write(Buffer.concat([Buffer.from('S'), postgres.authentication(3)])),
      }),
    );
    await expect(openWorkerSession(urlOf('postgres', server))).rejects.toMatchObject({
      message: expect.stringContaining('Unencrypted bytes'),
    });
    expect(heard(server)).not.toContain(PASSWORD);
  });

  it.each([
    { code: 2, name: 'Kerberos' },
    { code: 7, name: 'GSSAPI' },
    { code: 9, name: 'SSPI' },
  ])('by $name is answered with a sentence', async ({ code, name }) => {
    const server = keep(
      await postgres.startLyingPostgres({
        onStartup: (socket) => void socket.write(postgres.authentication(code)),
      }),
    );
    await expect(openWorkerSession(urlOf('postgres', server))).rejects.toMatchObject({
      code: 'connect',
      message: `The server asks this account to log in by ${name}, which Rowproof cannot do.`,
    });
  });

  it('and fails in the middle of SCRAM is left at once, with no socket open', async () => {
    for (const first of ['r=other', 'no attributes', 'r=,s=,i=']) {
      const server = keep(
        await postgres.startLyingPostgres({
          onStartup: (socket) => void socket.write(saslRequest()),
          onPassword: (socket) => void socket.write(postgres.authentication(11, Buffer.from(first))),
        }),
      );
      await expect(openWorkerSession(urlOf('postgres', server))).rejects.toThrow(/SASL/);
      await expect.poll(server.openConnections).toBe(0);
    }
  });

  it('and does not prove that it knows it too is not believed', async () => {
    let turn = 0;
    const server = keep(
      await postgres.startLyingPostgres({
        onStartup: (socket) => void socket.write(saslRequest()),
        onPassword: (socket, body) => {
          const nonce = /r=([^,]+)/.exec(body.toString('latin1'))?.[1];
          const first = `r=${nonce}more,s=${Buffer.from('salt').toString('base64')},i=4096`;
          socket.write(turn++ === 0 ? postgres.authentication(11, Buffer.from(first)) : postgres.welcome());
        },
      }),
    );
    await expect(openWorkerSession(urlOf('postgres', server))).rejects.toMatchObject({
      message: expect.stringContaining('without proving'),
    });
  });

  it('where there is none is answered with a sentence', async () => {
    const server = keep(await postgres.startLyingPostgres(asking));
    const url = urlOf('postgres', server).replace(`:${PASSWORD}`, '');
    await expect(openWorkerSession(url, { 'allow-cleartext-password': 'true' })).rejects.toMatchObject({
      message: 'The server asks for a password, and there is none.',
    });
  });

  function saslRequest(): Buffer {
    return postgres.authentication(10, Buffer.from('SCRAM-SHA-256\0\0'));
  }
});

describe.runIf(availableEngines().includes('mysql') && OTHER_ADDRESS !== null)(
  'MySQL on another address that does not know a password yet',
  () => {
    const source = useDatabase('mysql');
    const target = useDatabase('mysql');

    it('is told it through TLS, and the report says that anybody between could read it', async () => {
      const user = `fresh_${source.name.slice(-12)}`;
      for (const database of [source, target]) await database.run('CREATE TABLE t (id int PRIMARY KEY)');
      await source.run(`CREATE USER ${user}@'%' IDENTIFIED WITH caching_sha2_password BY 'first';
        GRANT SELECT ON ${source.name}.* TO ${user}@'%'`);
      const proxy = await openTcpProxy(() => source.url, undefined, OTHER_ADDRESS ?? '');
      try {
        const address = new URL(proxy.urlFor(source.url));
        address.username = user;
        address.password = 'first';
        address.searchParams.set('ssl-mode', 'REQUIRED');
        const args = ['verify', '--source', address.href, '--target', target.url, '--report', 'json'];
        const { exitCode, stdout } = await runCli(args);
        expect(exitCode).toBe(0);
        expect(JSON.parse(stdout).findings).toContainEqual(
          expect.objectContaining({
            code: 'password-readable',
            message: expect.stringContaining(`Source: The password went to ${OTHER_ADDRESS} in clear`),
          }),
        );
      } finally {
        await proxy.close();
        await source.run(`DROP USER ${user}@'%'`);
      }
    });
  },
);

describe('a password that is sent in clear through TLS', () => {
  const gateOf = (options: string): PasswordGate => {
    const url = new URL(`postgres://reader:${PASSWORD}@db.example.com/shop?${options}`);
    const environment = { variables: {}, readFile: () => null, homeFolder: '/', userName: 'x' };
    const settings = engineFor('postgres').resolveConnection(url, environment);
    return new PasswordGate(settings, { safestMode: 'sslmode=verify-full', allowing: 'x' });
  };

  it.each([
    { options: 'sslmode=prefer', isOtherHost: true, warns: true },
    { options: 'sslmode=require', isOtherHost: true, warns: true },
    { options: 'sslmode=verify-ca', isOtherHost: true, warns: true },
    { options: 'sslmode=verify-ca&sslrootcert=ca.pem', isOtherHost: true, warns: false },
    { options: 'sslmode=verify-full', isOtherHost: true, warns: false },
    { options: 'sslrootcert=system', isOtherHost: true, warns: false },
    { options: 'sslmode=require', isOtherHost: false, warns: false },
  ])('warns once of a man in the middle: $warns with $options to another host: $isOtherHost', (example) => {
    const gate = gateOf(example.options);
    gate.channel = { kind: 'tls', isOtherHost: example.isOtherHost };
    expect(gate.findings).toEqual([]);
    gate.assertClear('AuthenticationCleartextPassword');
    gate.assertClear('AuthenticationCleartextPassword');
    expect(gate.findings.map(({ message }) => message)).toEqual(
      example.warns ? [expect.stringContaining('a man in the middle could read it')] : [],
    );
    for (const { code, hint } of gate.findings) {
      expect(code).toBe('password-readable');
      expect(hint).toContain('verify-full');
    }
  });
});
