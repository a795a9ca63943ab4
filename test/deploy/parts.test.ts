import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { useDatabase } from '../support/database.js';
import {
  openWorkshop,
  recipePath,
  type ScriptResult,
  type Variables,
  type Workshop,
} from './parts-recipes.js';

const source = useDatabase('mariadb');
const target = useDatabase('postgresql');
let shop: Workshop;

beforeAll(async () => {
  const rows = Array.from({ length: 900 }, (_, id) => `(${id}, 'v')`).join();
  for (const { run } of [source, target])
    await run(`CREATE TABLE orders (id int PRIMARY KEY, a varchar(20)); INSERT INTO orders VALUES ${rows}`);
  await source.run('ANALYZE TABLE orders');
  await target.run("UPDATE orders SET a = 'other' WHERE id IN (7, 501)");
});
beforeEach(() => {
  shop = openWorkshop({ source, target }, 'chunkRows: 10\nworkers: 1\nshowValues: true\n');
});
afterEach(() => shop.remove());

const changedIn = (result: string): unknown =>
  JSON.parse(readFileSync(shop.path(result, 'run.json'), 'utf8')).totals;
const FOUND = { sourceRows: 900, targetRows: 900, changed: 2, missing: 0, extra: 0 };
const codes = (results: readonly ScriptResult[]): (number | null)[] => results.map(({ status }) => status);

