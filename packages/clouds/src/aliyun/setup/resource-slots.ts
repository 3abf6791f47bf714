import type { Slot } from '../../setup/text.ts'
import { OPTION_RULES } from './option-rules.ts'
import type { SetupPlan } from './plan.ts'

/** The names of the objects themselves that the admin may change in a template. */
export interface ResourceSlots {
  readonly holderName: Slot
  readonly policyName: Slot
}

export function resourceSlots({ holder, policyName }: SetupPlan): ResourceSlots {
  const [name, rule] =
    holder.kind === 'role' ? (['RoleName', OPTION_RULES.roleName] as const) : (['UserName', OPTION_RULES.userName] as const)
  return {
    holderName: { slot: true, name, value: holder.name, description: `Name of the ${holder.kind}`, pattern: rule.pattern.source },
    policyName: {
      slot: true,
      name: 'PolicyName',
      value: policyName,
      description: 'Name of the permission policy',
      pattern: OPTION_RULES.policyName.pattern.source,
    },
  }
}

/** The description of what we make: by the connection's id in it our scripts know what is theirs, and change nothing else. */
export function descriptionOf({ connection }: SetupPlan): string {
  return `Lets the Sluice connection ${connection.id} use its locations`
}
