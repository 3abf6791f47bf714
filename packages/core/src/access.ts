/** What may be done under a location. */
export const ACCESSES = ['list', 'read', 'write', 'delete'] as const
export type Access = (typeof ACCESSES)[number]

/** What a connection is for, in the platform's words. */
export const PURPOSES = ['import', 'export', 'backup', 'logs', 'purge'] as const
export type Purpose = (typeof PURPOSES)[number]

/** The accesses each purpose needs. A log sink only ever adds objects, so `logs` and `export` are write-only. */
export const PURPOSE_ACCESSES: { readonly [purpose in Purpose]: readonly Access[] } = {
  import: ['list', 'read'],
  export: ['write'],
  backup: ['list', 'read', 'write', 'delete'],
  logs: ['write'],
  purge: ['list', 'delete'],
}

/** The accesses that a set of purposes needs, in the order of `ACCESSES`. */
export function accessesFor(purposes: readonly Purpose[]): readonly Access[] {
  const needed = new Set(purposes.flatMap((purpose) => PURPOSE_ACCESSES[purpose]))
  return ACCESSES.filter((access) => needed.has(access))
}
