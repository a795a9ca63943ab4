import type { ReplicationFacts } from '../positions.js';

/** What `SHOW BINARY LOG STATUS` says: where the binary log ends, and which schemas it takes in. */
export interface BinlogEnd {
  readonly file: string;
  readonly position: string;
  readonly doDb: string;
  readonly ignoreDb: string;
}

/** One channel by which a server follows another one, as it describes it itself. Filters are comma separated lists. */
export interface ReplicaChannel {
  /** The name of the channel or connection; empty for the one without a name. */
  readonly name: string;
  readonly sourceId: string;
  /** Null where the server does not tell, as MariaDB. */
  readonly sourceUuid: string | null;
  /** How far it has received the source's binary log. */
  readonly file: string;
  readonly position: string;
  readonly isReceiving: boolean;
  readonly isApplying: boolean;
  readonly receiveError: string;
  readonly applyError: string;
  /** Whether MariaDB places the replica by GTIDs. */
  readonly usesGtid: boolean;
  readonly filters: ReplicaFilters;
}

/** By the names that the options have. */
export interface ReplicaFilters {
  readonly doDb: string;
  readonly ignoreDb: string;
  readonly doTable: string;
  readonly ignoreTable: string;
  readonly wildDoTable: string;
  readonly wildIgnoreTable: string;
  readonly rewriteDb: string;
  readonly doDomains: string;
  readonly ignoreDomains: string;
  readonly ignoreServers: string;
}

/** What a statement said, or the statement that would let the account see it. */
export type Readable<Answer> =
  | { readonly said: Answer }
  | { readonly refused: string; readonly grant: string | null };

/** What a server of the MySQL family says of replication. */
export interface MysqlReplication {
  readonly family: 'mysql';
  readonly engine: 'mysql' | 'mariadb';
  /** Our clock, which tells whether one side was read before the other. */
  readonly beganMs: number;
  readonly endedMs: number;
  readonly serverId: string;
  readonly serverUuid: string | null;
  readonly ignoresCase: boolean;
  readonly writesBinlog: boolean;
  /** Whether what it applies as a replica goes into its binary log too. */
  readonly logsApplied: boolean;
  readonly gtidMode: string | null;
  readonly isStrict: boolean;
  /**
   * Whether a commit waits for replicas before it is visible here, while it is in the binary log, and elsewhere, already.
   *
   * @see https://dev.mysql.com/doc/refman/8.4/en/replication-options-source.html#sysvar_rpl_semi_sync_source_wait_point
   */
  readonly isSynchronous: boolean;
  /** MySQL: all transactions that it holds. */
  readonly executed: string;
  /** MariaDB: the last of each domain in its binary log, and that it applied as a replica. */
  readonly logged: string;
  readonly applied: string;
  readonly binlogStatement: string;
  readonly waitFunction: string;
  readonly binlog: Readable<BinlogEnd | null>;
  readonly channels: Readable<readonly ReplicaChannel[]>;
}

/** The facts of a server of this family; null for those of another one. */
export function mysqlReplicationOf({ facts }: ReplicationFacts): MysqlReplication | null {
  return isOfFamily(facts) ? facts : null;
}

type Facts = ReplicationFacts['facts'];

/** Only this engine writes them, so that the family says what they are. */
function isOfFamily(facts: Facts): facts is Facts & MysqlReplication {
  return facts.family === 'mysql';
}
