import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as architecture from './support/architecture.js';

const files = architecture.readSourceFiles(fileURLToPath(new URL('../src', import.meta.url)));

/** Each rule with the smallest house that breaks it and what the rule says about it. */
const rules: {
  title: string;
  find: (files: readonly architecture.SourceFile[]) => string[];
  broken: Record<string, string>;
  found: string[];
}[] = [
  {
    title: 'imports only from folders that its own may know',
    find: architecture.findStrayArrows,
    broken: {
      'core/key.ts': "import { hash } from '../hashing/row.js';",
      'hashing/row.ts': "import type { Key } from '../core/key.js'; export * from '../runners/pool.js';",
      'runners/pool.ts': "const entry = new URL('../cli/main.js', import.meta.url);",
      'run/loop.ts': "const table = await import('../report/table.js');",
      'repair/sql.ts': "type Loop = import('../run/loop.js').Loop;",
      'tasks/chunk.ts': "import type { RunConfig } from '../config/run-config.js';",
      'config/a.ts':
        "import { openSide } from '../app/open-side.js'; import { hash } from '../hashing/row.js';",
      'plan/a.ts': "import { progress } from '../state/progress.js'; import { b } from './b.js';",
      'index.ts': "export { main } from './cli/main.js'; export { verify } from './app/verify.js';",
      'tools/any.ts': '',
      'any.ts': '',
    },
    found: [
      'tools/any.ts is in no folder of the house',
      'any.ts is in no folder of the house',
      'core/key.ts imports hashing/row.ts',
      'hashing/row.ts imports runners/pool.ts',
      'runners/pool.ts imports cli/main.ts',
      'run/loop.ts imports report/table.ts',
      'repair/sql.ts imports run/loop.ts',
      'tasks/chunk.ts imports config/run-config.ts',
      'config/a.ts imports app/open-side.ts',
      'config/a.ts imports hashing/row.ts',
      'plan/a.ts imports state/progress.ts',
      'index.ts imports cli/main.ts',
    ],
  },
  {
    title: 'has no import cycle, of types either',
    find: architecture.findCycles,
    broken: {
      'core/a.ts': "import { b } from './b.js';",
      'core/b.ts': "export { c } from './c.js';",
      'core/c.ts': "import type { B } from './b.js';",
      'core/d.ts': "import { d } from './d.js';",
    },
    found: ['core/b.ts -> core/c.ts -> core/b.ts', 'core/d.ts -> core/d.ts'],
  },
  {
    title: 'keeps core free of packages and of Node',
    find: architecture.findImpureCore,
    broken: {
      'core/a.ts': "import { readFileSync } from 'node:fs'; import './b.js';",
      'core/b.ts': "import type { Pool } from 'piscina'; import { e } from '../engines/e.js';",
      'engines/e.ts': "import net from 'node:net';",
    },
    found: ['core/a.ts imports node:fs', 'core/b.ts imports piscina', 'core/b.ts imports ../engines/e.js'],
  },
  {
    title: 'imports database packages in drivers of engines only',
    find: architecture.findStrayDrivers,
    broken: {
      'engines/a/a-driver.ts': "import pg from 'pg'; import mysql from 'mysql2/promise';",
      'engines/a/catalog.ts': "import type { Client } from 'pg';",
      'engines/a/codec.ts': "import { from } from 'pg-copy-streams'; import pages from 'pgpages';",
      'tasks/b-driver.ts': "import mysql from 'mysql2/promise';",
    },
    found: [
      'engines/a/catalog.ts imports pg',
      'engines/a/codec.ts imports pg-copy-streams',
      'tasks/b-driver.ts imports mysql2/promise',
    ],
  },
  {
    title: 'opens connections that may write only to apply a repair',
    find: architecture.findStrayWriters,
    broken: {
      'engines/write-registry.ts': "import { mysqlWrite } from './mysql/write-dialect.js';",
      'apply/a.ts': "import { writeDialectFor } from '../engines/write-registry.js';",
      'app/verify.ts': "import { writeDialectFor } from '../engines/write-registry.js';",
      'tasks/a.ts': "import { mysqlWrite } from '../engines/mysql/write-dialect.js';",
    },
    found: [
      'app/verify.ts imports ../engines/write-registry.js',
      'tasks/a.ts imports ../engines/mysql/write-dialect.js',
    ],
  },
  {
    title: 'never names an engine where every engine is treated by its facts',
    find: architecture.findNamedEngines,
    broken: {
      'run/a.ts': "if (kind === 'PostgreSQL') {}",
      'report/a.ts': '// MySQL',
      'state/a.ts': '/** MariaDB\n * does. */\nconst a = isMysql;',
      'cli/a.ts': "const hint = 'mysql://';",
    },
    found: ['run/a.ts says PostgreSQL', 'state/a.ts says Mysql'],
  },
  {
    title: 'speaks SQL in the engines, and where repair SQL is written',
    find: architecture.findStatements,
    broken: {
      'tasks/a.ts': "session.query('SELECT 1 FROM t');",
      'run/a.ts': '/** SELECT a FROM b */ const where = `x WHERE y`;',
      'repair/a.ts': "const sql = 'DELETE FROM t';",
      'engines/a.ts': "const sql = 'INSERT INTO t';",
    },
    found: ['tasks/a.ts says SELECT 1 FROM', 'run/a.ts says WHERE '],
  },
  {
    title: 'has no engine that knows another one',
    find: architecture.findRelatedEngines,
    broken: {
      'engines/a/x.ts': "import { y } from '../b/y.js'; import { z } from '../z.js';",
      'engines/b/y.ts': "export { x } from './x.js';",
      'engines/list.ts': "import { y } from './b/y.js';",
    },
    found: ['engines/a/x.ts imports ../b/y.js'],
  },
  {
    title: 'has no file or folder that could hold anything',
    find: architecture.findVagueNames,
    broken: {
      'core/utils.ts': '',
      'helpers/a.ts': '',
      'core/key-helper.ts': '',
      'core/common/b.ts': '',
      'core/uncommon.ts': '',
    },
    found: ['core/utils.ts', 'helpers/a.ts', 'core/key-helper.ts', 'core/common/b.ts'],
  },
  {
    title: 'drops no error without a line of the log, or a word about why nothing is lost',
    find: architecture.findDroppedErrors,
    broken: {
      'core/a.ts': 'try {\n  work();\n} catch {\n  return null;\n}',
      'core/b.ts': 'try {\n  work();\n} catch {\n  // Who asked is told.\n  return null;\n}',
      'core/c.ts': 'try {\n  work();\n} catch {\n  throw refused();\n}',
      'core/d.ts': 'work().catch(() => undefined);',
      'core/e.ts': "work().catch((error) => log.warn('a:b', () => log.describeError(error)));",
      'core/f.ts': '// It ends with its socket.\nwork().catch(() => undefined);',
      'core/g.ts': "socket.on('error', () => {});",
    },
    found: ['core/a.ts:3 drops an error', 'core/d.ts:1 drops an error', 'core/g.ts:1 drops an error'],
  },
  {
    title: 'has no file over 300 lines',
    find: architecture.findLongFiles,
    broken: { 'core/long.ts': '//\n'.repeat(301), 'core/short.ts': '//\n'.repeat(300) },
    found: ['core/long.ts has 301 lines'],
  },
  {
    title: 'carries no note of unfinished work',
    find: architecture.findUnfinishedNotes,
    broken: {
      'core/a.ts': `// ${'TO'}DO: later`,
      'core/b.ts': `// ${'FIX'}ME`,
      'core/c.ts': 'const todo = 1;',
    },
    found: ['core/a.ts', 'core/b.ts'],
  },
];

for (const { title, find, broken, found } of rules) {
  describe(`src ${title}`, () => {
    it('holds', () => expect(find(files)).toEqual([]));

    it('is noticed where it is broken', () => {
      const sources = Object.entries(broken).map(([path, text]) => ({ path, text }));
      expect(find(sources)).toEqual(found);
    });
  });
}

describe('the reader of src', () => {
  it('finds the files and what they import', () => {
    expect(files.map(({ path }) => path)).toContain('core/errors.ts');
    expect(architecture.readImports(files).map(({ file }) => file)).toContain('core/errors.ts');
  });

  it('takes no import from a comment or a text', () => {
    const text = "// import a from './a.js';\nconst example = \"import './b.js'\";";
    expect(architecture.readImports([{ path: 'core/key.ts', text }])).toEqual([]);
  });
});
