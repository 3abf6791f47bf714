import type { Connection, Platform, ValidationSubject } from '@sluice/core'
import { memberOf, ourMember } from '../identity.ts'
import { setupGcp } from '../setup/index.ts'
import { setupFor } from '../../validation/setup-for.ts'

/** What remedies name: who we are, what holds the permissions, and how the setup called what it made. */
export interface RemedyFacts {
  readonly connection: Connection
  readonly verify: string
  /** As policies write it; a sentence's words where it is not known. */
  readonly member: string
  /** Who we are before any account is impersonated. */
  readonly us: string
  /** The account that we act as. */
  readonly serviceAccount: string | undefined
  /** Full name of the custom role of the setup. */
  readonly role: string
  readonly project: string
  readonly issuerUrl: string
  readonly subject: string
  artifact(id: string): string | undefined
}

export function remedyFacts(subject: ValidationSubject, platform: Platform): RemedyFacts {
  const { connection } = subject
  const setup = setupFor(subject, platform, setupGcp)
  const fact = (label: string): string | undefined => setup?.facts.find((one) => one.label === label)?.value
  const project = fact('Project') ?? 'PROJECT'
  return {
    connection,
    verify: `sluice connection validate ${connection.name}`,
    member: memberOf(connection, platform) ?? 'our principal',
    us: ourMember(connection, platform) ?? 'our principal',
    serviceAccount: connection.auth.fields['serviceAccount'],
    role: `projects/${project}/roles/${fact('Custom role') ?? 'ROLE'}`,
    project,
    issuerUrl: fact('Issuer') ?? 'our issuer',
    subject: fact('Subject') ?? 'our subject',
    artifact: (id) => setup?.artifacts.find((artifact) => artifact.id === id)?.text,
  }
}
