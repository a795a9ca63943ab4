import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/run-cli.js';
import { REPORT_FORMAT_NAMES } from '../../src/core/report-format.js';
import { fakeIo } from './fake-io.js';
import { expectTold, type Mistake, makeFolder, mistake, readFolder, removeFolder } from './mistakes.js';

const home = process.cwd();
let folder: string;
let before: Record<string, string>;
beforeAll(() => {
  folder = makeFolder();
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(home);
  removeFolder(folder);
});
beforeEach(() => {
  before = readFolder(folder);
});
afterEach(() => expect(readFolder(folder)).toEqual(before));

const never = async () => {
  throw new Error('The run was started.');
};

async function tell({ argv }: Mistake) {
  const io = fakeIo({ columns: 80, env: { PW: 's3cret/@x', WORDS: 'many', EMPTY: '' } });
  const apply = async (
    options: Parameters<typeof import('../../src/apply/apply-repair.js').applyRepair>[0],
  ) => (await import('../../src/apply/apply-repair.js')).applyRepair(options);
  const exitCode = await runCli(argv, io, { verify: never, plan: never, apply });
  return { exitCode, ...io.written };
}

const SOURCE = 'mysql://reader:s3cret@old/shop';
const TARGET = 'postgres://reader:s3cret@new/shop';
const URLS = ['--source', SOURCE, '--target', TARGET];
const NO_FILE = ['--no-config', ...URLS];
const verify = (flags: readonly string[], sentence: string, hint = '') =>
  mistake(['verify', ...NO_FILE, ...flags], sentence, hint);
const plan = (flags: readonly string[], sentence: string, hint = '') =>
  mistake(['plan', ...NO_FILE, ...flags], sentence, hint);
const init = (flags: readonly string[], sentence: string, hint = '') =>
  mistake(['init', ...flags], sentence, hint);
const report = (words: readonly string[], sentence: string, hint = '') =>
  mistake(['report', ...words], sentence, hint);
const apply = (words: readonly string[], sentence: string, hint = '') =>
  mistake(['apply', ...words, '--yes'], sentence, hint);
const url = (source: string, sentence: string, hint = '') =>
  mistake(['verify', '--no-config', '--source', source, '--target', TARGET], sentence, hint);

const COMMANDS: readonly Mistake[] = [
  mistake([], 'Expected a command, got none.', 'rowproof --help'),
  mistake(['verfy'], 'There is no command verfy.', 'Did you mean verify?'),
  mistake(['VERIFY', ...URLS], 'There is no command VERIFY.', 'Did you mean verify?'),
  mistake(['aply', 'fix.sql'], 'There is no command aply.', 'Did you mean apply?'),
  mistake(['compare', ...URLS], 'There is no command compare.', 'Commands: verify, watch, plan'),
  mistake(['version'], 'There is no command version.', 'Write rowproof --version.'),
  mistake(['help', 'verify'], 'There is no command help.', 'Write rowproof --help.'),
  mistake(['--verfy'], 'Expected a command first, got --verfy.', 'See rowproof --help.'),
  mistake(URLS, 'Expected a command first, got --', 'For example rowproof verify'),
  mistake(['-x'], 'Expected a command first, got -x.', 'See rowproof --help.'),
  mistake(['--', 'verify'], 'Expected a command, got none.', 'rowproof --help'),
  mistake([SOURCE], 'Expected a flag or command, got a URL.', '--source or --target'),
  mistake(['verify', SOURCE, TARGET], 'Expected a flag or command, got a URL.', '--source or --target'),
  mistake(['plan', 'verify'], 'rowproof plan does not take the word verify.', 'rowproof verify --help'),
  verify(['orders'], 'rowproof verify does not take the word orders.', 'See rowproof verify --help.'),
  verify(['--', 'orders'], 'rowproof verify does not take the word orders.', 'See rowproof verify --help.'),
  verify(['--plan'], 'Expected --plan to have a value, got none.', 'See rowproof verify --help.'),
  verify(['--init'], 'rowproof verify has no flag --init.', 'It is a command: rowproof init --help.'),
  verify(['--help=3'], 'Expected --help to have no value, got one.', 'Write --help'),
  verify(['--version=1'], 'Expected --version to have no value, got one.', 'Write --version'),
  init(['x'], 'rowproof init does not take the word x.', 'See rowproof init --help.'),
  report(
    ['a.json', 'b.json'],
    'rowproof report does not take the word b.json.',
    'See rowproof report --help.',
  ),
  apply(['a.sql', 'b.sql'], 'rowproof apply does not take the word b.sql.', 'See rowproof apply --help.'),
  report([], 'Expected the file of a saved result, got none.', 'Write rowproof report RUN.json.'),
  report([''], 'Expected the file of a saved result, got none.', 'Write rowproof report RUN.json.'),
  apply([], 'Expected the file to apply, got none.', 'Write rowproof apply FILE.sql'),
  apply([''], 'Expected the file to apply, got none.', 'Write rowproof apply FILE.sql'),
  mistake(['completion'], 'Expected the name of a shell, got none.', 'rowproof completion bash'),
  mistake(['completion', ''], 'Expected the name of a shell, got none.', 'rowproof completion bash'),
  mistake(['completion', 'fish'], 'one of bash, zsh, got fish.', 'rowproof completion bash'),
  mistake(['completion', 'bash', 'zsh'], 'does not take the word zsh.', 'See rowproof completion --help.'),
  mistake(['completion', 'bash', '--quick'], 'Unknown flag: --quick.', 'See rowproof completion --help.'),
];

