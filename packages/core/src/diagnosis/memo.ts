/** Names one kind of result. Made once, at the top of the module that computes it. */
export interface Slot<Value> {
  readonly name: string
  /** There for the type alone. */
  readonly value?: Value
}

/** Remembers results while one diagnosis lasts: every cause asks the same of the same documents. */
export type Memo = <Value>(slot: Slot<Value>, of: object, compute: () => Value) => Value

/** An empty memory. */
export function createMemo(): Memo {
  const slots = new Map<Slot<unknown>, Map<object, unknown>>()
  return <Value>(slot: Slot<Value>, of: object, compute: () => Value): Value => {
    const known = slots.get(slot) ?? new Map<object, unknown>()
    slots.set(slot, known)
    // What is under a slot was put there by this function, with the slot's own type.
    if (known.has(of)) return known.get(of) as Value
    const value = compute()
    known.set(of, value)
    return value
  }
}
