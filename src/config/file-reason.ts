const REASONS: Readonly<Record<string, string>> = {
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a directory',
  EEXIST: 'there is a file of this name already',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read only',
  EPIPE: 'the reader of the pipe went away',
  ENOSPC: 'no space is left on the disk',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its links lead in a circle',
};

/** Why a file cannot be written, in words that do not repeat its path. */
export function whyNotWritten(error: unknown): string {
  return reasonOf(error, 'the folder does not exist');
}

/** Why a file cannot be read, in words that do not repeat its path. */
export function whyNotRead(error: unknown): string {
  return reasonOf(error, 'there is no such file');
}

function reasonOf(error: unknown, missing: string): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT') return missing;
  return REASONS[code] ?? (error instanceof Error ? error.message : String(error));
}
