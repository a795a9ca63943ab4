import { createHash } from 'node:crypto';
import type { RowDifference, RowHashes, Value } from '../core/difference.js';
import type { Purpose, Secret } from './secret.js';

/** The version of what is hashed of a row. Another one makes other hashes: rows of an earlier one are new. */
const ENCODING = 1;
const HISTORY_CHARACTERS = 22;

/** What a table pair's differing row is called where its values must not stand. */
export interface RowDigests {
  /** Of everything that differs: table, key, columns and both values. Damaged anew, a row has another one. */
  readonly state: string;
  /** Of the row itself: table and key; its values where there is no key, so that it stays the same with more or fewer copies. */
  readonly row: string;
}

/**
 * Hashes differing rows, with the key of a purpose or without any. Without one, whoever has the hashes can find out by trying
 * what the rows hold.
 */
export class RowDigester {
  readonly #hash: (text: string) => Buffer;
  /** Whether a secret is in the hashes. */
  readonly isKeyed: boolean;
  /** Tells one secret from another, so that hashes of another one are not taken for those of new rows; null without one. */
  readonly check: string | null;

  constructor(secret: Secret | null, purpose: Purpose) {
    const hash = secret?.hasherFor(purpose) ?? null;
    this.isKeyed = hash !== null;
    this.#hash = hash ?? ((text) => createHash('sha256').update(text).digest());
    this.check = hash === null ? null : hash('which secret').toString('hex').slice(0, 8);
  }

  /** The hash of a waiver: 43 characters behind what it was made with. */
  waiverHash(table: string, row: RowDifference): string {
    return `${this.isKeyed ? 'k' : 'u'}${ENCODING}-${this.#hash(encodeState(table, row)).toString('base64url')}`;
  }

  /** The hashes of a history and a baseline, 22 characters each. */
  digest(table: string, row: RowDifference): RowDigests {
    return { state: this.text(encodeState(table, row)), row: this.text(encodeRow(table, row)) };
  }

  /** The hash of any text, 22 characters. */
  text(text: string): string {
    return this.#hash(text).toString('base64url').slice(0, HISTORY_CHARACTERS);
  }
}

/** Makes the hashes that are saved with rows whose values are hidden. */
export function createRowHasher(secret: Secret): (table: string, row: RowDifference) => RowHashes {
  const [waivers, history] = [new RowDigester(secret, 'waivers'), new RowDigester(secret, 'history')];
  const check = waivers.check ?? '';
  return (table, row) => ({
    secret: check,
    waiver: waivers.waiverHash(table, row),
    state: history.digest(table, row).state,
  });
}

function encodeRow(table: string, { key, source, target }: RowDifference): string {
  const own = key === null ? ['values', entriesOf(source ?? target)] : entriesOf(key);
  return JSON.stringify([ENCODING, 'row', table, own]);
}

/** Injective: names and values are elements of lists, and their order is that of the names. */
function encodeState(table: string, row: RowDifference): string {
  const { kind, key, columns, source, target, sourceCopies, targetCopies } = row;
  const copies = [sourceCopies ?? null, targetCopies ?? null];
  const values = [entriesOf(source), entriesOf(target)];
  return JSON.stringify([ENCODING, kind, table, entriesOf(key), columns.toSorted(), ...values, copies]);
}

function entriesOf(
  values: Readonly<Record<string, Value>> | null,
): readonly (readonly [string, Value])[] | null {
  if (values === null) return null;
  return Object.entries(values).toSorted(([one], [other]) => (one < other ? -1 : 1));
}
