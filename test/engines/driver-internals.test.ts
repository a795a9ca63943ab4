import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import mysql from 'mysql2';
import pg from 'pg';
import { BufferReader } from 'pg-protocol/dist/buffer-reader.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPg } from '../../src/engines/postgresql/pg-driver.js';
import { readImports, readSourceFiles } from '../support/architecture.js';
import { packet, startLyingMysql } from '../support/lying-mysql.js';
import { authentication, startLyingPostgres } from '../support/lying-postgres.js';
import type { LyingServer } from '../support/lying-server.js';

type Members = Readonly<Record<string, unknown>>;

/**
 * Everything of mysql2, pg and pg-protocol that src uses and that they promise nobody, by the interface that src has for
 * it: what it is in the versions that are pinned.
 */
const INTERNALS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'mysql/login-driver.ts ConnectionInside': {
    stream: 'stream',
    sequenceId: 'number',
    packetParser: 'object',
    handlePacket: 'function',
    startTLS: 'function',
    _handleFatalError: 'function',
    _handleNetworkError: 'function',
  },
  'mysql/login-driver.ts PacketParser': { execute: 'function' },
  'mysql/mysql-driver.ts cast': { addCommand: 'function', stream: 'stream', fatalError: 'null' },
  'mysql/gathered-rows-driver.ts PacketParser': { execute: 'function' },
  'mysql/gathered-rows-driver.ts RawConnection': {
    stream: 'stream',
    packetParser: 'object',
    sequenceId: 'number',
    write: 'function',
  },
  'mysql/gathered-rows-driver.ts RawPacket': { asError: 'function' },
  'mysql/raw-rows-driver.ts RawConnection': {
    stream: 'stream',
    packetParser: 'object',
    sequenceId: 'number',
  },
  'mysql/raw-rows-driver.ts PacketParser': { execute: 'function' },
  'mysql/raw-rows-driver.ts RawPacket': { isEOF: 'function' },
  'mysql/raw-rows-driver.ts ExecuteCommand': {
    _fields: 'array',
    onResult: 'function',
    start: 'function',
    readField: 'function',
    done: 'function',
  },
  'mysql/write-driver.ts QueryParts': { _rows: 'array', _resultIndex: 'number' },
  'mysql/write-driver.ts cast': { stream: 'stream' },
  'postgresql/login-driver.ts ClientInside': { connection: 'object', saslSession: 'object' },
  'postgresql/login-driver.ts cast': { offset: 'number', buffer: 'bytes' },
  'postgresql/postgresql-driver.ts ClientParts': {
    processID: 'number',
    secretKey: 'number',
    connection: 'object',
  },
  'postgresql/write-driver.ts ClientParts': {
    processID: 'number',
    secretKey: 'number',
    connection: 'object',
  },
  'postgresql/write-driver.ts QueryParts': { _results: 'object' },
  'postgresql/wire-queries.ts PgConnection': {
    stream: 'stream',
    parse: 'function',
    describe: 'function',
    bind: 'function',
    execute: 'function',
    sync: 'function',
  },
};
/** Interfaces of drivers that describe what is ours. */
const OURS = [
  'mysql/login-driver.ts LoginOptions',
  'postgresql/login-driver.ts StreamOptions',
  'postgresql/postgresql-driver.ts Begun',
];
/** What pg calls of a query that is no query of its own. */
const QUERY_HANDLERS = [
  'submit',
  'handleError',
  'handleReadyForQuery',
  'handleCommandComplete',
  'handleRowDescription',
  'handleDataRow',
  'handleEmptyQuery',
  'handlePortalSuspended',
];
const PUBLIC_TYPES = ['pg.CustomTypesConfig', 'pg.Submittable'];

const require = createRequire(import.meta.url);
const ENGINES = fileURLToPath(new URL('../../src/engines', import.meta.url));
const files = readSourceFiles(ENGINES);

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (Buffer.isBuffer(value)) return 'bytes';
  return value instanceof Duplex ? 'stream' : typeof value;
}