describe('the scripts of the Kubernetes Jobs', () => {
  /** The command of a Job's container, with its flags, as a process of this machine. */
  const runJob = (
    name: 'plan' | 'parts' | 'merge',
    env: Variables,
    { flags = [], onStart }: { flags?: readonly string[]; onStart?: (pid: number) => void } = {},
  ): Promise<ScriptResult> => {
    const manifest = parse(readFileSync(recipePath(`kubernetes/base/${name}.yaml`), 'utf8'));
    const [{ command, args }] = manifest.spec.template.spec.containers;
    const words = [...command, ...args, ...flags].map((word: string) =>
      word.replace('/opt/scripts', recipePath('parts')).replace('/etc/rowproof', shop.folder),
    );
    const own = { ROWPROOF_FOLDER: shop.path('work'), ROWPROOF_PARTS: '3', ...env };
    return shop.run(`exec ${words.map((word) => `'${word}'`).join(' ')}`, own, onStart);
  };
  const runPart = (index: number, env: Variables = {}, ...more: [Parameters<typeof runJob>[2]?]) =>
    runJob('parts', { JOB_COMPLETION_INDEX: String(index), ...env }, ...more);
  const SLOWLY = ['--max-rows-per-second', '60'];
  const journal = (): string => shop.path('work', 'journal-1');
  const untilKept = async (): Promise<void> => {
    const isKept = (): boolean =>
      existsSync(journal()) &&
      readdirSync(journal(), { recursive: true, encoding: 'utf8' }).some(
        (name) =>
          name.endsWith('.journal') && readFileSync(join(journal(), name), 'utf8').includes('"learned"'),
      );
    while (!isKept()) await new Promise((resolve) => setTimeout(resolve, 25));
  };

  /** What was written a moment ago was written a minute ago. */
  const letTimePass = (): void => {
    const then = new Date(Date.now() - 60_000);
    for (const name of readdirSync(journal(), { recursive: true, encoding: 'utf8' }))
      utimesSync(join(journal(), name), then, then);
  };

  it('end with 0 where a part is written, whatever it found, and with the verdict where they are merged', async () => {
    expect((await runJob('plan', {})).status).toBe(0);
    expect(codes(await Promise.all([0, 1, 2].map((index) => runPart(index))))).toEqual([0, 0, 0]);
    const merged = await runJob('merge', {});
    expect(merged.stdout).toMatch(/^DIFFERENT/);
    expect(merged.status).toBe(1);
    expect(changedIn('work/result')).toMatchObject(FOUND);
    const before = statSync(shop.path('work', 'part-1.json')).mtimeMs;
    expect((await runPart(0)).status).toBe(0);
    expect(statSync(shop.path('work', 'part-1.json')).mtimeMs).toBe(before);
    const again = await runJob('plan', {});
    expect(again.stderr).toMatch(/There is a run in .*work already/);
    expect(again.status).toBe(2);
    rmSync(shop.path('work', 'part-3.json'));
    const open = await runJob('merge', {});
    expect(open.stdout).toContain('part 3 of 3 is missing');
  }, 120_000);

  it.each([
    ['killed', 'SIGKILL', null],
    ['told to stop', 'SIGTERM', 130],
  ] as const)(
    'go on where a pod that was %s was',
    async (_title, signal, status) => {
      await runJob('plan', {});
      let pid = 0;
      const stopped = runPart(
        0,
        {},
        {
          flags: SLOWLY,
          onStart: (started) => {
            pid = started;
          },
        },
      );
      await untilKept();
      // All of a pod is killed; only its first process is told to stop.
      process.kill(signal === 'SIGKILL' ? -pid : pid, signal);
      expect((await stopped).status).toBe(status);
      expect(existsSync(shop.path('work', 'part-1.json'))).toBe(false);
      letTimePass();
      const again = await runPart(0);
      expect(again.stderr).toContain('Going on with run');
      expect(again.status).toBe(0);
      expect(codes(await Promise.all([1, 2].map((index) => runPart(index))))).toEqual([0, 0]);
      expect((await runJob('merge', {})).status).toBe(1);
      expect(changedIn('work/result')).toMatchObject(FOUND);
    },
    120_000,
  );

  it('end with 75 where there was no time for all of a part, and go on', async () => {
    await runJob('plan', {});
    const stopped = await runPart(0, {}, { flags: ['--max-runtime', '1s', ...SLOWLY] });
    expect(stopped.status).toBe(75);
    const again = await runPart(0, {}, { flags: [] });
    expect(again.stderr).toContain('Going on with run');
  }, 120_000);

  it('begin anew where a journal does not fit any more', async () => {
    await runJob('plan', {});
    mkdirSync(join(journal(), '20260101-000000-abcdef'), { recursive: true });
    writeFileSync(join(journal(), '20260101-000000-abcdef', 'sitting-0001.journal'), 'nothing');
    const read = await runPart(0);
    expect(existsSync(shop.path('work', 'part-1.json'))).toBe(true);
    expect(read.status).toBe(0);
  }, 120_000);

  it('fail as rowproof does, where nothing is written', async () => {
    expect((await runJob('plan', {}, { flags: ['--tables', 'nothing'] })).status).toBe(2);
    await runJob('plan', {});
    expect((await runPart(3)).status).toBe(2);
    expect((await runPart(0, { MYSQL_PWD: 'wrong' })).status).toBe(4);
  }, 120_000);

  it('copy by a command of the user where no folder is common', async () => {
    mkdirSync(shop.path('store'));
    const store = shop.path('store');
    const pod = (name: string) => ({
      ROWPROOF_FOLDER: shop.path(name),
      ROWPROOF_GET: `cp "${store}/$(basename "$1")" "$1"`,
      ROWPROOF_PUT: `cp "$1" "${store}/"`,
      ROWPROOF_GET_ALL: `cp "${store}"/* "$1"`,
    });
    expect((await runJob('plan', pod('pod-plan'))).status).toBe(0);
    const read = [0, 1, 2].map((index) => runPart(index, pod(`pod-${index}`)));
    expect(codes(await Promise.all(read))).toEqual([0, 0, 0]);
    expect((await runJob('merge', pod('pod-merge'))).status).toBe(1);
    expect(readdirSync(store)).toEqual(
      expect.arrayContaining(['run.json', 'run.html', 'differences.ndjson']),
    );
    const broken = { ...pod('pod-broken'), ROWPROOF_PUT: 'false' };
    expect((await runPart(0, broken)).status).toBe(4);
  }, 120_000);

  it('take passwords from files that a group may read', async () => {
    mkdirSync(shop.path('secret'));
    const [mysql, postgresql] = [source, target].map(({ url }) => decodeURIComponent(new URL(url).password));
    writeFileSync(shop.path('secret', '.my.cnf'), `[client]\npassword=${mysql}\n`);
    writeFileSync(shop.path('secret', '.pgpass'), `*:*:*:*:${postgresql}\n`);
    for (const name of ['.my.cnf', '.pgpass']) chmodSync(shop.path('secret', name), 0o440);
    const planned = await runJob('plan', {
      ...{ MYSQL_PWD: undefined, PGPASSWORD: undefined },
      ROWPROOF_PASSWORD_FILES: shop.path('secret'),
    });
    expect(planned.status).toBe(0);
    expect(statSync(shop.path('home', '.pgpass')).mode & 0o077).toBe(0);
  }, 120_000);
});

