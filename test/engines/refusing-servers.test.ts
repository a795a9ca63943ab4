import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pairSides } from '../../src/app/open-run.js';
import { type OpenSide, openSide } from '../../src/app/open-side.js';
import { processEnvironment } from '../../src/config/environment.js';
import { resolveFlags } from '../../src/config/resolve-flags.js';
import type { Finding } from '../../src/core/finding.js';
import type { Catalog } from '../../src/core/schema.js';
import type { Session } from '../../src/engines/session.js';
import { answerInSql } from '../../src/engines/sql-engine.js';
import type { SqlSession } from '../../src/engines/sql-session.js';
import { WHOLE } from '../../src/plan/planner.js';
import { planOrWhole } from '../../src/run/plan-or-whole.js';
import { availableEngines, useDatabase } from '../support/database.js';
import { sqlPartsFor } from '../support/sql-engine.js';
import { openWorkerSession } from '../support/worker-session.js';

/** A session of a fork that refuses some statements of the engine that it stems from. */
function refusing(session: SqlSession, url: string, pattern: RegExp): Session {
  const query: SqlSession['query'] = async (sql, settings) => {
    if (pattern.test(sql)) throw new Error(`This fork knows no ${pattern.exec(sql)?.[0]}.`);
    return session.query(sql, settings);
  };
  const fork = new Proxy(session, {
    get: (target, name) => {
      if (name === 'query') return query;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return answerInSql(fork, sqlPartsFor(url));
}

const TABLES =
  'CREATE TABLE word (id int PRIMARY KEY, w varchar(20)); INSERT INTO word VALUES (1, NULL), (2, NULL)';
const MYSQL_FAMILY = availableEngines().filter((engine) => engine !== 'postgresql');

describe.each(MYSQL_FAMILY)('a fork of %s', (engine) => {
  const database = useDatabase(engine);
  const copy = useDatabase(engine);
  let side: OpenSide;
  let session: SqlSession;
  const fork = (pattern: RegExp): Session => refusing(session, database.url, pattern);
  const readCatalog = (pattern: RegExp): Promise<Catalog> =>
    fork(pattern).ask('catalog', { settings: side.settings });

  beforeAll(async () => {
    for (const each of [database, copy]) await each.run(TABLES);
    side = await openSide({ side: 'source', url: database.url, environment: processEnvironment() });
    session = await openWorkerSession(database.url);
  });
  afterAll(() => Promise.all([side.session.close(), session.close()]));

  it.each([
    /SHOW SESSION VARIABLES/,
    /CURRENT_ROLE/,
    /SELECT TABLE_SCHEMA AS view_schema/,
    /FROM information_schema\.SCHEMATA/,
  ])('that refuses %s has the same catalog', async (pattern) => {
    expect(await readCatalog(pattern)).toEqual(side.catalog);
  });

  it('that refuses to tell its grants is read all the same, and the list of its tables is not taken for whole', async () => {
    const { tables, partial } = await readCatalog(/SHOW GRANTS/);
    expect(tables).toEqual(side.catalog.tables);
    expect(partial).toMatch(/is not told what it may read/);
  });

  it('that refuses to tell its grants shows no table as readable that is not', async () => {
    const { tables } = await readCatalog(/SHOW GRANTS|SELECT \*/);
    expect(tables.map(({ unreadable }) => unreadable)).toEqual([
      expect.stringContaining('no SELECT privilege'),
    ]);
  });

  it('that does not say its load ends a run that was to keep to one, and says so', async () => {
    const refused = fork(/Threads_running/).ask('load', []);
    await expect(refused).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('how busy'),
    });
  });

  it('that refuses EXPLAIN has its tables read by one worker each, and says so', async () => {
    const config = resolveFlags({ source: database.url, target: copy.url });
    const target = await openSide({ side: 'target', url: copy.url, environment: processEnvironment() });
    const findings: Finding[] = [];
    try {
      const [planned] = (await pairSides(config, { source: side, target })).tables;
      if (planned?.pair == null) throw new Error('The tables are no pair.');
      const request = {
        engine: side.engine,
        session: fork(/^EXPLAIN/),
        pair: planned.pair,
        wantedSegments: 2,
        minSegmentRows: 1,
      };
      const table = { name: 'word', addFinding: (finding: Finding) => findings.push(finding) };
      expect(await planOrWhole(table, request)).toEqual([WHOLE]);
    } finally {
      await target.session.close();
    }
    expect(findings).toMatchObject([
      { code: 'not-split', message: expect.stringContaining('This fork knows no EXPLAIN'), hint: '' },
    ]);
  });
});

describe('a fork of PostgreSQL', () => {
  const database = useDatabase('postgresql');

  it('that does not say its load ends a run that was to keep to one, and says so', async () => {
    const session = await openWorkerSession(database.url);
    try {
      const refused = refusing(session, database.url, /FROM pg_stat_activity/).ask('load', []);
      await expect(refused).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringContaining('how busy'),
      });
    } finally {
      await session.close();
    }
  });
});
