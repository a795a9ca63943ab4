import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { applyRepair } from '../../src/apply/apply-repair.js';
import { checkTarget } from '../../src/apply/check-target.js';
import { PartedRows } from '../../src/apply/parted-rows.js';
import { nameRow } from '../../src/apply/row-name.js';
import { readRowStatement } from '../../src/apply/row-statement.js';
import { surveyFile } from '../../src/apply/survey-file.js';
import { chooseUndoPath } from '../../src/apply/undo-file.js';
import { runCli } from '../../src/cli/run-cli.js';
import { writeDialectFor } from '../../src/engines/write-registry.js';
import { fakeIo, noApply, noPlan } from '../cli/fake-io.js';
import { makeFolder } from './applied.js';

type Engine = 'postgresql' | 'mysql';

const HEADS = {
  postgresql: `-- format: rowproof/repair@1 {"direction":"repair","engine":"postgresql","schema":"public","url":"postgres://host:5432/shop","seed":"1","startedAt":"2026-01-01T00:00:00Z"}
-- table 1: {"schema":"public","name":"t","key":["id"],"columns":["id","a"]}
-- In all: 1 row written, 1,204 left alone.
\\set ON_ERROR_STOP on
SET standard_conforming_strings = on;
SET TimeZone = 'UTC';`,
  mysql: `-- format: rowproof/repair@1 {"direction":"repair","engine":"mysql","schema":"shop","url":"mysql://host:3306/shop","seed":"1","startedAt":"2026-01-01T00:00:00Z"}
-- table 1: {"schema":"shop","name":"t","key":["id"],"columns":["id","a"]}
SET NAMES utf8mb4;
SET SESSION foreign_key_checks = 1, SESSION unique_checks = 1;`,
} as const;

/** A file with one statement, or with other lines in its place. */
function fileOf(engine: Engine, lines: readonly string[], head: string = HEADS[engine]): string {
  const path = join(makeFolder(), 'fix.sql');
  writeFileSync(path, `${head}\n\nBEGIN;\n${lines.join('\n')}\nCOMMIT;\n\n-- End of the file: 1 row.\n`);
  return path;
}

async function survey(engine: Engine, path: string) {
  const file = await open(path, 'r');
  try {
    return await surveyFile({ path, file, dialect: writeDialectFor(engine), toldPath: null });
  } finally {
    await file.close();
  }
}

const UPDATE = '/*r 1.1*/ UPDATE "public"."t" SET "a" = \'1\' WHERE /*k*/ "id" = \'5\' /*g*/';

describe('a file that Rowproof wrote', () => {
  it.each<[Engine, string]>([
    ['postgresql', `${UPDATE} AND "a" IS NOT DISTINCT FROM '0';`],
    [
      'postgresql',
      `${UPDATE} AND "a"::pg_catalog.text COLLATE pg_catalog."C" OPERATOR(pg_catalog.=) E'/*k*/ '' ; \\n';`,
    ],
    [
      'postgresql',
      `/*r 1.2*/ INSERT INTO "public"."t" ("id", "a") OVERRIDING SYSTEM VALUE SELECT '6', CAST('x' AS "public"."mood"[]) WHERE NOT EXISTS (SELECT 1 FROM ONLY "public"."t" WHERE /*k*/ "id" = '6' /*g*/);`,
    ],
    [
      'postgresql',
      `/*r 1.3*/ DELETE FROM ONLY "public"."t" WHERE /*k*/ "id" = '7' /*g*/ AND NOT EXISTS (SELECT 1 FROM "o"."c" AS c WHERE c."t" OPERATOR(pg_catalog.=) '7');`,
    ],
    ['postgresql', `/*r 1.4*/ UPDATE "public"."t" SET "a" = NULL WHERE /*k*/ U&"\\0069d" = '7' /*g*/;`],
    [
      'mysql',
      "/*r 1.1*/ UPDATE `shop`.`t` SET `a` = CAST(_utf8mb4 0x7b7d AS JSON) WHERE /*k*/ `id` = 5 /*g*/ AND CAST(CONVERT(`a` USING utf8mb4) AS BINARY) <=> x'';",
    ],
    [
      'mysql',
      '/*r 1.3*/ DELETE FROM `shop`.`t` WHERE /*k*/ `id` = -5 /*g*/ AND NOT EXISTS (SELECT 1 FROM (SELECT 1 FROM `o`.`c` AS c WHERE c.`t` = 7 LIMIT 1) AS x);',
    ],
  ])('is read: %s %s', async (engine, line) => {
    const { rows, settings } = await survey(engine, fileOf(engine, [line]));
    expect(rows).toBe(1);
    expect(settings.length).toBeGreaterThan(1);
  });

  it('says how many rows it leaves alone, and what it does to each table', async () => {
    const found = await survey('postgresql', fileOf('postgresql', [`${UPDATE};`]));
    expect(found.leftAlone).toBe(1204);
    expect([...found.tables.values()]).toMatchObject([{ name: 't', inserts: 0, updates: 1, deletes: 0 }]);
  });
});

