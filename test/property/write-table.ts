import type { TestDatabase, TestEngine } from '../support/database.js';
import type { RandomCase } from './random-table.js';

/** Makes the table of a case on one side and fills it with few statements. */
export async function writeTable(
  database: TestDatabase,
  random: RandomCase,
  side: 'source' | 'target',
): Promise<void> {
  const { engine } = database;
  const name = quoteName(random.table, engine);
  const definitions = random.columns.map(({ name: column, kind }, i) => {
    const nullable = i < random.keyCount ? 'NOT NULL' : 'NULL';
    return `${quoteName(column, engine)} ${kind.declare(engine)} ${nullable}`;
  });
  const key = random.columns.slice(0, random.keyCount).map((column) => quoteName(column.name, engine));
  const tuples = [...random[side].values()].map(
    (row) =>
      `(${row.map((value, i) => (value === null ? 'NULL' : random.columns[i]?.kind.write(value, engine))).join(', ')})`,
  );
  const primary = random.index === 'primary' ? `, PRIMARY KEY (${key.join(', ')})` : '';
  const statements = [`CREATE TABLE ${name} (${definitions.join(', ')}${primary})`];
  if (random.index === 'descending') {
    statements.push(`CREATE UNIQUE INDEX ${side}_key ON ${name} (${key.join(' DESC, ')} DESC)`);
  }
  if (tuples.length > 0) statements.push(`INSERT INTO ${name} VALUES ${tuples.join(',\n')}`);
  await database.run(statements.join(';\n'));
}

/** Removes the table of a case. */
export async function dropTable(database: TestDatabase, { table }: RandomCase): Promise<void> {
  await database.run(`DROP TABLE IF EXISTS ${quoteName(table, database.engine)}`);
}

function quoteName(name: string, engine: TestEngine): string {
  const quote = engine === 'postgresql' ? '"' : '`';
  return `${quote}${name.replaceAll(quote, quote + quote)}${quote}`;
}
