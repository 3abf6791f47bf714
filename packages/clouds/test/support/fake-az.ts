import { readFileSync } from 'node:fs'
import {
  AccountSASPermissions,
  AccountSASResourceTypes,
  AccountSASServices,
  BlobSASPermissions,
  ContainerSASPermissions,
  SASProtocol,
  StorageSharedKeyCredential,
  generateAccountSASQueryParameters,
  generateBlobSASQueryParameters,
} from '@azure/storage-blob'
import { BUILT_IN_ROLES } from '@sluice/core'
import type { Lab } from '@sluice/lab'
import { type Outcome, fakeCommand } from './fake-command.ts'

interface FakeApplication {
  readonly name: string
  /** Object id in the lab. Told once the service principal was made. */
  readonly objectId: string
  hasPrincipal: boolean
  readonly credentials: Map<string, unknown>
}

/** What the stand-in knows besides the lab: names and descriptions, which change no answer of the lab's. */
export interface FakeAzState {
  /** By client id. */
  readonly applications: Map<string, FakeApplication>
  /** Custom roles by name. */
  readonly roles: Map<
    string,
    { readonly id: string; readonly description: string; readonly dataActions: readonly string[]; readonly scopes: readonly string[] }
  >
  /** Descriptions of role assignments by the lab's name of each. */
  readonly descriptions: Map<string, string>
  /** Every command, without its options. */
  readonly calls: string[]
}

/** The stand-in as scripts meet it: a command `az` in a folder. */
export interface FakeAz {
  readonly state: FakeAzState
  close(): Promise<void>
}

/** Who is signed in where. */
export interface FakeAzSession {
  readonly tenantId: string
  readonly subscriptionId: string
  readonly resourceGroup: string
}

class Refusal extends Error {}

function refuse(message: string): never {
  throw new Refusal(`ERROR: ${message}`)
}

/**
 * Puts a command `az` into `folder` that stands in for the Azure CLI: what a script does with it is done in the lab. It knows the commands,
 * options and queries of our scripts, and refuses every other.
 */
export async function fakeAz(folder: string, azure: Lab['azure'], session: FakeAzSession): Promise<FakeAz> {
  const state: FakeAzState = { applications: new Map(), roles: new Map(), descriptions: new Map(), calls: [] }
  const handlers = handlersOf(state, azure, session)
  const command = await fakeCommand(folder, 'az', async (words) => answer(words))
  return { state, close: () => command.close() }

  function answer(words: readonly string[]): Outcome {
    try {
      const text = run(words)
      return { status: 0, text: text === '' ? '' : `${text}\n` }
    } catch (error) {
      return error instanceof Refusal ? { status: 1, text: `${error.message}\n` } : { status: 99, text: `${String(error)}\n` }
    }
  }

  function run(words: readonly string[]): string {
    const { name, option, flag, expectAll } = parse(words)
    state.calls.push(name)
    const handler = handlers[name]
    if (handler === undefined) throw new Refusal(`ERROR: '${name}' is misspelled or not recognized by the system.`)
    const text = handler(option, flag)
    expectAll()
    return text
  }
}

type Option = (name: string) => string
type Handler = (option: Option, flag: (name: string) => boolean) => string

