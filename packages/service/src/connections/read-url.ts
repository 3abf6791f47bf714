import { accessError, asAccessError, type AccessError, type Cloud, type PastedUrl } from '@sluice/core'
import type { UrlReading } from '../contract.ts'

/** Why a cloud does not read a URL. */
interface UrlRefusal {
  readonly cloud: Cloud
  readonly error: AccessError
}

const URL_LENGTH = 8_192

/**
 * What each cloud makes of a URL as a person pasted it, a credential in it left aside: several clouds can share a form.
 * Throws what the cloud that is most likely meant has to say when none reads it. Nothing of a credential is ever repeated.
 */
export function readUrl(clouds: readonly Cloud[], url: string): readonly UrlReading[] {
  if (url.length > URL_LENGTH)
    throw accessError('connection.bad_location', { message: `The URL of a location has at most ${URL_LENGTH} characters here.` })
  return readByEach(clouds, url, (cloud, plain) => cloud.parse(plain)).map(({ cloud, credential, read: location }) => ({
    cloud: cloud.id,
    location,
    ...(credential === undefined ? {} : { method: credential.method }),
  }))
}

/** A URL as one cloud takes it. */
export interface CloudReading<Read> {
  readonly cloud: Cloud
  readonly credential: PastedUrl['credential']
  readonly read: Read
}

/** What each cloud makes of a URL by `read`, a credential in it left aside. Throws as `readUrl` does when none reads it. */
export function readByEach<Read>(
  clouds: readonly Cloud[],
  url: string,
  read: (cloud: Cloud, plain: string) => Read,
): readonly CloudReading<Read>[] {
  const readings: CloudReading<Read>[] = []
  const refusals: UrlRefusal[] = []
  for (const cloud of clouds) {
    const { url: plain, credential } = cloud.splitCredential(url)
    try {
      readings.push({ cloud, credential, read: read(cloud, plain) })
    } catch (error) {
      refusals.push({ cloud, error: asAccessError(error) })
    }
  }
  if (readings.length > 0) return readings
  throw mostLikely(url, refusals) ?? unknownUrl(clouds)
}

/** The refusal of a cloud whose scheme it is; of a web address, that of a cloud whose endpoints are the user's own. */
function mostLikely(url: string, refusals: readonly UrlRefusal[]): AccessError | undefined {
  const text = url.trim().toLowerCase()
  const byScheme = refusals.find(({ cloud }) => cloud.schemes.some((scheme) => text.startsWith(scheme)))
  const byEndpoint = /^https?:/.test(text) ? refusals.find(({ cloud }) => cloud.takesEndpoint) : undefined
  return (byScheme ?? byEndpoint)?.error
}

/** What is said of a URL that no cloud takes for one of its own. */
function unknownUrl(clouds: readonly Cloud[]): AccessError {
  const schemes = [...new Set(clouds.flatMap((cloud) => cloud.schemes))]
  return accessError('location.invalid', {
    message: 'No cloud here knows this form of URL.',
    remedy: `Write it with one of ${schemes.join(', ')}, like ${schemes[0] ?? 's3://'}bucket/folder/, or as the console of the cloud shows it.`,
  })
}
