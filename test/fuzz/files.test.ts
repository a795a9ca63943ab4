import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHeaderLine, readTableLine } from '../../src/apply/repair-header.js';
import { nameRow } from '../../src/apply/row-name.js';
import { readRowStatement } from '../../src/apply/row-statement.js';
import { readDatabaseUrl } from '../../src/config/database-url.js';
import { parseConfigFile } from '../../src/config/parse-config-file.js';
import { redactPasswords } from '../../src/config/redact-passwords.js';
import { RowproofError } from '../../src/core/errors.js';
import { REPORT_FORMAT_NAMES } from '../../src/core/report-format.js';
import type { RunResult } from '../../src/core/result.js';
import { engineFor } from '../../src/engines/registry.js';
import { writeDialectFor } from '../../src/engines/write-registry.js';
import { REPORT_FORMATS } from '../../src/report/report-formats.js';
import { parseSavedResult } from '../../src/report/saved-result.js';
import { guardText } from '../../src/words/visible-text.js';
import { sampleResult, sampleTable } from '../report/sample-result.js';
import { fuzz, fuzzTimeoutMs, hostileText, mutated } from './fuzz.js';

const CONFIG = `source: mysql://reader:\${PASSWORD}@old/shop
target: postgres://reader@new/shop
tables: [orders, "customer*"]
tableSettings:
  orders: &orders { where: "id > 5", key: [id], relax: { note: [trim] } }
  items: *orders
report: [table, json=run.json]
workers: 2
`;

const RESULT = sampleResult([
  sampleTable({
    verdict: 'different',
    changed: 1,
    changedColumns: { note: 1 },
    findings: [{ code: 'chunk-unverified', message: 'a chunk', hint: 'again' }],
    diagnoses: [
      {
        cause: 'truncated',
        confidence: 'likely',
        columns: ['note'],
        rows: 1,
        evidence: { detail: 'at 20 characters', of: 1, examples: [] },
      },
    ],
    sample: [
      { kind: 'changed', key: { id: '7' }, columns: ['note'], source: { note: 'a' }, target: { note: null } },
    ],
  }),
]);

const CONTROL = /[^\P{Cc}\n]/u;
/** What some build server would take for a command. */
const COMMAND = /^\s*::|##[\w.-]*\[/m;

/** Values that a field of a file may be set to. */
const hostileValue = (): fc.Arbitrary<unknown> =>
  fc.oneof(
    hostileText(),
    fc.constantFrom(
      null,
      true,
      -1,
      1e308,
      Number.MAX_SAFE_INTEGER,
      [],
      {},
      'constructor',
      '__proto__',
      'toString',
    ),
    fc.array(hostileText(), { maxLength: 3 }),
    fc.dictionary(hostileText(), hostileText(), { maxKeys: 3 }),
  );

/** Every place of a value, by its steps. */
function placesOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, inner]) => placesOf(inner, [...path, name]))];
}

function withValue(root: unknown, [first, ...rest]: readonly string[], value: unknown): unknown {
  if (first === undefined) return value;
  const copy = (Array.isArray(root) ? [...root] : { ...(root as object) }) as Record<string, unknown>;
  copy[first] = withValue(copy[first], rest, value);
  return copy;
}

/** Runs what may refuse its input, but only with an error that says what is wrong with it. */
function attempt<Result>(work: () => Result): Result | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof RowproofError && error.code === 'usage') return null;
    throw error;
  }
}

function render(text: string): void {
  const result = attempt(() => parseSavedResult(text, 'run.json'));
  if (result === null) return;
  for (const format of REPORT_FORMAT_NAMES) {
    const text = guardText(REPORT_FORMATS[format](result, { color: false, width: 80 }));
    expect(text).not.toMatch(
      format === 'markdown' || format === 'github' ? /(?!\ufe0f)[^\P{C}\n]/u : CONTROL,
    );
    expect(text).not.toMatch(COMMAND);
  }
  const json = REPORT_FORMATS.json(result);
  expect(json).not.toMatch(CONTROL);
  expect(json).not.toMatch(COMMAND);
  expect(JSON.parse(json)).toEqual({ ...JSON.parse(JSON.stringify(result)), state: 'ended' });
}