function mysqlPart(name: string): unknown {
  return require(join(dirname(require.resolve('mysql2/package.json')), 'lib', name));
}

interface Found {
  readonly members: Readonly<Record<string, Members>>;
  close(): Promise<void>;
}

/** The objects behind the interfaces, of connections to servers that let everybody in. */
async function findMysqlParts(): Promise<Found> {
  const server = await startLyingMysql({
    onLogin: (socket, _body, sequence) =>
      socket.write(packet(sequence + 1, Buffer.from([0, 0, 0, 2, 0, 0, 0]))),
  });
  const connection = mysql.createConnection({ host: '127.0.0.1', port: server.port, user: 'ann' });
  await new Promise<void>((resolve, reject) =>
    connection.connect((error) => (error ? reject(error) : resolve())),
  );
  let query: unknown;
  await new Promise<void>((resolve) => {
    query = connection.query('SELECT 1', () => resolve());
  });
  const Execute = mysqlPart('commands/execute.js') as new (options: object, onResult: () => void) => object;
  const { Packet } = mysqlPart('packets/index.js') as { Packet: new (...of: unknown[]) => object };
  const inside = connection as unknown as { packetParser: Members };
  const command = new Execute({ statement: {}, sql: '', values: [] }, () => undefined);
  const of = (value: unknown): Members => value as Members;
  return {
    members: {
      'mysql/login-driver.ts ConnectionInside': of(connection),
      'mysql/login-driver.ts PacketParser': inside.packetParser,
      'mysql/mysql-driver.ts cast': of(connection),
      'mysql/gathered-rows-driver.ts PacketParser': inside.packetParser,
      'mysql/gathered-rows-driver.ts RawConnection': of(connection),
      'mysql/gathered-rows-driver.ts RawPacket': of(new Packet(0, Buffer.alloc(5), 0, 5)),
      'mysql/raw-rows-driver.ts RawConnection': of(connection),
      'mysql/raw-rows-driver.ts PacketParser': inside.packetParser,
      'mysql/raw-rows-driver.ts RawPacket': of(new Packet(0, Buffer.alloc(5), 0, 5)),
      'mysql/raw-rows-driver.ts ExecuteCommand': of(command),
      'mysql/write-driver.ts QueryParts': of(query),
      'mysql/write-driver.ts cast': of(connection),
    },
    close: async () => {
      connection.destroy();
      await server.close();
    },
  };
}

async function findPostgresqlParts(): Promise<Found> {
  const [server, asking] = [await startLyingPostgres(), await askForScram()];
  const client = new pg.Client({ host: '127.0.0.1', port: server.port, user: 'ann', ssl: false });
  await client.connect();
  const query = new pg.Query('SELECT 1');
  await new Promise<void>((resolve) => {
    query.on('end', () => resolve());
    client.query(query);
  });
  const reader = new BufferReader();
  reader.setBuffer(0, Buffer.from('text\0'));
  const of = (value: unknown): Members => value as Members;
  const { connection } = of(client);
  return {
    members: {
      'postgresql/login-driver.ts ClientInside': of(asking.client),
      'postgresql/login-driver.ts cast': of(reader),
      'postgresql/postgresql-driver.ts ClientParts': of(client),
      'postgresql/write-driver.ts ClientParts': of(client),
      'postgresql/write-driver.ts QueryParts': of(query),
      'postgresql/wire-queries.ts PgConnection': of(connection),
    },
    close: async () => {
      await client.end();
      await Promise.all([server.close(), asking.close()]);
    },
  };
}

/** A client in the middle of a login that proves both sides. */
async function askForScram(): Promise<{ client: pg.Client } & Pick<LyingServer, 'close'>> {
  let onAsked: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    onAsked = resolve;
  });
  const server = await startLyingPostgres({
    onStartup: (socket) => socket.write(authentication(10, Buffer.from('SCRAM-SHA-256\0\0'))),
    onPassword: () => onAsked(),
  });
  const client = new pg.Client({
    ...{ host: '127.0.0.1', port: server.port, user: 'ann', password: 'word', ssl: false },
  });
  client.on('error', () => undefined);
  void client.connect().catch(() => undefined);
  await asked;
  return { client, close: server.close };
}

