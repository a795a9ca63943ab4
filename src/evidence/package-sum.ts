import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PARTS = ['bin', 'dist'];

/**
 * A SHA-256 sum over the files of the program that runs, by their names: the same for the same package, wherever it was
 * installed. Packages that it uses are named with their versions in its `package.json`, which is among them.
 */
export function sumPackage(): string {
  const sum = createHash('sha256');
  const files = PARTS.map((part) => join(ROOT, part)).flatMap((folder) => listFiles(folder));
  for (const file of [...files, join(ROOT, 'package.json')].sort()) {
    const name = relative(ROOT, file).split(sep).join('/');
    sum.update(`${createHash('sha256').update(readFileSync(file)).digest('hex')}  ${name}\n`);
  }
  return sum.digest('hex');
}

function listFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
