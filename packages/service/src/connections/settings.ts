import { accessError, type Cloud, type ConnectionSettings } from '@sluice/core'

const KMS_KEYS = 20
const WORD = /^[A-Za-z0-9_-]{1,64}$/
const KEY_ID = /^[\w:/.=@+-]{1,512}$/

/** Refuses settings that contradict each other, the cloud or the method; what only the bucket can tell is left to validation. */
export function requireSettings(
  settings: ConnectionSettings,
  cloud: Pick<Cloud, 'id' | 'takesEndpoint' | 'presets'>,
  method: string,
): ConnectionSettings {
  requireEndpoint(settings, cloud, method)
  requirePreset(settings, cloud)
  for (const [name, value] of Object.entries({
    region: settings.region,
    expectedBucketOwner: settings.expectedBucketOwner,
    storageClass: settings.storageClass,
    acl: settings.acl,
  }))
    if (value !== undefined && !WORD.test(value)) throw bad(`The setting ${name} is a single word of letters, digits and dashes.`)
  requireEncryption(settings)
  const { region, ...rest } = settings
  // A vendor's regions have names: `auto`, the word of some stores, there means that it is to be found out.
  return region === 'auto' && !cloud.takesEndpoint ? rest : settings
}

function requirePreset({ preset }: ConnectionSettings, { id, presets = [] }: Pick<Cloud, 'id' | 'presets'>): void {
  if (preset === undefined || presets.some((one) => one.id === preset)) return
  throw accessError('connection.bad_setting', {
    message: `The cloud ${id} has no such preset.`,
    remedy: presets.length === 0 ? 'Leave the preset out.' : `Choose one of ${presets.map((one) => one.id).join(', ')}.`,
  })
}

function requireEncryption({ encryption, kmsReadKeys = [], kmsWriteKeys = [] }: ConnectionSettings): void {
  if (encryption?.keyId !== undefined && encryption.algorithm === 'AES256')
    throw bad('A key id needs an encryption by KMS: AES256 uses keys of the store itself.')
  if (kmsReadKeys.length > KMS_KEYS || kmsWriteKeys.length > KMS_KEYS)
    throw bad(`At most ${KMS_KEYS} keys can be named for each direction.`)
  const keys = [...kmsReadKeys, ...kmsWriteKeys, ...(encryption?.keyId === undefined ? [] : [encryption.keyId])]
  if (keys.some((key) => !KEY_ID.test(key))) throw bad('A key is named by its id or its full ARN.')
}

function requireEndpoint(
  { endpoint, addressing, preset }: ConnectionSettings,
  cloud: Pick<Cloud, 'id' | 'takesEndpoint'>,
  method: string,
): void {
  // A vendor has endpoints of its own, which nobody may replace.
  if (!cloud.takesEndpoint) {
    if (endpoint !== undefined || addressing !== undefined)
      throw accessError('connection.endpoint_refused', {
        message: `Connections of the cloud ${cloud.id} take no endpoint and no addressing.`,
      })
    return
  }
  if (endpoint === undefined && preset === undefined)
    throw accessError('connection.bad_setting', {
      message: `A connection of the cloud ${cloud.id} needs its endpoint.`,
      remedy: 'Give the endpoint, for example https://s3.example.com.',
    })
  if (method === 'role')
    throw accessError('connection.role_on_endpoint', { message: 'Role authentication is not possible on an endpoint given by a user.' })
  if (endpoint !== undefined) requireEndpointUrl(endpoint)
}

function requireEndpointUrl(endpoint: string): void {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  // A URL parser drops line breaks and encodes other control characters in silence: what is stored would not be what is used.
  const isPlain =
    url !== undefined &&
    !/[\s\p{Cc}]/u.test(endpoint.trim()) &&
    /^https?:$/.test(url.protocol) &&
    !url.username &&
    !url.password &&
    !url.search &&
    !url.hash
  // The text is not repeated: it may hold a password.
  if (!isPlain || endpoint.length > 512) throw bad('The endpoint is not a plain http or https URL without user, query and fragment.')
}

function bad(message: string): unknown {
  return accessError('connection.bad_setting', { message })
}
