import type { ReplicationFacts } from '../positions.js';

/** A logical slot of the database. */
export interface SlotFacts {
  readonly name: string;
  readonly isActive: boolean;
  /** What its subscriber has confirmed. */
  readonly confirmed: string | null;
}

/** A table of a publication. Columns are null where the server has no column lists. */
export interface PublishedTable {
  readonly publication: string;
  readonly table: string;
  readonly columns: readonly string[] | null;
  readonly filter: string | null;
}

/** Which changes a publication publishes. */
export interface PublicationFacts {
  readonly name: string;
  readonly inserts: boolean;
  readonly updates: boolean;
  readonly deletes: boolean;
}

/** A subscription of the database; `states` are the words of `pg_subscription_rel` by table. */
export interface SubscriptionFacts {
  readonly name: string;
  readonly isEnabled: boolean;
  readonly slot: string | null;
  readonly publications: readonly string[];
  readonly origin: string;
  /** How far it has received the log; null where it is not at work. */
  readonly received: string | null;
  readonly states: Readonly<Record<string, string>>;
}

/** What a PostgreSQL server says of replication. Tables are `schema.table`. */
export interface PostgresqlReplication {
  readonly family: 'postgresql';
  /** Our clock, which tells whether one side was read before the other. */
  readonly beganMs: number;
  readonly endedMs: number;
  readonly account: string;
  readonly database: string;
  readonly isStandby: boolean;
  readonly isPaused: boolean;
  /**
   * Whether a commit may wait for standbys: until then it is in the log, and elsewhere, and not visible here.
   *
   * @see https://www.postgresql.org/docs/current/warm-standby.html#SYNCHRONOUS-REPLICATION
   */
  readonly isSynchronous: boolean;
  /** Null where the account may not ask. */
  readonly system: string | null;
  readonly timeline: string | null;
  readonly position: string | null;
  readonly slots: readonly SlotFacts[];
  readonly publications: readonly PublicationFacts[];
  readonly published: readonly PublishedTable[];
  readonly subscriptions: readonly SubscriptionFacts[];
  /** The partitions that hold the rows of a table, all levels down. */
  readonly leaves: Readonly<Record<string, readonly string[]>>;
  readonly unlogged: readonly string[];
}

/** The facts of a PostgreSQL server; null for those of another family. */
export function postgresqlReplicationOf({ facts }: ReplicationFacts): PostgresqlReplication | null {
  return isOfFamily(facts) ? facts : null;
}

type Facts = ReplicationFacts['facts'];

/** Only this engine writes them, so that the family says what they are. */
function isOfFamily(facts: Facts): facts is Facts & PostgresqlReplication {
  return facts.family === 'postgresql';
}
