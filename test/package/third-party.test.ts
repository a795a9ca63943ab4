import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const LICENCE_FILE = /^(licen[cs]e|copying)/i;
/** A package without such a file has the text at the end of its README. */
const LICENCE_TEXT = /Permission is hereby granted, free of charge/;
const KNOWN_LICENCES = ['Apache-2.0', 'ISC', 'MIT'];

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(join(CHECKOUT, path), 'utf8'));
const lock = readJson('package-lock.json') as {
  readonly packages: Readonly<Record<string, { readonly inBundle?: boolean; readonly optional?: boolean }>>;
};

/** What is only for one platform is set aside while the tarball is packed, and types are for compilers only. */
const NOT_PACKED = /^node_modules\/(@napi-rs\/|@types\/|undici-types$)/;

/** Packages whose code is in the tarball. */
const bundled = Object.entries(lock.packages)
  .filter(([path, { inBundle }]) => inBundle === true && !NOT_PACKED.test(path))
  .map(([path]) => ({ path, ...(readJson(`${path}/package.json`) as Package) }));

function findLicence(path: string): string | null {
  const files = readdirSync(join(CHECKOUT, path));
  const own = files.find((file) => LICENCE_FILE.test(file));
  if (own !== undefined) return own;
  const readme = files.find((file) => /^readme/i.test(file));
  if (readme === undefined) return null;
  return LICENCE_TEXT.test(readFileSync(join(CHECKOUT, path, readme), 'utf8')) ? readme : null;
}

function formatList(): string {
  const rows = bundled
    .map(
      ({ path, name, version, license }) =>
        `| ${name} | ${version} | ${license} | ${path}/${findLicence(path)} |`,
    )
    .sort();
  return `# Code of others in this package

The tarball brings the packages along that Rowproof needs. Each has the text of its licence beside its code, in the file that is named
here. \`dist/hashing/kernel.wasm\` is compiled by [AssemblyScript](https://github.com/AssemblyScript/assemblyscript), whose standard library
(Apache-2.0) is in it as far as it is used.

| package | version | licence | text |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}

describe('the packages in the tarball', () => {
  it('have a licence that is known, and its text beside them', () => {
    expect(bundled.length).toBeGreaterThan(40);
    expect(bundled.filter(({ license }) => !KNOWN_LICENCES.includes(license))).toEqual([]);
    expect(bundled.filter(({ path }) => findLicence(path) === null)).toEqual([]);
  });

  /** `vitest run -u` writes the file anew. */
  it('are listed, each', async () => {
    await expect(formatList()).toMatchFileSnapshot('../../THIRD-PARTY.md');
    expect((readJson('package.json') as { readonly files: readonly string[] }).files).toContain(
      'THIRD-PARTY.md',
    );
  });
});
