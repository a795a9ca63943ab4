import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const PIECE_BYTES = 1 << 16;

/** Reads a file or pipe that a user named, up to a size: a device has no end, and a pipe nobody knows. */
export function readTextFile(path: string, mostBytes: number): string {
  const file = openSync(path, 'r');
  try {
    if (fstatSync(file).isDirectory()) throw new Error('it is a directory');
    const pieces: Buffer[] = [];
    for (let total = 0; ; ) {
      const piece = Buffer.allocUnsafe(PIECE_BYTES);
      const length = readSync(file, piece, 0, PIECE_BYTES, null);
      if (length === 0) return Buffer.concat(pieces).toString('utf8');
      total += length;
      if (total > mostBytes) throw new Error(`it is larger than ${mostBytes >> 20} MiB`);
      pieces.push(piece.subarray(0, length));
    }
  } finally {
    closeSync(file);
  }
}
