import { type Location, accessError } from '@sluice/core'
import { locationOf } from '../s3-protocol/location.ts'
import { splitUrl } from '../url/split-url.ts'

/** Parses `s3://bucket/key`. The endpoint is a setting of the connection, so an https URL is refused with how to split it. */
export function parseS3Url(text: string): Location {
  const url = splitUrl(text)
  if (url.scheme !== 's3') {
    const [bucket = '', ...key] = url.path.slice(1).split('/')
    throw accessError('location.invalid', {
      message: `${url.scheme}:// does not tell the endpoint from the bucket.`,
      remedy:
        url.scheme === 'https' && bucket !== ''
          ? `If the store names buckets in the path, set the endpoint to https://${url.authority} and the location to s3://${bucket}/${key.join('/')}.`
          : 'Write it like s3://bucket/folder/, and the endpoint in the settings of the connection.',
    })
  }
  if (url.query !== '')
    throw accessError('location.invalid', {
      message: 'The URL has a question mark.',
      remedy: 'Write ? as %3F where it is part of a key; settings belong to the connection.',
    })
  return locationOf('s3', url.authority, url.path.slice(1))
}
