import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { parseCommandLine } from '../../src/cli/command-line.js';
import { planOutput } from '../../src/cli/output-plan.js';
import { parseConfigFile } from '../../src/config/parse-config-file.js';
import { useDatabase } from '../support/database.js';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const readRecipe = (path: string): string => readFileSync(join(CHECKOUT, path), 'utf8');

const source = useDatabase('mariadb');
const target = useDatabase('postgresql');
const programs = mkdtempSync(join(tmpdir(), 'rowproof-programs-'));
let folder: string;

beforeAll(async () => {
  const program = join(CHECKOUT, 'bin', 'rowproof.js');
  writeFileSync(join(programs, 'rowproof'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
  chmodSync(join(programs, 'rowproof'), 0o755);
  const rows = "INSERT INTO orders VALUES (1, 'paid'), (2, 'new')";
  await source.run(`CREATE TABLE orders (id INT PRIMARY KEY, status VARCHAR(20)); ${rows}`);
  await target.run(`CREATE TABLE orders (id INT PRIMARY KEY, status TEXT); ${rows}`);
});
afterAll(() => rmSync(programs, { recursive: true }));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rowproof-recipe-'));
  const urls = `source: ${JSON.stringify(source.url)}\ntarget: ${JSON.stringify(target.url)}\n`;
  writeFileSync(join(folder, 'rowproof.yaml'), urls);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a script of a recipe as a job does, in a folder of its own. */
function runScript(script: string, env: Readonly<Record<string, string>>) {
  const PATH = `${programs}${delimiter}${process.env.PATH}`;
  const { status, stdout, stderr } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script], {
    cwd: folder,
    env: { PATH, HOME: folder, ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

interface Step {
  readonly id?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

describe('the action for GitHub', () => {
  const action = parse(readRecipe('action.yml')) as {
    readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
    readonly runs: { readonly steps: readonly Step[] };
  };
  const compare = action.runs.steps.find(({ id }) => id === 'compare');
  const runAction = (inputs: Readonly<Record<string, string>> = {}) => {
    const readInput = (expression: string): string => {
      const [, name = ''] = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(expression) ?? [];
      return inputs[name] ?? action.inputs[name]?.default ?? '';
    };
    const env = Object.entries(compare?.env ?? {}).map(([name, value]) => [name, readInput(value)]);
    const places = { GITHUB_OUTPUT: join(folder, 'output'), GITHUB_STEP_SUMMARY: join(folder, 'summary') };
    return runScript(compare?.run ?? '', { ...Object.fromEntries(env), ...places });
  };
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

  it('reports equal databases with its summary, and keeps all reports in its folder', () => {
    const { status, stdout } = runAction();
    expect(stdout).toMatch(/^VERIFIED/);
    expect(status).toBe(0);
    expect(read('output')).toBe('exit-code=0\n');
    expect(read('summary')).toMatch(/^## ✅ Rowproof: verified/);
    for (const name of ['run.json', 'run.html', 'run.xml', 'differences.ndjson'])
      expect(existsSync(join(folder, 'rowproof-report', name))).toBe(true);
  });

  it('fails as the run does, annotates the job and shows no value unless it is asked to', async () => {
    await target.run("UPDATE orders SET status = 'secret' WHERE id = 2");
    const hidden = runAction();
    expect(hidden.status).toBe(1);
    expect(hidden.stdout).toMatch(/^::error title=.*orders differs::/m);
    expect(read('output')).toBe('exit-code=1\n');
    expect(hidden.stdout + read('summary') + read('rowproof-report/run.html')).not.toContain('secret');
    runAction({ 'hide-values': 'false' });
    expect(read('rowproof-report/run.html')).toContain('secret');
    await target.run("UPDATE orders SET status = 'new' WHERE id = 2");
  });

  it('hands each line of its arguments on as one word that no shell looks at', () => {
    const words = '--tables\norders\n\n--where\norders:id = 1 AND status <> "$(touch taken)"';
    const { status } = runAction({ arguments: words.replace('"$(touch taken)"', "'$(touch taken)'") });
    expect(status).toBe(0);
    expect(existsSync(join(folder, 'taken'))).toBe(false);
    expect(JSON.parse(read('rowproof-report/run.json')).scope.conditions).toHaveLength(1);
  });

  it('puts no input into a script, where it would be code', () => {
    for (const { run = '' } of action.runs.steps) expect(run).not.toContain('${{');
  });
});

describe('the job for GitLab', () => {
  it('runs, and keeps the reports that it writes', () => {
    const job = parse(readRecipe('deploy/gitlab.yml'))['.rowproof'] as {
      readonly script: readonly string[];
      readonly variables: Readonly<Record<string, string>>;
      readonly artifacts: { readonly paths: readonly string[]; readonly reports: { readonly junit: string } };
    };
    const { status, stdout } = runScript(job.script.join('\n'), job.variables);
    expect(stdout).toMatch(/^VERIFIED/);
    expect(status).toBe(0);
    for (const name of [...job.artifacts.paths, job.artifacts.reports.junit])
      expect(existsSync(join(folder, name))).toBe(true);
  });
});

describe('the job for Kubernetes', () => {
  const [config, job] = parseAllDocuments(readRecipe('deploy/cronjob.yaml')).map((each) => each.toJS());
  const { template } = job.spec.jobTemplate.spec;
  const [container] = template.spec.containers;

  it('asks for what rowproof has, and writes only where it may', async () => {
    const command = await parseCommandLine(container.args, 80);
    if (command.kind !== 'verify') throw new Error('It does not verify.');
    const plan = planOutput(command.flags, {});
    const writable = container.volumeMounts.filter(
      ({ readOnly }: { readOnly?: boolean }) => readOnly !== true,
    );
    const places = writable.map(({ mountPath }: { mountPath: string }) => mountPath);
    expect(places).toEqual(['/work', '/tmp']);
    for (const path of [...plan.files.map((file) => file.path), plan.differencesPath])
      expect(path).toMatch(/^\/work\//);
    const variables = { OLD_URL: 'mysql://a@b/c', NEW_URL: 'postgres://a@b/c' };
    const text = config.data['rowproof.yaml'];
    expect(() => parseConfigFile({ path: 'rowproof.yaml', text, variables })).not.toThrow();
  });

  it('is no root, may not become one, and has a root that is read-only', () => {
    expect(template.spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 10001 });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(template.spec.automountServiceAccountToken).toBe(false);
  });

  it('has volumes for what it mounts', () => {
    const names = (list: { name: string }[]) => list.map(({ name }) => name).sort();
    expect(names(container.volumeMounts)).toEqual(names(template.spec.volumes));
  });
});

describe('the scripts of the recipes', () => {
  it('are what a shell reads', () => {
    const { steps } = parse(readRecipe('action.yml')).runs as { readonly steps: readonly Step[] };
    for (const { run } of steps) if (run !== undefined) execFileSync('bash', ['-n'], { input: run });
  });
});
