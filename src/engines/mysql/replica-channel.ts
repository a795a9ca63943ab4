import type { ControlRow } from '../session.js';
import type { ReplicaChannel } from './replication-facts.js';

/** Reads a row that describes a replica, with the names that columns have had since MySQL 8.0.22 or those before. */
export function readChannel(row: ControlRow): ReplicaChannel {
  const find = (name: string): string => row[name] ?? row[withOldWords(name)] ?? '';
  return {
    name: row.Channel_Name ?? row.Connection_name ?? '',
    sourceId: find('Source_Server_Id'),
    sourceUuid: find('Source_UUID') || null,
    file: find('Source_Log_File'),
    position: find('Read_Source_Log_Pos'),
    isReceiving: find('Replica_IO_Running') === 'Yes',
    isApplying: find('Replica_SQL_Running') === 'Yes',
    receiveError: find('Last_IO_Errno'),
    applyError: find('Last_SQL_Errno'),
    usesGtid: !['', 'No'].includes(find('Using_Gtid')),
    filters: {
      doDb: find('Replicate_Do_DB'),
      ignoreDb: find('Replicate_Ignore_DB'),
      doTable: find('Replicate_Do_Table'),
      ignoreTable: find('Replicate_Ignore_Table'),
      wildDoTable: find('Replicate_Wild_Do_Table'),
      wildIgnoreTable: find('Replicate_Wild_Ignore_Table'),
      rewriteDb: find('Replicate_Rewrite_DB'),
      doDomains: find('Replicate_Do_Domain_Ids'),
      ignoreDomains: find('Replicate_Ignore_Domain_Ids'),
      ignoreServers: find('Replicate_Ignore_Server_Ids'),
    },
  };
}

function withOldWords(name: string): string {
  return name.replace('Source', 'Master').replace('Replica_', 'Slave_');
}
