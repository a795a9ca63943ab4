import { optionError } from '../config/raw-flags.js';
import type { RowproofError } from '../core/errors.js';

/** The `usage` error about a waivers file as a whole. */
export function waiversError(message: string, hint: string): RowproofError {
  return optionError({ option: '--waivers', message, hint });
}
