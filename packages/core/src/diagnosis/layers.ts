import type { Cause } from './cause.ts'

/** The layers in the order in which a request meets them. */
export const LAYERS: readonly Cause['layer'][] = [
  'credential',
  'trust',
  'place',
  'network',
  'organization',
  'policy',
  'key',
  'ownership',
  'object',
  'settings',
]