describe('files of a stranger', () => {
  it('are a config or a usage error that holds no variable', { timeout: fuzzTimeoutMs(2) }, async () => {
    const variables = { PASSWORD: 'Gehe1m!' };
    const read = (text: string) => {
      try {
        parseConfigFile({ path: 'rowproof.yaml', text, variables });
      } catch (error) {
        if (!(error instanceof RowproofError) || error.code !== 'usage') throw error;
        expect(`${error.message} ${error.hint}`).not.toContain('Gehe1m!');
      }
    };
    await fuzz('config bytes', mutated(Buffer.from(CONFIG)), (bytes) => read(bytes.toString('utf8')));
    const lines = CONFIG.split('\n');
    const swapped = fc.tuple(
      fc.nat(lines.length - 1),
      hostileText(),
      fc.constantFrom('', '"', '*', '&', '!', '<<: '),
    );
    await fuzz('config lines', swapped, ([at, text, mark]) =>
      read(
        lines
          .map((line, index) => (index === at ? `${line.split(':')[0]}: ${mark}${text}` : line))
          .join('\n'),
      ),
    );
  });

  it('are a report without anything that obeys, or a usage error', {
    timeout: fuzzTimeoutMs(2),
  }, async () => {
    const places = placesOf(RESULT);
    const changed = fc.array(fc.tuple(fc.nat(places.length - 1), hostileValue()), {
      minLength: 1,
      maxLength: 3,
    });
    await fuzz('saved fields', changed, (changes) => {
      const value = changes.reduce<unknown>(
        (result, [at, each]) => attemptSet(result, places[at] ?? [], each),
        RESULT,
      ) as RunResult;
      render(JSON.stringify(value));
    });
    await fuzz('saved bytes', mutated(Buffer.from(JSON.stringify(RESULT))), (bytes) =>
      render(bytes.toString('utf8')),
    );
  });
});

const STATEMENTS = {
  postgresql: [
    `/*r 1.1*/ UPDATE "s"."t" SET "a" = E'x\\\\', "b" = CAST('1' AS "s"."u"[]) WHERE /*k*/ "id" OPERATOR(pg_catalog.=) '5' /*g*/ AND "a" IS NULL;`,
    `/*r 1.2*/ INSERT INTO "s"."t" ("id") OVERRIDING SYSTEM VALUE SELECT '6' WHERE NOT EXISTS (SELECT 1 FROM ONLY "s"."t" WHERE /*k*/ "id" = '6' /*g*/);`,
    `/*r 1.3*/ DELETE FROM ONLY "s"."t" WHERE /*k*/ U&"\\0069d" = '7' /*g*/;`,
    `/*r 1.4*/ INSERT INTO "s"."t" ("id") SELECT '6' WHERE (SELECT pg_catalog.count(*) OPERATOR(pg_catalog.<) 3 FROM "s"."t" WHERE /*k*/ "id" = '6' /*g*/);`,
    `/*r 1.5*/ DELETE FROM "s"."t" WHERE /*k*/ "id" = '6' /*g*/ AND (tableoid, ctid) OPERATOR(pg_catalog.=) (SELECT tableoid, ctid FROM "s"."t" WHERE "id" = '6' LIMIT 1) AND (SELECT pg_catalog.count(*) OPERATOR(pg_catalog.>) 1 AND pg_catalog.count(*) OPERATOR(pg_catalog.<) 4 FROM "s"."t" WHERE "id" = '6');`,
  ],
  mysql: [
    '/*r 1.1*/ UPDATE `s`.`t` SET `a` = CAST(_utf8mb4 0x7b7d AS JSON) WHERE /*k*/ `id` = -5 /*g*/ AND `b` <=> 1.5e0;',
    "/*r 1.2*/ INSERT INTO `s`.`t` (`id`) SELECT 6 FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM `s`.`t` WHERE /*k*/ `id` = b'1' /*g*/);",
    "/*r 1.3*/ DELETE FROM `s`.`t` WHERE /*k*/ `id` = x'' /*g*/;",
    '/*r 1.4*/ INSERT INTO `s`.`t` (`id`) SELECT 6 FROM DUAL WHERE (SELECT COUNT(*) > 0 AND COUNT(*) < 3 FROM `s`.`t` WHERE /*k*/ `id` <=> 6 /*g*/);',
    '/*r 1.5*/ DELETE FROM `s`.`t` WHERE /*k*/ `id` <=> 6 /*g*/ AND (SELECT x.held FROM (SELECT COUNT(*) > 1 AND COUNT(*) < 4 AS held FROM `s`.`t` WHERE `id` <=> 6) AS x) LIMIT 1;',
  ],
} as const;

