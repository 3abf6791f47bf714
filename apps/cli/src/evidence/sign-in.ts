import { accessError, type EvidenceSubject } from '@sluice/core'
import { usage } from '../invocation.ts'

/** Whose credentials a client uses: words for every command, and what its environment has besides. */
export interface SignIn {
  readonly words: (command: readonly string[]) => readonly string[]
  readonly environment: { readonly [name: string]: string | undefined }
}

/** How each client is told which of the user's own credentials to use. */
const PROFILES: { readonly [cloud in EvidenceSubject['cloud']]: (profile: string) => readonly string[] } = {
  aws: (profile) => [`--profile=${profile}`],
  gcp: (profile) => [`--configuration=${profile}`],
  azure: (profile) => [`--subscription=${profile}`],
  aliyun: (profile) => ['--profile', profile],
}

/** The client with a profile of the user's, or with what the environment says where none is named. */
export function signInWith(cloud: EvidenceSubject['cloud'], profile: string | undefined): SignIn {
  if (profile !== undefined && (profile === '' || profile.startsWith('-')))
    throw usage(`${JSON.stringify(profile)} is no name of a profile.`)
  const more = profile === undefined ? [] : PROFILES[cloud](profile)
  return { words: (command) => [...command, ...more], environment: {} }
}

/** The command that assumes a role of the customer's, for clouds whose client does not do so by itself. */
export function assumeCommand(cloud: EvidenceSubject['cloud'], role: string): readonly string[] | undefined {
  if (cloud === 'aws')
    return [
      'aws',
      'sts',
      'assume-role',
      `--role-arn=${role}`,
      '--role-session-name=sluice-diagnose',
      '--duration-seconds=900',
      '--query=Credentials',
      '--output=json',
    ]
  return cloud === 'aliyun'
    ? ['aliyun', 'sts', 'AssumeRole', '--RoleArn', role, '--RoleSessionName', 'sluice-diagnose', '--DurationSeconds', '900']
    : undefined
}

/** The client as an account of the customer's that it acts as by itself. */
export function actingAs(signIn: SignIn, account: string): SignIn {
  return { ...signIn, words: (command) => signIn.words([...command, `--impersonate-service-account=${account}`]) }
}

/** The client with the session that assuming a role answered: in its environment alone, where no other program sees it. */
export function withSession(cloud: EvidenceSubject['cloud'], answer: string): SignIn {
  const session = credentialsIn(answer)
  const environment: SignIn['environment'] =
    cloud === 'aws'
      ? {
          AWS_ACCESS_KEY_ID: session.id,
          AWS_SECRET_ACCESS_KEY: session.secret,
          AWS_SESSION_TOKEN: session.token,
          AWS_PROFILE: undefined,
          AWS_DEFAULT_PROFILE: undefined,
        }
      : Object.fromEntries(
          // Both spellings count, the older ones too; without the last, a profile of its file comes first.
          ['ALIBABACLOUD', 'ALIBABA_CLOUD'].flatMap((prefix) => [
            [`${prefix}_ACCESS_KEY_ID`, session.id],
            [`${prefix}_ACCESS_KEY_SECRET`, session.secret],
            [`${prefix}_SECURITY_TOKEN`, session.token],
            [`${prefix}_PROFILE`, undefined],
            [`${prefix}_IGNORE_PROFILE`, 'TRUE'],
          ]),
        )
  return { words: (command) => command, environment }
}

interface Session {
  readonly id: string
  readonly secret: string
  readonly token: string
}

function credentialsIn(answer: string): Session {
  const field = (...names: readonly string[]): string => {
    for (const name of names) {
      const found = new RegExp(`"${name}":\\s*"([^"]+)"`).exec(answer)?.[1]
      if (found !== undefined) return found
    }
    throw accessError('evidence.not_signed_in', { message: 'The role was assumed, and the answer has no session.' })
  }
  return { id: field('AccessKeyId'), secret: field('SecretAccessKey', 'AccessKeySecret'), token: field('SessionToken', 'SecurityToken') }
}
