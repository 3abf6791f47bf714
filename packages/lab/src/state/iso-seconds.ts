/** A time in whole seconds, as most answers of clouds write one: `2026-11-28T06:00:00Z`. */
export function isoSeconds(time: number): string {
  return new Date(time).toISOString().replace(/\.\d{3}/, '')
}
