import { describe, expect, it } from 'vitest';
import { compare, listDifferences } from '../app/compare.js';
import { availableEngines, openTestDatabase, type TestEngine } from '../support/database.js';
import { writeRepair } from './repair-round.js';

/** What a target says to rows that its own rules refuse, and what is left to differ after the file was applied. */
interface Scenario {
  readonly title: string;
  readonly engines?: readonly TestEngine[];
  readonly tables: (isPostgres: boolean) => string;
  /** Where the target is made in another way than the source. */
  readonly targetTables?: (isPostgres: boolean) => string;
  readonly source: string;
  readonly target: string;
  readonly flags?: readonly string[];
  /** Reasons in the header, one for each row that is left alone. */
  readonly leftAlone: readonly (string | RegExp)[];
  /** What still differs when the file was applied. */
  readonly remaining: readonly string[];
}

const POSTGRES: readonly TestEngine[] = ['postgresql'];

const CITEXT_FAMILY = `CREATE EXTENSION citext; CREATE TABLE p (code CITEXT NOT NULL PRIMARY KEY, n NUMERIC(9,2) UNIQUE);
  CREATE TABLE c (id INT NOT NULL PRIMARY KEY, code CITEXT, n INT, FOREIGN KEY (code) REFERENCES p (code) ON DELETE CASCADE,
    FOREIGN KEY (n) REFERENCES p (n) ON DELETE CASCADE)`;
const BLIND_FAMILY = `CREATE TABLE p (code VARCHAR(9) COLLATE utf8mb4_general_ci NOT NULL PRIMARY KEY, n INT);
  CREATE TABLE c (id INT NOT NULL PRIMARY KEY, code VARCHAR(9) COLLATE utf8mb4_general_ci, n INT,
    FOREIGN KEY (code) REFERENCES p (code) ON DELETE CASCADE)`;

