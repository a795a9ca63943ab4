import type { Side } from './pairing.js';

/** Whom a session is logged in as, and what that account may do. */
export interface AccountFacts {
  /** As the server names it. */
  readonly account: string;
  /** In the server's own words as far as it has any, without what it says of passwords; null where it does not tell. */
  readonly grants: readonly string[] | null;
}

/** How far a server's clock is ahead of ours. */
export interface ClockOffset {
  readonly offsetMs: number;
  /** The true offset is not farther from it than this: half the time that asking took. */
  readonly boundMs: number;
}

/** What evidence says of the server of a side. */
export interface ServerFacts {
  readonly product: string;
  readonly version: string;
  readonly url: string;
  /** What the server says of who and where it is, and since when. */
  readonly identity: { readonly id: string; readonly place: string; readonly started: string | null };
  /** Null where the server did not answer. */
  readonly account: AccountFacts | null;
  /** Null where the server did not answer. */
  readonly clock: ClockOffset | null;
}

export type SidesFacts = Readonly<Record<Side, ServerFacts>>;
