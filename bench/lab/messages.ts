import type { LabOperations } from './operations.ts'

type Name = keyof LabOperations

/** One call from the bench to the lab's process. */
export type LabCall = {
  [Key in Name]: { readonly id: number; readonly name: Key; readonly arguments: Parameters<LabOperations[Key]> }
}[Name]

/** What the lab's process says: that it is there, or the outcome of a call. */
export type LabMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string }
