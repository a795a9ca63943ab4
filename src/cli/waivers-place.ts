import { whyNotRead } from '../config/file-reason.js';
import { waiversError } from '../waivers/waivers-error.js';
import { parseWaivers, type WaiversFile } from '../waivers/waivers-file.js';
import { readTextFile } from './read-text-file.js';

/** As many rows as may be waived take a quarter of it. */
const MOST_WAIVERS_BYTES = 16 << 20;

/** Reads a waivers file as it holds on a UTC day; throws a `usage` error where it cannot be read or says something wrong. */
export function readWaiversFile(path: string, today: string): WaiversFile {
  return parseWaivers({ path, text: readWaiversText(path), today });
}

/** The text of a waivers file. */
export function readWaiversText(path: string): string {
  try {
    return readTextFile(path, MOST_WAIVERS_BYTES);
  } catch (error) {
    throw waiversError(
      `Cannot read the waivers ${path}: ${whyNotRead(error)}.`,
      'rowproof waive writes such a file.',
    );
  }
}
