import type { RowDifference } from '../core/difference.js';
import { RowDigester } from '../secrets/row-digest.js';
import type { Secret } from '../secrets/secret.js';
import type { CauseWaiver, RowWaiver, Waiver } from './waiver.js';
import { waiversError } from './waivers-error.js';
import type { WaiversFile } from './waivers-file.js';

interface OpenBook {
  readonly file: WaiversFile;
  /** Null where the user has none: then only hashes without a secret can be compared. */
  readonly secret: Secret | null;
  /** The UTC day, `YYYY-MM-DD`. */
  readonly today: string;
}

/** What was accepted and holds on a day, ready to be held against rows. */
export class WaiverBook {
  /** Entries whose last day has passed and that nobody renewed. */
  readonly expired: readonly Waiver[];
  /** Whether somebody could guess from the file what rows hold. */
  readonly isUnkeyed: boolean;
  readonly active: readonly Waiver[];
  readonly #byHash = new Map<string, RowWaiver>();
  readonly #digesters: readonly RowDigester[];

  private constructor(
    active: readonly Waiver[],
    expired: readonly Waiver[],
    digesters: readonly RowDigester[],
  ) {
    this.active = active;
    for (const entry of active) if (entry.kind === 'row') this.#byHash.set(entry.hash, entry);
    this.expired = expired.filter((entry) => entry.kind !== 'row' || !this.#byHash.has(entry.hash));
    this.#digesters = digesters;
    this.isUnkeyed = digesters.some(({ isKeyed }) => !isKeyed);
  }

  /** A book in which nothing was accepted. */
  static empty(): WaiverBook {
    return new WaiverBook([], [], []);
  }

  /** Opens a file; throws a `usage` error where its hashes were made with a secret that is not at hand. */
  static open({ file, secret, today }: OpenBook): WaiverBook {
    const hashes = file.waivers.flatMap((entry) => (entry.kind === 'row' ? [entry.hash] : []));
    const isKeyed = hashes.some((hash) => hash.startsWith('k'));
    const keyed = isKeyed ? keyedDigester(file, secret) : [];
    const plain = hashes.some((hash) => hash.startsWith('u')) ? [new RowDigester(null, 'waivers')] : [];
    const isActive = ({ expires }: Waiver): boolean => expires >= today;
    const expired = file.waivers.filter((entry) => !isActive(entry));
    return new WaiverBook(file.waivers.filter(isActive), expired, [...keyed, ...plain]);
  }

  /** Whether anything may be forgiven of a table. */
  concerns(table: string): boolean {
    return this.active.some((entry) => entry.table === table);
  }

  /** The entry of a row that differs in just the way that was accepted; null where there is none. */
  findRow(table: string, row: RowDifference): RowWaiver | null {
    for (const digester of this.#digesters) {
      const entry = this.#byHash.get(digester.waiverHash(table, row));
      if (entry !== undefined && entry.table === table) return entry;
    }
    return null;
  }

  /** How many rows of a table may be forgiven at the most, as far as each has a key. */
  mostRowsOf(table: string): number {
    return this.active
      .filter((entry) => entry.table === table)
      .reduce((sum, entry) => sum + (entry.kind === 'cause' ? entry.maxRows : 1), 0);
  }

  causesOf(table: string): readonly CauseWaiver[] {
    return this.active.flatMap((entry) => (entry.kind === 'cause' && entry.table === table ? [entry] : []));
  }
}

function keyedDigester({ path, secretCheck }: WaiversFile, secret: Secret | null): readonly RowDigester[] {
  if (secret === null) {
    throw waiversError(
      `The hashes of ${path} were made with a secret, and none is given.`,
      'Set ROWPROOF_KEY, or name the file of the secret with --key-file.',
    );
  }
  const digester = new RowDigester(secret, 'waivers');
  if (secretCheck === null || secretCheck === digester.check) return [digester];
  throw waiversError(
    `The hashes of ${path} were made with another secret than the one that is given.`,
    'Give the secret with which they were written; waive the rows again if it is lost.',
  );
}
