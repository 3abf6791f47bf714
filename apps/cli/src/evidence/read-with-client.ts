import {
  accessError,
  evidenceClient,
  evidenceReads,
  forEachBounded,
  isAccessError,
  questionOf,
  redacted,
  type Answer,
  type Asked,
  type EvidenceSubject,
} from '@sluice/core'
import { usage } from '../invocation.ts'
import { actingAs, assumeCommand, signInWith, withSession, type SignIn } from './sign-in.ts'

/** With whose eyes a subject is read. */
export interface Eyes {
  /** A profile of the client's; absent: what the client finds by itself, in the environment before anything else. */
  readonly profile?: string
  /** A role or account of the customer's to act as, that may only read. */
  readonly role?: string
}

/** What reading needs of the machine. */
export interface ReadingDeps {
  readonly environment: { readonly [name: string]: string | undefined }
  /** Runs one command. */
  readonly run: (
    words: readonly string[],
    environment: { readonly [name: string]: string | undefined },
    signal: AbortSignal,
  ) => Promise<Answer>
  /** Tells what is read, as it is. */
  readonly tell: (line: string) => void
}

/** Clients take seconds to start and keep a processor busy: a few at a time. */
const AT_ONCE = 3

/**
 * Makes every read of a subject with the vendor's client, as the user is signed in to it. Credentials stay where they are: the client has its
 * own, and a session that was assumed for this is in its environment alone.
 */
export async function readWithClient(
  subject: EvidenceSubject,
  eyes: Eyes,
  deps: ReadingDeps,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Answer>> {
  const signIn = await signedIn(subject, eyes, deps, signal)
  const answers = new Map<string, Answer>()
  for (;;) {
    const open = pending(evidenceReads(subject, answers), answers)
    if (open.length === 0) return requireSignedIn(subject, eyes, answers)
    // Whether anybody is signed in comes before everything else.
    const first = open.filter(({ read }) => read.signsIn === true)
    await forEachBounded(first.length > 0 ? first : open, AT_ONCE, async (asked) => {
      const answer = await ask(asked, subject, signIn, deps, signal)
      if (asked.read.signsIn === true && answer.status !== 0) throw notSignedIn(subject, eyes, answer)
      answers.set(questionOf(asked.words), answer)
    })
  }
}

/** gcloud says who is signed in and not whether it still holds: that shows when nothing at all is answered. */
function requireSignedIn(subject: EvidenceSubject, eyes: Eyes, answers: ReadonlyMap<string, Answer>): ReadonlyMap<string, Answer> {
  const refused = [...answers.values()].filter(({ status }) => status !== 0)
  const [first] = refused
  const isOut = refused.every(({ text }) => /auth login|active account|reauthenticat|\bRefreshError\b|invalid_grant/i.test(text))
  // One of the answers is who is signed in.
  if (first !== undefined && isOut && refused.length >= answers.size - 1) throw notSignedIn(subject, eyes, first)
  return answers
}

function pending(all: readonly Asked[], answers: ReadonlyMap<string, Answer>): readonly Asked[] {
  const open = new Map(all.map((asked) => [questionOf(asked.words), asked]))
  return [...open].filter(([question]) => !answers.has(question)).map(([, asked]) => asked)
}

async function ask({ words }: Asked, subject: EvidenceSubject, signIn: SignIn, deps: ReadingDeps, signal: AbortSignal): Promise<Answer> {
  const answer = await run(signIn.words(words), subject, signIn, deps, signal)
  deps.tell(`${answer.status === 0 ? 'read' : 'refused'}  ${words.join(' ')}\n`)
  return answer
}

async function run(
  words: readonly string[],
  { cloud }: EvidenceSubject,
  signIn: SignIn,
  { run: start, environment }: ReadingDeps,
  signal: AbortSignal,
): Promise<Answer> {
  const { client, product, environment: own } = evidenceClient(cloud)
  // What Sluice itself is signed in with is nothing that another program should see.
  const clean = Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('SLUICE_')))
  try {
    return await start(words, { ...clean, ...own, ...signIn.environment }, signal)
  } catch (cause) {
    signal.throwIfAborted()
    if (isAccessError(cause)) throw cause
    throw accessError('evidence.client_missing', { message: `The ${product} (${client}) cannot be run here.`, cause })
  }
}

/** The client with the profile that was named, and as the role that was. */
async function signedIn(subject: EvidenceSubject, { profile, role }: Eyes, deps: ReadingDeps, signal: AbortSignal): Promise<SignIn> {
  const signIn = signInWith(subject.cloud, profile)
  if (role === undefined) return signIn
  if (role === '' || role.startsWith('-')) throw usage(`${JSON.stringify(role)} is no role.`)
  if (subject.cloud === 'gcp') return actingAs(signIn, role)
  const command = assumeCommand(subject.cloud, role)
  if (command === undefined) throw usage('Azure has no roles to assume.', 'Sign in as the identity that may read: az login.')
  const answer = await run(signIn.words(command), subject, signIn, deps, signal)
  if (answer.status !== 0)
    throw accessError('evidence.not_signed_in', { message: `The role ${role} could not be assumed: ${shortened(answer)}` })
  return withSession(subject.cloud, answer.text)
}

/** How each client is signed in to. */
const SIGN_IN: { readonly [cloud in EvidenceSubject['cloud']]: string } = {
  aws: 'aws sso login, or aws configure',
  gcp: 'gcloud auth login',
  azure: 'az login',
  aliyun: 'aliyun configure',
}

function notSignedIn({ cloud }: EvidenceSubject, { profile }: Eyes, answer: Answer) {
  const { product } = evidenceClient(cloud)
  const whose = profile === undefined ? '' : ` with the profile ${JSON.stringify(profile)}`
  return accessError('evidence.not_signed_in', {
    message: `The ${product} is not signed in${whose}: ${shortened(answer)}`,
    remedy: `Sign in and repeat the command: ${SIGN_IN[cloud]}${profile === undefined || cloud !== 'aws' ? '' : ` --profile ${profile}`}.`,
  })
}

/** What a client said, in one line. */
function shortened({ text }: Answer): string {
  return redacted(text.replaceAll(/\s+/g, ' ').trim()).slice(0, 300)
}
