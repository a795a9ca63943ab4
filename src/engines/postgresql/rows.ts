/** What is known of tables and rows of PostgreSQL, in one file so that it is loaded in one step. */
export { readPostgresqlCatalog } from './catalog.js';
export { compilePostgresqlCodec } from './codec.js';
export { readPostgresqlNames } from './schema-names.js';
