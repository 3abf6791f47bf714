import { parseSas, parseSasTime, sasAdmitsAddress, SAS_PARAMETERS, type Sas, type UserDelegationSas } from '@sluice/core'
import { queryValue, type LabRequest } from '../../http/request.ts'
import { containerOf, type BlobRequest } from '../blob/call.ts'
import { authenticationFailed, authorizationMismatch, notImplemented } from '../error.ts'
import { demandKeysAllowed } from './authenticate.ts'
import type { BlobCaller } from './caller.ts'
import { delegationKeyValue } from './delegation-key.ts'
import { directoryOf, sasText } from './sas-text.ts'
import { sameSignature, sign } from './signature.ts'

/** Verifies a SAS as Azure does: form, time, signature, protocol, address. What it allows is looked at afterwards. */
export function verifySas(call: BlobRequest): BlobCaller {
  const { request, state, target } = call
  const sas = readSas(request)
  if (sas.kind !== 'user-delegation') demandKeysAllowed(call)
  if (sas.kind !== 'account' && sas.resource === 'd') checkDirectory(call, sas)
  const limits = limitsOf(call, sas)
  checkTimes(limits, state.clock.now())
  if (sas.kind === 'user-delegation') checkKeyTimes(sas, state.clock.now())
  const text = sasText(request, sas, target)
  const signature = rawSignature(request)
  if (!keysOf(call, sas).some((key) => sameSignature(sign(key, text), signature)))
    throw authenticationFailed(`Signature did not match. String to sign used was ${text}`)
  if (sas.protocol === 'https' && state.callerProtocol === 'http') throw authorizationMismatch('Protocol')
  if (!sasAdmitsAddress(sas, state.callerAddress)) throw authorizationMismatch('SourceIP', state.callerAddress)
  const name = sas.kind === 'user-delegation' ? `sas:${sas.key.objectId}` : `sas:${sas.kind}`
  return { kind: 'sas', name, sas, permissions: limits.permissions }
}

/** What the token may be signed with: either key of the account, or the one delegation key that it describes. */
function keysOf({ account, request }: BlobRequest, sas: Sas): readonly string[] {
  if (sas.kind !== 'user-delegation') return account.keys
  const field = (name: string): string => queryValue(request, name) ?? ''
  if (field('sduoid') !== '' || field('skdutid') !== '') throw notImplemented('SAS that are bound to a user (sduoid)')
  if (sas.key.tenantId !== account.tenantId) return []
  return [
    delegationKeyValue(account, {
      objectId: sas.key.objectId,
      tenantId: sas.key.tenantId,
      start: field('skt'),
      expiry: field('ske'),
      service: field('sks'),
      version: field('skv'),
    }),
  ]
}

function readSas(request: LabRequest): Sas {
  const names = new Set<string>(SAS_PARAMETERS)
  const fields = request.query.filter(([name]) => names.has(name)).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  const parsed = parseSas(fields.join('&'))
  if (!parsed.ok) throw authenticationFailed('Signature fields not well formed.')
  return parsed.sas
}

// A plus sign that is not encoded is a blank to Azure: what a signature loses when it is decoded once too often.
function rawSignature(request: LabRequest): string {
  const query = (request.incoming.url ?? '').split('?')[1] ?? ''
  const given = query.split('&').find((part) => part.startsWith('sig='))
  const signature = decodeURIComponent((given ?? '').slice('sig='.length).replaceAll('+', ' '))
  if (signature.includes(' ')) throw authenticationFailed('Signature fields not well formed.')
  return signature
}

/** The first version whose tokens may be for a directory of an account without a hierarchical namespace. */
const FLAT_DIRECTORIES = '2026-06-06'

function checkDirectory({ account, request, target }: BlobRequest, sas: Exclude<Sas, { kind: 'account' }>): void {
  const isKnown = account.hierarchical ? sas.version >= '2020-02-10' : sas.version >= FLAT_DIRECTORIES
  if (!isKnown) throw authenticationFailed('Signed resource type d is not supported for this account.')
  if (directoryOf(request, sas.directoryDepth ?? 0, target) === undefined) throw authenticationFailed('Signed Directory Depth Invalid')
}

interface Limits {
  readonly permissions: string
  readonly startsAt: number | undefined
  readonly expiresAt: number
}

/** What the token says, or its stored access policy where the token is silent. Nothing may stand in both. */
function limitsOf(call: BlobRequest, sas: Sas): Limits {
  const own = { permissions: sas.permissions, startsAt: sas.startsAt, expiresAt: sas.expiresAt }
  if (sas.kind !== 'service' || sas.policy === undefined)
    return { permissions: own.permissions ?? '', startsAt: own.startsAt, expiresAt: own.expiresAt ?? 0 }
  const policy = containerOf(call).accessPolicies.find(({ id }) => id === sas.policy)
  if (policy === undefined) throw authenticationFailed('SAS identifier cannot be found for specified signed identifier')
  const stored = { permissions: policy.permissions, startsAt: timeOf(policy.startsAt), expiresAt: timeOf(policy.expiresAt) }
  const isDouble = (name: keyof typeof own): boolean => own[name] !== undefined && stored[name] !== undefined
  if (isDouble('permissions') || isDouble('startsAt') || isDouble('expiresAt'))
    throw authenticationFailed('Access policy fields can be associated with signature or SAS identifier but not both.')
  const permissions = own.permissions ?? stored.permissions
  const expiresAt = own.expiresAt ?? stored.expiresAt
  if (permissions === undefined) throw authenticationFailed('sp is mandatory. Cannot be empty')
  if (expiresAt === undefined) throw authenticationFailed('se is mandatory. Cannot be empty')
  return { permissions, startsAt: own.startsAt ?? stored.startsAt, expiresAt }
}

function timeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseSasTime(text)
}

function checkTimes({ startsAt, expiresAt }: Limits, now: number): void {
  // Without a start, the start is now: an expired token is then one that ends before it begins.
  const start = startsAt ?? now
  if (expiresAt <= start)
    throw authenticationFailed(`Signed expiry time [${utc(expiresAt)}] must be after signed start time [${utc(start)}]`)
  if (now < start || now >= expiresAt)
    throw authenticationFailed(
      `Signature not valid in the specified time frame: Start [${utc(start)}] - Expiry [${utc(expiresAt)}] - Current [${utc(now)}]`,
    )
}

function checkKeyTimes({ key }: UserDelegationSas, now: number): void {
  if (now >= key.startsAt && now < key.expiresAt) return
  throw authenticationFailed(
    `Signature not valid in the specified key time frame: Key start [${utc(key.startsAt)}] - Key expiry [${utc(key.expiresAt)}] - Current [${utc(now)}]`,
  )
}

function utc(time: number): string {
  return new Date(time).toUTCString()
}
