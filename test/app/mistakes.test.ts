import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { planRun } from '../../src/app/plan-run.js';
import { verify } from '../../src/app/verify.js';
import { applyRepair } from '../../src/apply/apply-repair.js';
import { runCli } from '../../src/cli/run-cli.js';
import { fakeIo } from '../cli/fake-io.js';
import { expectTold, type Mistake, makeFolder, readFolder, removeFolder } from '../cli/mistakes.js';
import { urlOfDatabase, useDatabase } from '../support/database.js';

/** Mistakes that only a server can tell, or the attempt to reach one. */
const source = useDatabase('mariadb');
const target = useDatabase('postgresql');
const home = process.cwd();
let folder: string;
let before: Record<string, string>;

beforeAll(async () => {
  folder = makeFolder();
  process.chdir(folder);
  for (const side of [source, target]) {
    await side.run(
      'CREATE TABLE orders (id int PRIMARY KEY, note varchar(9)); CREATE TABLE clients (id int PRIMARY KEY)',
    );
  }
});
afterAll(() => {
  process.chdir(home);
  removeFolder(folder);
});
beforeEach(() => {
  before = readFolder(folder);
});
afterEach(() => {
  rmSync('wrong.yaml', { force: true });
  expect(readFolder(folder)).toEqual(before);
});

async function tell(argv: readonly string[]) {
  const io = fakeIo({ columns: 80 });
  const exitCode = await runCli(argv, io, { verify, plan: planRun, apply: applyRepair });
  return { exitCode, ...io.written };
}

async function expectMistake(argv: readonly string[], told: Omit<Mistake, 'argv'>): Promise<void> {
  expectTold(await tell(argv), { argv, ...told });
}

const urls = () => ['--no-config', '--source', source.url, '--target', target.url];
const at = (url: string, change: (address: URL) => void): string => {
  const address = new URL(url);
  change(address);
  return address.href;
};

describe('a side that cannot be reached is told with its cause, exit 4', () => {
  it.each<[string, () => string, string, string]>([
    [
      'a closed port',
      () => at(source.url, (url) => (url.port = '1')),
      'nothing listens on port 1 of',
      'Check the port',
    ],
    [
      'a host of no name',
      () => 'mysql://u:s3cret@no-such-host.invalid/b',
      'no-such-host.invalid is not known',
      'spelled',
    ],
    [
      'a database that is not there',
      () => urlOfDatabase(source.url, 'nope'),
      "Unknown database 'nope'",
      'DATABASE',
    ],
    [
      'a wrong password',
      () => at(source.url, (url) => (url.password = 's3cret')),
      'Access denied',
      'Check account and',
    ],
    [
      'a wrong account',
      () => at(source.url, (url) => (url.username = 'nobody')),
      'Access denied',
      'Check account and',
    ],
    [
      'a socket that is not there',
      () => 'mysql://u@localhost/b?socket=/no/s',
      'there is no socket at /no/s',
      'socket',
    ],
    [
      'TLS of a server without',
      () => at(source.url, (url) => url.searchParams.set('ssl-mode', 'REQUIRED')),
      'The server offers no TLS',
      'Turn TLS on',
    ],
    [
      'a server of the other protocol',
      () => at(target.url, (url) => (url.protocol = 'mysql:')).replace(/^\w+:/, 'mysql:'),
      'A PostgreSQL server answers there.',
      'Write the URL with postgres://',
    ],
  ])('%s, of MariaDB as the source', async (_title, url, sentence, hint) => {
    const argv = ['verify', '--no-config', '--source', url(), '--target', target.url];
    const told = await tell(argv);
    expectTold(told, { argv, sentence, hint, exitCode: 4 });
    expect(told.stderr).toContain('Cannot connect to the source mysql://');
  });

  it.each<[string, () => string, string, string]>([
    [
      'a closed port',
      () => at(target.url, (url) => (url.port = '1')),
      'nothing listens on port 1 of',
      'Check the port',
    ],
    [
      'a host of no name',
      () => 'postgres://u:s3cret@no-such-host.invalid/b',
      'no-such-host.invalid is not',
      'spelled',
    ],
    [
      'a database that is not there',
      () => urlOfDatabase(target.url, 'nope'),
      'database "nope" does not',
      'DATABASE',
    ],
    ['a wrong account', () => at(target.url, (url) => (url.username = 'nobody')), 'nobody', 'account'],
    ['a socket that is not there', () => 'postgres://u@/b?host=/no', 'there is no socket at /no', 'socket'],
    [
      'a server of the other protocol',
      () => source.url.replace(/^\w+:/, 'postgres:'),
      'A MySQL or MariaDB server answers there.',
      'Write the URL with mysql://',
    ],
  ])('%s, of PostgreSQL as the target', async (_title, url, sentence, hint) => {
    const argv = ['plan', '--no-config', '--source', source.url, '--target', url()];
    const told = await tell(argv);
    expectTold(told, { argv, sentence, hint, exitCode: 4 });
    expect(told.stderr).toContain('Cannot connect to the target postgres://');
  });

  it('a schema that is not there', async () => {
    const nowhere = at(target.url, (url) => url.searchParams.set('schema', 'nope'));
    await expectMistake(['verify', '--no-config', '--source', source.url, '--target', nowhere], {
      sentence: 'There is no schema nope in the database.',
      hint: '?schema=',
      exitCode: 4,
    });
  });

  it('a database that a repair is to be applied to', async () => {
    const nowhere = at(source.url, (url) => (url.port = '1'));
    const argv = ['apply', 'other.sql', '--yes', '--target', nowhere];
    await expectMistake(argv, {
      sentence: 'Line 1 of other.sql is no statement',
      hint: 'applied',
      exitCode: 2,
    });
  });
});

