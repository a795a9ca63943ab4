import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder that keeps what was fetched for the tests, from one run to the next: the one that ROWPROOF_TEST_CACHE names,
 * else one for this user below the system's folder for temporary files, which the users of the servers may enter.
 */
export function cacheFolder(): string {
  const folder =
    process.env.ROWPROOF_TEST_CACHE || join(tmpdir(), `rowproof-servers-${process.getuid?.() ?? 'user'}`);
  mkdirSync(folder, { recursive: true });
  const owner = statSync(folder).uid;
  if (process.getuid !== undefined && owner !== process.getuid())
    throw new Error(`The cache folder ${folder} belongs to another user: name one in ROWPROOF_TEST_CACHE.`);
  chmodSync(folder, 0o755);
  return folder;
}

/**
 * The folder of this name in the cache, filled first where it is not there. It gets its name when it is complete, so a
 * fetch that was interrupted leaves nothing that a later run would take for whole.
 */
export async function keepInCache(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const kept = join(cacheFolder(), name);
  if (existsSync(kept)) return kept;
  const folder = mkdtempSync(join(cacheFolder(), `.${name}-`));
  try {
    chmodSync(folder, 0o755);
    await fill(folder);
    if (!existsSync(kept)) renameSync(folder, kept);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return kept;
}