const FLAGS: readonly Mistake[] = [
  verify(['--sorce', 'x'], 'Unknown flag: --sorce.', 'Did you mean --source? See rowproof verify --help.'),
  verify(['--Tables', 'x'], 'Unknown flag: --Tables.', 'Did you mean --tables?'),
  verify(['--match_names', 'exact'], 'Unknown flag: --match_names.', 'Did you mean --match-names?'),
  verify(['--matchNames', 'exact'], 'Unknown flag: --matchNames.', 'Did you mean --match-names?'),
  verify(['--no-quiet'], 'Unknown flag: --no-quiet.', 'Did you mean --quiet?'),
  verify(['-q'], 'Unknown flag: -q.', 'See rowproof verify --help.'),
  plan(['--exlude', 'x'], 'Unknown flag: --exlude.', 'Did you mean --exclude? See rowproof plan --help.'),
  init(['--ouput', 'x'], 'Unknown flag: --ouput.', 'Did you mean --output? See rowproof init --help.'),
  report(['a.json', '--repot', 'table'], 'Unknown flag: --repot.', 'See rowproof report --help.'),
  apply(
    ['a.sql', '--dryrun'],
    'Unknown flag: --dryrun.',
    'Did you mean --dry-run? See rowproof apply --help.',
  ),
  verify(
    ['--json'],
    'has no flag --json, only rowproof plan, rowproof history and rowproof apply have.',
    'See rowproof verify',
  ),
  verify(
    ['--output', 'x'],
    'Expected --plan PATH with --output, got none.',
    'A part of a plan is written there',
  ),
  verify(['--yes'], 'rowproof verify has no flag --yes, only rowproof apply has.', 'Leave it out.'),
  plan(['--rotate'], 'rowproof plan has no flag --rotate, only rowproof verify has.', 'See rowproof plan'),
  plan(
    ['--chunk-time', '1s'],
    'rowproof plan has no flag --chunk-time, only rowproof verify, rowproof watch and rowproof resume have.',
    'Leave it',
  ),
  init([...URLS, '--config', 'x'], 'has no flag --config, only', 'See rowproof init --help.'),
  report(
    ['a.json', '--tables', 'x'],
    'rowproof report has no flag --tables, only',
    'See rowproof report --help.',
  ),
  apply(
    ['a.sql', '--source', 'x'],
    'rowproof apply has no flag --source, only',
    'See rowproof apply --help.',
  ),
  apply(
    ['a.sql', '--workers', '2'],
    'rowproof apply has no flag --workers, only',
    'See rowproof apply --help.',
  ),
  verify(['--tables'], 'Expected --tables to have a value, got none.', 'See rowproof verify --help.'),
  verify(
    ['--workers', '--quiet'],
    'Expected --workers to have a value, got none.',
    'See rowproof verify --help.',
  ),
  plan(['--tables'], 'Expected --tables to have a value, got none.', 'See rowproof plan --help.'),
  init(['--output'], 'Expected --output to have a value, got none.', 'See rowproof init --help.'),
  report(
    ['a.json', '--report'],
    'Expected --report to have a value, got none.',
    'See rowproof report --help.',
  ),
  mistake(
    ['apply', 'a.sql', '--target'],
    'Expected --target to have a value, got none.',
    'rowproof apply --help',
  ),
  ...['tables', 'exclude', 'map', 'columns', 'ignore-columns', 'where', 'target-where', 'key', 'relax'].map(
    (name) => verify([`--${name}`, ''], `Expected --${name} to have a value, got an empty one.`, `--${name}`),
  ),
  ...['mode', 'ratio', 'workers', 'seed', 'min-rows', 'report', 'differences', 'repair', 'uuid-swap'].map(
    (name) =>
      verify([`--${name}`, ' '], `Expected --${name} to have a value, got an empty one.`, `--${name}`),
  ),
  mistake(
    ['plan', '--source', '', '--target', TARGET],
    'Expected --source to have a value, got an empty one.',
    '',
  ),
  init(
    [...URLS, '--output', ''],
    'Expected --output to have a value, got an empty one.',
    'Leave --output out',
  ),
  mistake(
    ['apply', 'a.sql', '--target', '', '--yes'],
    'Expected --target to have a value, got an empty one.',
    '',
  ),
  ...['seed', 'workers', 'mode', 'min-rows', 'differences', 'chunk-rows'].map((name) =>
    verify(
      [`--${name}`, '1', `--${name}`, '1'],
      `Expected --${name} once, got it 2 times.`,
      `Leave all but one`,
    ),
  ),
  mistake(
    ['verify', ...URLS, ...URLS.slice(0, 2)],
    'Expected --source once, got it 2 times.',
    'Leave all but one',
  ),
  verify(['--quiet=no'], 'Expected --quiet to have no value, got one.', 'Write --quiet, or leave it out.'),
  verify(['--hide-values=yes'], 'Expected --hide-values to have no value, got one.', 'or leave it out.'),
  mistake(
    ['verify', ...URLS, '--no-config=yes'],
    'Expected --no-config to have no value, got one.',
    'or leave it',
  ),
  report(['a.json', '--no-color=1'], 'Expected --no-color to have no value, got one.', 'or leave it out.'),
  apply(
    ['a.sql', '--target', TARGET, '--json=1'],
    'Expected --json to have no value, got one.',
    'or leave it out.',
  ),
  mistake(
    ['verify', '--no-config'],
    'Expected --source URL, got none.',
    'mysql://, mariadb:// or postgres://',
  ),
  mistake(
    ['plan', '--no-config', ...URLS.slice(0, 2)],
    'Expected --target URL, got none.',
    'Give the target',
  ),
  init(URLS.slice(2), 'Expected --source URL, got none.', 'Give the source'),
  apply(['a.sql'], 'Expected --target URL, got none.', 'its header says which'),
  mistake(
    ['apply', 'a.sql', '--target', TARGET],
    'Expected --yes, because nobody can be asked here',
    '--dry-run',
  ),
];