describe('the private parts of database packages', () => {
  const found: Found[] = [];
  let members: Readonly<Record<string, Members>>;

  beforeAll(async () => {
    found.push(await findMysqlParts(), await findPostgresqlParts());
    members = Object.assign({}, ...found.map((each) => each.members));
  });
  afterAll(() => Promise.all(found.map((each) => each.close())));

  it.each(Object.entries(INTERNALS))('are what %s takes them for', (place, expected) => {
    const kinds = Object.keys(expected).map((name) => [name, kindOf(members[place]?.[name])]);
    expect(Object.fromEntries(kinds)).toEqual(expected);
  });

  it('of packets and results are what is read of them', () => {
    const { sequenceId, isError } = members['mysql/raw-rows-driver.ts RawPacket'] ?? {};
    expect([kindOf(sequenceId), kindOf(isError)]).toEqual(['number', 'function']);
    const { _results } = members['postgresql/write-driver.ts QueryParts'] as { _results: Members };
    expect(_results).toMatchObject({ rows: [], rowCount: 0, command: 'SELECT' });
  });

  it('of pg let its data listeners be taken off the socket, and call queries by these names', () => {
    const { stream } = members['postgresql/wire-queries.ts PgConnection'] as { stream: Duplex };
    expect(stream.listeners('data')).toHaveLength(1);
    for (const name of QUERY_HANDLERS)
      expect((pg.Query.prototype as unknown as Members)[name], name).toBeTypeOf('function');
    const text = readFileSync(join(dirname(require.resolve('pg')), 'client.js'), 'utf8');
    for (const name of QUERY_HANDLERS.slice(1)) expect(text).toContain(`.${name}(`);
    expect(text).toContain("'authenticationCleartextPassword'");
  });

  it('of mysql2 and pg-protocol can be changed for all of their users', () => {
    expect(kindOf((mysql as unknown as Members).CharsetToEncoding)).toBe('array');
    expect((mysql as unknown as Members).CharsetToEncoding).toBe(
      (mysql as unknown as Members).CharsetToEncoding,
    );
    expect(BufferReader.prototype.string).toBeTypeOf('function');
    const ofPg = createRequire(require.resolve('pg'));
    expect(ofPg.resolve('pg-protocol/dist/buffer-reader.js')).toBe(
      require.resolve('pg-protocol/dist/buffer-reader.js'),
    );
  });

  it('of mysql2 that are loaded by themselves are those that it hands out', () => {
    expect(mysqlPart('create_connection.js')).toBe(mysql.createConnection);
    const { CharsetToEncoding } = mysql as unknown as Members;
    expect(mysqlPart(join('constants', 'charset_encodings.js'))).toBe(CharsetToEncoding);
  });

  it('of mysql2 have a command that takes what is due next, and ends where nothing is', () => {
    const Command = mysqlPart('commands/command.js') as new () => Members & {
      execute(packet: unknown, connection: unknown): boolean;
    };
    class Ours extends Command {
      start = () => () => null;
    }
    const command = new Ours();
    const connection = { _resetSequenceId: () => undefined };
    expect(command.execute(undefined, connection)).toBe(false);
    expect(command.execute(undefined, connection)).toBe(true);
  });

  it('of pg are loaded without hiding anything from others, and are those that it hands out', () => {
    const before = Object.getOwnPropertyDescriptor(globalThis, 'Response');
    expect(loadPg().Client).toBe(pg.Client);
    expect(Object.getOwnPropertyDescriptor(globalThis, 'Response')).toEqual(before);
    expect(new Response('x').status).toBe(200);
  });

  it('are those of versions that are pinned', () => {
    const { dependencies } = require('../../package.json') as { dependencies: Record<string, string> };
    for (const name of ['mysql2', 'pg', 'pg-protocol']) {
      expect(dependencies[name]).toMatch(/^\d+\.\d+\.\d+$/);
      const installed = JSON.parse(readFileSync(join(packageFolder(name), 'package.json'), 'utf8'));
      expect(installed.version).toBe(dependencies[name]);
    }
  });
});

