import { optionError } from '../config/raw-flags.js';
import type { RowDifference, RowHashes } from '../core/difference.js';

/**
 * The hashes of a saved row whose values were hidden; null where it has its values. Throws a `usage` error where it has
 * neither, or hashes of another secret: what is accepted is the row with its values.
 */
export function hashesOfHidden(row: RowDifference, secretCheck: string | null): RowHashes | null {
  const { source, target, hashes } = row;
  if (source !== null || target !== null) return null;
  if (hashes === undefined) {
    throw optionError({
      option: '--differences',
      message:
        'The values of the rows were hidden when --differences was written, and no secret was given then.',
      hint: 'Run verify with ROWPROOF_KEY or --key-file, or without --hide-values.',
    });
  }
  if (hashes.secret === secretCheck) return hashes;
  throw optionError({
    option: '--differences',
    message: `The rows of --differences were hashed with a secret, and ${secretCheck === null ? 'none is given' : 'another one is given'}.`,
    hint: 'Give the secret with which verify ran: ROWPROOF_KEY, or --key-file PATH.',
  });
}
