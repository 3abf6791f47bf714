import { ACCESSES, type AuthContext, type AuthField, type CloudMethod, type ParsedAuth, accessError } from '@sluice/core'
import { methodOf, readFields } from '../auth-fields.ts'
import { checkedAccount } from './names.ts'
import { readSasToken, sasEnd, sasFacts } from './sas-token.ts'

type Values = { readonly [name: string]: string }

const ACCOUNT: AuthField = {
  name: 'accountName',
  label: 'Storage account',
  help: 'Needed where the location does not name it; the connection then reaches no other account.',
  example: 'lakedata',
  required: false,
  secret: false,
  sql: ['account_name'],
}

/** How Blob Storage can be accessed, the ways that store no secret first. */
export const AZURE_METHODS: readonly CloudMethod[] = [
  {
    id: 'federation',
    label: 'Federated application',
    summary: 'An application of your Entra tenant trusts tokens of this Sluice; no secret is stored, and every lease is narrowed.',
    fields: [
      {
        name: 'tenantId',
        label: 'Tenant id',
        help: 'Directory (tenant) id of the app registration.',
        example: '72f988bf-86f1-41af-91ab-2d7cd011db47',
        required: false,
        secret: false,
        sql: ['tenant_id', 'azure_tenant_id'],
      },
      {
        name: 'clientId',
        label: 'Client id',
        help: 'Application (client) id of the app registration.',
        example: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
        required: false,
        secret: false,
        sql: ['client_id', 'azure_client_id'],
      },
      ACCOUNT,
    ],
    narrows: true,
    keyless: true,
    access: ACCESSES,
    awaits: ['tenantId', 'clientId'],
    setups: ['template', 'terraform', 'cli', 'console'],
  },
  {
    id: 'managed-identity',
    label: 'Managed identity of the platform',
    summary: 'You give the managed identity of this Sluice a role in its own tenant; no secret is stored, and every lease is narrowed.',
    fields: [ACCOUNT],
    narrows: true,
    keyless: true,
    access: ACCESSES,
    awaits: [],
    setups: ['template', 'terraform', 'cli', 'console'],
    // One identity for the whole installation: a managed identity is not one of a project.
    sharesIdentity: () => true,
  },
  {
    id: 'sas',
    label: 'SAS token',
    summary: 'A shared access signature, stored encrypted. It is not narrowed further, so no lease of it is handed out.',
    fields: [
      {
        name: 'sasToken',
        label: 'SAS token',
        help: 'An account, service or user delegation SAS: the token, or a whole URL with it. The setup makes one.',
        example: 'sv=2025-11-05&sr=c&sp=rl&se=2027-01-01T00:00:00Z&spr=https&sig=…',
        required: true,
        secret: true,
        sql: ['sas_token'],
      },
      ACCOUNT,
    ],
    narrows: false,
    keyless: false,
    access: ACCESSES,
    awaits: [],
    setups: ['template', 'terraform', 'cli', 'console'],
  },
  {
    id: 'account-key',
    label: 'Account key',
    summary: 'A key of the storage account, stored encrypted. It reaches everything in the account: prefer any other method.',
    fields: [
      { ...ACCOUNT, help: 'The account the key belongs to.', required: true },
      {
        name: 'accountKey',
        label: 'Account key',
        help: 'key1 or key2 of the storage account.',
        example: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
        required: true,
        secret: true,
        sql: ['account_key'],
      },
    ],
    narrows: false,
    keyless: false,
    access: ACCESSES,
    awaits: [],
    setups: ['cli', 'console'],
  },
]

/** Checks a method's inputs without asking Azure, and splits them into what is stored openly and what goes to the vault. */
export function parseAzureAuth(method: string, fields: Values, context: AuthContext): ParsedAuth {
  const chosen = methodOf(AZURE_METHODS, method, 'azure')
  const { values, warnings } = readFields(chosen, fields)
  const account: Values = values['accountName'] === undefined ? {} : { accountName: checkedAccount(values['accountName']) }
  switch (chosen.id) {
    case 'federation':
      return parseFederation(values, account, context, warnings)
    case 'managed-identity':
      if (context.platform.azure === undefined)
        throw accessError('azure.identity.none', { message: 'This Sluice runs as no managed identity that could be given a role.' })
      return { auth: { method: chosen.id, fields: account }, warnings }
    case 'sas':
      return parseSasFields(values, account, context, warnings)
    default:
      return parseKey(values, account, context, warnings)
  }
}

function parseFederation(values: Values, account: Values, context: AuthContext, warnings: readonly string[]): ParsedAuth {
  if (context.platform.issuer === undefined)
    throw accessError('azure.identity.no_issuer', { message: 'This Sluice is no issuer of tokens, so no application could trust it.' })
  const ids = Object.fromEntries(
    ['tenantId', 'clientId'].flatMap((name) => (values[name] === undefined ? [] : [[name, checkedGuid(name, values[name])]])),
  )
  return { auth: { method: 'federation', fields: { ...ids, ...account } }, warnings }
}

/** The value is not repeated: it may be a client secret, pasted into the wrong field. */
function checkedGuid(name: string, value: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return value.toLowerCase()
  throw accessError('azure.identity.malformed', {
    message: `${name} is not a GUID.`,
    ...(name === 'tenantId' && /\.[a-z]+$/i.test(value)
      ? { remedy: 'Give the directory (tenant) id instead of the domain: az account show --query tenantId.' }
      : {}),
  })
}

function parseSasFields(values: Values, account: Values, context: AuthContext, warnings: readonly string[]): ParsedAuth {
  const { query, sas, account: pasted } = readSasToken(values['sasToken'] ?? '')
  const own = account['accountName']
  if (own !== undefined && pasted !== undefined && own !== pasted)
    throw accessError('azure.account.other', {
      message: `The SAS was pasted with a URL of the storage account ${pasted}, and accountName says ${own}.`,
    })
  const end = sasEnd(sas)
  return {
    auth: {
      method: 'sas',
      fields: { ...(pasted === undefined ? {} : { accountName: pasted }), ...account, ...sasFacts(sas) },
      secretId: context.secretId,
      ...(end === undefined ? {} : { secretExpiresAt: new Date(end).toISOString() }),
    },
    secret: { sasToken: query },
    warnings:
      end === undefined
        ? [
            ...warnings,
            'The SAS ends when a stored access policy of the container says so, which cannot be seen: no warning will come before.',
          ]
        : warnings,
  }
}

function parseKey(values: Values, account: Values, context: AuthContext, warnings: readonly string[]): ParsedAuth {
  const given = values['accountKey'] ?? ''
  const key = /(?:^|;)AccountKey=([^;]+)/i.exec(given)?.[1] ?? given
  // Of older accounts and emulators some have shorter keys; all are base64.
  if (!/^[A-Za-z0-9+/]{40,}={0,2}$/.test(key) || key.length % 4 !== 0)
    throw accessError('azure.key.malformed', {
      message: `The account key is not one of Azure: it has ${key.length} characters; all have 88 letters, digits, slashes and plus signs, == at the end.`,
    })
  return {
    auth: { method: 'account-key', fields: account, secretId: context.secretId },
    secret: { accountKey: key },
    warnings: [
      ...warnings,
      'An account key reaches everything in the storage account, can change its settings and never ends: federation or a SAS for the container does with less.',
    ],
  }
}
