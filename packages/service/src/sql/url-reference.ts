import type { Cloud, Location } from '@sluice/core'

/** Splits a URL with wildcards into the folder it starts from and the path below; a URL without any is its location, with an empty path. */
export function splitUrl(cloud: Cloud, url: string): { readonly location: Location; readonly path: string } {
  // A question mark begins the query of a URL, so that it is no wildcard here.
  const wildcards = ['*', '[', '{'].map((character) => url.indexOf(character)).filter((index) => index >= 0)
  if (wildcards.length === 0) return { location: cloud.parse(url), path: '' }
  const cut = url.lastIndexOf('/', Math.min(...wildcards)) + 1
  return { location: cloud.parse(url.slice(0, cut)), path: url.slice(cut) }
}
