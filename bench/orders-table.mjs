// The measured table. Every value is exactly the same on every engine: doubles are multiples of 1/8, times are whole
// microseconds, and one note in five is NULL.

const AMOUNT_CENTS = 'i * 37 % 1000003';
const STATUS = "CASE i % 4 WHEN 0 THEN 'new' WHEN 1 THEN 'paid' WHEN 2 THEN 'shipped' ELSE 'returned' END";
const CURRENCY = "CASE i % 3 WHEN 0 THEN 'EUR' WHEN 1 THEN 'USD' ELSE 'JPY' END";
const NOTE =
  "CASE WHEN i % 5 = 0 THEN NULL ELSE CONCAT('Bestellung für Kundin № ', i, ' – 東京, leave at the door 😀') END";

/** The statements that create and fill the table in MySQL or MariaDB; `numbers` is a table of `i` from 1 to `rows`. */
export function mysqlStatements(rows, numbers) {
  return [
    `CREATE TABLE orders (
       id BIGINT NOT NULL PRIMARY KEY, customer_id INT NOT NULL, status VARCHAR(12) NOT NULL,
       amount DECIMAL(12,2) NOT NULL, currency CHAR(3) NOT NULL, weight DOUBLE NOT NULL, paid BOOLEAN NOT NULL,
       note TEXT NULL, ordered_on DATE NOT NULL, created_at DATETIME(6) NOT NULL
     ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`,
    `INSERT INTO orders
     ${numbers(rows)}
       SELECT i, i * 7919 % 100003, ${STATUS}, (${AMOUNT_CENTS}) / 100, ${CURRENCY}, (i % 4096) / 8, i % 3 = 0, ${NOTE},
         DATE'2015-01-01' + INTERVAL (i % 3650) DAY,
         TIMESTAMP'2020-01-01 00:00:00.000000' + INTERVAL (i * 1234567) MICROSECOND
       FROM numbers`,
    'ANALYZE TABLE orders',
  ];
}

/** MariaDB's SEQUENCE engine makes the numbers without a table. */
export const mariadbNumbers = (rows) => `WITH numbers AS (SELECT seq AS i FROM seq_1_to_${rows})`;

/** MySQL has no such engine; the session must allow as many recursions as there are rows. */
export const mysqlNumbers = (rows) =>
  `WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < ${rows})`;

/** The statements that create and fill the table in PostgreSQL. */
export function postgresStatements(rows) {
  return [
    `CREATE TABLE orders (
       id bigint PRIMARY KEY, customer_id integer NOT NULL, status varchar(12) NOT NULL,
       amount numeric(12,2) NOT NULL, currency char(3) NOT NULL, weight double precision NOT NULL,
       paid boolean NOT NULL, note text NULL, ordered_on date NOT NULL, created_at timestamp(6) NOT NULL)`,
    `INSERT INTO orders
       SELECT i, i * 7919 % 100003, ${STATUS}, (${AMOUNT_CENTS})::numeric / 100, ${CURRENCY}, (i % 4096)::float8 / 8,
         i % 3 = 0, ${NOTE}, DATE '2015-01-01' + (i % 3650)::int,
         TIMESTAMP '2020-01-01 00:00:00' + (i * 1234567) * INTERVAL '1 microsecond'
       FROM generate_series(1, ${rows}::bigint) AS i`,
    'VACUUM ANALYZE orders',
  ];
}
