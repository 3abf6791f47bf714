import type { OwnEndpoint } from '@sluice/core'
import { regionIn } from '../s3-protocol/errors.ts'

/** Reads an endpoint of S3 itself: the regional ones name the region, the global one does not. */
export function awsEndpoint(endpoint: string): OwnEndpoint | undefined {
  const match = /^https:\/\/s3(?:[.-](?:dualstack\.)?([a-z]{2}(?:-[a-z]+){1,2}-\d))?\.amazonaws\.com(?:\.cn)?\/?$/i.exec(endpoint.trim())
  if (match === null) return undefined
  const region = regionIn(match[1]?.toLowerCase())
  return { fields: {}, settings: region === undefined ? {} : { region } }
}
