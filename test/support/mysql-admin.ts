import mysql, { type Connection, type FieldPacket, type RowDataPacket } from 'mysql2/promise';
import { nameUnknownCharsets } from '../../src/engines/mysql/charset-ids.js';
import type { DatabaseAdmin, TestSession } from './database.js';
import { waitForSessionsToEnd } from './wait-for-sessions.js';

nameUnknownCharsets(mysql);

/** One value as the server writes it. */
export type Cell = string | null;

const BINARY_CHARACTER_SET = 63;
/** VARCHAR, BIT, VECTOR, the BLOB types, VAR_STRING, STRING and GEOMETRY; numbers and JSON report character set 63 too. */
const BINARY_COLUMN_TYPES = new Set([15, 16, 242, 249, 250, 251, 252, 253, 254, 255]);

/** Test access to MySQL and MariaDB. */
export function mysqlAdmin(serverUrl: string): DatabaseAdmin {
  return {
    createDatabase: (name) =>
      withConnection(serverUrl, async (connection) => {
        await connection.query(`CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4`);
      }),
    dropDatabase: (name) =>
      withConnection(serverUrl, async (connection) => {
        const leaked = await waitForSessionsToEnd(() => readSessions(connection, name));
        for (const { id } of leaked) await connection.query(`KILL ${id}`).catch(ignoreEndedSession);
        await connection.query(`DROP DATABASE IF EXISTS \`${name}\``);
        return leaked.map(({ id, description }) => `${id}: ${description}`);
      }),
    openSession,
  };
}

async function openSession(url: string): Promise<TestSession> {
  const connection = await connect(url);
  return {
    run: async (script) => {
      await connection.query(script);
    },
    query: async (sql) => {
      const [rows, fields] = await connection.query<RowDataPacket[]>({
        sql,
        rowsAsArray: true,
        typeCast: (field) => field.buffer(),
      });
      return rows.map((row) => fields.map((field, index) => formatCell(field, row[index])));
    },
    close: () => connection.end(),
  };
}

function formatCell(field: FieldPacket, value: unknown): Cell {
  if (!Buffer.isBuffer(value)) return null;
  const isBinary =
    field.characterSet === BINARY_CHARACTER_SET && BINARY_COLUMN_TYPES.has(field.columnType ?? -1);
  return isBinary
    ? `\\x${value.toString('hex')}`
    : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
}

/** A session that was killed is gone for everybody, though a busy server may still be putting it away. */
async function readSessions(
  connection: Connection,
  name: string,
): Promise<{ id: string; description: string }[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT id, command, info FROM ${await findProcessList(connection)} WHERE db = ? AND command <> 'Killed'`,
    [name],
  );
  return rows.map((row) => {
    const [id, command, info] = Object.values(row).map(String);
    return { id: id ?? '', description: `${command} ${info}` };
  });
}

/** MySQL's older list of sessions fails as soon as anybody's statement holds a character outside the basic plane. */
async function findProcessList(connection: Connection): Promise<string> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT 1 FROM information_schema.tables
     WHERE table_schema = 'performance_schema' AND table_name = 'processlist'`,
  );
  return rows.length === 0 ? 'information_schema.processlist' : 'performance_schema.processlist';
}

/** A leaked session may end by itself between being seen and being killed. */
function ignoreEndedSession(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ER_NO_SUCH_THREAD')) throw error;
}

async function withConnection<Result>(
  url: string,
  use: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const connection = await connect(url);
  try {
    return await use(connection);
  } finally {
    await connection.end();
  }
}

function connect(url: string): Promise<Connection> {
  const { hostname, port, username, password, pathname } = new URL(url);
  const database = decodeURIComponent(pathname.slice(1));
  return mysql.createConnection({
    host: hostname,
    port: Number(port || 3306),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    charset: 'utf8mb4_bin',
    multipleStatements: true,
    ...(database === '' ? {} : { database }),
  });
}