const VALUES: readonly Mistake[] = [
  ...['0', '65', '1.5', '-1', 'four', '0x10', '1e1'].map((value) =>
    verify(
      ['--workers', value],
      `Expected --workers to be a whole number from 1 to 64, got ${value}.`,
      '--workers 1',
    ),
  ),
  ...['0', '-5', '1000000000001', 'some'].map((value) =>
    verify(
      ['--min-rows', value],
      `Expected --min-rows to be a whole number from 1 to 1000000000000, got ${value}.`,
    ),
  ),
  verify(
    ['--seed', '18446744073709551616'],
    'from 0 to 18446744073709551615, got 18446744073709551616.',
    '--seed 0',
  ),
  verify(['--chunk-rows', '10000001'], 'from 1 to 10000000, got 10000001.', '--chunk-rows 1'),
  verify(
    ['--max-rows-per-second', '0'],
    'Expected --max-rows-per-second to be a whole number',
    'digits only',
  ),
  verify(
    ['--max-load', '1e3'],
    'Expected --max-load to be a whole number from 1 to 100000, got 1e3.',
    'digits',
  ),
  verify(['--max-bytes-per-second', '5XB'], 'from 1kB to 1000GB, got 5XB.', 'Write it with its unit'),
  verify(['--max-bytes-per-second', '1'], 'from 1kB to 1000GB, got 1.', 'Write it with its unit'),
  verify(['--chunk-time', '5'], 'Expected --chunk-time to be a time from 10ms to 60s, got 5.', 'its unit'),
  verify(['--chunk-time', '2m'], 'Expected --chunk-time to be a time from 10ms to 60s, got 2m.', 'its unit'),
  verify(
    ['--mode', 'fast'],
    'Expected --mode to be one of full, spot, count, got fast.',
    'full reads every row',
  ),
  verify(['--match-names', 'fuzzy'], 'Expected --match-names to be one of exact', 'snake-case pairs'),
  verify(
    ['--checksum-on', 'moon'],
    'Expected --checksum-on to be one of auto, client, server, got moon.',
    'auto',
  ),
  ...['0', '150%', '10', '-5%', 'half'].map((value) =>
    verify(['--mode', 'spot', '--ratio', value], `such as 10% or 0.1, got ${value}.`, 'from above 0 to 100%'),
  ),
  verify(
    ['--map', 'clients'],
    'Expected --map in the form SOURCE=TARGET, got clients.',
    '--map Clients=customers',
  ),
  verify(['--map', '=b'], 'Expected --map in the form SOURCE=TARGET, got =b.', 'For example'),
  verify(
    ['--map', 'a=b', 'a=c'],
    'Expected --map to name each source table once, got a twice.',
    'exactly one',
  ),
  verify(
    ['--map', 'a=b', 'c=b'],
    'Expected --map to name each target table once, got b twice.',
    'exactly one',
  ),
  verify(['--columns', 'id'], 'Expected --columns in the form TABLE.COLUMN, got id.', 'write "*.id"'),
  verify(['--columns', 'a.'], 'Expected --columns in the form TABLE.COLUMN, got a..', 'write "*.updated_at"'),
  verify(
    ['--ignore-columns', 'note'],
    'Expected --ignore-columns in the form TABLE.COLUMN',
    'write "*.note"',
  ),
  verify(['--where', 'orders'], 'Expected --where in the form TABLE:SQL, got orders.', 'orders:id > 1000'),
  verify(['--where', ':id > 1'], 'Expected --where in the form TABLE:SQL, got :id > 1.', 'For example'),
  verify(['--where', 'a:b', 'a:c'], 'Expected one --where for a, got two.', 'Join them'),
  verify(
    ['--target-where', 'orders:'],
    'Expected --target-where in the form TABLE:SQL, got orders:.',
    'example',
  ),
  verify(['--key', 'orders'], 'Expected --key in the form TABLE:COLUMN,COLUMN, got orders.', 'order_lines:'),
  verify(
    ['--key', 'orders:id,'],
    'Expected --key to name each column of orders once, got id,.',
    'in the order',
  ),
  verify(
    ['--key', 'orders:id,id'],
    'Expected --key to name each column of orders once, got id,id.',
    'in the',
  ),
  verify(
    ['--relax', 'orders.note'],
    'Expected --relax in the form TABLE.COLUMN:HOW, got orders.note.',
    'HOW is',
  ),
  verify(['--relax', 'orders.note:loose'], 'Expected --relax to say how, got "loose".', 'It knows trim'),
  verify(
    ['--relax', 'o.n:tolerance=-1'],
    'Expected --relax to say how, got "tolerance=-1".',
    'It knows trim',
  ),
  verify(
    ['--uuid-swap', 'id'],
    'Expected --uuid-swap in the form TABLE.COLUMN, got id.',
    'TABLE.COLUMN:source',
  ),
  verify(
    ['--source-timezone', 'Mars/Base'],
    'Expected --source-timezone to be a time zone, got Mars/Base.',
    'UTC',
  ),
  verify(['--target-timezone', '+25:00'], 'Expected --target-timezone to be a time zone, got +25:00.', 'UTC'),
  ...['xml', 'JSON=run.json', 'json:run.json', '=run.json', 'json='].map((value) =>
    verify(
      ['--report', value],
      `Expected --report to be one of ${REPORT_FORMAT_NAMES.join(', ')}, with =PATH for a file, got ${value}.`,
      'run.json',
    ),
  ),
  report(
    ['other.json', '--report', 'xml'],
    'with =PATH for a file, got xml.',
    'For example --report json=run.json.',
  ),
  ...['0s', '601s', '5', '1h'].map((value) =>
    apply(
      ['a.sql', '--target', TARGET, '--lock-timeout', value],
      `from 10ms to 600s, got ${value}.`,
      'its unit',
    ),
  ),
  verify(['--ratio', '5%'], 'Expected --ratio only where the mode of the run is spot.', 'leave --ratio out'),
  verify(
    ['--mode', 'count', '--canary'],
    'Expected --canary with a mode that compares rows, got mode count.',
    'leave --canary out',
  ),
  verify(
    ['--mode', 'count', '--max-differences', '5'],
    'Expected --max-differences with a mode that compares rows, got mode count.',
    'leave --max-differences out',
  ),
  ...['0', '-1', '1.5', '10%', 'many'].map((value) =>
    verify(
      [`--max-differences=${value}`],
      `Expected --max-differences to be a whole number from 1 to 1000000000000, got ${value}.`,
      'for example --max-differences 1',
    ),
  ),
  verify(
    ['--max-differences', '5', '--rotate', '--max-runtime', '4h', '--journal', 'runs'],
    'Expected --rotate or --max-differences, got both: what differs is read first each night, and would keep',
    'For example',
  ),
  verify(
    ['--mode', 'count', '--ratio', '5%'],
    'Expected --ratio only where the mode of the run is spot.',
    'leave --ratio out',
  ),
  verify(
    ['--mode', 'count', '--repair', 'x.sql'],
    'Expected --repair or --mode count, got both.',
    '--mode full',
  ),
  verify(
    ['--mode', 'count', '--differences', 'x'],
    'Expected --differences or --mode count, got both.',
    '--mode full',
  ),
  verify(
    ['--repair', 'x.sql', '--hide-values'],
    'Expected --repair or --hide-values, got both.',
    'leave one',
  ),
  verify(
    ['--show-values', '--hide-values'],
    'Expected --show-values or --hide-values, got both.',
    'Leave one',
  ),
  report(
    ['other.json', '--show-values', '--hide-values'],
    'Expected --show-values or --hide-values',
    'Leave one',
  ),
  verify(['--config', 'good.yaml'], 'Expected --config or --no-config, got both.', 'Leave one of them out.'),
  verify(
    ['--report', 'table', '--report', 'json'],
    'Expected one --report on stdout, got table and json.',
    'a file',
  ),
];

