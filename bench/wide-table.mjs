// Forty columns of the common types, so that what a column costs shows.

const GROUPS = 8;

/** Five columns of different types for each group; every value is exactly the same on every engine. */
const COLUMNS = Array.from({ length: GROUPS }, (_, group) => [
  { name: `number_${group}`, mysql: 'INT', postgres: 'integer', value: `i * ${group + 3} % 100003` },
  {
    name: `price_${group}`,
    mysql: 'DECIMAL(12,2)',
    postgres: 'numeric(12,2)',
    value: `(i * ${group + 7} % 1000003) * 0.01`,
  },
  {
    name: `label_${group}`,
    mysql: 'VARCHAR(40)',
    postgres: 'varchar(40)',
    value: `CASE WHEN i % ${group + 5} = 0 THEN NULL ELSE CONCAT('Straße ', i % 977, ' № ${group}') END`,
  },
  {
    name: `changed_at_${group}`,
    mysql: 'DATETIME(6)',
    postgres: 'timestamp(6)',
    mysqlValue: `TIMESTAMP'2020-01-01 00:00:00.000000' + INTERVAL (i * ${group + 11}) MICROSECOND`,
    postgresValue: `TIMESTAMP '2020-01-01 00:00:00' + (i * ${group + 11}) * INTERVAL '1 microsecond'`,
  },
  { name: `is_set_${group}`, mysql: 'BOOLEAN', postgres: 'boolean', value: `i % ${group + 2} = 0` },
]).flat();

const listOf = (engine) => COLUMNS.map((column) => `${column.name} ${column[engine]} NULL`).join(', ');
const valuesOf = (engine) => COLUMNS.map((column) => column.value ?? column[`${engine}Value`]).join(', ');

/** The statements for MySQL or MariaDB; `numbers` is a table of `i` from 1 to `rows`. */
export function mysqlStatements(rows, numbers) {
  return [
    `CREATE TABLE wide (id BIGINT NOT NULL PRIMARY KEY, ${listOf('mysql')}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`,
    `INSERT INTO wide ${numbers(rows)} SELECT i, ${valuesOf('mysql')} FROM numbers`,
    'ANALYZE TABLE wide',
  ];
}

/** The statements for PostgreSQL. */
export function postgresStatements(rows) {
  return [
    `CREATE TABLE wide (id bigint PRIMARY KEY, ${listOf('postgres')})`,
    `INSERT INTO wide SELECT i, ${valuesOf('postgres')} FROM generate_series(1, ${rows}::bigint) AS i`,
    'VACUUM ANALYZE wide',
  ];
}
