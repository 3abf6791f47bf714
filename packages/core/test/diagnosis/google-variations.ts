import type { Json, JsonObject } from '../../src/index.ts'
import type { Dice } from './random.ts'
import { isList, isObject } from '../../src/policy/shapes.ts'
import { objectOf } from './object-of.ts'
import { commonVariations, type Variations, withNames } from './varying.ts'
import { escaped, type Wrappings } from './wrappings.ts'

/** How the SDKs and tools of Google Cloud print the same refusal. */
const GOOGLE_WRAPPINGS: Wrappings = {
  'google-cloud-python': ({ message, status }) =>
    `google.api_core.exceptions.Forbidden: ${status} GET https://storage.googleapis.com/storage/v1/b/x/o?prettyPrint=false: ${message}`,
  'google-cloud-go': ({ message, status, code }) => `googleapi: Error ${status}: ${message}, ${code}`,
  gRPC: ({ message }) => `rpc error: code = PermissionDenied desc = ${message}`,
  'google-cloud-java': ({ message, status }) =>
    `com.google.cloud.storage.StorageException: ${message}\n\tat com.google.cloud.storage.StorageException.translate(StorageException.java:165)\nCaused by: com.google.api.client.googleapis.json.GoogleJsonResponseException: ${status} Forbidden\nGET https://storage.googleapis.com/storage/v1/b/x/o\n{\n  "code" : ${status},\n  "message" : ${JSON.stringify(message)}\n}`,
  'google-cloud-node': ({ message, status, code }) =>
    `ApiError: ${message}\n    at Util.parseHttpRespBody (util.js:191:38) {\n  code: ${status},\n  errors: [\n    {\n      message: ${JSON.stringify(message)},\n      domain: 'global',\n      reason: '${code}'\n    }\n  ]\n}`,
  gsutil: ({ message, status }) => `AccessDeniedException: ${status} ${message}`,
  gcloud: ({ message, status }) =>
    `ERROR: (gcloud.storage.cp) HTTPError ${status}: ${message} This command is authenticated as somebody which is the active account specified by the [core/account] property.`,
  rclone: ({ message, status, code }) =>
    `2026/11/22 10:01:02 ERROR : a.csv: Failed to copy: googleapi: Error ${status}: ${message}, ${code}`,
  Terraform: ({ message, status, code }) => `│ Error: googleapi: Error ${status}: ${message}, ${code}\n│ \n│   on main.tf line 3`,
  'an XML body': ({ message, status }) =>
    `<?xml version='1.0' encoding='UTF-8'?><Error><Code>${status === 404 ? 'NoSuchKey' : 'AccessDenied'}</Code><Message>Access denied.</Message><Details>${escaped(message)}</Details></Error>`,
  'a JSON body': ({ message, status, code }) =>
    JSON.stringify({ error: { code: status, message, errors: [{ message, domain: 'global', reason: code }] } }, undefined, 1),
  'a log line': ({ message, status, code }) =>
    JSON.stringify({ severity: 'ERROR', message: `load failed: googleapi: Error ${status}: ${message}, ${code}` }),
}

/** Bindings of others, as buckets have them. */
const UNRELATED: readonly JsonObject[] = [
  { role: 'roles/storage.legacyBucketReader', members: ['user:auditor@acme.example'] },
  { role: 'roles/storage.objectViewer', members: ['serviceAccount:reporting@elsewhere.iam.gserviceaccount.com'] },
  { role: 'roles/storage.objectAdmin', members: ['user:ops@acme.example', 'domain:elsewhere.example'] },
]

/** The kinds of variation over Google's cases. */
export const GOOGLE_VARIATIONS: Variations = {
  'bindings and members in another order': (given, dice) =>
    withBindings(given, (all) => dice.shuffled(all.map((one) => shuffledMembers(one, dice)))),
  'bindings that do not matter': (given, dice) =>
    withBindings(given, (all) => dice.shuffled([...all, ...dice.shuffled(UNRELATED).slice(0, 1 + Math.floor(dice.roll() * 2))])),
  'a list of bindings as the policy that gcloud prints': (given) => {
    const documents = objectOf(given['documents'])
    const { bindings } = documents
    const isBare = isList(bindings) && bindings.length > 0 && bindings.every((one) => isObject(one) && one['role'] !== undefined)
    return isBare ? { ...given, documents: { ...documents, bindings: { bindings, etag: 'CAE=', version: 3 } } } : undefined
  },
  'other names': (given, dice) => {
    const project = dice.pick(['lake-prod-701', 'analytics-eu', 'p123'])
    const names: readonly (readonly [string, string])[] = [
      ['acme-lake', dice.pick(['datasets.example.com', 'prod_raw_events', 'lake-2'])],
      ['acme-data', project],
      ['part-0001', dice.pick(['2026-11-22', 'Ä', 'part 7'])],
      ['reader@', dice.pick(['import-job@', 'sa-7@'])],
    ]
    return withNames(given, names)
  },
  ...commonVariations({ wrappings: GOOGLE_WRAPPINGS, plain: /^(code|message|status|reason|Code|Message|Details)$/ }),
}

function withBindings(given: JsonObject, change: (all: readonly Json[]) => readonly Json[]): JsonObject | undefined {
  const documents = objectOf(given['documents'])
  const { bindings } = documents
  if (!isList(bindings)) return undefined
  const [first] = bindings
  const inner = isObject(first) ? first['bindings'] : undefined
  const changed = isObject(first) && isList(inner) ? [{ ...first, bindings: change(inner) }, ...bindings.slice(1)] : change(bindings)
  return { ...given, documents: { ...documents, bindings: changed } }
}

function shuffledMembers(one: Json, dice: Dice): Json {
  if (!isObject(one)) return one
  const { members } = one
  return isList(members) ? { ...one, members: dice.shuffled(members) } : one
}
