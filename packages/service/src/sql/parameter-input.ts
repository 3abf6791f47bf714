import type { AccessError, CloudMethod, ConnectionSettings, OwnEndpoint } from '@sluice/core'
import type { Connections } from '../contract.ts'
import { type Span, sqlError } from './position.ts'
import type { ConnectionParameter } from './statement.ts'

type Clouds = ReturnType<Connections['clouds']>

/** The parameters of a connection as they stand in SQL. */
export interface Parameters {
  readonly source: string
  readonly parameters: readonly ConnectionParameter[]
  /** What errors about all of them point at. */
  readonly where: Span
}

/** What parameters ask for. */
export interface ParameterInput {
  readonly method: string
  readonly auth: { readonly [field: string]: string }
  readonly settings: ConnectionSettings
}

/** A cloud, and what an endpoint that is its own said. */
export interface CloudChoice {
  readonly cloud: Clouds[number]
  readonly own?: OwnEndpoint
}

/** Parameters that are settings of the connection rather than inputs of its method; METHOD and PRESET, which are ours, name the method where its inputs do not, and the store where its endpoint does not. */
const SETTINGS = ['endpoint_url', 'region', 'enable_virtual_host_style', 'preset', 'method']

type Refuse = (span: Span, message: string, hint?: string) => AccessError

/** Of clouds that fit otherwise, the one that the parameters' endpoint is of: an endpoint of a vendor's is that vendor's, any other a store of its own. */
export function chooseByEndpoint(fitting: Clouds, parameters: readonly ConnectionParameter[]): CloudChoice | undefined {
  const endpoint = parameters.find((parameter) => parameter.name === 'endpoint_url')?.value.value
  for (const cloud of fitting) {
    const own = endpoint === undefined ? undefined : cloud.ownEndpoint?.(withScheme(endpoint))
    if (own) return { cloud, own }
  }
  const isOther = parameters.some((parameter) => ['endpoint_url', 'preset'].includes(parameter.name))
  const cloud = fitting.find((candidate) => candidate.takesEndpoint === isOther) ?? fitting[0]
  return cloud && { cloud }
}

/** Reads the parameters of a connection to a cloud. Throws `sql.connection_parameter`, pointing at the parameter. */
export function readParameters({ source, parameters, where }: Parameters, { cloud, own }: CloudChoice): ParameterInput {
  const refuse: Refuse = (span, message, hint) => sqlError('sql.connection_parameter', source, span, message, hint ? { hint } : {})
  const endpoint = parameters.find((parameter) => parameter.name === 'endpoint_url')
  if (endpoint && !own && !cloud.takesEndpoint)
    throw refuse(
      endpoint.value.span,
      `This is not an endpoint of ${cloud.label}.`,
      'Leave ENDPOINT_URL out: the cloud is reached at its own.',
    )
  const settings = { ...own?.settings, ...readSettings(parameters, own !== undefined, refuse) }
  const inputs = parameters.filter((parameter) => !SETTINGS.includes(parameter.name))
  const method = namedMethod(parameters, cloud, inputs, refuse) ?? methodFor(where, cloud, inputs, refuse)
  const auth = readInputs(method, inputs, own, refuse)
  const missing = method.fields.find((field) => field.required && !(field.name in auth))
  if (missing) throw refuse(where, `The parameter ${upper(missing.sql[0] ?? missing.name)} is missing.`)
  return { method: method.id, auth, settings }
}

function readInputs(
  method: CloudMethod,
  inputs: readonly ConnectionParameter[],
  own: OwnEndpoint | undefined,
  refuse: Refuse,
): { readonly [field: string]: string } {
  const auth: { [field: string]: string } = { ...takenBy(method, own) }
  for (const parameter of inputs) {
    const field = method.fields.find((candidate) => candidate.sql.includes(parameter.name))
    if (!field) continue
    const said = own?.fields[field.name]
    if (said === undefined && field.name in auth)
      throw refuse(parameter.nameSpan, 'This parameter says again what another one said before.')
    if (said !== undefined && said !== parameter.value.value)
      throw refuse(parameter.value.span, 'This parameter and ENDPOINT_URL contradict each other.')
    auth[field.name] = parameter.value.value
  }
  return auth
}