describe('a file that somebody else wrote, or changed', () => {
  it.each<[string, Engine, string]>([
    ['another statement', 'postgresql', 'DROP TABLE "public"."t";'],
    ['another statement behind a mark', 'postgresql', '/*r 1.1*/ TRUNCATE "public"."t";'],
    ['a second statement on the line', 'postgresql', `${UPDATE}; DROP TABLE "public"."t";`],
    ['a statement in a comment that MySQL runs', 'mysql', '/*!50000 DROP TABLE t */;'],
    [
      'such a comment inside',
      'mysql',
      '/*r 1.1*/ DELETE FROM `shop`.`t` WHERE /*k*/ `id` = 1 /*g*/ /*! OR 1 */;',
    ],
    ['a client command', 'postgresql', '\\! rm -rf /'],
    ['a statement without a key', 'postgresql', '/*r 1.1*/ DELETE FROM "public"."t" WHERE "id" = \'1\';'],
    ['a key that is none', 'postgresql', '/*r 1.1*/ DELETE FROM "public"."t" WHERE /*k*/ "a" = \'1\' /*g*/;'],
    [
      'a condition that widens the key',
      'postgresql',
      '/*r 1.1*/ DELETE FROM "public"."t" WHERE /*k*/ "id" = \'1\' OR TRUE /*g*/;',
    ],
    ['a condition that widens the guards', 'postgresql', `${UPDATE} OR TRUE;`],
    [
      'a call',
      'postgresql',
      '/*r 1.1*/ UPDATE "public"."t" SET "a" = pg_read_file(\'/etc/passwd\') WHERE /*k*/ "id" = \'1\' /*g*/;',
    ],
    [
      'a call of a quoted name',
      'postgresql',
      '/*r 1.1*/ UPDATE "public"."t" SET "a" = "evil"() WHERE /*k*/ "id" = \'1\' /*g*/;',
    ],
    [
      'a value out of another table',
      'postgresql',
      '/*r 1.1*/ UPDATE "public"."t" SET "a" = (SELECT "x" FROM "s"."u") WHERE /*k*/ "id" = \'1\' /*g*/;',
    ],
    [
      'another table than the header says',
      'postgresql',
      '/*r 1.1*/ DELETE FROM "public"."u" WHERE /*k*/ "id" = \'1\' /*g*/;',
    ],
    [
      'a table that the header does not name',
      'postgresql',
      '/*r 2.1*/ DELETE FROM "public"."t" WHERE /*k*/ "id" = \'1\' /*g*/;',
    ],
    [
      'a string with a backslash',
      'mysql',
      "/*r 1.1*/ UPDATE `shop`.`t` SET `a` = 'x\\' WHERE /*k*/ `id` = 1 /*g*/;",
    ],
    [
      'an open quote',
      'postgresql',
      '/*r 1.1*/ UPDATE "public"."t" SET "a" = \'x WHERE /*k*/ "id" = 1 /*g*/;',
    ],
    ['a comment', 'postgresql', `${UPDATE} -- AND "a" = '1';`],
    [
      'a file to write',
      'mysql',
      "/*r 1.1*/ UPDATE `shop`.`t` SET `a` = 1 WHERE /*k*/ `id` = 1 /*g*/ INTO OUTFILE '/tmp/x';",
    ],
    ['a begin within', 'postgresql', 'BEGIN;'],
    ['a setting within', 'postgresql', "SET TimeZone = 'UTC';"],
  ])('is refused with the line: %s', async (_what, engine, line) => {
    const good =
      engine === 'mysql' ? '/*r 1.9*/ DELETE FROM `shop`.`t` WHERE /*k*/ `id` = 9 /*g*/;' : `${UPDATE};`;
    const head = HEADS[engine].split('\n').length + 2;
    await expect(survey(engine, fileOf(engine, [good, line]))).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(`Line ${head + 2} of `),
      hint: expect.stringContaining('Nothing was applied'),
    });
  });

  it.each<[Engine, string]>([
    ['postgresql', 'SET session_replication_role = replica;'],
    ['postgresql', 'SET standard_conforming_strings = off;'],
    ['postgresql', "SET role = 'postgres';"],
    ['postgresql', '\\i other.sql'],
    ['mysql', 'SET SESSION foreign_key_checks = 0;'],
    ['mysql', "SET SESSION sql_mode = 'ANSI_QUOTES';"],
    ['mysql', 'SET GLOBAL read_only = 1;'],
    ['mysql', 'SET @rowproof_x = (SELECT SLEEP(9));'],
  ])('is refused for a setting: %s %s', async (engine, line) => {
    const path = fileOf(engine, [], `${HEADS[engine]}\n${line}`);
    await expect(survey(engine, path)).rejects.toThrow(/is no statement that Rowproof writes/);
  });

  it('is refused where it was cut off, or is no repair file at all', async () => {
    const whole = `${HEADS.postgresql}\nBEGIN;\n${UPDATE};\nCOMMIT;\n`;
    for (const text of [
      whole,
      whole.replace('COMMIT;\n', ''),
      `${whole}-- End of the file: 1 row.`,
      'SELECT 1;\n',
      '',
      '\xff\xfe',
    ]) {
      const path = join(makeFolder(), 'cut.sql');
      writeFileSync(path, text, 'latin1');
      await expect(survey('postgresql', path)).rejects.toMatchObject({ code: 'usage' });
    }
  });
});

