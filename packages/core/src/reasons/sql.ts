import type { Reason } from './reason.ts'

/** Reasons of SQL statements, before an engine sees them. */
export const SQL_REASONS = {
  'sql.syntax': { code: 'invalid', meaning: 'The statement is not well formed.', remedy: 'Change the statement at the position shown.' },
  'sql.too_long': { code: 'invalid', meaning: 'The SQL text is too long.', remedy: 'Send it in several parts.' },
  'sql.too_deep': { code: 'invalid', meaning: 'The statement is nested too deeply.', remedy: 'Use CTEs (WITH … AS) instead of nesting.' },
  'sql.too_many_stages': {
    code: 'limited',
    meaning: 'The query names more stages than one query reads.',
    remedy: 'Read many files with one reference: a folder, a glob or a pattern.',
  },
  'sql.unsupported_statement': {
    code: 'unsupported',
    meaning: 'Sluice does not run statements of this kind.',
    remedy: 'Use CREATE, ALTER, DROP, SHOW and DESC of connections and stages, LIST @stage, and queries.',
  },
  'sql.unsupported_option': {
    code: 'unsupported',
    meaning: 'The option, argument or construct is not supported.',
    remedy: 'Leave it out; the message says what to write instead where there is something.',
  },
  'sql.duplicate_option': { code: 'invalid', meaning: 'An option is given twice.', remedy: 'Keep one of them.' },
  'sql.storage_type': {
    code: 'unsupported',
    meaning: 'There is no cloud of this STORAGE_TYPE here.',
    remedy: 'Use one of the storage types that the message names.',
  },
  'sql.connection_parameter': {
    code: 'invalid',
    meaning: 'The storage type has no such connection parameter, or the parameters contradict each other.',
    remedy: 'Use the parameters that the message names.',
  },
  'sql.inline_credentials': {
    code: 'invalid',
    meaning: 'A stage or query does not name the connection through which its files are reached.',
    remedy:
      "Create a connection once with CREATE CONNECTION and name it: CONNECTION = (CONNECTION_NAME = '<connection>'); a query of a URL also takes a credential for itself alone.",
  },
  'sql.internal_stage': {
    code: 'unsupported',
    meaning: 'A stage without a URL would keep its files in Sluice, which keeps none.',
    remedy: "Give the stage a URL of a bucket: URL = 's3://bucket/folder/'.",
  },
  'sql.user_stage': {
    code: 'unsupported',
    meaning: 'The user stage @~ does not exist: Sluice keeps no files of its own.',
    remedy: 'Create a stage over a folder of a bucket, and use it by its name.',
  },
  'sql.misplaced_stage': {
    code: 'invalid',
    meaning: 'A stage stands where no table may stand.',
    remedy: 'Put the stage after FROM or JOIN.',
  },
  'sql.not_a_table': {
    code: 'invalid',
    meaning: 'A string in the place of a table is neither a stage nor a URL. Files of the machine Sluice runs on are out of reach.',
    remedy: "Write @stage/path, or 's3://bucket/path' (CONNECTION => (CONNECTION_NAME = '<connection>')).",
  },
  'sql.ambiguous_alias': {
    code: 'invalid',
    meaning: 'Two tables of one FROM have the same name.',
    remedy: 'Give each an alias: FROM @stage/a AS a JOIN @stage/b AS b.',
  },
  'sql.position': {
    code: 'invalid',
    meaning: 'A column by position ($1, $2 …) or a METADATA column does not belong to exactly one stage.',
    remedy: 'Write alias.$1, or use it in the SELECT whose FROM has the stage.',
  },
  'sql.document_path': {
    code: 'invalid',
    meaning: '$1:path reads a row as a document, which only NDJSON files are.',
    remedy: 'Name the column instead, with a dot for the fields of a struct: column.field.',
  },
  'stage.reserved_name': { code: 'invalid', meaning: 'The name is reserved.', remedy: 'Choose another name for the stage.' },
  'stage.exists': {
    code: 'conflict',
    meaning: 'There is a stage of this name.',
    remedy: 'Choose another name, or use CREATE OR REPLACE STAGE, or IF NOT EXISTS.',
  },
  'stage.unknown': {
    code: 'not_found',
    meaning: 'There is no stage of this name in this project.',
    remedy: 'Run SHOW STAGES to see what there is.',
  },
  'stage.url': {
    code: 'invalid',
    meaning: 'The URL of a stage does not name a folder or a bucket.',
    remedy: "End the URL with '/'.",
  },
  'stage.outside_connection': {
    code: 'forbidden',
    meaning: 'The location is outside what its connection may touch.',
    remedy: 'Choose a folder within the locations of the connection, or add the location to the connection first.',
  },
  'stage.no_read_access': {
    code: 'forbidden',
    meaning: 'The connection is not for reading.',
    remedy: 'Give the connection the purpose import, apply its setup again, and validate it.',
  },
  'stage.no_list_access': {
    code: 'forbidden',
    meaning: 'The connection may not list, which a folder, a glob or a pattern needs.',
    remedy: "Name the files: @stage/file, or FILES => ('a', 'b'); or give the connection a purpose that lists.",
  },
  'stage.path': {
    code: 'invalid',
    meaning: 'The path leaves the stage, or has a character that no path may have.',
    remedy: "Use a path relative to the stage, without '..' and control characters.",
  },
  'stage.pattern': {
    code: 'invalid',
    meaning: 'The pattern is not a regular expression that runs in linear time.',
    remedy: 'Use RE2 syntax: no backreferences and no look-around.',
  },
  'stage.no_files': {
    code: 'not_found',
    meaning: 'No file of the stage is meant by the path, pattern and file names given.',
    remedy: 'Run LIST @stage to see its files; a folder is written with a / at its end.',
  },
  'stage.too_many_files': {
    code: 'limited',
    meaning: 'More files are meant than one query reads.',
    remedy: 'Narrow the path or the pattern.',
  },
  'stage.file_format': {
    code: 'invalid',
    meaning: 'The file format has no such option, or the option no such value.',
    remedy: 'Use TYPE = PARQUET, CSV, TSV or NDJSON and the options of that type.',
  },
  'stage.file_format_unsupported': {
    code: 'unsupported',
    meaning: 'Files of this format or with this option cannot be read.',
    remedy: 'Use TYPE = PARQUET, CSV, TSV or NDJSON and the options of that type.',
  },
} as const satisfies { readonly [reason: string]: Reason }
