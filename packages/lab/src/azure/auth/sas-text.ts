import type { Sas } from '@sluice/core'
import { queryValue, type LabRequest } from '../../http/request.ts'
import type { BlobTarget } from '../blob/route.ts'

/**
 * The text that is signed for a SAS, by its version and kind. Values stand in it as the token writes them, decoded once.
 * https://learn.microsoft.com/rest/api/storageservices/create-account-sas#construct-the-signature-string
 * https://learn.microsoft.com/rest/api/storageservices/create-service-sas#construct-the-signature-string
 * https://learn.microsoft.com/rest/api/storageservices/create-user-delegation-sas#construct-a-user-delegation-sas
 */
export function sasText(request: LabRequest, sas: Sas, target: BlobTarget): string {
  const field = (name: string): string => queryValue(request, name) ?? ''
  if (sas.kind === 'account') return accountText(sas.version, target.account, field)
  const head = ['sp', 'st', 'se'].map(field)
  const resource = canonicalResource(request, sas, target)
  const overrides = ['rscc', 'rscd', 'rsce', 'rscl', 'rsct'].map(field)
  const { version } = sas
  const reach = version >= '2018-11-09' ? [field('sr'), pointInTime(request, sas)] : []
  const scope = version >= '2020-12-06' ? [field('ses')] : []
  const network = ['sip', 'spr', 'sv'].map(field)
  if (sas.kind === 'service') return [...head, resource, field('si'), ...network, ...reach, ...scope, ...overrides].join('\n')
  const key = ['skoid', 'sktid', 'skt', 'ske', 'sks', 'skv'].map(field)
  const agents = version >= '2020-02-10' ? ['saoid', 'suoid', 'scid'].map(field) : []
  const delegated = version >= '2025-07-05' ? ['skdutid', 'sduoid'].map(field) : []
  // Since 2026-04-06 a token may be bound to headers and parameters of its requests.
  const bound = version >= '2026-04-06' ? [boundHeaders(request, field('srh')), boundQuery(request, field('srq'))] : []
  return [...head, resource, ...key, ...agents, ...delegated, ...network, ...reach, ...scope, ...bound, ...overrides].join('\n')
}

function accountText(version: string, account: string, field: (name: string) => string): string {
  const values = ['sp', 'ss', 'srt', 'st', 'se', 'sip', 'spr', 'sv'].map(field)
  const scope = version >= '2020-12-06' ? [field('ses')] : []
  return [account, ...values, ...scope, ''].join('\n')
}

function pointInTime(request: LabRequest, sas: Sas): string {
  if (sas.kind === 'account') return ''
  if (sas.resource === 'bs') return queryValue(request, 'snapshot') ?? ''
  return sas.resource === 'bv' ? (queryValue(request, 'versionid') ?? '') : ''
}

function boundHeaders(request: LabRequest, names: string): string {
  if (names === '') return ''
  return names
    .split(',')
    .map((name) => `${name}:${request.headers.get(name.toLowerCase()) ?? ''}\n`)
    .join('')
}

function boundQuery(request: LabRequest, names: string): string {
  if (names === '') return ''
  return names
    .split(',')
    .map((name) => `\n${name}:${queryValue(request, name) ?? ''}`)
    .join('')
}

function canonicalResource(request: LabRequest, sas: Exclude<Sas, { kind: 'account' }>, target: BlobTarget): string {
  const container = `${sas.version >= '2015-02-21' ? '/blob' : ''}/${target.account}/${target.container ?? ''}`
  if (sas.resource === 'c') return container
  const path = sas.resource === 'd' ? (directoryOf(request, sas.directoryDepth ?? 0, target) ?? '') : (target.blob ?? '')
  return path === '' ? container : `${container}/${path}`
}

/**
 * The directory that a token of this depth would be for, given what the request asks about: the blob's path, or the prefix
 * of a listing. Undefined where that does not lie so deep.
 */
export function directoryOf(request: LabRequest, depth: number, target: BlobTarget): string | undefined {
  const path = target.blob ?? queryValue(request, 'prefix') ?? ''
  const segments = path.split('/').filter((segment) => segment !== '')
  return segments.length < depth ? undefined : segments.slice(0, depth).join('/')
}
