/** What a server is for its clients: `read-write` and `read-only` as transactions are unless they say otherwise. */
export type ServerRole = 'any' | 'primary' | 'standby' | 'read-write' | 'read-only';

/** URLs that differ in which server they name. */
export type UrlList = readonly [URL, ...URL[]];