/** The commands by name. */
function handlersOf(state: FakeAzState, azure: Lab['azure'], session: FakeAzSession): { readonly [command: string]: Handler } {
  function accountId(account: string): string {
    try {
      azure.accountKeys(account)
    } catch {
      refuse(`The storage account '${account}' was not found.`)
    }
    return `/subscriptions/${session.subscriptionId}/resourceGroups/${session.resourceGroup}/providers/Microsoft.Storage/storageAccounts/${account}`
  }

  function application(id: string): FakeApplication {
    return (
      state.applications.get(id) ??
      refuse(`Resource '${id}' does not exist or one of its queried reference-property objects are not present.`)
    )
  }

  function putCredential(clientId: string, file: string): string {
    const document: { name: string; issuer: string; subject: string; audiences: string[] } = JSON.parse(readFileSync(file, 'utf8'))
    application(clientId).credentials.set(document.name, document)
    azure.putFederatedCredential(clientId, document)
    return ''
  }

  function putRole(file: string, verb: 'create' | 'update'): string {
    const role: { Name: string; Description: string; DataActions: string[]; AssignableScopes: string[] } = JSON.parse(
      readFileSync(file.replace(/^@/, ''), 'utf8'),
    )
    const before = state.roles.get(role.Name)
    if ((before === undefined) !== (verb === 'create')) refuse(`The role ${role.Name} is there or not: ${verb}`)
    const id = before?.id ?? `aaaaaaaa-0000-4000-8000-${String(state.roles.size).padStart(12, '0')}`
    state.roles.set(role.Name, { id, description: role.Description, dataActions: role.DataActions, scopes: role.AssignableScopes })
    azure.putRoleDefinition({
      id,
      name: role.Name,
      permissions: [{ actions: [], notActions: [], dataActions: role.DataActions, notDataActions: [] }],
    })
    return ''
  }

  return {
    'account show'(option) {
      option('output')
      const query = option('query')
      return query === 'tenantId' ? session.tenantId : query === 'id' ? session.subscriptionId : refuse(query)
    },
    'storage account show'(option) {
      option('query')
      option('output')
      return accountId(option('name'))
    },
    'storage container-rm show'(option) {
      option('output')
      const account = option('storage-account').split('/').at(-1) ?? ''
      try {
        azure.listBlobNames(account, option('name'))
      } catch {
        refuse('The specified container does not exist.')
      }
      return ''
    },
    'ad app list'(option) {
      option('query')
      option('output')
      const wanted = /^displayName eq '(.*)'$/.exec(option('filter'))?.[1]
      return [...state.applications].flatMap(([id, { name }]) => (name === wanted ? [id] : [])).join('\n')
    },
    'ad app create'(option) {
      option('sign-in-audience')
      option('query')
      option('output')
      const name = option('display-name')
      const { clientId, objectId } = azure.createApplication({ name, tenantId: session.tenantId })
      state.applications.set(clientId, { name, objectId, hasPrincipal: false, credentials: new Map() })
      return clientId
    },
    'ad app show'(option) {
      option('query')
      option('output')
      return application(option('id')).name
    },
    'ad app delete'(option) {
      const id = option('id')
      application(id)
      state.applications.delete(id)
      azure.deleteApplication(id)
      return ''
    },
    'ad app federated-credential list'(option) {
      option('output')
      const wanted = /^\[\?name=='(.*)'\]\.id$/.exec(option('query'))?.[1] ?? ''
      return application(option('id')).credentials.has(wanted) ? 'credential' : ''
    },
    'ad app federated-credential create'(option) {
      option('output')
      return putCredential(option('id'), option('parameters'))
    },
    'ad app federated-credential update'(option) {
      option('output')
      option('federated-credential-id')
      return putCredential(option('id'), option('parameters'))
    },
    'ad app federated-credential delete'(option) {
      const [id, name] = [option('id'), option('federated-credential-id')]
      application(id).credentials.delete(name)
      azure.deleteFederatedCredential(id, name)
      return ''
    },
    'ad sp list'(option) {
      option('query')
      option('output')
      const id = /^appId eq '(.*)'$/.exec(option('filter'))?.[1] ?? ''
      const found = state.applications.get(id)
      return found?.hasPrincipal === true ? found.objectId : ''
    },
    'ad sp create'(option) {
      option('output')
      application(option('id')).hasPrincipal = true
      return ''
    },
    'role definition list'(option, flag) {
      flag('custom-role-only')
      option('scope')
      option('query')
      option('output')
      return state.roles.get(option('name'))?.description ?? ''
    },
    'role definition create'(option) {
      option('output')
      return putRole(option('role-definition'), 'create')
    },
    'role definition update'(option) {
      option('output')
      return putRole(option('role-definition'), 'update')
    },
    'role definition delete'(option, flag) {
      flag('custom-role-only')
      option('scope')
      const name = option('name')
      if (azure.roleAssignments().some(({ roleDefinitionName }) => roleDefinitionName === name))
        refuse('(RoleDefinitionHasAssignments) There are existing role assignments referencing role.')
      state.roles.delete(name)
      return ''
    },
    'role assignment list'(option, flag) {
      option('output')
      const scope = option('scope')
      const role = flag('role') ? option('role') : undefined
      const [, principal, owner] =
        /^\[\?principalId=='([^']*)'(?: && description=='([^']*)')?\]\.id$/.exec(option('query')) ?? refuse('a query')
      return azure
        .roleAssignments()
        .filter(
          (one) =>
            one.scope === scope &&
            one.principalId === principal &&
            (role === undefined || one.roleDefinitionName === role) &&
            (owner === undefined || state.descriptions.get(one.name) === owner),
        )
        .map(({ name }) => name)
        .join('\n')
    },
    'role assignment create'(option, flag) {
      option('output')
      if (option('assignee-principal-type') !== 'ServicePrincipal') refuse('a type')
      const [principalId, role, scope, description] = ['assignee-object-id', 'role', 'scope', 'description'].map(option)
      if (principalId === undefined || role === undefined || scope === undefined) refuse('an option')
      const definition =
        state.roles.get(role)?.id ?? BUILT_IN_ROLES.find(({ name }) => name === role)?.id ?? refuse(`Role '${role}' doesn't exist.`)
      if (azure.roleAssignments().some((one) => one.principalId === principalId && one.scope === scope && one.roleDefinitionName === role))
        refuse('(RoleAssignmentExists) The role assignment already exists.')
      const conditional = flag('condition')
      if (conditional && option('condition-version') !== '2.0') refuse('a condition version')
      const id = azure.assignRole({ principalId, role: definition, scope, ...(conditional ? { condition: option('condition') } : {}) })
      state.descriptions.set(id, description ?? '')
      return ''
    },
    'role assignment delete'(option) {
      azure.removeRole(option('ids'))
      return ''
    },
    'storage account keys list'(option, flag) {
      if (flag('resource-group')) option('resource-group')
      option('query')
      option('output')
      const account = option('account-name')
      accountId(account)
      return azure.accountKeys(account)[0]
    },
    'storage container generate-sas'(option, flag) {
      const permissions = ContainerSASPermissions.parse(option('permissions'))
      return serviceSas(option, flag, { containerName: option('name'), permissions })
    },
    'storage blob generate-sas'(option, flag) {
      const permissions = BlobSASPermissions.parse(option('permissions'))
      return serviceSas(option, flag, { containerName: option('container-name'), blobName: option('name'), permissions })
    },
    'storage account generate-sas'(option, flag) {
      option('output')
      const account = option('account-name')
      return generateAccountSASQueryParameters(
        {
          services: AccountSASServices.parse(option('services')).toString(),
          resourceTypes: AccountSASResourceTypes.parse(option('resource-types')).toString(),
          permissions: AccountSASPermissions.parse(option('permissions')),
          expiresOn: new Date(option('expiry')),
          ...(flag('https-only') ? { protocol: SASProtocol.Https } : {}),
        },
        new StorageSharedKeyCredential(account, azure.accountKeys(account)[0]),
      ).toString()
    },
  }

  function serviceSas(
    option: Option,
    flag: (name: string) => boolean,
    values: Omit<Parameters<typeof generateBlobSASQueryParameters>[0], 'expiresOn'>,
  ): string {
    option('output')
    const account = option('account-name')
    return generateBlobSASQueryParameters(
      { ...values, expiresOn: new Date(option('expiry')), ...(flag('https-only') ? { protocol: SASProtocol.Https } : {}) },
      new StorageSharedKeyCredential(account, azure.accountKeys(account)[0]),
    ).toString()
  }
}

/** The command's words, and its options. All of the options must be asked for: one that the stand-in does not know is refused. */
function parse(words: readonly string[]) {
  const options = new Map<string, string[]>()
  const command: string[] = []
  let last = command
  for (const word of words) {
    if (word.startsWith('--') && /^--[a-z-]+$/.test(word)) {
      last = []
      options.set(word.slice(2), last)
    } else last.push(word)
  }
  const asked = new Set<string>()
  const name = command.join(' ')
  return {
    name,
    option: (option: string): string => {
      asked.add(option)
      return options.get(option)?.join(' ') ?? refuse(`the following arguments are required: --${option}`)
    },
    flag: (option: string): boolean => {
      asked.add(option)
      return options.has(option)
    },
    expectAll: () => {
      const unknown = [...options.keys()].find((option) => !asked.has(option))
      if (unknown !== undefined) refuse(`unrecognized arguments: --${unknown} in ${name}`)
    },
  }
}
