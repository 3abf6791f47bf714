import type { Json, JsonObject } from '../../src/index.ts'
import { isList } from '../../src/policy/shapes.ts'
import { objectOf } from './object-of.ts'
import { commonVariations, textOf, type Variations, withNames } from './varying.ts'
import { escaped, type Wrappings } from './wrappings.ts'

const TRAILER = 'RequestId:a2cae3a0-001e-0042-1f0b-7d2b5a000000\nTime:2026-06-01T10:00:00.0000000Z'

/** How the SDKs and tools of Azure print the same refusal. */
const AZURE_WRAPPINGS: Wrappings = {
  'SDK for Python': ({ code, message }) => `azure.core.exceptions.HttpResponseError: ${first(message)}\n${TRAILER}\nErrorCode:${code}`,
  'SDK for .NET': ({ code, message, status }) =>
    `Azure.RequestFailedException: ${first(message)}\n${TRAILER}\nStatus: ${status} (${first(message)})\nErrorCode: ${code}\n\nHeaders:\nServer: Windows-Azure-Blob/1.0`,
  'SDK for Java': ({ code, message, status }) =>
    `com.azure.storage.blob.models.BlobStorageException: Status code ${status}, "${body(code, message)}"`,
  'SDK for Go': ({ code, message, status }) =>
    `GET https://acmelake.blob.core.windows.net/raw\n--------------------------------------------------------------------------------\nRESPONSE ${status}: ${status} ${first(message)}\nERROR CODE: ${code}\n--------------------------------------------------------------------------------\n${body(code, message)}\n`,
  'SDK for JavaScript': ({ code, message, status }) =>
    `RestError: ${first(message)}\n${TRAILER}\n {\n  "name": "RestError",\n  "code": "${code}",\n  "statusCode": ${status}\n}`,
  'Azure CLI': ({ code, message }) => `ERROR: ${first(message)}\n${TRAILER}\nErrorCode:${code}`,
  azcopy: ({ code, message }) =>
    `===== RESPONSE ERROR (ServiceCode=${code}) =====\nDescription=${first(message)}\n${TRAILER}, Details: \n   Code: ${code}`,
  ABFS: ({ code, message, status }) =>
    `org.apache.hadoop.fs.azurebfs.contracts.exceptions.AbfsRestOperationException: Operation failed: "${first(message)}", ${status}, GET, https://acmelake.dfs.core.windows.net/raw?resource=filesystem&timeout=90, ${code}, "${first(message)} RequestId:a2cae3a0 Time:2026-06-01T10:00:00Z"`,
  DuckDB: ({ code, message }) =>
    `IO Error: AzureBlobStorageFileSystem open file 'az://raw/a.csv' failed with code'${code}', Reason Phrase: '${first(message)}'`,
  object_store: ({ code, message, status }) =>
    `Generic MicrosoftAzure error: Error performing GET https://acmelake.blob.core.windows.net/raw in 80ms - Server returned non-2xx status code: ${status} Forbidden: ${body(code, message)}`,
  'an XML body': ({ code, message }) => `\uFEFF${body(code, message)}`,
  'a JSON body': ({ code, message }) => JSON.stringify({ error: { code, message: `${first(message)}\n${TRAILER}` } }),
  'a log line': ({ code, message }) => JSON.stringify({ level: 'error', msg: 'copy failed', error: `${code}: ${first(message)}` }),
}

/** What Azure says, without the numbers it puts below. */
function first(message: string): string {
  return message.split('\n')[0] ?? ''
}

function body(code: string, message: string): string {
  return `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${escaped(first(message))}\n${TRAILER}</Message></Error>`
}

/** Assignments of others, as accounts have them. */
const UNRELATED: readonly JsonObject[] = ['Reader', 'Storage Blob Data Owner', 'Contributor'].map((roleDefinitionName, index) => ({
  principalId: `00000000-0000-4000-8000-00000000000${index}`,
  principalType: 'User',
  roleDefinitionName,
  scope: '/subscriptions/22222222-2222-4222-8222-222222222222',
}))

/** The kinds of variation over Azure's cases. */
export const AZURE_VARIATIONS: Variations = {
  'assignments in another order': (given, dice) => withRoles(given, (all) => dice.shuffled(all)),
  'assignments that do not matter': (given, dice) =>
    withRoles(given, (all) => dice.shuffled([...all, ...dice.shuffled(UNRELATED).slice(0, 1 + Math.floor(dice.roll() * 2))])),
  'fields of a SAS in another order': (given, dice) => {
    const documents = objectOf(given['documents'])
    const token = textOf(documents['sasToken'])
    if (token === undefined || !token.includes('&') || /[;/]/.test(token.split('?')[0] ?? '')) return undefined
    const mark = token.startsWith('?') ? '?' : ''
    const fields = dice.shuffled(token.slice(mark.length).split('&')).join('&')
    return { ...given, documents: { ...documents, sasToken: dice.roll() < 0.5 ? `?${fields}` : fields } }
  },
  'other names': (given, dice) => {
    const names: readonly (readonly [string, string])[] = [
      ['acmelake', dice.pick(['contosodata7', 'lakeprodweu', 'st0'])],
      ['6f0c1b52-6c1e-4a52-9b1e-2f6f4f1f3a10', `7a1d2c63-6c1e-4a52-9b1e-${Math.floor(dice.roll() * 9e11) + 1e11}`],
      ['part-0001', dice.pick(['2026-11-22', 'part 7', 'a=1'])],
    ]
    return withNames(given, names)
  },
  ...commonVariations({ wrappings: AZURE_WRAPPINGS, plain: /^(code|message|Code|Message)$/ }),
}

function withRoles(given: JsonObject, change: (all: readonly Json[]) => readonly Json[]): JsonObject | undefined {
  const documents = objectOf(given['documents'])
  const { roles } = documents
  return isList(roles) ? { ...given, documents: { ...documents, roles: change(roles) } } : undefined
}