const ADDRESSES: readonly Mistake[] = [
  url('old/shop', 'Expected --source to be a URL, got something else.', 'starts with mysql://'),
  url('mysql:old/shop', 'Expected --source to be a URL, got something else.', 'starts with mysql://'),
  url('jdbc:mysql://old/shop', 'Expected --source to be a URL, got something else.', 'starts with mysql://'),
  url('oracle://a/b', 'Cannot use --source: No database engine is known by oracle://.', 'mysql://'),
  url('http://u:s3cret@a/b', 'Cannot use --source: No database engine is known by http://.', 'mysql://'),
  url('mysql://old', 'Cannot use --source: The URL names no database.', 'mysql://user@host:3306/database'),
  url('mysql://u:s3cret@old/', 'Cannot use --source: The URL names no database.', 'Add it as the path'),
  url('mysql://old/a/b', 'Cannot use --source: The URL has more than one name in its path.', '%2F'),
  url(
    'mysql://old/shop&ssl-mode=REQUIRED',
    'The URL has an & before its first option.',
    'Options begin with ?',
  ),
  ...['0', '65536', '99999', 'x', '3306x', '-1'].map((port) =>
    url(
      `mysql://u:s3cret@old:${port}/b`,
      'Expected --source to be a URL, got one whose port is none.',
      '1 to 65535',
    ),
  ),
  url('mysql://h1,/b', 'got one with an empty host in its list.', 'the first that answers'),
  url(
    'mysql://u:s3cret@h1:1, h2:2/b',
    'got one with a blank in its list of hosts.',
    'the first that answers',
  ),
  url('postgres://u:s3cret@h1:1,:2/b', 'got one with an empty host in its list.', 'the first that answers'),
  url('postgres://u:s3cret@h1:1,h2:0/b', 'got one whose port is none.', '1 to 65535'),
  url('mysql://h1,h2/b?socket=/s', 'The URL has several hosts and the option socket.', 'leave one of them'),
  url('postgres://u:s3cret@h1/b?host=h1,h2&port=1,2,3', 'The URL has 2 hosts and 3 ports.', 'one for each'),
  url(
    'postgres://h1/b?target_session_attrs=master',
    'Expected target_session_attrs to be one of any',
    'taken',
  ),
  url('mysql://[::1/b', 'Expected --source to be a URL, got one that cannot be read.', '%40 for @'),
  url(
    'mysql://u:s3cret pw@a b/c',
    'Expected --source to be a URL, got one that cannot be read.',
    '%40 for @',
  ),
  url('mysql://u:s3cret\n@a/c', 'got one with a line break or tab in it.', 'one line'),
  ...['/', '?', '#'].flatMap((mark) => [
    url(`mysql://u:s3cret${mark}x@old/shop`, 'Expected --source to be a URL, got one', '%2F for /'),
    url(`mysql://u:x${mark}s3cret@old/shop`, 'Expected --source to be a URL, got one', '%2F for /'),
    url(`postgres://u:1${mark}s3cret@old:5432/shop`, 'Expected --source to be a URL, got one', '%2F for /'),
  ]),
  url(
    'postgres://old/shop#x',
    'Expected --source to be a URL, got one with a # behind its host.',
    '%23 for #',
  ),
  url('mysql://u:s3cret%zz@old/b', 'Cannot use --source: The URL holds a percent sign', 'Write % as %25'),
  url('postgres://u:%ff@old/b', 'Cannot use --source: The URL holds a percent sign', 'Write % as %25'),
  url('mysql://old/%', 'Cannot use --source: The URL holds a percent sign', 'Write % as %25'),
  url(
    'mysql://old/b?foo=s3cret',
    'Cannot use --source: The URL has an unknown option "foo".',
    'Known options',
  ),
  url('mysql://old/b?sslmode=require', 'The URL has an unknown option "sslmode".', 'Did you mean ssl-mode?'),
  url(
    'mysql://old/b?ssl_mode=REQUIRED',
    'The URL has an unknown option "ssl_mode".',
    'Did you mean ssl-mode?',
  ),
  url('mysql://old/b?SSL-CA=x', 'The URL has an unknown option "SSL-CA".', 'Did you mean ssl-ca?'),
  url(
    'postgres://old/b?ssl-mode=require',
    'The URL has an unknown option "ssl-mode".',
    'Did you mean sslmode?',
  ),
  url('mysql://old/b?=x', 'Cannot use --source: The URL has an option that has no name.', 'Known options'),
  url('mysql://old/b?socket=', 'The URL has the option socket without a value.', 'Write socket=VALUE'),
  url('postgres://old/b?schema=', 'The URL has the option schema without a value.', 'Write schema=VALUE'),
  url(
    'mysql://old/b?ssl-mode=REQUIRED&ssl-mode=DISABLED',
    'The URL has the option ssl-mode twice.',
    'all but one',
  ),
  url(
    'mysql://old/b?ssl-mode=maybe',
    'Cannot use --source: Expected ssl-mode to be one of DISABLED',
    'PREFERRED',
  ),
  url(
    'postgres://old/b?sslmode=maybe',
    'Cannot use --source: Expected sslmode to be one of disable',
    'prefer',
  ),
  url(
    'mysql://old/b?connect-timeout=0',
    'Expected connect-timeout to be seconds above 0',
    'connect-timeout=10',
  ),
  url(
    'postgres://old/b?statement-timeout=x',
    'Expected statement-timeout to be seconds',
    'statement-timeout=10',
  ),
  url(
    'mysql://old/b?get-server-public-key=yes',
    'Expected get-server-public-key to be true or false',
    '=true',
  ),
  url(
    'mysql://old/b?ssl-ca=none.pem',
    'The file none.pem cannot be used for TLS: no such file',
    'TLS options',
  ),
  url('mysql://old/b?ssl-ca=folder', 'The file folder cannot be used for TLS: ', 'TLS options'),
  url(
    'mysql://old/b?ssl-ca=file',
    'The file file cannot be used for TLS: it holds no certificate',
    'TLS options',
  ),
  url(
    'mysql://old/b?ssl-key=none.pem',
    'The file none.pem cannot be used for TLS: no such file',
    'TLS options',
  ),
  url(
    'mysql://old/b?server-public-key-path=none.pem',
    'Cannot use --source: Cannot use none.pem',
    'public key',
  ),
  url(
    'postgres://old/b?sslmode=verify-ca&sslrootcert=none.pem',
    'The file none.pem cannot be used',
    'TLS options',
  ),
  url(
    'postgres://old/b?sslrootcert=file',
    'The URL has sslrootcert, which sslmode=prefer does not use.',
    'verify-full',
  ),
  url(
    'mysql://old/b?ssl-mode=REQUIRED&ssl-ca=file',
    'ssl-ca, which ssl-mode=REQUIRED does not use.',
    'VERIFY_CA',
  ),
  url(
    'mysql://old/b?ssl-mode=disabled&ssl-key=file',
    'ssl-key, which ssl-mode=DISABLED does not use.',
    'leave',
  ),
  url('postgres://old/b?sslrootcert=system&sslmode=require', 'Expected sslmode=verify-full', 'host name'),
  mistake(
    ['plan', '--no-config', '--source', SOURCE, '--target', 'new'],
    'Expected --target to be a URL',
    'mysql://',
  ),
  mistake(
    ['verify', '--no-config', '--source', SOURCE, '--target', 'mysql://new'],
    'Cannot use --target: ',
    'path',
  ),
  init(
    ['--source', SOURCE, '--target', 'oracle://a/b'],
    'Cannot use --target: No database engine',
    'mysql://',
  ),
  init(
    ['--source', 'mysql://a', '--target', TARGET],
    'Cannot use --source: The URL names no database.',
    'Add it',
  ),
  init(
    ['--source', 'mysql://a/b?zz=1', '--target', TARGET],
    'Cannot use --source: The URL has an unknown',
    'Known',
  ),
  apply(['other.sql', '--target', 'x'], 'Expected --target to be a URL, got something else.', 'mysql://'),
  apply(['other.sql', '--target', 'oracle://a/b'], 'Cannot use --target: No database engine', 'mysql://'),
  apply(
    ['other.sql', '--target', 'mysql://u:s3cret@a'],
    'Cannot use --target: The URL names no database.',
    'Add',
  ),
  apply(['other.sql', '--target', 'mysql://u:s3cret/x@a/b'], 'Expected --target to be a URL, got one', '%2F'),
];

