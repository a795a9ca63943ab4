import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** The manifest that `sha256sum -c` reads, the one with sizes for programs, and the signature of the first. */
export const SUMS_FILE = 'SHA256SUMS';
export const MANIFEST_FILE = 'manifest.json';
export const SIGNATURE_FILE = 'SHA256SUMS.sig';

/** A file of an evidence folder as the manifest knows it. */
export interface ListedFile {
  readonly name: string;
  readonly sha256: string;
}

const LINE = /^([0-9a-f]{64}) {2}([A-Za-z0-9][A-Za-z0-9._-]*)$/;

/** The SHA-256 sum of a file, however large, in hexadecimal digits. */
export async function sumFile(path: string): Promise<string> {
  const hash: Hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** The SHA-256 sum of bytes. */
export function sumBytes(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Sums up files of a folder, in the order of their names. */
export async function sumFiles(folder: string, names: readonly string[]): Promise<ListedFile[]> {
  const listed: ListedFile[] = [];
  for (const name of [...names].sort()) listed.push({ name, sha256: await sumFile(join(folder, name)) });
  return listed;
}

/** A line for each file, as `sha256sum` writes it. */
export function formatSums(files: readonly ListedFile[]): string {
  return files.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('');
}

/** Reads such lines back; null for a text that is none of ours. */
export function parseSums(text: string): ListedFile[] | null {
  const lines = text.split('\n');
  if (lines.pop() !== '' || lines.length === 0) return null;
  const files: ListedFile[] = [];
  for (const line of lines) {
    const [, sha256, name] = LINE.exec(line) ?? [];
    if (sha256 === undefined || name === undefined || files.some((file) => file.name === name)) return null;
    files.push({ name, sha256 });
  }
  return files;
}
