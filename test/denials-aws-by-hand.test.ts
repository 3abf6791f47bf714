import { testDenials } from './support/denials.ts'
import {
  ABROAD,
  BOTH_WAYS,
  DIRECTORIES,
  EXPRESS,
  LOCKING,
  LOCKS,
  MULTIPART,
  PARTS,
  POINTS,
  THIRD_POINTS,
} from './support/aws-denials/by-hand.ts'
import { startHandmadeWorld } from './support/denials-aws-by-hand.ts'

testDenials('an access point of the customer’s', () => startHandmadeWorld(BOTH_WAYS), POINTS)
testDenials('an access point of another account', () => startHandmadeWorld(ABROAD), THIRD_POINTS)
testDenials('a directory bucket', () => startHandmadeWorld(EXPRESS), DIRECTORIES)
testDenials('an upload in parts', () => startHandmadeWorld(PARTS), MULTIPART)
testDenials('a version that Object Lock holds', () => startHandmadeWorld(LOCKING), LOCKS)
