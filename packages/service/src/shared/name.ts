import { accessError } from '@sluice/core'

const NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,62}$/

/** Refuses what cannot name a connection or a stage. Names are kept as given and compared without regard to case. */
export function requireName(noun: 'connection' | 'stage', name: string): string {
  // The text is not repeated: it may be anything, a secret pasted into the wrong field included.
  if (!NAME.test(name)) throw accessError('name.invalid', { message: `This cannot be the name of a ${noun}.` })
  return name
}

/** A name as an audit event may show it. */
export function shownName(name: string): string {
  return NAME.test(name) ? name : '(not a name)'
}
