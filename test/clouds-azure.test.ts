import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Setup } from '@sluice/core'
import { type FakeAz, fakeAz } from '../packages/clouds/test/support/fake-az.ts'
import { artifactText } from './support/artifacts.ts'
import { AZURE_TENANT, ISSUER, startInstallation } from './support/installation.ts'
import { type Fault, type Way, testWholeWay } from './support/whole-way.ts'

const ACCOUNT = 'lakedata'
const CONTAINER = 'landing'
const LOCATION = `https://${ACCOUNT}.blob.core.windows.net/${CONTAINER}/data/`
const TARGET = { tenantId: AZURE_TENANT, subscriptionId: '22222222-2222-4222-8222-222222222222', resourceGroup: 'lake' }

/** A customer with a storage account, and nothing that lets us into it. */
async function begin(method: string, auth: { readonly [field: string]: string } = {}): Promise<Omit<Way, 'apply'>> {
  const installation = await startInstallation()
  const { azure } = installation.lab
  azure.createStorageAccount({ name: ACCOUNT, tenantId: AZURE_TENANT })
  azure.createContainer(ACCOUNT, CONTAINER)
  azure.putBlob(ACCOUNT, CONTAINER, 'other/secret.csv', { body: 'not for us\n' })
  return {
    installation,
    draft: { name: 'acme', cloud: 'azure', method, auth, locations: [LOCATION], purposes: ['import', 'backup'] },
    folder: 'data/',
    owner: {
      put: (key, body) => void azure.putBlob(ACCOUNT, CONTAINER, key, { body }),
      get: (key) => azure.getBlob(ACCOUNT, CONTAINER, key),
    },
  }
}

/** The setup with one of its artifacts written otherwise. */
const rewritten =
  (id: string, rewrite: (text: string) => string) =>
  (setup: Setup): Setup => {
    const text = rewrite(artifactText(setup, id))
    if (text === artifactText(setup, id)) throw new Error(`nothing of ${id} was changed`)
    return { ...setup, artifacts: setup.artifacts.map((artifact) => (artifact.id === id ? { ...artifact, text } : artifact)) }
  }

const inTemplate = (from: string | RegExp, to: string) => rewritten('arm-template', (text) => text.replaceAll(from, to))

const apply = ({ installation }: Pick<Way, 'installation'>, setup: Setup, parameters: { readonly [name: string]: string } = {}) =>
  installation.lab.azure.applyTemplate(artifactText(setup, 'arm-template'), parameters, TARGET)

const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs'

function removeRoles({ installation }: Way, at: 'account' | 'container'): void {
  const { azure } = installation.lab
  for (const { name, scope } of azure.roleAssignments()) if (scope.includes('/containers/') === (at === 'container')) azure.removeRole(name)
}

/** The template without a data action, and without what else it says of it: one that it does not give needs no condition. */
function withoutAction(action: string): (setup: Setup) => Setup {
  return rewritten('arm-template', (text) =>
    JSON.stringify(
      JSON.parse(text, (key, value: unknown) =>
        key === 'dataActions' && Array.isArray(value) ? value.filter((one) => one !== action) : value,
      ),
    ),
  )
}

/** Faults of roles and of the account, the same by whichever identity we come. */
const IDENTITY_FAULTS: readonly Fault<Way>[] = [
  {
    title: 'the delegator role is missing',
    after: (way) => removeRoles(way, 'account'),
    fails: 'permissions-granted',
    reason: 'azure.delegation.refused',
    remedy: /Storage Blob Delegator/,
  },
  {
    title: 'no role is given on the container',
    after: (way) => removeRoles(way, 'container'),
    fails: 'lists-under-prefix',
    reason: 'list.not_granted',
    remedy: /az role assignment create/,
  },
  {
    title: 'the role does not write',
    setup: withoutAction(`${BLOBS}/write`),
    fails: 'writes-object',
    reason: 'write.not_granted',
    remedy: /blobs\/write/,
  },
  {
    title: 'the condition names another folder',
    setup: inTemplate("StringStartsWith 'data/'", "StringStartsWith 'date/'"),
    fails: 'lists-under-prefix',
    reason: 'list.not_granted',
    remedy: /condition/,
  },
  {
    title: 'the firewall keeps us out',
    after: ({ installation }) => installation.lab.azure.configureStorageAccount(ACCOUNT, { firewall: { defaultAction: 'Deny' } }),
    fails: 'permissions-granted',
    reason: 'azure.network.refused',
    remedy: /network-rule add/,
  },
  {
    title: 'the container is gone',
    after: ({ installation }) => installation.lab.azure.deleteContainer(ACCOUNT, CONTAINER),
    fails: 'bucket-is-the-expected-one',
    reason: 'bucket.missing',
    remedy: /container/,
  },
]