describe('the place of the undo file', () => {
  const target = 'postgres://nobody@127.0.0.1:1/shop';
  const applyTo = (path: string, undoPath?: string) =>
    applyRepair({ path, targetUrl: target, ...(undoPath === undefined ? {} : { undoPath }) });

  it.each<[string, (folder: string, path: string) => string, RegExp]>([
    [
      'in a folder that is missing',
      (folder) => join(folder, 'none', 'u.sql'),
      /the folder does not exist\.$/,
    ],
    ['that is a folder', (folder) => folder, /it is a directory\.$/],
    ['below a file', (_folder, path) => join(path, 'u.sql'), /not a folder\.$/],
    ['that is the file', (_folder, path) => path, /written over .*, which is applied\.$/],
    ['whose journal is the file', (_folder, path) => path.replace(/\.journal$/, ''), /which is applied\.$/],
  ])('%s is refused with a sentence before anything is read', async (_title, place, message) => {
    const folder = makeFolder();
    const path = join(folder, 'fix.sql.journal');
    writeFileSync(path, 'none of ours');
    await expect(applyTo(path, place(folder, path))).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(message),
    });
    expect(readFileSync(path, 'utf8')).toBe('none of ours');
  });

  it.each(['', '\n', 'INSERT INTO notes;\n', '\xff\xfe', '-- End of the head. {}\n'])(
    'is not cleared of a file that merely has the name of a journal: %j',
    async (text) => {
      const undoPath = join(makeFolder(), 'u.sql');
      writeFileSync(`${undoPath}.journal`, text, 'latin1');
      const chosen = chooseUndoPath('fix.sql', undoPath);
      if (text === '') await expect(chosen).resolves.toEqual({ path: undoPath, finished: [] });
      else
        await expect(chosen).rejects.toMatchObject({
          code: 'usage',
          message: /is no journal of rowproof apply/,
        });
      expect(existsSync(`${undoPath}.journal`)).toBe(text !== '');
    },
  );
});

