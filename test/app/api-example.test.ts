import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '../support/database.js';

const page = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```[jt]s\n(.*?)```/gs)].map(([, code]) => code ?? '');

describe('the examples of docs/api.md', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');
  // Below the package, so that its own name resolves as it does for a program that installed it.
  const folder = mkdtempSync(new URL('../../dist/example-', import.meta.url).pathname);
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeAll(async () => {
    for (const side of [source, target]) {
      await side.run('CREATE TABLE orders (id int PRIMARY KEY, status varchar(10))');
      await side.run("INSERT INTO orders VALUES (1, 'new'), (2, 'paid')");
    }
    await target.run("UPDATE orders SET status = 'lost' WHERE id = 2");
  });

  const run = (example: string | undefined) => {
    const path = join(folder, 'example.mjs');
    writeFileSync(path, example ?? '');
    const env = { ...process.env, OLD: source.url, NEW: target.url };
    return promisify(execFile)(process.execPath, [path], { env, cwd: folder });
  };

  it('print what differs while it is found, and exit as the verdict says', async () => {
    await expect(run(examples[0])).rejects.toMatchObject({
      code: 1,
      stdout: [
        'public.orders changed {"id":"2"} status',
        'public.orders: different',
        'different: 0 missing, 0 extra, 1 changed\n',
      ].join('\n'),
    });
  });

  it('print what differs at the end', async () => {
    const { stdout } = await run(examples[1]);
    expect(stdout).toBe('public.orders: different\npublic.orders changed {"id":"2"} status\n');
  });

  it('save a result, without values where they are hidden, and render it again', async () => {
    const { stdout } = await run(examples[2]);
    expect(stdout).toMatch(/^DIFFERENT: 1 of 1 table differs/);
    const saved = readFileSync(join(folder, 'run.json'), 'utf8');
    expect(saved).toContain('"conditions"');
    expect(saved).not.toContain('lost');
  });

  it('are TypeScript under strict, types of settings, events and outcome included', async () => {
    const paths = examples.map((code, index) => {
      const path = join(folder, `typed-${index}.mts`);
      writeFileSync(path, code);
      return path;
    });
    const flags = '--strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess --types node'.split(' ');
    const language = ['--ignoreConfig', '--target', 'es2023', '--module', 'nodenext'];
    const { stdout } = await promisify(execFile)('npx', ['tsc', ...language, ...flags, ...paths]);
    expect(stdout).toBe('');
    const typed = run(readFileSync(join(folder, 'typed-3.mjs'), 'utf8'));
    await expect(typed).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^DIFFERENT: 1 table, 2 source and 2 target rows read; .* 1 changed,/),
      stderr: "public.orders changed { id: '2' }\n",
    });
  }, 60_000);

  it.each([
    ["resolveConfig({ source: 'mysql://a/b', target: 'mysql://c/d', hideValues: true })", 'hideValues'],
    [
      "await verify({ source: 'mysql://a/b', target: 'mysql://c/d' })",
      'Expected a config that resolveConfig',
    ],
    ["await planRun({ source: 'mysql://a/b' })", 'Expected a config that resolveConfig'],
    ["startVerify(resolveConfig({ source: 'mysql://a/b', target: 'mysql://c/d' }), { signl: 1 })", '"signl"'],
    ['formatReport({}, { colour: true })', 'formatReport has no option "colour".'],
    [
      "formatReport({}, { format: 'xml' })",
      'Expected format to be one of table, json, html, junit, github, markdown, prometheus, got xml.',
    ],
  ])('%s is refused without types too', async (call, message) => {
    const names = 'formatReport, planRun, resolveConfig, startVerify, verify';
    const program = `import { ${names} } from 'rowproof';\nawait (async () => { ${call}; })().catch((error) => console.log(error.code, error.message));`;
    const { stdout } = await run(program);
    expect(stdout).toMatch(/^usage /);
    expect(stdout).toContain(message);
  });

  it('can have the schema of a config file', async () => {
    const schema = "import.meta.resolve('rowproof/schema/rowproof.schema.json')";
    const { stdout } = await run(`import { readFileSync } from 'node:fs';
      console.log(JSON.parse(readFileSync(new URL(${schema}), 'utf8')).title);`);
    expect(stdout).toBe('Rowproof config file\n');
  });
});
