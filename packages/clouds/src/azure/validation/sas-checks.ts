import {
  type CheckOutcome,
  type CheckPlan,
  type Connection,
  type Location,
  type Platform,
  type Sas,
  type SasFinding,
  reviewSas,
  sasAdmitsAddress,
} from '@sluice/core'
import { failed, passed, skipped } from '../../validation/outcomes.ts'
import { type SasRemedies } from './sas-remedies.ts'

/** What the checks of a SAS look at. Nothing is asked of anybody. */
export interface SasSubject {
  readonly sas: Sas
  readonly connection: Connection
  readonly locations: readonly Location[]
  readonly platform: Platform
  readonly now: () => number
  readonly remedies: SasRemedies
}

/** The checks of a SAS before any request: its times, what it covers, what it covers besides, and how long. */
export function sasChecks(subject: SasSubject): readonly CheckPlan[] {
  return [
    { name: 'credential-in-force', needs: ['configuration-well-formed'], run: () => Promise.resolve(inForce(subject)) },
    { name: 'credential-covers-access', needs: beforeCovering(subject.sas), run: () => Promise.resolve(coversAccess(subject)) },
    { name: 'credential-no-broader-than-asked', needs: ['configuration-well-formed'], run: () => Promise.resolve(noBroader(subject)) },
    { name: 'credential-ends-within-a-year', needs: ['configuration-well-formed'], run: () => Promise.resolve(endsWithinAYear(subject)) },
  ]
}

/** The check before the first request. What a stored access policy keeps to itself is not waited for. */
export function beforeAsking(sas: Sas): CheckPlan['needs'] {
  return sas.permissions === undefined ? beforeCovering(sas) : ['credential-covers-access']
}

function beforeCovering(sas: Sas): CheckPlan['needs'] {
  return sas.expiresAt === undefined ? ['configuration-well-formed'] : ['credential-in-force']
}

type Finding<Kind extends SasFinding['kind']> = Extract<SasFinding, { kind: Kind }>

function findings({ sas, connection, locations, platform, now }: SasSubject): readonly SasFinding[] {
  const oneBlob = locations.length > 0 && locations.every(({ extent }) => extent === 'object')
  const admitted = admittedOf(sas, platform.egressAddresses)
  return reviewSas(sas, {
    // One blob is looked at instead of listed.
    accesses: oneBlob ? connection.access.filter((access) => access !== 'list') : connection.access,
    oneBlob,
    now: now(),
    ...(admitted === undefined ? {} : { admitted }),
  })
}

/** Of our blocks of addresses, how many lie within what the SAS admits: first and last of each decide, for what is admitted is one range. */
function admittedOf(sas: Sas, blocks: readonly string[]): 'all' | 'some' | 'none' | undefined {
  const ends = blocks.flatMap((block) => blockEnds(block) ?? [])
  if (ends.length === 0) return undefined
  const inside = ends.filter((address) => sasAdmitsAddress(sas, address)).length
  return inside === ends.length ? 'all' : inside === 0 ? 'none' : 'some'
}

/** First and last address of an IPv4 block. */
function blockEnds(block: string): readonly string[] | undefined {
  const [, address = '', length = '32'] = /^(\d{1,3}(?:\.\d{1,3}){3})(?:\/(\d{1,2}))?$/.exec(block) ?? []
  if (address === '' || Number(length) > 32) return undefined
  const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const size = 2 ** (32 - Number(length))
  const start = value - (value % size)
  return [start, start + size - 1].map((each) => [24, 16, 8, 0].map((shift) => Math.floor(each / 2 ** shift) % 256).join('.'))
}

function inForce(subject: SasSubject): CheckOutcome {
  const { sas, remedies } = subject
  const found = findings(subject).find(
    (finding): finding is Finding<'expired' | 'not-yet-valid' | 'never-valid' | 'key-expired'> =>
      ['expired', 'not-yet-valid', 'never-valid', 'key-expired'].includes(finding.kind) && finding.severity === 'blocks',
  )
  if (found !== undefined) {
    const reason = found.kind === 'expired' || found.kind === 'key-expired' ? 'auth.secret_expired' : 'azure.sas.out_of_time'
    return failed(0, reason, timeMessage(found), remedies.renew('It must be in force now: give it no start, or one 15 minutes ago.'))
  }
  if (sas.expiresAt === undefined) return skipped('Its times stand in a stored access policy of the container, which cannot be seen.')
  return passed(0)
}

function timeMessage(found: Finding<'expired' | 'not-yet-valid' | 'never-valid' | 'key-expired'>): string {
  switch (found.kind) {
    case 'expired':
      return `The SAS expired at ${iso(found.expiresAt)} (se).`
    case 'not-yet-valid':
      return `The SAS is valid only from ${iso(found.startsAt)} on (st).`
    case 'never-valid':
      return `The SAS ends at ${iso(found.expiresAt)} (se), before it begins at ${iso(found.startsAt)} (st).`
    default:
      return `The key that the SAS is signed with ended at ${iso(found.expiresAt)} (ske).`
  }
}