describe('a line of a repair file', () => {
  it.each(['postgresql', 'mysql'] as const)(
    'of %s is one statement with a key, or has a fault',
    { timeout: fuzzTimeoutMs() },
    async (engine) => {
      const { lexicon, words, functions, copies } = writeDialectFor(engine);
      const input = fc.constantFrom(...STATEMENTS[engine]).chain((line) => mutated(Buffer.from(line)));
      for (const line of STATEMENTS[engine])
        expect(readRowStatement(line, 1, { lexicon, words, functions, copies })).not.toHaveProperty('fault');
      await fuzz(`statements of ${engine}`, input, (bytes) => {
        const line = bytes.toString('utf8');
        const statement = readRowStatement(line, 1, { lexicon, words, functions, copies });
        if ('fault' in statement) return;
        expect(statement.sql).toMatch(/^(UPDATE|INSERT +INTO|DELETE +FROM)(?=[ "`])/);
        expect(statement.sql).not.toMatch(/\b(DROP|TRUNCATE|GRANT|INTO OUTFILE)\b/);
        expect(statement.key.length).toBeGreaterThan(0);
        expect(nameRow(statement, statement.key[0]?.columns ?? [], lexicon).length).toBeLessThan(1000);
      });
    },
  );

  it('is a head, a table, or neither', { timeout: fuzzTimeoutMs(2) }, async () => {
    const head = `-- format: rowproof/repair@1 {"direction":"repair","engine":"mysql","schema":"s","url":"u","startedAt":"t"}`;
    const table = '-- table 1: {"schema":"s","name":"t","key":["id"],"columns":["id"]}';
    expect([readHeaderLine(head), readTableLine(table)]).not.toContain(null);
    await fuzz('heads', mutated(Buffer.from(head)), (bytes) => void readHeaderLine(bytes.toString('utf8')));
    await fuzz('tables', mutated(Buffer.from(table)), (bytes) => void readTableLine(bytes.toString('utf8')));
  });
});

describe('the URL of a database, and the files with its password', () => {
  it.each(['mysql', 'postgres'] as const)(
    'of %s are settings, or a usage error without the password',
    { timeout: fuzzTimeoutMs() },
    async (scheme) => {
      const url = `${scheme}://reader:Gehe1m@host:3306/shop?connect-timeout=5&statement-timeout=1.5`;
      const files = 'host:5432:shop:reader:pa\\:ss\n[client]\nuser = reader\npassword="x#y"\n';
      const input = fc.tuple(mutated(Buffer.from(url)), mutated(Buffer.from(files)));
      await fuzz(`URLs of ${scheme}`, input, ([address, file]) => {
        const text = address.toString('utf8');
        if (!text.startsWith(`${scheme}:`) || !URL.canParse(text)) return;
        const environment = {
          variables: {},
          homeFolder: '/home/x',
          userName: 'x',
          readFile: () => file.toString('utf8'),
          fileMode: () => 0o600,
          warn: () => undefined,
        };
        try {
          const url = new URL(readDatabaseUrl(text, 'source'));
          engineFor(scheme).resolveConnection(url, environment);
        } catch (error) {
          if (!(error instanceof RowproofError) || error.code !== 'usage') throw error;
          // Without its @ nothing tells a password from the rest.
          if (/Gehe1m.*@/s.test(text))
            expect(redactPasswords(`${error.message} ${error.hint}`)).not.toContain('Gehe1m');
        }
      });
    },
  );
});

/** A place may be gone because an earlier change replaced what it was in. */
function attemptSet(root: unknown, path: readonly string[], value: unknown): unknown {
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((each, step) => (each as Record<string, unknown> | null)?.[step], root);
  return typeof parent === 'object' && parent !== null ? withValue(root, path, value) : root;
}
