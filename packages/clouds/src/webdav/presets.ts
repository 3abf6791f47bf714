import type { StoreCapabilities, StorePreset } from '@sluice/core'

/** What any WebDAV server can be relied on for. */
export const WEBDAV_CAPABILITIES: StoreCapabilities = {
  presign: false,
  // The standard leaves it open whether If-None-Match is looked at, and some servers overwrite.
  conditionalPut: false,
  versions: false,
  listStartAfter: true,
  multipart: false,
  minPartBytes: 1,
  maxParts: 1,
  maxKeysPerPage: 1_000,
}

/** Servers of which it is known that they look at If-None-Match. */
export const WEBDAV_PRESETS: readonly StorePreset[] = [
  { id: 'sabre', label: 'Nextcloud, ownCloud and others on sabre/dav' },
  { id: 'apache', label: 'Apache httpd with mod_dav' },
]

export function capabilitiesOf(preset: string | undefined): StoreCapabilities {
  return WEBDAV_PRESETS.some(({ id }) => id === preset) ? { ...WEBDAV_CAPABILITIES, conditionalPut: true } : WEBDAV_CAPABILITIES
}
