import { createReadStream } from 'node:fs';
import { whyNotRead } from '../config/file-reason.js';
import { usageError } from '../config/raw-flags.js';

/** A row may hold values of many megabytes; a file without line ends is none of ours. */
const MOST_LINE = 256 << 20;

/** Reads a file line by line, however long it is; the last line end is none of a line. */
export async function* readLines(path: string): AsyncGenerator<string> {
  let open: string[] = [];
  let length = 0;
  try {
    for await (const piece of createReadStream(path, 'utf8') as AsyncIterable<string>) {
      const [first = '', ...rest] = piece.split('\n');
      open.push(first);
      length += first.length;
      if (length > MOST_LINE) throw new Error(`a line is longer than ${MOST_LINE >> 20} MiB`);
      for (const line of rest) {
        yield open.join('');
        open = [line];
        length = line.length;
      }
    }
  } catch (error) {
    throw usageError(`Cannot read ${path}: ${whyNotRead(error)}.`, 'Name a file that --differences wrote.');
  }
  if (length > 0) yield open.join('');
}
