import { defaultRoleName } from '../../setup/names.ts'

/** What the customer's admin and our scripts know our things by. */
export function ownerOf(connection: { readonly id: string }): string {
  return `Sluice connection ${connection.id}`
}

/** The display name of an application. With the connection's id in it, since Entra lets many have one name. */
export function defaultApplicationName({ id, name }: { readonly id: string; readonly name: string }): string {
  return `${defaultRoleName(name)} ${id}`
}

/** The name of a custom role, which no other of the tenant has. */
export function defaultCustomRoleName({ id, name }: { readonly id: string; readonly name: string }): string {
  return `${defaultRoleName(name)} ${id}`
}

/** Of a user-assigned managed identity: 3 to 128 letters, digits, hyphens and underscores. */
export function defaultIdentityName({ name }: { readonly name: string }): string {
  return defaultRoleName(name)
}
