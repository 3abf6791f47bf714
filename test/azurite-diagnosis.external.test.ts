import {
  AccountSASPermissions,
  type AccountSASSignatureValues,
  BlobSASPermissions,
  type BlobSASSignatureValues,
  ContainerSASPermissions,
  generateAccountSASQueryParameters,
  generateBlobSASQueryParameters,
  SASProtocol,
  StorageSharedKeyCredential,
} from '@azure/storage-blob'
import { createTransport, type PooledTransport } from '@sluice/clouds'
import type { DiagnosisReport } from '@sluice/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Azurite, startAzurite } from '../packages/clouds/test/support/azurite.ts'
import { blobService } from '../packages/lab/test/azure-client.ts'
import { type Installation, startInstallation } from './support/installation.ts'

const ACCOUNT = 'lakedata'
const CONTAINER = 'landing'
const HOST = `${ACCOUNT}.blob.core.windows.net`
const HOUR = 3_600_000
const signal = new AbortController().signal

let azurite: Azurite
let transport: PooledTransport
let installation: Installation
let key: StorageSharedKeyCredential

beforeAll(async () => {
  azurite = await startAzurite(ACCOUNT)
  transport = createTransport({ routes: [{ host: '*.blob.core.windows.net', to: azurite.url }], responseTimeoutMs: 10_000 })
  installation = await startInstallation({ layer: () => transport })
  key = new StorageSharedKeyCredential(ACCOUNT, azurite.key)
  const container = containerOfOwner()
  await container.create()
  await container.getBlockBlobClient('data/a.csv').upload('a,b\n1,2\n', 8)
  const locations = [`azure://${HOST}/${CONTAINER}/data/`]
  const auth = { sasToken: ofContainer() }
  const input = { name: 'acme', cloud: 'azure', method: 'sas', auth, locations, purposes: ['import', 'backup'] } as const
  await installation.connections.create(installation.caller, input)
})
afterAll(async () => {
  await installation.close()
  transport.close()
  await azurite.stop()
})

function containerOfOwner() {
  return blobService(azurite, HOST, key).getContainerClient(CONTAINER)
}

const inAnHour = () => new Date(Date.now() + HOUR)
const anHourAgo = () => new Date(Date.now() - HOUR)

// Azurite gives no detail of why a credential does not hold, and verifies no addresses (sip). It sees that requests come without TLS, which a
// route takes off: a SAS for https alone opens nothing there.
function ofContainer(change: Partial<BlobSASSignatureValues> = {}, signer = key): string {
  const whole = change.identifier === undefined ? { permissions: ContainerSASPermissions.parse('rwdl'), expiresOn: inAnHour() } : {}
  const values = { containerName: CONTAINER, protocol: SASProtocol.HttpsAndHttp, ...whole, ...change }
  return generateBlobSASQueryParameters(values, signer).toString()
}

function ofAccount(change: Partial<AccountSASSignatureValues> = {}): string {
  const permissions = AccountSASPermissions.parse('rwdl')
  const whole = { services: 'b', resourceTypes: 'co', permissions, protocol: SASProtocol.HttpsAndHttp, expiresOn: inAnHour() }
  return generateAccountSASQueryParameters({ ...whole, ...change }, key).toString()
}

async function diagnosed(sasToken: string): Promise<DiagnosisReport> {
  await installation.connections.update(installation.caller, 'acme', { auth: { sasToken } })
  installation.clock.advance(60_000)
  return installation.diagnoses.diagnose(installation.caller, 'acme', { write: true }, signal)
}

interface Case {
  readonly what: string
  readonly sas: () => string
  readonly cause: string
  /** What it may not be told from: a group. */
  readonly group?: readonly string[]
}

const letters = (text: string) => () => ofContainer({ permissions: ContainerSASPermissions.parse(text) })
const stranger = new StorageSharedKeyCredential(ACCOUNT, Buffer.alloc(64, 7).toString('base64'))
const SIGNATURE = ['azure.sas.sig_key', 'azure.sas.sig_encoding', 'azure.sas.sr']

const CASES: readonly Case[] = [
  { what: 'has ended', sas: () => ofContainer({ expiresOn: anHourAgo() }), cause: 'azure.sas.time' },
  {
    what: 'begins later',
    sas: () => ofContainer({ startsOn: inAnHour(), expiresOn: new Date(Date.now() + 2 * HOUR) }),
    cause: 'azure.sas.time',
  },
  { what: 'does not list', sas: letters('rwd'), cause: 'azure.sas.perm' },
  { what: 'does not read', sas: letters('wdl'), cause: 'azure.sas.perm' },
  { what: 'does not write', sas: letters('rdl'), cause: 'azure.sas.perm' },
  { what: 'does not delete', sas: letters('rwl'), cause: 'azure.sas.perm' },
  { what: 'is for objects and not for containers', sas: () => ofAccount({ resourceTypes: 'o' }), cause: 'azure.sas.srt' },
  { what: 'is for containers and not for objects', sas: () => ofAccount({ resourceTypes: 'c' }), cause: 'azure.sas.srt' },
  { what: 'is for queues', sas: () => ofAccount({ services: 'q' }), cause: 'azure.sas.ss' },
  {
    what: 'is for one blob',
    sas: () => ofContainer({ blobName: 'data/a.csv', permissions: BlobSASPermissions.parse('rwd') }),
    cause: 'azure.sas.sr',
  },
  { what: 'is for https alone, where it comes without', sas: () => ofContainer({ protocol: SASProtocol.Https }), cause: 'azure.sas.proto' },
  { what: 'was signed with a key that is gone', sas: () => ofContainer({}, stranger), cause: 'azure.sas.sig_key', group: SIGNATURE },
  {
    what: 'was rewritten on its way',
    sas: () => ofContainer().replace(/se=([^&]+)Z/, 'se=$1.000Z'),
    cause: 'azure.sas.sig_encoding',
    group: SIGNATURE,
  },
  {
    what: 'names a policy that there is not',
    sas: () => ofContainer({ identifier: 'gone' }),
    cause: 'azure.sas.policy',
    group: [...SIGNATURE, 'azure.sas.policy', 'azure.sas.time'],
  },
]

describe('the diagnosis of what Azurite answers', () => {
  it('finds nothing wrong with a SAS that works', async () => {
    expect(await diagnosed(ofContainer())).toMatchObject({ verdict: 'ok', findings: [] })
    expect(await diagnosed(ofAccount())).toMatchObject({ verdict: 'ok', findings: [] })
  })

  it.each(CASES.map((one) => [one.what, one] as const))('says why of a SAS that %s', async (_, { sas, cause, group }) => {
    const { findings, probes } = await diagnosed(sas())
    const [finding] = findings
    const told = finding === undefined ? [] : [finding.cause, ...finding.alternatives]
    expect(told, JSON.stringify(probes, undefined, 1)).toContain(cause)
    expect(told.filter((code) => !(group ?? [cause]).includes(code))).toEqual([])
    expect(await diagnosed(ofContainer())).toMatchObject({ verdict: 'ok', findings: [] })
  })
})
