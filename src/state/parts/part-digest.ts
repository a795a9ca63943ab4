import { createHash } from 'node:crypto';
import { stringifyExact } from '../../core/exact-json.js';
import type { PartFile } from './part-format.js';

/** The digest of a part, by which one shows that was altered or copied wrongly: what it says is taken for what was compared. */
export function digestPart(part: Omit<PartFile, 'digest'>): string {
  return createHash('sha256').update(stringifyExact(part)).digest('hex').slice(0, 32);
}