describe('the workflow for GitHub', () => {
  interface Workflow {
    readonly env: Readonly<Record<string, string>>;
    readonly jobs: Readonly<
      Record<
        string,
        {
          readonly steps: readonly { readonly id?: string; readonly run?: string }[];
          readonly strategy?: { readonly matrix: { readonly part: readonly number[] } };
        }
      >
    >;
  }
  const workflow = parse(readFileSync(recipePath('github/parts.yml'), 'utf8')) as Workflow;

  it('plans, reads and merges as many parts as its matrix has', async () => {
    const { plan, part, merge } = workflow.jobs;
    expect(String(part?.strategy?.matrix.part.length)).toBe(workflow.env.ROWPROOF_PARTS);
    const script = (job: typeof plan): string => job?.steps.find(({ id }) => id === 'run')?.run ?? '';
    const env = { ROWPROOF_PARTS: '3', ROWPROOF_FOLDER: shop.path('run') };
    expect((await shop.run(script(plan), env)).status).toBe(0);
    const read = [0, 1, 2].map((index) =>
      shop.run(script(part), { ...env, JOB_COMPLETION_INDEX: String(index) }),
    );
    expect(codes(await Promise.all(read))).toEqual([0, 0, 0]);
    const summary = { GITHUB_STEP_SUMMARY: shop.path('summary') };
    const merged = await shop.run(script(merge), { ...env, ...summary });
    expect(merged.status).toBe(1);
    expect(merged.stdout).toContain('::error');
    expect(changedIn('run/result')).toMatchObject(FOUND);
    // What leaves a machine has no values.
    expect(readFileSync(shop.path('run', 'result', 'differences.ndjson'), 'utf8')).not.toContain('other');
    for (const name of readdirSync(shop.path('run')).filter((each) => each.endsWith('.ndjson')))
      expect(readFileSync(shop.path('run', name), 'utf8')).not.toContain('"other"');
  }, 120_000);

  it('puts no expression into a script, where it would be code', () => {
    for (const { steps } of Object.values(workflow.jobs))
      for (const { run = '' } of steps) expect(run).not.toContain('${{');
  });
});

describe('the pipeline for GitLab', () => {
  it('plans, reads and merges as many parts as it has jobs', async () => {
    const pipeline = parse(readFileSync(recipePath('gitlab/parts.yml'), 'utf8'));
    const { variables } = pipeline['.rowproof-parts'];
    expect(String(pipeline['rowproof-part'].parallel)).toBe(variables.ROWPROOF_PARTS);
    const env = { ROWPROOF_PARTS: '3', ROWPROOF_FOLDER: shop.path('run') };
    const script = (job: string): string => ['set -e', ...pipeline[job].script].join('\n');
    expect((await shop.run(script('rowproof-plan'), env)).status).toBe(0);
    const read = ['1', '2', '3'].map((index) =>
      shop.run(script('rowproof-part'), { ...env, CI_NODE_INDEX: index }),
    );
    expect(codes(await Promise.all(read))).toEqual([0, 0, 0]);
    expect((await shop.run(script('rowproof-merge'), env)).status).toBe(1);
    expect(existsSync(shop.path(pipeline['rowproof-merge'].artifacts.reports.junit))).toBe(true);
    expect(changedIn('run/result')).toMatchObject(FOUND);
  }, 120_000);
});

/** Runs what is submitted at once, the tasks of an array beside each other, and numbers jobs. Notes how each ended. */
const SBATCH = `#!/bin/sh
jobs="$HOME/jobs"; touch "$jobs"; number=$(($(wc -l <"$jobs") + 1)); wrap=; first=; last=; file=
for word; do
  case $word in
    --wrap=*) wrap=\${word#--wrap=} ;;
    --array=*) range=\${word#--array=}; first=\${range%-*}; last=\${range#*-} ;;
    -*) ;;
    *) file=$word ;;
  esac
done
if [ -n "$wrap" ]; then sh -c "$wrap" >"$HOME/out-$number" 2>&1; code=$?
else
  pids=; code=0; task=$first
  while [ "$task" -le "$last" ]; do
    SLURM_ARRAY_TASK_ID=$task sh "$file" >"$HOME/out-$number-$task" 2>&1 & pids="$pids $!"; task=$((task + 1))
  done
  for pid in $pids; do wait "$pid" || code=$?; done
fi
echo "$code" >>"$jobs"; echo "$number"
`;

describe('the Slurm array', () => {
  it('plans, reads each part as a task of its own, and merges', async () => {
    shop.program('sbatch', SBATCH);
    cpSync(recipePath('slurm'), shop.path('deploy', 'slurm'), { recursive: true });
    cpSync(recipePath('parts'), shop.path('deploy', 'parts'), { recursive: true });
    const { stdout, stderr, status } = await shop.run('sh deploy/slurm/submit.sh run 3 rowproof.yaml');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Plan 1, parts 2, merge 3: /);
    expect(readFileSync(shop.path('home', 'jobs'), 'utf8')).toBe('0\n0\n1\n');
    expect(changedIn('run/result')).toMatchObject(FOUND);
  }, 120_000);
});
