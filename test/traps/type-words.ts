import type { TestDatabase, TestEngine } from '../support/database.js';

/** How an engine spells the types that tests of several engines share. */
export interface TypeWords {
  /** Text that sorts by code point without padding, so that it can be a shared key. */
  readonly codepointText: (length: number) => string;
  readonly longText: string;
  readonly bytes: (length: number) => string;
  readonly longBytes: string;
  readonly datetime: string;
  readonly instant: string;
  readonly unsignedBigint: string;
  /** Bytes as a literal. */
  readonly bytesLiteral: (hex: string) => string;
}

const MYSQL_WORDS = {
  longText: 'longtext',
  bytes: (length: number) => `varbinary(${length})`,
  longBytes: 'longblob',
  datetime: 'datetime(6)',
  instant: 'timestamp(6)',
  unsignedBigint: 'bigint unsigned',
  bytesLiteral: (hex: string) => `x'${hex}'`,
};

const WORDS: Readonly<Record<TestEngine, TypeWords>> = {
  mariadb: {
    ...MYSQL_WORDS,
    codepointText: (length) => `varchar(${length}) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin`,
  },
  mysql: {
    ...MYSQL_WORDS,
    codepointText: (length) => `varchar(${length}) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin`,
  },
  postgresql: {
    codepointText: (length) => `varchar(${length}) COLLATE "C"`,
    longText: 'text',
    bytes: () => 'bytea',
    longBytes: 'bytea',
    datetime: 'timestamp(6)',
    instant: 'timestamptz(6)',
    unsignedBigint: 'numeric(20)',
    bytesLiteral: (hex) => `'\\x${hex}'::bytea`,
  },
};

/** The type words of an engine. */
export function wordsOf({ engine }: { readonly engine: TestEngine }): TypeWords {
  return WORDS[engine];
}

/** Fills a table with rows made on the server from the numbers 1 to `count`, called `n` in `select`. */
export async function fillTable(
  database: TestDatabase,
  { table, count, select }: { table: string; count: number; select: string },
): Promise<void> {
  const numbers: Readonly<Record<TestEngine, string>> = {
    mariadb: `(SELECT seq AS n FROM seq_1_to_${count}) AS numbers`,
    mysql: `(WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < ${count}) SELECT n FROM r) AS numbers`,
    postgresql: `generate_series(1, ${count}) AS numbers(n)`,
  };
  const depth = database.engine === 'mysql' ? 'SET SESSION cte_max_recursion_depth = 10000000; ' : '';
  const statistics = database.engine === 'postgresql' ? 'ANALYZE' : 'ANALYZE TABLE';
  await database.run(
    `${depth}INSERT INTO ${table} SELECT ${select} FROM ${numbers[database.engine]}; ${statistics} ${table}`,
  );
}

/** Runs the same script on both databases. */
export async function runOnBoth(databases: readonly TestDatabase[], script: string): Promise<void> {
  for (const database of databases) await database.run(script);
}
