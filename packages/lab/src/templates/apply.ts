import type { Json, JsonObject } from '@sluice/core'
import { isObject, strings } from '../state/json.ts'
import { templateError, TemplateError, unsupported } from './error.ts'
import { resolveValue, textOf, type NO_VALUE, type Scope } from './intrinsics.ts'

/** A resource that was made: what Ref and GetAtt give, and how to take it back. */
export interface Made {
  readonly ref: string
  readonly attributes: { readonly [name: string]: string }
  readonly undo: () => void
}

/** What one cloud's templates have that another's do not. */
export interface TemplateDialect {
  /** Sections of a template that are known, Resources among them. */
  readonly sections: readonly string[]
  /** Names that every template may refer to. */
  readonly pseudo: { readonly [name: string]: string | typeof NO_VALUE }
  make(type: string, logicalId: string, properties: JsonObject): Made
}

/**
 * Applies a template in JSON as an admin would, all or nothing, and gives its outputs.
 * Parameters without a default must be given; what the lab does not know in a template is refused by name.
 * Throws TemplateError, and what the making of a resource throws.
 */
export function applyJsonTemplate(
  dialect: TemplateDialect,
  body: string,
  parameters: { readonly [name: string]: string },
): { readonly [output: string]: string } {
  const template = parseTemplate(dialect, body)
  const made = new Map<string, Made>()
  const scope = scopeOf(dialect, template, parameterValues(template, parameters), made)
  try {
    for (const id of Object.keys(section(template, 'Resources'))) scope.resource(id)
    return outputsOf(template, scope)
  } catch (error) {
    for (const resource of [...made.values()].toReversed()) resource.undo()
    throw error
  }
}

function parseTemplate({ sections }: TemplateDialect, body: string): JsonObject {
  let parsed: Json
  try {
    parsed = JSON.parse(body)
  } catch {
    throw new TemplateError('unsupported', 'The lab reads templates in JSON; this one is not JSON.')
  }
  if (!isObject(parsed) || !isObject(parsed['Resources'])) throw templateError('At least one Resources member must be defined.')
  const unknown = Object.keys(parsed).find((name) => !sections.includes(name))
  if (unknown !== undefined) throw unsupported(`the template section ${unknown}`)
  return parsed
}

function section(template: JsonObject, name: string): JsonObject {
  const value = template[name]
  return isObject(value) ? value : {}
}

function parameterValues(template: JsonObject, given: { readonly [name: string]: string }): ReadonlyMap<string, string> {
  const declared = section(template, 'Parameters')
  const extra = Object.keys(given).find((name) => declared[name] === undefined)
  if (extra !== undefined) throw new TemplateError('parameter', `Parameters: [${extra}] do not exist in the template`)
  return new Map(
    Object.entries(declared).map(([name, declaration]) => {
      const rules = isObject(declaration) ? declaration : {}
      const value = given[name] ?? rules['Default']
      if (value === undefined) throw new TemplateError('parameter', `Parameters: [${name}] must have values`)
      const text = textOf(value, `parameter ${name}`)
      const pattern = rules['AllowedPattern']
      if (typeof pattern === 'string' && !new RegExp(`^(?:${pattern})$`, 'u').test(text))
        throw new TemplateError('parameter', `Parameter ${name} failed to satisfy constraint: must match pattern ${pattern}`)
      const allowed = rules['AllowedValues']
      if (Array.isArray(allowed) && !strings(allowed).includes(text))
        throw new TemplateError('parameter', `Parameter ${name} must be one of AllowedValues`)
      return [name, text]
    }),
  )
}

function isListParameter(template: JsonObject, name: string): boolean {
  const declaration = section(template, 'Parameters')[name]
  const type = isObject(declaration) ? declaration['Type'] : undefined
  return type === 'CommaDelimitedList' || (typeof type === 'string' && type.startsWith('List<'))
}

/** Names of a template. A resource is made when it is first referred to, so that order does not matter. */
function scopeOf(
  dialect: TemplateDialect,
  template: JsonObject,
  parameters: ReadonlyMap<string, string>,
  made: Map<string, Made>,
): Scope & { resource(id: string): Made | undefined } {
  const underWay = new Set<string>()
  const scope = {
    ref(name: string): Json | typeof NO_VALUE {
      const value = parameters.get(name)
      if (value !== undefined) return isListParameter(template, name) ? value.split(',').map((item) => item.trim()) : value
      const pseudo = dialect.pseudo[name]
      if (pseudo !== undefined) return pseudo
      return required(scope.resource(name), name).ref
    },
    attribute(id: string, name: string): string {
      const value = required(scope.resource(id), id).attributes[name]
      if (value === undefined) throw templateError(`resource ${id} does not support attribute type ${name} in Fn::GetAtt`)
      return value
    },
    condition(name: string): boolean {
      const condition = section(template, 'Conditions')[name]
      if (condition === undefined) throw templateError(`Unresolved condition dependency ${name}`)
      return resolveValue(condition, scope) === true
    },
    resource(id: string): Made | undefined {
      const existing = made.get(id)
      if (existing) return existing
      const declaration = section(template, 'Resources')[id]
      if (!isObject(declaration)) throw templateError(`Unresolved resource dependencies [${id}] in the Resources block of the template`)
      if (typeof declaration['Condition'] === 'string' && !scope.condition(declaration['Condition'])) return undefined
      if (underWay.has(id)) throw templateError(`Circular dependency between resources: [${[...underWay].join(', ')}]`)
      underWay.add(id)
      for (const before of strings(declaration['DependsOn'])) scope.resource(before)
      const properties = resolveValue(declaration['Properties'] ?? {}, scope)
      const type = textOf(declaration['Type'] ?? null, `Type of ${id}`)
      const resource = dialect.make(type, id, isObject(properties) ? properties : {})
      underWay.delete(id)
      made.set(id, resource)
      return resource
    },
  }
  return scope
}

function required(resource: Made | undefined, id: string): Made {
  if (!resource) throw templateError(`Unresolved resource dependencies [${id}]: its condition is false`)
  return resource
}

function outputsOf(template: JsonObject, scope: Scope): { readonly [output: string]: string } {
  const outputs: { [output: string]: string } = {}
  for (const [name, declaration] of Object.entries(section(template, 'Outputs'))) {
    if (!isObject(declaration)) continue
    if (typeof declaration['Condition'] === 'string' && !scope.condition(declaration['Condition'])) continue
    outputs[name] = textOf(resolveValue(declaration['Value'] ?? null, scope) ?? null, `output ${name}`)
  }
  return outputs
}
