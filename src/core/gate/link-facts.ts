import type { Fact } from './fact.js';

/** Something by which a server follows another one. */
export interface IncomingFacts {
  /** The name of the channel or the subscription; empty for one without a name. */
  readonly name: string;
  /** Completes "it follows by …": "a channel", "a subscription", "the log, as a standby". */
  readonly what: string;
  readonly isRunning: boolean;
  /** Why it does not run, without values: "error 1062"; null where nothing is said. */
  readonly error: string | null;
  /** By which the server that it follows is told, in the spelling of `identities`. */
  readonly peers: readonly string[];
  /** Tables of it that are not copied yet, as the server names them. */
  readonly unready: readonly string[];
}

/** Something that reads a server's log of changes. */
export interface ReaderFacts {
  /** As people find it: `slot dump_1`, `server 7 at 10.0.0.9`. */
  readonly name: string;
  /** Whether it reads now. */
  readonly isActive: boolean;
  /** By which it is told, in the spelling of `identities` or of `peers`; null where nobody knows. */
  readonly peer: string | null;
}

/** Whom a server follows, and who follows it. */
export interface LinkFacts {
  /** By which other servers know it. */
  readonly identities: readonly string[];
  readonly incoming: readonly IncomingFacts[];
  readonly readers: Fact<readonly ReaderFacts[]>;
}
