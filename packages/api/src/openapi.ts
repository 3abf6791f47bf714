import { ERROR_CODES } from '@sluice/core'
import { z } from 'zod'
import { problemSchema } from './problem.ts'
import type { Route } from './route.ts'
import { allRoutes } from './routes/index.ts'

type Schema = { [key: string]: unknown }
type Schemas = { [name: string]: Schema }

/** The OpenAPI 3.1 document of every route. */
export function openApiDocument(version = '0.1.0'): { readonly [key: string]: unknown } {
  const schemas: Schemas = {}
  const problem = hoist(problemSchema, 'output', schemas)
  const paths: { [path: string]: { [method: string]: unknown } } = {}
  for (const route of allRoutes) {
    const path = (paths[route.path] ??= {})
    path[route.method] = operation(route, schemas)
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Sluice', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    security: [{ token: [] }],
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
      responses: { Problem: { description: errorText(), content: { 'application/problem+json': { schema: problem } } } },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  }
}

function operation(route: Route, schemas: Schemas): Schema {
  const parameters = [...parametersOf(route.params, 'path', schemas), ...parametersOf(route.query, 'query', schemas)]
  const body = hoist(route.body, 'input', schemas)
  return {
    operationId: route.id,
    tags: [route.id.slice(0, route.id.indexOf('.'))],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    ...(route.open ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    // No body at all is the empty one.
    ...(isEmpty(body)
      ? {}
      : { requestBody: { required: !route.body.safeParse({}).success, content: { 'application/json': { schema: body } } } }),
    responses: {
      [String(route.status)]: success(route, schemas),
      default: { $ref: '#/components/responses/Problem' },
    },
  }
}

function success(route: Route, schemas: Schemas): Schema {
  const content: Schema = {}
  const answer = hoist(route.answer, 'output', schemas)
  if (!isEmpty(answer)) content['application/json'] = { schema: answer }
  const { events } = route
  if (events !== undefined)
    for (const type of events.types) {
      const event = hoist(events.schema, 'output', schemas)
      content[type] = { schema: type === 'text/event-stream' ? serverSentEvent(event) : event }
    }
  return { description: route.summary, ...(Object.keys(content).length === 0 ? {} : { content }) }
}

// As OpenAPI 3.2 describes them: the fields of a server-sent event, of which `data` holds ours as text.
function serverSentEvent(event: Schema): Schema {
  const data = { type: 'string', contentMediaType: 'application/json', contentSchema: event }
  return { type: 'object', required: ['event', 'data'], properties: { event: { type: 'string' }, data } }
}

const errorText = () =>
  Object.entries(ERROR_CODES)
    .map(([code, { status, meaning }]) => `${status} ${code}: ${meaning}`)
    .join('\n')

function parametersOf(schema: z.ZodType, place: 'path' | 'query', schemas: Schemas): Schema[] {
  const direct = hoist(schema, 'input', schemas)
  const named = typeof direct['$ref'] === 'string' ? schemas[direct['$ref'].slice('#/components/schemas/'.length)] : direct
  const properties = named?.['properties']
  const required = named?.['required']
  if (typeof properties !== 'object' || properties === null) return []
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || (Array.isArray(required) && required.includes(name)),
    ...(typeof property === 'object' && property !== null && 'type' in property && property.type === 'object'
      ? { style: 'deepObject', explode: true }
      : {}),
    schema: property,
  }))
}

/** The JSON Schema of a zod schema, its named parts moved to the document's components. */
function hoist(schema: z.ZodType, io: 'input' | 'output', schemas: Schemas): Schema {
  const {
    $schema: _dialect,
    $defs,
    ...rest
  } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // The name is the component's key already.
      delete jsonSchema.id
      // What we answer may gain fields: only what we take is closed.
      if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
    },
  })
  for (const [name, definition] of Object.entries($defs ?? {})) schemas[name] ??= pointToComponents(definition)
  return pointToComponents(rest)
}

function pointToComponents(schema: object): Schema {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a schema is a JSON object, so it survives the round trip
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as Schema
}

function isEmpty(schema: Schema): boolean {
  return schema['type'] === 'object' && 'properties' in schema && Object.keys(Object(schema['properties'])).length === 0
}
