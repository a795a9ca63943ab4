import { closeSync, existsSync, openSync, readSync, renameSync, statSync } from 'node:fs';

/** The header of a repair file is longer than this only where it lists rows, which come after the line that is looked for. */
const HEADER_BYTES = 16_384;
const STARTED_AT = /"startedAt":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"/;

/**
 * Moves a repair or undo file out of the way of a new one, since it may have been applied and its undo may be needed: it gets
 * the start of its run into its name. Returns the new name, null where there was no such file.
 */
export function keepEarlierFile(path: string): string | null {
  if (!existsSync(path)) return null;
  const started = (STARTED_AT.exec(readHead(path))?.[1] ?? statSync(path).mtime.toISOString()).replace(
    /[:.]/g,
    '-',
  );
  const [, stem = path, ending = ''] = /^(.*?)((?:\.undo)?\.[^./\\]*)?$/s.exec(path) ?? [];
  for (let number = 1; ; number++) {
    const kept = `${stem}.${started}${number === 1 ? '' : `-${number}`}${ending}`;
    if (existsSync(kept)) continue;
    renameSync(path, kept);
    return kept;
  }
}

function readHead(path: string): string {
  const descriptor = openSync(path, 'r');
  try {
    const head = Buffer.alloc(HEADER_BYTES);
    return head.toString('utf8', 0, readSync(descriptor, head));
  } finally {
    closeSync(descriptor);
  }
}
