/**
 * What a setting decides: whether what was committed survives (`durability`); whether rules are kept or were switched off for a
 * load (`load`); what statements mean (`meaning`); whether changes can be followed (`way`).
 */
export type SettingConcern = 'durability' | 'load' | 'meaning' | 'way';

/** A setting of a server, as new sessions of the application get it. */
export interface SettingFacts {
  /** The server's name of it, with the role or the database that has one of its own. */
  readonly name: string;
  readonly concern: SettingConcern;
  /** What it decides, by which settings of other kinds of servers are its partners. */
  readonly topic: string;
  /** As people read it. */
  readonly value: string;
  /** Equal for values that mean the same. */
  readonly meaning: string;
  /** Whether it is as a server should have it that an application runs on; null where nothing is right or wrong by itself. */
  readonly isSound: boolean | null;
  /** How grave it is where it is not, or where it is another one than the source's. */
  readonly weight: 'failed' | 'warning' | 'note';
  /** What comes of it. */
  readonly consequence: string;
  /** The value that would be right; null where none is right by itself. */
  readonly right: string | null;
  /** Whose setting it is. */
  readonly scope: SettingScope;
}

/** A setting of the server, or one that new sessions of a role, in a database, get instead. */
export interface SettingScope {
  readonly role: string | null;
  readonly isOfDatabase: boolean;
}

export const SERVER_SCOPE: SettingScope = { role: null, isOfDatabase: false };
