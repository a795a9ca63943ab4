import type { Engine } from './engine.js';
import { mysqlEngine } from './mysql/index.js';
import { postgresqlEngine } from './postgresql/index.js';

/** Every engine: a new one is a folder, and a line here. */
export const ENGINES: readonly Engine[] = [mysqlEngine, postgresqlEngine];