function packageFolder(name: string): string {
  return fileURLToPath(new URL(`../../node_modules/${name}`, import.meta.url));
}

/** The interfaces that a file keeps to itself, and what it takes things for in a cast, each with its members. */
function listAssumptions({ path, text }: { path: string; text: string }): [string, string[]][] {
  const interfaces = [...text.matchAll(/^interface (\w+) \{\n([\s\S]*?)^\}/gm)].map(
    ([, name = '', body = '']): [string, string[]] => [`${path} ${name}`, membersOf(body)],
  );
  const casts = [...text.matchAll(/as unknown as \{([^}]*)\}/g)].flatMap(([, body = '']) =>
    membersOf(body.replaceAll(/(?:^|;) */g, '\n  ')),
  );
  return casts.length === 0 ? interfaces : [...interfaces, [`${path} cast`, casts]];
}

/** The members of the first level. */
function membersOf(body: string): string[] {
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gm)].map(([, name = '']) => name);
}

describe('src/engines', () => {
  const touchesDrivers = files.filter(({ path }) => /-driver\.ts$|wire-queries\.ts$/.test(path));

  it('takes nothing of a package for granted that is not named here', () => {
    const assumed = touchesDrivers.flatMap(listAssumptions).filter(([place]) => !OURS.includes(place));
    const named = Object.entries(INTERNALS).map(([place, kinds]) => [place, Object.keys(kinds)]);
    expect(Object.fromEntries(assumed)).toEqual(Object.fromEntries(named));
  });

  it('takes objects for something else only where that is named here, or a type of the package', () => {
    const strange = files.flatMap(({ path, text }) =>
      [...text.matchAll(/as unknown as ([\w.]+)/g)]
        .map(([, type = '']) => type)
        .filter((type) => !PUBLIC_TYPES.includes(type) && !(`${path} ${type}` in INTERNALS))
        .map((type) => `${path} ${type}`),
    );
    expect(strange).toEqual([]);
    const elsewhere = files.filter(({ text }) => text.includes('as unknown as'));
    expect(elsewhere.filter((file) => !touchesDrivers.includes(file))).toEqual([]);
  });

  it('imports no file from inside a package, and changes no class, but these', () => {
    const packages = readImports(files)
      .filter(({ specifier }) => /^(mysql2|pg|pg-[^/]+)\//.test(specifier))
      .map(({ from, specifier }) => `${from} ${specifier}`);
    expect(packages).toEqual(['postgresql/login-driver.ts pg-protocol/dist/buffer-reader.js']);
    const linesOf = (pattern: RegExp) =>
      files.flatMap(({ path, text }) => (text.match(pattern) ?? []).map((line) => `${path} ${line}`));
    expect(linesOf(/\brequire(?:\.resolve)?\(.*\)/g)).toEqual([
      "mysql/mysql2-driver.ts require.resolve('mysql2/package.json')), 'lib')",
      'mysql/mysql2-driver.ts require(join(library, ...path))',
      "postgresql/pg-driver.ts require('pg/lib/client.js')",
    ]);
    expect(linesOf(/\brequirePart\('.*'\)/g)).toEqual([
      "mysql/gathered-rows-driver.ts requirePart('commands', 'command.js')",
      "mysql/gathered-rows-driver.ts requirePart('packets', 'packet.js')",
      "mysql/mysql2-driver.ts requirePart('create_connection.js')",
      "mysql/mysql2-driver.ts requirePart('constants', 'charset_encodings.js')",
      "mysql/raw-rows-driver.ts requirePart('commands', 'execute.js')",
    ]);
    expect(linesOf(/\w+\.prototype[.\w]* = /g)).toEqual([
      'postgresql/login-driver.ts BufferReader.prototype.string = ',
    ]);
  });
});
