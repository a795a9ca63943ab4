/** An account or role of a server. */
export interface AccountFacts {
  /** As statements name it: `'app'@'%'`, `"app"`. */
  readonly name: string;
  /** The bare name of the user or role. */
  readonly user: string;
  readonly isRole: boolean;
  /** Whether every server of its kind has it from the start. */
  readonly isServerOwn: boolean;
  /** Whether it is the one that the gate itself asks with. */
  readonly isOurs: boolean;
  /** Whether it follows the server and writes nothing to it, as accounts of replicas and migrations do. */
  readonly isForReplication: boolean;
  readonly canLogIn: boolean;
  /** Whether it has rights in the schema, or owns something there. */
  readonly isOfSchema: boolean;
}

/** Whose rights something of the schema has when it runs. */
export interface DefinerFacts {
  readonly kind: 'view' | 'routine' | 'trigger' | 'event' | 'table';
  readonly name: string;
  /** As statements name the account. */
  readonly definer: string;
  /** Whether it runs with the rights of the definer, whoever calls it. */
  readonly usesItsRights: boolean;
  /** Whether the account is there. */
  readonly exists: boolean;
}

/** What one account may do with one thing of the schema. */
export interface GrantFacts {
  /** As statements name the account. */
  readonly account: string;
  /** The bare name of a table, view, sequence or routine; null for the whole schema. */
  readonly object: string | null;
  readonly kind: 'schema' | 'table' | 'sequence' | 'routine';
  /** In capitals; `ALL` beside the others where nothing is refused to the account. */
  readonly privileges: readonly string[];
}