/** The method that METHOD names, if it stands there. */
function namedMethod(
  parameters: readonly ConnectionParameter[],
  cloud: Clouds[number],
  inputs: readonly ConnectionParameter[],
  refuse: Refuse,
): CloudMethod | undefined {
  const named = parameters.find((parameter) => parameter.name === 'method')
  if (!named) return undefined
  const ids = cloud.methods.map((method) => `'${method.id}'`).join(', ')
  const method = cloud.methods.find((candidate) => candidate.id === named.value.value.toLowerCase())
  if (!method) throw refuse(named.value.span, `${cloud.label} has no such method.`, `Its methods are ${ids}.`)
  const stray = inputs.find((parameter) => !takes(method, parameter))
  if (!stray) return method
  const expected = method.fields.map((field) => upper(field.sql[0] ?? field.name)).join(', ')
  throw refuse(stray.nameSpan, `This is not a parameter of the method ${method.id}.`, `It takes ${expected || 'none'}.`)
}

/** What the endpoint says of the method's own inputs. */
function takenBy(method: CloudMethod, own: OwnEndpoint | undefined): { readonly [field: string]: string } {
  return Object.fromEntries(Object.entries(own?.fields ?? {}).filter(([name]) => method.fields.some((field) => field.name === name)))
}

/** The one method whose inputs these parameters are. */
function methodFor(where: Span, cloud: Clouds[number], inputs: readonly ConnectionParameter[], refuse: Refuse): CloudMethod {
  const expected = expectedNames(cloud)
  const unknown = inputs.find((parameter) => !cloud.methods.some((method) => takes(method, parameter)))
  if (unknown) {
    const isRole = ['role_arn', 'aws_role_arn', 'external_id', 'aws_external_id'].includes(unknown.name)
    const hint = isRole ? 'A role is assumed at the cloud itself: leave ENDPOINT_URL out, or use keys.' : 'Write one of the expected names.'
    throw refuse(unknown.nameSpan, `connection params invalid: expected [${expected.join(', ')}]`, hint)
  }
  const fitting = cloud.methods.filter((method) => inputs.every((parameter) => takes(method, parameter)))
  const complete = fitting.find((method) =>
    method.fields.every((field) => !field.required || inputs.some((parameter) => field.sql.includes(parameter.name))),
  )
  // Without any parameter only a method that needs none is meant, never a role that is still unknown.
  const bare = inputs.length === 0 ? fitting.find((method) => method.fields.length === 0) : undefined
  const method = bare ?? (inputs.length > 0 ? (complete ?? fitting[0]) : undefined)
  if (method) return method
  if (inputs.length === 0)
    throw refuse(where, 'The connection does not say how it authenticates.', `Add some of ${expected.map(upper).join(', ')}.`)
  const odd = inputs.find(
    (parameter) => !cloud.methods.some((candidate) => takes(candidate, parameter) && inputs[0] && takes(candidate, inputs[0])),
  )
  throw refuse(
    odd?.nameSpan ?? where,
    'These parameters belong to different ways to authenticate.',
    'Give those of one way only, or name it: METHOD.',
  )
}

function takes(method: CloudMethod, parameter: ConnectionParameter): boolean {
  return method.fields.some((field) => field.sql.includes(parameter.name))
}

function expectedNames(cloud: Clouds[number]): readonly string[] {
  const names = cloud.methods.flatMap((method) => method.fields.map((field) => field.sql[0] ?? field.name))
  return [...new Set([...names, ...SETTINGS])]
}

function readSettings(parameters: readonly ConnectionParameter[], isOwn: boolean, refuse: Refuse): ConnectionSettings {
  const value = (name: string) => parameters.find((parameter) => parameter.name === name)
  // The vendor's own endpoint is where requests go anyway.
  const endpoint = isOwn ? undefined : value('endpoint_url')?.value.value
  const region = value('region')?.value.value
  const preset = value('preset')
  const style = value('enable_virtual_host_style')
  const virtual = style?.value.value.toLowerCase()
  if (style && virtual !== 'true' && virtual !== 'false') throw refuse(style.value.span, 'ENABLE_VIRTUAL_HOST_STYLE is true or false.')
  if (style && virtual === 'false' && endpoint === undefined)
    throw refuse(style.nameSpan, 'Buckets of the cloud itself are always addressed by virtual host.', 'Leave it out, or add ENDPOINT_URL.')
  return {
    ...(endpoint === undefined ? {} : { endpoint: withScheme(endpoint) }),
    ...(region === undefined || region === '' ? {} : { region }),
    ...(preset === undefined ? {} : { preset: preset.value.value.toLowerCase() }),
    ...(virtual === undefined || endpoint === undefined ? {} : { addressing: virtual === 'true' ? 'virtual-host' : 'path' }),
  }
}

function withScheme(endpoint: string): string {
  return endpoint.includes('://') ? endpoint : `https://${endpoint}`
}

function upper(name: string): string {
  return name.toUpperCase()
}
