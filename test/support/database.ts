import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, inject } from 'vitest';
import { type Cell, mysqlAdmin } from './mysql-admin.js';
import { postgresqlAdmin } from './postgresql-admin.js';

export type { Cell } from './mysql-admin.js';

/** A row of the test matrix. */
export type TestEngine = 'mariadb' | 'mysql' | 'postgresql';

/** What a test does to one server; one implementation for each wire protocol. */
export interface DatabaseAdmin {
  readonly createDatabase: (name: string) => Promise<void>;
  /** Ends the sessions that are still in the database, removes it, and returns a line for each session it ended. */
  readonly dropDatabase: (name: string) => Promise<readonly string[]>;
  readonly openSession: (url: string) => Promise<TestSession>;
}

/** One session of a test, apart from those of the code under test. */
export interface TestSession {
  readonly run: (script: string) => Promise<void>;
  readonly query: (sql: string) => Promise<Cell[][]>;
  readonly close: () => Promise<void>;
}

/** A database that belongs to one test file. */
export interface TestDatabase {
  readonly engine: TestEngine;
  readonly name: string;
  /** The address of this database, as a user would give it to Rowproof. */
  readonly url: string;
  /** Runs statements that are separated by semicolons, in one session that lasts as long as the database. */
  readonly run: (script: string) => Promise<void>;
  /** Reads rows as the server's own text; binary values are `\x` and hexadecimal digits on every engine. */
  readonly query: (sql: string) => Promise<Cell[][]>;
  /** Removes the database; rejects where a session is still in it, because then something was not closed. */
  readonly drop: () => Promise<void>;
}

/** The engines of this run; a real MySQL is one of them only when the environment names one. */
export function availableEngines(): TestEngine[] {
  return inject('servers').mysql === null ? ['mariadb', 'postgresql'] : ['mariadb', 'mysql', 'postgresql'];
}

/** One engine of each protocol, for what takes long and hangs on the protocol; all of them where everything is tested. */
export function fewEngines(): TestEngine[] {
  if (process.env.ROWPROOF_TEST_PAIRS === 'all') return availableEngines();
  return availableEngines().filter((engine) => engine !== 'mysql');
}

/** Every ordered pair of engines, an engine with itself included, for `describe.each`. */
export function enginePairs(): { source: TestEngine; target: TestEngine }[] {
  const engines = availableEngines();
  return engines.flatMap((source) => engines.map((target) => ({ source, target })));
}

/** Every engine is a source and a target, across engines and with itself, for what is not the engines' own. */
const FEW_PAIRS: readonly { source: TestEngine; target: TestEngine }[] = [
  { source: 'postgresql', target: 'postgresql' },
  { source: 'mariadb', target: 'postgresql' },
  { source: 'postgresql', target: 'mysql' },
  { source: 'mysql', target: 'mariadb' },
];

/** Some pairs of engines, for tests of what hardly depends on them; all where `npm run test:long` says so. */
export function fewEnginePairs(): { source: TestEngine; target: TestEngine }[] {
  if (process.env.ROWPROOF_TEST_PAIRS === 'all') return enginePairs();
  const named = (engine: TestEngine): TestEngine =>
    engine === 'mysql' && inject('servers').mysql === null ? 'mariadb' : engine;
  return FEW_PAIRS.map(({ source, target }) => ({ source: named(source), target: named(target) }));
}

/**
 * Gives the surrounding file or `describe` a database: made before its first test, dropped after its last.
 *
 * Name and URL are known at once; `run` and `query` work from the first `beforeAll` that is registered later.
 */
export function useDatabase(engine: TestEngine): TestDatabase {
  const { database, create } = planDatabase(engine);
  beforeAll(create);
  afterAll(database.drop);
  return database;
}

/** Makes a database inside a test, on a server of the run unless another is named; the test drops it. */
export async function openTestDatabase(engine: TestEngine, serverUrl?: string): Promise<TestDatabase> {
  const { database, create } = planDatabase(engine, serverUrl);
  await create();
  return database;
}

function planDatabase(
  engine: TestEngine,
  serverUrl: string = findServerUrl(engine),
): { database: TestDatabase; create: () => Promise<void> } {
  const admin = engine === 'postgresql' ? postgresqlAdmin(serverUrl) : mysqlAdmin(serverUrl);
  const name = `rowproof_${randomBytes(8).toString('hex')}`;
  const url = urlOfDatabase(serverUrl, name);
  let opening: Promise<TestSession> | null = null;
  const openSession = () => {
    opening ??= admin.openSession(url);
    return opening;
  };
  const drop = async () => {
    const session = await opening;
    await session?.close();
    const leaked = await admin.dropDatabase(name);
    if (leaked.length > 0)
      throw new Error(`Sessions were left open in ${engine} ${name}:\n${leaked.join('\n')}`);
  };
  const database: TestDatabase = {
    engine,
    name,
    url,
    run: async (script) => (await openSession()).run(script),
    query: async (sql) => (await openSession()).query(sql),
    drop,
  };
  return { database, create: () => admin.createDatabase(name) };
}

function findServerUrl(engine: TestEngine): string {
  const url = inject('servers')[engine];
  if (url === null) throw new Error(`No ${engine} server takes part in this run.`);
  return url;
}

/** The address of another database on the server of a URL. */
export function urlOfDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}
