/** Something that the server runs by itself at certain times, and that is no event of the schema. */
export interface JobFacts {
  /** What the server finds it by. */
  readonly key: string;
  /** What people call it, and partners are told by; its number where it has no name. */
  readonly name: string;
  readonly isEnabled: boolean;
}

/** The jobs of a database. */
export interface JobsFacts {
  /** Whether the server runs enabled ones at all: a standby does not. */
  readonly isRunning: boolean;
  readonly jobs: readonly JobFacts[];
}
