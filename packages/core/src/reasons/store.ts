import type { Reason } from './reason.ts'

/** Reasons of the metadata store. */
export const STORE_REASONS = {
  'store.missing': {
    code: 'not_found',
    meaning: 'No such thing in this project.',
    remedy: 'Check the name: sluice connection list and sluice stage list show what there is.',
  },
  'store.duplicate': {
    code: 'conflict',
    meaning: 'The name is taken in this project.',
    remedy: 'Choose another name, or update the existing one.',
  },
  'store.version': { code: 'conflict', meaning: 'Somebody changed it meanwhile.', remedy: 'Read it again and repeat the change.' },
  'store.in_use': { code: 'conflict', meaning: 'Something still refers to it.', remedy: 'Delete what refers to it first.' },
  'store.external_id_taken': {
    code: 'conflict',
    meaning: 'Another project holds this external id or role.',
    remedy: 'Leave the external id out: Sluice issues one for this connection.',
  },
  'store.unavailable': {
    code: 'unavailable',
    meaning: 'The metadata database could not answer.',
    remedy: 'Try again; if it lasts, look at the database.',
  },
  'store.locked': {
    code: 'conflict',
    meaning: 'Another process has the metadata file open; only one may.',
    remedy: 'Stop the other Sluice, give this one another data folder, or use PostgreSQL to run several.',
  },
  'store.corrupt': {
    code: 'internal',
    meaning: 'The metadata database, or a record in it, is damaged.',
    remedy: 'Restore the database from a backup; keep the damaged files for inspection.',
  },
  'store.newer_schema': {
    code: 'conflict',
    meaning: 'A newer version of Sluice has changed the metadata database.',
    remedy: 'Run that version or a later one; schemas only go forward.',
  },
  'store.bad_url': {
    code: 'invalid',
    meaning: 'The URL of the metadata database is not one Sluice can open.',
    remedy: 'Write sqlite:/path/to/file or postgres://user:password@host:5432/database.',
  },
  'store.wrong_master_key': {
    code: 'conflict',
    meaning: 'The master key is not the one the metadata database was made with.',
    remedy: 'Give the original key in SLUICE_MASTER_KEY, or put the original key file back; without it the stored secrets cannot be read.',
  },
  'store.bad_master_key': {
    code: 'invalid',
    meaning: 'The master key is malformed, unreadable or exposed.',
    remedy: 'Set SLUICE_MASTER_KEY to 32 random bytes, for example from: openssl rand -base64 32.',
  },
  'store.master_key_required': {
    code: 'invalid',
    meaning: 'With PostgreSQL the master key must be given.',
    remedy: 'Set SLUICE_MASTER_KEY to the same 32 random bytes on every node, for example from: openssl rand -base64 32.',
  },
} as const satisfies { readonly [reason: string]: Reason }
