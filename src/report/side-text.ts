import type { SideResult } from '../core/result.js';
import type { EngineName } from '../core/schema.js';
import { visibleName } from './visible-text.js';

const ENGINE_TITLES: Readonly<Record<EngineName, string>> = {
  mysql: 'MySQL',
  mariadb: 'MariaDB',
  postgresql: 'PostgreSQL',
};

/** Says of a side what it is and where: `source: MySQL 8.4.3 at mysql://db-old:3306/shop`. */
export function formatSide(side: 'source' | 'target', { engine, version, url }: SideResult): string {
  return `${side}: ${ENGINE_TITLES[engine]} ${visibleName(version)} at ${visibleName(url)}`;
}
