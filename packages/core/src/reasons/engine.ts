import type { Reason } from './reason.ts'

/** Reasons of the engines. */
export const ENGINE_REASONS = {
  'engine.died': {
    code: 'unavailable',
    meaning: 'The engine process ended in the middle of a query.',
    remedy: 'Run the query again; with less memory or fewer rows if it happens again.',
  },
  'engine.closed': {
    code: 'unavailable',
    meaning: 'The engine is shutting down.',
    remedy: 'Run the query again once the server is back.',
  },
  'engine.sql_invalid': {
    code: 'invalid',
    meaning: 'The engine does not understand the query: its syntax, a name or a type in it.',
    remedy: 'Change the query at the position shown.',
  },
  'engine.refused': {
    code: 'forbidden',
    meaning: 'The query uses a statement, function or relation that queries over files may not use.',
    remedy: 'Write one SELECT over stages with functions of values only; nothing that reads files, settings or the network by itself.',
  },
  'engine.query_failed': {
    code: 'invalid',
    meaning: 'The query failed on a value it met.',
    remedy: 'Handle such values in the query, for example with TRY_CAST, or leave those rows out.',
  },
  'engine.cancelled': {
    code: 'unavailable',
    meaning: 'The query was cancelled.',
    remedy: 'Run it again if it is still wanted.',
    retry: 'never',
  },
  'engine.limit_time': {
    code: 'limited',
    meaning: 'The query took longer than it may.',
    remedy: 'Read fewer files, columns or rows, or ask for a higher time limit.',
  },
  'engine.limit_memory': {
    code: 'limited',
    meaning: 'The query needs more memory than it may use.',
    remedy: 'Aggregate or filter earlier, select fewer columns, or ask for a higher memory limit.',
  },
  'engine.limit_disk': {
    code: 'limited',
    meaning: 'The query needs more local disk than it may use.',
    remedy: 'Read fewer files or columns, filter on a sorted column, or ask for a higher disk limit.',
  },
  'engine.limit_result': {
    code: 'limited',
    meaning: 'The rows of the result take more memory than they may.',
    remedy: 'Select fewer or shorter columns, or fewer rows.',
  },
  'engine.no_files': {
    code: 'not_found',
    meaning: 'There are no files where the query reads.',
    remedy: 'Check the path, the pattern and the files named; list the stage to see what there is.',
  },
  'engine.file_corrupt': {
    code: 'invalid',
    meaning: 'A file is damaged, cut short, or not of the format it is read as.',
    remedy: 'Check the file format of the stage, and write the file again if it is damaged.',
  },
  'engine.file_unsupported': {
    code: 'unsupported',
    meaning: 'A file is whole but uses something that the engine does not read.',
    remedy: 'Write the file without it: not encrypted, with all columns in the one file.',
  },
  'engine.format_unsupported': {
    code: 'unsupported',
    meaning: 'An option of the file format is not one that the engine can honour.',
    remedy: 'Change the option named in the message.',
  },
} as const satisfies { readonly [reason: string]: Reason }
