import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import type { TestDatabase, TestEngine } from './database.js';

const FOLDER = fileURLToPath(new URL('../../fixtures/scenarios', import.meta.url));

/** Values of a differing row, of one side. */
const VALUES = z.record(z.string(), z.unknown());
const TABLE = z.strictObject({
  verdict: z.string(),
  target: z.string().optional(),
  strategy: z.string().optional(),
  key: z.array(z.string()).optional(),
  /** Of the source and of the target. */
  rows: z.tuple([z.number(), z.number()]).optional(),
  /** Codes; or a code with words that the message holds. */
  findings: z.array(z.union([z.string(), z.record(z.string(), z.string())])).default([]),
  columnsCompared: z.array(z.string()).optional(),
});
/** What a run of a scenario must come to. Everything that is found must be named: nothing that is left out counts as found. */
const EXPECTED = z.union([
  z.strictObject({ refused: z.string() }),
  z.strictObject({
    verdict: z.string(),
    /** `changed 3 status`: kind, key and changed columns; or that with values. */
    differences: z
      .array(
        z.union([
          z.string(),
          z.strictObject({ row: z.string(), source: VALUES.optional(), target: VALUES.optional() }),
        ]),
      )
      .default([]),
    /** By their names on the source; a word is the verdict. */
    tables: z.record(
      z.string(),
      z.union([z.string().transform((verdict) => TABLE.parse({ verdict })), TABLE]),
    ),
    findings: z.array(z.string()).default([]),
    excluded: z.array(z.string()).optional(),
    relaxations: z.array(z.array(z.string())).optional(),
  }),
]);

export type Expected = z.infer<typeof EXPECTED>;
export type ExpectedResult = Exclude<Expected, { refused: string }>;
export type ExpectedTable = z.infer<typeof TABLE>;

/** One run over the tables of a scenario. */
export interface ScenarioCase {
  /** Empty where the scenario has only one. */
  readonly name: string;
  /** A config file without URLs. */
  readonly configPath: string;
  readonly expected: Expected;
}

export interface Scenario {
  readonly name: string;
  readonly folder: string;
  readonly cases: readonly ScenarioCase[];
}

type Part = 'both' | 'source' | 'target';

/** Reads every scenario; fails on a file that means nothing. */
export function readScenarios(folder = FOLDER): Scenario[] {
  return readdirSync(folder).map((name) => readScenario(name, join(folder, name)));
}

function readScenario(name: string, folder: string): Scenario {
  const files = readdirSync(folder);
  const cases = files.flatMap((file) => {
    if (!/^(?:.+\.)?config\.yaml$/.test(file)) return [];
    const prefix = file.replace(/\.?config\.yaml$/, '');
    const expectedPath = join(folder, file.replace(/config\.yaml$/, 'expected.yaml'));
    const expected = EXPECTED.parse(parse(readFileSync(expectedPath, 'utf8')));
    return [{ name: prefix, configPath: join(folder, file), expected }];
  });
  const known =
    /^(?:(?:both|source|target)(?:\.(?:mysql|mariadb|postgresql))?\.sql|(?:.+\.)?(?:config|expected)\.yaml)$/;
  const stray = files.find((file) => !known.test(file));
  if (stray !== undefined) throw new Error(`${name}/${stray} is no file of a scenario`);
  if (cases.length === 0) throw new Error(`${name} has no config.yaml`);
  return { name, folder, cases };
}

/** The script of a part for an engine; MariaDB takes MySQL's where it has none of its own. Null where the part fits others only. */
function scriptFor({ folder }: Scenario, part: Part, engine: TestEngine): string | null {
  const dialects = engine === 'mariadb' ? ['.mariadb', '.mysql'] : [`.${engine}`];
  const own = [...dialects, ''].map((suffix) => join(folder, `${part}${suffix}.sql`)).find(existsSync);
  if (own !== undefined) return readFileSync(own, 'utf8');
  return readdirSync(folder).some((file) => file.startsWith(`${part}.`)) ? null : '';
}

/** Whether a scenario can be played from one engine to another. */
export function fits(
  scenario: Scenario,
  engines: Readonly<Record<'source' | 'target', TestEngine>>,
): boolean {
  return (['source', 'target'] as const).every((side) =>
    (['both', side] as const).every((part) => scriptFor(scenario, part, engines[side]) !== null),
  );
}

/** Makes the tables of a scenario in an empty database. */
export async function fillSide(
  scenario: Scenario,
  side: 'source' | 'target',
  database: TestDatabase,
): Promise<void> {
  for (const part of ['both', side] as const) {
    const script = scriptFor(scenario, part, database.engine) ?? '';
    if (script !== '') await database.run(script);
  }
}

/** Empties a database for the next scenario, which is faster than to make another. */
export async function emptyDatabase(database: TestDatabase): Promise<void> {
  if (database.engine === 'postgresql') {
    await database.run('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    return;
  }
  const rows = await database.query(
    `SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = '${database.name}'`,
  );
  for (const [name, type] of rows)
    await database.run(`DROP ${type === 'VIEW' ? 'VIEW' : 'TABLE'} \`${name}\``);
}
