import { isIP } from 'node:net'
import { type ConnectionSettings, accessError } from '@sluice/core'
import { bareHost } from '../http/egress.ts'
import { endpointText, presetOf, requirePresetHost } from './preset-of.ts'

/** Where a store answers, and how its buckets are named in requests. */
export interface Endpoint {
  readonly origin: string
  readonly basePath: string
}

/** The endpoint of a connection, as a person may write it: without a scheme it is https. A path stays in front of the bucket. */
export function parseEndpoint(settings: ConnectionSettings): URL {
  const text = endpointText(settings)
  if (text === '') throw accessError('s3.endpoint', { message: 'An S3-compatible store needs its endpoint.' })
  const written = text.includes('://') ? text : `https://${text}`
  if (!URL.canParse(written)) throw badEndpoint('is not a URL')
  const url = new URL(written)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw badEndpoint('is not an http or https URL')
  if (url.username !== '' || url.password !== '') throw badEndpoint('carries credentials; they belong to the method keys')
  if (url.search !== '' || url.hash !== '') throw badEndpoint('has parameters or a fragment')
  requirePresetHost(settings, url.hostname)
  if (settings.addressing === 'virtual-host' && isIP(bareHost(url)) !== 0)
    throw badEndpoint('is an address, in front of which no bucket can stand; leave the addressing out')
  return url
}

/** The address of a bucket: by path, which nearly every store understands, unless the connection or its preset says otherwise. */
export function bucketAddress(endpoint: URL, bucket: string, settings: ConnectionSettings): Endpoint {
  const path = endpoint.pathname.replace(/\/+$/, '')
  const addressing = settings.addressing ?? presetOf(settings).addressing
  if (addressing === 'virtual-host' && !bucket.includes('.'))
    return { origin: `${endpoint.protocol}//${bucket}.${endpoint.host}`, basePath: path }
  return { origin: endpoint.origin, basePath: `${path}/${bucket}` }
}

function badEndpoint(because: string): Error {
  return accessError('s3.endpoint', { message: `The endpoint ${because}.` })
}