describe('a name that means nothing on the servers is refused, exit 2', () => {
  it.each<[readonly string[], string, string]>([
    [['--tables', 'ordrs'], '--tables says "ordrs", but no table of the source', 'Did you mean orders?'],
    [['--tables', 'ORDERS'], '--tables says "ORDERS", but no table of the source', 'Did you mean orders?'],
    [['--tables', 'x*'], '--tables says "x*", but no table of the source', 'Its tables: '],
    [
      ['--tables', 'orders,clint'],
      '--tables says "clint", but no table of the source',
      'Did you mean clients?',
    ],
    [['--exclude', 'ordrs'], '--exclude says "ordrs", but no table', 'Did you mean orders?'],
    [['--exclude', '*'], 'There is no table to compare', '--exclude'],
    [['--map', 'ordrs=orders'], '--map says "ordrs", but no table of the source', 'Did you mean orders?'],
    [['--map', 'orders=ordrs'], '--map says "ordrs", but no table of the target', 'Did you mean orders?'],
    [['--map', 'ord*=orders'], 'and "ord*" is a pattern', 'Map each table by its own name'],
    [['--columns', 'orders.nte'], '--columns says "orders.nte", but no such column', 'Did you mean note?'],
    [['--columns', 'ordrs.note'], '--columns says "ordrs", but no table', 'Did you mean orders?'],
    [
      ['--ignore-columns', '*.nte'],
      '--ignore-columns says "*.nte", but no such column',
      'Did you mean note?',
    ],
    [['--ignore-columns', 'orders.id'], 'rows of orders are told apart by it', '--key orders:COLUMN'],
    [['--key', 'orders:nte'], '--key names "nte", but orders on the source has no such column', 'note?'],
    [['--key', 'ordrs:id'], '--key says "ordrs", but no table', 'Did you mean orders?'],
    [['--key', 'ord*:nte'], '--key names "nte", but orders on the source has no such column', 'note?'],
    [['--where', 'ordrs:id > 1'], '--where says "ordrs", but no table', 'Did you mean orders?'],
    [['--where', 'zz*:id > 1'], '--where says "zz*", but no table of the source', 'Its tables: '],
    [
      ['--target-where', 'orders:id > 1'],
      '--where does not: all rows of the source',
      "Add --where 'orders:SQL'",
    ],
    [['--relax', 'orders.nte:trim'], '--relax says "orders.nte", but no such column', 'Did you mean note?'],
    [
      ['--relax', 'orders.note:tolerance=1'],
      'for orders.note, whose type it does not fit',
      'trim and ignoreCase',
    ],
    [
      ['--uuid-swap', 'orders.note'],
      '--uuid-swap names orders.note, which is no binary(16)',
      'TABLE.COLUMN:source',
    ],
    [
      ['--uuid-swap', 'orders.id:left'],
      '--uuid-swap says "orders.id:left", but no such column',
      'Columns of orders',
    ],
    [['--where', 'orders:id >'], 'What --where says of ', 'Write one SQL condition'],
    [['--where', 'orders:nope = 1'], 'is no condition on the source: "nope = 1"', 'Write one SQL condition'],
    [
      ['--where', 'orders:1 = 1; DROP TABLE orders'],
      'is no condition on the source',
      'Write one SQL condition',
    ],
    [['--where', 'orders:1 = 1) OR (1 = 1'], 'is no condition on the source', 'Write one SQL condition'],
    [
      ['--where', 'orders:id > 1', '--target-where', 'orders:nope = 1'],
      'What --target-where says of',
      'condition',
    ],
  ])('%j', async (flags, sentence, hint) => {
    await expectMistake(['verify', ...urls(), ...flags], { sentence, hint, exitCode: 2 });
  });

  it.each<[string, string, string]>([
    ['tables: [ordrs]', 'wrong.yaml:1: tables says "ordrs", but no table of the source', 'orders?'],
    ['quiet: true\nexclude: [ordrs]', 'wrong.yaml:2: exclude says "ordrs", but no table', 'orders?'],
    ['map: {orders: ordrs}', 'wrong.yaml:1: map says "ordrs", but no table of the target', 'orders?'],
    ['tableSettings: {ordrs: {}}', 'wrong.yaml:1: tableSettings.ordrs says "ordrs", but no table', 'orders?'],
    [
      'tableSettings: {ordrs: {ignoreColumns: []}}',
      'tableSettings.ordrs says "ordrs", but no table',
      'orders?',
    ],
    ['tableSettings: {ordrs: {minRows: 5}}', 'tableSettings.ordrs says "ordrs", but no table', 'orders?'],
    ['tableSettings: {ordrs: {mode: full}}', 'tableSettings.ordrs says "ordrs", but no table', 'orders?'],
    ['tableSettings: {"zz*": {where: id > 1}}', 'says "zz*", but no table of the source', 'Its tables: '],
    [
      'tableSettings: {orders: {target: ordrs}}',
      'tableSettings.orders.target says "ordrs", but no table',
      'orders?',
    ],
    [
      'tableSettings:\n  orders:\n    key: [nte]',
      'wrong.yaml:3: tableSettings.orders.key names "nte"',
      'note?',
    ],
    [
      'tableSettings:\n  orders:\n    columns: [nte]',
      'wrong.yaml:3: tableSettings.orders.columns says',
      'note?',
    ],
    [
      'tableSettings:\n  orders:\n    where: id >',
      'wrong.yaml:3: What tableSettings.orders.where says',
      'SQL',
    ],
    ['tableSettings: {orders: {ignoreColumns: [nte]}}', 'tableSettings.orders.ignoreColumns says', 'note?'],
    [
      'tableSettings: {orders: {columnMap: {nte: note}}}',
      'columnMap names "nte", but orders on the source',
      'note?',
    ],
    ['tableSettings: {orders: {columnMap: {note: nte}}}', 'with "nte", but orders on the target', 'note?'],
    [
      'tableSettings: {orders: {relax: {nte: [trim]}}}',
      'relax says "orders.nte", but no such column',
      'note?',
    ],
    ['tableSettings: {orders: {uuidSwap: [nte]}}', 'uuidSwap says "orders.nte", but no such column', 'note?'],
  ])('%j in a config file, with its line', async (text, sentence, hint) => {
    writeFileSync('wrong.yaml', `${text}\n`);
    const argv = ['verify', '--config', 'wrong.yaml', ...urls().slice(1)];
    await expectMistake(argv, { sentence, hint, exitCode: 2 });
  });
});
