import { parseCel, type AccessBoundary, type AccessBoundaryRule, type Json } from '@sluice/core'
import { percentDecode } from '../../http/request.ts'
import { parseJson, textField, textList } from '../body.ts'
import { GoogleError } from '../error.ts'
import { isObject } from '../../state/json.ts'

const MOST_RULES = 10
/** https://cloud.google.com/iam/docs/reference/sts/rest/v1/Options */
const LONGEST = 2048

/** Reads the access boundary of a token exchange's `options`, which some clients percent-encode once more. */
export function readBoundary(options: string): AccessBoundary {
  const { accessBoundary } = parseJson(options.startsWith('%') ? (percentDecode(options) ?? '') : options, 'invalid_request')
  if (!isObject(accessBoundary)) throw invalid('An access boundary is missing in options.')
  if (JSON.stringify(accessBoundary).length > LONGEST) throw invalid(`The access boundary is longer than ${LONGEST} characters.`)
  const { accessBoundaryRules: rules } = accessBoundary
  if (!Array.isArray(rules) || rules.length === 0 || rules.length > MOST_RULES)
    throw invalid(`An access boundary has 1 to ${MOST_RULES} rules.`)
  return { accessBoundaryRules: rules.map(readRule) }
}

function readRule(rule: Json): AccessBoundaryRule {
  if (!isObject(rule)) throw invalid('A rule is not an object.')
  const availableResource = textField(rule, 'availableResource') ?? ''
  // A project is named for what requests are billed to. https://cloud.google.com/iam/docs/reference/sts/rest/v1/AccessBoundary
  if (
    !/^\/\/(storage\.googleapis\.com\/projects\/_\/buckets|cloudresourcemanager\.googleapis\.com\/projects)\/[^/]+$/.test(availableResource)
  )
    throw invalid(`availableResource is neither a bucket nor a project: ${availableResource}`)
  const availablePermissions = textList(rule['availablePermissions'])
  if (
    availablePermissions.length === 0 ||
    !availablePermissions.every((permission) => /^inRole:(roles|(projects|organizations)\/[^/]+\/roles)\/[^/]+$/.test(permission))
  )
    throw invalid('availablePermissions are inRole: and the name of a role.')
  const condition = rule['availabilityCondition']
  if (condition === undefined) return { availableResource, availablePermissions }
  const expression = isObject(condition) ? textField(condition, 'expression') : undefined
  if (expression === undefined) throw invalid('An availabilityCondition has an expression.')
  const reading = parseCel(expression)
  if (!reading.ok) throw invalid(`The expression of an availabilityCondition cannot be read: ${reading.problem.message}`)
  return { availableResource, availablePermissions, availabilityCondition: { expression } }
}

function invalid(message: string): GoogleError {
  return new GoogleError(400, 'invalid_request', message)
}
