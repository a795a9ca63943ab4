import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly inBundle?: boolean;
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly bundleDependencies: readonly string[];
}

const read = <Content>(name: string): Content =>
  JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')) as Content;

const lock = read<{ readonly packages: Readonly<Record<string, LockedPackage>> }>('package-lock.json');
const manifest = read<Manifest>('package.json');
const packages = Object.entries(lock.packages).filter(([path]) => path !== '');

const namesOf = (holds: (each: LockedPackage) => boolean): string[] =>
  packages.filter(([, each]) => holds(each)).map(([path]) => path);

describe('the lock file', () => {
  it('holds the digest of every package, so that none can be swapped under its version', () => {
    expect(packages.length).toBeGreaterThan(100);
    expect(namesOf(({ integrity }) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ''))).toEqual([]);
  });

  it('names no host to take packages from', () => {
    expect(namesOf(({ resolved }) => resolved !== undefined)).toEqual([]);
  });

  it('runs no script of a package that is needed', () => {
    expect(
      namesOf(({ hasInstallScript, dev, optional }) => hasInstallScript === true && !dev && !optional),
    ).toEqual([]);
  });
});

describe('the package', () => {
  it('brings every package along that it needs, at the version that was tested', () => {
    expect([...manifest.bundleDependencies].sort()).toEqual(Object.keys(manifest.dependencies).sort());
    expect(
      Object.values(manifest.dependencies).filter((version) => !/^\d+\.\d+\.\d+$/.test(version)),
    ).toEqual([]);
    // Types are for compilers only.
    const left = namesOf(({ dev, optional, inBundle }) => !dev && !optional && inBundle !== true);
    expect(left.filter((path) => !/^node_modules\/(@types\/node|undici-types)$/.test(path))).toEqual([]);
  });
});
