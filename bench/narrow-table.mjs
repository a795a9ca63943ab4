// Few bytes a row, so that what a row costs by itself shows.

const FACTS = 'i, i * 7919 % 100003, i % 3 = 0';

/** The statements for MySQL or MariaDB; `numbers` is a table of `i` from 1 to `rows`. */
export function mysqlStatements(rows, numbers) {
  return [
    `CREATE TABLE narrow (id BIGINT NOT NULL PRIMARY KEY, customer_id INT NOT NULL, paid BOOLEAN NOT NULL) ENGINE=InnoDB`,
    `INSERT INTO narrow ${numbers(rows)} SELECT ${FACTS} FROM numbers`,
    'ANALYZE TABLE narrow',
  ];
}

/** The statements for PostgreSQL. */
export function postgresStatements(rows) {
  return [
    'CREATE TABLE narrow (id bigint PRIMARY KEY, customer_id integer NOT NULL, paid boolean NOT NULL)',
    `INSERT INTO narrow SELECT ${FACTS} FROM generate_series(1, ${rows}::bigint) AS i`,
    'VACUUM ANALYZE narrow',
  ];
}