function coversAccess(subject: SasSubject): CheckOutcome {
  const { sas, remedies, locations } = subject
  const blocking = findings(subject).filter((finding) => finding.severity === 'blocks')
  const messages = blocking.flatMap((finding) => coverMessage(finding) ?? [])
  const deep = tooDeep(sas, locations)
  if (deep !== undefined) messages.push(deep)
  if (messages.length > 0)
    return failed(0, 'azure.sas.insufficient', messages.join(' '), remedies.renew('It must cover what the connection is for.'))
  if (sas.permissions === undefined)
    return skipped('Its permissions stand in a stored access policy of the container, which cannot be seen.')
  return passed(0)
}

function coverMessage(finding: SasFinding): string | undefined {
  switch (finding.kind) {
    case 'letters-missing':
      return `The SAS lacks the permission ${finding.letters} (sp), without which we cannot ${finding.for.join(' or ')}.`
    case 'service-missing':
      return `The SAS is for the services ${finding.services} (ss), not for Blob (b).`
    case 'resource-types-missing':
      return `The SAS lacks the resource type ${finding.resourceTypes} (srt), without which we cannot ${finding.for.join(' or ')}.`
    case 'resource-too-small':
      return `The SAS is for one ${{ b: 'blob', bs: 'snapshot', bv: 'version' }[finding.resource] ?? 'thing'} alone (sr=${finding.resource}).`
    case 'addresses':
      return `The SAS admits only ${range(finding)} (sip), and our requests come from other addresses.`
    default:
      return undefined
  }
}

/** A SAS for a directory that lies deeper than a location cannot be for that location. */
function tooDeep(sas: Sas, locations: readonly Location[]): string | undefined {
  if (sas.kind === 'account' || sas.directoryDepth === undefined) return undefined
  const depth = sas.directoryDepth
  const above = locations.find(({ prefix }) => foldersOf(prefix) < depth)
  return above === undefined
    ? undefined
    : `The SAS is for a directory ${depth} folders deep (sdd), and the location ${above.bucket}/${above.prefix} lies above that.`
}

function noBroader(subject: SasSubject): CheckOutcome {
  const { sas, locations, remedies } = subject
  const wider = placeMessage(sas, locations)
  const messages = [...findings(subject).flatMap((finding) => excessMessage(finding) ?? []), ...(wider === undefined ? [] : [wider])]
  if (messages.length > 0) return failed(0, 'grant.broader', messages.join(' '), remedies.narrow())
  if (sas.permissions === undefined)
    return skipped('Its permissions stand in a stored access policy of the container, which cannot be seen.')
  return passed(0)
}

/** A SAS for a container or directory with more in it than the locations. */
function placeMessage(sas: Sas, locations: readonly Location[]): string | undefined {
  if (sas.kind === 'account') return undefined
  const depth = sas.resource === 'd' ? (sas.directoryDepth ?? 0) : 0
  if (sas.resource !== 'c' && sas.resource !== 'd') return undefined
  const inner = locations.find(({ prefix, extent }) => extent === 'object' || foldersOf(prefix) > depth)
  const what = sas.resource === 'c' ? 'the whole container (sr=c)' : `a directory ${depth} folders deep (sdd)`
  return inner === undefined ? undefined : `It is for ${what}, and the location ${inner.bucket}/${inner.prefix} is only a part of that.`
}

function foldersOf(prefix: string): number {
  return prefix.split('/').filter((part) => part !== '').length
}

function excessMessage(finding: SasFinding): string | undefined {
  switch (finding.kind) {
    case 'letters-excess':
      return `Besides what was asked, the SAS has the permissions ${finding.letters} (sp).`
    case 'services-excess':
      return `It is for the services ${finding.services} too (ss).`
    case 'resource-types-excess':
      return `It has the resource types ${finding.resourceTypes} too (srt).`
    case 'whole-account':
      return 'It is an account SAS: it reaches every container of the storage account.'
    case 'allows-http':
      return 'It may be used over plain http (spr).'
    default:
      return undefined
  }
}

function endsWithinAYear(subject: SasSubject): CheckOutcome {
  const found = findings(subject).find((finding): finding is Finding<'lives-long'> => finding.kind === 'lives-long')
  if (found !== undefined)
    return failed(
      0,
      'azure.sas.long_lived',
      `The SAS ends only at ${iso(found.expiresAt)} (se).`,
      subject.remedies.renew('Let it end within a year: whoever gets hold of it can use it until then.'),
    )
  if (subject.sas.expiresAt === undefined)
    return skipped('Its end stands in a stored access policy of the container, which cannot be seen.')
  return passed(0)
}

function range({ first, last }: { readonly first: string; readonly last: string }): string {
  return first === last ? first : `${first} to ${last}`
}

function iso(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z')
}
