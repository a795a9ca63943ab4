import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '../support/database.js';
import { runCli } from '../support/run-cli.js';

const FILES = [
  'SHA256SUMS',
  'config.json',
  'differences.ndjson',
  'log.ndjson',
  'manifest.json',
  'report.html',
  'result.json',
  'run.json',
];

describe('the evidence of a run', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');
  const work = mkdtempSync(join(tmpdir(), 'rowproof-evidence-'));
  const at = (name: string) => join(work, name);
  const urls = ['--source', source.url, '--target', target.url];
  const account = `ann${source.name.slice(-8)}`;
  const password = 'only-ann-knows';
  const asAnn = () => {
    const url = new URL(source.url);
    url.username = account;
    url.password = password;
    return ['--source', url.href, '--target', target.url];
  };
  const verify = (name: string, ...flags: string[]) =>
    runCli(['verify', ...asAnn(), '--evidence', at(name), ...flags], { env: { ROWPROOF_LOG: 'debug' } });
  const check = (name: string, ...flags: string[]) => runCli(['evidence', 'check', at(name), ...flags]);
  const read = (name: string) => readFileSync(at(name), 'utf8');
  let stderr: string;
  let hash: string;

  beforeAll(async () => {
    const rows = "INSERT INTO orders VALUES (1, 'paid'), (2, 'new')";
    for (const database of [source, target])
      await database.run(`CREATE TABLE orders (id INT PRIMARY KEY, status VARCHAR(20)); ${rows}`);
    await target.run("UPDATE orders SET status = 'gone' WHERE id = 2");
    await source.run(
      `CREATE USER ${account} IDENTIFIED BY '${password}'; GRANT SELECT ON ${source.name}.* TO ${account}`,
    );
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    writeFileSync(at('sign.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    writeFileSync(at('sign.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
    const other = generateKeyPairSync('ed25519').publicKey;
    writeFileSync(at('other.pub'), other.export({ type: 'spki', format: 'pem' }));
    const run = await verify('kept', '--canary', '--sign-with', at('sign.pem'));
    expect(run.exitCode, run.stderr).toBe(1);
    ({ stderr } = run);
    hash = stderr.trimEnd().split('\n').at(-1) ?? '';
  });
  afterAll(async () => {
    await source.run(`DROP USER ${account}`);
    rmSync(work, { recursive: true });
  });

  it('is a folder of its owner alone, whose manifest has its sum in the last line of the run', () => {
    expect(statSync(at('kept')).mode & 0o777).toBe(0o700);
    expect(readdirSync(at('kept')).sort()).toEqual([...FILES, 'SHA256SUMS.sig'].sort());
    for (const name of FILES) expect(statSync(at(`kept/${name}`)).mode & 0o777).toBe(0o600);
    expect(hash).toBe(createHash('sha256').update(read('kept/SHA256SUMS')).digest('hex'));
    expect(stderr).toContain('elsewhere');
    execFileSync('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], { cwd: at('kept') });
    const listed = JSON.parse(read('kept/manifest.json')).files.map(({ name }: { name: string }) => name);
    expect(listed).toEqual(FILES.filter((name) => !/^(SHA|manifest)/.test(name)));
  });

  it('says who ran what, on what, as whom, and how far the clocks are apart', () => {
    const run = JSON.parse(read('kept/run.json'));
    expect(run).toMatchObject({
      format: 'rowproof/evidence@1',
      verdict: 'different',
      exitCode: 1,
      ranBy: { user: userInfo().username, host: hostname() },
      tool: {
        rowproof: expect.any(String),
        encoding: 1,
        packageSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    });
    expect(run.command).toContain('--evidence');
    expect(run.servers.source.account.account).toBe(`${account}@%`);
    expect(run.servers.source.account.grants.join('\n')).toMatch(/GRANT SELECT ON .*\* TO/);
    expect(run.servers.target.account.account).toBe(new URL(target.url).username);
    expect(run.servers.target.account.grants.join('\n')).toContain('on public.orders');
    for (const side of ['source', 'target']) {
      const { clock, identity } = run.servers[side];
      expect(identity.id).not.toBe('');
      // The servers of the tests run on this machine.
      expect(Math.abs(clock.offsetMs)).toBeLessThanOrEqual(clock.boundMs + 50);
    }
    expect(read('kept/log.ndjson')).toContain('"event":"run:result"');
    expect(JSON.parse(read('kept/result.json')).tables[0].canaries).toEqual([
      { way: 'range', outcome: 'found', column: 'status' },
    ]);
    expect(read('kept/differences.ndjson')).toContain('"gone"');
    expect(read('kept/report.html')).toContain('data-kind="changed"');
  });

  it('holds no password, and no hash of one, which a server tells with its grants', async () => {
    const told = (await source.query(`SHOW GRANTS FOR ${account}`)).flat().join('\n');
    const secret = /IDENTIFIED BY PASSWORD '([^']+)'/.exec(told)?.[1] ?? '';
    expect(secret).toMatch(/^\*[0-9A-F]{40}$/);
    const texts = [stderr, ...FILES.map((name) => read(`kept/${name}`))];
    for (const text of texts) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(password);
    }
    expect(read('kept/run.json')).toContain('IDENTIFIED …');
  });

  it('is found unaltered, and says what that proves', async () => {
    const alone = await check('kept');
    expect(alone.exitCode).toBe(0);
    expect(alone.stdout).toContain('guards against accident only');
    const proved = await check('kept', '--manifest-hash', hash, '--public-key', at('sign.pub'));
    expect(proved.exitCode).toBe(0);
    expect(proved.stdout).toContain('and the manifest as the sum that was kept and the signature.');
    expect(proved.stdout).not.toContain('accident');
  });

  const copy = (name: string) => cpSync(at('kept'), at(name), { recursive: true });

  it('is found altered where a file was changed, taken away, added or replaced by a link', async () => {
    copy('altered');
    appendFileSync(at('altered/result.json'), ' ');
    rmSync(at('altered/report.html'));
    writeFileSync(at('altered/note.txt'), 'all is well');
    rmSync(at('altered/log.ndjson'));
    symlinkSync(at('kept/log.ndjson'), at('altered/log.ndjson'));
    const { exitCode, stdout } = await check('altered', '--manifest-hash', hash);
    expect(exitCode).toBe(1);
    expect(stdout.split('\n').slice(0, 4).sort()).toEqual([
      'added: note.txt',
      'altered: log.ndjson (no regular file any more)',
      'altered: result.json',
      'missing: report.html',
    ]);
    expect(stdout).toContain('ALTERED:');
  });

  it('is found altered where the manifest was made to fit, by the sum and by the signature', async () => {
    copy('forged');
    appendFileSync(at('forged/result.json'), ' ');
    const sum = createHash('sha256').update(read('forged/result.json')).digest('hex');
    const sums = read('forged/SHA256SUMS').replace(/^\S+(?= {2}result\.json$)/m, sum);
    writeFileSync(at('forged/SHA256SUMS'), sums);
    expect((await check('forged')).exitCode).toBe(0);
    const bySum = await check('forged', '--manifest-hash', hash);
    expect(bySum).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('altered: SHA256SUMS (its sum is'),
    });
    const byKey = await check('forged', '--public-key', at('sign.pub'));
    expect(byKey).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('not what the key has signed'),
    });
    const byOther = await check('kept', '--public-key', at('other.pub'));
    expect(byOther.exitCode).toBe(1);
    rmSync(at('forged/SHA256SUMS.sig'));
    expect((await check('forged', '--public-key', at('sign.pub'))).stdout).toContain(
      'missing: SHA256SUMS.sig',
    );
  });

  it('is found altered where the manifest is gone, spoiled or a link, by who can prove that there was one', async () => {
    copy('spoiled');
    const proofs = [
      ['--manifest-hash', hash],
      ['--public-key', at('sign.pub')],
    ];
    const spoil: readonly (readonly [() => void, string])[] = [
      [() => writeFileSync(at('spoiled/SHA256SUMS'), 'x'), 'altered: SHA256SUMS (no manifest any more)'],
      [() => rmSync(at('spoiled/SHA256SUMS')), 'missing: SHA256SUMS'],
      [() => symlinkSync(at('kept/SHA256SUMS'), at('spoiled/SHA256SUMS')), 'altered: SHA256SUMS'],
    ];
    for (const [change, words] of spoil) {
      change();
      for (const proof of proofs) {
        const { exitCode, stdout } = await check('spoiled', ...proof);
        expect({ exitCode, first: stdout.split('\n')[0] }).toEqual({
          exitCode: 1,
          first: expect.stringContaining(words),
        });
      }
      expect((await check('spoiled')).exitCode).toBe(2);
    }
    expect((await check('not there', ...(proofs[0] ?? []))).exitCode).toBe(2);
  });

  it('is refused where the folder is not empty, the key is no key, or another output goes into it', async () => {
    mkdirSync(at('full'));
    writeFileSync(at('full/x'), '');
    const refusals: readonly (readonly [readonly string[], string])[] = [
      [['--evidence', at('full')], 'it is not empty'],
      [
        ['--evidence', at('new'), '--sign-with', at('sign.pub')],
        'Expected --sign-with to name an Ed25519 key',
      ],
      [['--sign-with', at('sign.pem')], 'Expected --sign-with with --evidence only.'],
      [
        ['--evidence', at('new'), '--report', `json=${at('new/a.json')}`],
        'it is in the folder of --evidence',
      ],
    ];
    for (const [flags, words] of refusals) {
      const { exitCode, stderr: said } = await runCli(['verify', ...urls, ...flags]);
      expect(said).toContain(words);
      expect(exitCode).toBe(2);
    }
    const without = await runCli(['verify', ...urls, '--tables', 'nothing', '--evidence', at('new')]);
    expect(without.exitCode).toBe(2);
    expect(existsSync(at('new'))).toBe(false);
    expect((await check('full')).stderr).toContain('it has no SHA256SUMS');
    expect((await check('kept', '--manifest-hash', 'abc')).exitCode).toBe(2);
  });
});
