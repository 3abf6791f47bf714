import { accessError, type SetupProof } from '@sluice/core'

/** One claim about a setup and how the evaluator answered it. */
export function proof(claim: string, expected: SetupProof['expected'], allowed: boolean): SetupProof {
  return { claim, expected, actual: allowed ? 'allowed' : 'denied' }
}

/** Returns the proofs when all of them hold. A setup that does not do what it promises is withheld: that is a defect of ours. */
export function requireProofs(proofs: readonly SetupProof[]): readonly SetupProof[] {
  const broken = proofs.filter((one) => one.expected !== one.actual)
  const [first] = broken
  if (first !== undefined)
    throw accessError('setup.self_check_failed', {
      message: `The written policies do not hold: "${first.claim}" should be ${first.expected} and is ${first.actual} (${broken.length} of ${proofs.length} claims).`,
      context: { claim: first.claim, expected: first.expected },
    })
  return proofs
}
