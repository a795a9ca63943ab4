import { type Fact, known } from './fact.js';

/**
 * Whether a session may write to the tables of the gate: by what its account may do, and by what the server allows. `if-older`
 * where new sessions of the account may not, by a setting that those from before it need not have. `unknown` where the account
 * of the gate may not see what others may do.
 */
export type MayWrite = 'yes' | 'no' | 'if-older' | 'unknown';

/**
 * What a session is to its server: somebody's connection; what applies changes of another server; what sends changes to one;
 * work of the server's own, such as a scheduled event or a vacuum.
 */
export type SessionKind = 'client' | 'applier' | 'sender' | 'server';

/** A session of a server, as the gate sees it. */
export interface SessionFacts {
  /** The server's own number. */
  readonly id: string;
  readonly kind: SessionKind;
  /** The bare name of the account, by which known ones are told. */
  readonly user: string;
  /** The account as a finding names it: `'app'@'10.0.0.7'`, `"app"`. */
  readonly account: string;
  /** The host that it comes from, without a port; empty where there is none. */
  readonly from: string;
  /** What it calls itself; empty where it does not say. */
  readonly application: string;
  readonly state: 'working' | 'idle' | 'idle-in-transaction';
  /** For how long it is in its state. */
  readonly sinceMs: number;
  /** The beginning of what it runs, or ran last; null where there is none. */
  readonly statement: string | null;
  readonly mayWrite: MayWrite;
  /** What would let the account of the gate see whether it may write; null where that is known, or nothing would. */
  readonly grant: string | null;
  /** For how long a transaction of it is open; null where none is. */
  readonly transactionMs: number | null;
  /** Whether its open transaction has written something. */
  readonly isWriting: boolean;
  /** Whether it is one of this very run. */
  readonly isOwn: boolean;
}

/** What the sessions of a server are asked about. */
export interface SessionsRequest {
  /** The schema, writing to which counts. */
  readonly schema: string;
  /** Sessions of the run on this very server. */
  readonly ownSessionIds: readonly string[];
}

/**
 * Puts together what was seen at several moments: a session that was there once counts, and one that wrote at any of them
 * counts as writing. What was not known once is not known.
 */
export function mergeSessions(
  samples: readonly Fact<readonly SessionFacts[]>[],
): Fact<readonly SessionFacts[]> {
  const merged = new Map<string, SessionFacts>();
  for (const sample of samples) {
    if (!sample.known) return sample;
    for (const session of sample.value) {
      const before = merged.get(session.id);
      merged.set(session.id, before?.isWriting === true ? { ...session, isWriting: true } : session);
    }
  }
  return known([...merged.values()]);
}
