import { REASONS, type CheckPlan, type CloudMethod, type Connection } from '@sluice/core'
import { awaitsSecret } from '../connections/awaited-secret.ts'

/** The plans of a run where the secret of the method is still to come: the first claim does not hold, and nothing is tried without it. */
export function withAwaitedSecretCheck(plans: readonly CheckPlan[], connection: Connection, method: CloudMethod): readonly CheckPlan[] {
  if (!awaitsSecret(connection.auth, method)) return plans
  const { name } = connection
  const flags = method.fields.filter((field) => field.required).map((field) => `--${dashed(field.name)} …`)
  const missing: CheckPlan = {
    name: 'configuration-well-formed',
    needs: [],
    run: async () => ({
      status: 'failed',
      ms: 0,
      reason: 'connection.no_secret',
      message: `The connection waits for what its method ${method.id} authenticates with.`,
      remedy: {
        who: 'platform',
        where: 'the connection',
        summary: REASONS['connection.no_secret'].remedy,
        command: `sluice connection update ${name} ${flags.join(' ')}`,
        verify: `sluice connection validate ${name}`,
      },
    }),
  }
  return [
    missing,
    ...plans
      .filter((plan) => plan.name !== missing.name)
      .map((plan) => ({ ...plan, needs: plan.needs.includes(missing.name) ? plan.needs : [missing.name, ...plan.needs] })),
  ]
}

function dashed(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
