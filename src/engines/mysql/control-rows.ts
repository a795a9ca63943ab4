import { RowproofError } from '../../core/errors.js';
import type { ControlRow } from '../session.js';

/** A row as mysql2 hands it over, with every value as text. */
export function toControlRow(row: unknown): ControlRow {
  const entries = Object.entries(row as Record<string, unknown>);
  return Object.fromEntries(
    entries.map(([name, value]) => {
      if (value === null || value === undefined) return [name, null];
      return [name, Buffer.isBuffer(value) ? value.toString('utf8') : String(value)];
    }),
  );
}

/** What is wrong with a statement that turned out to be several. */
export function severalResults(): RowproofError {
  return new RowproofError({ code: 'read', message: 'A statement has more than one result.' });
}