const FILES: readonly Mistake[] = [
  verify(
    ['--report', 'json=none/run.json'],
    'Cannot write --report none/run.json: the folder does not exist.',
    'Name',
  ),
  verify(
    ['--report', 'json=folder'],
    'Cannot write --report folder: it is a directory.',
    'Name a file in it.',
  ),
  verify(
    ['--report', 'json=file/run.json'],
    'file/run.json: a part of the path is not a folder.',
    'Name a file',
  ),
  verify(
    ['--report', 'json=circle'],
    'Cannot write --report circle: its links lead in a circle.',
    'Name a file',
  ),
  verify(
    ['--differences', 'none/d'],
    'Cannot write --differences none/d: the folder does not exist.',
    'Name a file',
  ),
  verify(['--differences', 'x'.repeat(300)], ': the name is too long.', 'Name a file'),
  verify(['--differences', 'a\0b'], 'Cannot write --differences a', 'Name a file'),
  verify(['--repair', 'folder'], 'Cannot write --repair folder: it is a directory.', 'Name a file in it.'),
  verify(
    ['--repair', 'none/x.sql'],
    'Cannot write --repair none/x.sql: the folder does not exist.',
    'Name a file',
  ),
  verify(
    ['--report', 'json=a', '--differences', './a'],
    'got ./a for --report and --differences.',
    'another path',
  ),
  verify(
    ['--report', 'json=file', '--differences', 'link'],
    'got link for --report and --differences.',
    'another',
  ),
  verify(
    ['--repair', 'x.sql', '--differences', 'x.undo.sql'],
    'got x.undo.sql for --differences and --repair.',
    '',
  ),
  verify(['--report', 'json=a', 'table=a'], 'got a for two of --report.', 'Give each output another path.'),
  mistake(
    ['verify', '--config', 'good.yaml', '--report', 'json=good.yaml'],
    'good.yaml: the command reads it.',
    '',
  ),
  mistake(
    ['verify', '--config', 'good.yaml', '--repair', 'good.yaml'],
    'good.yaml: the command reads it.',
    'Name',
  ),
  url('mysql://old/b?ssl-ca=file', 'The file file cannot be used for TLS', 'TLS options'),
  mistake(
    [
      'verify',
      '--no-config',
      '--source',
      'mysql://old/b?ssl-ca=file',
      '--target',
      TARGET,
      '--differences',
      'file',
    ],
    'Cannot write --differences file: the command reads it.',
    'Name another file.',
  ),
  report(
    ['none.json'],
    'Cannot read the saved result none.json: there is no such file.',
    '--report json=PATH',
  ),
  report(['folder'], 'Cannot read the saved result folder: it is a directory.', '--report json=PATH'),
  report(
    ['circle'],
    'Cannot read the saved result circle: its links lead in a circle.',
    '--report json=PATH',
  ),
  report(['empty.json'], 'empty.json is not a saved Rowproof result.', '--report json=PATH'),
  report(['file'], 'file is not a saved Rowproof result.', '--report json=PATH'),
  report(['other.json'], 'other.json is not a saved Rowproof result.', '--report json=PATH'),
  report(['newer.json'], 'newer.json is in format rowproof/run@9', 'the version that wrote it'),
  report(['cut.json'], 'cut.json is not a saved Rowproof result.', '--report json=PATH'),
  report(
    ['other.json', '--report', 'json=other.json'],
    'other.json: the command reads it.',
    'Name another file.',
  ),
  report(['other.json', '--report', 'json=none/x'], 'is not a saved Rowproof result.', '--report json=PATH'),
  init([...URLS, '--output', 'file'], 'Cannot write file: there is such a file already.', '--output'),
  init([...URLS, '--output', 'folder'], 'Cannot write folder: there is such a file already.', '--output'),
  init([...URLS, '--output', 'none/x'], 'Cannot write none/x: the folder does not exist.', 'Name a file'),
  apply(
    ['none.sql', '--target', TARGET],
    'Cannot read none.sql: there is no such file.',
    'verify --repair wrote',
  ),
  apply(
    ['folder', '--target', TARGET],
    'Cannot read folder: it is no regular file.',
    'verify --repair wrote',
  ),
  apply(
    ['cut.sql', '--target', TARGET],
    'Line 1 of cut.sql ends without a line break',
    'Nothing was applied.',
  ),
  apply(['other.sql', '--target', TARGET], 'Line 1 of other.sql is no statement', 'Nothing was applied.'),
  apply(
    ['other.sql', '--target', TARGET, '--undo', 'other.sql'],
    'Cannot write the undo file other.sql',
    '--undo',
  ),
  apply(
    ['other.sql', '--target', TARGET, '--undo', 'none/x'],
    'undo file none/x: the folder does not exist.',
    '--undo',
  ),
  apply(
    ['other.sql', '--target', TARGET, '--undo', 'folder'],
    'undo file folder: it is a directory.',
    '--undo',
  ),
  mistake(
    ['verify', '--config', 'none.yaml'],
    'config file none.yaml: there is no such file.',
    'rowproof init',
  ),
  mistake(['verify', '--config', 'folder'], 'config file folder: it is a directory.', 'rowproof init'),
  mistake(['plan', '--config', 'circle'], 'config file circle: its links lead in a circle.', 'rowproof init'),
  mistake(
    ['plan', '--config', 'file/x'],
    'config file file/x: a part of the path is not a folder.',
    'rowproof init',
  ),
  mistake(
    ['verify', '--config', 'large.yaml'],
    'config file large.yaml: it is larger than 1 MiB.',
    'rowproof init',
  ),
  mistake(['verify', '--config', 'empty.yaml'], 'Expected --source URL, got none.', 'Give the source'),
  mistake(['verify', '--config', 'file'], 'file: expected settings, one KEY: VALUE a line, got "mine".', ''),
];

