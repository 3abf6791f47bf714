import type { Location, OpenConnection } from '@sluice/core'
import { connectionOnce } from '../connections/once.ts'
import { readByEach, type CloudReading } from '../connections/read-url.ts'
import type { Caller } from '../contract.ts'
import type { ServiceDeps } from '../shared/deps.ts'
import { chooseByEndpoint, readParameters } from './parameter-input.ts'
import { type Span, sqlError } from './position.ts'
import { type InlineConnection, type UrlReference, withoutConnection } from './stage-reference.ts'
import type { ConnectionParameter } from './statement.ts'
import { splitUrl } from './url-reference.ts'

/** Files by URL, and the connection for this one query that reaches them. */
export interface InlineSource {
  readonly open: OpenConnection
  readonly location: Location
  readonly path: string
}

/** Parameters that say nothing of who asks. */
const BESIDE_CREDENTIAL = ['endpoint_url', 'region', 'enable_virtual_host_style', 'preset']

/** Makes the connection of a URL that names none: of the credential in the URL, or of the parameters after it. Nothing of it is stored. */
export async function inlineSource(
  deps: ServiceDeps,
  caller: Caller,
  source: string,
  reference: UrlReference,
  inline: InlineConnection | undefined,
): Promise<InlineSource> {
  const readings = readByEach(deps.clouds, reference.url, splitUrl)
  const carrying = readings.filter((reading) => reading.credential !== undefined)
  const fitting = carrying.length > 0 ? carrying : readings
  const given = inline?.parameters ?? []
  const choice = chooseByEndpoint(
    fitting.map((reading) => reading.cloud),
    given,
  )
  const reading = fitting.find(({ cloud }) => cloud.id === choice?.cloud.id)
  if (!choice || !reading || (!inline && !reading.credential)) throw withoutConnection(source, reference.span)
  const twice = reading.credential && given.find((parameter) => !BESIDE_CREDENTIAL.includes(parameter.name))
  if (twice) throw sqlError('sql.inline_credentials', source, twice.nameSpan, 'The URL carries a credential already: give it in one place.')
  const where = inline?.span ?? reference.span
  const parameters = [...parametersOf(reading, reference.span), ...given]
  const input = readParameters({ source, parameters, where }, choice)
  const {
    cloud,
    read: { location, path },
  } = reading
  return { open: await connectionOnce(deps, caller, { cloud, location, ...input }), location, path }
}

/** A credential in the URL, as the parameters that it stands for. */
function parametersOf({ cloud, credential }: CloudReading<unknown>, span: Span): readonly ConnectionParameter[] {
  if (credential === undefined) return []
  const method = cloud.methods.find((candidate) => candidate.id === credential.method)
  const names = Object.entries(credential.fields).map(([name, value]) => {
    const field = method?.fields.find((candidate) => candidate.name === name)
    return [field?.sql[0] ?? name, value] as const
  })
  return [['method', credential.method] as const, ...names].map(([name, value]) => ({ name, nameSpan: span, value: { value, span } }))
}
