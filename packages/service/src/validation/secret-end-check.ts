import { expiryOf, REASONS, type CheckOutcome, type CheckPlan, type Clock, type Connection, type Expiry } from '@sluice/core'

/**
 * The plans of a run with what is known of the secret's end, which is the same for every cloud: where the cloud itself tests whether
 * its credential is in force, a note when the end is near; a test of our own otherwise.
 */
export function withSecretEndCheck(plans: readonly CheckPlan[], connection: Connection, clock: Pick<Clock, 'now'>): readonly CheckPlan[] {
  const expiry = () => expiryOf(connection.auth, clock.now())
  if (connection.auth.secretExpiresAt === undefined) return plans
  const own = plans.find((plan) => plan.name === 'credential-in-force')
  if (own === undefined) return [{ name: 'credential-in-force', needs: [], run: async () => outcomeOf(connection, expiry()) }, ...plans]
  const noted: CheckPlan = { ...own, run: async (signal) => withNote(await own.run(signal), expiry()) }
  return plans.map((plan) => (plan === own ? noted : plan))
}

function outcomeOf(connection: Connection, expiry: Expiry | undefined): CheckOutcome {
  if (expiry?.warning !== 'over') return withNote({ status: 'passed', ms: 0 }, expiry)
  const rotate = `sluice connection rotate ${connection.name}`
  return {
    status: 'failed',
    ms: 0,
    reason: 'auth.secret_expired',
    message: `The secret of the connection ended on ${day(expiry.endsAt)}.`,
    remedy: {
      who: 'cloud-admin',
      where: 'where the secret was made',
      summary: REASONS['auth.secret_expired'].remedy,
      command: rotate,
      verify: `sluice connection validate ${connection.name}`,
    },
  }
}

function withNote(outcome: CheckOutcome, expiry: Expiry | undefined): CheckOutcome {
  if (outcome.status !== 'passed' || outcome.note !== undefined || expiry?.warning === undefined) return outcome
  return { ...outcome, note: `It ends on ${day(expiry.endsAt)}: ${inWords(expiry.secondsLeft)}.` }
}

function day(iso: string): string {
  return iso.slice(0, 10)
}

function inWords(seconds: number): string {
  const hours = Math.floor(seconds / 3600)
  if (hours < 1) return 'in less than an hour'
  return hours < 48 ? `in ${hours} ${hours === 1 ? 'hour' : 'hours'}` : `in ${Math.floor(hours / 24)} days`
}
