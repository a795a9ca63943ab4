import { parseArgs } from 'node:util';

const DEFAULT_ROWS = 2_000_000;
const QUICK_ROWS = 100_000;
const DEFAULT_RUNS = 3;

export const USAGE = `npm run bench -- [--quick] [--rows N] [--runs N] [--only SOURCE-TARGET] [--peers]

  --quick   ${QUICK_ROWS} rows instead of ${DEFAULT_ROWS}, one number of workers, no peer
  --rows    rows of the table of orders; the wide table has a fifth of them
  --runs    runs of each measurement; the median is printed (default ${DEFAULT_RUNS})
  --only    one pairing, for example mariadb-postgresql; or network: --checksum-on behind slow links;
            or journal: what keeping one costs; or starts: small runs and many tables;
            or writing: what files of differing rows cost; or lanes: how many chunks at a time
  --peers   only Rowproof beside other tools, those of them that are installed: Percona Toolkit, reladiff

Servers come from ROWPROOF_BENCH_MARIADB_URL, ROWPROOF_BENCH_POSTGRES_URL and ROWPROOF_BENCH_MYSQL_URL: accounts that may
create databases. Where neither MariaDB nor PostgreSQL is named, private servers of both are started.`;

/** Reads the command line of the bench. */
export function readArguments(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      quick: { type: 'boolean', default: false },
      rows: { type: 'string' },
      runs: { type: 'string' },
      only: { type: 'string' },
      peers: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    help: values.help,
    only: values.only ?? null,
    peers: values.peers,
    quick: values.quick,
    rows: readCount('rows', values.rows) ?? (values.quick ? QUICK_ROWS : DEFAULT_ROWS),
    runs: readCount('runs', values.runs) ?? DEFAULT_RUNS,
  };
}

function readCount(name, text) {
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new Error(`Expected --${name} to be a positive whole number, got ${text}.`);
  return Number(text);
}
