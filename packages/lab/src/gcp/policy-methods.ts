import { createHash } from 'node:crypto'
import type { IamPolicy } from '@sluice/core'
import { jsonAnswer } from '../http/answer.ts'
import { queryValue } from '../http/request.ts'
import type { ApiRoute, PathParts } from './api-route.ts'
import { demandApiCaller, permissionDenied } from './auth/api-caller.ts'
import type { Caller } from './auth/caller.ts'
import { readJson, textField, textList } from './body.ts'
import type { Call } from './call.ts'
import { GoogleError } from './error.ts'
import { presentPolicy, readPolicy } from './state/policies.ts'
import { isObject } from '../state/json.ts'

/** A resource that carries an allow policy. */
export interface PolicyHolder {
  /** What its policy is kept under. */
  readonly carrier: string
  readonly may: (caller: Caller, permission: string) => boolean
  /** As a denial names it. */
  readonly shownAs: string
}

/** getIamPolicy, setIamPolicy and testIamPermissions, which every API has in the same form. `permissions` is what goes before `.getIamPolicy`. */
export function policyMethods(
  service: string,
  permissions: string,
  path: string,
  find: (call: Call, parts: PathParts) => PolicyHolder,
): readonly ApiRoute[] {
  return [
    {
      operation: `${service}.getIamPolicy`,
      method: 'POST',
      path: `${path}:getIamPolicy`,
      run: async (call, parts) => {
        const holder = demand(call, parts, find, `${permissions}.getIamPolicy`)
        const { options } = await readJson(call, 'INVALID_ARGUMENT')
        const asked = isObject(options) ? options['requestedPolicyVersion'] : queryValue(call.request, 'options.requestedPolicyVersion')
        return show(call.state.policies.latest(holder.carrier), Number(asked ?? 1))
      },
    },
    {
      operation: `${service}.setIamPolicy`,
      method: 'POST',
      path: `${path}:setIamPolicy`,
      run: async (call, parts) => {
        const { state } = call
        const holder = demand(call, parts, find, `${permissions}.setIamPolicy`)
        const { policy } = await readJson(call, 'INVALID_ARGUMENT')
        const etag = isObject(policy) ? textField(policy, 'etag') : undefined
        if (etag !== undefined && etag !== etagOf(state.policies.latest(holder.carrier)))
          throw new GoogleError(
            409,
            'ABORTED',
            'There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff.',
          )
        const read = readPolicy(state, policy, 'INVALID_ARGUMENT')
        state.policies.set(holder.carrier, read, state.iamDelayMs)
        return show(read, 3)
      },
    },
    {
      operation: `${service}.testIamPermissions`,
      method: 'POST',
      path: `${path}:testIamPermissions`,
      run: async (call, parts) => {
        const caller = demandApiCaller(call)
        const holder = find(call, parts)
        const asked = textList((await readJson(call, 'INVALID_ARGUMENT'))['permissions'])
        const granted = asked.filter((permission) => holder.may(caller, permission))
        return jsonAnswer(granted.length === 0 ? {} : { permissions: granted })
      },
    },
  ]
}

function demand(call: Call, parts: PathParts, find: (call: Call, parts: PathParts) => PolicyHolder, permission: string): PolicyHolder {
  const caller = demandApiCaller(call)
  const holder = find(call, parts)
  if (!holder.may(caller, permission)) throw permissionDenied(permission, holder.shownAs)
  return holder
}

function show(policy: IamPolicy | undefined, version: number) {
  return jsonAnswer(presentPolicy(policy, version, etagOf(policy)))
}

function etagOf(policy: IamPolicy | undefined): string {
  return createHash('sha256')
    .update(JSON.stringify(policy?.bindings ?? []))
    .digest('base64')
    .slice(0, 12)
}
