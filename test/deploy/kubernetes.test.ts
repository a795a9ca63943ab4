import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { Job } from 'kubernetes-models/batch/v1';
import { ConfigMap, PersistentVolumeClaim } from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { parseCommandLine } from '../../src/cli/command-line.js';
import { parseConfigFile } from '../../src/config/parse-config-file.js';
import { recipePath } from './parts-recipes.js';

interface Named {
  readonly name: string;
}
interface Container {
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly (Named & { readonly value: string })[];
  readonly securityContext: unknown;
  readonly volumeMounts: readonly (Named & { readonly mountPath: string; readonly readOnly?: boolean })[];
}
interface Manifest {
  readonly kind: string;
  readonly metadata: Named & { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly completions?: number;
    readonly completionMode?: string;
    readonly backoffLimitPerIndex?: number;
    readonly podFailurePolicy: {
      readonly rules: readonly {
        readonly action: string;
        readonly onExitCodes?: { readonly values: readonly number[] };
      }[];
    };
    readonly template: {
      readonly spec: {
        readonly restartPolicy: string;
        readonly automountServiceAccountToken: boolean;
        readonly securityContext: unknown;
        readonly containers: readonly [Container];
        readonly volumes: readonly (Named & { readonly emptyDir?: unknown; readonly secret?: unknown })[];
      };
    };
  };
}

const read = (name: string): string => readFileSync(recipePath(`kubernetes/${name}`), 'utf8');
const readJob = (name: string): Manifest => parse(read(`base/${name}.yaml`)) as Manifest;
const JOBS = ['plan', 'parts', 'merge'];
const SCHEMAS = { Job, ConfigMap, PersistentVolumeClaim };

/** Throws for what Kubernetes' own schema does not allow. */
function validate(manifest: Manifest): void {
  const Schema = SCHEMAS[manifest.kind as keyof typeof SCHEMAS];
  new Schema(manifest as never).validate();
}

const codesOf = ({ spec }: Manifest, action: string): readonly number[] =>
  spec.podFailurePolicy.rules.flatMap((rule) =>
    rule.action === action ? (rule.onExitCodes?.values ?? []) : [],
  );

describe.each(JOBS)('the Kubernetes Job %s', (name) => {
  const job = readJob(name);
  const { spec: pod } = job.spec.template;
  const [container] = pod.containers;

  it('is what the schema of Kubernetes allows, which refuses it with a word more', () => {
    expect(() => validate(job)).not.toThrow();
    const spec = { ...job.spec, podFailurePolicy: { rules: [{ action: 'Retry' }] } };
    expect(() => validate({ ...job, spec } as unknown as Manifest)).toThrow();
  });

  it('is no root, may not become one, and has a root that is read-only', () => {
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 10001, fsGroup: 10001 });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(pod.automountServiceAccountToken).toBe(false);
    // Kubernetes takes policies about failures only of pods that are not started again.
    expect(pod.restartPolicy).toBe('Never');
  });

  it('mounts what it has, and writes to the folder of the run and to /tmp alone', () => {
    expect(container.volumeMounts.map((each) => each.name)).toEqual(pod.volumes.map((each) => each.name));
    const writable = container.volumeMounts.filter(({ readOnly }) => readOnly !== true);
    expect(writable.map(({ mountPath }) => mountPath)).toEqual(['/work', '/tmp']);
    expect(container.env.find((each) => each.name === 'ROWPROOF_FOLDER')?.value).toMatch(/^\/work\/./);
  });

  it('runs a script that there is, with flags that its command has', async () => {
    const script = container.command[1]?.replace('/opt/scripts/', 'parts/') ?? '';
    expect(existsSync(recipePath(script))).toBe(true);
    const words = {
      plan: ['plan', '--parts', '3', '--output', 'x'],
      parts: ['verify', '--plan', 'x', '--part', '1'],
      merge: ['merge', 'part-1.json'],
    }[name];
    const { kind } = await parseCommandLine([...(words ?? []), ...container.args], 80);
    expect(kind).toBe(words?.[0]);
  });
});

