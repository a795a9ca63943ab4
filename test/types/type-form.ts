import type { Value } from 'rowproof';
import type { TestEngine } from '../support/database.js';

/** A value in words that every engine shares: number text, hexadecimal digits, plain text. Null is NULL. */
export type Sample = string | null;

/** One way to store the values of a group: a column type of some engines, and how it spells a value. */
export interface TypeForm {
  readonly engines: readonly TestEngine[];
  readonly declared: string;
  /** The SQL of a value; null where this type cannot hold it. */
  readonly write: (sample: string, engine: TestEngine) => string | null;
  /** How a difference shows the stored value. */
  readonly show: (sample: string) => Value;
}

/** Values that must be the same wherever they are stored, and pairs that must never be. */
export interface TypeGroup {
  readonly name: string;
  readonly forms: readonly TypeForm[];
  /** Statements that must run before the tables are made. */
  readonly prepare?: Partial<Record<TestEngine, string>>;
  /** Whether the values of two forms have a rule; all do unless this says otherwise. */
  readonly pairs?: (source: TypeForm, target: TypeForm) => boolean;
  /** One sample, or the two spellings that the sides use. */
  readonly equal: readonly (string | readonly [string, string])[];
  readonly near: readonly (readonly [Sample, Sample])[];
}

export const MYSQL_FAMILY: readonly TestEngine[] = ['mysql', 'mariadb'];
export const POSTGRESQL: readonly TestEngine[] = ['postgresql'];
export const ALL_ENGINES: readonly TestEngine[] = [...MYSQL_FAMILY, ...POSTGRESQL];

export const asIs = (sample: string): string => sample;

/** Text as a literal of the engine, by its bytes where the engine allows it. */
export function textLiteral(text: string, engine: TestEngine): string {
  const hex = Buffer.from(text, 'utf8').toString('hex');
  if (engine === 'postgresql') return `convert_from('\\x${hex}'::bytea, 'UTF8')`;
  return hex === '' ? "_utf8mb4''" : `_utf8mb4 0x${hex}`;
}

/** Bytes as a literal of the engine. */
export function bytesLiteral(hex: string, engine: TestEngine): string {
  return engine === 'postgresql' ? `'\\x${hex}'::bytea` : `x'${hex}'`;
}
