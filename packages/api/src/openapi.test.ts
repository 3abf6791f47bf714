import { describe, expect, it } from 'vitest'
import { openApiDocument } from './openapi.ts'
import { allRoutes } from './routes/index.ts'

const text = JSON.stringify(openApiDocument())
const document: {
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } }
  readonly components: { readonly schemas: { readonly [name: string]: object }; readonly responses: object }
} = JSON.parse(text)

interface Operation {
  readonly operationId: string
  readonly security?: readonly object[]
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean; readonly style?: string }[]
  readonly requestBody?: { readonly content: object }
  readonly responses: { readonly [status: string]: { readonly content?: { readonly [type: string]: unknown } } }
}

describe('the OpenAPI document', () => {
  it('has every route once, under a name of its own', () => {
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path))
    expect(operations).toHaveLength(allRoutes.length)
    expect(new Set(operations.map((operation) => operation.operationId)).size).toBe(allRoutes.length)
  })

  it('refers to nothing it does not define', () => {
    const references = [...text.matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)]
    expect(references.length).toBeGreaterThan(30)
    expect(text.match(/"\$ref"/g)).toHaveLength(references.length)
    const components: { readonly [kind: string]: object } = document.components
    const missing = references.filter(([, kind, name]) => !(String(name) in (components[String(kind)] ?? {})))
    expect(missing.map(([reference]) => reference)).toEqual([])
  })

  it('declares every parameter of a path as required', () => {
    for (const [path, methods] of Object.entries(document.paths))
      for (const operation of Object.values(methods)) {
        const inPath = operation.parameters?.filter((one) => one.in === 'path') ?? []
        expect(inPath.map((one) => `{${one.name}}`)).toEqual(path.match(/\{\w+\}/g) ?? [])
        expect(inPath.every((one) => one.required)).toBe(true)
      }
  })

  it('asks for a token everywhere but where a route is open', () => {
    const open = Object.values(document.paths).flatMap((path) => Object.values(path).filter((one) => one.security?.length === 0))
    expect(open.map((one) => one.operationId).sort()).toEqual(['health.show', 'issuer.discover', 'issuer.jwks', 'openapi.print'])
  })

  it('says which fields of a body may be left out', () => {
    const input = document.components.schemas['ConnectionInput']
    expect(input).toMatchObject({ required: ['name', 'cloud'], additionalProperties: false })
    expect(document.paths['/v1/connections']?.['post']?.requestBody).toBeDefined()
    expect(document.paths['/v1/connections']?.['get']?.requestBody).toBeUndefined()
    expect(document.paths['/v1/connections']?.['post']?.requestBody).toMatchObject({ required: true })
    expect(document.paths['/v1/connections/{name}/validations']?.['post']?.requestBody).toMatchObject({ required: false })
  })

  it('names both forms of a stream, and nested query parameters as deep objects', () => {
    const sql = document.paths['/v1/sql']?.['post']?.responses['200']?.content ?? {}
    expect(Object.keys(sql)).toEqual(['application/x-ndjson', 'text/event-stream'])
    const event = { $ref: '#/components/schemas/SqlEvent' }
    expect(sql['application/x-ndjson']).toEqual({ schema: event })
    expect(sql['text/event-stream']).toMatchObject({ schema: { properties: { data: { contentSchema: event } } } })
    const validate = document.paths['/v1/connections/{name}/validations']?.['post']?.responses['200']?.content ?? {}
    expect(Object.keys(validate)).toEqual(['application/json', 'text/event-stream'])
    const setup = document.paths['/v1/connections/{name}/setup']?.['get']?.parameters ?? []
    expect(setup.find((one) => one.name === 'createBucket')).toMatchObject({ style: 'deepObject' })
  })

  it('has no place for a secret in what is shown of a connection', () => {
    expect(JSON.stringify(document.components.schemas['Connection'])).not.toMatch(/secretAccessKey|secretId|sessionToken/)
  })
})
