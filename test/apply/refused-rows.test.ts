import { describe, expect, it } from 'vitest';
import {
  availableEngines,
  openTestDatabase,
  type TestDatabase,
  type TestEngine,
} from '../support/database.js';
import { apply, dump, repairFile } from './applied.js';

const ROWS = 2000;

/** Rules of the target that two rows each of the source break, by the ids of the rows. */
interface Refusals {
  readonly target: string;
  /** Conditions for UPDATE statements on the source. */
  readonly broken: readonly string[];
}

const COLUMNS =
  'id int PRIMARY KEY, code varchar(20), parent_id int, amount int, label varchar(20), state varchar(20), at date';

const MYSQL: Refusals = {
  target: `
    CREATE TABLE parent (id int PRIMARY KEY);
    INSERT INTO parent VALUES (1);
    CREATE TABLE t (id int PRIMARY KEY, code varchar(20) COLLATE utf8mb4_unicode_ci, parent_id int, amount int, label varchar(20), state varchar(20), at date,
      UNIQUE KEY code (code), CONSTRAINT has_parent FOREIGN KEY (parent_id) REFERENCES parent (id),
      CONSTRAINT amount_fits CHECK (amount < 1000000)) DEFAULT CHARSET utf8mb4;
    CREATE TRIGGER t_refuses BEFORE INSERT ON t FOR EACH ROW
      IF NEW.label = 'refused' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'refused by a trigger'; END IF;
    CREATE TRIGGER t_keeps BEFORE UPDATE ON t FOR EACH ROW
      IF NEW.label = 'refused' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'refused by a trigger'; END IF`,
  broken: [
    "code = CONCAT('DUP', id) WHERE id IN (101, 1101)",
    'parent_id = 99 WHERE id IN (102, 1102)',
    'amount = 2000000 WHERE id IN (103, 1103)',
    "label = 'refused' WHERE id IN (104, 1104)",
  ],
};

const POSTGRESQL: Refusals = {
  target: `
    CREATE TABLE parent (id int PRIMARY KEY);
    INSERT INTO parent VALUES (1);
    CREATE TABLE deferred_parent (id int PRIMARY KEY);
    INSERT INTO deferred_parent SELECT generate_series(0, 10);
    CREATE TABLE t (id int PRIMARY KEY, code varchar(20), parent_id int REFERENCES parent (id),
      amount int CHECK (amount < 1000000) REFERENCES deferred_parent (id) DEFERRABLE INITIALLY DEFERRED, label varchar(20), state varchar(20), at date);
    CREATE UNIQUE INDEX t_code ON t (lower(code));
    ALTER TABLE t ADD EXCLUDE USING btree (label WITH =) WHERE (label = 'alone');
    CREATE FUNCTION t_refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF NEW.label = 'refused' THEN RAISE EXCEPTION 'refused by a trigger'; END IF; RETURN NEW; END $$;
    CREATE TRIGGER t_refuses BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION t_refuses();
    CREATE FUNCTION t_checks() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF NEW.state = 'late' THEN RAISE EXCEPTION 'refused at the end'; END IF; RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER t_checks AFTER INSERT OR UPDATE ON t DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION t_checks()`,
  broken: [
    ...MYSQL.broken.map((sql) => sql.replace("CONCAT('DUP', id)", "'DUP' || id")),
    'amount = 77 WHERE id IN (105, 1105)',
    "state = 'late' WHERE id IN (106, 1106)",
    "label = 'alone' WHERE id IN (107, 1107)",
  ],
};

const REFUSALS: Readonly<Record<TestEngine, Refusals>> = {
  mysql: MYSQL,
  mariadb: MYSQL,
  postgresql: POSTGRESQL,
};

function numbers(engine: TestEngine, from: number, to: number): string {
  if (engine === 'postgresql') return `(SELECT i FROM generate_series(${from}, ${to}) AS g(i)) AS n`;
  const digits =
    '(SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)';
  return `(SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS i FROM ${digits} a, ${digits} b, ${digits} c, ${digits} e
    HAVING i BETWEEN ${from} AND ${to}) AS n`;
}

