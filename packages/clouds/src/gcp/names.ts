import { accessError } from '@sluice/core'

/** https://cloud.google.com/iam/docs/service-accounts-create; the accounts of Google's own services have other domains. */
const SERVICE_ACCOUNT =
  /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?@(?:[a-z0-9-]+(?:\.[a-z0-9-]+)?\.iam|developer|appspot)\.gserviceaccount\.com$/
const PROJECT_ID = /^(?:[a-z][a-z0-9.-]{0,50}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/
const PROJECT_NUMBER = /^\d{1,19}$/
const CUSTOM_ROLE = /^(?:projects\/[a-z0-9.:-]{6,90}|organizations\/\d{1,19})\/roles\/[A-Za-z0-9_.]{3,64}$/

export function isServiceAccount(text: string): boolean {
  return SERVICE_ACCOUNT.test(text)
}

/** The address of a service account as a person pasted it. What is refused is not repeated: it may be a secret in the wrong field. */
export function checkedServiceAccount(text: string): string {
  const email = text.replace(/^serviceAccount:/, '')
  if (isServiceAccount(email)) return email
  const because = email.includes('@') ? 'it is not of a service account of Google' : 'it has no @'
  throw accessError('gcp.service_account.malformed', { message: `This is not the e-mail address of a service account: ${because}.` })
}

/** A project by its id or number. */
export function checkedProject(text: string): string {
  if (PROJECT_ID.test(text) || PROJECT_NUMBER.test(text)) return text
  throw accessError('gcp.project.malformed', { message: 'The project is neither an id nor a number of a Google Cloud project.' })
}

export function checkedCustomRole(text: string): string {
  if (CUSTOM_ROLE.test(text)) return text
  throw accessError('gcp.role.malformed', {
    message: text.startsWith('roles/')
      ? 'This is one of Google’s own roles; none of them deletes objects without also creating them.'
      : 'This is not the full name of a custom role.',
  })
}

/** The project that an account of a customer belongs to, which its address tells; undefined for those of Google's own services. */
export function projectOf(serviceAccount: string): string | undefined {
  const domain = /@(.+)\.iam\.gserviceaccount\.com$/.exec(serviceAccount)?.[1]
  if (domain === undefined) return undefined
  // Projects of a domain, `example.com:data`, are turned around in addresses: `data.example.com`.
  const [id = '', ...rest] = domain.split('.')
  return rest.length === 0 ? id : `${rest.join('.')}:${id}`
}