describe('the URL of a target', () => {
  it.each([
    'mysql://u:12?S3cret@db:1/shop',
    'mysql://u:12/S3cret@db:1/shop',
    'postgres://u:1#S3cret@db/shop',
  ])('that was cut in its password is refused without a word of it: %s', async (targetUrl) => {
    const path = fileOf(targetUrl.startsWith('mysql') ? 'mysql' : 'postgresql', []);
    const error = await applyRepair({ path, targetUrl }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'usage', message: expect.stringContaining('behind its host') });
    expect(String(error)).not.toContain('S3cret');
  });
});

describe('a file of another engine', () => {
  it.each<[Engine, Engine, string]>([
    ['mysql', 'postgresql', 'was written for mysql, and the target is postgresql.'],
    ['postgresql', 'mysql', 'was written for postgresql, and the target is mysql or mariadb.'],
  ])('%s is refused by that, for a target of %s', async (written, target, message) => {
    await expect(survey(target, fileOf(written, []))).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(
        `It was written for ${written === 'mysql' ? 'mysql' : 'postgres'}://host`,
      ),
    });
  });
});

describe('a row', () => {
  it.each<[Engine, string, string]>([
    ['postgresql', `"id" OPERATOR(pg_catalog.=) '-5'`, 'id = -5'],
    [
      'postgresql',
      `"id"::"public"."mood" OPERATOR(pg_catalog.=) CAST('sad' AS "public"."mood")`,
      "id = 'sad'",
    ],
    [
      'postgresql',
      `"id"::pg_catalog.text COLLATE pg_catalog."C" OPERATOR(pg_catalog.=) E'it''s \\\\ \\u000a'`,
      String.raw`id = 'it\'s \\ \n'`,
    ],
    ['postgresql', `"id" OPERATOR(pg_catalog.=) pg_catalog.decode('00ff', 'hex')`, 'id = 0x00ff'],
    ['mysql', '`id` = -5', 'id = -5'],
    ['mysql', '`id` = _utf8mb4 0xc3a4 AND CAST(CONVERT(`id` USING utf8mb4) AS BINARY) = 0xc3a4', "id = 'ä'"],
    ['mysql', '`id` = 0x00ff', 'id = 0x00ff'],
    ['mysql', '`id` = _latin1 0xe4 AND CAST(`id` AS BINARY) <=> 0xe4', 'id = 0xe4'],
    [
      'mysql',
      "CONCAT(LEFT('-', CAST(`id` * 1e0 AS CHAR) LIKE '-%'), ABS(`id` * 1e0)) <=> '-1.5'",
      'id = -1.5',
    ],
    ['mysql', "`id` = '2024-01-01'", "id = '2024-01-01'"],
  ])('is named alike on every engine: %s %s', (engine, condition, name) => {
    const { lexicon, words, functions, copies } = writeDialectFor(engine);
    const quote = lexicon.nameQuote;
    const sql = `/*r 1.1*/ DELETE FROM ${quote}s${quote}.${quote}t${quote} WHERE /*k*/ ${condition} /*g*/;`;
    const statement = readRowStatement(sql, 1, { lexicon, words, functions, copies });
    if ('fault' in statement) throw new Error(statement.fault);
    expect(nameRow(statement, ['id'], lexicon)).toBe(name);
  });
});