/** The first half of the rows differs in a column, the second half is missing on the target. */
async function openSides(engine: TestEngine): Promise<{ source: TestDatabase; target: TestDatabase }> {
  const [source, target] = [await openTestDatabase(engine), await openTestDatabase(engine)];
  const { target: rules, broken } = REFUSALS[engine];
  const text = engine === 'postgresql' ? "'c' || i" : "CONCAT('c', i)";
  await source.run(`CREATE TABLE t (${COLUMNS});
    INSERT INTO t SELECT i, ${text}, 1, i % 10, 'x', 'new', '2024-01-01' FROM ${numbers(engine, 1, ROWS)};
    ${broken.map((sql) => `UPDATE t SET ${sql}`).join(';\n')}`);
  // Each trigger body holds semicolons, so that statements go one by one.
  for (const sql of rules.split(/;\n {4}(?=[A-Z])/)) await target.query(sql);
  const taken = engine === 'postgresql' ? "'dup' || (id - 4000)" : "CONCAT('dup', id - 4000)";
  await target.run(`INSERT INTO t SELECT i, ${text}, 1, i % 10, 'x', 'old', '2024-01-01' FROM ${numbers(engine, 1, ROWS / 2)};
    INSERT INTO t SELECT i, ${text}, 1, 1, 'x', 'old', '2024-01-01' FROM ${numbers(engine, 4101, 4101)};
    INSERT INTO t SELECT i, ${text}, 1, 1, 'x', 'old', '2024-01-01' FROM ${numbers(engine, 5101, 5101)};
    UPDATE t SET code = ${taken} WHERE id > 4000`);
  await source.run(`INSERT INTO t SELECT i, 'own' , 1, 1, 'x', 'old', '2024-01-01' FROM ${numbers(engine, 4101, 4101)};
    INSERT INTO t SELECT i, 'own5', 1, 1, 'x', 'old', '2024-01-01' FROM ${numbers(engine, 5101, 5101)};
    UPDATE t SET code = ${engine === 'postgresql' ? "'dup' || (id - 4000)" : "CONCAT('dup', id - 4000)"} WHERE id > 4000`);
  return { source, target };
}

describe.each(availableEngines())('a repair on %s of which some rows are refused', (engine) => {
  it('applies every other row, says why each is refused, and its undo brings the target back exactly', async () => {
    const sides = await openSides(engine);
    try {
      const before = await dump(sides.target, ['t', 'parent']);
      const file = await repairFile(sides, ['--tables', 't']);
      const { result, left } = await apply(sides.target, file);
      const refused = left.filter(({ kind }) => kind === 'refused');
      const planned = result.plan.rows + result.plan.leftAlone;
      expect(planned).toBe(ROWS);
      expect(result).toMatchObject({ changed: 0, differing: 0, applied: result.plan.rows - refused.length });
      const [wrong] = await sides.target.query("SELECT count(*) FROM t WHERE state = 'new'");
      expect(Number(wrong?.[0])).toBe(result.applied);
      const reasons = new Set(refused.map(({ reason }) => reason.replace(/[\d']+/g, '#')));
      expect(refused.length + result.plan.leftAlone).toBe(
        REFUSALS[engine].broken.length * 2 - (engine === 'postgresql' ? 1 : 0),
      );
      expect(reasons.size).toBeGreaterThanOrEqual(2);
      const again = await apply(sides.target, file);
      expect(again.result).toMatchObject({ applied: 0, refused: refused.length, done: result.applied });
      const undone = await apply(sides.target, result.undoPath ?? '');
      expect(undone.result).toMatchObject({ applied: result.applied, refused: 0, changed: 0, differing: 0 });
      expect(await dump(sides.target, ['t', 'parent'])).toEqual(before);
    } finally {
      await sides.source.drop();
      await sides.target.drop();
    }
  }, 120_000);
});
