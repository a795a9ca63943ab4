import type { Side } from './pairing.js';
import type { Verdict } from './verdict.js';

/**
 * Stable codes of everything a report must say about data or schema, with what each means for the verdict:
 * `different` and `unverified` force it, `note` leaves it alone.
 */
export const FINDING_EFFECTS = {
  'missing-table': 'different',
  'missing-column': 'different',
  'row-count': 'different',
  'differences-lost': 'different',
  'sampled-share': 'note',
  'extra-table': 'note',
  'extra-column': 'note',
  'inherited-rows': 'note',
  'not-looked-at': 'note',
  'latent-double-encoding': 'note',
  'diagnosis-incomplete': 'note',
  'ambiguous-table': 'unverified',
  'ambiguous-column': 'unverified',
  'catalog-partial': 'unverified',
  'table-unreadable': 'unverified',
  'column-unverified': 'unverified',
  'key-unusable': 'unverified',
  'duplicate-key': 'note',
  'key-unmatchable': 'note',
  'key-not-ignored': 'note',
  'hidden-by-condition': 'note',
  'condition-empty': 'note',
  'no-effect': 'note',
  'index-broken': 'note',
  'collation-changed': 'note',
  'read-in-full': 'note',
  'checksum-on-client': 'note',
  'link-limited': 'note',
  'password-readable': 'note',
  standby: 'note',
  'snapshot-ended': 'note',
  'snapshot-narrow': 'note',
  'snapshot-lock': 'note',
  'replica-paused': 'note',
  'no-snapshot': 'note',
  'not-split': 'note',
  'part-repeated': 'note',
  rotated: 'note',
  'rotation-late': 'unverified',
  'rotation-differs': 'different',
  'pass-cut': 'note',
  'rotation-restarted': 'note',
  'one-thread': 'note',
  'fewer-workers': 'note',
  'waiver-expired': 'note',
  'waiver-unused': 'note',
  'waiver-unproved': 'note',
  'waiver-exceeded': 'note',
  'waivers-unkeyed': 'note',
  'chunk-unverified': 'unverified',
  'few-rows': 'unverified',
  'canary-lost': 'unverified',
  unsettled: 'unverified',
  'fence-broken': 'unverified',
  'not-replicated': 'note',
  'no-fence': 'note',
  lagging: 'unverified',
  'other-server': 'unverified',
  'server-gone': 'unverified',
  'schema-changed': 'unverified',
  interrupted: 'unverified',
  'table-left': 'unverified',
} as const satisfies Record<string, 'different' | 'unverified' | 'note'>;

export type FindingCode = keyof typeof FINDING_EFFECTS;

/**
 * What a finding concerns. Two of one code that differ in nothing here but the table say the same of two tables, so whatever
 * else a sentence hangs on belongs into `detail`.
 */
export interface FindingSubject {
  /** As the sentence or the report names it. */
  readonly table: string;
  readonly side?: Side;
  readonly columns?: readonly string[];
  /** What is particular about this one, such as numbers of rows or the words of a server. */
  readonly detail?: string;
}

export interface Finding {
  readonly code: FindingCode;
  /** Absent where it concerns no table, and in results that an earlier version saved. */
  readonly about?: FindingSubject;
  readonly message: string;
  /** What the reader can do about it; empty where nothing needs doing. */
  readonly hint: string;
}

/** Whether one of the findings forces the given verdict. */
export function hasEffect(
  findings: readonly Finding[],
  effect: Extract<Verdict, 'different' | 'unverified'>,
): boolean {
  return findings.some((finding) => FINDING_EFFECTS[finding.code] === effect);
}
