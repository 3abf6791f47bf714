import manifest from '../package.json' with { type: 'json' }

/** Sluice's version. */
export const VERSION: string = manifest.version
