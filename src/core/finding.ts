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
  'key-not-ignored': 'note',
  'hidden-by-condition': 'note',
  'condition-empty': 'note',
  'index-broken': 'note',
  'collation-changed': 'note',
  'read-in-full': 'note',
  'checksum-on-client': 'note',
  'password-readable': 'note',
  standby: 'note',
  'not-split': 'note',
  'one-thread': 'note',
  'chunk-unverified': 'unverified',
  'few-rows': 'unverified',
  'schema-changed': 'unverified',
  interrupted: 'unverified',
} as const satisfies Record<string, 'different' | 'unverified' | 'note'>;

export type FindingCode = keyof typeof FINDING_EFFECTS;

export interface Finding {
  readonly code: FindingCode;
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