interface FederationWay extends Way {
  /** Of the identity that the template made. */
  clientId?: string
}

testWholeWay<FederationWay>(
  'by an identity that trusts our tokens, deployed by a template',
  async () => {
    const way = await begin('federation')
    const made: FederationWay = {
      ...way,
      apply: async (setup) => {
        const { tenantId = '', clientId = '' } = apply(way, setup)
        made.clientId = clientId
        return { tenantId, clientId }
      },
    }
    return made
  },
  [
    ...IDENTITY_FAULTS,
    {
      title: 'the federated credential names another subject',
      setup: inTemplate('organization:', 'organisation:'),
      fails: 'trust-accepts-us',
      reason: 'trust.refused',
      remedy: /subject organization:/,
    },
    {
      title: 'the federated credential names the issuer with a slash',
      setup: inTemplate(`"${ISSUER}"`, `"${ISSUER}/"`),
      fails: 'trust-accepts-us',
      reason: 'trust.refused',
      remedy: /without a slash at its end/,
    },
    {
      title: 'the federated credential names another audience',
      setup: inTemplate('api://AzureADTokenExchange', ISSUER),
      fails: 'trust-accepts-us',
      reason: 'trust.refused',
      remedy: /audience api:\/\/AzureADTokenExchange/,
    },
    {
      title: 'the identity is gone',
      after: ({ installation, clientId = '' }) => installation.lab.azure.deleteManagedIdentity(clientId),
      fails: 'trust-accepts-us',
      reason: 'trust.refused',
      remedy: /client-id/,
    },
  ],
)

interface ScriptWay extends Way {
  readonly az: FakeAz
}

testWholeWay<ScriptWay>(
  'by an application that trusts our tokens, set up by a script',
  async () => {
    const way = await begin('federation')
    const folder = mkdtempSync(join(tmpdir(), 'sluice-az-'))
    const az = await fakeAz(folder, way.installation.lab.azure, TARGET)
    const script = async (setup: Setup, id: string): Promise<string> => {
      const file = join(folder, 'script.sh')
      writeFileSync(file, artifactText(setup, id))
      const { stdout } = await promisify(execFile)('bash', [file], { cwd: folder, env: { PATH: `${folder}:${process.env['PATH']}` } })
      return stdout
    }
    const close = async (): Promise<void> => {
      await way.installation.close()
      await az.close()
      rmSync(folder, { recursive: true, force: true })
    }
    return {
      ...way,
      installation: { ...way.installation, close },
      az,
      apply: async (setup) => {
        const told = /Tenant id: (.*)\nClient id: (.*)\n/.exec(await script(setup, 'azure-cli'))
        return { tenantId: told?.[1] ?? '', clientId: told?.[2] ?? '' }
      },
      remove: async (setup) => {
        await script(setup, 'remove-script')
        if (az.state.applications.size + way.installation.lab.azure.roleAssignments().length > 0)
          throw new Error('something was left behind')
      },
    }
  },
  [
    {
      title: 'the application is gone',
      after: ({ installation, az }) => {
        for (const clientId of az.state.applications.keys()) installation.lab.azure.deleteApplication(clientId)
      },
      fails: 'trust-accepts-us',
      reason: 'trust.refused',
      remedy: /az ad sp create/,
    },
  ],
)