describe('a target', () => {
  const header = {
    direction: 'repair',
    engine: 'mysql',
    schema: 'shop',
    url: 'mysql://db1:3306/shop',
    startedAt: '',
  } as const;
  const file = {
    path: 'fix.sql',
    header,
    settings: [],
    tables: new Map(),
    rows: 1,
    leftAlone: 0,
    unchanged: 0,
    told: null,
    statementsOfRow: new Map(),
    lastLines: new Map(),
    parted: new PartedRows(),
  };
  const same = { engine: 'mysql', schema: 'shop', url: 'mysql://db1:3306/shop' };

  it('that is the one of the file is taken', () => {
    expect(() => checkTarget(file, same, false)).not.toThrow();
    expect(() => checkTarget(file, { ...same, url: 'mysql://DB1:3306/shop' }, false)).not.toThrow();
  });

  it('at another address, or of a sibling engine, is taken only where the user says that it is the same', () => {
    for (const other of [
      { ...same, url: 'mysql://db2:3306/shop' },
      { ...same, engine: 'mariadb' },
    ]) {
      expect(() => checkTarget(file, other, false)).toThrow(/was written for mysql at mysql:\/\/db1/);
      expect(() => checkTarget(file, other, true)).not.toThrow();
    }
  });

  it('of another schema is never taken', () => {
    const other = { ...same, schema: 'shop2' };
    expect(() => checkTarget(file, other, true)).toThrow(/was written for schema shop/);
  });
});

describe('the command line', () => {
  const run = async (flags: readonly string[], confirm?: () => Promise<boolean>) => {
    const io = { ...fakeIo(), ...(confirm === undefined ? {} : { confirm }) };
    const exitCode = await runCli(['apply', ...flags], io, { verify: noPlan, plan: noPlan, apply: noApply });
    return { exitCode, ...io.written };
  };

  it('applies nothing where nobody can be asked', async () => {
    const { exitCode, stderr } = await run(['fix.sql', '--target', 'mysql://u:secret@db/shop']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Expected --yes, because nobody can be asked here');
  });

  it('wants a file, a target and times with units', async () => {
    expect((await run([])).stderr).toContain('Expected the file to apply, got none.');
    expect((await run(['fix.sql', '--yes'])).stderr).toContain('Expected --target URL, got none.');
    const late = await run(['fix.sql', '--yes', '--target', 'mysql://db/shop', '--lock-timeout', '5']);
    expect(late.stderr).toContain('Expected --lock-timeout to be a time from 10ms to 600s, got 5.');
  });

  it('asks with the plan, and takes anything but yes for no', async () => {
    const plan = {
      file: 'fix.sql',
      direction: 'repair',
      startedAt: 'then',
      target: 'mysql://db:3306/shop',
      rows: 1,
      leftAlone: 2,
      unchanged: 3,
      undoPath: 'u.sql',
      tables: [{ table: 'shop.t', inserts: 1, updates: 0, deletes: 0, triggers: ['audit'] }],
    } as const;
    const asked: string[] = [];
    const io = { ...fakeIo(), confirm: async (question: string) => asked.push(question) === 0 };
    const answers: unknown[] = [];
    await runCli(['apply', 'fix.sql', '--target', 'mysql://db/shop'], io, {
      verify: noPlan,
      plan: noPlan,
      apply: async ({ confirm }) => {
        answers.push(await confirm?.(plan));
        throw new Error('not applied');
      },
    });
    expect(answers).toEqual([false]);
    expect(asked).toEqual(['Apply this to mysql://db:3306/shop? [y/N] ']);
    expect(io.written.stderr).toContain(
      'shop.t: 1 insert, 0 updates, 0 deletes\n    triggers that may fire: audit\n',
    );
    expect(io.written.stderr).toContain('3 rows that the repair did not change: passed over\n');
  });
});