const SCENARIOS: readonly Scenario[] = [
  {
    title: 'says of a ring of values that none of its rows can put aside that it is one',
    tables: () => 'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, d DATE NOT NULL UNIQUE)',
    source: "INSERT INTO t VALUES (1, '2020-01-01'), (2, '2020-01-02')",
    target: "INSERT INTO t VALUES (1, '2020-01-02'), (2, '2020-01-01')",
    leftAlone: [
      /id=1: it waits for its value of unique key \w+ in a ring of listed rows, none of which can put its own/,
      /id=2: it waits for its value of unique key \w+ in a ring of listed rows, none of which can put its own/,
    ],
    remaining: ['changed 1 d', 'changed 2 d'],
  },
  {
    title: 'keeps a row that only the condition of the run hides on the source',
    tables: () => 'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, st VARCHAR(9))',
    source: "INSERT INTO t VALUES (1, 'old'), (2, 'new'), (3, 'new'), (5, 'new')",
    target: "INSERT INTO t VALUES (1, 'new'), (2, 'old'), (4, 'new'), (5, 'new')",
    flags: ['--where', "t:st='new'"],
    leftAlone: [
      /id=1: the source has a row with this key that does not meet the condition/,
      /id=2: the target has a row with this key that does not meet the condition/,
    ],
    remaining: ['changed 1 st', 'changed 2 st'],
  },
  {
    title: 'writes no value that the target takes for one it has in another letter case',
    tables: (isPostgres) =>
      `CREATE TABLE t (id INT NOT NULL PRIMARY KEY, email ${isPostgres ? 'TEXT' : 'VARCHAR(40)'} NOT NULL)`,
    targetTables: (isPostgres) =>
      isPostgres
        ? `CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
           CREATE TABLE t (id INT NOT NULL PRIMARY KEY, email TEXT COLLATE blind NOT NULL UNIQUE)`
        : 'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, email VARCHAR(40) COLLATE utf8mb4_general_ci NOT NULL UNIQUE)',
    source: "INSERT INTO t VALUES (1, 'a'), (2, 'A'), (3, 'b'), (4, 'c'), (5, 'C')",
    target: "INSERT INTO t VALUES (1, 'a')",
    leftAlone: [
      /id=2: another row of the target has an equal value of unique key/,
      /id=5: another row of the source has an equal value of unique key/,
    ],
    remaining: ['missing 2', 'missing 5'],
  },
  {
    title: 'leaves children alone whose parent is on neither side, and brings those whose parent comes along',
    tables: () =>
      'CREATE TABLE p (id INT NOT NULL PRIMARY KEY); CREATE TABLE c (id INT NOT NULL PRIMARY KEY, pid INT)',
    targetTables: () =>
      `CREATE TABLE p (id INT NOT NULL PRIMARY KEY);
       CREATE TABLE c (id INT NOT NULL PRIMARY KEY, pid INT, FOREIGN KEY (pid) REFERENCES p (id))`,
    source: 'INSERT INTO p VALUES (1), (2); INSERT INTO c VALUES (1, 1), (2, 2), (3, 3)',
    target: 'INSERT INTO p VALUES (1); INSERT INTO c VALUES (1, NULL)',
    leftAlone: [/c id=3: the row of .*p that it refers to is not there/],
    remaining: ['missing 3'],
  },
  {
    title: 'leaves an extra parent alone that a row refers to which stays or comes, and deletes the others',
    tables: () =>
      'CREATE TABLE p (id INT NOT NULL PRIMARY KEY); CREATE TABLE c (id INT NOT NULL PRIMARY KEY, pid INT)',
    targetTables: () =>
      `CREATE TABLE p (id INT NOT NULL PRIMARY KEY);
       CREATE TABLE c (id INT NOT NULL PRIMARY KEY, pid INT, FOREIGN KEY (pid) REFERENCES p (id) ON DELETE CASCADE)`,
    source: 'INSERT INTO p VALUES (1), (7); INSERT INTO c VALUES (1, 1), (2, 2), (3, 3), (6, 1)',
    target:
      'INSERT INTO p VALUES (1), (2), (3), (4), (5), (6); INSERT INTO c VALUES (1, 1), (2, 2), (5, 5), (6, 6)',
    leftAlone: [
      /p id=2: a row of \S*c that stays, or is to come, refers to it/,
      /p id=3: a row of \S*c that stays, or is to come, refers to it/,
    ],
    remaining: ['extra 2', 'extra 3'],
  },
  {
    title:
      'knows a parent by what the foreign key takes for equal, in another letter case or with other zeros',
    tables: (isPostgres) =>
      (isPostgres ? CITEXT_FAMILY : BLIND_FAMILY).replace(/,\s*FOREIGN KEY.*?CASCADE/g, ''),
    targetTables: (isPostgres) => (isPostgres ? CITEXT_FAMILY : BLIND_FAMILY),
    source: `INSERT INTO p VALUES ('ABC', 1), ('NEW', 2);
      INSERT INTO c VALUES (1, 'abc', 1), (2, 'new', 2), (3, 'none', 1), (5, 'held', 5), (7, 'abc', 2)`,
    target: `INSERT INTO p VALUES ('ABC', 1), ('Old', 3), ('Held', 5), ('Free', 4);
      INSERT INTO c VALUES (1, 'abc', 1), (4, 'old', 3), (5, 'held', 5), (6, 'FREE', 4)`,
    leftAlone: [
      /c id=3: the row of \S*p that it refers to is not there/,
      /p code=Held: a row of \S*c that stays, or is to come, refers to it/,
    ],
    remaining: ['missing 3', 'extra Held'],
  },
  {
    title: 'asks the server itself whether a row that it does not compare refers to a parent',
    tables: (isPostgres) =>
      (isPostgres ? CITEXT_FAMILY : BLIND_FAMILY).replace(/,\s*FOREIGN KEY.*?CASCADE/g, ''),
    targetTables: (isPostgres) => (isPostgres ? CITEXT_FAMILY : BLIND_FAMILY),
    source: "INSERT INTO p VALUES ('ABC', 1)",
    target: `INSERT INTO p VALUES ('ABC', 1), ('Old', 3), ('Held', 5);
      INSERT INTO c VALUES (4, 'held', 5)`,
    flags: ['--tables', 'p'],
    leftAlone: [/p code=Held: a row of \S*c that stays, or is to come, refers to it/],
    remaining: ['extra 4', 'extra Held'],
  },
  {
    title: 'knows what a unique key of a type with an equality of its own takes for the same',
    engines: POSTGRES,
    tables: () => 'CREATE EXTENSION citext; CREATE TABLE t (id INT NOT NULL PRIMARY KEY, mail CITEXT, n INT)',
    targetTables: () =>
      `CREATE EXTENSION citext; CREATE TABLE t (id INT NOT NULL PRIMARY KEY, mail CITEXT UNIQUE, n INT);
       CREATE UNIQUE INDEX two ON t ((mail || 'x'::citext), n)`,
    source: "INSERT INTO t VALUES (1, 'a', 1), (2, 'A', 2), (3, 'B', 3), (5, 'q', 5)",
    target: "INSERT INTO t VALUES (1, 'a', 1), (4, 'b', 3), (5, 'Q', 5)",
    leftAlone: [/id=2: another row of the target has an equal value of unique key/],
    remaining: ['missing 2'],
  },
  {
    title: 'keeps the head of a chain of rows that refer to each other where its tail stays',
    tables: () => 'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, boss INT)',
    targetTables: () =>
      'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, boss INT, FOREIGN KEY (boss) REFERENCES t (id))',
    source: 'INSERT INTO t VALUES (1, NULL), (4, 3)',
    target: 'INSERT INTO t VALUES (1, NULL), (2, NULL), (3, 2), (4, 3), (5, 1), (6, 5)',
    leftAlone: [/t id=2: a row of/, /t id=3: a row of/],
    remaining: ['extra 2', 'extra 3'],
  },
  {
    title: 'leaves alone what a CHECK or a domain refuses',
    tables: () => 'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, n INT)',
    targetTables: (isPostgres) =>
      isPostgres
        ? 'CREATE DOMAIN small AS INT CHECK (VALUE < 100); CREATE TABLE t (id INT NOT NULL PRIMARY KEY, n small CHECK (n > 0))'
        : 'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, n INT, CHECK (n > 0), CHECK (n < 100))',
    source: 'INSERT INTO t VALUES (1, 1), (2, -5), (3, 500), (4, 7)',
    target: 'INSERT INTO t VALUES (1, 2), (4, 8)',
    leftAlone: [/id=2: constraint \S+ refuses it/, /id=3: (constraint \S+ refuses it|.*small)/],
    remaining: ['missing 2', 'missing 3'],
  },
  {
    title: 'leaves alone what no partition holds',
    tables: () => 'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, n INT)',
    targetTables: (isPostgres) =>
      isPostgres
        ? `CREATE TABLE t (id INT NOT NULL PRIMARY KEY, n INT) PARTITION BY RANGE (id);
           CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10); CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (20) TO (30)`
        : `CREATE TABLE t (id INT NOT NULL PRIMARY KEY, n INT)
           PARTITION BY RANGE (id) (PARTITION a VALUES LESS THAN (10), PARTITION b VALUES LESS THAN (30))`,
    source: 'INSERT INTO t VALUES (1, 1), (2, 2), (25, 3), (40, 4)',
    target: 'INSERT INTO t VALUES (1, 2)',
    leftAlone: [/id=40: no partition of the table holds it/],
    remaining: ['missing 40'],
  },
  {
    title: 'swaps two numbers under a CHECK that refuses negative ones',
    tables: () =>
      'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, position INT NOT NULL UNIQUE, CHECK (position >= 0))',
    source: 'INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)',
    target: 'INSERT INTO t VALUES (1, 2), (2, 1), (3, 3)',
    leftAlone: [],
    remaining: [],
  },
  {
    title: 'orders rows that are deleted softly under a partial unique index, and puts none aside',
    tables: (isPostgres) =>
      isPostgres
        ? `CREATE TABLE t (id INT NOT NULL PRIMARY KEY, email VARCHAR(40) NOT NULL, deleted DATE);
           CREATE UNIQUE INDEX live ON t (email) WHERE deleted IS NULL`
        : `CREATE TABLE t (id INT NOT NULL PRIMARY KEY, email VARCHAR(40) NOT NULL, deleted DATE,
             live VARCHAR(40) GENERATED ALWAYS AS (IF(deleted IS NULL, email, NULL)) STORED UNIQUE)`,
    source:
      "INSERT INTO t (id, email, deleted) VALUES (1, 'a', NULL), (2, 'a', '2020-01-01'), (3, 'b', NULL)",
    target:
      "INSERT INTO t (id, email, deleted) VALUES (1, 'a', '2020-01-01'), (2, 'a', NULL), (3, 'b', '2021-01-01')",
    leftAlone: [],
    remaining: [],
  },
  {
    title: 'leaves a swap under a unique prefix of three characters alone, and no other row with it',
    tables: (isPostgres) =>
      isPostgres
        ? 'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, code VARCHAR(20) NOT NULL); CREATE UNIQUE INDEX u ON t (left(code, 3))'
        : 'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, code VARCHAR(20) NOT NULL, UNIQUE u (code(3)))',
    source: "INSERT INTO t VALUES (1, 'abcX'), (2, 'defY'), (3, 'ghi')",
    target: "INSERT INTO t VALUES (1, 'defX'), (2, 'abcY'), (4, 'ghi')",
    leftAlone: [/id=1: it waits for its value of unique key \S+ in a ring/, /id=2: it waits for its value/],
    remaining: ['changed 1 code', 'changed 2 code'],
  },
  {
    title: 'takes NULL for no value that two rows could share, and bits for what they are',
    tables: (isPostgres) =>
      `CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a VARCHAR(9), b ${isPostgres ? 'BIT(4)' : 'BINARY(2)'}, UNIQUE (a, b), UNIQUE (b))`,
    source:
      "INSERT INTO t VALUES (1, NULL, NULL), (2, NULL, NULL), (3, 'x', NULL), (4, 'x', NULL), (5, 'y', NULL)",
    target: 'INSERT INTO t VALUES (6, NULL, NULL), (4, NULL, NULL)',
    leftAlone: [],
    remaining: [],
  },
  {
    title: 'puts the key of a unique index aside, not a column that only rides along',
    engines: POSTGRES,
    tables: () =>
      'CREATE TABLE t (id INT PRIMARY KEY, pos INT NOT NULL, note TEXT); CREATE UNIQUE INDEX u ON t (pos) INCLUDE (note)',
    source: "INSERT INTO t VALUES (1, 1, 'a'), (2, 2, 'b')",
    target: "INSERT INTO t VALUES (1, 2, 'b'), (2, 1, 'a')",
    leftAlone: [],
    remaining: [],
  },
  {
    title: 'swaps what the server checks at the end of the transaction only',
    engines: POSTGRES,
    tables: () => 'CREATE TABLE t (id INT PRIMARY KEY, pos SMALLINT NOT NULL UNIQUE DEFERRABLE)',
    source: 'INSERT INTO t VALUES (1, 1), (2, 2)',
    target: 'INSERT INTO t VALUES (1, 2), (2, 1)',
    leftAlone: [],
    remaining: [],
  },
  {
    title: 'writes no row past a rule that does something else instead',
    engines: POSTGRES,
    tables: () => 'CREATE TABLE t (id INT PRIMARY KEY, n INT)',
    targetTables: () =>
      'CREATE TABLE t (id INT PRIMARY KEY, n INT); CREATE RULE other AS ON INSERT TO t WHERE new.id = 2 DO INSTEAD NOTHING',
    source: 'INSERT INTO t VALUES (1, 1), (2, 2)',
    target: '',
    leftAlone: [/id=1: rule other of the table rewrites/, /id=2: rule other of the table rewrites/],
    remaining: ['missing 1', 'missing 2'],
  },
  {
    title: 'holds numbers whose scale is larger than their precision',
    engines: POSTGRES,
    tables: () => 'CREATE TABLE t (id INT PRIMARY KEY, n NUMERIC(3,5), a TEXT[])',
    source: `INSERT INTO t VALUES (1, 0.00123, '{a,NULL}')`,
    target: '',
    leftAlone: [],
    remaining: [],
  },
  {
    title: 'changes nothing in a table whose engine cannot',
    engines: ['mysql'],
    tables: () => 'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, n INT)',
    targetTables: () => 'CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, n INT) ENGINE = ARCHIVE',
    source: 'INSERT INTO t VALUES (1, 1), (2, 2)',
    target: 'INSERT INTO t VALUES (1, 3)',
    leftAlone: [/id=1: a table of the engine ARCHIVE changes no row/],
    remaining: ['changed 1 n'],
  },
  {
    title: 'writes no row that an exclusion constraint refuses',
    engines: POSTGRES,
    tables: () => 'CREATE TABLE t (id INT PRIMARY KEY, span INT4RANGE)',
    targetTables: () =>
      'CREATE TABLE t (id INT PRIMARY KEY, span INT4RANGE, EXCLUDE USING gist (span WITH &&))',
    source: "INSERT INTO t VALUES (1, '[1,5)'), (2, '[3,9)'), (3, '[20,30)')",
    target: "INSERT INTO t VALUES (1, '[1,5)')",
    leftAlone: [/id=2: another row of the target excludes it by t_span_excl/],
    remaining: ['missing 2'],
  },
  {
    title: 'finds rows of a partitioned table in whichever partition they are',
    engines: POSTGRES,
    tables: () => 'CREATE TABLE t (id INT, part INT, n INT, PRIMARY KEY (id, part))',
    targetTables: () =>
      `CREATE TABLE t (id INT, part INT, n INT, PRIMARY KEY (id, part)) PARTITION BY LIST (part);
       CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE t2 PARTITION OF t FOR VALUES IN (2)`,
    source: 'INSERT INTO t VALUES (1, 1, 1), (2, 2, 2)',
    target: 'INSERT INTO t VALUES (1, 1, 9), (2, 1, 2)',
    leftAlone: [],
    remaining: [],
  },
  {
    title: 'writes no shape of another reference system than the column takes',
    engines: ['mysql'],
    tables: () => 'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, g GEOMETRY)',
    targetTables: () => 'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, g GEOMETRY SRID 4326)',
    source:
      "INSERT INTO t VALUES (1, ST_GeomFromText('POINT(1 2)', 4326)), (2, ST_GeomFromText('POINT(1 2)', 0))",
    target: '',
    leftAlone: [/id=2: column g takes only values of reference system 4326/],
    remaining: ['missing 2'],
  },
  {
    title: 'knows the labels of an enum that hold a backslash',
    tables: (isPostgres) =>
      isPostgres
        ? `CREATE TYPE mark AS ENUM ('a\\b', 'x''y'); CREATE TABLE t (id INT NOT NULL PRIMARY KEY, m mark)`
        : `CREATE TABLE t (id INT NOT NULL PRIMARY KEY, m ENUM('a\\\\b', 'x''y'))`,
    source: `INSERT INTO t VALUES (1, 'x''y'), (2, NULL)`,
    target: `INSERT INTO t VALUES (2, 'x''y')`,
    leftAlone: [],
    remaining: [],
  },
];

describe.each(availableEngines())('a repair of %s', (engine) => {
  const isPostgres = engine === 'postgresql';
  const scenarios = SCENARIOS.filter(({ engines }) => engines?.includes(engine) ?? true);

  it.each(scenarios)('$title', async (scenario) => {
    const source = await openTestDatabase(engine);
    const target = await openTestDatabase(engine);
    try {
      await source.run(`${scenario.tables(isPostgres)}; ${scenario.source}`);
      const targetTables = scenario.targetTables ?? scenario.tables;
      await target.run(`${targetTables(isPostgres)}; ${scenario.target}`);
      const written = await writeRepair({ source, target }, scenario.flags ?? []);
      expect(written.repair).toContain(`${scenario.leftAlone.length} left alone`);
      for (const reason of scenario.leftAlone) expect(written.repair).toMatch(reason);
      await written.apply('repair');
      // A second run of the file finds nothing to do.
      await written.apply('repair');
      expect(listDifferences(await compare({ source, target }))).toEqual(scenario.remaining);
      written.remove();
    } finally {
      await Promise.all([source.drop(), target.drop()]);
    }
  });
});
