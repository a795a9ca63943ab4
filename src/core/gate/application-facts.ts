import type { Fact } from './fact.js';

/** What an application may do with rows. */
export const VERBS = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const;
export type Verb = (typeof VERBS)[number];

/** What came of logging in to the target as the application does. */
export type ApplicationFacts =
  | { readonly isIn: false; readonly reason: string; readonly hint: string }
  | {
      readonly isIn: true;
      readonly account: string;
      /** Without account and password. */
      readonly server: string;
      /** Whether it is the server, and the schema, that was compared. */
      readonly isSameServer: boolean;
      readonly schema: string;
      readonly wantedSchema: string;
      readonly isEncrypted: boolean;
      /** What it may do with each table, by the tables' names. */
      readonly verbs: Fact<ReadonlyMap<string, ReadonlySet<Verb>>>;
    };
