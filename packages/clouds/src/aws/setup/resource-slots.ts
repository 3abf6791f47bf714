import type { Slot } from '../../setup/text.ts'
import { OPTION_RULES } from './option-rules.ts'
import type { SetupPlan } from './plan.ts'

/** The values of the objects themselves that the admin may change in a template. */
export interface ResourceSlots {
  readonly holderName: Slot
  readonly path: Slot
  readonly policyName: Slot
  /** '' for none. */
  readonly permissionsBoundary: Slot
  readonly tags: readonly { readonly key: Slot; readonly value: Slot }[]
}

export function resourceSlots(plan: SetupPlan): ResourceSlots {
  const holder = plan.holder.kind === 'role' ? 'Role' : 'User'
  return {
    holderName: slot(`${holder}Name`, plan.holder.name, `Name of the ${plan.holder.kind}`, OPTION_RULES.roleName.pattern),
    path: slot(`${holder}Path`, plan.path, `Path of the ${plan.holder.kind}`, OPTION_RULES.rolePath.pattern),
    policyName: slot('PolicyName', plan.policyName, 'Name of the permission policy', OPTION_RULES.policyName.pattern),
    permissionsBoundary: slot(
      'PermissionsBoundaryArn',
      plan.permissionsBoundary ?? '',
      'Managed policy that bounds the permissions; empty for none',
    ),
    tags: plan.tags.map(({ key, value }, index) => ({
      key: slot(`Tag${index + 1}Key`, key, 'Key of a tag'),
      value: slot(`Tag${index + 1}Value`, value, 'Value of a tag'),
    })),
  }
}

function slot(name: string, value: string, description: string, pattern?: RegExp): Slot {
  return { slot: true, name, value, description, ...(pattern ? { pattern: pattern.source } : {}) }
}