testWholeWay(
  'by the managed identity of the platform',
  async () => {
    const way = await begin('managed-identity')
    return { ...way, apply: async (setup) => void apply(way, setup) }
  },
  IDENTITY_FAULTS,
)

interface SasWay extends Way {
  /** Parameters that the admin changes in the portal. */
  parameters?: { readonly [name: string]: string }
}

const withParameters = (parameters: NonNullable<SasWay['parameters']>) => (setup: Setup, way: SasWay) => {
  way.parameters = parameters
  return setup
}

testWholeWay<SasWay>(
  'by a SAS',
  async () => {
    const way = await begin('sas')
    const made: SasWay = {
      ...way,
      // Azure's templates make no SAS for a folder.
      advised: ['credential-no-broader-than-asked'],
      apply: async (setup) => {
        const { sasToken = '' } = apply(way, setup, made.parameters)
        return { sasToken }
      },
    }
    return made
  },
  [
    {
      title: 'it has ended',
      setup: withParameters({ expiresAt: '2026-01-31T00:00:00Z' }),
      fails: 'credential-in-force',
      reason: 'auth.secret_expired',
      remedy: /generate-sas/,
    },
    {
      title: 'it lacks a letter',
      setup: withParameters({ permissions: 'rl' }),
      fails: 'credential-covers-access',
      reason: 'azure.sas.insufficient',
      remedy: /--permissions/,
    },
    {
      title: 'it is for another container',
      setup: withParameters({ containerName: 'landed' }),
      fails: 'trust-accepts-us',
      reason: 'identity.rejected',
      remedy: /another account, container/,
    },
    {
      title: 'its key was rotated',
      after: ({ installation }) => installation.lab.azure.rotateAccountKey(ACCOUNT, 0),
      fails: 'trust-accepts-us',
      reason: 'identity.rejected',
      remedy: /rotated/,
    },
    {
      title: 'the account allows no shared keys',
      after: ({ installation }) => installation.lab.azure.configureStorageAccount(ACCOUNT, { allowSharedKeyAccess: false }),
      fails: 'trust-accepts-us',
      reason: 'azure.shared_key_disabled',
      remedy: /allow-shared-key-access/,
    },
    {
      title: 'the firewall keeps us out',
      after: ({ installation }) => installation.lab.azure.configureStorageAccount(ACCOUNT, { firewall: { defaultAction: 'Deny' } }),
      fails: 'trust-accepts-us',
      reason: 'azure.network.refused',
      remedy: /network-rule add/,
    },
  ],
)

testWholeWay(
  'by an account key',
  async () => {
    const way = await begin('account-key')
    const { azure } = way.installation.lab
    return {
      ...way,
      advised: ['credential-no-broader-than-asked', 'credential-ends-within-a-year'],
      apply: async () => ({ accountName: ACCOUNT, accountKey: azure.accountKeys(ACCOUNT)[0] }),
    }
  },
  [
    {
      title: 'it was rotated',
      after: ({ installation }) => installation.lab.azure.rotateAccountKey(ACCOUNT, 0),
      fails: 'trust-accepts-us',
      reason: 'identity.rejected',
      remedy: /key1 or key2/,
    },
    {
      title: 'the account allows no shared keys',
      after: ({ installation }) => installation.lab.azure.configureStorageAccount(ACCOUNT, { allowSharedKeyAccess: false }),
      fails: 'trust-accepts-us',
      reason: 'azure.shared_key_disabled',
      remedy: /allow-shared-key-access/,
    },
    {
      title: 'the container is gone',
      after: ({ installation }) => installation.lab.azure.deleteContainer(ACCOUNT, CONTAINER),
      fails: 'bucket-is-the-expected-one',
      reason: 'bucket.missing',
      remedy: /container/,
    },
    {
      title: 'the firewall keeps us out',
      after: ({ installation }) => installation.lab.azure.configureStorageAccount(ACCOUNT, { firewall: { defaultAction: 'Deny' } }),
      fails: 'trust-accepts-us',
      reason: 'azure.network.refused',
      remedy: /network-rule add/,
    },
  ],
)
