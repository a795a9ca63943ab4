import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { compare, tableResult } from '../app/compare.js';
import { availableEngines, type TestDatabase, useDatabase } from '../support/database.js';

const ROWS = 500;
const CHANGED = 250;
const UUIDS: readonly string[] = Array.from({ length: ROWS }, () => randomUUID());

interface UuidColumn {
  readonly name: string;
  readonly type: string;
  readonly literal: (uuid: string) => string;
  readonly walked: boolean;
}

const text = (uuid: string): string => `'${uuid}'`;
const COLUMNS: readonly UuidColumn[] = [
  {
    name: 'char_ci',
    type: 'char(36) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci',
    literal: text,
    walked: true,
  },
  {
    name: 'char_ci_upper',
    type: 'varchar(36) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
    literal: (uuid) => text(uuid.toUpperCase()),
    walked: true,
  },
  { name: 'bin_lower', type: 'char(36) CHARACTER SET ascii COLLATE ascii_bin', literal: text, walked: true },
  {
    name: 'sixteen_bytes',
    type: 'binary(16)',
    literal: (uuid) => `x'${uuid.replaceAll('-', '')}'`,
    walked: true,
  },
  {
    name: 'danish',
    type: 'char(36) CHARACTER SET utf8mb4 COLLATE utf8mb4_danish_ci',
    literal: text,
    walked: false,
  },
];

const insertRows = (table: string, uuids: readonly string[], literal: (uuid: string) => string): string =>
  `INSERT INTO ${table} VALUES ${uuids.map((uuid, row) => `(${literal(uuid)}, ${row})`).join(', ')}`;

describe.each(availableEngines().filter((engine) => engine !== 'postgresql'))(
  'UUID keys of PostgreSQL and %s',
  (engine) => {
    const uuids = useDatabase('postgresql');
    const texts = useDatabase(engine);

    beforeAll(async () => {
      for (const { name, type, literal } of COLUMNS) {
        await uuids.run(
          `CREATE TABLE ${name} (id uuid PRIMARY KEY, n int); ${insertRows(name, UUIDS, text)}`,
        );
        await texts.run(
          `CREATE TABLE ${name} (id ${type} PRIMARY KEY, n int); ${insertRows(name, UUIDS, literal)}`,
        );
      }
    });

    async function runBothWays(tables: readonly string[]) {
      const flags = { tables, 'chunk-rows': '7' };
      return [
        await compare({ source: uuids, target: texts, flags }),
        await compare({ source: texts, target: uuids, flags }),
      ];
    }

    it('are walked as UUIDs whatever their spelling, in both directions', async () => {
      const walked = COLUMNS.filter((column) => column.walked).map(({ name }) => name);
      for (const run of await runBothWays(walked)) {
        expect(run.result).toMatchObject({
          verdict: 'verified',
          totals: { tables: walked.length, sourceRows: walked.length * ROWS },
        });
      }
    });

    it('name the one row that differs', async () => {
      const change = (database: TestDatabase, by: number) =>
        Promise.all(
          COLUMNS.map(({ name }) =>
            database.run(`UPDATE ${name} SET n = n + ${by} WHERE n = ${CHANGED} OR n = ${-CHANGED}`),
          ),
        );
      await change(texts, -2 * CHANGED);
      const runs = await runBothWays(['sixteen_bytes']);
      await change(texts, 2 * CHANGED);
      expect(runs.map((run) => run.differences.length)).toEqual([1, 1]);
      const keys = runs.map((run) => run.differences[0]?.difference.key?.id);
      const spellings = [{ hex: UUIDS[CHANGED]?.replaceAll('-', '') }, UUIDS[CHANGED]];
      expect(spellings).toContainEqual(keys[0]);
      expect(keys[1]).toBe(UUIDS[CHANGED]);
    });

    it('are not walked where the collation sorts letters in its own way, and are compared all the same', async () => {
      for (const run of await runBothWays(['danish'])) {
        expect(tableResult(run, 'danish')).toMatchObject({ verdict: 'verified', strategy: 'bucket' });
      }
    });

    it('in upper case under a binary collation are unverified, never different', async () => {
      await texts.run(`CREATE TABLE bin_upper (id char(36) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY, n int);
      ${insertRows('bin_upper', UUIDS, (uuid, row = UUIDS.indexOf(uuid)) => text(row % 2 === 0 ? uuid : uuid.toUpperCase()))}`);
      await uuids.run(
        `CREATE TABLE bin_upper (id uuid PRIMARY KEY, n int); ${insertRows('bin_upper', UUIDS, text)}`,
      );
      for (const run of await runBothWays(['bin_upper'])) {
        const table = tableResult(run, 'bin_upper');
        expect(table).toMatchObject({ verdict: 'unverified', missing: 0, extra: 0, changed: 0 });
        expect(run.events.find(({ type }) => type === 'chunk:unverified')).toMatchObject({
          error: { code: 'key-order' },
        });
      }
    });
  },
);

describe("MariaDB's own UUID type", () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');

  it('is compared as a value but not walked, because it sorts by swapped groups', async () => {
    await source.run(`CREATE TABLE own (id uuid PRIMARY KEY, n int); CREATE TABLE held (n int PRIMARY KEY, id uuid);
      ${insertRows('own', UUIDS, text)}; INSERT INTO held SELECT n, id FROM own`);
    await target.run(`CREATE TABLE own (id uuid PRIMARY KEY, n int); CREATE TABLE held (n int PRIMARY KEY, id uuid);
      ${insertRows('own', UUIDS, text)}; INSERT INTO held SELECT n, id FROM own`);
    const run = await compare({ source, target });
    expect(tableResult(run, 'own')).toMatchObject({ verdict: 'verified', strategy: 'bucket', key: ['id'] });
    expect(tableResult(run, 'held')).toMatchObject({ verdict: 'verified', sourceRows: ROWS });
  });
});
