import type { KeyObject } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { whyNotRead } from '../config/file-reason.js';
import { usageError } from '../config/raw-flags.js';
import { type ListedFile, parseSums, SIGNATURE_FILE, SUMS_FILE, sumBytes, sumFile } from './manifest.js';
import { isSignedBy } from './signature.js';

/** What an evidence folder is held against. */
export interface EvidenceProofs {
  /** The sum of the manifest that was kept elsewhere, in hexadecimal digits; null where none is given. */
  readonly manifestHash: string | null;
  /** The key that belongs to the one that signed; null where none is given. */
  readonly publicKey: KeyObject | null;
}

/** What became of an evidence folder since it was written. */
export interface EvidenceCheck {
  readonly files: number;
  /** What is not as it was, a sentence each; empty where all is. */
  readonly faults: readonly string[];
  /** Null where there is no manifest any more. */
  readonly manifestHash: string | null;
  /** Whether a signature lies there, whoever made it. */
  readonly isSigned: boolean;
}

/** The manifest has a line for each of a dozen files. */
const MOST_MANIFEST_BYTES = 1 << 20;

/**
 * Holds the files of a folder against its manifest, and the manifest against what was kept elsewhere. Without that, whoever
 * can alter a file can write a manifest to fit.
 */
export async function checkEvidence(folder: string, proofs: EvidenceProofs): Promise<EvidenceCheck> {
  const spoiled = findSpoiled(folder, proofs);
  if (spoiled !== null) return spoiled;
  const { bytes, listed } = readManifest(folder);
  const manifestHash = sumBytes(bytes);
  const names = readdirSync(folder).sort();
  const known = new Set([...listed.map(({ name }) => name), SUMS_FILE, SIGNATURE_FILE]);
  const faults = [
    ...judgeManifest(folder, { bytes, manifestHash }, proofs),
    ...(await findAltered(folder, listed, names)),
    ...names.filter((name) => !known.has(name)).map((name) => `added: ${name}`),
  ];
  return { files: listed.length, faults, manifestHash, isSigned: names.includes(SIGNATURE_FILE) };
}

/** Who has something to hold it against knows that there was a manifest: one that is gone or spoiled was altered. */
function findSpoiled(folder: string, { manifestHash, publicKey }: EvidenceProofs): EvidenceCheck | null {
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  if ((manifestHash === null && publicKey === null) || !isFolder) return null;
  const isSigned = existsSync(join(folder, SIGNATURE_FILE));
  const path = join(folder, SUMS_FILE);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined)
    return { files: 0, faults: [`missing: ${SUMS_FILE}`], manifestHash: null, isSigned };
  if (found.isFile() && parseSums(readSmall(path).toString('utf8')) !== null) return null;
  const faults = [`altered: ${SUMS_FILE} (no manifest any more)`];
  return { files: 0, faults, manifestHash: null, isSigned };
}

async function findAltered(
  folder: string,
  listed: readonly ListedFile[],
  names: readonly string[],
): Promise<string[]> {
  const faults: string[] = [];
  for (const { name, sha256 } of listed) {
    const path = join(folder, name);
    if (!names.includes(name)) faults.push(`missing: ${name}`);
    // What is behind a link may be another file tomorrow.
    else if (!lstatSync(path).isFile()) faults.push(`altered: ${name} (no regular file any more)`);
    else if ((await sumFile(path)) !== sha256) faults.push(`altered: ${name}`);
  }
  return faults;
}

interface Manifest {
  readonly bytes: Buffer;
  readonly manifestHash: string;
}

function judgeManifest(folder: string, { bytes, manifestHash }: Manifest, proofs: EvidenceProofs): string[] {
  const { manifestHash: kept, publicKey } = proofs;
  const isKept = kept === null || kept.toLowerCase() === manifestHash;
  const faults = isKept ? [] : [`altered: ${SUMS_FILE} (its sum is ${manifestHash}, and ${kept} was kept)`];
  if (publicKey === null) return faults;
  const signature = readSignature(folder);
  if (signature === null) return [...faults, `missing: ${SIGNATURE_FILE}`];
  const isSigned = isSignedBy(bytes, { key: publicKey, signature });
  return isSigned ? faults : [...faults, `altered: ${SUMS_FILE} (not what the key has signed)`];
}

function readManifest(folder: string): { readonly bytes: Buffer; readonly listed: readonly ListedFile[] } {
  const path = join(folder, SUMS_FILE);
  const bytes = readSmall(path);
  const listed = parseSums(bytes.toString('utf8'));
  if (listed !== null) return { bytes, listed };
  throw noEvidence(folder, `its ${SUMS_FILE} is no manifest`);
}

function readSmall(path: string): Buffer {
  const folder = join(path, '..');
  try {
    const found = lstatSync(path);
    if (!found.isFile() || found.size > MOST_MANIFEST_BYTES)
      throw noEvidence(folder, 'its manifest is no such file');
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw noEvidence(folder, `it has no ${SUMS_FILE}, which a run writes at its end`);
    if (error instanceof Error && 'syscall' in error) throw noEvidence(folder, whyNotRead(error));
    throw error;
  }
}

function readSignature(folder: string): Buffer | null {
  try {
    return readFileSync(join(folder, SIGNATURE_FILE));
  } catch {
    // The caller says that it is missing.
    return null;
  }
}

function noEvidence(folder: string, why: string): Error {
  return usageError(
    `${folder} is no folder of evidence that can be checked: ${why}.`,
    'Name a folder that rowproof verify --evidence wrote.',
  );
}