describe.each([
  ['a word or command', COMMANDS],
  ['the name or the number of a flag', FLAGS],
  ['the value of a flag', VALUES],
  ['a URL', ADDRESSES],
  ['a file', FILES],
])('a mistake in %s is told in one sentence that names it, and nothing is written', (_title, mistakes) => {
  it.each(mistakes.map((each) => [nameOf(each), each] as const))('%s', async (_name, each) =>
    expectTold(await tell(each), each),
  );
});

function nameOf({ argv }: Mistake): string {
  const line = argv.join(' ').replace(URLS.join(' '), 'URLS').replaceAll(TARGET, 'TARGET');
  return line.replaceAll('\n', ' ').slice(0, 120);
}

describe('a mistake in a config file is told with file, line and key', () => {
  const HEAD = 'source: mysql://u:${PW}@old/shop\ntarget: postgres://new/shop\n';

  it.each<[string, string, string?]>([
    ['wrokers: 3', 'wrong.yaml:3: wrokers: unknown key, did you mean "workers"?', 'Known keys'],
    ['Workers: 3', 'wrong.yaml:3: Workers: unknown key, did you mean "workers"?', 'Known keys'],
    [
      'match-names: exact',
      'wrong.yaml:3: match-names: unknown key, did you mean "matchNames"?',
      'Known keys',
    ],
    ['min-rows: 3', 'wrong.yaml:3: min-rows: unknown key, did you mean "minRows"?', 'Known keys'],
    ['hideValues: true', 'wrong.yaml:3: hideValues: is no setting here.', 'showValues: false'],
    ['config: x', 'wrong.yaml:3: config: is no setting here.', 'names no other one'],
    ['json: true', 'wrong.yaml:3: json: is no setting here.', 'rowproof plan'],
    ['where: {a: b}', 'wrong.yaml:3: where: belongs to a single table.', 'tableSettings'],
    ['1: 2', 'wrong.yaml:3: 1: unknown key.', 'Known keys'],
    ['? [a]\n: b', 'wrong.yaml:3: expected a name before the colon, got a list or mapping.'],
    ['workers: three', 'wrong.yaml:3: workers: expected a whole number from 1 to 64, got "three".'],
    ['workers: 0', 'wrong.yaml:3: workers: expected a whole number from 1 to 64, got 0.'],
    ['workers: [1]', 'wrong.yaml:3: workers: expected a whole number from 1 to 64, got a list.'],
    ['workers:', 'wrong.yaml:3: workers: expected a whole number from 1 to 64, got nothing.'],
    ['workers: ${WORDS}', 'wrong.yaml:3: workers: expected a whole number from 1 to 64, got "${WORDS}".'],
    ['workers: 4.5', 'wrong.yaml:3: workers: expected a whole number from 1 to 64, got 4.5.'],
    ['minRows: 1e30', 'wrong.yaml:3: minRows: expected a whole number from 1 to 1000000000000, got 1e+30.'],
    [
      'workers: ${EMPTY}',
      'wrong.yaml:3: workers: expected a whole number from 1 to 64, got "${EMPTY}", which is empty.',
    ],
    ['exclude: ["${EMPTY}"]', 'wrong.yaml:3: exclude.0: expected a text, got "${EMPTY}", which is empty.'],
    ['workers: ${NOBODY}', 'wrong.yaml:3: workers: the environment has no variable NOBODY.', 'Set NOBODY'],
    ['workers: ${', 'wrong.yaml:3: workers: expected ${NAME} or ${NAME:-default} after ${.', '$${'],
    ['minRows: 0', 'wrong.yaml:3: minRows: expected a whole number from 1 to 1000000000000, got 0.'],
    ['seed: abc', 'wrong.yaml:3: seed: expected a whole number from 0 to', ''],
    ['tables: orders', 'wrong.yaml:3: tables: expected a list of table names or globs, got "orders".'],
    ['tables: []', 'wrong.yaml:3: tables: expected a list of table names or globs, got an empty list.'],
    ['tables: [""]', 'wrong.yaml:3: tables.0: expected a text, got "".'],
    ['columns: []', 'wrong.yaml:3: columns: expected a list of TABLE.COLUMN, got an empty list.'],
    ['columns: [id]', 'wrong.yaml:3: columns.0: expected TABLE.COLUMN, got "id".'],
    ['exclude: {a: b}', 'wrong.yaml:3: exclude: expected a list of table names or globs, got a mapping.'],
    ['map: [a=b]', 'wrong.yaml:3: map: expected SOURCE: TARGET pairs of tables, got a list.'],
    [
      'map: {a: x, b: x}',
      'wrong.yaml:3: map: expected SOURCE: TARGET pairs of tables, each target once, got x twice.',
    ],
    [
      'matchNames: fuzzy',
      'wrong.yaml:3: matchNames: expected one of exact, ignore-case, snake-case, got "fuzzy".',
    ],
    ['mode: fast', 'wrong.yaml:3: mode: expected one of full, spot, count, got "fast".'],
    [
      'mode: spot\nratio: 101%',
      'wrong.yaml:4: ratio: expected a share of the rows such as 10% or 0.1, got "101%".',
    ],
    ['ratio: 5%', 'wrong.yaml:3: Expected ratio only where the mode of the run is spot.', 'mode spot'],
    ['mode: count\nrepair: x.sql', 'wrong.yaml:4: Expected repair or mode count, got both.', 'mode full'],
    [
      'mode: count\ndifferences: x',
      'wrong.yaml:4: Expected differences or mode count, got both.',
      'mode full',
    ],
    ['chunkTime: 5h', 'wrong.yaml:3: chunkTime: expected a time such as 500ms or 2s, got "5h".'],
    [
      'maxBytesPerSecond: 10',
      'wrong.yaml:3: maxBytesPerSecond: expected a size such as 500kB or 10MB, got 10.',
    ],
    ['sourceTimezone: Mars', 'wrong.yaml:3: sourceTimezone: expected a time zone such as Europe/Berlin'],
    ['relax: ["a.b:loose"]', 'wrong.yaml:3: relax.0: expected TABLE.COLUMN:HOW'],
    ['showValues: yes', 'wrong.yaml:3: showValues: expected true or false, got "yes".'],
    ['quiet: 1', 'wrong.yaml:3: quiet: expected true or false, got 1.'],
    ['report: table', 'wrong.yaml:3: report: expected a list of FORMAT or FORMAT=PATH, got "table".'],
    [
      'report: [xml]',
      `wrong.yaml:3: Expected report to be one of ${REPORT_FORMAT_NAMES.join(', ')}, with =PATH for a file, got xml.`,
      'example',
    ],
    [
      'report: [json=a]\ndifferences: a',
      'wrong.yaml:3: Expected a file of its own for each output, got a for report',
      '',
    ],
    [
      'differences: none/x',
      'wrong.yaml:3: Cannot write differences none/x: the folder does not exist.',
      'Name',
    ],
    [
      'repair: a.sql\nshowValues: false',
      'wrong.yaml:3: Expected repair or --hide-values, got both.',
      'leave one',
    ],
    [
      'tableSettings: []',
      'wrong.yaml:3: tableSettings: expected settings by the names of tables, got an empty list.',
    ],
    ['tableSettings: {o: }', 'wrong.yaml:3: tableSettings.o: expected the settings of a table, got nothing.'],
    [
      'tableSettings:\n  o:\n    wher: x',
      'wrong.yaml:5: tableSettings.o.wher: unknown key, did you mean "where"?',
      'Known',
    ],
    ['tableSettings: {o: {key: []}}', 'tableSettings.o.key: expected a list of columns, got an empty list.'],
    [
      'tableSettings: {o: {key: [a, a]}}',
      'tableSettings.o.key: expected a list of columns, each once, got a twice.',
    ],
    [
      'tableSettings: {o: {columns: []}}',
      'tableSettings.o.columns: expected a list of columns, got an empty list.',
    ],
    [
      'tableSettings: {o: {ratio: 5%}}',
      'wrong.yaml:3: tableSettings.o.ratio: expected only with mode: spot.',
      'Add',
    ],
    ['tableSettings: {o: {minRows: -1}}', 'tableSettings.o.minRows: expected a whole number from 1 to'],
    ['tableSettings: {o: {relax: {a: []}}}', 'tableSettings.o.relax.a: expected a list of trim'],
    [
      'tableSettings: {o: {columnMap: {a: x, b: x}}}',
      'columnMap: expected SOURCE: TARGET pairs of columns, each target once, got x twice.',
    ],
    [
      'map: {o: a}\ntableSettings: {o: {target: b}}',
      'wrong.yaml:4: Expected tableSettings.o.target to name each source table once, got o twice.',
      'one',
    ],
    ['workers: 1\nworkers: 2', 'wrong.yaml:4: not valid YAML: a key stands there twice.'],
    ['\tworkers: 1', 'wrong.yaml:3: not valid YAML: a tab is used for indentation.'],
    ['workers: [1', 'wrong.yaml:4: not valid YAML: '],
    ['workers: !foo 3', 'wrong.yaml:3: not valid YAML: tag resolve failed.'],
    ['---\na: 1\n---\nb: 2', 'wrong.yaml:3: not valid YAML: it holds more than one document.'],
    ['quiet: true\ntables: *gone', 'wrong.yaml:4: not valid YAML: an alias has no anchor'],
    [
      'quiet: true\ntables: &a [*a]',
      'wrong.yaml:4: values lie in each other too deeply, or an alias holds itself.',
    ],
    ['__proto__: {workers: 1}', 'wrong.yaml:3: __proto__: this name cannot be used as a key.'],
  ])('%j', async (text, sentence, hint = '') => {
    writeFileSync('wrong.yaml', `${HEAD}${text}\n`);
    before = readFolder(folder);
    // Whether a folder is there to be written to is a question to the machine of the run, and not to its plan.
    const commands = sentence.includes('Cannot write') ? ['verify'] : ['verify', 'plan'];
    for (const command of commands) {
      const each = mistake([command, '--config', 'wrong.yaml'], sentence, hint);
      expectTold(await tell(each), each);
    }
  });

  it.each([
    ['source: 5\ntarget: x', 'wrong.yaml:1: source: expected a URL, got something else.'],
    [
      'source: mysql://u:s3cret@h:x/b\ntarget: postgres://h/b',
      'wrong.yaml:1: Expected source to be a URL, got one whose',
    ],
    [
      'source: oracle://u:s3cret@h/b\ntarget: postgres://h/b',
      'wrong.yaml:1: Cannot use source: No database engine',
    ],
    ['source: mysql://h/b\ntarget: mysql://h', 'wrong.yaml:2: Cannot use target: The URL names no database.'],
    ['source: mysql://h/b', 'Expected --target URL, got none.'],
    ['[]', 'wrong.yaml: expected settings, one KEY: VALUE a line, got an empty list.'],
    ['just text', 'wrong.yaml: expected settings, one KEY: VALUE a line, got "just text".'],
  ])('%j, where the URLs are wrong or there are none', async (text, sentence) => {
    writeFileSync('wrong.yaml', text);
    before = readFolder(folder);
    const each = mistake(['verify', '--config', 'wrong.yaml'], sentence);
    expectTold(await tell(each), each);
  });
});

describe('two config files in the working folder', () => {
  it('are refused by name, since nobody said which', async () => {
    writeFileSync('rowproof.yaml', 'quiet: true\n');
    writeFileSync('rowproof.yml', 'quiet: true\n');
    before = readFolder(folder);
    const each = mistake(
      ['plan', ...URLS],
      'Expected one config file, found rowproof.yaml and rowproof.yml.',
      '--config',
    );
    expectTold(await tell(each), each);
  });
});
