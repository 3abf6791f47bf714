import type { OwnEndpoint } from '@sluice/core'

/** Reads an endpoint of Cloud Storage itself. There is one for the whole world, so that it says nothing. */
export function gcsEndpoint(endpoint: string): OwnEndpoint | undefined {
  return /^https:\/\/(?:storage|www)\.googleapis\.com\/?(?:storage\/v1\/?)?$/i.test(endpoint.trim())
    ? { fields: {}, settings: {} }
    : undefined
}
