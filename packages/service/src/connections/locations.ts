import { accessError, type Cloud, type Location } from '@sluice/core'

const LOCATIONS = 100
const URL_LENGTH = 2_048

/** Parses the URLs of a connection's locations by its cloud. The same location twice counts once. */
export function parseLocations(cloud: Cloud, urls: readonly string[], singleFile: 'object' | 'folder'): readonly Location[] {
  if (urls.length > LOCATIONS)
    throw accessError('connection.bad_location', {
      message: `A connection has at most ${LOCATIONS} locations.`,
      remedy: 'Name the folder above them, or make several connections.',
    })
  const locations = urls.map((url) => {
    if (url.length > URL_LENGTH)
      throw accessError('connection.bad_location', { message: `The URL of a location has at most ${URL_LENGTH} characters.` })
    const location = cloud.parse(url)
    return singleFile === 'folder' ? folderOf(location) : location
  })
  return [...new Map(locations.map((location) => [cloud.format(location), location])).values()]
}

function folderOf(location: Location): Location {
  if (location.extent !== 'object') return location
  const prefix = location.prefix.slice(0, location.prefix.lastIndexOf('/') + 1)
  return { ...location, prefix, extent: prefix === '' ? 'bucket' : 'folder' }
}
