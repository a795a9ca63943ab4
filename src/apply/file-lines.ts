import type { FileHandle } from 'node:fs/promises';

/** A line of a file and where it stands; the first is line 1. */
export interface FileLine {
  readonly number: number;
  readonly text: string;
  /** Offset of the line in bytes, and of what follows it. */
  readonly start: number;
  readonly end: number;
}

/** Bytes that are no text: the file is none that Rowproof or a client of a server wrote. */
export class NotUtf8 extends Error {}

const READ_BYTES = 1 << 18;
const LINE_BREAK = 0x0a;

/**
 * Reads a file line by line; only `\n` ends a line, since text may hold every other separator. Throws where the bytes
 * are not UTF-8, a `NotUtf8`. `complete` is false for a last line without its line break.
 */
export async function* readLines(
  file: FileHandle,
): AsyncGenerator<FileLine & { readonly complete: boolean }> {
  const decode = decoderOfLines();
  const buffer = Buffer.alloc(READ_BYTES);
  let pieces: Buffer[] = [];
  let number = 1;
  let start = 0;
  let position = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, READ_BYTES, position);
    if (bytesRead === 0) break;
    const chunk = buffer.subarray(0, bytesRead);
    let from = 0;
    for (let at = chunk.indexOf(LINE_BREAK); at >= 0; at = chunk.indexOf(LINE_BREAK, from)) {
      pieces.push(chunk.subarray(from, at));
      const end = position + at + 1;
      yield { number, text: decode(pieces), start, end, complete: true };
      pieces = [];
      number++;
      start = end;
      from = at + 1;
    }
    if (from < bytesRead) pieces.push(Buffer.from(chunk.subarray(from)));
    position += bytesRead;
  }
  if (pieces.length === 0) return;
  yield { number, text: decode(pieces), start, end: position, complete: false };
}

function decoderOfLines(): (pieces: readonly Buffer[]) => string {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return (pieces) => {
    try {
      return decoder.decode(joinPieces(pieces));
    } catch (error) {
      throw new NotUtf8('The file is not UTF-8', { cause: error });
    }
  };
}

function joinPieces(pieces: readonly Buffer[]): Buffer {
  return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
}
