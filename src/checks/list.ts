import type { Check } from '../core/gate/check.js';
import { accounts } from './accounts/accounts.js';
import { definers } from './accounts/definers.js';
import { grants } from './accounts/grants.js';
import { leftovers } from './leftovers/leftovers.js';
import { durability } from './load/durability.js';
import { loadSettings } from './load/load-settings.js';
import { unlogged } from './load/unlogged.js';
import { nextNumber } from './numbering/next-number.js';
import { numberRules } from './numbering/number-rules.js';
import { numbersLeft } from './numbering/numbers-left.js';
import { caughtUp } from './positions/caught-up.js';
import { otherReaders } from './positions/other-readers.js';
import { replication } from './positions/replication.js';
import { wayBack } from './positions/way-back.js';
import { rowVerdict } from './rows/row-verdict.js';
import { checkConstraints } from './schema/check-constraints.js';
import { columns } from './schema/columns.js';
import { foreignKeys } from './schema/foreign-keys.js';
import { indexes } from './schema/indexes.js';
import { keys } from './schema/keys.js';
import { events, routines, views } from './schema/objects.js';
import { partitions, tables } from './schema/tables.js';
import { applicationLogin } from './serving/application-login.js';
import { connections } from './serving/connections.js';
import { expiredAccounts } from './serving/expired-accounts.js';
import { extensions } from './serving/extensions.js';
import { materializedViews } from './serving/materialized-views.js';
import { meanings } from './serving/meanings.js';
import { statistics } from './serving/statistics.js';
import { rules } from './triggers/rules.js';
import { triggers } from './triggers/triggers.js';
import { triggersTwice } from './triggers/triggers-twice.js';
import { changeLog } from './way/change-log.js';
import { longTransactions } from './way/long-transactions.js';
import { provable } from './way/provable.js';
import { replicaIdentity } from './way/replica-identity.js';
import { storageEngines } from './way/storage-engines.js';

import { openTransactions } from './writers/open-transactions.js';
import { schedulers } from './writers/schedulers.js';
import { writers } from './writers/writers.js';

/** Every check, in the order in which they are told. */
export const CHECKS: readonly Check[] = [
  rowVerdict,
  ...[nextNumber, numbersLeft, numberRules],
  ...[foreignKeys, keys, checkConstraints, indexes, columns, tables, partitions, views, routines, events],
  ...[triggers, triggersTwice, rules],
  ...[writers, openTransactions, schedulers],
  ...[caughtUp, replication, wayBack, otherReaders],
  ...[durability, loadSettings, unlogged],
  ...[applicationLogin, meanings, extensions, statistics, materializedViews, connections, expiredAccounts],
  ...[accounts, definers, grants],
  leftovers,
  ...[provable, changeLog, replicaIdentity, storageEngines, longTransactions],
];
