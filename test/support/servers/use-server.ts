import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../database.js';
import type { PrivateServer } from '../private-mariadb.js';
import type { ServerKind } from './list.js';

/** Fetching a server for the first time takes a while; so does MySQL's first start. */
const START_TIMEOUT_MS = 600_000;

/** A server of a `describe`, which runs while its tests do. */
export interface UsedServer {
  readonly url: () => string;
  /** Makes a database on it, which is dropped after the last test. */
  readonly openDatabase: () => Promise<TestDatabase>;
}

/** Starts a server before the first test of the surrounding `describe` and stops it after the last. */
export function useServer(
  kind: Pick<ServerKind, 'name' | 'engine' | 'start'>,
  args: readonly string[] = [],
): UsedServer {
  let running: PrivateServer | null = null;
  let parent: string | null = null;
  const databases: TestDatabase[] = [];
  const url = (): string => {
    if (running === null) throw new Error(`${kind.name} was not started.`);
    return running.url;
  };
  beforeAll(async () => {
    parent = mkdtempSync(join(tmpdir(), 'rowproof-server-'));
    chmodSync(parent, 0o755);
    running = await kind.start({ parent, args });
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    try {
      for (const database of databases) await database.drop();
    } finally {
      await running?.stop();
      if (parent !== null) rmSync(parent, { recursive: true, force: true });
    }
  });
  return {
    url,
    openDatabase: async () => {
      const database = await openTestDatabase(kind.engine, url());
      databases.push(database);
      return database;
    },
  };
}
