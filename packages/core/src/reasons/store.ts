import type { Reason } from './reason.ts'

/** Reasons of the metadata store. */
export const STORE_REASONS = {
  'store.missing': { code: 'not_found', meaning: 'No such thing in this project.', remedy: 'Check the name; list what there is.' },
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
} as const satisfies { readonly [reason: string]: Reason }