describe('the Jobs together', () => {
  const [plan, parts, merge] = JOBS.map(readJob);

  it('read as many parts as are planned, in one folder', () => {
    const settingOf = (job: Manifest | undefined, name: string): string | undefined =>
      job?.spec.template.spec.containers[0].env.find((each) => each.name === name)?.value;
    expect(settingOf(plan, 'ROWPROOF_PARTS')).toBe(String(parts?.spec.completions));
    expect(parts?.spec.completionMode).toBe('Indexed');
    const folders = [plan, parts, merge].map((job) => settingOf(job, 'ROWPROOF_FOLDER'));
    expect(new Set(folders).size).toBe(1);
  });

  it('try nothing again that has a result, and all that failed', () => {
    if (plan === undefined || parts === undefined || merge === undefined)
      throw new Error('A Job is missing.');
    expect(codesOf(merge, 'FailJob')).toEqual([1, 2, 3]);
    expect(codesOf(parts, 'FailIndex')).toEqual([1, 2, 3]);
    expect(codesOf(plan, 'FailJob')).toEqual([2]);
    expect(parts.spec.backoffLimitPerIndex).toBeGreaterThan(1);
  });

  it('take a config file without a password', () => {
    const text = read('base/rowproof.yaml');
    expect(() => parseConfigFile({ path: 'rowproof.yaml', text, variables: {} })).not.toThrow();
    expect(text).not.toMatch(/:\/\/[^@\n]*:[^@\n]*@/);
  });
});

const hasKustomize = spawnSync('kubectl', ['kustomize', '--help']).status === 0;
if (!hasKustomize) console.warn('Kustomizations are not built: kubectl is not installed.');

describe.skipIf(!hasKustomize)('a kustomization', () => {
  const build = (name: string): Manifest[] => {
    const { status, stdout, stderr } = spawnSync(
      'kubectl',
      ['kustomize', resolve(recipePath('kubernetes'), name)],
      {
        encoding: 'utf8',
      },
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
    return parseAllDocuments(stdout).map((each) => each.toJS() as Manifest);
  };
  const jobsOf = (all: readonly Manifest[]): Manifest[] => all.filter(({ kind }) => kind === 'Job');

  it.each(['volume', 'copy'])('%s is valid, and has what its Jobs name', (name) => {
    const all = build(name);
    for (const each of all) validate(each);
    expect(jobsOf(all)).toHaveLength(3);
    const there = all.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    const named = JSON.stringify(jobsOf(all).map(({ spec }) => spec));
    for (const [, map] of named.matchAll(/"configMap(?:Ref)?":\{"name":"([^"]+)"/g))
      expect(there).toContain(`ConfigMap ${map}`);
    for (const [, claim] of named.matchAll(/"claimName":"([^"]+)"/g))
      expect(there).toContain(`PersistentVolumeClaim ${claim}`);
  });

  it('takes passwords from files where the component is added', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rowproof-kustomize-'));
    const from = (name: string): string => relative(realpathSync(folder), recipePath(`kubernetes/${name}`));
    writeFileSync(
      join(folder, 'kustomization.yaml'),
      `resources: [${from('volume')}]\ncomponents: [${from('password-files')}]\n`,
    );
    try {
      const jobs = jobsOf(build(folder));
      for (const job of jobs) {
        validate(job);
        const { containers, volumes } = job.spec.template.spec;
        expect(volumes.at(-1)).toMatchObject({ secret: { secretName: 'rowproof-password-files' } });
        expect(containers[0].env.at(-1)?.name).toBe('ROWPROOF_PASSWORD_FILES');
      }
      expect(jobs).toHaveLength(3);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('copy has no volume that pods share', () => {
    for (const { spec } of jobsOf(build('copy')))
      expect(spec.template.spec.volumes[0]).toEqual({ name: 'work', emptyDir: {} });
  });
});
